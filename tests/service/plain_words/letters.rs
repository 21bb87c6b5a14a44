//! Every letter that the service writes, read as it arrives.

use heard::web::Role;
use heard::words::Wording;
use heard::words::plain_english::{Finding, Reader, check_page};

use super::super::colleagues::{Colleague, join};
use super::super::mailbox::letters_to;
use super::super::outside::{fresh_name, variable};
use super::super::review::sent::{NORTHVALE, Part, inspect, make_areas, send};
use super::super::say;
use super::super::world::{Pair, World, run};
use super::speak;

/// Subject and text of a letter, without the addresses of pages, which no rule of words can read.
fn text_of(letter: &str) -> String {
    let (head, text) = letter.split_once("\n\n").expect("a letter has a head and a text");
    let subject = head.lines().find_map(|line| line.strip_prefix("Subject: ")).expect("a letter has a subject");
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("http"));
    format!("{subject}\n{}", lines.collect::<Vec<_>>().join("\n"))
}

fn subject(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

/// Reads all that came for somebody.
fn read(address: &str, reader: Reader, subjects: &mut Vec<String>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for letter in letters_to(address) {
        let text = text_of(&letter);
        subjects.push(subject(&text).to_owned());
        findings.extend(check_page(&text, reader).into_iter().map(|finding| format!("{}: {finding}", subject(&text))));
    }
    findings
}

/// A family that asked for news by mail, in this wording.
async fn ask_for_news(world: &World, wording: Wording, address: &str, not_safe: bool) {
    let mut browser = world.browser();
    speak(&mut browser, wording);
    let page = browser.open("/").await;
    browser.press(page.form_to("/begin")).await.must_be("/tell", 200);
    speak(&mut browser, Wording::Plain);
    let page = browser.open("/tell/write").await;
    browser.press(page.form(say("write.save")).write_into_it("We waited.")).await;
    let page = browser.open("/tell/contact").await;
    let form = page.form(say("contact.save")).choose(say("contact.way_email"));
    let form = form.choose_in(say("contact.safe"), say("contact.safe_yes")).fill(say("contact.address"), address);
    browser.press(form.choose_in(say("contact.news"), say("contact.news_yes"))).await.must_be("/tell", 200);
    let page = browser.open("/tell/check").await;
    let sending = page.form(say("check.send"));
    let sending = if not_safe { sending.choose(say("not_safe.yes")) } else { sending };
    browser.press(sending).await.must_be("/sent", 200);
    world.run_jobs().await;
}

/// An admin gives somebody links for a new password and a new app.
async fn give_links(world: &World, admin: &mut Colleague, to: &Colleague) {
    for link in ["people.password_link", "people.second_link"] {
        let page = admin.browser.open(&format!("/staff/people/{}", to.id)).await;
        admin.browser.press(page.form(say(link))).await;
        world.run_jobs().await;
    }
}

#[test]
fn every_letter_is_in_plain_words() {
    run(|| async {
        let world = World::begin_with(Pair::SqliteAndDisk, |settings| {
            settings.smtp_url = Some(format!("smtp://{}", variable("HEARD_TEST_SMTP")));
            settings.mail_from = "no-reply@heard.example".into();
        })
        .await;
        make_areas(&world).await;
        let mut admin = join(&world, Role::Admin).await;
        let (mut ana, sam) = (join(&world, Role::Inspector).await, join(&world, Role::Safeguarding).await);
        inspect(&world, NORTHVALE, &[&ana]).await;
        let (mut subjects, mut findings) = (Vec::new(), Vec::new());

        for wording in Wording::ALL {
            let address = format!("{}@family.example", fresh_name("news"));
            ask_for_news(&world, wording, &address, wording == Wording::Short).await;
            let reader = if wording == Wording::Plain { Reader::Anybody } else { Reader::ShortWords };
            findings.extend(read(&address, reader, &mut subjects));
        }
        assert_eq!(subjects.len(), 3, "news came in each wording: {subjects:?}");

        // A link for a new password ends whatever was open with the old one.
        flag_something(&world, &mut ana).await;
        give_links(&world, &mut admin, &ana).await;
        for address in [&ana.email, &sam.email] {
            findings.extend(read(address, Reader::Staff, &mut subjects));
        }
        for wanted in [
            "mail.subject",
            "account.mail.join_subject",
            "account.mail.password_subject",
            "account.mail.second_step_subject",
            "flags.mail.subject",
            "flags.mail_now.subject",
        ] {
            assert!(
                subjects.iter().any(|subject| subject == say(wanted)),
                "no letter “{}”: {subjects:#?}",
                say(wanted)
            );
        }
        assert!(findings.is_empty(), "{} findings:\n{}", findings.len(), findings.join("\n"));
    });
}

/// An inspector raises a flag on something of their area.
async fn flag_something(world: &World, by: &mut Colleague) {
    let sent = send(world, &[NORTHVALE], vec![Part::Words("We waited", None)]).await;
    let page = by.browser.open(&sent.page()).await;
    let flag = page.form(say("flags.raise_do")).fill(say("flags.reason"), "Somebody is hurt");
    by.browser.press(flag).await.must_say(say("flags.raised"));
    world.run_jobs().await;
}
