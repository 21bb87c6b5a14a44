//! The main journey of an inspector: the queue, the page, notes, references, the custody slip, and what is new.

use heard::clock::MINUTE;
use heard::evidence::Whose;
use heard::web::Role;

use super::sent::{NORTHVALE, Part, add_later, inspect, make_areas, send};
use crate::browser::File;
use crate::colleagues::join;
use crate::say;
use crate::world::{World, on_each_pair};

on_each_pair!(an_inspector_finds_claims_reads_and_uses, |world: World| async move {
    make_areas(&world).await;
    let mut ana = join(&world, Role::Inspector).await;
    // Sent before the inspection opens: it is waiting when it does.
    let parts = vec![
        Part::Words("<b>school</b> good. talker broke \u{202e}wait", Some(Whose::ChildOrYoungPerson)),
        Part::Words("It took 30 weeks.", Some(Whose::Parent)),
        Part::A(File::fixture("video.mp4")),
    ];
    let sent = send(&world, &[NORTHVALE], parts).await;
    let inspection = inspect(&world, NORTHVALE, &[&ana]).await;
    let queue = ana.browser.open(&format!("/staff/inspections/{inspection}/queue")).await;
    queue.must_say("Waiting: 1").must_say("1 video").must_say("length not known yet").must_say("not families");
    let page = ana.browser.follow(&queue, &sent.reference).await;
    assert_eq!(page.heading(), sent.reference);
    page.must_say("<b>school</b> good.").must_say("It took 30 weeks.").must_say(say("reading.declared"));
    page.must_say("Item 2: Parent’s words. Not the child’s own words.");
    page.must_say(say("reading.not_answered")).must_say(say("reading.item.not_prepared"));
    let own = page.text().matches(say("reading.item.own_words")).count();
    assert_eq!(own, 2, "only item 1 is in the child's own words: in the strip, and above the item");
    let page = ana.browser.press(page.form(say("reading.review.claim"))).await;
    let page = ana.browser.press(page.form(say("reading.review.review"))).await;
    let page = ana.browser.press(page.form(say("reading.review.use"))).await;
    page.must_say("It is used in this inspection");
    let all = ana.browser.open(&format!("/staff/inspections/{inspection}/queue?tab=all&state=used&whose=parent")).await;
    all.must_say(&sent.reference);
    let none = ana.browser.open(&format!("/staff/inspections/{inspection}/queue?tab=all&kind=aac")).await;
    none.must_say(say("queue.nothing_filtered"));
});

on_each_pair!(a_note_on_a_moment_is_kept_once_and_a_wrong_one_keeps_its_words, |world: World| async move {
    make_areas(&world).await;
    let mut ana = join(&world, Role::Inspector).await;
    inspect(&world, NORTHVALE, &[&ana]).await;
    let sent = send(&world, &[NORTHVALE], vec![Part::A(File::fixture("video.mp4"))]).await;
    let page = ana.browser.open(&sent.page()).await;
    let forms = page.form(say("notes.save"));
    let note = forms.fill(say("notes.text"), "She says no bus").fill(say("notes.at"), "1:75");
    let page = ana.browser.press(note).await;
    assert_eq!(page.status, 422);
    page.must_say(say("notes.at_wrong")).must_say("She says no bus");
    let note = page.form(say("notes.save")).fill(say("notes.at"), "1:14");
    ana.browser.press(note.clone()).await;
    let page = ana.browser.press(note).await;
    assert_eq!(page.text().matches("She says no bus").count(), 1, "a second press keeps no second note");
    page.must_say("At 01:14");
});

on_each_pair!(a_reference_opens_at_its_item_and_moment, |world: World| async move {
    make_areas(&world).await;
    let mut ana = join(&world, Role::Inspector).await;
    inspect(&world, NORTHVALE, &[&ana]).await;
    let parts = vec![Part::Words("We waited.", None), Part::A(File::fixture("video.mp4"))];
    let sent = send(&world, &[NORTHVALE], parts).await;
    world.prepare().await;
    let page = ana.browser.open(&format!("/staff/cite/{}/2?at=01:14", sent.reference)).await;
    assert_eq!(page.path().trim_end_matches("#item-2"), sent.page());
    let video = page.all("video").pop().expect("the video is on the page");
    assert!(video.attribute("src").expect("a source").ends_with("#t=74"));
    ana.browser
        .open(&format!("/staff/cite/{}/3", sent.reference))
        .await
        .must_be(&format!("/staff/cite/{}/3", sent.reference), 404);
    // Somebody who is not signed in comes back here after signing in.
    let mut nobody = world.browser();
    let page = nobody.open(&format!("/staff/cite/{}/2?at=01:14", sent.reference)).await;
    assert!(page.url.contains("sign-in?next="), "{}", page.url);
});

