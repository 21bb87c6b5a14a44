//! The staff doors, as each role finds them, with something in every lane.

use heard::web::Role;
use heard::words::Wording;

use super::super::browser::{Browser, File};
use super::super::childs_say::{begin_in_northvale, film, send as send_it};
use super::super::colleagues::{self, Colleague, join};
use super::super::matrix::{About, In, MATRIX};
use super::super::review::sent::{NORTHVALE, Part, inspect, make_areas, send};
use super::super::say;
use super::super::world::World;
use super::{Objects, Reading, address_of, pages_of};

/// The staff doors, but for the one-time links and what follows from them, which `join` goes through.
pub fn doors() -> Vec<In> {
    let doors = MATRIX.iter().map(|(_, _, who, _)| *who);
    doors.filter(|who| matches!(who, In::Staff(_))).collect()
}

/// Reads every page that staff may open.
pub async fn read_all(world: &World) -> Reading {
    let mut reading = Reading::default();
    make_areas(world).await;
    let mut everybody = Vec::new();
    for role in Role::ALL {
        everybody.push(join(world, *role).await);
    }
    for colleague in &mut everybody {
        look(&mut reading, &mut colleague.browser, "nothing was sent", &Objects::new()).await;
    }
    let objects = something_is_sent(world, &mut everybody).await;
    for colleague in &mut everybody {
        look(&mut reading, &mut colleague.browser, "something was sent", &objects).await;
    }
    let said_no = a_child_said_no(world).await;
    for colleague in &mut everybody {
        look(&mut reading, &mut colleague.browser, "a child said no", &said_no).await;
    }
    for (state, said_with_a_device) in boards(world).await {
        look(&mut reading, &mut everybody[READER].browser, state, &said_with_a_device).await;
    }
    let mut nobody = world.browser();
    read_one(&mut reading, &mut nobody, "/staff/sign-in", "/staff/sign-in").await;
    let mut half = colleagues::half_sign_in(world, &everybody[0].email).await;
    read_one(&mut reading, &mut half, "/staff/sign-in/code", "/staff/sign-in/code").await;
    read_one(&mut reading, &mut half, "/staff/sign-in/recovery", "/staff/sign-in/recovery").await;
    reading
}

async fn read_one(reading: &mut Reading, browser: &mut Browser, name: &str, address: &str) {
    let page = browser.get(address, &[]).await;
    reading.take(&page, name, "signing in", Wording::Plain);
}

async fn look(reading: &mut Reading, browser: &mut Browser, state: &'static str, objects: &Objects) {
    for (_, path, ..) in pages_of(&doors()) {
        let Some(address) = address_of(path, objects) else { continue };
        let page = browser.get(&address, &[]).await;
        if page.is_html() && page.status == 200 {
            reading.take(&page, path, state, Wording::Plain);
        }
    }
}

/// Something of one area with an inspection, with a flag and a request to take it back.
async fn something_is_sent(world: &World, everybody: &mut [Colleague]) -> Objects {
    let mut objects = Objects::new();
    let people: Vec<&Colleague> = everybody.iter().collect();
    let inspection = inspect(world, NORTHVALE, &people).await;
    let parts = vec![Part::Words("We waited", None), Part::A(film("film.webm"))];
    let sent = send(world, &[NORTHVALE], parts).await;
    objects.insert(About::Queue, inspection.to_string());
    objects.insert(About::Inspection, inspection.to_string());
    objects.insert(About::Submission, sent.reference.clone());
    objects.insert(About::ItemOfDraft, sent.items[1].to_string());
    objects.insert(About::Person, everybody[0].id.to_string());
    let mut family = world.browser();
    let page = family.open("/return/lost").await;
    let asking = page.form(say("lost.ask")).fill(say("lost.words"), "My film");
    family.press(asking.fill(say("lost.reference"), &sent.reference)).await;
    world.run_jobs().await;
    objects.insert(About::Missing, a_request(everybody).await);
    let page = everybody[READER].browser.open(&sent.page()).await;
    let flag = page.form(say("flags.raise_do")).fill(say("flags.reason"), "Somebody is hurt");
    everybody[READER].browser.press(flag).await.must_say(say("flags.raised"));
    objects
}

/// A film that waits for a lead's decision.
async fn a_child_said_no(world: &World) -> Objects {
    let mut family = begin_in_northvale(world, vec![film("our-film.webm")]).await;
    let item = family.items(world).await[0].id.to_string();
    let address = format!("/tell/items/{item}/say");
    let page = family.browser.open(&address).await;
    family.browser.press(page.form_to(&address).choose(say("item.assent_is.no"))).await;
    send_it(world, &mut family).await;
    Objects::from([(About::ItemOfDraft, item), (About::Submission, family.reference(world).await)])
}

/// Files from communication aids: pages that could say something, and a record of what was said.
async fn boards(world: &World) -> Vec<(&'static str, Objects)> {
    let parts = ["boards.obz", "said.obl", "aac/snap-usage.sps"].map(|name| Part::A(File::fixture(name)));
    let sent = send(world, &[NORTHVALE], parts.into()).await;
    let states = ["a page set", "what was said with it", "a page set and what was said"];
    let items = sent.items.iter().map(|item| Objects::from([(About::ItemOfDraft, item.to_string())]));
    states.into_iter().zip(items).collect()
}

/// Where an inspector stands among all roles.
const READER: usize = 2;

/// The request that waits in the lane of requests.
async fn a_request(everybody: &mut [Colleague]) -> String {
    for colleague in everybody {
        let lane = colleague.browser.open("/staff/lanes/take-back").await;
        let found = lane.links().into_iter().find_map(|(_, to)| to.strip_prefix("/staff/requests/").map(str::to_owned));
        if let Some(id) = found {
            return id;
        }
    }
    panic!("nobody sees the request");
}
