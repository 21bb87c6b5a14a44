//! Page sets of TD Snap (`.sps`, `.spb`): a SQLite file. Each page has several layouts; the one with the most visible
//! buttons is shown. Presses stand in `ButtonUsage`, where `Modeling` marks those of a supporter.

use std::collections::HashMap;

use super::super::gather::Gather;
use super::super::raw::json::{Tape, Value as Json};
use super::super::raw::sqlite::{Database, Value};
use super::super::reading::{Attached, Board, Cell, Event, EventKind, TimeSource};
use super::super::when::When;

/// Whether a database is a page set.
pub(in crate::aac) fn is_page_set(database: &Database<'_>) -> bool {
    database.has("Page") && database.has("Button")
}

/// Reads the pages and the presses.
pub(in crate::aac) fn read(database: &Database<'_>, gather: &mut Gather) {
    let set = Set::read(database, gather);
    set.tell_pages(gather);
    tell_presses(database, &set, gather);
}

struct Button {
    element: i64,
    label: String,
    message: Option<String>,
    prediction: bool,
    picture: Attached,
    recording: Attached,
    goes_to: Option<String>,
}

struct Placement {
    layout: i64,
    place: Option<(u32, u32)>,
    visible: bool,
}

struct Page {
    id: i64,
    unique: String,
    title: String,
    language: Option<String>,
}

struct Set {
    pages: Vec<Page>,
    buttons: Vec<Button>,
    /// From a button's lasting name to its place in `buttons`.
    by_unique: HashMap<String, usize>,
    /// From an element to its page.
    page_of: HashMap<i64, i64>,
    /// From an element to where it stands in each layout.
    placements: HashMap<i64, Vec<Placement>>,
    /// From a layout to its page and its size.
    layouts: HashMap<i64, (i64, Option<(u32, u32)>)>,
}

fn rows(
    database: &Database<'_>,
    table: &str,
    columns: &[&str],
    most: usize,
    what: &str,
    gather: &mut Gather,
) -> Vec<Vec<Value>> {
    let found = database.rows(table, columns, most);
    if found.damaged {
        gather.problem(what, "Some of them could not be read: the file is damaged there.");
    }
    found.rows
}

impl Set {
    fn read(database: &Database<'_>, gather: &mut Gather) -> Set {
        let most = gather.limits.buttons + 1;
        let properties = database.rows("PageSetProperties", &["FriendlyName", "DefaultHomePageUniqueId"], 10).rows;
        gather.name = properties.iter().find_map(|row| row[0].text());
        let home = properties.iter().find_map(|row| row[1].text());
        let mut pages: Vec<Page> = rows(
            database,
            "Page",
            &["Id", "UniqueId", "Title", "Language"],
            gather.limits.boards + 1,
            "the pages",
            gather,
        )
        .into_iter()
        .filter_map(|row| {
            let id = row[0].integer()?;
            let unique = row[1].text().unwrap_or_else(|| format!("page {id}"));
            Some(Page { id, title: row[2].text().unwrap_or_default(), language: row[3].text(), unique })
        })
        .collect();
        pages.sort_by_key(|page| home.as_ref() != Some(&page.unique));
        let mut set = Set {
            pages,
            buttons: Vec::new(),
            by_unique: HashMap::new(),
            page_of: HashMap::new(),
            placements: HashMap::new(),
            layouts: HashMap::new(),
        };
        set.read_places(database, most, gather);
        set.read_buttons(database, most, gather);
        set
    }

