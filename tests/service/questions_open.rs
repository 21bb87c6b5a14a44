//! Questions in the open: anybody reads them without starting, with number, version and date; they are called a draft
//! until staff record who tried them; and whoever helps may say how they asked.

use heard::audit;
use heard::web::Role;

use super::browser::{Filling, Page};
use super::colleagues::join;
use super::review::sent::inspect;
use super::world::{World, on_each_pair};
use super::{family, say};

const LEEDS: &str = "E08000035";

fn a_try(page: &Page, people: &str, how_many: &str) -> Filling {
    page.form(say("question_try.save"))
        .fill(say("question_try.people"), people)
        .fill(say("question_try.how_many"), how_many)
        .fill(say("question_try.changed"), "We made question 2 shorter.")
        .tamper("tried-day", "3")
        .tamper("tried-month", "10")
        .tamper("tried-year", "2026")
}

on_each_pair!(the_questions_are_a_draft_until_somebody_tried_them, |world: World| async move {
    let mut anybody = world.browser();
    let page = anybody.open("/questions").await;
    page.must_say("Draft, not tested with people").must_say(say("question.q12.ask"));
    page.must_say("Question 12, version 1, from 21 November 2026.")
        .must_say("Question 1, version 1, from 1 November 2026.");
    assert!(page.all("li").iter().any(|item| item.attribute("value") == Some("12")), "it is counted by its own number");

    let mut lead = join(&world, Role::Lead).await;
    let page = lead.browser.open("/staff/questions").await;
    page.must_say(say("question_try.is_draft"));
    let wrong = lead.browser.press(a_try(&page, "", "none")).await;
    assert_eq!(wrong.status, 422);
    wrong.must_say(say("question_try.wrong.people")).must_say(say("question_try.wrong.how_many"));
    wrong.must_say("We made question 2 shorter.");
    let form = a_try(&wrong, "Young people with learning disabilities, with supporters", "6");
    lead.browser.press(form.clone()).await.must_be("/staff/questions", 200);
    let page = lead.browser.press(form).await;
    assert_eq!(page.text().matches("6 people tried these questions").count(), 1, "a second press is no second try");
    page.must_say(say("question_try.is_tried")).must_say(&lead.name);

    let page = anybody.open("/questions").await;
    page.must_not_say("not tested with people").must_say("When: 3 October 2026.");
    page.must_say("Young people with learning disabilities, with supporters").must_say("We made question 2 shorter.");
    page.must_not_say(&lead.name);
    let mut family = family::begin(&world).await;
    family.browser.open("/tell/questions").await.must_not_say("not tested with people");

    let page = lead.browser.open("/staff/questions").await;
    let page = lead.browser.press(page.form("Take the try of 3 October 2026 off the public page")).await;
    page.must_say("Taken off the public page on").must_say(say("question_try.is_draft"));
    anybody.open("/questions").await.must_say("Draft, not tested with people").must_not_say("learning disabilities");
    let mut tx = world.site.db.read().await.expect("tx");
    let version = heard::submission::answers::questions::Question::set_version();
    let told = audit::list_about(&mut tx, version).await.expect("lists");
    let actions: Vec<&str> = told.iter().map(|row| row.action.as_str()).collect();
    assert_eq!(actions, ["questions.tried", "questions.try_hidden"]);
});

on_each_pair!(whoever_helps_says_how_they_asked_and_both_wordings_are_kept, |world: World| async move {
    const ASKED: &str = "I held up the red card and the green card. Red for worse?";
    let mut ana = join(&world, Role::Inspector).await;
    let mut family = family::begin(&world).await;
    let page = family.browser.open("/tell/area").await;
    let page = family.browser.press(page.form(say("area.find")).fill(say("area.search"), "Leeds")).await;
    family.browser.press(page.form(say("area.confirm_yes"))).await;
    let page = family.browser.open("/tell/questions/12").await;
    page.must_say(say("question.q12.ask"));
    let form = page.form(say("question.save")).choose(say("question.answer.worse"));
    family.browser.press(form.fill(say("question.asked_as"), ASKED)).await;
    let mut kept = family.browser.open("/tell/questions/12").await.form(say("question.save"));
    assert_eq!(kept.value(say("question.asked_as")), ASKED);
    let page = family.browser.open("/tell/check").await;
    page.must_say(ASKED).must_say(&format!("How you asked “{}”", say("question.q12.ask")));
    family.browser.press(page.form_to("/tell/send")).await.must_be("/sent", 200);
    world.run_jobs().await;

    inspect(&world, LEEDS, &[&ana]).await;
    let page = ana.browser.open(&format!("/staff/submissions/{}", family.reference(&world).await)).await;
    page.must_say(say("question.q12.ask")).must_say(ASKED).must_say(say("reading.asked_this_way"));
    page.must_say(say("question.answer.worse"));
});
