//! Languages and signing: a young person's silent film in BSL and a family's words in Urdu come in through the front door,
//! need an interpreter, get a named person's translation beside them, and a second person's check. Corrections keep what
//! was there; what is taken out takes its translations along.

use heard::audit;
use heard::db;
use heard::evidence::translation::{self, NewTranslation, Translator};
use heard::id::ItemId;
use heard::web::Role;

use super::sent::{EASTMERE, NORTHVALE, Part, Sent, inspect, make_areas, send as send_parts, take_back};
use crate::browser::{Browser, File, Filling, Page};
use crate::colleagues::{Colleague, join, join_with};
use crate::family::{self, Family};
use crate::say;
use crate::world::{World, on_each_pair};

const LEEDS: &str = "E08000035";
const URDU: &str = "میرا بیٹا تین سال کا ہے۔ وہ دیکھ نہیں سکتا۔ ہمیں سب خط انگریزی میں ملتے ہیں۔";
const ENGLISH: &str = "My son is three years old. He cannot see. All the letters we get are in English.";

/// Somebody begins, and says which area it is about.
async fn begin(world: &World) -> Family {
    let mut family = family::begin(world).await;
    let page = family.browser.open("/tell/area").await;
    let page = family.browser.press(page.form(say("area.find")).fill(say("area.search"), "Leeds")).await;
    family.browser.press(page.form(say("area.confirm_yes"))).await;
    family
}

/// S05: a young person who signs sends a film without sound.
async fn a_signed_film(world: &World) -> Family {
    let mut family = begin(world).await;
    let page = family.send_files([File::fixture("silent.mp4")]).await;
    nobody_misses_a_sound(&page);
    let item = page.form(say("item.save")).choose(say("item.whose_is.child_or_young_person"));
    let item = item.choose(say("item.reached_by_way.signed")).select(say("item.language"), "British Sign Language");
    nobody_misses_a_sound(&family.browser.press(item).await);
    let page = family.browser.open("/tell/contact").await;
    let reach = page.form(say("contact.save")).choose(say("contact.way_text")).choose(say("contact.safe_yes"));
    let reach = reach.fill(say("contact.address"), "07700 900123");
    family.browser.press(reach.fill(say("contact.more"), "Never a voice call")).await;
    let page = family.browser.open("/tell/permission").await;
    let may_reply = page.form_to("/tell/permission").choose_in(say("permission.reply"), say("permission.yes"));
    family.browser.press(may_reply).await;
    nobody_misses_a_sound(&family.browser.open("/tell/check").await);
    send(world, &mut family).await;
    nobody_misses_a_sound(&family.browser.open("/sent").await);
    family
}

/// S06: a mother's words in Urdu, written, and a voice note.
async fn words_in_urdu(world: &World) -> Family {
    let mut family = begin(world).await;
    let page = family.browser.open("/tell/write").await;
    let page = family.browser.press(page.form(say("write.save")).fill(say("write.text"), URDU)).await;
    in_urdu(&mut family.browser, page).await;
    let page = family.send_files([File::fixture("voice-note.ogg")]).await;
    in_urdu(&mut family.browser, page).await;
    send(world, &mut family).await;
    family
}

async fn in_urdu(browser: &mut Browser, page: Page) {
    let item = page.form(say("item.save")).choose(say("item.whose_is.parent"));
    browser.press(item.select(say("item.language"), "Urdu")).await;
}

async fn send(world: &World, family: &mut Family) {
    let page = family.browser.open("/tell/check").await;
    family.browser.press(page.form_to("/tell/send")).await.must_be("/sent", 200);
    world.run_jobs().await;
}

/// A film without sound is as welcome as any other.
fn nobody_misses_a_sound(page: &Page) {
    let text = page.text().to_lowercase();
    for complaint in ["has no sound", "no sound was", "without sound", "sound is missing", "cannot hear"] {
        assert!(!text.contains(complaint), "{} says “{complaint}”:\n{text}", page.url);
    }
}

fn queue(inspection: &heard::id::InspectionId, more: &str) -> String {
    format!("/staff/inspections/{inspection}/queue{more}")
}

