//! Somebody who read asks the sender something: it waits behind the code, and "I do not want to answer" is an answer.

use heard::clock::DAY;
use heard::retention;
use heard::web::Role;

use super::browser::{Browser, Page, Sent};
use super::colleagues::{Colleague, join};
use super::family::{self, Family};
use super::review::sent::{NORTHVALE, inspect, make_areas};
use super::world::{World, on_each_pair};
use super::{matrix, say};

const QUESTION: &str = "Which year was that?";
const ANSWER: &str = "It was in 2024. <b>Really</b>";

/// A family of Northvale that sent something, with or without letting a question wait.
async fn sent(world: &World, may_ask: bool, look_again: bool) -> Family {
    let mut family = family::begin(world).await;
    let browser = &mut family.browser;
    if may_ask {
        let page = browser.open("/tell/permission").await;
        browser
            .press(page.form_to("/tell/permission").choose_in(say("permission.may_ask"), say("permission.yes")))
            .await;
    }
    let page = browser.open("/tell/area").await;
    let page = browser.press(page.form(say("area.find")).fill(say("area.search"), "Northvale")).await;
    browser.press(page.form(say("area.confirm_yes"))).await.must_say("Northvale");
    let page = browser.open("/tell/write").await;
    browser.press(page.form(say("write.save")).write_into_it("We waited.")).await;
    let page = browser.open("/tell/check").await;
    let mut sending = page.form_to("/tell/send");
    if look_again {
        sending = sending.choose(say("check.look_again"));
    }
    browser.press(sending).await.must_be("/sent", 200);
    world.run_jobs().await;
    family
}

async fn page_of(world: &World, family: &Family) -> String {
    format!("/staff/submissions/{}", family.reference(world).await)
}

async fn ask(by: &mut Colleague, page: &str) -> Page {
    let open = by.browser.open(page).await;
    let open = match open.has_button(say("reading.review.claim")) {
        true => by.browser.press(open.form(say("reading.review.claim"))).await,
        false => open,
    };
    by.browser.press(open.form(say("asking.ask_do")).fill(say("asking.question"), QUESTION)).await
}

/// The page of the one question that waits.
async fn waiting(browser: &mut Browser) -> Page {
    let page = browser.open("/sent").await;
    page.must_say(say("asked.title")).must_not_say(QUESTION);
    browser.follow(&page, &say("asked.see").replace("{number}", "1")).await
}

on_each_pair!(a_question_waits_behind_the_code_and_is_answered, |world: World| async move {
    make_areas(&world).await;
    let mut inspector = join(&world, Role::Inspector).await;
    inspect(&world, NORTHVALE, &[&inspector]).await;
    let (mut family, mut quiet) = (sent(&world, true, false).await, sent(&world, true, false).await);
    let address = page_of(&world, &family).await;
    let before = quiet.browser.open("/sent").await;

    inspector.browser.open(&address).await.must_say(say("asking.claim_first"));
    ask(&mut inspector, &address).await.must_say(QUESTION).must_say(say("asking.waits"));
    assert_eq!(quiet.browser.open("/sent").await.body, before.body, "nobody else's page changes");

    let question = waiting(&mut family.browser).await;
    question.must_say(QUESTION).must_not_say(&inspector.name);
    assert_eq!(quiet.browser.open(&question.url).await.status, 404, "it is theirs alone");
    inspector.browser.open(&address).await.must_not_say(say("asking.waits"));
    let empty = family.browser.press(question.form(say("asked.send"))).await;
    assert_eq!(empty.errors(), [say("asked.problem.empty")]);

    let sent = family.browser.press(question.form(say("asked.no"))).await;
    sent.must_be("/sent", 200).must_not_say(say("asked.title"));
    world.run_jobs().await;
    inspector.browser.open(&address).await.must_say("they do not want to answer");

    // Later they do want to; what is said in words then stays as it is.
    let page = family.browser.open(&question.url).await;
    let answered = family.browser.press(page.form(say("asked.send")).write_into_it(ANSWER)).await;
    answered.must_be("/sent", 200);
    let again = family.browser.press(page.form(say("asked.send")).write_into_it("Changed")).await;
    assert_eq!(again.status, 404, "their code shows no content, so an answered question is not there");
    let page = inspector.browser.open(&address).await;
    page.must_say(ANSWER).must_not_say("Changed").must_say(say("asking.declared"));

    let page = family.browser.open("/tell/take-back").await;
    family.browser.press(page.form_to("/tell/take-back")).await;
    assert_eq!(family.browser.open(&question.url).await.status, 404);
    world.clock.advance(15 * DAY);
    retention::run_now(&world.intake).await.expect("runs");
    let mut tx = world.site.db.read().await.expect("tx");
    let (left,): (i64,) = heard::db::one!(&mut tx, (i64,), "select count(*) from staff_question").expect("counts");
    assert_eq!(left, 0, "questions and answers are erased with the rest");
});

on_each_pair!(a_no_holds_and_an_answer_may_be_a_recording, |world: World| async move {
    make_areas(&world).await;
    let mut inspector = join(&world, Role::Inspector).await;
    inspect(&world, NORTHVALE, &[&inspector]).await;
    let family = sent(&world, false, false).await;
    let address = page_of(&world, &family).await;
    let page = inspector.browser.open(&address).await;
    let page = inspector.browser.press(page.form(say("reading.review.claim"))).await;
    page.must_say(say("asking.may_not"));
    assert!(!page.has_button(say("asking.ask_do")));
    let mut proof = matrix::own_form(&mut inspector.browser, "/staff/account").await;
    proof.push(Sent::Text("question".into(), QUESTION.into()));
    matrix::come(&mut inspector.browser, "POST", &format!("{address}/questions"), &proof).await;
    inspector.browser.open(&address).await.must_not_say(QUESTION);

    let mut family = sent(&world, true, true).await;
    let address = page_of(&world, &family).await;
    ask(&mut inspector, &address).await.must_say(QUESTION);
    let page = inspector.browser.open(&address).await;
    inspector.browser.press(page.form(say("asking.take_back"))).await.must_not_say(say("asking.waits"));
    family.browser.open("/sent").await.must_not_say(say("asked.title"));
    ask(&mut inspector, &address).await;
    let question = waiting(&mut family.browser).await;
    let more = family.browser.press(question.form(say("asked.more"))).await;
    more.must_be("/tell/evidence", 200);
    let page = family.browser.open(&question.url).await;
    family.browser.press(page.form(say("asked.send")).write_into_it(ANSWER)).await.must_be("/sent", 200);
    let seen = family.browser.open(&question.url).await;
    seen.must_say(QUESTION).must_say(ANSWER);
    assert!(!seen.has_button(say("asked.send")), "they chose to look again, and words stay as they are");
});
