//! "Just say one thing": four pages from the start to what is sent. It is the same draft with the same facts: whose words
//! these are is asked on the way, and a reader sees it.

use heard::evidence::{Kind, Whose};
use heard::web::Role;

use super::browser::{Browser, File, Page};
use super::world::{Pair, World, on_each_pair, run};
use super::{colleagues, say};

/// Presses "Just say one thing" on the start page.
async fn begin(browser: &mut Browser) -> Page {
    let page = browser.open("/").await;
    browser.press(page.form(say("start.one"))).await
}

on_each_pair!(a_film_in_four_pages, |world: World| async move {
    let mut triage = colleagues::join(&world, Role::Triage).await;
    let mut browser = world.browser();
    // The start page was the first; this is the second.
    let page = begin(&mut browser).await;
    page.must_be("/tell/one", 200).must_say(say("evidence.body_parts"));
    let page = browser.press(page.form(say("one.send_file")).attach_to_it(File::fixture("video.mp4"))).await;
    page.must_be("/tell/one/about", 200).must_say(say("item.whose"));
    let filling = page.form_to("/tell/one/about").choose(say("item.whose_is.child_or_young_person"));
    let page = browser.press(filling.select(say("one.area"), say("area.do_not_know_title"))).await;
    page.must_be("/tell/check", 200).must_say(say("item.whose_is.child_or_young_person")).must_say("video.mp4");
    for said in ["999", "being hurt", "have not agreed", "cannot fix one person"] {
        page.must_say(said);
    }
    let page = browser.press(page.form(say("check.send"))).await;
    page.must_be("/sent", 200).must_say("video.mp4");
    world.run_jobs().await;

    let reference = page.all("strong").iter().map(|one| one.name()).find(|name| name.starts_with("HRD-"));
    let submission = format!("/staff/submissions/{}", reference.expect("the receipt has a reference"));
    let lane = triage.browser.open("/staff/lanes/area-not-known").await;
    lane.must_say(submission.rsplit('/').next().expect("a reference"));
    triage.browser.open(&submission).await.must_be(&submission, 200).must_say(say("reading.item.own_words"));
});

on_each_pair!(a_few_words_and_everything_else_stays_possible, |world: World| async move {
    let mut browser = world.browser();
    let page = begin(&mut browser).await;
    let refused = browser.press(page.form(say("one.save_words")).fill(say("one.text"), " \n ")).await;
    assert_eq!((refused.status, refused.errors()), (422, vec![say("write.nothing").to_owned()]));
    let filling = refused.form(say("one.save_words")).fill(say("one.text"), "Nobody <b>asks</b> me. שלום");
    let twice = filling.clone();
    browser.press(filling).await.must_be("/tell/one/about", 200);
    let page = browser.press(twice).await;
    let filling = page.form_to("/tell/one/about").select(say("one.area"), "Leeds");
    browser.press(filling).await.must_be("/tell/check", 200).must_say("Leeds").must_say("Nobody <b>asks</b> me. שלום");

    // Nobody said whose words these are: they stay unknown, and the question is asked once more.
    let page = browser.open("/tell/one/about").await;
    page.must_say(say("item.whose"));
    browser.press(page.form_to("/tell/one/about").choose(say("item.whose_is.parent"))).await;
    browser.open("/tell/one/about").await.must_not_say(say("item.whose_is.parent"));
    browser.open("/tell").await.must_say(say("tell.one_writing"));
    let page = browser.open("/tell/write").await;
    browser.press(page.form_to("/tell/write").fill(say("write.text"), "And more.")).await;
    browser.open("/tell/one").await.must_say(say("evidence.arrived_title"));
    // Each thing is asked for by itself.
    let page = browser.open("/tell/one/about").await;
    page.must_say(say("item.whose"));
    let page = browser.open("/tell/check").await;
    browser.press(page.form(say("check.send"))).await.must_be("/sent", 200);
    browser.open("/tell/one").await.must_be("/sent", 200);
});

#[test]
fn what_is_open_is_asked_about_and_the_way_is_kept() {
    run(|| async {
        let world = World::begin(Pair::SqliteAndDisk).await;
        let mut browser = world.browser();
        begin(&mut browser).await.must_be("/tell/one", 200);
        world.clock.advance(2 * heard::clock::MINUTE);
        let page = begin(&mut browser).await;
        page.must_say(say("begin.title"));
        assert_eq!(page.link(say("begin.go_on")), "/tell/one");
        let page = browser.press(page.form(say("begin.put_away"))).await;
        page.must_be("/tell/one", 200).must_not_say(say("evidence.arrived_title"));
    });
}

#[test]
fn one_answer_never_stands_for_two_things() {
    run(|| async {
        let world = World::begin(Pair::SqliteAndDisk).await;
        let mut family = super::family::begin(&world).await;
        let files = ["voice.m4a", "drawing.png"].map(File::fixture);
        family.send_files(files).await;
        world.run_jobs().await;
        let page = family.browser.open("/tell/one/about").await;
        let legend = "Whose words are these? drawing.png";
        let parent = say("item.whose_is.parent");
        family.browser.press(page.form_to("/tell/one/about").choose_in(legend, parent)).await;
        let items = family.items(&world).await;
        let whose: Vec<_> = items.iter().map(|item| (item.kind, item.voice().whose)).collect();
        assert_eq!(whose, [(Kind::Audio, None), (Kind::Image, Some(Whose::Parent))]);
    });
}