    fn read_places(&mut self, database: &Database<'_>, most: usize, gather: &mut Gather) {
        for row in rows(database, "ElementReference", &["Id", "PageId"], most, "the places of buttons", gather) {
            if let (Some(id), Some(page)) = (row[0].integer(), row[1].integer()) {
                self.page_of.insert(id, page);
            }
        }
        for row in
            rows(database, "PageLayout", &["Id", "PageId", "PageLayoutSetting"], most, "the layouts of pages", gather)
        {
            if let (Some(id), Some(page)) = (row[0].integer(), row[1].integer()) {
                self.layouts.insert(id, (page, row[2].text().and_then(|size| pair(&size))));
            }
        }
        let table = if database.has("ElementPlacement") { "ElementPlacement" } else { "ButtonPlacement" };
        let element = if database.has_column(table, "ElementReferenceId") { "ElementReferenceId" } else { "ButtonId" };
        let columns = ["PageLayoutId", element, "GridPosition", "Visible"];
        for row in rows(database, table, &columns, 3 * most, "the places of buttons", gather) {
            if let Some(element) = row[1].integer() {
                self.placements.entry(element).or_default().push(Placement {
                    layout: row[0].integer().unwrap_or(0),
                    place: row[2].text().and_then(|place| pair(&place)),
                    visible: row[3].truth().unwrap_or(true),
                });
            }
        }
    }

    fn read_buttons(&mut self, database: &Database<'_>, most: usize, gather: &mut Gather) {
        let mut links: HashMap<i64, String> = HashMap::new();
        for row in
            rows(database, "CommandSequence", &["ButtonId", "SerializedCommands"], most, "what buttons do", gather)
        {
            if let (Some(button), Some(page)) =
                (row[0].integer(), row[1].text().and_then(|commands| linked_page(&commands)))
            {
                links.insert(button, page);
            }
        }
        for row in rows(database, "ButtonPageLink", &["ButtonId", "PageUniqueId"], most, "the links of buttons", gather)
        {
            if let (Some(button), Some(page)) = (row[0].integer(), row[1].text()) {
                links.insert(button, page);
            }
        }
        let columns = [
            "Id",
            "ElementReferenceId",
            "Label",
            "Message",
            "ContentType",
            "UniqueId",
            "LibrarySymbolId",
            "PageSetImageId",
            "MessageRecordingId",
            // Older page sets name the page by its number.
            "NavigatePageId",
        ];
        let by_number: HashMap<i64, String> = self.pages.iter().map(|page| (page.id, page.unique.clone())).collect();
        for row in rows(database, "Button", &columns, most, "the buttons", gather) {
            let Some(id) = row[0].integer() else { continue };
            if let Some(unique) = row[5].text() {
                self.by_unique.insert(unique, self.buttons.len());
            }
            let there = |at: usize| row[at].integer().is_some_and(|number| number > 0);
            let filled = |at: usize| row[at].text().filter(|text: &String| !text.trim().is_empty());
            self.buttons.push(Button {
                element: row[1].integer().unwrap_or(id),
                label: row[2].text().unwrap_or_default(),
                message: filled(3),
                prediction: row[4].integer() == Some(1),
                picture: match (there(7), there(6)) {
                    (true, _) => Attached::Inside,
                    (false, true) => Attached::Elsewhere,
                    (false, false) => Attached::None,
                },
                recording: if there(8) { Attached::Inside } else { Attached::None },
                goes_to: links.remove(&id).or_else(|| by_number.get(&row[9].integer()?).cloned()),
            });
        }
    }

    fn tell_pages(&self, gather: &mut Gather) {
        let mut on_page: HashMap<i64, Vec<&Button>> = HashMap::new();
        let mut astray = 0;
        for button in &self.buttons {
            match self.page_of.get(&button.element) {
                Some(page) => on_page.entry(*page).or_default().push(button),
                None => astray += 1,
            }
        }
        if astray > 0 {
            gather.problem("the buttons", &format!("For {astray} of them the file does not tell the page."));
        }
        for page in &self.pages {
            let buttons = on_page.remove(&page.id).unwrap_or_default();
            gather.board(self.board(page, &buttons));
        }
        let left: usize = on_page.values().map(Vec::len).sum();
        if left > 0 {
            gather.problem("the pages", &format!("{left} buttons stand on pages that are not in the file."));
        }
    }

