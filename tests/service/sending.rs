//! A family's whole way, without JavaScript: begin, tell, check, send, receipt, come back, add more, take out, take
//! back, think again.

use heard::submission::state::UNDO;
use heard::submission::tries;
use heard::web::client::ClientAddr;

use super::browser::{Browser, File, Page};
use super::say;
use super::world::{Pair, World, on_each_pair, run};

const WROTE: &str = "We waited a long time for a plan.";

/// Somebody who has just begun, and their code.
async fn begin(world: &World) -> (Browser, String) {
    let mut browser = world.browser();
    let page = browser.open("/").await;
    let page = browser.press(page.form(say("start.begin"))).await;
    page.must_be("/tell", 200).must_say(say("frame.nobody_read"));
    let code = code_on(&page);
    (browser, code)
}

pub fn code_on(page: &Page) -> String {
    let card = page.all("ol").into_iter().find(|list| list.attribute("class") == Some("code-words"));
    let words: Vec<String> = card.expect("the page shows the code").all("li").iter().map(|word| word.text()).collect();
    assert_eq!(words.len(), 6);
    words.join(" ")
}

async fn write(browser: &mut Browser, text: &str) -> Page {
    let page = browser.open("/tell/write").await;
    browser.press(page.form(say("write.save")).fill(say("write.text"), text)).await
}

async fn send(browser: &mut Browser) -> Page {
    let page = browser.open("/tell/check").await;
    let page = browser.press(page.form(say("check.send"))).await;
    page.must_be("/sent", 200);
    page
}

pub async fn come_back(browser: &mut Browser, typed: &str) -> Page {
    let page = browser.open("/return").await;
    browser.press(page.form(say("return.open")).fill(say("return.code"), typed)).await
}

on_each_pair!(a_family_sends_comes_back_adds_and_takes_back, |world: World| async move {
    let (mut browser, code) = begin(&world).await;
    let page = browser.open("/tell/evidence").await;
    let filling = page.form(say("evidence.add")).attach(say("evidence.choose"), File::fixture("photo.jpg"));
    browser.press(filling).await;
    write(&mut browser, WROTE).await;

    let page = browser.open("/tell/check").await;
    page.must_say(WROTE).must_say("photo.jpg").must_say(say("check.not_answered"));
    let page = send(&mut browser).await;
    page.must_say("HRD-").must_say("photo.jpg").must_say(say("receipt.status.not_yet")).must_not_say(WROTE);
    world.run_jobs().await;
    browser.open("/sent").await.must_say(say("receipt.standing.checked"));
    assert_eq!(browser.open("/sent/look").await.status, 404, "nobody chose to look at it again");

    // Another device, typed as people type.
    let mut other = world.browser();
    let typed = code.to_uppercase().replace(' ', ",  ");
    come_back(&mut other, &typed).await.must_be("/sent", 200).must_say("photo.jpg").must_not_say(WROTE);

    // Something more is not sent until it was looked at.
    write(&mut other, "And there is more.").await;
    let page = other.open("/sent").await;
    page.must_say(say("receipt.one_waits"));
    let page = other.open("/tell/check").await;
    page.must_say("And there is more.").must_not_say(WROTE);
    let page = other.press(page.form(say("check.send_more"))).await;
    page.must_be("/sent", 200).must_say("Receipt 2").must_not_say(say("receipt.one_waits"));

    let page = other.follow(&page, "Take out item 1, photo.jpg").await;
    let page = other.press(page.form(say("remove.yes"))).await;
    page.must_be("/sent", 200).must_say("you took this out");

    let page = other.open("/tell/take-back").await;
    let page = other.press(page.form(say("remove.all_yes"))).await;
    page.must_be("/sent", 200).must_say(say("remove.gone_what")).must_not_say(WROTE);
    let page = other.press(page.form(say("remove.undo"))).await;
    page.must_be("/sent", 200).must_say(say("receipt.title"));

    let page = other.open("/tell/take-back").await;
    other.press(page.form(say("remove.all_yes"))).await;
    world.clock.advance(UNDO + 1);
    heard::retention::run_now(&world.intake).await.expect("what is due is ended");
    come_back(&mut other, &code).await.must_be("/return", 200).must_say(say("return.unknown"));
});

