//! Words of an item, written down by staff: beside what was sent, as captions of a film, version by version. A machine's
//! draft is where somebody begins. A child's no closes them with the recording, and they go with the item.

use std::process::Command;

use heard::audit;
use heard::db;
use heard::evidence::Assent;
use heard::evidence::say::store::{Told, record};
use heard::id::ItemId;
use heard::web::Role;

use super::sent::{NORTHVALE, Part, Sent, inspect, make_areas, send};
use crate::browser::File;
use crate::childs_say::begin_in_northvale;
use crate::colleagues::{Colleague, join};
use crate::prepared::page_of_writing;
use crate::say;
use crate::world::{World, on_each_pair};

async fn begin(world: &World, names: &[&str]) -> (Colleague, Sent) {
    make_areas(world).await;
    let ana = join(world, Role::Inspector).await;
    inspect(world, NORTHVALE, &[&ana]).await;
    let sent = send(world, &[NORTHVALE], names.iter().map(|name| Part::A(File::fixture(name))).collect()).await;
    world.prepare().await;
    (ana, sent)
}

fn words_of(item: &ItemId) -> String {
    format!("/staff/items/{item}/words")
}

async fn write(ana: &mut Colleague, item: &ItemId, words: &str) -> crate::browser::Page {
    let page = ana.browser.open(&words_of(item)).await;
    let form = page.form(say("transcript.save")).fill(say("transcript.field"), words);
    ana.browser.press(form).await
}

async fn actions(world: &World, item: &ItemId) -> Vec<String> {
    let mut tx = world.site.db.read().await.expect("tx");
    let rows = audit::list_about(&mut tx, item.as_str()).await.expect("lists");
    rows.into_iter().map(|row| row.action).filter(|action| action == "add_transcript").collect()
}

on_each_pair!(what_is_said_in_a_film_is_written_down_and_becomes_captions, |world: World| async move {
    let (mut ana, sent) = begin(&world, &["video.mov"]).await;
    let item = &sent.items[0];
    let page = ana.browser.open(&sent.page()).await;
    page.must_say("Write down the words of item 1");
    assert!(page.all("track").is_empty(), "there are no words that could be captions");
    let captions = format!("/staff/items/{item}/captions");
    assert_eq!(ana.browser.get(&captions, &[]).await.status, 404);

    // Nothing, and times that run backwards, are asked again, with everything that was written.
    write(&mut ana, item, " ").await.must_be(&words_of(item), 422).must_say(say("transcript.wrong.empty"));
    let page = write(&mut ana, item, "0:02 I like the bus.\n0:01 Stop <b>").await;
    page.must_be(&words_of(item), 422).must_say("Line 2 has a time that is before the time above it.");
    assert!(page.form(say("transcript.save")).value(say("transcript.field")).contains("I like the bus."));
    assert!(actions(&world, item).await.is_empty());

    write(&mut ana, item, "0:01 I like the bus.\n0:02 [laughs] <b>").await.must_be(&words_of(item), 200);
    let page = ana.browser.open(&sent.page()).await;
    page.must_say("Words of item 1, written down by staff").must_say("I like the bus.").must_say(&ana.name);
    assert_eq!(page.all("track").len(), page.all("video").len());
    assert_eq!(page.all("track")[0].attribute("src"), Some(captions.as_str()));
    let time = page.all("a").into_iter().find(|link| link.attribute("data-at") == Some("1")).expect("a time");
    let to = time.attribute("href").expect("it leads somewhere").to_owned();
    ana.browser.open(&to).await.must_say("I like the bus.");
    let vtt = ana.browser.get(&captions, &[]).await;
    assert_eq!((vtt.status, vtt.header("content-type")), (200, Some("text/vtt; charset=utf-8")));
    let said = String::from_utf8(vtt.body.to_vec()).expect("text");
    assert!(said.starts_with("WEBVTT") && said.contains("[laughs] &lt;b&gt;"), "{said}");

    // Somebody has captions already, and pastes them: a new version, and the earlier one stays.
    let pasted = "1\n00:00:01,000 --> 00:00:02,000\nI like the red bus.\n";
    let page = write(&mut ana, item, pasted).await;
    page.must_say("00:01 I like the red bus.").must_say(say("transcript.earlier")).must_say("[laughs]");
    assert_eq!(actions(&world, item).await.len(), 2);
    let slip = ana.browser.open(&format!("/staff/items/{item}/custody")).await;
    slip.must_say(say("custody.action.add_transcript"));
});

on_each_pair!(words_that_a_machine_was_not_sure_of_are_named, |world: World| async move {
    let (mut ana, _) = begin(&world, &[]).await;
    let clear = page_of_writing(world.folder(), "d0");
    let blurred = world.folder().join("blurred.tiff");
    let made = Command::new("vips").arg("gaussblur").args([&clear, &blurred]).arg("5").status();
    assert!(made.expect("vips runs (tests/run installs it)").success());
    let files = [clear, blurred].map(|path| std::fs::read(path).expect("reads"));
    let parts = files.map(|file| Part::A(File::held("page.tiff", "image/tiff", file)));
    let sent = send(&world, &[NORTHVALE], parts.into()).await;
    world.prepare().await;
    ana.browser.open(&words_of(&sent.items[0])).await.must_not_say(say("transcript.unsure"));
    ana.browser.open(&words_of(&sent.items[1])).await.must_say(say("transcript.unsure"));
});

