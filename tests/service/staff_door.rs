//! The staff door: joining, signing in in two steps, being shut out, and what no other site can make a browser do.

use heard::account::invite::{Invited, first_link, invite_from_command_line};
use heard::account::store::{Email, NewPerson};
use heard::clock::{DAY, HOUR, MINUTE, SECOND};
use heard::web::Role;

use super::browser::{Browser, Page};
use super::colleagues::{self, Colleague, PASSWORD};
use super::outside::fresh_name;
use super::say;
use super::world::{World, on_each_pair};

/// Gives address and password.
pub async fn give_password(browser: &mut Browser, at: &str, email: &str, password: &str) -> Page {
    let page = browser.open(at).await;
    let filling = page.form(say("sign_in.go_on")).fill(say("sign_in.email"), email);
    browser.press(filling.fill(say("sign_in.password"), password)).await
}

/// Gives the code that the app shows now.
pub async fn give_code(world: &World, browser: &mut Browser, page: &Page, colleague: &Colleague) -> Page {
    let code = colleague.key.code_at(world.clock.now());
    browser.press(page.form(say("sign_in.finish")).fill(say("sign_in.code"), &code)).await
}

async fn sign_out(browser: &mut Browser) {
    let page = browser.open("/staff").await;
    let page = browser.press(page.form(say("frame.sign_out"))).await;
    page.must_be("/staff/sign-in", 200).must_say(say("sign_in.news.out_title"));
}

async fn link_for(world: &World, role: Role) -> String {
    let new = NewPerson {
        email: Email::parse(&format!("{}@example.org", fresh_name("guest"))),
        name: "Made-up guest".into(),
        role,
        employer: "Ofsted".into(),
        never: Vec::new(),
    };
    match invite_from_command_line(&world.site, new).await.expect("somebody can be invited") {
        Invited::Link(link) => link.trim_start_matches(&world.origin).to_owned(),
        Invited::ByMail => panic!("without a mail server the link is shown"),
    }
}

on_each_pair!(the_first_link_makes_the_first_admin, async |world: World| {
    let link = first_link(&world.site).await.expect("the database answers").expect("nobody has joined");
    let mut browser = world.browser();
    let page = browser.open(link.trim_start_matches(&world.origin)).await;
    let page = browser.press(page.form(say("account.link.use"))).await;
    // The first account has no address yet, so joining asks for one.
    let filling = page.form(say("account.keep_password")).fill(say("account.name"), "Made-up admin");
    let filling = filling.fill(say("account.new_password"), PASSWORD);
    let page = browser.press(filling.clone()).await;
    page.must_be("/staff/setup/password", 422);
    assert_eq!(page.errors(), [say("account.no_email")]);
    let page = browser.press(filling.fill(say("account.email"), "admin@example.org")).await;
    page.must_be("/staff/setup/second-step", 200);
    // As long as nobody has joined, a restart gives a fresh link, for the same account.
    assert!(first_link(&world.site).await.expect("the database answers").is_none_or(|other| other != link));
});

on_each_pair!(somebody_joins_signs_out_and_signs_in_again, async |world: World| {
    let mut ana = colleagues::join(&world, Role::Inspector).await;
    assert!(first_link(&world.site).await.expect("the database answers").is_none(), "somebody has joined");
    sign_out(&mut ana.browser).await;
    let (mut browser, email) = (ana.browser.clone(), ana.email.clone());
    let page = give_password(&mut browser, "/staff/sign-in", &email.to_uppercase(), PASSWORD).await;
    page.must_be("/staff/sign-in/code", 200);
    // Half signed in opens nothing.
    browser.open("/staff").await.must_be("/staff/sign-in", 200);
    let page = browser.open("/staff/sign-in/code").await;
    let page = give_code(&world, &mut browser, &page, &ana).await;
    page.must_be("/staff", 200);
    assert_eq!(page.heading(), say("home.title"));
});

on_each_pair!(a_code_from_the_app_works_once, async |world: World| {
    let mut ana = colleagues::join(&world, Role::Inspector).await;
    let (mut one, mut other) = (world.browser(), world.browser());
    let email = ana.email.clone();
    let first = give_password(&mut one, "/staff/sign-in", &email, PASSWORD).await;
    let second = give_password(&mut other, "/staff/sign-in", &email, PASSWORD).await;
    give_code(&world, &mut one, &first, &ana).await.must_be("/staff", 200);
    let refused = give_code(&world, &mut other, &second, &ana).await;
    refused.must_be("/staff/sign-in/code", 422);
    assert_eq!(refused.errors(), [say("sign_in.wrong_code")]);
    world.clock.advance(30 * SECOND);
    give_code(&world, &mut other, &refused, &ana).await.must_be("/staff", 200);
    // Both browsers are in the list of sessions, and one can end the other.
    let page = ana.browser.open("/staff/account").await;
    ana.browser.press(page.form(say("account.end_others"))).await.must_say(say("account.session_ended"));
    one.open("/staff").await.must_be("/staff/sign-in", 200);
    ana.browser.open("/staff").await.must_be("/staff", 200);
});

