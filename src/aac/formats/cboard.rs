//! Boards of Cboard: a JSON list of boards with `tiles`.

use super::super::gather::Gather;
use super::super::raw::json::Value;
use super::super::reading::{Attached, Board, Cell, PersonalKind};
use super::obf::in_one_column;

/// Whether a value looks like boards.
pub(in crate::aac) fn is_boards(value: Value<'_>) -> bool {
    boards(value).take(20).any(|board| board.get("tiles").is_some())
}

fn boards<'a>(value: Value<'a>) -> impl Iterator<Item = Value<'a>> {
    let alone = value.get("tiles").is_some().then_some(value);
    let list = if value.is_list() { Some(value) } else { value.get("boards").or_else(|| value.get("data")) };
    alone.into_iter().chain(list.into_iter().flat_map(Value::items))
}

/// Reads the boards.
pub(in crate::aac) fn read(value: Value<'_>, gather: &mut Gather) {
    for (number, board) in boards(value).take(gather.limits.boards + 1).enumerate() {
        if !board.is_object() {
            gather.problem(&format!("board {}", number + 1), "This board is damaged.");
            continue;
        }
        read_board(board, number, gather);
    }
}

fn read_board(value: Value<'_>, number: usize, gather: &mut Gather) {
    let text = |name: &str| value.get(name).and_then(Value::text).filter(|text| !text.trim().is_empty());
    let name = text("name").map(|name| name.into_owned()).or_else(|| text("nameKey").map(|key| last_part(&key)));
    let id = text("id").map_or_else(|| format!("board {}", number + 1), |id| id.into_owned());
    for (name, kind) in [("author", PersonalKind::Author), ("email", PersonalKind::Author)] {
        if let Some(fact) = text(name) {
            gather.personal(kind, &fact);
        }
    }
    let mut board = Board {
        name: name.unwrap_or_else(|| id.clone()),
        id,
        language: text("locale").map(|language| language.into_owned()),
        ..Board::default()
    };
    let Some(tiles) = value.get("tiles").filter(|tiles| tiles.is_list()) else {
        gather.problem(&board.name, "The list of its buttons is missing.");
        gather.board(board);
        return;
    };
    let mut ids = Vec::new();
    for tile in tiles.items().take(gather.button_room().saturating_add(1)) {
        if !tile.is_whole_object() {
            gather.problem(&board.name, "One of its buttons is damaged.");
            continue;
        }
        ids.push(tile.get("id").and_then(Value::text));
        board.cells.push(read_tile(tile));
    }
    (board.rows, board.columns) = in_one_column(&mut board.cells);
    if let Some(grid) =
        value.get("grid").filter(|grid| grid.get("order").is_some_and(|order| order.items().next().is_some()))
    {
        place(grid, &ids, &mut board);
    }
    gather.board(board);
}

/// A board with a fixed grid; tiles that it does not name have no place.
fn place(grid: Value<'_>, ids: &[Option<std::borrow::Cow<'_, str>>], board: &mut Board) {
    let count = |name: &str| grid.get(name).and_then(Value::count).unwrap_or(0).min(10_000);
    (board.rows, board.columns) = (count("rows"), count("columns"));
    let places: std::collections::HashMap<_, _> =
        ids.iter().enumerate().filter_map(|(at, id)| id.as_deref().map(|id| (id, at))).collect();
    board.cells.iter_mut().for_each(|cell| (cell.row, cell.column) = (None, None));
    for (row, line) in grid.get("order").into_iter().flat_map(Value::items).enumerate() {
        for (column, id) in line.items().enumerate() {
            if let Some(at) = id.text().and_then(|id| places.get(id.as_ref()).copied()) {
                (board.cells[at].row, board.cells[at].column) = (u32::try_from(row).ok(), u32::try_from(column).ok());
                board.rows = board.rows.max(row as u32 + 1);
                board.columns = board.columns.max(column as u32 + 1);
            }
        }
    }
}

/// `cboard.symbol.yes` means "yes".
fn last_part(key: &str) -> String {
    key.rsplit('.').next().unwrap_or(key).to_owned()
}

fn read_tile(tile: Value<'_>) -> Cell {
    let text = |name: &str| tile.get(name).and_then(Value::text).filter(|text| !text.trim().is_empty());
    let label = text("label").map(|label| label.into_owned()).or_else(|| text("labelKey").map(|key| last_part(&key)));
    let label = label.unwrap_or_default();
    let acts = text("action").is_some_and(|action| action.starts_with([':', '+']));
    let spoken = text("vocalization").map(|words| words.into_owned());
    let attached = |name: &str| match text(name) {
        Some(place) if place.starts_with("data:") => Attached::Inside,
        Some(_) => Attached::Elsewhere,
        None => Attached::None,
    };
    Cell {
        row: None,
        column: None,
        spoken: spoken.or_else(|| (!acts && !label.is_empty()).then(|| label.clone())),
        hidden: tile.get("hidden").and_then(Value::truth).unwrap_or(false),
        goes_to: text("loadBoard").map(|board| board.into_owned()),
        opens_left_out: false,
        picture: attached("image"),
        recording: attached("sound"),
        label,
    }
}
