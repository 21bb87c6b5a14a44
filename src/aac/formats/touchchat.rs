//! Vocabularies of TouchChat and its relatives: the `.c4v` inside a `.ce` is a SQLite file. Pages hold boxes, boxes hold
//! cells, cells name buttons.

use std::collections::HashMap;

use super::super::gather::Gather;
use super::super::raw::sqlite::{Database, Value};
use super::super::reading::{Attached, Board, Cell};

/// Whether a database is a vocabulary.
pub(in crate::aac) fn is_vocabulary(database: &Database<'_>) -> bool {
    database.has("buttons") && database.has("resources") && (database.has("pages") || database.has("button_box_cells"))
}

struct Vocabulary {
    /// A resource's lasting name, and its name.
    resources: HashMap<i64, (String, String)>,
    buttons: HashMap<i64, Cell>,
    /// A box's columns and rows, and its cells: which resource is at which place.
    boxes: HashMap<i64, ButtonBox>,
}

#[derive(Default)]
struct ButtonBox {
    columns: u32,
    rows: u32,
    cells: Vec<(i64, Option<u32>)>,
}

/// Reads the pages.
pub(in crate::aac) fn read(database: &Database<'_>, gather: &mut Gather) {
    let most = gather.limits.buttons + 1;
    let mut damaged = false;
    let mut rows = |table: &str, columns: &[&str], most: usize| {
        let found = database.rows(table, columns, most);
        damaged |= found.damaged;
        found.rows
    };
    let mut vocabulary = Vocabulary { resources: HashMap::new(), buttons: HashMap::new(), boxes: HashMap::new() };
    for row in rows("resources", &["id", "rid", "name"], 2 * most) {
        let Some(id) = row[0].integer() else { continue };
        let rid = row[1].text().unwrap_or_else(|| id.to_string());
        vocabulary.resources.insert(id, (rid, row[2].text().unwrap_or_default()));
    }
    let links = links(
        rows("actions", &["id", "resource_id", "code"], most),
        rows("action_data", &["action_id", "value"], 2 * most),
    );
    let sounds = rows("sounds", &["resource_id"], most);
    let columns = ["resource_id", "label", "message", "visible", "symbol_link_id"];
    for row in rows("buttons", &columns, most) {
        let Some(resource) = row[0].integer() else { continue };
        let cell = button(&row, links.get(&resource).cloned());
        vocabulary.buttons.insert(resource, cell);
    }
    for resource in sounds.iter().filter_map(|row| row[0].integer()) {
        if let Some(cell) = vocabulary.buttons.get_mut(&resource) {
            cell.recording = Attached::Inside;
        }
    }
    for row in rows("button_boxes", &["id", "layout_x", "layout_y"], most) {
        let Some(id) = row[0].integer() else { continue };
        let size = |at: usize| row[at].integer().and_then(|size| u32::try_from(size).ok()).unwrap_or(0).min(10_000);
        vocabulary.boxes.insert(id, ButtonBox { columns: size(1), rows: size(2), cells: Vec::new() });
    }
    for row in rows("button_box_cells", &["button_box_id", "resource_id", "location"], most) {
        if let (Some(id), Some(resource)) = (row[0].integer(), row[1].integer()) {
            let place = row[2].integer().and_then(|place| u32::try_from(place).ok()).filter(|place| *place < 1_000_000);
            vocabulary.boxes.entry(id).or_default().cells.push((resource, place));
        }
    }
    let instances = rows("button_box_instances", &["page_id", "button_box_id"], most);
    let mut pages = rows("pages", &["id", "resource_id"], gather.limits.boards + 1);
    let home = rows("special_pages", &["name", "page_id"], 100);
    if damaged {
        gather.problem("the vocabulary", "Some of its pages or buttons could not be read: the file is damaged there.");
    }
    let home = home
        .iter()
        .find(|row| row[0].text().is_some_and(|name| name.eq_ignore_ascii_case("home")))
        .and_then(|row| row[1].integer());
    pages.sort_by_key(|row| home.is_none() || row[0].integer() != home);
    vocabulary.tell(&pages, &instances, gather);
}

