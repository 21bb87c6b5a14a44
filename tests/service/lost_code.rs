//! "I have lost my code": whoever asks for something to be taken back reads the same whatever exists, a person decides,
//! and what they wrote goes when it has been decided for a month.

use heard::clock::DAY;
use heard::db;
use heard::retention;
use heard::submission::State;
use heard::submission::store::find;
use heard::web::Role;

use super::browser::{Browser, Page};
use super::colleagues::{Colleague, join, join_with};
use super::review::sent::{EASTMERE, NORTHVALE, Part, Sent, inspect, make_areas, send, take_back};
use super::world::{World, on_each_pair};
use super::{family, say};

const LANE: &str = "/staff/lanes/take-back";
const COUNT: &str = "select count(*) from take_back_request";
const COUNT_KEYS: &str = "select count(*) from wrapped_key where id in (select id from take_back_request)";

async fn ask(world: &World, words: &str, reference: &str) -> Page {
    let mut browser = world.browser();
    let page = browser.open("/return").await;
    let page = browser.follow(&page, say("return.lost_more")).await;
    let asking = page.form(say("lost.ask")).fill(say("lost.words"), words);
    let asking = asking.fill(say("lost.reference"), reference).fill(say("lost.reach"), "my aunt’s telephone");
    let page = browser.press(asking).await;
    world.run_jobs().await;
    page
}

/// The page of the request that begins with these words, as this colleague finds it in the lane.
async fn in_lane(browser: &mut Browser, words: &str) -> Option<Page> {
    let lane = browser.open(LANE).await;
    assert_eq!(lane.status, 200);
    if !lane.says(words) {
        return None;
    }
    let addresses = lane.links().into_iter().map(|(_, address)| address);
    for address in addresses.filter(|address| address.starts_with("/staff/requests/")) {
        let page = browser.open(&address).await;
        if page.says(words) {
            return Some(page);
        }
    }
    None
}

async fn state(world: &World, sent: &Sent) -> State {
    let mut tx = world.site.db.read().await.expect("tx");
    find(&mut tx, &sent.id).await.expect("asks").expect("a row").state
}

async fn count(world: &World, sql: &'static str) -> i64 {
    let mut tx = world.site.db.read().await.expect("tx");
    let (count,): (i64,) = db::one!(&mut tx, (i64,), sql).expect("counts");
    count
}

on_each_pair!(the_answer_is_the_same_page_whatever_exists, |world: World| async move {
    make_areas(&world).await;
    let sent = send(&world, &[NORTHVALE], vec![Part::Words("We waited", None)]).await;
    let back = send(&world, &[NORTHVALE], vec![Part::Words("We waited", None)]).await;
    take_back(&world, &back).await;
    let mut answers = Vec::new();
    for reference in [sent.reference.as_str(), &back.reference, "HRD-2222-2222", "", "nonsense"] {
        let page = ask(&world, "Please take my film back", reference).await;
        page.must_be("/return/lost/asked", 200).must_not_say(&sent.reference);
        answers.push(page.body);
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "the answers differ");
    assert_eq!(state(&world, &sent).await, State::Sent, "nothing happens by itself");
    assert_eq!(count(&world, COUNT).await, 5);

    let mut browser = world.browser();
    let page = browser.open("/return/lost").await;
    let empty = browser.press(page.form(say("lost.ask")).fill(say("lost.reference"), "HRD-1")).await;
    assert_eq!(empty.status, 422);
    assert_eq!(empty.errors(), [say("lost.problem.empty")]);
    let twice = page.form(say("lost.ask")).fill(say("lost.words"), "Pressed twice");
    browser.press(twice.clone()).await.must_be("/return/lost/asked", 200);
    browser.press(twice).await.must_be("/return/lost/asked", 200);
    assert_eq!(count(&world, COUNT).await, 6, "a double press asks once");
});

