//! "Someone is not safe now": asked on three pages and never chosen for anybody; sent, it is a flag in the safeguarding lane
//! at once, and people are told by mail in words that say nothing of it.

use heard::db;
use heard::web::Role;

use super::browser::{Browser, Page};
use super::colleagues::join;
use super::family::{self, Family};
use super::mailbox::letters_to;
use super::outside::{self, fresh_name};
use super::say;
use super::world::{Pair, World, on_each_pair, run};

const WROTE: &str = "Amal is locked in a room.";
const FLAGS: &str = "select count(*) from flag where kind = 'safeguarding' and raised_by is null";

async fn count_flags(world: &World) -> i64 {
    let mut tx = world.site.db.read().await.expect("tx");
    db::one!(&mut tx, (i64,), FLAGS).expect("flags can be counted").0
}

async fn write(family: &mut Family, text: &str) {
    let page = family.browser.open("/tell/write").await;
    family.browser.press(page.form(say("write.save")).write_into_it(text)).await;
}

fn is_chosen(page: &Page, button: &str) -> [bool; 2] {
    let mut form = page.form(button);
    [form.is_chosen(say("not_safe.yes")), form.is_chosen(say("not_safe.no"))]
}

/// Everything that must be said before anybody says it.
fn must_say_what_follows(page: &Page) {
    for words in ["999", "0800 1111", "9am to 5pm", say("start.not_at_once"), say("not_safe.hint")] {
        page.must_say(words);
    }
}

async fn a_flag_stands_at_once_and_people_are_told(pair: Pair) {
    let on_call = format!("{}@family.example", fresh_name("on-call"));
    let world = World::begin_with(pair, |settings| {
        settings.smtp_url = Some(format!("smtp://{}", outside::variable("HEARD_TEST_SMTP")));
        settings.mail_from = "no-reply@heard.example".into();
        settings.reading_hours = Some("Monday to Friday, 9am to 5pm".into());
        settings.on_call = Some(format!("Ona Call <{on_call}>"));
    })
    .await;
    let mut sam = join(&world, Role::Safeguarding).await;
    let mut family = family::begin(&world).await;
    write(&mut family, WROTE).await;

    // With the questions: nothing is chosen beforehand, and what was chosen stays.
    let page = family.browser.open("/tell/questions").await;
    must_say_what_follows(&page);
    assert_eq!(is_chosen(&page, say("question.go_on")), [false, false]);
    family.browser.press(page.form_to("/tell/questions").choose(say("not_safe.yes"))).await.must_be("/tell", 200);
    let page = family.browser.open("/tell/questions").await;
    assert_eq!(is_chosen(&page, say("question.go_on")), [true, false]);

    // On the check page it is shown, and can still be changed. Nothing is raised before it is sent.
    let page = family.browser.open("/tell/check").await;
    must_say_what_follows(&page);
    assert_eq!(is_chosen(&page, say("check.send")), [true, false]);
    world.run_jobs().await;
    assert_eq!(count_flags(&world).await, 0);
    let lane = sam.browser.open("/staff/lanes/safeguarding").await;
    lane.must_say(say("flags.lane.nothing"));

    let twice = page.form(say("check.send"));
    family.browser.press(twice.clone()).await.must_be("/sent", 200).must_not_say(say("not_safe.yes"));
    family.browser.press(twice).await.must_be("/sent", 200);
    // No background work has run.
    let reference = family.reference(&world).await;
    let lane = sam.browser.open("/staff/lanes/safeguarding").await;
    lane.must_say(&reference).must_say(say("flags.lane.by_sender")).must_say(say("flags.sender_said"));
    assert_eq!(count_flags(&world).await, 1, "pressing twice raises one");
    let page = sam.browser.open(&format!("/staff/submissions/{reference}")).await;
    page.must_say(WROTE).must_say(say("flags.sender_said"));

    world.run_jobs().await;
    for address in [&on_call, &sam.email] {
        let letters: Vec<String> = letters_to(address).into_iter().filter(|letter| is_alert(letter)).collect();
        assert_eq!(letters.len(), 1, "{letters:#?}");
        must_be_neutral(&letters[0], &world, &reference);
    }
    // It is closed with an outcome like any other flag.
    let outcome = page.form(say("flags.close.do")).fill(say("flags.close.outcome"), "Told children's services");
    sam.browser.press(outcome).await.must_say(say("flags.lane.closed")).must_not_say(&reference);
}