/// Which page a button opens, by the button's resource.
fn links(actions: Vec<Vec<Value>>, data: Vec<Vec<Value>>) -> HashMap<i64, String> {
    let opens = |row: &Vec<Value>| matches!(row[2].integer(), Some(1 | 8 | 9 | 73));
    let buttons: HashMap<i64, i64> =
        actions.iter().filter(|row| opens(row)).filter_map(|row| row[0].integer().zip(row[1].integer())).collect();
    data.iter().filter_map(|row| Some((*buttons.get(&row[0].integer()?)?, row[1].text()?))).collect()
}

fn button(row: &[Value], goes_to: Option<String>) -> Cell {
    let filled = |at: usize| row[at].text().filter(|text| !text.trim().is_empty());
    // No message at all is not the same as an empty one: only the latter says nothing.
    let message = match &row[2] {
        Value::Null => filled(1).filter(|_| goes_to.is_none()),
        _ => filled(2),
    };
    Cell {
        label: row[1].text().unwrap_or_default(),
        spoken: message,
        hidden: row[3].truth() == Some(false),
        goes_to,
        picture: if row[4].integer().is_some_and(|link| link > 0) { Attached::Elsewhere } else { Attached::None },
        ..Cell::default()
    }
}

impl Vocabulary {
    fn tell(&self, pages: &[Vec<Value>], instances: &[Vec<Value>], gather: &mut Gather) {
        let mut boxes_of: HashMap<i64, Vec<i64>> = HashMap::new();
        for row in instances {
            if let (Some(page), Some(id)) = (row[0].integer(), row[1].integer()) {
                boxes_of.entry(page).or_default().push(id);
            }
        }
        let mut shown = std::collections::HashSet::new();
        for row in pages {
            let Some(id) = row[0].integer() else { continue };
            let (rid, name) =
                row[1].integer().and_then(|resource| self.resources.get(&resource)).cloned().unwrap_or_default();
            let rid = if rid.is_empty() { format!("page {id}") } else { rid };
            let mut board =
                Board { name: if name.trim().is_empty() { rid.clone() } else { name }, id: rid, ..Board::default() };
            for id in boxes_of.get(&id).into_iter().flatten() {
                shown.insert(*id);
                self.add(*id, &mut board, gather);
            }
            gather.board(board);
        }
        let astray: usize =
            self.boxes.iter().filter(|(id, _)| !shown.contains(id)).map(|(_, one)| one.cells.len()).sum();
        if astray > 0 {
            gather.problem("the vocabulary", &format!("{astray} buttons stand on no page that is in the file."));
        }
    }

    /// A page can have several boxes: the next one stands below.
    fn add(&self, id: i64, board: &mut Board, gather: &mut Gather) {
        let Some(found) = self.boxes.get(&id) else {
            gather.problem(&board.name, "A group of its buttons is not in the file.");
            return;
        };
        let above = board.rows;
        for (resource, place) in &found.cells {
            if board.cells.len() > gather.button_room() {
                return;
            }
            let Some(button) = self.buttons.get(resource) else {
                gather.problem(&board.name, "One of its buttons is not in the file.");
                continue;
            };
            let place = place
                .filter(|_| found.columns > 0)
                .map(|place| (above.saturating_add(place / found.columns), place % found.columns));
            let cell =
                Cell { row: place.map(|(row, _)| row), column: place.map(|(_, column)| column), ..button.clone() };
            board.rows = board.rows.max(cell.row.map_or(0, |row| row.saturating_add(1)));
            board.cells.push(cell);
        }
        board.rows = board.rows.max(above.saturating_add(found.rows));
        board.columns = board.columns.max(found.columns);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_that_claim_to_be_endless_end() {
        let last = ButtonBox { columns: 1, rows: u32::MAX, cells: vec![(1, Some(u32::MAX))] };
        let mut vocabulary = Vocabulary { resources: HashMap::new(), buttons: HashMap::new(), boxes: HashMap::new() };
        vocabulary.buttons.insert(1, Cell::default());
        vocabulary.boxes.insert(1, last);
        let (mut board, mut gather) = (Board::default(), Gather::new(super::super::super::Limits::default()));
        vocabulary.add(1, &mut board, &mut gather);
        vocabulary.add(1, &mut board, &mut gather);
        assert_eq!((board.cells.len(), board.rows), (2, u32::MAX));
    }
}
