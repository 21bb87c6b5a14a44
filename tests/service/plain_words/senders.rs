//! A family's doors, walked through from the start page to what was taken back; and a child's own door.

use heard::clock::SECOND;
use heard::web::Role;
use heard::words::Wording;

use super::super::browser::{Browser, File, Sent, wire};
use super::super::childs_say::film;
use super::super::colleagues::{Colleague, join};
use super::super::family::{self, Family};
use super::super::matrix::{About, In, own_form};
use super::super::review::sent::{NORTHVALE, inspect, make_areas};
use super::super::say;
use super::super::sending::code_on;
use super::super::world::World;
use super::{Objects, Reading, speak};

/// The doors of the senders' side. Staff's own pages that anybody may open (signing in) are read as staff read them.
pub const DOORS: [In; 4] = [In::Draft, In::Sender, In::Card, In::LooksAgain];

/// What a form brings that says nothing, or something that cannot be: page of the form, where it goes, fields.
type Wrong = (&'static str, &'static str, &'static str, &'static [(&'static str, &'static str)]);

const WRONG_ANSWERS: [Wrong; 16] = [
    ("nothing written", "/tell/write", "/tell/write", &[]),
    ("no name typed", "/tell/area", "/tell/area", &[("do", "search")]),
    ("no such council", "/tell/area", "/tell/area", &[("do", "search"), ("q", "Qqqqq")]),
    ("a postcode", "/tell/area", "/tell/area", &[("do", "search"), ("q", "LS1 4AP")]),
    ("several councils", "/tell/area", "/tell/area", &[("do", "search"), ("q", "North")]),
    ("one council found", "/tell/area", "/tell/area", &[("do", "search"), ("q", "Leeds")]),
    ("no place typed", "/tell/area", "/tell/area", &[("do", "not_known"), ("words", "")]),
    ("nothing told", "/tell/dates/add", "/tell/dates", &[]),
    ("days that are none", "/tell/dates/add", "/tell/dates", &[("asked-day", "45"), ("answered-day", "45")]),
    (
        "days to come",
        "/tell/dates/add",
        "/tell/dates",
        &[("asked-day", "1"), ("asked-month", "1"), ("asked-year", "2031")],
    ),
    ("days that are none", "/tell/dates/happened", "/tell/dates/happened", &[("from-day", "45"), ("to-day", "45")]),
    ("no address", "/tell/contact", "/tell/contact", &[("way", "email")]),
    (
        "no e-mail address",
        "/tell/contact",
        "/tell/contact",
        &[("way", "email"), ("safe", "yes"), ("address", "nothing")],
    ),
    ("no phone number", "/tell/contact", "/tell/contact", &[("way", "phone"), ("safe", "yes"), ("address", "nothing")]),
    ("no such code", "/tell/communicate/before", "/tell/communicate/before", &[("code", "apple")]),
    ("nothing said", "/tell/one", "/tell/one/words", &[("text", " ")]),
];

const WRONG_CODES: [(&str, &str); 4] = [
    ("nothing typed", ""),
    ("two words", "apple banana"),
    ("a word that is none", "apple apple apple apple apple qqqqqq"),
    ("no such code", "able able able able able able"),
];

/// Reads every page, in its main states.
pub async fn read_all(world: &World) -> Reading {
    let mut reading = Reading::default();
    make_areas(world).await;
    let mut ana = join(world, Role::Inspector).await;
    inspect(world, NORTHVALE, &[&ana]).await;
    before_anybody_begins(&mut reading, world).await;
    wrong_answers(&mut reading, world).await;
    let (mut family, objects) = a_family_tells(&mut reading, world).await;
    a_child_has_a_card(&mut reading, world, &mut family).await;
    what_was_sent(&mut reading, world, &mut family, objects, &mut ana).await;
    reading
}

async fn before_anybody_begins(reading: &mut Reading, world: &World) {
    let mut nobody = world.browser();
    for (_, path, ..) in super::pages_of(&[In::Anyone]).filter(|(_, path, ..)| !path.starts_with("/staff")) {
        reading.look(&mut nobody, path, "nobody has begun", path).await;
    }
    reading.look(&mut nobody, "a page that is not there", "nobody has begun", "/no-such-page").await;
    reading.look(&mut nobody, "/tell", "nobody has begun", "/tell").await;
    for wording in Wording::ALL {
        speak(&mut nobody, wording);
        for (state, typed) in WRONG_CODES {
            let page = nobody.open("/return").await;
            let page = nobody.press_once(page.form_to("/return").tamper("code", typed)).await;
            reading.take(&page, "/return", state, wording);
        }
        let page = nobody.open("/return/lost").await;
        let page = nobody.press_once(page.form_to("/return/lost")).await;
        reading.take(&page, "/return/lost", "nothing typed", wording);
    }
}