on_each_pair!(a_recovery_code_works_once, async |world: World| {
    let mut ana = colleagues::join(&world, Role::Lead).await;
    let page = ana.browser.open("/staff/account/recovery-codes").await;
    let codes: Vec<String> = page.all("code").iter().map(|code| code.text()).collect();
    assert_eq!(codes.len(), 10, "{}", page.text());
    ana.browser.press(page.form(say("account.codes.kept"))).await.must_be("/staff", 200);
    let page = ana.browser.open("/staff/account/recovery-codes").await;
    assert!(page.all("code").is_empty(), "they are shown once");
    for (try_number, status) in [(1, 200), (2, 422)] {
        let mut browser = world.browser();
        let page = give_password(&mut browser, "/staff/sign-in", &ana.email, PASSWORD).await;
        let page = browser.follow(&page, say("sign_in.to_recovery")).await;
        let typed = codes[0].to_uppercase().replace('-', " ");
        let page = browser.press(page.form(say("sign_in.finish")).fill(say("sign_in.recovery"), &typed)).await;
        assert_eq!(page.status, status, "try {try_number}: {}", page.text());
    }
});

on_each_pair!(a_link_works_once_and_for_a_day, async |world: World| {
    let link = link_for(&world, Role::Triage).await;
    // Mail programs open links by themselves; that changes nothing.
    for _ in 0..2 {
        let mut program = world.browser();
        program.open(&link).await.must_be(&link, 200);
    }
    let mut guest = world.browser();
    let page = guest.open(&link).await;
    guest.press(page.form(say("account.link.use"))).await.must_be("/staff/setup/password", 200);
    let mut other = world.browser();
    other.open(&link).await.must_be(&link, 404).must_say(say("account.link.over_title"));
    other.open("/staff/setup/password").await.must_be("/staff/sign-in", 200);

    let late = link_for(&world, Role::Triage).await;
    let page = other.open(&late).await;
    world.clock.advance(DAY + SECOND);
    let page = other.press(page.form(say("account.link.use"))).await;
    page.must_be(&late, 404).must_say(say("account.link.over_title"));
    other.open("/staff/join/not-a-token").await.must_be("/staff/join/not-a-token", 404);
});

on_each_pair!(a_closed_account_is_out_with_its_next_request, async |world: World| {
    let mut admin = colleagues::join(&world, Role::Admin).await;
    let mut ana = colleagues::join(&world, Role::Inspector).await;
    ana.browser.open("/staff").await.must_be("/staff", 200);
    let page = admin.browser.open("/staff/people").await;
    let page = admin.browser.follow(&page, &ana.name).await;
    let here = page.path().to_owned();
    let page = admin.browser.follow(&page, say("people.close_link")).await;
    let page = admin.browser.press(page.form(say("people.close"))).await;
    page.must_be(&here, 200).must_say(say("people_news.closed"));
    ana.browser.open("/staff").await.must_be("/staff/sign-in", 200);
    let refused = give_password(&mut ana.browser, "/staff/sign-in", &ana.email, PASSWORD).await;
    assert_eq!(refused.errors(), [say("sign_in.wrong")], "a closed account reads like a wrong password");
    // Opened again, it works as before.
    let page = admin.browser.open(&here).await;
    admin.browser.press(page.form(say("people.reopen"))).await;
    let page = give_password(&mut ana.browser, "/staff/sign-in", &ana.email.clone(), PASSWORD).await;
    let mut browser = ana.browser.clone();
    give_code(&world, &mut browser, &page, &ana).await.must_be("/staff", 200);
    // Nobody closes their own account.
    let page = admin.browser.open("/staff/people").await;
    let page = admin.browser.follow(&page, &admin.name).await;
    assert!(!page.has_link(say("people.close_link")));
});

on_each_pair!(a_new_password_ends_every_session, async |world: World| {
    let mut ana = colleagues::join(&world, Role::Inspector).await;
    let mut elsewhere = world.browser();
    let page = give_password(&mut elsewhere, "/staff/sign-in", &ana.email, PASSWORD).await;
    give_code(&world, &mut elsewhere, &page, &ana).await.must_be("/staff", 200);
    let page = ana.browser.open("/staff/account/password").await;
    let filling = page.form(say("account.keep_password")).fill(say("account.new_password"), "seven grey lampposts");
    let wrong = ana.browser.press(filling.clone().fill(say("account.old_password"), "not my password")).await;
    assert_eq!(wrong.errors(), [say("account.wrong_password")]);
    let page = ana.browser.press(filling.fill(say("account.old_password"), PASSWORD)).await;
    page.must_be("/staff/sign-in", 200).must_say(say("sign_in.news.password_title"));
    elsewhere.open("/staff").await.must_be("/staff/sign-in", 200);
    let refused = give_password(&mut elsewhere, "/staff/sign-in", &ana.email, PASSWORD).await;
    assert_eq!(refused.errors(), [say("sign_in.wrong")]);
    let page = give_password(&mut elsewhere, "/staff/sign-in", &ana.email, "seven grey lampposts").await;
    page.must_be("/staff/sign-in/code", 200);
});

