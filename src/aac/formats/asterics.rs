//! Grids of AsTeRICS Grid (`.grd`): JSON with `grids`, each with `gridElements` that say what they do in `actions`.

use super::super::gather::Gather;
use super::super::raw::json::Value;
use super::super::reading::{Attached, Board, Cell};

/// Whether a value looks like grids.
pub(in crate::aac) fn is_grids(value: Value<'_>) -> bool {
    list(value).is_some_and(|grids| grids.items().take(20).any(is_grid)) || is_grid(value)
}

fn is_grid(value: Value<'_>) -> bool {
    value.get("gridElements").is_some()
}

fn list(value: Value<'_>) -> Option<Value<'_>> {
    if value.is_list() { Some(value) } else { value.get("grids").filter(|grids| grids.is_list()) }
}

/// Reads the grids.
pub(in crate::aac) fn read(value: Value<'_>, gather: &mut Gather) {
    let home = value.get("metadata").and_then(|data| data.get("homeGridId")).and_then(Value::text);
    let alone = is_grid(value).then_some(value);
    let grids: Vec<_> =
        list(value).into_iter().flat_map(Value::items).chain(alone).take(gather.limits.boards + 1).collect();
    let is_home = |grid: &Value<'_>| home.is_some() && grid.get("id").and_then(Value::text) == home;
    let (first, rest): (Vec<_>, Vec<_>) = grids.into_iter().partition(is_home);
    for (number, grid) in first.into_iter().chain(rest).enumerate() {
        if !grid.is_object() {
            gather.problem(&format!("grid {}", number + 1), "This grid is damaged.");
            continue;
        }
        read_grid(grid, number, home.as_deref(), gather);
    }
}

fn read_grid(grid: Value<'_>, number: usize, home: Option<&str>, gather: &mut Gather) {
    let id = grid.get("id").or_else(|| grid.get("_id")).and_then(Value::text);
    let id = id.map_or_else(|| format!("grid {}", number + 1), |id| id.into_owned());
    let (name, language) = grid.get("label").map(own_words).unwrap_or_default();
    let count = |name: &str| grid.get(name).and_then(Value::count).unwrap_or(0).min(10_000);
    let mut board = Board { name: if name.is_empty() { id.clone() } else { name }, id, language, ..Board::default() };
    (board.rows, board.columns) = (count("rowCount"), count("minColumnCount"));
    let Some(elements) = grid.get("gridElements").filter(|elements| elements.is_list()) else {
        gather.problem(&board.name, "The list of its buttons is missing.");
        gather.board(board);
        return;
    };
    for element in elements.items().take(gather.button_room().saturating_add(1)) {
        if !element.is_whole_object() {
            gather.problem(&board.name, "One of its buttons is damaged.");
            continue;
        }
        let cell = read_element(element, board.language.as_deref(), home);
        let count = |name: &str, least: u32| element.get(name).and_then(Value::count).unwrap_or(least).min(10_000);
        if let (Some(row), Some(column)) = (cell.row, cell.column) {
            board.rows = board.rows.max(row.saturating_add(count("height", 1)));
            board.columns = board.columns.max(column.saturating_add(count("width", 1)));
        }
        board.cells.push(cell);
    }
    gather.board(board);
}

/// Words by language: one that stands alone, or English, or the first that is not empty.
fn own_words(label: Value<'_>) -> (String, Option<String>) {
    if let Some(text) = label.text() {
        return (text.into_owned(), None);
    }
    let filled = |value: &Value<'_>| value.text().is_some_and(|text| !text.trim().is_empty());
    let found = label.get("en").filter(|value| filled(value)).map(|value| ("en".into(), value));
    let found = found.or_else(|| label.fields().find(|(_, value)| filled(value)));
    found.map(|(language, value)| (text_of(value), Some(language.into_owned()))).unwrap_or_default()
}

fn in_language(label: Value<'_>, language: Option<&str>) -> String {
    let own = language.and_then(|language| label.get(language)).map(text_of).filter(|text| !text.trim().is_empty());
    own.unwrap_or_else(|| own_words(label).0)
}

fn text_of(value: Value<'_>) -> String {
    value.text().unwrap_or_default().into_owned()
}

fn read_element(element: Value<'_>, language: Option<&str>, home: Option<&str>) -> Cell {
    let place = |name: &str| element.get(name).and_then(Value::count).filter(|place| *place < 10_000);
    let label = element.get("label").map(|label| in_language(label, language)).unwrap_or_default();
    let mut cell = Cell {
        row: place("y"),
        column: place("x"),
        hidden: element.get("hidden").and_then(Value::truth).unwrap_or(false),
        picture: picture(element),
        ..Cell::default()
    };
    let mut said: Vec<String> = Vec::new();
    for action in element.get("actions").into_iter().flat_map(Value::items) {
        let named = action.get("modelName").and_then(Value::text).unwrap_or_default();
        match named.as_ref() {
            "GridActionSpeak" if !label.is_empty() => said.push(label.clone()),
            "GridActionSpeakCustom" => {
                let words = action.get("speakText").map(|words| in_language(words, language)).unwrap_or_default();
                said.push(if words.trim().is_empty() { label.clone() } else { words });
            }
            "GridActionNavigate" => cell.goes_to = target(action, home),
            "GridActionAudio" => {
                let inside = action.get("dataBase64").and_then(Value::text).is_some_and(|data| !data.is_empty());
                cell.recording = if inside { Attached::Inside } else { Attached::Elsewhere };
            }
            _ => {}
        }
    }
    said.retain(|words| !words.trim().is_empty());
    said.dedup();
    cell.spoken = (!said.is_empty()).then(|| said.join(" "));
    cell.label = label;
    cell
}

fn target(action: Value<'_>, home: Option<&str>) -> Option<String> {
    let to_home = action.get("navType").and_then(Value::text).is_some_and(|kind| kind == "navigateToHomeGrid");
    let named = action.get("toGridId").and_then(Value::text).map(|id| id.into_owned());
    if to_home { home.map(str::to_owned) } else { named }
}

fn picture(element: Value<'_>) -> Attached {
    let Some(image) = element.get("image") else { return Attached::None };
    let says = |name: &str| image.get(name).and_then(Value::text).is_some_and(|text| !text.is_empty());
    match () {
        () if says("data") => Attached::Inside,
        () if says("url") => Attached::Elsewhere,
        () => Attached::None,
    }
}
