//! The access matrix: every address × everybody who may come to it × what it is about. What was sent, with everything
//! that can become of it, has a matrix of its own: [`super::who_reads`].
//!
//! The table below says for every address who is let in, in this test's own words and not the program's. It fails when an
//! address is missing from it, when one is gone, and when anybody at all is let in or kept out against it. "Let in" means
//! past the guard and past the object's own check: what a form without its token then says does not matter here.

use std::collections::BTreeMap;

use heard::web::Role;
use hyper::Method;

use super::browser::{Browser, Filling, Page, Sent, wire};
use super::world::{Pair, World, run};
use super::{colleagues, family, say};

/// Who is let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum In {
    /// Everybody.
    Anyone,
    /// Whoever has a draft open.
    Draft,
    /// Whoever has a draft or something sent open.
    Sender,
    /// Whoever came by a child's own card; nobody in this test did.
    Card,
    /// Whoever has sent something, and chose that it may be looked at again; nobody in this test did.
    LooksAgain,
    /// Staff between the two steps of signing in, and those who are through.
    Half,
    /// Staff who have just used a one-time link; nobody in this test is.
    Joining,
    /// Staff of these roles, by their first letters: Admin, Lead, Reader (inspector), Triage, Safeguarding, iNtake.
    Staff(&'static str),
}

/// What the address is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum About {
    /// Nothing that belongs to somebody.
    Nothing,
    /// An evidence item of one family.
    Item,
    /// A file from a communication aid of one family.
    AidFile,
    /// A piece of writing of one family.
    Writing,
    /// A person who is said to be in something of one family.
    InFilm,
    /// A dated step that one family told.
    Step,
    /// A member of staff.
    Person,
    /// An inspection; only those who are on it, and those who manage inspections, know of it.
    Inspection,
    /// A one-time link: whoever has it may use it.
    Link,
    /// A style, script or picture.
    Asset,
    /// The sound of a page.
    Sound,
    /// A page's video in British Sign Language.
    Video,
    /// The queue of an inspection: only for those who are on it.
    Queue,
    /// A draft, by its reference: no member of staff may know of it.
    Submission,
    /// An item of a draft, asked for by staff.
    ItemOfDraft,
    /// An upload of one family.
    Upload,
    /// Something that is not there, such as another family's: the answer is the same for everybody.
    Missing,
}