on_each_pair!(a_lost_phone_opens_nothing_from_the_moment_it_is_reported, async |world: World| {
    let mut admin = colleagues::join(&world, Role::Admin).await;
    let mut ana = colleagues::join(&world, Role::Inspector).await;
    let page = admin.browser.open("/staff/people").await;
    let page = admin.browser.follow(&page, &ana.name).await;
    let page = admin.browser.press(page.form(say("people.second_link"))).await;
    let link = page.all("code").first().expect("without mail the link is shown").text();
    let link = link.trim_start_matches(&world.origin).to_owned();
    // Loading the page again shows the same link; another admin's browser does not.
    let again = admin.browser.open(&page.url).await;
    assert_eq!(again.all("code").first().map(|code| code.text()), Some(format!("{}{link}", world.origin)));
    let mut second_admin = colleagues::join(&world, Role::Admin).await;
    second_admin.browser.open(&page.url).await.must_say(say("people.link_gone"));

    ana.browser.open("/staff").await.must_be("/staff/sign-in", 200);
    let page = give_password(&mut ana.browser, "/staff/sign-in", &ana.email.clone(), PASSWORD).await;
    let mut browser = ana.browser.clone();
    give_code(&world, &mut browser, &page, &ana).await.must_be("/staff/sign-in/code", 422);
    // The link alone is not enough: it asks for the password.
    let mut finder = world.browser();
    let page = finder.open(&link).await;
    let filling = page.form(say("account.link.use")).fill(say("account.your_password"), "a guess of somebody's");
    let page = finder.press(filling).await;
    assert_eq!(page.errors(), [say("account.wrong_password")]);
    let filling = page.form(say("account.link.use")).fill(say("account.your_password"), PASSWORD);
    finder.press(filling).await.must_be("/staff/setup/second-step", 200);
});

on_each_pair!(guessing_is_slowed_and_tells_nothing, async |world: World| {
    let ana = colleagues::join(&world, Role::Inspector).await;
    let mut guesser = world.browser();
    let known = give_password(&mut guesser, "/staff/sign-in", &ana.email, "a guess of somebody's").await;
    let unknown = give_password(&mut guesser, "/staff/sign-in", "nobody@example.org", "a guess of somebody's").await;
    assert_eq!((known.status, known.errors()), (unknown.status, unknown.errors()));
    assert_eq!(known.text(), unknown.text());
    for _ in 0..9 {
        give_password(&mut guesser, "/staff/sign-in", &ana.email, "a guess of somebody's").await;
    }
    // Now even the right one has to wait, from anywhere, and then it works.
    let mut browser = world.browser();
    let page = give_password(&mut browser, "/staff/sign-in", &ana.email, PASSWORD).await;
    assert_eq!(page.status, 429, "{}", page.text());
    world.clock.advance(16 * MINUTE);
    let page = give_password(&mut browser, "/staff/sign-in", &ana.email, PASSWORD).await;
    page.must_be("/staff/sign-in/code", 200);
    // The second step has its own count.
    let mut page = page;
    for _ in 0..6 {
        page = browser.press(page.form(say("sign_in.finish")).fill(say("sign_in.code"), "000000")).await;
        assert_eq!(page.status, 422);
    }
    let page = give_code(&world, &mut browser, &page, &ana).await;
    assert_eq!(page.status, 429);
    world.clock.advance(HOUR + SECOND);
    let page = give_password(&mut browser, "/staff/sign-in", &ana.email, PASSWORD).await;
    give_code(&world, &mut browser, &page, &ana).await.must_be("/staff", 200);
});

on_each_pair!(signing_in_leads_back_to_a_page_of_ours_and_nowhere_else, async |world: World| {
    let ana = colleagues::join(&world, Role::Lead).await;
    for (asked, led) in [
        ("/staff/account", "/staff/account"),
        ("https://evil.example/staff/", "/staff"),
        ("//evil.example", "/staff"),
        ("/staff/%5C%5Cevil.example", "/staff"),
        ("/tell", "/staff"),
    ] {
        world.clock.advance(30 * SECOND);
        let mut browser = world.browser();
        let at = format!("/staff/sign-in?next={asked}");
        let page = give_password(&mut browser, &at, &ana.email, PASSWORD).await;
        let page = give_code(&world, &mut browser, &page, &ana).await;
        assert_eq!(page.path(), led, "next={asked}");
    }
    // The address of a page leads to the door, and from there back to the page.
    world.clock.advance(30 * SECOND);
    let mut browser = world.browser();
    let page = give_password(&mut browser, "/staff/inspections?day=2026-01-01&id=x", &ana.email, PASSWORD).await;
    let page = give_code(&world, &mut browser, &page, &ana).await;
    assert_eq!(page.url, "/staff/inspections?day=2026-01-01&id=x");
});