async fn wrong_answers(reading: &mut Reading, world: &World) {
    let mut family = family::begin(world).await;
    reading.look_at_all(&mut family.browser, "nothing told yet", &DOORS, &Objects::new()).await;
    let browser = &mut family.browser;
    for wording in Wording::ALL {
        speak(browser, wording);
        for (state, page, action, fields) in WRONG_ANSWERS {
            let answer = send_wrong(browser, NAME, action, fields).await;
            reading.take(&answer, page, state, wording);
        }
        let page = browser.open("/tell/evidence").await;
        let answer = browser.press_once(page.form_to("/tell/evidence")).await;
        reading.take(&answer, "/tell/evidence", "no file chosen", wording);
        let page = browser.open("/tell/one").await;
        let answer = browser.press_once(page.form_to("/tell/one")).await;
        reading.take(&answer, "/tell/one", "no file chosen", wording);
        let answer = send_wrong(browser, NAME, "/tell/send", &[]).await;
        let answer = browser.go_on(answer).await;
        reading.take(&answer, "/tell/check", "nothing to send", wording);
        let answer = browser.send_raw(hyper::Method::POST, "/tell/name", &[FORM], wire::full("name=x")).await;
        reading.take(&answer, "a form that is too old", "nothing told yet", wording);
        let answer = browser.send_raw(hyper::Method::POST, "/tell/code", &[FORM], wire::full("")).await;
        reading.take(&answer, "an address that takes no form", "nothing told yet", wording);
    }
    speak(browser, Wording::Plain);
    let upload = [("tus-resumable", "1.0.0"), ("upload-length", "100")];
    let begun = browser.send_raw(hyper::Method::POST, "/uploads", &upload, wire::full("")).await;
    assert_eq!(begun.status, 201, "a file is on its way");
    for page in ["/tell", "/tell/evidence", "/tell/check"] {
        reading.look(browser, page, "a file is on its way", page).await;
    }
}

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// Sends a form with these fields alone, and with what proves that it is this browser's own.
async fn send_wrong(
    browser: &mut Browser,
    proof_from: &str,
    action: &str,
    fields: &[(&str, &str)],
) -> super::super::browser::Page {
    let mut sent = own_form(browser, proof_from).await;
    sent.extend(fields.iter().map(|(name, value)| Sent::Text((*name).to_owned(), (*value).to_owned())));
    browser.send_raw(hyper::Method::POST, action, &[FORM], wire::full(wire::url_encoded(&sent))).await
}

/// The page from which a draft proves itself.
const NAME: &str = "/tell/name";

/// Everything is told, and every page is read with something on it.
async fn a_family_tells(reading: &mut Reading, world: &World) -> (Family, Objects) {
    let mut family = family::begin(world).await;
    let files = [File::fixture("photo.jpg"), File::fixture("voice.m4a"), film("our-film.webm")];
    family.send_files(files.into_iter().chain(["boards.obz", "aac/session.obl"].map(File::fixture))).await;
    world.run_jobs().await;
    let items = family.items(world).await;
    let mut objects = Objects::new();
    objects.insert(About::Item, items[2].id.to_string());
    objects.insert(About::AidFile, items[3].id.to_string());
    what_is_inside(reading, &mut family.browser, [&items[3], &items[4]].map(|item| item.id.to_string())).await;
    let browser = &mut family.browser;
    tell_who_and_how(browser).await;
    tell_the_rest(browser).await;

    let page = browser.open("/tell/write").await;
    let page = browser.press(page.form(say("write.save")).write_into_it("We waited.")).await;
    let writing = page.path().trim_start_matches("/tell/items/").to_owned();
    reading.look(browser, "/tell/items/{id}", "about what was written", page.path()).await;
    let form = page.form(say("item.save")).choose(say("item.whose_is.parent"));
    browser.press(form).await;
    objects.insert(About::Writing, writing);

    let people = format!("/tell/items/{}/people", items[2].id);
    for wording in Wording::ALL {
        speak(browser, wording);
        let answer = send_wrong(browser, NAME, &people, &[]).await;
        reading.take(&answer, "/tell/items/{id}/people", "no nickname", wording);
    }
    speak(browser, Wording::Plain);
    let page = browser.open(&people).await;
    let page = browser.press(page.form_to(&people).fill(say("film.nickname"), "red hat")).await;
    let left = page.link("red hat changed their mind");
    objects.insert(About::InFilm, left.trim_start_matches("/tell/people/").trim_end_matches("/left").to_owned());
    objects.insert(About::Step, a_dated_step(browser).await);

    reading.look_at_all(browser, "much is told", &DOORS, &objects).await;
    let mut other = Objects::new();
    other.insert(About::Item, items[0].id.to_string());
    reading.look_at_all(browser, "about a photo", &[In::Sender], &other).await;

    for wording in Wording::ALL {
        speak(browser, wording);
        let form = browser.open("/").await.form_to("/begin");
        let asked = browser.press_once(form).await;
        reading.take(&asked, "/begin", "a draft is open", wording);
    }
    speak(browser, Wording::Plain);
    (family, objects)
}