fn new_version(page: &Page, from: &str, text: &str, by: &str) -> Filling {
    let form = page.form(say("translation.save")).select(say("translation.from"), from);
    let form = form.fill(say("translation.text"), text).fill(say("translation.by_field"), by);
    let form = form.choose_in(say("translation.what"), say("translation.what_is.registered_interpreter"));
    on_the_day(form, "made")
}

fn on_the_day(form: Filling, field: &str) -> Filling {
    form.tamper(&format!("{field}-day"), "20")
        .tamper(&format!("{field}-month"), "November")
        .tamper(&format!("{field}-year"), "2026")
}

fn check_by(page: &Page, name: &str) -> Filling {
    let form = page.form(say("translation.check_do")).fill(say("translation.checker"), name);
    on_the_day(form.choose_in(say("translation.checker_what"), say("translation.what_is.staff")), "checked")
}

async fn actions(world: &World, item: &ItemId) -> Vec<String> {
    let mut tx = world.site.db.read().await.expect("tx");
    let rows = audit::list_about(&mut tx, item.as_str()).await.expect("lists");
    rows.into_iter().map(|row| row.action).filter(|action| action.ends_with("_translation")).collect()
}

const COUNT: &str = "select count(*) from translation";

async fn count(world: &World) -> i64 {
    let mut tx = world.site.db.read().await.expect("tx");
    let (count,): (i64,) = db::one!(&mut tx, (i64,), COUNT).expect("counts");
    count
}

on_each_pair!(a_signed_film_needs_an_interpreter_until_a_named_person_translated_it, |world: World| async move {
    let (mut ana, mut ben) = (join(&world, Role::Inspector).await, join(&world, Role::Lead).await);
    let mut stranger = join(&world, Role::Inspector).await;
    let mut family = a_signed_film(&world).await;
    words_in_urdu(&world).await;
    let inspection = inspect(&world, LEEDS, &[&ana, &ben]).await;

    // Counted by language, as submissions: the family in Urdu sent two items, and is one.
    let page = ana.browser.open(&queue(&inspection, "")).await;
    page.must_say(say("queue.needs.title")).must_say("British Sign Language: 1 submission, 1 of them waiting");
    page.must_say("Urdu – اردو: 1 submission, 1 of them waiting");
    let reference = family.reference(&world).await;
    let only = ana.browser.open(&queue(&inspection, "?tab=all&needs=bfi")).await;
    only.must_say(&reference).must_say("Needs an interpreter: British Sign Language");
    assert_eq!(only.text().matches("HRD-").count(), 1, "the other family is left out");
    assert!(ana.browser.open(&queue(&inspection, "?tab=all&needs=any")).await.text().matches("HRD-").count() == 2);
    assert_eq!(ana.browser.open(&queue(&inspection, "?tab=all&needs=pl")).await.text().matches("HRD-").count(), 0);

    let item = family.items(&world).await[0].id.clone();
    let page = ana.browser.open(&format!("/staff/submissions/{reference}")).await;
    nobody_misses_a_sound(&page);
    page.must_say("Needs an interpreter: British Sign Language").must_say("Never a voice call");
    let address = format!("/staff/items/{item}/translation");
    assert_eq!(stranger.browser.open(&address).await.status, 404, "whoever is not on it knows of nothing");
    let page = ana.browser.open(&address).await;
    let page = ana.browser.press(page.form(say("translation.save"))).await;
    assert_eq!(page.status, 422);
    for wrong in ["text", "name", "what", "day"] {
        page.must_say(say(&format!("translation.wrong.{wrong}")));
    }
    let form = new_version(&page, "British", "I sign. My college has one interpreter.", "Priya Shah");
    let page = ana.browser.press(form.clone()).await;
    page.must_say("I sign. My college has one interpreter.").must_say(say("translation.draft"));
    page.must_say("Translated by Priya Shah (Registered interpreter), 20 November 2026.");
    page.must_say(say("translation.not_you"));
    assert!(!page.text().contains(say("translation.check_do")), "whoever entered it cannot check it");
    ana.browser.press(form).await;
    assert_eq!(count(&world).await, 1, "a second press is no second version");

    let page = ana.browser.open(&queue(&inspection, "")).await;
    page.must_not_say("British Sign Language: 1")
        .must_say("Translations that a second person must check: 1 submission");
    ana.browser.open(&queue(&inspection, "?tab=all&needs=unchecked")).await.must_say(&reference);

    a_second_person_checks(&world, &mut ana, &mut ben, &item).await;
    a_correction_is_checked_again(&world, &mut ana, &mut ben, &item).await;
    assert_eq!(
        ana.browser.open(&queue(&inspection, "?tab=all&needs=unchecked")).await.text().matches("HRD-").count(),
        1
    );

    let custody = ben.browser.open(&format!("/staff/items/{item}/custody")).await;
    custody.must_say(say("custody.action.add_translation")).must_say(say("custody.action.check_translation"));
    // Taking the film out takes every version along.
    assert_eq!(count(&world).await, 2);
    let page = family.browser.open(&format!("/tell/items/{item}/remove")).await;
    family.browser.press(page.form(say("remove.yes"))).await;
    assert_eq!(count(&world).await, 0);
    assert_eq!(ana.browser.open(&address).await.status, 404);
});

