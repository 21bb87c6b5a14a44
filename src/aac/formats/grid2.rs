//! Pages of The Grid 2 (SensoryGrid): XML with `grid/cells/cell`.

use super::super::gather::Gather;
use super::super::raw::xml::{Element, Tree};
use super::super::reading::{Attached, Board, Cell};

/// Reads one page.
pub(in crate::aac) fn read(tree: &Tree<'_>, place: &str, gather: &mut Gather) {
    let Some(root) = tree.root() else { return };
    let grid = if root.name().eq_ignore_ascii_case("grid") { root } else { root.child("grid").unwrap_or(root) };
    let count = |name: &str| grid.attribute(name).or_else(|| root.attribute(name)).and_then(|text| text.parse().ok());
    let inside =
        |name: &str| grid.child(name).map(|child| child.text().trim().to_owned()).filter(|text| !text.is_empty());
    let title =
        inside("title").or_else(|| inside("name")).or_else(|| root.attribute("name").map(|name| name.into_owned()));
    let mut board = Board {
        id: place.to_owned(),
        name: title.unwrap_or_else(|| place.to_owned()),
        rows: count("rows").unwrap_or(0).min(10_000),
        columns: count("columns").unwrap_or(0).min(10_000),
        ..Board::default()
    };
    for cell in grid.all("cell").take(gather.button_room().saturating_add(1)) {
        let Some(cell) = read_cell(cell) else { continue };
        board.rows = board.rows.max(cell.row.map_or(0, |row| row + 1));
        board.columns = board.columns.max(cell.column.map_or(0, |column| column + 1));
        board.cells.push(cell);
    }
    gather.board(board);
}

fn read_cell(cell: Element<'_>) -> Option<Cell> {
    let place =
        |name: &str| cell.attribute(name).and_then(|text| text.trim().parse::<u32>().ok()).filter(|at| *at < 10_000);
    let inside =
        |name: &str| cell.child(name).map(|child| child.text().trim().to_owned()).filter(|text| !text.is_empty());
    let commands: Vec<_> = cell.child("commands").into_iter().flat_map(|list| list.named("command")).collect();
    let mut read = Cell {
        row: place("y").or(Some(0)),
        column: place("x").or(Some(0)),
        label: inside("caption").unwrap_or_default(),
        hidden: cell
            .child("hidden")
            .map(|hidden| hidden.text())
            .is_some_and(|text| matches!(text.trim(), "1" | "true")),
        picture: if inside("picture").is_some() { Attached::Elsewhere } else { Attached::None },
        ..Cell::default()
    };
    let mut said = Vec::new();
    for command in &commands {
        let id = command.child("id").map(|id| id.text()).or_else(|| command.attribute("id").map(|id| id.into_owned()));
        let id = id.unwrap_or_default().trim().to_lowercase();
        match () {
            () if id.contains("jump") => {
                read.goes_to = read.goes_to.or_else(|| parameter(*command, &["grid", "gridname", "file"]))
            }
            () if says_something(&id) => {
                said.push(
                    parameter(*command, &["text", "letters", "words", "phrase"]).unwrap_or_else(|| read.label.clone()),
                );
            }
            () => {}
        }
    }
    said.retain(|words| !words.trim().is_empty());
    read.spoken = match (said.is_empty(), commands.is_empty()) {
        (false, _) => Some(said.join("")),
        (true, true) => (!read.label.is_empty()).then(|| read.label.clone()),
        (true, false) => None,
    };
    let shows = !read.label.is_empty() || !commands.is_empty() || read.picture != Attached::None;
    shows.then_some(read)
}

fn says_something(id: &str) -> bool {
    ["type", "insert", "speak", "say", "write"].iter().any(|verb| id.contains(verb))
        && !["clear", "delete", "speakall", "speaksentence"].iter().any(|other| id.contains(other))
}

/// The text of a parameter, however the command writes it.
fn parameter(command: Element<'_>, names: &[&str]) -> Option<String> {
    let named = |element: &Element<'_>| {
        let own =
            element.attribute("key").or_else(|| element.attribute("name")).unwrap_or_else(|| element.name().into());
        names.iter().any(|name| own.eq_ignore_ascii_case(name))
    };
    let element = command.children().chain(command.all("parameter")).find(named)?;
    Some(element.text().trim().to_owned()).filter(|text| !text.is_empty())
}