/// The pages of two files from communication aids: one with pages, one with a log.
async fn what_is_inside(reading: &mut Reading, browser: &mut Browser, [pages, log]: [String; 2]) {
    let name = "/tell/items/{id}/inside";
    let address = |id: &str, rest: &str| format!("/tell/items/{id}/inside{rest}");
    reading.look(browser, name, "a log", &address(&log, "")).await;
    reading.look(browser, name, "one day", &address(&log, "?day=0")).await;
    reading.look(browser, name, "one page", &address(&pages, "?page=0")).await;
    let page = browser.open(&address(&pages, "")).await;
    browser.press(page.form(say("inside.save")).choose("School, 4 buttons")).await;
    reading.look(browser, name, "a page is left out", &address(&pages, "?saved=yes")).await;
}

async fn tell_who_and_how(browser: &mut Browser) {
    let page = browser.open("/tell/who").await;
    let form = page.form(say("who.save")).choose(say("who.role_is.parent")).choose(say("who.age_is.26_over"));
    browser.press(form.choose_in(say("who.helped"), say("who.helped_is.yes"))).await;
    let page = browser.open("/tell/area").await;
    let page = browser.press(page.form(say("area.find")).fill(say("area.search"), "Northvale")).await;
    browser.press(page.form(say("area.confirm_yes"))).await.must_say("Northvale");
    let page = browser.open("/tell/helped").await;
    let form = page.form(say("helped.save")).choose_in(say("helped.helped"), say("helped.is.yes"));
    let page = browser.press(form.fill(say("helped.did_not"), "choose the words")).await;
    let page = browser.press(page.form(say("helped.save")).fill(say("helped.offered"), "two photos")).await;
    browser.press(page.form(say("helped.save"))).await;
    let page = browser.open("/tell/how").await;
    let form = page.form(say("how.save")).choose_in(say("how.asked_by"), say("how.asked_by_is.school"));
    browser.press(form.choose_in(say("how.ai"), say("how.ai_is.yes"))).await;
    let page = browser.open("/tell/communicate").await;
    browser.press(page.form(say("communicate.save")).fill(say("communicate.yes_no"), "I reach for yes.")).await;
}

async fn tell_the_rest(browser: &mut Browser) {
    let page = browser.open("/tell/permission").await;
    let form = page.form(say("permission.save")).choose_in(say("permission.quote"), say("permission.yes"));
    browser.press(form.choose_in(say("permission.may_ask"), say("permission.yes"))).await;
    let page = browser.open("/tell/contact").await;
    let form = page.form(say("contact.save")).choose(say("contact.way_email"));
    let form = form.choose_in(say("contact.safe"), say("contact.safe_yes"));
    browser.press(form.fill(say("contact.address"), "ada@example.com")).await.must_be("/tell", 200);
    let page = browser.open("/tell/questions/1").await;
    browser.press(page.form(say("question.save")).fill(say("question.open"), "It is good.")).await;
    let page = browser.open("/tell/dates/happened").await;
    browser.press(page.form(say("dates.save_happened")).fill(say("dates.happened"), "last winter")).await;
    let page = browser.open("/tell/name").await;
    browser.press(page.form_to("/tell/name").write_into_it("Rowan")).await;
}

async fn a_dated_step(browser: &mut Browser) -> String {
    let page = browser.open("/tell/dates/add").await;
    let form = page.form(say("dates.save")).choose_in(say("dates.rule"), say("dates.rule_is.final_plan"));
    let form = form.tamper("asked-day", "2").tamper("asked-month", "9").tamper("asked-year", "2025");
    let page = browser.press(form).await;
    page.must_be("/tell/dates", 200);
    let addresses = page.links().into_iter().map(|(_, address)| address);
    let ids = addresses.filter_map(|address| address.strip_prefix("/tell/dates/").map(str::to_owned));
    ids.into_iter().find(|id| id.len() == 36).expect("the step is in the list")
}

