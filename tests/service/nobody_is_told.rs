//! No page of the senders' door tells one sender that another has written: not when they name each other, not when staff
//! link or flag them, not when somebody asks for what they sent to be taken back.

use std::collections::BTreeMap;

use heard::web::Role;

use super::browser::Browser;
use super::colleagues::join;
use super::family::{self, Family};
use super::review::sent::{NORTHVALE, inspect, make_areas};
use super::say;
use super::world::{World, on_each_pair};

/// Every page that somebody has who sent something, and those that anybody has.
const PAGES: [&str; 14] = [
    "/sent",
    "/sent/look",
    "/tell/copy",
    "/tell/code",
    "/tell/evidence",
    "/tell/write",
    "/tell/check",
    "/tell/take-back",
    "/finish",
    "/return",
    "/return/lost",
    "/return/lost/asked",
    "/questions",
    "/",
];

async fn sends(world: &World, before: Option<&str>) -> Family {
    let mut family = family::begin(world).await;
    let browser = &mut family.browser;
    if let Some(reference) = before {
        let page = browser.open("/tell/before").await;
        let telling = page.form(say("before.save")).choose(say("before.is.reference"));
        browser.press(telling.fill(say("before.reference"), reference)).await.must_be("/tell", 200);
    }
    let page = browser.open("/tell/area").await;
    let page = browser.press(page.form(say("area.find")).fill(say("area.search"), "Northvale")).await;
    browser.press(page.form(say("area.confirm_yes"))).await.must_say("Northvale");
    let page = browser.open("/tell/write").await;
    browser.press(page.form(say("write.save")).write_into_it("We waited for the same bus.")).await;
    let page = browser.open("/tell/check").await;
    browser.press(page.form_to("/tell/send").choose(say("check.look_again"))).await.must_be("/sent", 200);
    world.run_jobs().await;
    family
}

/// What somebody reads on every page, without what is theirs alone: their reference and their six words.
async fn reads(world: &World, family: &mut Family) -> BTreeMap<&'static str, String> {
    let reference = family.reference(world).await;
    let code = code(&mut family.browser).await;
    let mut pages = BTreeMap::new();
    for path in PAGES {
        let page = family.browser.open(path).await;
        assert_eq!(page.status, 200, "{path}");
        pages.insert(path, page.text().replace(&reference, "REFERENCE").replace(&code, "CODE"));
    }
    pages
}

async fn code(browser: &mut Browser) -> String {
    let page = browser.open("/tell/code").await;
    let words = page.all("ol").into_iter().find(|list| list.attribute("class") == Some("code-words"));
    words.expect("the code stands on its page").text()
}

on_each_pair!(no_page_says_that_somebody_else_has_written, |world: World| async move {
    make_areas(&world).await;
    let mut inspector = join(&world, Role::Inspector).await;
    inspect(&world, NORTHVALE, &[&inspector]).await;
    let mut one = sends(&world, None).await;
    let alone = reads(&world, &mut one).await;
    let reference = one.reference(&world).await;

    // Another names it; a third names something that is not there: both read the same.
    let mut other = sends(&world, Some(&reference)).await;
    let mut third = sends(&world, Some("HRD-2222-2222")).await;
    let hide = |pages: BTreeMap<&'static str, String>, named: &str| -> BTreeMap<&'static str, String> {
        pages.into_iter().map(|(path, text)| (path, text.replace(named, "NAMED"))).collect()
    };
    let (others, thirds) = (reads(&world, &mut other).await, reads(&world, &mut third).await);
    assert_eq!(hide(others, &reference), hide(thirds, "HRD-2222-2222"));

    // Staff link them and flag one; somebody asks for the first to be taken back.
    let page = inspector.browser.open(&format!("/staff/submissions/{reference}")).await;
    let linking = page.form(say("links.link_do")).fill(say("links.other"), &other.reference(&world).await);
    let page = inspector.browser.press(linking.fill(say("links.why"), "The same bus")).await;
    let flag = page.form(say("flags.raise_do")).fill(say("flags.reason"), "Somebody is hurt");
    inspector.browser.press(flag).await.must_say(say("flags.raised"));
    let mut stranger = world.browser();
    let page = stranger.open("/return/lost").await;
    let asking = page.form(say("lost.ask")).fill(say("lost.words"), "Take it back");
    stranger.press(asking.fill(say("lost.reference"), &reference)).await.must_be("/return/lost/asked", 200);
    world.run_jobs().await;
    assert_eq!(reads(&world, &mut one).await, alone, "something gives it away");
});