on_each_pair!(what_a_machine_read_is_where_somebody_begins, |world: World| async move {
    let (mut ana, _) = begin(&world, &[]).await;
    let page = std::fs::read(page_of_writing(world.folder(), "d0")).expect("reads");
    let parts = vec![Part::A(File::held("page.tiff", "image/tiff", page)), Part::A(File::fixture("voice.m4a"))];
    let sent = send(&world, &[NORTHVALE], parts).await;
    world.prepare().await;
    ana.browser.open(&sent.page()).await.must_say("Correct what a machine read in item 1");
    let page = ana.browser.open(&words_of(&sent.items[0])).await;
    page.must_say(say("transcript.from_machine"));
    let draft = page.form(say("transcript.save")).value(say("transcript.field"));
    assert!(draft.contains("my new school"), "{draft}");
    write(&mut ana, &sent.items[0], "My words").await.must_not_say(say("transcript.from_machine"));
    // The draft stays as the copy that it is.
    ana.browser.open(&sent.page()).await.must_say("Correct the words of item 1");
    let page = ana.browser.open(&sent.page()).await;
    assert!(page.links().iter().any(|(_, to)| to.contains("copy=words_draft")));
    ana.browser.open(&words_of(&sent.items[1])).await.must_not_say(say("transcript.from_machine"));
});

on_each_pair!(a_childs_no_closes_the_words_and_taking_out_ends_them, |world: World| async move {
    let (mut ana, sent) = begin(&world, &["voice.m4a", "drawing.png"]).await;
    for item in &sent.items {
        write(&mut ana, item, "0:01 Nobody asks me").await.must_be(&words_of(item), 200);
    }
    let now = world.clock.now();
    let mut tx = world.site.db.write().await.expect("tx");
    let key = world.site.keys.submission(&mut tx, &sent.id).await.expect("asks").expect("a key");
    let item = heard::evidence::store::find(&mut tx, &sent.items[0]).await.expect("asks").expect("an item");
    let told = Told { answer: Some(Assent::No), ..Told::default() };
    assert!(record(&mut tx, &key, &item, &told, now).await.expect("is kept"));
    heard::evidence::store::remove(&mut tx, &sent.items[1], now).await.expect("is taken out");
    tx.commit().await.expect("commits");
    ana.browser.open(&sent.page()).await.must_not_say("Nobody asks me");
    for item in &sent.items {
        assert_eq!(ana.browser.open(&words_of(item)).await.status, 404);
        assert_eq!(ana.browser.get(&format!("/staff/items/{item}/captions"), &[]).await.status, 404);
    }
    let mut tx = world.site.db.read().await.expect("tx");
    let rows = db::all!(&mut tx, (String, Vec<u8>), SEALED).expect("lists");
    assert_eq!(rows.len(), 1, "what was taken out has no words any more");
    assert_eq!(rows[0].0, sent.items[0].as_str());
    assert!(!rows[0].1.windows(6).any(|part| part == b"Nobody"), "words are sealed");
});

on_each_pair!(a_sender_writes_down_the_words_and_staff_see_whose_they_are, |world: World| async move {
    make_areas(&world).await;
    let mut ana = join(&world, Role::Inspector).await;
    inspect(&world, NORTHVALE, &[&ana]).await;
    let mut family = begin_in_northvale(&world, vec![File::fixture("silent.mp4")]).await;
    let item = family.items(&world).await[0].id.clone();
    let own = format!("/tell/items/{item}");
    let page = family.browser.open(&own).await;
    let page = family.browser.follow(&page, say("write_down.to")).await;
    let write = |page: &crate::browser::Page, words: &str| {
        page.form(say("write_down.save")).fill(say("write_down.words"), words)
    };
    let page = family.browser.press(write(&page, "0:03 later\n0:01 earlier")).await;
    page.must_be(&format!("{own}/words"), 422).must_say("Look at line 2.");
    let page = family.browser.press(write(&page, "0:01 A wrong word")).await;
    page.must_be(&own, 200);
    // They come back, read what they wrote, and put it right. What was wrong is gone.
    let page = family.browser.follow(&page, say("write_down.to")).await;
    assert_eq!(page.form(say("write_down.save")).value(say("write_down.words")), "0:01 A wrong word");
    family.browser.press(write(&page, "0:01 I sign about my bus")).await.must_be(&own, 200);
    let page = family.browser.open("/tell/check").await;
    page.must_say("I sign about my bus").must_not_say("A wrong word");
    family.browser.press(page.form_to("/tell/send")).await.must_be("/sent", 200);
    world.run_jobs().await;
    world.prepare().await;
    assert_eq!(family.browser.open(&format!("{own}/words")).await.status, 404, "it is sent");

    let reference = family.reference(&world).await;
    let page = ana.browser.open(&format!("/staff/submissions/{reference}")).await;
    page.must_say("Words of item 1, written down by the sender").must_say("I sign about my bus");
    assert!(!page.all("track").is_empty(), "they are captions");
    let page = self::write(&mut ana, &item, "0:01 I sign about my red bus").await;
    page.must_say("Written down by the sender before they sent it").must_say("Version 2");
});

const SEALED: &str = "select item_id, text_sealed from transcript";
