//! Who reaches what was sent: every address of something that was sent × every kind of colleague × everything that can
//! have become of it. The addresses and their roles are those of [`super::matrix`], so that a new one is in here at once.

use heard::evidence::Assent;
use heard::evidence::say::store::{Told, record};
use heard::evidence::transcript;
use heard::id::StaffId;
use heard::submission::answers::store::save_place_hidden;
use heard::web::Role;

use super::browser::{File, Sent as Field};
use super::colleagues::{Colleague, join, join_with};
use super::matrix::{About, In, MATRIX, come, letter, own_form};
use super::review::sent::{EASTMERE, NORTHVALE, Part, Sent, inspect, make_areas, send, staff_id, take_back};
use super::world::{World, on_each_pair};
use super::{family, say};

/// What became of something that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    /// It was never sent.
    Draft,
    /// It waits in the queue of Northvale's inspection.
    Waiting,
    /// Its area is not known.
    NoArea,
    /// Its area is not known, and people must not find out where the child lives.
    SecretPlace,
    /// Its sender took it back.
    TakenBack,
    /// It carries a safeguarding flag.
    Flagged,
    /// "I should not be seeing this": all of it is closed.
    Closed,
    /// The child said no to it.
    SaidNo,
}

/// Who comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    /// On Northvale's inspection.
    On,
    /// On Eastmere's only.
    Elsewhere,
    /// On both, and must never see Northvale.
    Never,
    /// On no inspection.
    Free,
}

struct Person {
    name: String,
    who: Who,
    role: Role,
    colleague: Colleague,
    proof: Vec<Field>,
}

/// The ends of addresses that tell what is in an item, as its bytes do.
const INSIDE: [&str; 3] = ["/board", "/words", "/captions"];

/// What this test says that somebody reaches, whatever the address.
fn reaches(person: &Person, what: What) -> bool {
    let on = person.who == Who::On;
    match what {
        What::Draft | What::TakenBack => false,
        What::Waiting | What::SaidNo => on,
        What::NoArea => person.role == Role::Triage,
        What::SecretPlace => person.role == Role::Safeguarding,
        What::Flagged => on || person.role == Role::Safeguarding,
        What::Closed => person.role == Role::Safeguarding,
    }
}

/// The same for one address: its roles, and what it asks for besides.
fn may_come(person: &Person, what: What, method: &str, path: &str, roles: &str) -> bool {
    let besides = match (method, path) {
        // A recording of a child who said no is given to nobody, and decided about by those who lead.
        (_, "/staff/media/{id}" | "/staff/originals/{id}") if what == What::SaidNo => false,
        (_, path) if INSIDE.iter().any(|end| path.contains(end)) && what == What::SaidNo => false,
        (_, "/staff/items/{id}/decide") => what == What::SaidNo,
        // Nothing here was checked for viruses, so an original is for leads alone.
        ("GET", "/staff/originals/{id}") => person.role == Role::Lead,
        // Triage gives an area; where the place is a secret, safeguarding does.
        ("POST", "/staff/submissions/{reference}/area") => person.role == Role::Triage || what == What::SecretPlace,
        // A review belongs to an inspection and whoever is on it.
        ("POST", "/staff/submissions/{reference}/review") => person.who == Who::On,
        _ => true,
    };
    roles.contains(letter(person.role)) && reaches(person, what) && besides
}

fn addresses() -> Vec<(&'static str, &'static str, &'static str)> {
    let rows = MATRIX.iter().filter(|(.., about)| matches!(about, About::Submission | About::ItemOfDraft));
    rows.map(|(method, path, who, _)| match who {
        In::Staff(roles) => (*method, *path, *roles),
        other => panic!("{path} is for {other:?}, and is about something that was sent"),
    })
    .collect()
}

async fn people(world: &World) -> (Vec<Person>, String) {
    let mut people = Vec::new();
    for role in Role::ALL.iter().copied() {
        people.push((Who::Free, role, join(world, role).await));
    }
    for role in [Role::Inspector, Role::Lead, Role::Safeguarding] {
        people.push((Who::On, role, join(world, role).await));
    }
    people.push((Who::Elsewhere, Role::Inspector, join(world, Role::Inspector).await));
    people.push((Who::Never, Role::Inspector, join_with(world, Role::Inspector, &[NORTHVALE]).await));
    let of = |wanted: &[Who]| {
        people.iter().filter(|(who, ..)| wanted.contains(who)).map(|(.., colleague)| colleague).collect::<Vec<_>>()
    };
    let inspection = inspect(world, NORTHVALE, &of(&[Who::On, Who::Never])).await;
    inspect(world, EASTMERE, &of(&[Who::Elsewhere, Who::Never])).await;
    let mut ready = Vec::new();
    for (who, role, mut colleague) in people {
        let proof = own_form(&mut colleague.browser, "/staff/account").await;
        ready.push(Person { name: format!("{} ({who:?})", role.name()), who, role, colleague, proof });
    }
    (ready, inspection.to_string())
}