async fn a_second_person_checks(world: &World, ana: &mut Colleague, ben: &mut Colleague, item: &ItemId) {
    let address = format!("/staff/items/{item}/translation");
    // Nobody gets round the rule by sending the form that their page does not have.
    let theirs = check_by(&ben.browser.open(&address).await, "Ana herself");
    let own = ana.browser.open("/staff/account").await;
    let token = own.form_to("/staff/sign-out").named("token").expect("a form has a token");
    ana.browser.press(theirs.tamper("token", &token)).await;
    assert_eq!(actions(world, item).await.iter().filter(|action| *action == "check_translation").count(), 0);
    let page = ben.browser.open(&address).await;
    let page = ben.browser.press(check_by(&page, "priya  SHAH")).await;
    assert_eq!(page.status, 422);
    page.must_say(say("translation.wrong.same"));
    let page = ben.browser.press(check_by(&page, "Tom Reed")).await;
    page.must_say("Checked by Tom Reed (Member of staff who knows the language), 20 November 2026.");
    page.must_say(&ben.name).must_not_say(say("translation.draft"));
    assert_eq!(actions(world, item).await.iter().filter(|action| *action == "check_translation").count(), 1);
}

async fn a_correction_is_checked_again(world: &World, ana: &mut Colleague, ben: &mut Colleague, item: &ItemId) {
    let address = format!("/staff/items/{item}/translation");
    let stale = check_by_page_of(ana, &address).await;
    let page = ben.browser.open(&address).await;
    let form = new_version(&page, "British", "I sign. One interpreter for three of us.", "Priya Shah");
    let page = ben.browser.press(form).await;
    page.must_say("One interpreter for three of us.").must_say(say("translation.draft"));
    page.must_say("My college has one interpreter.").must_say(say("translation.earlier"));
    assert!(stale.is_none(), "what was checked is not asked to be checked again");
    assert!(actions(world, item).await.iter().filter(|action| *action == "add_translation").count() == 2);
}

async fn check_by_page_of(colleague: &mut Colleague, address: &str) -> Option<Filling> {
    let page = colleague.browser.open(address).await;
    page.text().contains(say("translation.check_do")).then(|| page.form(say("translation.check_do")))
}

on_each_pair!(words_in_urdu_keep_their_direction_and_the_translation_its_own, |world: World| async move {
    let mut ana = join(&world, Role::Inspector).await;
    let mut family = words_in_urdu(&world).await;
    inspect(&world, LEEDS, &[&ana]).await;
    let items = family.items(&world).await;
    let page = ana.browser.open(&format!("/staff/items/{}/translation", items[0].id)).await;
    ana.browser.press(new_version(&page, "Urdu", ENGLISH, "Amina Khan")).await;
    let page = ana.browser.open(&format!("/staff/submissions/{}", family.reference(&world).await)).await;
    let words = page.all("div").into_iter().filter(|div| div.attribute("class") == Some("their-words"));
    let of = |text: &str| words.clone().find(|div| div.text().contains(text)).expect("the words are on the page");
    let (theirs, beside) = (of("میرا بیٹا"), of("My son is three"));
    assert_eq!((theirs.attribute("lang"), theirs.attribute("dir")), (Some("ur"), Some("auto")));
    assert_eq!((beside.attribute("lang"), beside.attribute("dir")), (Some("en"), Some("auto")));
    page.must_say(URDU).must_say("English translation from Urdu – اردو, version 1");
    // The voice note is still nobody's to understand.
    assert_eq!(page.text().matches("Needs an interpreter: Urdu").count(), 1);
    // The family's own page shows what they sent, and nobody's translation of it.
    family.browser.open("/sent").await.must_not_say(ENGLISH);
    sealed(&world).await;
});