async fn a_child_has_a_card(reading: &mut Reading, world: &World, family: &mut Family) {
    let page = family.browser.open("/tell/card").await;
    family.browser.press(page.form(say("card.make"))).await.must_be("/tell/card", 200);
    reading.look(&mut family.browser, "/tell/card", "a card was made", "/tell/card").await;
    let file = family.browser.get("/tell/card/file", &[]).await;
    let text = String::from_utf8_lossy(&file.body).into_owned();
    let words = text.lines().filter(|line| line.starts_with(|letter: char| letter.is_ascii_digit()));
    let words: Vec<&str> = words.filter_map(|line| line.split_whitespace().last()).collect();
    let mut child = world.browser();
    let page = child.open("/return").await;
    child.press(page.form_to("/return").tamper("code", &words.join(" "))).await.must_be("/own", 200);
    reading.look_at_all(&mut child, "a child came by their card", &[In::Card, In::Sender], &Objects::new()).await;
    for wording in Wording::ALL {
        speak(&mut child, wording);
        let answer = send_wrong(&mut child, "/own/changed", "/own/changed", &[]).await;
        reading.take(&answer, "/own/changed", "nothing chosen", wording);
    }
    speak(&mut child, Wording::Plain);
    let page = child.open("/tell/write").await;
    child.press(page.form(say("write.save")).write_into_it("I like swimming.")).await;
    reading.look(&mut child, "/own", "a child wrote", "/own").await;
    let page = child.open("/own").await;
    let page = child.press(page.form(say("own.send"))).await;
    reading.take(&page, "/own", "a child sent", Wording::Plain);
    reading.look(&mut child, "/own", "a child sent", "/own").await;
}

async fn what_was_sent(
    reading: &mut Reading,
    world: &World,
    family: &mut Family,
    mut objects: Objects,
    ana: &mut Colleague,
) {
    let code = code_on(&family.browser.open("/tell/code").await);
    let page = family.browser.open("/tell/check").await;
    let sending = page.form_to("/tell/send").choose(say("check.look_again"));
    family.browser.press(sending).await.must_be("/sent", 200);
    reading.look(&mut family.browser, "/sent", "just sent", "/sent").await;
    world.run_jobs().await;
    world.clock.advance(SECOND);
    ask_them(world, family, ana).await;
    let receipt = family.browser.open("/sent").await;
    let question = receipt.link(&say("asked.see").replace("{number}", "1"));
    objects.insert(About::Missing, question.trim_start_matches("/sent/questions/").to_owned());
    reading.look_at_all(&mut family.browser, "sent, and asked something", &DOORS, &objects).await;
    for wording in Wording::ALL {
        speak(&mut family.browser, wording);
        let form = family.browser.open(&question).await.form_to(&question);
        let answer = family.browser.press_once(form).await;
        reading.take(&answer, "/sent/questions/{id}", "nothing answered", wording);
        let answer = send_wrong(&mut family.browser, &question, "/tell/who", &[]).await;
        reading.take(&answer, "what was sent already", "sent", wording);
    }
    speak(&mut family.browser, Wording::Plain);

    let page = family.browser.open("/tell/write").await;
    family.browser.press(page.form(say("write.save")).write_into_it("And more.")).await;
    reading.look_at_all(&mut family.browser, "more waits to be sent", &[In::Sender], &objects).await;
    let page = family.browser.open("/tell/take-back").await;
    family.browser.press(page.form(say("remove.all_yes"))).await;
    reading.look_at_all(&mut family.browser, "taken back", &[In::Sender, In::LooksAgain], &objects).await;
    let mut elsewhere = world.browser();
    let page = elsewhere.open("/return").await;
    elsewhere.press(page.form_to("/return").tamper("code", &code)).await.must_be("/sent", 200);
    reading.look(&mut elsewhere, "/sent", "come back elsewhere", "/sent").await;
}

/// An inspector claims it and asks something.
async fn ask_them(world: &World, family: &Family, ana: &mut Colleague) {
    let address = format!("/staff/submissions/{}", family.reference(world).await);
    let page = ana.browser.open(&address).await;
    let page = ana.browser.press(page.form(say("reading.review.claim"))).await;
    let asking = page.form(say("asking.ask_do")).fill(say("asking.question"), "Which year was that?");
    ana.browser.press(asking).await.must_say(say("asking.waits"));
}
