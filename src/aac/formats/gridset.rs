//! Grid sets of Grid 3 (`.gridset`): a zip file with `Grids/NAME/grid.xml` for each page. What a cell writes stands in its
//! commands (`Action.InsertText`), word lists stand beside the cells. A locked set (`.gridsetx`) is named, never opened.

use super::super::gather::Gather;
use super::super::raw::text::decode;
use super::super::raw::xml::{Element, Stopped, Tree};
use super::super::reading::{Attached, Board, Cell};

/// Reads one page; `name` is the name of its folder.
pub(in crate::aac) fn read_page(bytes: &[u8], name: &str, gather: &mut Gather) {
    let text = decode(bytes);
    let tree = Tree::read(&text, gather.limits.values);
    if let Some(stopped) = tree.stopped {
        gather.problem(&format!("page {name}"), in_words(stopped));
    }
    if tree.stopped == Some(Stopped::DocumentType) {
        return;
    }
    if let Some(grid) = tree.root().filter(|root| root.name().eq_ignore_ascii_case("Grid")) {
        read_grid(grid, name, gather);
    } else if tree.stopped.is_none() {
        gather.problem(&format!("page {name}"), "This page is damaged.");
    }
}

/// Why a text of XML was not read to its end.
pub(in crate::aac) fn in_words(stopped: Stopped) -> &'static str {
    match stopped {
        Stopped::Damaged => "This page is damaged, or stops early. What came before is shown.",
        Stopped::DocumentType => "This page may be unsafe, so we did not open it.",
        Stopped::TooDeep => "This page is built in a way that no honest page is. We stopped reading it.",
        Stopped::TooMany => "This page is larger than we show.",
    }
}

/// The start page that the settings name.
pub(in crate::aac) fn start_page(bytes: &[u8]) -> Option<String> {
    let text = decode(bytes);
    let tree = Tree::read(&text, 100_000);
    let name = tree.root()?.child("StartGrid")?.text();
    Some(name.trim().to_owned())
}

fn read_grid(grid: Element<'_>, name: &str, gather: &mut Gather) {
    let definitions = |list: &str| grid.child(list).map_or(0, |list| list.children().count().min(10_000) as u32);
    let mut board = Board {
        id: name.to_owned(),
        name: name.to_owned(),
        rows: definitions("RowDefinitions"),
        columns: definitions("ColumnDefinitions"),
        ..Board::default()
    };
    let mut words = words_of(grid).into_iter();
    for cell in grid.child("Cells").into_iter().flat_map(|cells| cells.named("Cell")) {
        if board.cells.len() > gather.button_room() {
            break;
        }
        let number = |name: &str, or: u32| {
            cell.attribute(name).and_then(|text| text.trim().parse().ok()).unwrap_or(or).min(10_000)
        };
        let (row, column) = (number("Y", 0), number("X", 0));
        board.rows = board.rows.max(row + number("RowSpan", 1));
        board.columns = board.columns.max(column + number("ColumnSpan", 1));
        let Some(mut read) = read_cell(cell, &mut words) else { continue };
        (read.row, read.column) = (Some(row), Some(column));
        board.cells.push(read);
    }
    // A word list that is longer than the places for it: the person pages through it.
    let left = gather.button_room().saturating_sub(board.cells.len()).saturating_add(1);
    board.cells.extend(words.take(left));
    gather.board(board);
}

/// The page's word list.
fn words_of(grid: Element<'_>) -> Vec<Cell> {
    let items = grid.child("WordList").and_then(|list| list.child("Items"));
    let items = items.into_iter().flat_map(|items| items.named("WordListItem"));
    let word = |item: Element<'_>| {
        let text = item.child("Text").map(written).filter(|text| !text.trim().is_empty())?;
        let picture = item.child("Image").is_some_and(|image| !image.text().trim().is_empty());
        Some(Cell { label: text.clone(), spoken: Some(text), picture: picture_of(picture), ..Cell::default() })
    };
    items.filter_map(word).collect()
}

fn picture_of(there: bool) -> Attached {
    if there { Attached::Elsewhere } else { Attached::None }
}

fn read_cell(cell: Element<'_>, words: &mut std::vec::IntoIter<Cell>) -> Option<Cell> {
    let content = cell.child("Content").unwrap_or(cell);
    let inside = |name: &str| content.child(name).map(|child| child.text().trim().to_owned()).unwrap_or_default();
    let kind = inside("ContentType");
    if kind.eq_ignore_ascii_case("AutoContent") && inside("ContentSubType").eq_ignore_ascii_case("WordList") {
        return words.next();
    }
    let shown = content.child("CaptionAndImage");
    let part = |name: &str| {
        shown.and_then(|shown| shown.child(name)).map(|child| child.text().trim().to_owned()).unwrap_or_default()
    };
    let visible = |element: Element<'_>| element.child("Visibility").map(|visibility| visibility.text());
    let hidden =
        visible(cell).or_else(|| visible(content)).is_some_and(|text| text.trim().eq_ignore_ascii_case("Hidden"));
    // The place where written words appear is on the page too, under the name that the file has for it.
    let named = [part("Caption"), inside("ContentSubType"), kind.clone()];
    let workspace = kind.eq_ignore_ascii_case("Workspace");
    let label = named.into_iter().take(if workspace { 3 } else { 1 }).find(|name| !name.is_empty()).unwrap_or_default();
    let mut read = Cell { label, hidden, picture: picture_of(!part("Image").is_empty()), ..Cell::default() };
    let mut said = String::new();
    let mut acts = false;
    for command in content.child("Commands").into_iter().flat_map(|list| list.named("Command")) {
        let id = command.attribute("ID").unwrap_or_default().to_ascii_lowercase();
        acts = true;
        match () {
            () if id == "jump.to" => {
                read.goes_to = parameter(command, "grid").map(|grid| grid.text().trim().to_owned())
            }
            () if id == "action.inserttext" || id.starts_with("speech.speak") || id == "action.speak" => {
                said.push_str(&parameter(command, "text").map(written).unwrap_or_default());
            }
            () => {}
        }
    }
    let empty = read.label.is_empty() && read.picture == Attached::None && said.trim().is_empty();
    let only_writes = content.child("Commands").is_none_or(|list| {
        list.named("Command")
            .all(|command| command.attribute("ID").is_some_and(|id| id.eq_ignore_ascii_case("Action.InsertText")))
    });
    let place_for_words = kind.eq_ignore_ascii_case("AutoContent");
    if empty && !place_for_words && (!acts || only_writes) {
        return None;
    }
    read.spoken = (!said.is_empty()).then_some(said);
    Some(read)
}

fn parameter<'a>(command: Element<'a>, key: &str) -> Option<Element<'a>> {
    command
        .named("Parameter")
        .find(|parameter| parameter.attribute("Key").is_some_and(|own| own.eq_ignore_ascii_case(key)))
}

/// The words of a text that stands in runs (`r`), spaces among them; else all letters inside.
pub(in crate::aac) fn written(element: Element<'_>) -> String {
    let mut runs = element.all("r").peekable();
    match runs.peek() {
        Some(_) => runs.map(|run| run.text_without_layout()).collect(),
        None => element.text().trim().to_owned(),
    }
}