on_each_pair!(the_custody_slip_tells_what_happened, |world: World| async move {
    make_areas(&world).await;
    let mut ana = join(&world, Role::Inspector).await;
    inspect(&world, NORTHVALE, &[&ana]).await;
    let file = File::fixture("video.mp4");
    let digest = file.sha256_hex();
    let sent = send(&world, &[NORTHVALE], vec![Part::A(file)]).await;
    world.prepare().await;
    ana.browser.open(&sent.page()).await;
    ana.browser.get(&sent.media(1), &[("range", "bytes=0-9")]).await;
    let slip = ana.browser.open(&format!("/staff/items/{}/custody", sent.items[0])).await;
    slip.must_say(&digest).must_say(&ana.name).must_say(say("custody.action.play_item"));
    slip.must_say(say("custody.action.view_submission")).must_say(say("custody.scan_said.no_scanner"));
    // It was chosen and not recorded here, and a program wrote it.
    slip.must_say(say("custody.says_origin_is.written_again")).must_not_say(say("custody.says_recorded_yes"));
});

on_each_pair!(what_is_added_later_makes_it_wait_again, |world: World| async move {
    make_areas(&world).await;
    let mut ana = join(&world, Role::Inspector).await;
    let inspection = inspect(&world, NORTHVALE, &[&ana]).await;
    let mut sent = send(&world, &[NORTHVALE], vec![Part::Words("We waited.", None)]).await;
    let page = ana.browser.open(&sent.page()).await;
    let page = ana.browser.press(page.form(say("reading.review.claim"))).await;
    ana.browser.press(page.form(say("reading.review.review"))).await;
    world.clock.advance(MINUTE);
    add_later(&world, &mut sent, Part::Words("And we wait again.", None)).await;
    let queue = ana.browser.open(&format!("/staff/inspections/{inspection}/queue?new=yes")).await;
    queue.must_say("Waiting: 1").must_say(say("queue.new_since"));
    world.clock.advance(MINUTE);
    let page = ana.browser.open(&sent.page()).await;
    page.must_say("And we wait again.").must_say("Something was added on");
    let page = ana.browser.press(page.form(say("reading.review.claim"))).await;
    ana.browser.press(page.form(say("reading.review.review"))).await;
    // The job runs twice, and what was read stays read.
    world.run_jobs().await;
    let queue = ana.browser.open(&format!("/staff/inspections/{inspection}/queue")).await;
    queue.must_say("Waiting: 0");
});

on_each_pair!(what_is_left_is_measured_once_copies_are_there, |world: World| async move {
    make_areas(&world).await;
    let mut ana = join(&world, Role::Inspector).await;
    let names = ["video.mp4", "silent.mp4", "voice.m4a", "scan.tiff", "letter.docx"];
    send(&world, &[NORTHVALE], names.iter().map(|name| Part::A(File::fixture(name))).collect()).await;
    let inspection = inspect(&world, NORTHVALE, &[&ana]).await;
    let address = format!("/staff/inspections/{inspection}/queue");
    let queue = ana.browser.open(&address).await;
    queue.must_say("2 videos: length not known yet").must_say(say("queue.left.why"));
    queue.must_say("2 scanned papers and documents: number of pages not known yet");
    world.prepare().await;
    let queue = ana.browser.open(&address).await;
    queue.must_say("2 videos: 1 minute").must_say("1 sound recording: 1 minute").must_not_say(say("queue.left.why"));
    // The letter has a page as well as the scan.
    queue.must_say("2 scanned papers and documents: 2 pages");
    // One more comes, and nobody has measured it yet.
    send(&world, &[NORTHVALE], vec![Part::A(File::fixture("video.mov"))]).await;
    let queue = ana.browser.open(&address).await;
    queue.must_say("3 videos: 1 minute, and 1 that we have not measured yet").must_say(say("queue.left.why"));
});