    fn board(&self, page: &Page, buttons: &[&Button]) -> Board {
        let layout = self.best_layout(buttons);
        let mut size =
            layout.and_then(|layout| self.layouts.get(&layout)).and_then(|(_, size)| *size).unwrap_or((0, 0));
        let mut cells = Vec::with_capacity(buttons.len());
        for button in buttons {
            let placements = self.placements.get(&button.element).map(Vec::as_slice).unwrap_or_default();
            let here = placements.iter().find(|placement| Some(placement.layout) == layout);
            let place = here.and_then(|placement| placement.place);
            if let Some((column, row)) = place {
                size = (size.0.max(column + 1), size.1.max(row + 1));
            }
            let hidden = match here {
                Some(placement) => !placement.visible,
                None => !placements.is_empty() && placements.iter().all(|placement| !placement.visible),
            };
            cells.push(Cell {
                row: place.map(|(_, row)| row),
                column: place.map(|(column, _)| column),
                label: button.label.clone(),
                spoken: button.spoken(),
                hidden,
                goes_to: button.goes_to.clone(),
                opens_left_out: false,
                picture: button.picture,
                recording: button.recording,
            });
        }
        let name = if page.title.trim().is_empty() { page.unique.clone() } else { page.title.clone() };
        Board { id: page.unique.clone(), name, language: page.language.clone(), rows: size.1, columns: size.0, cells }
    }

    /// The layout that shows the most of these buttons; among equals the one with the most places.
    fn best_layout(&self, buttons: &[&Button]) -> Option<i64> {
        let mut counts: HashMap<i64, (usize, usize)> = HashMap::new();
        for placement in buttons.iter().filter_map(|button| self.placements.get(&button.element)).flatten() {
            if placement.place.is_some() {
                let count = counts.entry(placement.layout).or_default();
                count.0 += 1;
                count.1 += usize::from(placement.visible);
            }
        }
        let size = |layout: &i64| {
            self.layouts.get(layout).and_then(|(_, size)| *size).map_or(0, |(columns, rows)| columns * rows)
        };
        counts
            .iter()
            .max_by_key(|(layout, count)| (**count, size(layout), std::cmp::Reverse(**layout)))
            .map(|(layout, _)| *layout)
    }
}

impl Button {
    fn spoken(&self) -> Option<String> {
        let label = (!self.label.trim().is_empty() && !self.prediction).then(|| self.label.clone());
        self.message.clone().or(label)
    }
}

/// "3,4" and "3,4,False,0".
fn pair(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.split(',').map(|part| part.trim().parse::<u32>().ok().filter(|number| *number < 10_000));
    Some((numbers.next()??, numbers.next()??))
}

fn linked_page(commands: &str) -> Option<String> {
    if !commands.contains("LinkedPageId") {
        return None;
    }
    let tape = Tape::read(commands, 10_000);
    let list = tape.root()?.get("$values")?;
    list.items().find_map(|command| command.get("LinkedPageId")).and_then(Json::text).map(|page| page.into_owned())
}

fn tell_presses(database: &Database<'_>, set: &Set, gather: &mut Gather) {
    let columns = ["Timestamp", "ButtonUniqueId", "Modeling"];
    let usage = rows(database, "ButtonUsage", &columns, gather.event_room() + 1, "the presses", gather);
    for row in usage {
        let button = row[1].text().and_then(|unique| set.by_unique.get(&unique)).and_then(|at| set.buttons.get(*at));
        let words = button.map(|button| button.message.clone().unwrap_or_else(|| button.label.clone()));
        if words.is_none() {
            gather.problem("the presses", "Some presses are of buttons that are not in the file.");
        }
        let mut event = Event {
            at: None,
            time_source: TimeSource::None,
            kind: if button.is_some_and(|button| button.prediction) {
                EventKind::Predicted
            } else {
                EventKind::Selected
            },
            text: words.unwrap_or_else(|| "(button not in the file)".to_owned()),
            modelled: row[2].truth(),
            order: None,
        };
        if let Some(when) = row[0].integer().and_then(When::from_ticks) {
            when.tell(&mut event);
        }
        gather.event(event);
    }
}
