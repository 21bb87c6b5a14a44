//! A file from a communication aid, as an inspector reads it: what was said apart from what could be said, who pressed,
//! whether there was a word for something, and what stays hidden.

use heard::web::Role;

use super::sent::{EASTMERE, NORTHVALE, Part, inspect, make_areas, send};
use crate::browser::File;
use crate::colleagues::join;
use crate::say;
use crate::world::{World, on_each_pair};

fn sample(name: &str) -> Part {
    Part::A(File::fixture(&format!("aac/{name}")).named(name))
}

on_each_pair!(a_log_and_a_board_cannot_be_confused, |world: World| async move {
    make_areas(&world).await;
    let mut ana = join(&world, Role::Inspector).await;
    let mut other = join(&world, Role::Inspector).await;
    inspect(&world, NORTHVALE, &[&ana]).await;
    inspect(&world, EASTMERE, &[&other]).await;
    let sent = send(&world, &[NORTHVALE], vec![sample("session.obl"), sample("touchchat.ce")]).await;
    let [log, board] = [0, 1].map(|item| format!("/staff/items/{}/board", sent.items[item]));

    ana.browser.open(&sent.page()).await.must_say("Look at what is in item 1").must_say("Look at what is in item 2");
    let page = ana.browser.open(&log).await;
    page.must_be(&log, 200).must_say(say("board.said")).must_say("I like school").must_say(say("board.modelled"));
    page.must_say(say("board.no_board")).must_not_say("made-up-advocate");
    let asked = ana.browser.open(&format!("{log}?personal=yes")).await;
    asked.must_say("made-up-advocate");

    let page = ana.browser.open(&board).await;
    page.must_say(say("board.no_record")).must_say("I need help.").must_say("The buttons of the page Home");
    let found = ana.browser.press(page.form(say("board.find_button")).fill(say("board.find"), "Hospital")).await;
    found.must_say("Yes. This many buttons have it: 1.");
    let none = ana.browser.press(found.form(say("board.find_button")).fill(say("board.find"), "<b>stop")).await;
    none.must_say("No. No button has “<b>stop”.");
    ana.browser.open(&format!("{board}?board=1")).await.must_say("The buttons of the page Places");
    for odd in ["?board=99999999", "?row=4000000000&line=77&word=88&pages=99", "?find=stop&board=x"] {
        ana.browser.open(&format!("{board}{odd}")).await.must_be(&board, 200);
    }

    let kept = ana.browser.open(&format!("{log}/text")).await;
    let text = std::str::from_utf8(&kept.body).expect("text");
    assert!(text.contains(&say("board.said").to_uppercase()) && text.contains("I like school"));
    assert!(!text.contains("made-up-advocate"), "facts about people are in no copy");
    let kept = ana.browser.open(&format!("{board}/page")).await;
    kept.must_say(say("board.no_record")).must_say("I need help.");

    let custody = ana.browser.open(&format!("/staff/items/{}/custody", sent.items[0])).await;
    custody.must_say(say("custody.action.read_board")).must_say(say("custody.action.read_personal"));
    custody.must_say(say("custody.action.download_board"));
    assert_eq!(other.browser.open(&log).await.status, 404, "somebody who is not on the inspection");
});

on_each_pair!(there_is_no_such_page_for_other_files_and_damaged_ones_say_why, |world: World| async move {
    make_areas(&world).await;
    let mut ana = join(&world, Role::Inspector).await;
    inspect(&world, NORTHVALE, &[&ana]).await;
    let cut = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/aac/snap-usage.sps")).expect("there");
    let damaged = File::held("cut.sps", "application/octet-stream", cut[..9_000].to_vec());
    let sent = send(&world, &[NORTHVALE], vec![Part::A(File::fixture("photo.jpg")), Part::A(damaged)]).await;
    let photo = format!("/staff/items/{}/board", sent.items[0]);
    assert_eq!(ana.browser.open(&photo).await.status, 404);
    let page = ana.browser.open(&format!("/staff/items/{}/board", sent.items[1])).await;
    page.must_say("We kept the file.").must_say(say("board.problems")).must_say(say("board.no_board"));
});

on_each_pair!(a_board_of_twelve_thousand_buttons_is_paged, |world: World| async move {
    make_areas(&world).await;
    let mut ana = join(&world, Role::Inspector).await;
    inspect(&world, NORTHVALE, &[&ana]).await;
    let (rows, columns) = (600, 20);
    let order: Vec<Vec<usize>> = (0..rows).map(|row| (row * columns..(row + 1) * columns).collect()).collect();
    let buttons: Vec<_> = (0..rows * columns)
        .map(|id| serde_json::json!({ "id": id, "label": format!("word{id}"), "hidden": id == 11_999 }))
        .collect();
    let grid = serde_json::json!({ "rows": rows, "columns": columns, "order": order });
    let set = serde_json::json!({
        "format": "open-board-0.1", "id": "1", "name": "Large", "locale": "en", "grid": grid, "buttons": buttons,
    });
    let large = File::held("large.obf", "application/octet-stream", set.to_string());
    let sent = send(&world, &[NORTHVALE], vec![Part::A(large)]).await;
    let board = format!("/staff/items/{}/board", sent.items[0]);

    let page = ana.browser.open(&board).await;
    page.must_say("Pages: 1. Buttons: 12,000.").must_say("word0").must_not_say("word800");
    assert!(page.body.len() < 300_000, "one page of it is {} bytes", page.body.len());
    // Each link onward leads to the next rows and the next words; the last ones are there.
    ana.browser.open(&format!("{board}?board=0&row=560")).await.must_say("word11998").must_say(say("board.hidden"));
    ana.browser.open(&format!("{board}?word=11800")).await.must_say("word9998");
    // A hidden word is found, and said to be hidden.
    let found = ana.browser.press(page.form(say("board.find_button")).fill(say("board.find"), "WORD11999")).await;
    found.must_say("Yes. This many buttons have it: 1.").must_say("word11999 (hidden)");
});
