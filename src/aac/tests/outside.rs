//! Samples that are not ours to keep here. `HEARD_AAC_SAMPLES` names the folder that holds them and `ground-truth.json`;
//! without it there is nothing to look at, and the test says so.

use super::*;

/// The samples' folder, or a line that says that it is not there.
fn folder() -> Option<std::path::PathBuf> {
    let folder = std::env::var_os("HEARD_AAC_SAMPLES").map(std::path::PathBuf::from);
    if folder.is_none() {
        println!("HEARD_AAC_SAMPLES is not set: the samples that are not ours to keep were NOT read.");
    }
    folder
}

fn outside(name: &str) -> Option<Reading> {
    let bytes = std::fs::read(folder()?.join(name)).expect("the folder holds the sample");
    Some(reading(&bytes))
}

fn counts(reading: &Reading) -> (usize, usize, usize) {
    let cells = || reading.boards.iter().flat_map(|board| &board.cells);
    (reading.boards.len(), cells().count(), cells().filter(|cell| cell.hidden).count())
}

#[test]
fn a_lam_log_holds_every_press() {
    let Some(reading) = outside("LAM-example.txt") else { return };
    assert_eq!((reading.format, reading.said), (Format::Lam, Said::All), "{:?}", reading.problems);
    assert_eq!(reading.events.len(), 64);
    let said = |event: &&Event| matches!(event.kind, EventKind::Selected | EventKind::Spelled);
    let joined: String = reading.events.iter().filter(said).map(|event| event.text.as_str()).collect();
    assert_eq!(joined, "hello world I'm wonderful! I am getting along. i lhavd aeb");
    let of = |kind| reading.events.iter().filter(|event| event.kind == kind).count();
    assert_eq!((of(EventKind::Spelled), of(EventKind::Selected), of(EventKind::Device)), (11, 14, 39));
    assert_eq!(reading.events[0].at.as_deref(), Some("2021-05-13T15:46:18.990"));
}

#[test]
fn a_phrase_list_is_read_to_its_last_phrase() {
    let Some(reading) = outside("Speech history.phr") else { return };
    assert_eq!((reading.format, reading.said), (Format::CommunicatorPhrases, Said::All));
    let texts: Vec<_> = reading.events.iter().map(|event| event.text.as_str()).collect();
    let whole = [
        "Hello how are you I think it's over cooked.",
        "Hello how are you",
        "Hello",
        "Hello, my name is this low carb?",
        "Hi, this is delicious!",
    ];
    assert_eq!(texts, whole);
    assert!(reading.events.iter().all(|event| event.at.is_none() && event.time_source == TimeSource::None));
}

#[test]
fn a_grid_of_asterics_says_what_its_actions_say() {
    let Some(reading) = outside("color-categories-demo.grd.json") else { return };
    assert_eq!((reading.format, reading.said), (Format::AstericsGrid, Said::All), "{:?}", reading.problems);
    assert_eq!(counts(&reading), (2, 66, 0));
    assert_eq!(
        reading.boards.iter().map(|board| board.name.as_str()).collect::<Vec<_>>(),
        ["color-categories", "Globales Grid"]
    );
    let filled: Vec<_> = labels(&reading).into_iter().filter(|label| !label.is_empty()).collect();
    assert_eq!((filled.len(), filled.iter().collect::<std::collections::HashSet<_>>().len()), (60, 35));
    assert!(
        reading.boards[0]
            .cells
            .iter()
            .filter_map(|cell| cell.spoken.as_ref().map(|said| (said, &cell.label)))
            .all(|(said, label)| said == label)
    );
}

#[test]
fn pages_of_the_open_board_format_are_whole() {
    let Some(alone) = outside("inline_images.obf") else { return };
    assert_eq!((alone.format, alone.said, counts(&alone)), (Format::Obf, Said::All, (1, 2, 0)));
    let said: Vec<_> = alone.boards[0].cells.iter().map(|cell| (cell.label.as_str(), cell.spoken.as_deref())).collect();
    assert_eq!(said, [("kids", Some("children")), ("cat", Some("feline"))]);

    let linked = outside("links.obz").expect("the folder is there");
    assert_eq!((linked.format, linked.said, counts(&linked)), (Format::Obz, Said::All, (3, 6, 0)));
    assert_eq!(labels(&linked), ["feelings", "colors", "happy", "sad", "green", "blue"]);
    let goes: Vec<_> = linked.boards[0].cells.iter().filter_map(|cell| cell.goes_to.as_deref()).collect();
    assert_eq!(goes, [linked.boards[1].id.as_str(), linked.boards[2].id.as_str()]);
}

#[test]
fn a_set_of_pages_tells_what_is_hidden_and_what_is_no_word() {
    let Some(reading) = outside("lots_of_stuff.obz") else { return };
    assert_eq!((reading.format, reading.said), (Format::Obz, Said::All), "{:?}", reading.problems);
    assert_eq!(counts(&reading), (5, 18, 2));
    assert_eq!(reading.boards[0].name, "Lots of Stuff Board", "the start page is first");
    let silent: Vec<_> = reading
        .boards
        .iter()
        .flat_map(|board| &board.cells)
        .filter(|cell| cell.spoken.is_none())
        .map(|cell| cell.label.as_str())
        .collect();
    assert_eq!(silent, ["+less", "Clear Text", "+less", "Clear Text"]);
    let feelings = &reading.boards[0].cells[0];
    assert_eq!((feelings.label.as_str(), feelings.spoken.as_deref()), ("feelings", Some("I have some feelings")));
    assert_eq!(feelings.goes_to.as_deref(), Some("url_images"));
}

#[test]
fn a_grid_set_tells_what_its_cells_write() {
    let Some(reading) = outside("ipa-start.images-removed.gridset") else { return };
    assert_eq!((reading.format, reading.said), (Format::Gridset, Said::All), "{:?}", reading.problems);
    assert_eq!(counts(&reading), (1, 55, 0));
    let all: std::collections::HashSet<_> = labels(&reading).into_iter().filter(|label| !label.is_empty()).collect();
    assert_eq!(all.len(), 55);
    assert_eq!((reading.boards[0].rows, reading.boards[0].columns), (6, 12));
}
