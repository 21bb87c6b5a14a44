//! Mail on its whole way, to a real server: news for those who asked for it and said that it is safe, and the letter that
//! asks safeguarding to look today. None says what it is about.

use heard::db;
use heard::review::Move;
use heard::review::store::{Pair as OfInspection, Wanted, move_review};
use heard::web::Role;

use super::browser::Filling;
use super::colleagues::{Colleague, join};
use super::family::{self, Family};
use super::mailbox::letters_to;
use super::outside::{self, fresh_name};
use super::review::sent::{NORTHVALE, Part, inspect, make_areas, send, staff_id};
use super::say;
use super::world::{Pair, World, on_each_pair};

const AREA: &str = "insert into submission_area (submission_id, area_code, relation) values ($1, $2, 'lives')";
const WROTE: &str = "Amal waits for a speech therapist";

async fn world(pair: Pair) -> World {
    World::begin_with(pair, |settings| {
        settings.smtp_url = Some(format!("smtp://{}", outside::variable("HEARD_TEST_SMTP")));
        settings.mail_from = "no-reply@heard.example".into();
    })
    .await
}

/// A family that writes, and says how they may be reached.
async fn tell(world: &World, contact: impl FnOnce(Filling) -> Filling) -> (Family, String) {
    let mut family = family::begin(world).await;
    let code = family.browser.open("/tell/code").await.text();
    let page = family.browser.open("/tell/write").await;
    family.browser.press(page.form(say("write.save")).write_into_it(WROTE)).await;
    let page = family.browser.open("/tell/contact").await;
    family.browser.press(contact(page.form(say("contact.save")))).await.must_be("/tell", 200);
    let mut tx = world.site.db.write().await.expect("tx");
    db::run!(&mut tx, AREA, &family.submission, NORTHVALE).expect("an area");
    tx.commit().await.expect("commits");
    let page = family.browser.open("/tell/check").await;
    family.browser.press(page.form_to("/tell/send")).await.must_be("/sent", 200);
    world.run_jobs().await;
    (family, code)
}

fn by_email(filling: Filling, address: &str, safe: &str, news: &str) -> Filling {
    let filling = filling.choose(say("contact.way_email")).choose_in(say("contact.safe"), say(safe));
    filling.fill(say("contact.address"), address).choose_in(say("contact.news"), say(news))
}

/// The text of a letter, below its head.
fn body(letter: &str) -> &str {
    letter.split_once("\n\n").expect("a letter has a head and a text").1
}

/// Nothing that a person beside the reader should not know.
#[track_caller]
fn must_be_neutral(letter: &str, family: &str, code: &str) {
    let text = format!("{}\n{}", subject(letter), body(letter)).to_lowercase();
    for word in ["amal", "therapist", "northvale", "child", "council", "ofsted", "hrd-", "http", "/return", family] {
        assert!(!text.contains(word), "{word}: {letter}");
    }
    // The page with the code shows its words in order; no two of them stand together in the letter.
    let words: Vec<&str> = code.split_whitespace().filter(|word| word.len() >= 4).collect();
    assert!(
        !words.windows(2).any(|pair| text.contains(&pair.join(" ")) && pair.iter().all(|w| w.len() > 6)),
        "{letter}"
    );
}

fn subject(letter: &str) -> &str {
    letter.lines().find_map(|line| line.strip_prefix("Subject: ")).expect("a letter has a subject")
}

async fn news_goes_to_those_who_asked(pair: Pair) {
    let world = world(pair).await;
    make_areas(&world).await;
    let ana = join(&world, Role::Inspector).await;
    let inspection = inspect(&world, NORTHVALE, &[&ana]).await;
    let address = |name: &str| format!("{}@family.example", fresh_name(name));
    let (asked, not_asked, not_safe) = (address("asked"), address("quiet"), address("unsafe"));
    let (family, code) = tell(&world, |form| by_email(form, &asked, "contact.safe_yes", "contact.news_yes")).await;
    tell(&world, |form| by_email(form, &not_asked, "contact.safe_yes", "contact.news_no")).await;
    tell(&world, |form| by_email(form, &not_safe, "contact.safe_no", "contact.news_yes")).await;

    let letters = letters_to(&asked);
    assert_eq!(letters.len(), 1, "it arrived: {letters:#?}");
    assert_eq!(subject(&letters[0]), say("mail.subject"));
    must_be_neutral(&letters[0], &family.reference(&world).await.to_lowercase(), &code);

    let (by, now) = (staff_id(&world, &ana).await, world.clock.now());
    let of = OfInspection { submission: family.submission.clone(), inspection };
    for wanted in [Move::Claim, Move::Review] {
        let mut tx = world.site.db.write().await.expect("tx");
        move_review(&mut tx, &of, &Wanted { by: &by, wanted, seen_to: now }, now).await.expect("moves");
        tx.commit().await.expect("commits");
    }
    world.run_jobs().await;
    let letters = letters_to(&asked);
    assert_eq!(letters.len(), 2, "it was read: {letters:#?}");
    assert_eq!(body(&letters[0]), body(&letters[1]), "nobody can tell one from the other");
    assert!(letters_to(&not_asked).is_empty() && letters_to(&not_safe).is_empty());
}

on_each_pair!(news_goes_to_those_who_asked);

async fn a_flag_is_told_by_mail(pair: Pair) {
    let world = world(pair).await;
    make_areas(&world).await;
    let mut ana = join(&world, Role::Inspector).await;
    let sam = join(&world, Role::Safeguarding).await;
    inspect(&world, NORTHVALE, &[&ana]).await;
    let sent = send(&world, &[NORTHVALE], vec![Part::Words(WROTE, None)]).await;
    let asks = |sam: &Colleague| {
        let letters = letters_to(&sam.email).into_iter();
        letters.filter(|letter| subject(letter) == say("flags.mail.subject")).collect::<Vec<_>>()
    };
    assert!(asks(&sam).is_empty());
    let page = ana.browser.open(&sent.page()).await;
    let flag = page.form(say("flags.raise_do")).fill(say("flags.reason"), "Amal says that somebody hurts them");
    ana.browser.press(flag).await.must_say(say("flags.raised"));
    world.run_jobs().await;
    let letters = asks(&sam);
    assert_eq!(letters.len(), 1, "{letters:#?}");
    let text = body(&letters[0]);
    for word in ["Amal", "hurts", "Northvale", "therapist", sent.reference.as_str(), ana.name.as_str()] {
        assert!(!text.contains(word), "{word}: {text}");
    }
    assert!(text.contains(&format!("{}/staff/lanes/safeguarding", world.origin)), "{text}");
    // "I should not be seeing this" tells them as well.
    let page = ana.browser.open(&sent.page()).await;
    ana.browser.press(page.form(say("flags.close_all"))).await.must_say(say("flags.closed_title"));
    world.run_jobs().await;
    assert_eq!(asks(&sam).len(), 2);
}

on_each_pair!(a_flag_is_told_by_mail);
