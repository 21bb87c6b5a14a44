//! A page in the Open Board Format (openboardformat.org), and lists of such pages.

use std::borrow::Cow;
use std::collections::HashMap;

use super::super::gather::Gather;
use super::super::raw::json::Value;
use super::super::reading::{Attached, Board, Cell, PersonalKind};

/// Finds the id of the page that a path inside an archive leads to.
pub(in crate::aac) type Paths = HashMap<String, String>;

/// Whether a value looks like a page.
pub(in crate::aac) fn is_page(value: Value<'_>) -> bool {
    let says = value.get("format").and_then(Value::text).is_some_and(|format| is_board_format(&format));
    says || value.get("buttons").is_some_and(Value::is_list)
}

fn is_board_format(format: &str) -> bool {
    let format = format.to_ascii_lowercase();
    format.starts_with("open-board-") && !format.starts_with("open-board-log")
}

/// The page's own id, or the last resort.
pub(in crate::aac) fn id_of(value: Value<'_>, place: &str) -> String {
    let id = value.get("id").and_then(Value::text).filter(|id| !id.trim().is_empty());
    id.map_or_else(|| place.to_owned(), |id| id.into_owned())
}

/// Reads one page; `paths` leads from the paths of an archive to ids.
pub(in crate::aac) fn read(value: Value<'_>, place: &str, paths: Option<&Paths>, gather: &mut Gather) {
    let text = |name: &str| value.get(name).and_then(Value::text).map(|text| text.into_owned());
    let name = text("name").filter(|name| !name.trim().is_empty()).unwrap_or_else(|| place.to_owned());
    let mut board = Board { id: id_of(value, place), name, language: text("locale"), ..Board::default() };
    if let Some(mail) = value.get("license").and_then(|license| license.get("author_email")).and_then(Value::text) {
        gather.personal(PersonalKind::Author, &mail);
    }
    let Some(buttons) = value.get("buttons").filter(|buttons| buttons.is_list()) else {
        gather.problem(&board.name, "The list of its buttons is missing.");
        gather.board(board);
        return;
    };
    let page = Page { paths, words: words_of(value, board.language.as_deref()), known: pictures_and_sounds(value) };
    let mut cells = Vec::new();
    let mut by_id = HashMap::new();
    for button in buttons.items().take(gather.button_room().saturating_add(1)) {
        if !button.is_whole_object() {
            gather.problem(&board.name, "One of its buttons is damaged.");
            continue;
        }
        if let Some(id) = button.get("id").and_then(Value::text) {
            by_id.entry(id).or_insert(cells.len());
        }
        cells.push(page.cell(button, &board.name, gather));
    }
    let (rows, columns) = place_by_order(value, &by_id, &mut cells, &board.name, gather);
    (board.rows, board.columns) = match (rows, columns) {
        (0, _) | (_, 0) => in_one_column(&mut cells),
        placed => placed,
    };
    board.cells = cells;
    gather.board(board);
}

/// Without a grid the buttons stand below each other, in the file's order.
pub(in crate::aac) fn in_one_column(cells: &mut [Cell]) -> (u32, u32) {
    let mut row = 0;
    for cell in cells.iter_mut() {
        (cell.row, cell.column) = (Some(row), Some(0));
        row += 1;
    }
    (row, u32::from(row > 0))
}

struct Page<'a> {
    paths: Option<&'a Paths>,
    words: HashMap<Cow<'a, str>, Cow<'a, str>>,
    known: HashMap<(bool, String), Attached>,
}