on_each_pair!(a_flag_stands_at_once_and_people_are_told);

fn is_alert(letter: &str) -> bool {
    letter.contains(&format!("Subject: {}", say("flags.mail_now.subject")))
}

/// The letter names the page of the flags and nothing else.
fn must_be_neutral(letter: &str, world: &World, reference: &str) {
    let (_, body) = letter.split_once("\n\n").expect("a letter has a head and a text");
    assert!(body.contains(&format!("{}/staff/lanes/safeguarding", world.origin)), "{body}");
    for word in ["Amal", "locked", "danger", "hurt", "not safe", "child", "Ona", reference] {
        assert!(!body.contains(word), "{word}: {body}");
    }
}

on_each_pair!(it_is_asked_afresh_of_what_is_added_later, |world: World| async move {
    let mut family = family::begin(&world).await;
    write(&mut family, WROTE).await;
    let page = family.browser.open("/tell/check").await;
    assert_eq!(is_chosen(&page, say("check.send")), [false, false]);
    family.browser.press(page.form(say("check.send")).choose(say("not_safe.no"))).await.must_be("/sent", 200);
    assert_eq!(count_flags(&world).await, 0, "no is no flag");

    write(&mut family, "It is worse now.").await;
    let page = family.browser.open("/tell/check").await;
    assert_eq!(is_chosen(&page, say("check.send_more")), [false, false]);
    let send = page.form(say("check.send_more")).choose(say("not_safe.yes"));
    // Something came in from another tab: the page is shown again, with the choice on it, and nothing is raised yet.
    write(&mut family, "And one more thing.").await;
    let page = family.browser.press(send).await;
    page.must_say(say("check.something_new"));
    assert_eq!(is_chosen(&page, say("check.send_more")), [true, false]);
    assert_eq!(count_flags(&world).await, 0);
    let send = page.form(say("check.send_more"));
    for _ in 0..2 {
        family.browser.press(send.clone()).await.must_be("/sent", 200);
    }
    assert_eq!(count_flags(&world).await, 1);

    // Each time it is said, somebody must look.
    write(&mut family, "Again.").await;
    let page = family.browser.open("/tell/check").await;
    assert_eq!(is_chosen(&page, say("check.send_more")), [false, false]);
    family.browser.press(page.form(say("check.send_more")).choose(say("not_safe.yes"))).await.must_be("/sent", 200);
    assert_eq!(count_flags(&world).await, 2);
});

#[test]
fn one_thing_asks_it_too_and_another_tab_does_not_take_it_back() {
    run(|| async {
        let world = World::begin(Pair::SqliteAndDisk).await;
        let mut browser = world.browser();
        let page = browser.open("/").await;
        let page = browser.press(page.form(say("start.one"))).await;
        let page = browser.press(page.form(say("one.save_words")).fill(say("one.text"), WROTE)).await;
        page.must_be("/tell/one/about", 200).must_say("999").must_say(say("not_safe.hint"));
        assert_eq!(is_chosen(&page, say("one.go_on")), [false, false]);
        let old_check = browser.open("/tell/check").await;
        let page = browser.press(page.form_to("/tell/one/about").choose(say("not_safe.yes"))).await;
        page.must_be("/tell/check", 200);
        assert_eq!(is_chosen(&page, say("check.send")), [true, false]);
        // A tab that was opened before has nothing chosen: it changes nothing.
        browser.press(old_check.form(say("check.send"))).await.must_be("/sent", 200);
        assert_eq!(count_flags(&world).await, 1);
    });
}

#[test]
fn saying_only_this_can_be_sent_and_taking_it_back_leaves_nothing() {
    run(|| async {
        let world = World::begin(Pair::SqliteAndDisk).await;
        let choose = async |browser: &mut Browser, what: &str| {
            let page = browser.open("/tell/questions").await;
            browser.press(page.form_to("/tell/questions").choose(say(what))).await.must_be("/tell", 200);
        };
        let mut family = family::begin(&world).await;
        choose(&mut family.browser, "not_safe.yes").await;
        choose(&mut family.browser, "not_safe.not_said").await;
        family.browser.open("/tell/check").await.must_say(say("check.nothing_to_send"));
        choose(&mut family.browser, "not_safe.yes").await;
        let page = family.browser.open("/tell/check").await;
        page.must_say(say("not_safe.yes"));
        family.browser.press(page.form(say("check.send"))).await.must_be("/sent", 200);
        assert_eq!(count_flags(&world).await, 1);
    });
}
