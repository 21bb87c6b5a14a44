//! Our own samples say exactly what they are known to hold.

use super::*;

/// Label, what it says, row, column.
fn cells(board: &Board) -> Vec<(&str, Option<&str>, u32, u32)> {
    let place = |cell: &Cell| (cell.row.unwrap_or(99), cell.column.unwrap_or(99));
    board.cells.iter().map(|cell| (cell.label.as_str(), cell.spoken.as_deref(), place(cell).0, place(cell).1)).collect()
}

/// Time, kind, words, modelled.
fn events(reading: &Reading) -> Vec<(&str, EventKind, &str, Option<bool>)> {
    let told = |event: &'_ Event| (event.kind, event.modelled);
    reading
        .events
        .iter()
        .map(|event| (event.at.as_deref().unwrap_or(""), told(event).0, event.text.as_str(), told(event).1))
        .collect()
}

#[test]
fn a_log_tells_what_was_pressed_and_what_a_supporter_modelled() {
    use EventKind::{Assessment, Deleted, Note, Predicted, Selected, Spoken};
    let reading = reading(&sample("session.obl"));
    assert_eq!((reading.format, reading.said), (Format::Obl, Said::All));
    assert_eq!(reading.message, "We kept your file and can show all of it.");
    assert!(reading.boards.is_empty());
    assert_eq!(
        events(&reading),
        [
            ("2024-10-03T09:00:00Z", Selected, "I like", Some(false)),
            ("2024-10-03T09:00:04Z", Selected, "school", Some(false)),
            ("2024-10-03T09:00:06Z", Spoken, "I like school", Some(false)),
            ("2024-10-03T09:00:08Z", Deleted, ":clear", Some(false)),
            ("2024-10-03T09:01:00Z", Selected, "worried", Some(true)),
            ("2024-10-03T09:01:05Z", Predicted, "therapist", Some(false)),
            ("2024-10-03T09:02:00Z", Spoken, "I need my therapist", Some(true)),
            ("2024-10-03T10:00:00Z", Note, "Sam chose the words alone; I read them back.", None),
            ("2024-10-04T10:00:01Z", Assessment, "correct", None),
            ("2024-10-04T10:00:09Z", Assessment, "not correct", None),
        ]
    );
    let facts: Vec<_> = reading.personal.iter().map(|fact| (fact.kind, fact.text.as_str())).collect();
    assert!(facts.contains(&(PersonalKind::Person, "Sam (made up)")));
    assert!(facts.contains(&(PersonalKind::Author, "made-up-advocate")));
}

#[test]
fn a_table_tells_words_operations_and_times() {
    use EventKind::{Deleted, Selected, Spelled, Spoken};
    let reading = reading(&sample("word-history.csv"));
    assert_eq!((reading.format, reading.said), (Format::SpeakForYourself, Said::All));
    assert_eq!(
        events(&reading),
        [
            ("2024-10-03T09:15:02", Selected, "want", None),
            ("2024-10-03T09:15:04", Selected, "go", None),
            ("2024-10-03T09:15:07", Spoken, "want go", None),
            ("2024-10-03T09:15:20", Deleted, "want go", None),
            ("2024-10-03T12:00:00", Spelled, "bus", None),
            ("2024-10-03T12:00:05", Selected, "=HYPERLINK(\"https://example.invalid\",\"x\")", None),
        ]
    );
}

#[test]
fn a_speech_history_keeps_every_word_and_leaves_out_what_was_never_spoken() {
    let reading = reading(&sample("grid3-history.sqlite"));
    assert_eq!((reading.format, reading.said), (Format::Grid3History, Said::All));
    let told: Vec<_> = events(&reading).into_iter().map(|(at, kind, text, _)| (at, kind, text)).collect();
    assert_eq!(
        told,
        [
            ("2024-10-03T09:15:00", EventKind::Spoken, "My school is good"),
            ("2024-10-03T09:16:30", EventKind::Spoken, "The bus is late every day"),
            ("2024-10-04T14:02:05", EventKind::Spoken, "I want more time with my therapist"),
            ("2024-11-12T11:00:00", EventKind::Spoken, "My school is good"),
            ("2024-11-12T11:01:00", EventKind::Spoken, "Don't <shout> & \"rush\" me"),
        ]
    );
    assert_eq!(reading.personal.len(), 1, "the place where it was said is kept apart");
}