impl Page<'_> {
    fn cell(&self, button: Value<'_>, page: &str, gather: &mut Gather) -> Cell {
        let text = |name: &str| {
            let text = button.get(name).and_then(Value::text)?;
            Some(self.words.get(&text).unwrap_or(&text).to_string()).filter(|text| !text.trim().is_empty())
        };
        let label = text("label").unwrap_or_default();
        let acts = button.get("action").and_then(Value::text).is_some_and(|action| !action.is_empty())
            || button.get("actions").is_some_and(|actions| actions.items().next().is_some());
        let spoken = text("vocalization").filter(|words| !acts || !words.starts_with([':', '+']));
        let spoken = spoken.or_else(|| (!acts && !label.is_empty()).then(|| label.clone()));
        Cell {
            row: None,
            column: None,
            label,
            spoken,
            hidden: button.get("hidden").and_then(Value::truth).unwrap_or(false),
            goes_to: button.get("load_board").and_then(|link| self.target(link, page, gather)),
            opens_left_out: false,
            picture: self.attached(button.get("image_id"), true),
            recording: self.attached(button.get("sound_id"), false),
        }
    }

    /// The id of the page that a button opens; a page that is somewhere in the net is not in the file.
    fn target(&self, link: Value<'_>, page: &str, gather: &mut Gather) -> Option<String> {
        let text = |name: &str| link.get(name).and_then(Value::text).filter(|text| !text.trim().is_empty());
        if let Some(path) = text("path") {
            let Some(paths) = self.paths else { return Some(path.into_owned()) };
            let found = paths.get(&super::zip::key(&path));
            if found.is_none() {
                gather.problem(page, &format!("A button opens the page \"{path}\", which is not in the file."));
            }
            return Some(found.cloned().unwrap_or_else(|| path.into_owned()));
        }
        text("id").map(|id| id.into_owned())
    }

    fn attached(&self, id: Option<Value<'_>>, picture: bool) -> Attached {
        let Some(id) = id.and_then(Value::text) else { return Attached::None };
        self.known.get(&(picture, id.into_owned())).copied().unwrap_or(Attached::Elsewhere)
    }
}

/// The page's words in its own language, where labels are only their names.
fn words_of<'a>(value: Value<'a>, language: Option<&str>) -> HashMap<Cow<'a, str>, Cow<'a, str>> {
    let strings = value.get("strings");
    let own = strings.zip(language).and_then(|(strings, language)| strings.get(language));
    let words = own.or_else(|| strings?.fields().next().map(|(_, words)| words));
    let words = words.into_iter().flat_map(Value::fields).take(100_000);
    words.filter_map(|(name, words)| Some((name, words.text()?))).collect()
}

fn pictures_and_sounds(value: Value<'_>) -> HashMap<(bool, String), Attached> {
    let mut known = HashMap::new();
    for (list, picture) in [("images", true), ("sounds", false)] {
        for item in value.get(list).into_iter().flat_map(Value::items).take(100_000) {
            let inside = item.get("data").is_some() || item.get("path").is_some();
            let attached = if inside { Attached::Inside } else { Attached::Elsewhere };
            if let Some(id) = item.get("id").and_then(Value::text) {
                known.insert((picture, id.into_owned()), attached);
            }
        }
    }
    known
}

/// Puts the buttons where `grid.order` has them; one that stands twice is there twice.
fn place_by_order(
    value: Value<'_>,
    by_id: &HashMap<Cow<'_, str>, usize>,
    cells: &mut Vec<Cell>,
    page: &str,
    gather: &mut Gather,
) -> (u32, u32) {
    let Some(grid) = value.get("grid") else { return (0, 0) };
    let count = |name: &str| grid.get(name).and_then(Value::count).unwrap_or(0).min(10_000);
    let (mut rows, mut columns) = (count("rows"), count("columns"));
    let most = cells.len().saturating_mul(2).saturating_add(16);
    for (row, line) in grid.get("order").into_iter().flat_map(Value::items).enumerate() {
        for (column, id) in line.items().enumerate() {
            let Some(id) = id.text() else { continue };
            let place = (u32::try_from(row).ok(), u32::try_from(column).ok());
            rows = rows.max(row as u32 + 1);
            columns = columns.max(column as u32 + 1);
            match by_id.get(&id) {
                Some(at) if cells[*at].row.is_none() => (cells[*at].row, cells[*at].column) = place,
                Some(at) if cells.len() < most => {
                    let again = Cell { row: place.0, column: place.1, ..cells[*at].clone() };
                    cells.push(again);
                }
                Some(_) => {}
                None => gather.problem(page, "A place in its grid is for a button that is not in the file."),
            }
        }
    }
    (rows, columns)
}