on_each_pair!(pressing_twice_does_it_once, |world: World| async move {
    let mut browser = world.browser();
    let start = browser.open("/").await;
    let first = browser.press(start.form(say("start.begin"))).await;
    let second = browser.press(start.form(say("start.begin"))).await;
    assert_eq!(code_on(&first), code_on(&second), "a double press makes one draft");

    write(&mut browser, WROTE).await;
    let page = browser.open("/tell/check").await;
    for _ in 0..3 {
        let answer = browser.press_once(page.form(say("check.send"))).await;
        assert_eq!((answer.status, answer.leads_to()), (303, Some("/sent")));
    }
    browser.open("/sent").await.must_say("Receipt 1").must_not_say("Receipt 2");
});

#[test]
fn what_was_added_in_another_tab_is_shown_before_it_is_sent() {
    run(|| async {
        let world = World::begin(Pair::SqliteAndDisk).await;
        let (mut browser, _) = begin(&world).await;
        write(&mut browser, WROTE).await;
        let page = browser.open("/tell/check").await;
        write(&mut browser, "Written in another tab.").await;
        let page = browser.press(page.form(say("check.send"))).await;
        page.must_say(say("check.something_new")).must_say("Written in another tab.");
        browser.press(page.form(say("check.send"))).await.must_be("/sent", 200);
    });
}

#[test]
fn those_who_chose_it_look_at_it_again_until_they_hide_it() {
    run(|| async {
        let world = World::begin(Pair::SqliteAndDisk).await;
        let (mut browser, _) = begin(&world).await;
        write(&mut browser, WROTE).await;
        let page = browser.open("/tell/write").await;
        let old = browser.follow(&page, "Change: We waited a long time for a…").await;
        let page = browser.open("/tell/check").await;
        browser.press(page.form(say("check.send")).choose(say("check.look_again"))).await;
        // Own words that were sent never change, not even from a page that was opened before.
        let answer = browser.press(old.form(say("write.save")).fill(say("write.text"), "Something else.")).await;
        assert_eq!(answer.status, 404);
        let page = browser.open("/sent/look").await;
        page.must_be("/sent/look", 200).must_say(WROTE);
        browser.press(page.form(say("receipt.hide"))).await;
        assert_eq!(browser.open("/sent/look").await.status, 404);
    });
}

on_each_pair!(guessing_is_slowed_down_and_a_right_code_still_opens, |world: World| async move {
    let (_, code) = begin(&world).await;
    let mut browser = world.browser();
    let mut words: Vec<&str> = code.split(' ').collect();
    let third = words[2];
    words[2] = "xylophone";
    come_back(&mut browser, &words.join(" ")).await.must_say("word 3").must_say("xylophone");
    words[2] = if third == "apron" { "zebra" } else { "apron" };
    let wrong = words.join(" ");
    for _ in 0..=tries::MOST {
        come_back(&mut browser, &wrong).await.must_be("/return", 200).must_say(say("return.unknown"));
    }
    // A family behind the same address, while somebody guesses there.
    come_back(&mut world.browser(), &code).await.must_be("/tell", 200);
    // Only a flood fills the line; then everybody there waits, and whoever waits gets in.
    let here = ClientAddr("127.0.0.1".parse().expect("an address")).keyed(&world.site);
    let mut tx = world.site.db.write().await.expect("the database answers");
    while tries::begin(&mut tx, &here, world.clock.now()).await.expect("written").is_some() {}
    tx.commit().await.expect("kept");
    for words in [&wrong, &code] {
        let page = come_back(&mut world.browser(), words).await;
        assert_eq!((page.status, page.heading()), (429, say("problem.slow_down.title").into()));
    }
    world.clock.advance(tries::PATIENCE + tries::APART);
    come_back(&mut world.browser(), &code).await.must_be("/tell", 200);
});