on_each_pair!(a_person_decides_as_far_as_they_may_read, |world: World| async move {
    make_areas(&world).await;
    let (mut triage, mut lead) = (join(&world, Role::Triage).await, join(&world, Role::Lead).await);
    let mut elsewhere = join(&world, Role::Lead).await;
    let mut never = join_with(&world, Role::Safeguarding, &[NORTHVALE]).await;
    inspect(&world, NORTHVALE, &[&lead]).await;
    inspect(&world, EASTMERE, &[&elsewhere]).await;
    let sent = send(&world, &[NORTHVALE], vec![Part::Words("My film of the bus", None)]).await;
    ask(&world, "Named: the film of the bus", &sent.reference).await;
    ask(&world, "Unnamed: some drawing", "").await;

    assert!(in_lane(&mut elsewhere.browser, "Named:").await.is_none(), "it names what another lead reads");
    assert!(in_lane(&mut elsewhere.browser, "Unnamed:").await.is_none());
    assert!(in_lane(&mut never.browser, "Named:").await.is_none(), "its area is closed to them");
    assert!(in_lane(&mut lead.browser, "Unnamed:").await.is_none(), "nobody knows its area yet");
    let page = in_lane(&mut triage.browser, "Unnamed:").await.expect("triage sees it");
    page.must_say("my aunt’s telephone");
    let placing = page.form(say("requests.place_do")).select(say("requests.place"), "Eastmere (Made up)");
    triage.browser.press(placing).await.must_say("Eastmere");
    assert!(in_lane(&mut elsewhere.browser, "Unnamed:").await.is_some(), "now its lead sees it");
    assert!(in_lane(&mut lead.browser, "Unnamed:").await.is_none());

    // Triage may see the request, and not what was sent: they cannot take it back.
    let page = in_lane(&mut triage.browser, "Named:").await.expect("triage sees it");
    assert!(!page.has_link(&sent.reference), "no way round the row scope");
    let page = decide(&mut triage, &page, "requests.outcome.done", &sent.reference).await;
    assert_eq!(page.errors(), [say("requests.problem.reference")]);
    assert_eq!(state(&world, &sent).await, State::Sent);

    let page = in_lane(&mut lead.browser, "Named:").await.expect("its lead sees it");
    assert!(page.has_link(&sent.reference));
    let done = decide(&mut lead, &page, "requests.outcome.done", &sent.reference).await;
    done.must_be(LANE, 200).must_say(say("requests.decided")).must_not_say("Named:");
    assert_eq!(state(&world, &sent).await, State::Withdrawn);
    assert_eq!(lead.browser.open(&sent.page()).await.status, 404, "it is hidden at once");
    let again = decide(&mut lead, &page, "requests.outcome.not_done", "").await;
    again.must_be(LANE, 200);
    assert_eq!(state(&world, &sent).await, State::Withdrawn, "a second press changes nothing");
});

async fn decide(by: &mut Colleague, page: &Page, outcome: &str, reference: &str) -> Page {
    let deciding = page.form(say("requests.decide_do")).choose(say(outcome));
    let deciding = deciding.fill(say("requests.which"), reference).fill(say("requests.why"), "It says what was in it");
    by.browser.press(deciding).await
}

on_each_pair!(what_was_asked_goes_a_month_after_it_was_decided, |world: World| async move {
    let mut triage = join(&world, Role::Triage).await;
    ask(&world, "Waits for ever", "").await;
    ask(&world, "Is decided", "").await;
    assert_eq!(count(&world, COUNT_KEYS).await, 2, "each has a key of its own");
    let page = in_lane(&mut triage.browser, "Is decided").await.expect("triage sees it");
    decide(&mut triage, &page, "requests.outcome.not_done", "").await.must_be(LANE, 200);
    world.clock.advance(29 * DAY);
    retention::run_now(&world.intake).await.expect("runs");
    assert_eq!(count(&world, COUNT).await, 2);
    world.clock.advance(2 * DAY);
    retention::run_now(&world.intake).await.expect("runs");
    assert_eq!((count(&world, COUNT).await, count(&world, COUNT_KEYS).await), (1, 1), "the undecided one stays");
});

on_each_pair!(have_you_told_us_before_asks_for_a_form_only, |world: World| async move {
    make_areas(&world).await;
    let mut inspector = join(&world, Role::Inspector).await;
    let sent = send(&world, &[NORTHVALE], vec![Part::Words("Before", None)]).await;
    let mut pages = Vec::new();
    for reference in [sent.reference.as_str(), "HRD-2222-2222", "hrd 3333 3333"] {
        let mut family = family::begin(&world).await;
        let page = family.browser.open("/tell/before").await;
        let telling = page.form(say("before.save")).choose(say("before.is.reference"));
        let page = family.browser.press(telling.fill(say("before.reference"), reference)).await;
        page.must_be("/tell", 200).must_not_say("HRD-");
        pages.push(page.text());
        let page = family.browser.open("/tell/before").await;
        let wrong = page.form(say("before.save")).choose(say("before.is.reference"));
        let page = family.browser.press(wrong.fill(say("before.reference"), "HRD-0000")).await;
        assert_eq!(page.errors(), [say("before.problem")]);
    }
    assert!(pages.iter().all(|page| *page == pages[0]), "the answers differ");

    let mut family = family::begin(&world).await;
    let page = family.browser.open("/tell/before").await;
    let telling = page.form(say("before.save")).choose(say("before.is.lost"));
    family.browser.press(telling).await.must_be("/tell", 200);
    family.browser.open("/tell/check").await.must_say(say("before.is.lost"));
    let page = family.browser.open("/tell/before").await;
    let telling = page.form(say("before.save")).choose(say("before.is.reference"));
    let telling = telling.fill(say("before.reference"), &sent.reference);
    family.browser.press(telling).await.must_be("/tell", 200);
    let page = family.browser.open("/tell/area").await;
    let page = family.browser.press(page.form(say("area.find")).fill(say("area.search"), "Northvale")).await;
    family.browser.press(page.form(say("area.confirm_yes"))).await;
    let page = family.browser.open("/tell/check").await;
    family.browser.press(page.form_to("/tell/send")).await.must_be("/sent", 200).must_not_say(&sent.reference);
    world.run_jobs().await;
    inspect(&world, NORTHVALE, &[&inspector]).await;
    let page = format!("/staff/submissions/{}", family.reference(&world).await);
    inspector.browser.open(&page).await.must_say(&format!("They say it belongs with {}", sent.reference));
});