async fn a_draft(world: &World) -> Sent {
    let mut family = family::begin(world).await;
    family.send_files(["photo.jpg", "boards.obz"].map(File::fixture)).await;
    world.run_jobs().await;
    let items = family.items(world).await.into_iter().map(|item| item.id).collect();
    Sent { id: family.submission.clone(), reference: family.reference(world).await, items }
}

async fn everything(world: &World, people: &mut [Person]) -> Vec<(What, Sent)> {
    let photo = || ["photo.jpg", "boards.obz"].map(|name| Part::A(File::fixture(name))).into();
    let secret = send(world, &[], photo()).await;
    let mut tx = world.site.db.write().await.expect("tx");
    save_place_hidden(&mut tx, &secret.id, true).await.expect("saves");
    tx.commit().await.expect("commits");
    let taken_back = send(world, &[NORTHVALE], photo()).await;
    take_back(world, &taken_back).await;
    let (flagged, closed) = (send(world, &[NORTHVALE], photo()).await, send(world, &[NORTHVALE], photo()).await);
    let reader = people.iter_mut().find(|person| person.who == Who::On && person.role == Role::Inspector);
    let browser = &mut reader.expect("an inspector is on it").colleague.browser;
    let page = browser.open(&flagged.page()).await;
    let flag = page.form(say("flags.raise_do")).fill(say("flags.reason"), "Somebody is hurt");
    browser.press(flag).await.must_say(say("flags.raised"));
    let page = browser.open(&closed.page()).await;
    browser.press(page.form(say("flags.close_all"))).await.must_say(say("flags.closed_title"));
    vec![
        (What::Draft, a_draft(world).await),
        (What::Waiting, send(world, &[NORTHVALE], photo()).await),
        (What::NoArea, send(world, &[], photo()).await),
        (What::SecretPlace, secret),
        (What::TakenBack, taken_back),
        (What::Flagged, flagged),
        (What::Closed, closed),
        (What::SaidNo, said_no(world, send(world, &[NORTHVALE], photo()).await).await),
    ]
}

/// Somebody wrote down what is to be read on the photo.
async fn write_down(world: &World, sent: &Sent, writer: &StaffId) {
    let mut tx = world.site.db.write().await.expect("tx");
    let key = world.site.keys.submission(&mut tx, &sent.id).await.expect("asks").expect("a key");
    let of = (&sent.id, &sent.items[0]);
    let added = transcript::add(&mut tx, &key, of, "0:01 Stop", Some(writer), world.clock.now()).await;
    assert_eq!(added.expect("adds"), Some(1));
    tx.commit().await.expect("commits");
}

/// The child says no to both things in it.
async fn said_no(world: &World, sent: Sent) -> Sent {
    let now = world.clock.now();
    let mut tx = world.site.db.write().await.expect("tx");
    let key = world.site.keys.submission(&mut tx, &sent.id).await.expect("asks").expect("a key");
    for item in &sent.items {
        let item = heard::evidence::store::find(&mut tx, item).await.expect("asks").expect("an item");
        let told = Told { answer: Some(Assent::No), ..Told::default() };
        assert!(record(&mut tx, &key, &item, &told, now).await.expect("is kept"));
    }
    tx.commit().await.expect("commits");
    sent
}

on_each_pair!(everybody_reaches_what_was_sent_as_far_as_their_work_goes, |world: World| async move {
    make_areas(&world).await;
    let (mut people, inspection) = people(&world).await;
    let everything = everything(&world, &mut people).await;
    world.prepare().await;
    let writer = staff_id(&world, &people[0].colleague).await;
    for (_, sent) in &everything {
        write_down(&world, sent, &writer).await;
    }
    let addresses = addresses();
    assert!(addresses.len() >= 11, "the addresses of what was sent are in the matrix: {addresses:?}");
    let (mut faults, mut let_in) = (Vec::new(), 0);
    for (what, sent) in &everything {
        for (method, path, roles) in &addresses {
            // A photo, and a page set of a communication aid.
            let item = &sent.items[usize::from(path.contains("/board"))];
            let address =
                path.replace("{reference}", &sent.reference).replace("{number}", "1").replace("{id}", item.as_str());
            for person in &mut people {
                let should = may_come(person, *what, method, path, roles);
                // Closing is one press and no question, so whoever may do it sends a form without its token.
                let closes = path.ends_with("/close") && should;
                let mut form = if closes { Vec::new() } else { person.proof.clone() };
                form.push(Field::Text("inspection".into(), inspection.clone()));
                let page = come(&mut person.colleague.browser, method, &address, &form).await;
                let is = page.status != 404;
                let_in += usize::from(is);
                if is != should {
                    let word = if is { "let in" } else { "kept out" };
                    faults.push(format!("{} at {method} {path}, {what:?}: {word} ({})", person.name, page.status));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
    assert!(let_in > 40, "somebody reads what was sent: {let_in}");
});