const SEALED: &str = "select text_sealed, by_sealed from translation";

async fn sealed(world: &World) {
    let mut tx = world.site.db.read().await.expect("tx");
    let rows: Vec<(Vec<u8>, Vec<u8>)> = db::all!(&mut tx, (Vec<u8>, Vec<u8>), SEALED).expect("lists");
    assert_eq!(rows.len(), 1);
    for bytes in rows.iter().flat_map(|(text, by)| [text, by]) {
        for word in ["three years", "Amina"] {
            assert!(!bytes.windows(word.len()).any(|window| window == word.as_bytes()), "{word} lies in clear");
        }
    }
}

const IN_URDU: &str = "update evidence_item set language = 'ur' where submission_id = $1";

/// Something in Urdu, sent for these areas.
async fn in_urdu_for(world: &World, areas: &[&str]) -> Sent {
    let sent = send_parts(world, areas, vec![Part::Words("میرا بیٹا", None)]).await;
    let mut tx = world.site.db.write().await.expect("tx");
    db::run!(&mut tx, IN_URDU, &sent.id).expect("its language");
    tx.commit().await.expect("commits");
    sent
}

on_each_pair!(nobody_counts_what_they_may_not_see, |world: World| async move {
    make_areas(&world).await;
    let mut ana = join(&world, Role::Inspector).await;
    let mut never = join_with(&world, Role::Inspector, &[EASTMERE]).await;
    in_urdu_for(&world, &[NORTHVALE]).await;
    in_urdu_for(&world, &[NORTHVALE, EASTMERE]).await;
    let (back, closed) = (in_urdu_for(&world, &[NORTHVALE]).await, in_urdu_for(&world, &[NORTHVALE]).await);
    let item_closed = in_urdu_for(&world, &[NORTHVALE]).await;
    let inspection = inspect(&world, NORTHVALE, &[&ana, &never]).await;
    let counted = |number: &str| format!("Urdu – اردو: {number}");
    ana.browser.open(&queue(&inspection, "")).await.must_say(&counted("5 submissions"));
    never.browser.open(&queue(&inspection, "")).await.must_say(&counted("4 submissions"));

    take_back(&world, &back).await;
    let page = ana.browser.open(&closed.page()).await;
    ana.browser.press(page.form(say("flags.close_all"))).await;
    let page = ana.browser.open(&item_closed.page()).await;
    ana.browser.press(page.form("I should not be seeing this: close item 1")).await;
    ana.browser.open(&queue(&inspection, "")).await.must_say(&counted("2 submissions"));
    never.browser.open(&queue(&inspection, "")).await.must_say(&counted("1 submission,"));
    let list = never.browser.open(&queue(&inspection, "?tab=all&needs=ur")).await;
    assert_eq!(list.text().matches("HRD-").count(), 1);
});

on_each_pair!(a_translation_never_comes_to_an_item_that_is_gone, |world: World| async move {
    make_areas(&world).await;
    let ana = join(&world, Role::Inspector).await;
    let sent = in_urdu_for(&world, &[NORTHVALE]).await;
    let now = world.clock.now();
    let mut tx = world.site.db.write().await.expect("tx");
    let key = world.site.keys.submission(&mut tx, &sent.id).await.expect("asks").expect("a key");
    let new = || NewTranslation {
        submission: &sent.id,
        item: &sent.items[0],
        from: "ur",
        text: "My son",
        by: "Amina Khan",
        what: Translator::Interpreter,
        made_on: "2026",
        entered_by: &ana.id,
    };
    assert_eq!(translation::add(&mut tx, &key, new(), now).await.expect("adds"), Some(1));
    assert_eq!(translation::add(&mut tx, &key, new(), now).await.expect("adds"), Some(2));
    world.intake.remove_in(&mut tx, &sent.items[0]).await.expect("is removed");
    assert_eq!(translation::add(&mut tx, &key, new(), now).await.expect("asks"), None);
    tx.commit().await.expect("commits");
    assert_eq!(count(&world).await, 0);
});