#[test]
fn a_page_of_another_draft_saves_nothing_and_gives_the_words_back() {
    run(|| async {
        let world = World::begin(Pair::SqliteAndDisk).await;
        let (mut browser, first) = begin(&world).await;
        let old = browser.open("/tell/name").await;
        let start = browser.open("/").await;
        let page = browser.press(start.form(say("start.begin"))).await;
        page.must_say(say("begin.not_named"));
        assert_eq!(code_on(&page), first, "the code is shown before the draft is put away");
        let page = browser.press(page.form(say("begin.put_away"))).await;
        assert_ne!(code_on(&page), first);
        let page = browser.press(old.form(say("tell.save")).fill(say("tell.name_field"), "my own words")).await;
        assert_eq!(page.status, 409);
        page.must_say(say("problem.other_draft.title")).must_say("my own words");
        browser.open("/tell").await.must_not_say("my own words");
    });
}

#[test]
fn an_expired_form_gives_the_words_back_and_cookies_off_are_explained() {
    run(|| async {
        let world = World::begin(Pair::SqliteAndDisk).await;
        let (mut browser, _) = begin(&world).await;
        let page = browser.open("/tell/name").await;
        let filling = page.form(say("tell.save")).fill(say("tell.name_field"), "my own words");
        let page = browser.press(filling.tamper("token", "b2xk")).await;
        assert_eq!(page.status, 403);
        page.must_say(say("problem.expired_form.title")).must_say("my own words");

        let mut without = world.browser();
        without.cookies_on = false;
        let start = without.open("/").await;
        let page = without.press(start.form(say("start.begin"))).await;
        assert_eq!(page.status, 403);
        page.must_say(say("problem.no_visit.title"));
    });
}

#[test]
fn leaving_takes_the_visit_away_and_keeps_the_draft() {
    run(|| async {
        let world = World::begin(Pair::SqliteAndDisk).await;
        let (mut browser, code) = begin(&world).await;
        let page = browser.open("/tell/who").await;
        let answer = browser.press_once(page.form(say("frame.leave"))).await;
        assert_eq!(answer.leads_to(), Some(world.config.settings.leave_url.as_str()));
        assert!(answer.header("clear-site-data").is_some_and(|all| all.contains("\"storage\"")));
        assert_eq!(browser.open("/tell").await.status, 403);
        let page = come_back(&mut browser, &code).await;
        page.must_be("/tell", 200);

        let page = browser.press(page.form(say("frame.finish"))).await;
        page.must_be("/finish", 200).must_say(say("leave.code_first"));
        assert_eq!(code_on(&page), code);
        browser.press(page.form(say("leave.finish"))).await.must_be("/finished", 200);
        assert_eq!(browser.open("/tell").await.status, 403);
    });
}

#[test]
fn what_people_keep_of_their_code_says_nothing_of_us() {
    run(|| async {
        let world = World::begin(Pair::SqliteAndDisk).await;
        let (mut browser, _) = begin(&world).await;
        let page = browser.open("/tell/code").await;
        assert_eq!(page.title(), "Six words", "the title becomes the name of what is printed");
        let file = browser.open("/tell/code/file").await;
        assert_eq!(file.header("content-disposition"), Some("attachment; filename=\"six-words.txt\""));
        let text = String::from_utf8_lossy(&file.body).replace(&world.origin, "").to_lowercase();
        let ours: String = text.lines().filter(|line| !line.starts_with(|c: char| c.is_ascii_digit())).collect();
        for word in ["heard", "ofsted", "inspect", "child", "council", "school", "hrd-"] {
            assert!(!ours.contains(word), "{word}: {ours}");
        }
    });
}

#[test]
fn after_half_an_hour_a_shared_phone_asks_for_the_code() {
    run(|| async {
        let world = World::begin(Pair::SqliteAndDisk).await;
        let (mut browser, code) = begin(&world).await;
        let page = browser.open("/tell/name").await;
        world.clock.advance(heard::web::visit::IDLE + 1);
        // What somebody was slow over is still saved.
        let filling = page.form(say("tell.save")).fill(say("tell.name_field"), "slowly written");
        assert_eq!(browser.press_once(filling).await.status, 303);
        world.clock.advance(heard::web::visit::IDLE + 1);
        browser.open("/tell").await.must_be("/return", 200).must_say(say("return.idle"));
        let page = come_back(&mut browser, &code).await;
        page.must_be("/tell", 200).must_say("slowly written");
    });
}