const ALL: In = In::Staff("ALRTSN");
const READERS: In = In::Staff("LRTS");
pub const MATRIX: &[(&str, &str, In, About)] = &[
    ("GET", "/health/live", In::Anyone, About::Nothing),
    ("GET", "/health/ready", In::Anyone, About::Nothing),
    ("GET", "/assets/{name}", In::Anyone, About::Asset),
    ("GET", "/read-aloud/{list}", In::Anyone, About::Sound),
    ("GET", "/signed/{file}", In::Anyone, About::Video),
    ("GET", "/.well-known/security.txt", In::Anyone, About::Nothing),
    ("GET", "/", In::Anyone, About::Nothing),
    ("GET", "/help", In::Anyone, About::Nothing),
    ("GET", "/look", In::Anyone, About::Nothing),
    ("POST", "/look", In::Anyone, About::Nothing),
    ("GET", "/what-is-an-inspection", In::Anyone, About::Nothing),
    ("GET", "/who-can-help", In::Anyone, About::Nothing),
    ("GET", "/privacy", In::Anyone, About::Nothing),
    ("GET", "/accessibility", In::Anyone, About::Nothing),
    ("GET", "/safe-phone", In::Anyone, About::Nothing),
    ("POST", "/wording", In::Anyone, About::Nothing),
    ("GET", "/questions", In::Anyone, About::Nothing),
    ("GET", "/questions/device", In::Anyone, About::Nothing),
    ("GET", "/staff/questions", In::Staff("AL"), About::Nothing),
    ("POST", "/staff/questions", In::Staff("AL"), About::Nothing),
    ("POST", "/staff/questions/{id}/hide", In::Staff("AL"), About::Missing),
    ("POST", "/begin", In::Anyone, About::Nothing),
    ("GET", "/return", In::Anyone, About::Nothing),
    ("POST", "/return", In::Anyone, About::Nothing),
    ("GET", "/return/lost", In::Anyone, About::Nothing),
    ("POST", "/return/lost", In::Anyone, About::Nothing),
    ("GET", "/return/lost/asked", In::Anyone, About::Nothing),
    ("POST", "/leave", In::Anyone, About::Nothing),
    ("GET", "/finished", In::Anyone, About::Nothing),
    ("GET", "/finish", In::Sender, About::Nothing),
    ("POST", "/finish", In::Sender, About::Nothing),
    ("GET", "/tell", In::Draft, About::Nothing),
    ("GET", "/tell/name", In::Draft, About::Nothing),
    ("POST", "/tell/name", In::Draft, About::Nothing),
    ("GET", "/tell/phone", In::Sender, About::Nothing),
    ("POST", "/tell/phone", In::Sender, About::Nothing),
    ("GET", "/tell/code", In::Sender, About::Nothing),
    ("GET", "/tell/code/file", In::Sender, About::Nothing),
    ("GET", "/tell/record", In::Sender, About::Nothing),
    ("GET", "/tell/evidence", In::Sender, About::Nothing),
    ("POST", "/tell/evidence", In::Sender, About::Nothing),
    ("GET", "/tell/items/{id}", In::Sender, About::Item),
    ("POST", "/tell/items/{id}", In::Sender, About::Item),
    ("GET", "/tell/items/{id}/words", In::Sender, About::Item),
    ("POST", "/tell/items/{id}/words", In::Sender, About::Item),
    ("GET", "/tell/items/{id}/days", In::Sender, About::Item),
    ("POST", "/tell/items/{id}/days", In::Sender, About::Item),
    ("GET", "/tell/items/{id}/inside", In::Sender, About::AidFile),
    ("POST", "/tell/items/{id}/inside", In::Sender, About::AidFile),
    ("GET", "/tell/items/{id}/device", In::Sender, About::AidFile),
    ("POST", "/tell/items/{id}/device", In::Sender, About::AidFile),
    ("GET", "/tell/one", In::Draft, About::Nothing),
    ("POST", "/tell/one", In::Draft, About::Nothing),
    ("POST", "/tell/one/words", In::Draft, About::Nothing),
    ("GET", "/tell/one/about", In::Draft, About::Nothing),
    ("POST", "/tell/one/about", In::Draft, About::Nothing),
    ("GET", "/tell/who", In::Draft, About::Nothing),
    ("POST", "/tell/who", In::Draft, About::Nothing),
    ("GET", "/tell/area", In::Draft, About::Nothing),
    ("POST", "/tell/area", In::Draft, About::Nothing),
    ("GET", "/tell/communicate", In::Draft, About::Nothing),
    ("POST", "/tell/communicate", In::Draft, About::Nothing),
    ("GET", "/tell/communicate/paper", In::Draft, About::Nothing),
    ("GET", "/tell/communicate/before", In::Draft, About::Nothing),
    ("POST", "/tell/communicate/before", In::Draft, About::Nothing),
    ("GET", "/tell/helped", In::Draft, About::Nothing),
    ("POST", "/tell/helped", In::Draft, About::Nothing),
    ("GET", "/tell/helped/asked", In::Draft, About::Nothing),
    ("POST", "/tell/helped/asked", In::Draft, About::Nothing),
    ("GET", "/tell/helped/advocate", In::Draft, About::Nothing),
    ("POST", "/tell/helped/advocate", In::Draft, About::Nothing),
    ("GET", "/tell/how", In::Draft, About::Nothing),
    ("POST", "/tell/how", In::Draft, About::Nothing),
    ("GET", "/tell/permission", In::Draft, About::Nothing),
    ("POST", "/tell/permission", In::Draft, About::Nothing),
    ("GET", "/tell/contact", In::Draft, About::Nothing),
    ("POST", "/tell/contact", In::Draft, About::Nothing),
    ("GET", "/tell/before", In::Draft, About::Nothing),
    ("POST", "/tell/before", In::Draft, About::Nothing),
    ("GET", "/tell/dates", In::Draft, About::Nothing),
    ("POST", "/tell/dates", In::Draft, About::Nothing),
    ("GET", "/tell/dates/happened", In::Draft, About::Nothing),
    ("POST", "/tell/dates/happened", In::Draft, About::Nothing),
    ("GET", "/tell/area/list", In::Draft, About::Nothing),
    ("GET", "/tell/dates/add", In::Draft, About::Nothing),
    ("GET", "/tell/dates/{id}", In::Draft, About::Step),
    ("POST", "/tell/dates/{id}", In::Draft, About::Step),
    ("GET", "/tell/dates/{id}/remove", In::Draft, About::Step),
    ("POST", "/tell/dates/{id}/remove", In::Draft, About::Step),
    ("GET", "/tell/questions", In::Draft, About::Nothing),
    ("POST", "/tell/questions", In::Draft, About::Nothing),
    ("GET", "/tell/questions/{number}", In::Draft, About::Nothing),
    ("POST", "/tell/questions/{number}", In::Draft, About::Nothing),
    ("GET", "/tell/write", In::Sender, About::Nothing),
    ("POST", "/tell/write", In::Sender, About::Nothing),
    ("GET", "/tell/write/{id}", In::Sender, About::Writing),
    ("POST", "/tell/write/{id}", In::Sender, About::Writing),
    ("GET", "/staff/sign-in", In::Anyone, About::Nothing),
    ("POST", "/staff/sign-in", In::Anyone, About::Nothing),
    ("GET", "/staff/sign-in/code", In::Half, About::Nothing),
    ("POST", "/staff/sign-in/code", In::Half, About::Nothing),
    ("GET", "/staff/sign-in/recovery", In::Half, About::Nothing),
    ("POST", "/staff/sign-in/recovery", In::Half, About::Nothing),
    ("POST", "/staff/sign-out", In::Half, About::Nothing),
    ("GET", "/staff/join/{token}", In::Anyone, About::Link),
    ("POST", "/staff/join/{token}", In::Anyone, About::Link),
    ("GET", "/staff/setup/password", In::Joining, About::Nothing),
    ("POST", "/staff/setup/password", In::Joining, About::Nothing),
    ("GET", "/staff/setup/second-step", In::Joining, About::Nothing),
    ("POST", "/staff/setup/second-step", In::Joining, About::Nothing),
    ("GET", "/staff/account", ALL, About::Nothing),
    ("POST", "/staff/account/sessions/end", ALL, About::Nothing),
    ("GET", "/staff/account/password", ALL, About::Nothing),
    ("POST", "/staff/account/password", ALL, About::Nothing),
    ("GET", "/staff/account/recovery-codes", ALL, About::Nothing),
    ("POST", "/staff/account/recovery-codes", ALL, About::Nothing),
    ("POST", "/staff/account/recovery-codes/kept", ALL, About::Nothing),
    ("GET", "/staff/audit", In::Staff("AL"), About::Nothing),
    ("GET", "/staff/audit/check", In::Staff("AL"), About::Nothing),
    ("GET", "/staff/people", In::Staff("A"), About::Nothing),
    ("GET", "/staff/people/new", In::Staff("A"), About::Nothing),
    ("POST", "/staff/people/new", In::Staff("A"), About::Nothing),
    ("GET", "/staff/people/{id}", In::Staff("A"), About::Person),
    ("POST", "/staff/people/{id}/details", In::Staff("A"), About::Person),
    ("POST", "/staff/people/{id}/link", In::Staff("A"), About::Person),
    ("GET", "/staff/people/{id}/link", In::Staff("A"), About::Person),
    ("GET", "/staff/people/{id}/close", In::Staff("A"), About::Person),
    ("POST", "/staff/people/{id}/close", In::Staff("A"), About::Person),
    ("POST", "/staff/people/{id}/reopen", In::Staff("A"), About::Person),
    ("POST", "/staff/people/{id}/sessions/end", In::Staff("A"), About::Person),
    ("GET", "/staff/people/{id}/areas", In::Staff("A"), About::Person),
    ("POST", "/staff/people/{id}/areas/add", In::Staff("A"), About::Person),
    ("POST", "/staff/people/{id}/areas/remove", In::Staff("A"), About::Person),
    ("GET", "/staff", ALL, About::Nothing),
    ("GET", "/staff/uploads", In::Staff("A"), About::Nothing),
    ("GET", "/staff/preparing", In::Staff("A"), About::Nothing),
    ("POST", "/staff/preparing/{id}/again", In::Staff("A"), About::Missing),
    ("GET", "/staff/inspections", In::Staff("ALRS"), About::Nothing),
    ("GET", "/staff/inspections/new", In::Staff("AL"), About::Nothing),
    ("POST", "/staff/inspections/new", In::Staff("AL"), About::Nothing),
    ("GET", "/staff/inspections/{id}", In::Staff("ALRS"), About::Inspection),
    ("GET", "/staff/inspections/{id}/edit", In::Staff("AL"), About::Inspection),
    ("POST", "/staff/inspections/{id}/edit", In::Staff("AL"), About::Inspection),
    ("POST", "/staff/inspections/{id}/members", In::Staff("AL"), About::Inspection),
    ("POST", "/staff/inspections/{id}/members/remove", In::Staff("AL"), About::Inspection),
    ("GET", "/staff/lanes/area-not-known", In::Staff("TS"), About::Nothing),
    ("GET", "/staff/lanes/safeguarding", In::Staff("S"), About::Nothing),
    ("GET", "/staff/lanes/take-back", In::Staff("LTS"), About::Nothing),
    ("GET", "/staff/requests/{id}", In::Staff("LTS"), About::Missing),
    ("POST", "/staff/requests/{id}/decide", In::Staff("LTS"), About::Missing),
    ("POST", "/staff/requests/{id}/area", In::Staff("T"), About::Missing),
    ("GET", "/staff/lanes/said-no", In::Staff("L"), About::Nothing),
    ("GET", "/staff/items/{id}/decide", In::Staff("L"), About::ItemOfDraft),
    ("POST", "/staff/items/{id}/decide", In::Staff("L"), About::ItemOfDraft),
    ("GET", "/staff/cite/{reference}/{number}", READERS, About::Submission),
    ("GET", "/staff/inspections/{id}/queue", In::Staff("LRS"), About::Queue),
    ("GET", "/staff/items/{id}/board", READERS, About::ItemOfDraft),
    ("POST", "/staff/items/{id}/board", READERS, About::ItemOfDraft),
    ("GET", "/staff/items/{id}/board/page", READERS, About::ItemOfDraft),
    ("GET", "/staff/items/{id}/board/text", READERS, About::ItemOfDraft),
    ("GET", "/staff/items/{id}/custody", READERS, About::ItemOfDraft),
    ("GET", "/staff/items/{id}/words", READERS, About::ItemOfDraft),
    ("POST", "/staff/items/{id}/words", READERS, About::ItemOfDraft),
    ("GET", "/staff/items/{id}/captions", READERS, About::ItemOfDraft),
    ("GET", "/staff/items/{id}/translation", READERS, About::ItemOfDraft),
    ("POST", "/staff/items/{id}/translation", READERS, About::ItemOfDraft),
    ("POST", "/staff/translations/{id}/check", READERS, About::Missing),
    ("GET", "/staff/submissions/{reference}", READERS, About::Submission),
    ("POST", "/staff/flags/{id}/close", In::Staff("S"), About::Missing),
    ("POST", "/staff/submissions/{reference}/area", In::Staff("TS"), About::Submission),
    ("POST", "/staff/submissions/{reference}/close", READERS, About::Submission),
    ("POST", "/staff/submissions/{reference}/flags", READERS, About::Submission),
    ("POST", "/staff/submissions/{reference}/links", READERS, About::Submission),
    ("POST", "/staff/submissions/{reference}/links/undo", READERS, About::Submission),
    ("POST", "/staff/submissions/{reference}/questions", In::Staff("LRS"), About::Submission),
    ("POST", "/staff/submissions/{reference}/questions/take-back", In::Staff("LRS"), About::Submission),
    ("POST", "/staff/submissions/{reference}/notes", READERS, About::Submission),
    ("POST", "/staff/submissions/{reference}/review", In::Staff("LRS"), About::Submission),
    ("GET", "/tell/card", In::Sender, About::Nothing),
    ("POST", "/tell/card", In::Sender, About::Nothing),
    ("GET", "/tell/card/file", In::Card, About::Nothing),
    ("GET", "/own", In::Card, About::Nothing),
    ("GET", "/own/changed", In::Card, About::Nothing),
    ("POST", "/own/changed", In::Card, About::Nothing),
    ("GET", "/tell/say", In::Sender, About::Nothing),
    ("GET", "/tell/items/{id}/say", In::Sender, About::Item),
    ("POST", "/tell/items/{id}/say", In::Sender, About::Item),
    ("GET", "/tell/leave-out", In::Sender, About::Nothing),
    ("POST", "/tell/leave-out", In::Sender, About::Nothing),
    ("GET", "/tell/people", In::Sender, About::Nothing),
    ("GET", "/tell/items/{id}/people", In::Sender, About::Item),
    ("POST", "/tell/items/{id}/people", In::Sender, About::Item),
    ("GET", "/tell/people/{id}/left", In::Sender, About::InFilm),
    ("POST", "/tell/people/{id}/left", In::Sender, About::InFilm),
    ("GET", "/tell/check", In::Sender, About::Nothing),
    ("GET", "/tell/copy", In::Draft, About::Nothing),
    ("GET", "/tell/copy/file", In::Draft, About::Nothing),
    ("POST", "/tell/send", In::Sender, About::Nothing),
    ("GET", "/tell/items/{id}/remove", In::Sender, About::Item),
    ("POST", "/tell/items/{id}/remove", In::Sender, About::Item),
    ("GET", "/tell/take-back", In::Sender, About::Nothing),
    ("POST", "/tell/take-back", In::Sender, About::Nothing),
    ("POST", "/tell/take-back/undo", In::Sender, About::Nothing),
    ("GET", "/sent", In::Sender, About::Nothing),
    ("GET", "/sent/questions/{id}", In::Sender, About::Missing),
    ("POST", "/sent/questions/{id}", In::Sender, About::Missing),
    ("GET", "/sent/look", In::LooksAgain, About::Nothing),
    ("POST", "/sent/look", In::LooksAgain, About::Nothing),
    ("GET", "/staff/media/{id}", READERS, About::ItemOfDraft),
    ("GET", "/staff/originals/{id}", READERS, About::ItemOfDraft),
    ("POST", "/staff/originals/{id}", In::Staff("L"), About::ItemOfDraft),
    ("OPTIONS", "/uploads", In::Anyone, About::Nothing),
    ("OPTIONS", "/uploads/{id}", In::Anyone, About::Upload),
    ("GET", "/uploads", In::Sender, About::Nothing),
    ("POST", "/uploads", In::Sender, About::Nothing),
    ("HEAD", "/uploads/{id}", In::Sender, About::Upload),
    ("GET", "/uploads/{id}", In::Sender, About::Upload),
    ("PATCH", "/uploads/{id}", In::Sender, About::Upload),
    ("POST", "/uploads/{id}", In::Sender, About::Upload),
    ("DELETE", "/uploads/{id}", In::Sender, About::Upload),
];