#[test]
fn a_page_set_tells_its_pages_and_who_pressed() {
    let reading = reading(&sample("snap-usage.sps"));
    assert_eq!((reading.format, reading.said, reading.name.as_deref()), (Format::Snap, Said::All, Some("School talk")));
    let [home, feelings] = &reading.boards[..] else { panic!("there are two pages") };
    assert_eq!((home.name.as_str(), home.rows, home.columns, home.language.as_deref()), ("Home", 3, 4, Some("en_GB")));
    assert_eq!(
        cells(home),
        [
            ("I", Some("I"), 0, 0),
            ("like", Some("I like"), 0, 1),
            ("school", Some("school"), 0, 2),
            ("bus", Some("the bus"), 0, 3),
            ("Feelings", Some("Feelings"), 1, 0),
            ("stop", Some("Please stop."), 1, 1),
            ("secret", Some("secret"), 1, 2),
        ]
    );
    let hidden: Vec<_> = home.cells.iter().filter(|cell| cell.hidden).map(|cell| cell.label.as_str()).collect();
    assert_eq!(hidden, ["secret"]);
    assert_eq!(home.cells[4].goes_to.as_ref(), Some(&feelings.id));
    assert_eq!(labels(&reading)[7..], ["happy", "worried", "back"]);
    let pressed: Vec<_> = events(&reading).into_iter().map(|(at, _, text, modelled)| (at, text, modelled)).collect();
    assert_eq!(
        pressed,
        [
            ("2024-10-03T09:00:00", "I", Some(false)),
            ("2024-10-03T09:00:02", "I like", Some(false)),
            ("2024-10-03T09:00:05", "school", Some(false)),
            ("2024-10-03T09:01:00", "Feelings", Some(true)),
            ("2024-10-03T09:01:03", "I feel worried", Some(true)),
            ("2024-10-03T09:02:00", "I feel worried", Some(false)),
        ]
    );
}

#[test]
fn an_older_page_set_tells_where_its_buttons_lead() {
    let reading = reading(&sample("snap-older.sps"));
    assert_eq!((reading.format, reading.said), (Format::Snap, Said::All), "{:?}", reading.problems);
    let [home, school] = &reading.boards[..] else { panic!("there are two pages") };
    assert_eq!(cells(home), [("yes", Some("Yes, please"), 0, 0), ("school", Some("about my school"), 0, 1)]);
    assert_eq!(home.cells[1].goes_to.as_ref(), Some(&school.id));
    assert_eq!(school.cells[1].goes_to.as_ref(), Some(&home.id));
}

#[test]
fn a_vocabulary_tells_its_pages_and_holds_no_record() {
    let reading = reading(&sample("touchchat.ce"));
    assert_eq!((reading.format, reading.said), (Format::Touchchat, Said::All), "{:?}", reading.problems);
    assert!(reading.message.ends_with("This file holds no record of what was said."));
    let [home, places] = &reading.boards[..] else { panic!("there are two pages") };
    assert_eq!(
        cells(home),
        [
            ("I", Some("I "), 0, 0),
            ("want", Some("want "), 0, 1),
            ("help", Some("I need help. "), 0, 2),
            ("Places", None, 0, 3)
        ]
    );
    assert_eq!(
        cells(places),
        [("school", Some("school "), 0, 0), ("hospital", Some("the hospital "), 0, 1), ("home", None, 0, 2)]
    );
    assert_eq!((home.rows, home.columns), (3, 4));
    assert_eq!(home.cells[3].goes_to.as_ref(), Some(&places.id));
    assert_eq!(places.cells[2].goes_to.as_ref(), Some(&home.id));
}

#[test]
fn boards_without_a_grid_are_lists_and_names_of_words_become_words() {
    let reading = reading(&sample("2024-10-03_09-15-00-boardsset board.json"));
    assert_eq!((reading.format, reading.said), (Format::Cboard, Said::All));
    assert_eq!(labels(&reading), ["yes", "no", "my school", "too loud", "kind teacher"]);
    let school = &reading.boards[0].cells[2];
    assert_eq!(school.spoken.as_deref(), Some("I want to talk about my school"));
    assert_eq!(school.goes_to.as_deref(), Some("b2"));
    assert_eq!(reading.boards[1].cells[0].recording, Attached::Inside);
    assert!(reading.personal.iter().any(|fact| fact.text == "synthetic@example.invalid"));
}
