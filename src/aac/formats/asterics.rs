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
    let metadata = value.get("metadata");
    let home = metadata.and_then(|data| data.get("homeGridId")).and_then(Value::text);
    let language = metadata.and_then(|data| data.get("localeConfig")?.get("contentLang")).and_then(Value::text);
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
        read_grid(grid, number, home.as_deref(), language.as_deref(), gather);
    }
}

fn read_grid(grid: Value<'_>, number: usize, home: Option<&str>, language: Option<&str>, gather: &mut Gather) {
    let id = grid.get("id").or_else(|| grid.get("_id")).and_then(Value::text);
    let id = id.map_or_else(|| format!("grid {}", number + 1), |id| id.into_owned());
    // The language that the person uses, where the page has words in it.
    let labels =
        || grid.get("gridElements").into_iter().flat_map(Value::items).filter_map(|element| element.get("label"));
    let language = language.filter(|language| labels().any(|label| label.get(language).is_some_and(filled)));
    let (name, of_name) = grid.get("label").map(|label| words(label, language)).unwrap_or_default();
    let language = language.map(str::to_owned).or(of_name);
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

/// Words, and their language: the only ones, or those in the language that is asked for, or English, or the first that are
/// not empty.
fn words(label: Value<'_>, language: Option<&str>) -> (String, Option<String>) {
    if let Some(text) = label.text() {
        return (text.into_owned(), None);
    }
    let own = |language: &str| Some((language.to_owned().into(), label.get(language).filter(|words| filled(*words))?));
    let found = language.and_then(own).or_else(|| own("en"));
    let found = found.or_else(|| label.fields().find(|(_, words)| filled(*words)));
    found
        .map(|(language, words)| (words.text().unwrap_or_default().into_owned(), Some(language.into_owned())))
        .unwrap_or_default()
}

fn filled(words: Value<'_>) -> bool {
    words.text().is_some_and(|text| !text.trim().is_empty())
}

fn read_element(element: Value<'_>, language: Option<&str>, home: Option<&str>) -> Cell {
    let place = |name: &str| element.get(name).and_then(Value::count).filter(|place| *place < 10_000);
    let label = element.get("label").map(|label| words(label, language).0).unwrap_or_default();
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
                let own = action.get("speakText").map(|own| words(own, language).0).unwrap_or_default();
                said.push(if own.trim().is_empty() { label.clone() } else { own });
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