pub fn letter(role: Role) -> char {
    match role {
        Role::Admin => 'A',
        Role::Lead => 'L',
        Role::Inspector => 'R',
        Role::Triage => 'T',
        Role::Safeguarding => 'S',
        Role::Intake => 'N',
    }
}

/// Somebody who comes to every address.
struct Visitor {
    name: String,
    who: Whom,
    browser: Browser,
    /// What proves that a form is theirs.
    proof: Vec<Sent>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whom {
    Nobody,
    /// With a cookie that no table knows.
    OldCookie,
    /// With a draft of their own, to which the objects of the table belong.
    OwnDraft,
    /// With a draft, but not the one that the objects belong to.
    OtherDraft,
    /// With something that was sent.
    Sent,
    HalfSignedIn,
    Staff(Role),
}

#[test]
fn every_address_is_in_the_matrix() {
    run(|| async {
        let world = World::begin(Pair::SqliteAndDisk).await;
        let table = heard::app::addresses(&world.intake);
        let there: Vec<(String, String)> =
            table.iter().map(|route| (route.method.to_string(), route.path.to_owned())).collect();
        let known: Vec<(String, String)> =
            MATRIX.iter().map(|(method, path, ..)| ((*method).to_owned(), (*path).to_owned())).collect();
        let missing: Vec<_> = there.iter().filter(|address| !known.contains(address)).collect();
        let gone: Vec<_> = known.iter().filter(|address| !there.contains(address)).collect();
        assert!(missing.is_empty(), "say in MATRIX who may come here: {missing:#?}");
        assert!(gone.is_empty(), "these are in MATRIX and not in the address table: {gone:#?}");
    });
}

#[test]
fn everybody_is_let_in_where_they_may_come_and_nowhere_else() {
    run(|| async {
        let videos = super::signed::a_folder_with("help");
        let contact = |settings: &mut heard::config::Settings| {
            settings.security_contact = Some("mailto:security@heard.example".into());
            settings.signed = Some(videos.path().to_owned());
        };
        let world = World::begin_with(Pair::SqliteAndDisk, contact).await;
        let (mut visitors, objects) = visitors(&world).await;
        let mut faults = Vec::new();
        // Leaving and beginning again need no token and end the visit, so they come last.
        let (leaving, staying): (Vec<_>, Vec<_>) =
            MATRIX.iter().copied().partition(|(_, path, ..)| ends_the_visit(path));
        for (method, path, who, about) in staying.into_iter().chain(leaving) {
            for visitor in &mut visitors {
                let address = with_object(path, objects.get(&about).map_or("", String::as_str));
                let mut browser = visitor.browser.clone();
                let should = may_come(visitor.who, who, about);
                // Whoever passes the guard and must be stopped by the object itself brings a form that is their own.
                let by_object = !should && passes_the_guard(visitor.who, who);
                let proof = if by_object { visitor.proof.as_slice() } else { &[] };
                let page = come(&mut browser, method, &address, proof).await;
                // A link's form is looked at before the link, and nobody here was given one.
                let no_form = about == About::Link && page.heading() == say("problem.expired_form.title");
                let is = was_let_in(&page) && !no_form;
                if is != should {
                    faults.push(format!(
                        "{} at {method} {path}: {} ({}, {:?})",
                        visitor.name,
                        if is { "let in" } else { "kept out" },
                        page.status,
                        page.heading()
                    ));
                }
            }
        }
        assert!(faults.is_empty(), "{faults:#?}");
    });
}

fn ends_the_visit(path: &str) -> bool {
    matches!(path, "/leave" | "/begin")
}

fn with_object(path: &str, id: &str) -> String {
    let parts = path.split('/').map(|part| match part {
        "{number}" => "1",
        part if part.starts_with('{') => id,
        part => part,
    });
    parts.collect::<Vec<_>>().join("/")
}

pub async fn come(browser: &mut Browser, method: &str, address: &str, proof: &[Sent]) -> Page {
    if address.starts_with("/uploads") {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        return browser.send_raw(method, address, &[("tus-resumable", "1.0.0")], wire::full("")).await;
    }
    if method == "GET" {
        return browser.get(address, &[]).await;
    }
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    browser
        .send_raw(
            Method::from_bytes(method.as_bytes()).expect("a method"),
            address,
            &headers,
            wire::full(wire::url_encoded(proof)),
        )
        .await
}

/// Kept out: led to the sign-in page or the receipt, or told that there is no visit, or no such page.
fn was_let_in(page: &Page) -> bool {
    if page.path().starts_with("/uploads") {
        // A program is told by the status alone. What it then lacks in headers does not matter here.
        return !matches!(page.status, 403 | 404);
    }
    let away = ["/staff/sign-in", "/sent", "/tell/dates"];
    let led_away = page.leads_to().is_some_and(|to| away.iter().any(|door| to.starts_with(door)));
    let kept_out = [
        "problem.not_found.title",
        "problem.no_visit.title",
        "problem.idle.title",
        "problem.already_sent.title",
        "account.link.over_title",
    ];
    !led_away && !kept_out.map(say).contains(&page.heading().as_str())
}

/// Whether only the object, or how far somebody is, can stop them.
fn passes_the_guard(whom: Whom, who: In) -> bool {
    match who {
        In::Joining => may_come(whom, In::Half, About::Nothing),
        In::LooksAgain => may_come(whom, In::Sender, About::Nothing),
        In::Card => false,
        other => may_come(whom, other, About::Nothing),
    }
}

fn may_come(whom: Whom, who: In, about: About) -> bool {
    match who {
        // A one-time link that nobody gave out is none, for everybody.
        In::Anyone => about != About::Link,
        In::LooksAgain | In::Joining | In::Card => false,
        In::Draft | In::Sender => match about {
            About::Nothing if whom == Whom::Sent => who == In::Sender,
            About::Nothing => matches!(whom, Whom::OwnDraft | Whom::OtherDraft),
            About::Missing => false,
            _ => whom == Whom::OwnDraft,
        },
        In::Half => matches!(whom, Whom::HalfSignedIn | Whom::Staff(_)),
        In::Staff(letters) => match whom {
            Whom::Staff(role) => letters.contains(letter(role)) && reaches(role, about),
            _ => false,
        },
    }
}

/// Whether somebody of this role, who is on no inspection, reaches the object.
fn reaches(role: Role, about: About) -> bool {
    match about {
        About::Inspection => matches!(role, Role::Admin | Role::Lead),
        About::Queue | About::Submission | About::ItemOfDraft | About::Missing => false,
        _ => true,
    }
}

async fn visitors(world: &World) -> (Vec<Visitor>, BTreeMap<About, String>) {
    let mut objects = BTreeMap::new();
    let mut own = family::begin(world).await;
    own.send_files(["voice.m4a", "boards.obz"].map(super::browser::File::fixture)).await;
    world.run_jobs().await;
    let items = own.items(world).await;
    let item = items[0].id.to_string();
    objects.insert(About::Item, item.clone());
    objects.insert(About::AidFile, items[1].id.to_string());
    objects.insert(About::Writing, a_piece_of_writing(&mut own.browser).await);
    objects.insert(About::InFilm, somebody_in_a_film(&mut own.browser, &item).await);
    objects.insert(About::Step, a_dated_step(&mut own.browser).await);
    objects.insert(About::ItemOfDraft, item);
    objects.insert(About::Submission, own.reference(world).await);
    objects.insert(About::Upload, an_upload(&mut own).await);
    objects.insert(About::Missing, heard::id::ItemId::new(world.clock.now()).to_string());
    objects.insert(About::Link, "A".repeat(43));
    objects.insert(About::Asset, an_asset(world).await);
    objects.insert(About::Sound, a_sound(world).await);
    objects.insert(About::Video, "help.mp4".into());
    let inspection = an_inspection(world).await;
    objects.insert(About::Queue, inspection.clone());
    objects.insert(About::Inspection, inspection);

    let mut old = world.browser();
    old.jar.take(&format!("heard={}; Path=/; HttpOnly; SameSite=Lax", "A".repeat(43)));
    old.jar.take(&format!("heard-staff={}; Path=/staff; HttpOnly; SameSite=Lax", "A".repeat(43)));
    let mut visitors = vec![
        visitor("nobody", Whom::Nobody, world.browser(), "").await,
        visitor("somebody with an old cookie", Whom::OldCookie, old, "").await,
        visitor("the family", Whom::OwnDraft, own.browser, "/tell/name").await,
        visitor("another family", Whom::OtherDraft, family::begin(world).await.browser, "/tell/name").await,
    ];
    let mut sent = family::begin(world).await;
    sent.send_files([super::browser::File::fixture("voice.mp3")]).await;
    let proof = own_form(&mut sent.browser, "/tell/name").await;
    let page = sent.browser.open("/tell/check").await;
    sent.browser.press(page.form_to("/tell/send")).await.must_be("/sent", 200);
    visitors.push(Visitor { name: "whoever sent".into(), who: Whom::Sent, browser: sent.browser, proof });
    for role in Role::ALL.iter().copied() {
        let colleague = colleagues::join(world, role).await;
        if role == Role::Intake {
            objects.insert(About::Person, colleague.id.to_string());
            let half = colleagues::half_sign_in(world, &colleague.email).await;
            visitors.push(visitor("somebody half signed in", Whom::HalfSignedIn, half, "/staff/sign-in/code").await);
        }
        visitors.push(visitor(role.name(), Whom::Staff(role), colleague.browser, "/staff/account").await);
    }
    (visitors, objects)
}

async fn visitor(name: &str, who: Whom, mut browser: Browser, own_page: &str) -> Visitor {
    let proof = own_form(&mut browser, own_page).await;
    Visitor { name: name.to_owned(), who, browser, proof }
}

/// What proves that a form is this browser's own, from a page where it has one.
pub async fn own_form(browser: &mut Browser, page: &str) -> Vec<Sent> {
    if page.is_empty() {
        return Vec::new();
    }
    let action = if page == "/staff/account" { "/staff/sign-out" } else { page };
    let form: Filling = browser.open(page).await.form_to(action);
    let fields = ["token", "draft"].into_iter();
    let proof: Vec<Sent> = fields.filter_map(|field| Some(Sent::Text(field.to_owned(), form.named(field)?))).collect();
    assert!(!proof.is_empty(), "{page} has a form with a token");
    proof
}

async fn an_upload(family: &mut family::Family) -> String {
    let headers = [("tus-resumable", "1.0.0"), ("upload-length", "100")];
    let begun = family.browser.send_raw(Method::POST, "/uploads", &headers, wire::full("")).await;
    let address = begun.leads_to().expect("an upload has an address");
    address.trim_start_matches("/uploads/").to_owned()
}

async fn a_piece_of_writing(browser: &mut Browser) -> String {
    let page = browser.open("/tell/write").await;
    let page = browser.press(page.form(say("write.save")).write_into_it("We waited.")).await;
    page.path().trim_start_matches("/tell/items/").to_owned()
}

async fn somebody_in_a_film(browser: &mut Browser, item: &str) -> String {
    let address = format!("/tell/items/{item}/people");
    let page = browser.open(&address).await;
    let page = browser.press(page.form_to(&address).fill(say("film.nickname"), "red")).await;
    let to = page.link("red changed their mind");
    to.trim_start_matches("/tell/people/").trim_end_matches("/left").to_owned()
}

async fn a_dated_step(browser: &mut Browser) -> String {
    let page = browser.open("/tell/dates/add").await;
    let filling = page.form_to("/tell/dates").fill(say("dates.what"), "A plan");
    let page = browser.press(filling).await;
    page.must_be("/tell/dates", 200);
    let links = page.all("a").into_iter().filter_map(|link| link.attribute("href").map(str::to_owned));
    let ids = links.filter_map(|to| to.strip_prefix("/tell/dates/").map(str::to_owned));
    ids.into_iter().find(|id| id.len() == 36).unwrap_or_else(|| panic!("no step in the list:\n{}", page.text()))
}

async fn an_asset(world: &World) -> String {
    let page = world.browser().open("/").await;
    let style = page.all("link").into_iter().find(|link| link.attribute("rel") == Some("stylesheet"));
    let address = style.expect("a page has a style").attribute("href").unwrap_or_default().to_owned();
    address.trim_start_matches("/assets/").to_owned()
}

async fn a_sound(world: &World) -> String {
    let page = world.browser().open("/").await;
    let player = page.all("audio").into_iter().next().expect("a page can be read aloud");
    player.attribute("src").unwrap_or_default().trim_start_matches("/read-aloud/").to_owned()
}

async fn an_inspection(world: &World) -> String {
    let mut lead = colleagues::join(world, Role::Lead).await.browser;
    let page = lead.open("/staff/inspections/new").await;
    let filling = page.form_to("/staff/inspections/new");
    let page = lead.press(super::colleagues::fill_in_an_inspection(filling, "Leeds")).await;
    let id = page.path().strip_prefix("/staff/inspections/").map(str::to_owned);
    id.unwrap_or_else(|| panic!("opening an inspection leads to it, not to {}:\n{}", page.url, page.text()))
}
