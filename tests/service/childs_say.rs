//! The child's say: a no closes recordings at once, on every path and for every role, until a lead has written why; it is
//! never overridden by an adult; and each person in a film can withdraw alone.

use heard::clock::{MINUTE, SECOND};
use heard::db;
use heard::evidence::say::Wide;
use heard::evidence::say::store::record_by_card;
use heard::web::Role;
use hyper::Method;

use super::browser::File;
use super::colleagues::{Colleague, join};
use super::family::{self, Family};
use super::review::sent::{NORTHVALE, inspect, make_areas};
use super::say;
use super::world::{World, on_each_pair};

const AREA: &str = "insert into submission_area (submission_id, area_code, relation) values ($1, $2, 'lives')";

/// A short film that every browser plays.
pub fn film(name: &str) -> File {
    File::fixture("video.webm").named(name)
}

/// A family of Northvale that has told this much and sent nothing.
pub async fn begin_in_northvale(world: &World, files: Vec<File>) -> Family {
    let mut family = family::begin(world).await;
    let mut tx = world.site.db.write().await.expect("tx");
    db::run!(&mut tx, AREA, &family.submission, NORTHVALE).expect("an area");
    tx.commit().await.expect("commits");
    family.send_files(files).await;
    world.run_jobs().await;
    world.prepare().await;
    family
}

/// Sends what waits to be sent.
pub async fn send(world: &World, family: &mut Family) {
    let page = family.browser.open("/tell/check").await;
    family.browser.press(page.form_to("/tell/send")).await.must_be("/sent", 200);
    world.run_jobs().await;
    world.clock.advance(SECOND);
}

/// Everything about one item: where its bytes are.
struct Paths {
    media: String,
    original: String,
    page: String,
    decide: String,
    custody: String,
}

async fn paths(world: &World, family: &Family, number: usize) -> Paths {
    let id = family.items(world).await[number - 1].id.to_string();
    Paths {
        media: format!("/staff/media/{id}"),
        original: format!("/staff/originals/{id}"),
        page: format!("/staff/submissions/{}", family.reference(world).await),
        decide: format!("/staff/items/{id}/decide"),
        custody: format!("/staff/items/{id}/custody"),
    }
}

/// The family says with the code what the child says now about an item.
async fn child_says(world: &World, family: &mut Family, number: usize, answer: &str) -> super::browser::Page {
    let id = family.items(world).await[number - 1].id.to_string();
    let address = format!("/tell/items/{id}/say");
    let page = family.browser.open(&address).await;
    let page = family.browser.press(page.form_to(&address).choose(say(&format!("item.assent_is.{answer}")))).await;
    world.clock.advance(SECOND);
    page
}

/// No way to the bytes is open to any of these people.
async fn must_be_shut(people: &mut [Colleague], paths: &Paths) {
    for colleague in people {
        let browser = &mut colleague.browser;
        let mut answers = Vec::new();
        for headers in [&[][..], &[("range", "bytes=0-9")], &[("range", "bytes=5-9"), ("if-range", "\"other\"")]] {
            answers.push(browser.get(&paths.media, headers).await.status);
            answers.push(browser.get(&paths.original, headers).await.status);
        }
        answers.push(browser.status(Method::HEAD, &paths.media).await);
        answers.push(browser.status(Method::HEAD, &paths.original).await);
        assert_eq!(answers, [404; 8], "{}", colleague.name);
        let page = browser.open(&paths.page).await;
        for tag in ["video", "audio", "img"] {
            let shown = page.all(tag).iter().any(|element| {
                element.attribute("src").is_some_and(|address| address.starts_with(paths.media.as_str()))
            });
            assert!(!shown, "{} is shown a {tag}", colleague.name);
        }
        assert!(!page.links().iter().any(|(_, to)| *to == paths.original), "{} may download", colleague.name);
    }
}

async fn team(world: &World) -> Vec<Colleague> {
    make_areas(world).await;
    let mut people = Vec::new();
    for role in [Role::Inspector, Role::Lead, Role::Safeguarding] {
        people.push(join(world, role).await);
    }
    inspect(world, NORTHVALE, &people.iter().collect::<Vec<_>>()).await;
    people
}

on_each_pair!(a_no_after_sending_closes_every_path_at_once_until_a_lead_writes_why, |world: World| async move {
    let mut people = team(&world).await;
    let mut family = begin_in_northvale(&world, vec![film("us.webm")]).await;
    send(&world, &mut family).await;
    let paths = paths(&world, &family, 1).await;
    for colleague in &mut people {
        let played = colleague.browser.get(&paths.media, &[("range", "bytes=0-9")]).await;
        assert_eq!(played.status, 206, "{}", colleague.name);
        assert_eq!(colleague.browser.open(&paths.decide).await.status, 404);
    }

    // The sender says it with the code; the page shows nothing of what was sent.
    let page = family.browser.open("/tell/say").await;
    page.must_say("Item 1").must_not_say("us.webm");
    child_says(&world, &mut family, 1, "no").await.must_be("/tell/leave-out", 200);
    must_be_shut(&mut people, &paths).await;
    let lead = &mut people[1].browser;
    let page = lead.open(&paths.page).await;
    page.must_say(say("reading.item.said_no")).must_say(say("said_no.shut.child_said_no"));

    // A later yes, told by the adult, opens nothing.
    child_says(&world, &mut family, 1, "yes").await.must_be("/tell/say", 200);
    must_be_shut(&mut people, &paths).await;

    // Only a lead decides, and only in writing.
    assert_eq!(people[0].browser.open(&paths.decide).await.status, 404);
    let lead = &mut people[1].browser;
    let page = lead.open("/staff/lanes/said-no").await;
    assert!(page.links().iter().any(|(_, to)| *to == paths.decide), "{}", page.text());
    let page = lead.open(&paths.decide).await;
    let empty = page.form(say("said_no.do")).choose(say("said_no.may_open"));
    let page = lead.press(empty).await;
    page.must_say(say("said_no.reason_missing"));
    let closed = page.form(say("said_no.do")).choose(say("said_no.stays_closed"));
    lead.press(closed.fill(say("said_no.reason"), "Nothing new in it")).await.must_say("Nothing new in it");
    world.clock.advance(SECOND);
    must_be_shut(&mut people, &paths).await;
    let lead = &mut people[1].browser;
    lead.open("/staff/lanes/said-no").await.must_say(say("said_no.nothing"));
    let page = lead.open(&paths.decide).await;
    let open = page.form(say("said_no.do")).choose(say("said_no.may_open"));
    lead.press(open.fill(say("said_no.reason"), "A child may be in danger")).await.must_say("A child may be in danger");
    for colleague in &mut people {
        assert_eq!(colleague.browser.get(&paths.media, &[]).await.status, 200, "{}", colleague.name);
        let slip = colleague.browser.open(&paths.custody).await;
        slip.must_say("Nothing new in it").must_say("A child may be in danger").must_say("No (told on");
    }

    // The child says no again.
    child_says(&world, &mut family, 1, "no").await;
    must_be_shut(&mut people, &paths).await;
    assert!(people[1].browser.open("/staff/lanes/said-no").await.says("item 1"));
});

on_each_pair!(a_no_by_the_childs_own_card_wins_over_a_yes_of_the_adult, |world: World| async move {
    let mut people = team(&world).await;
    let mut family = begin_in_northvale(&world, vec![film("us.webm")]).await;
    child_says(&world, &mut family, 1, "yes").await;
    let before = family.browser.open("/tell/say").await.text();
    let mut tx = world.site.db.write().await.expect("tx");
    let key = world.site.keys.submission(&mut tx, &family.submission).await.expect("asks").expect("a key");
    let now = world.clock.now();
    record_by_card(&mut tx, &key, &family.submission, (Wide::NotInIt, "not me"), now).await.expect("kept");
    tx.commit().await.expect("commits");
    assert_eq!(family.browser.open("/tell/say").await.text(), before, "the adult's page tells nothing");
    family.browser.open("/tell/check").await.must_not_say(say("check.child_said_no")).must_not_say("not me");
    send(&world, &mut family).await;
    child_says(&world, &mut family, 1, "yes").await;
    let paths = paths(&world, &family, 1).await;
    must_be_shut(&mut people, &paths).await;
    let page = people[0].browser.open(&paths.page).await;
    page.must_say(say("said_no.by_card.not_in_it")).must_say("not me").must_say(say("reading.item.said_no"));
    let item = family.items(&world).await.remove(0);
    family.browser.open(&format!("/tell/items/{}/say", item.id)).await.must_not_say("not me");
});

on_each_pair!(a_sender_puts_an_answer_right_before_sending_and_staff_see_both, |world: World| async move {
    let mut people = team(&world).await;
    let mut family = begin_in_northvale(&world, vec![film("us.webm")]).await;
    child_says(&world, &mut family, 1, "no").await.must_say(say("say.own_words"));
    family.browser.open("/tell/check").await.must_say(say("check.child_said_no")).must_say(say("say.to_leave_out"));
    child_says(&world, &mut family, 1, "yes").await;
    send(&world, &mut family).await;
    let paths = paths(&world, &family, 1).await;
    assert_eq!(people[0].browser.get(&paths.media, &[]).await.status, 200);
    people[0].browser.open(&paths.page).await.must_say(say("said_no.put_right"));
});

const COUNT: &str = "select (select count(*) from child_said), (select count(*) from person_in_item)";

on_each_pair!(everything_that_shows_the_child_can_be_left_out_at_once, |world: World| async move {
    make_areas(&world).await;
    let mut family =
        begin_in_northvale(&world, vec![film("us.webm"), File::fixture("photo.jpg"), File::fixture("letter.txt")])
            .await;
    let page = child_says(&world, &mut family, 1, "no").await;
    page.must_be("/tell/leave-out", 200).must_say("Item 1").must_say("Item 2").must_not_say("Item 3");
    family.browser.press(page.form(say("say.out_all"))).await.must_be("/tell/say", 200);
    let left: Vec<i64> = family.items(&world).await.iter().map(|item| item.number).collect();
    assert_eq!(left, [3]);
    let mut tx = world.site.db.read().await.expect("tx");
    assert_eq!(db::one!(&mut tx, (i64, i64), COUNT).expect("counts"), (0, 0), "the answers went with it");
});

// The sample S10, "Our youth group film": five people, one of whom changed their mind after it was sent; a new cut without
// them follows.
on_each_pair!(one_of_five_young_people_leaves_the_film_and_a_new_cut_takes_its_place, |world: World| async move {
    let mut people = team(&world).await;
    let mut family = begin_in_northvale(&world, vec![film("Final FINAL (2).webm"), File::fixture("drawing.png")]).await;
    let item = family.items(&world).await[0].id.to_string();
    let address = format!("/tell/items/{item}/people");
    for nickname in ["red", "blue", "green", "gold", "pink"] {
        let page = family.browser.open(&address).await;
        let one = page.form_to(&address).fill(say("film.nickname"), nickname);
        family.browser.press(one.choose(say("film.permission_is.yes"))).await.must_say(nickname);
    }
    send(&world, &mut family).await;
    let old = paths(&world, &family, 1).await;
    assert_eq!(people[0].browser.get(&old.media, &[("range", "bytes=0-9")]).await.status, 206);
    people[0].browser.open(&old.page).await.must_say("pink");

    world.clock.advance(20 * MINUTE);
    let page = family.browser.open("/tell/people").await;
    let page = family.browser.follow(&page, "pink changed their mind").await;
    family.browser.press(page.form(say("film.ask_yes"))).await.must_say(say("film.closed_title"));
    must_be_shut(&mut people, &old).await;
    people[1].browser.open(&old.page).await.must_say(say("said_no.shut.person_left"));
    assert_eq!(people[1].browser.open(&old.decide).await.status, 404, "nobody decides it open");

    world.clock.advance(60 * SECOND);
    let page = family.send_files([film("film cut 2.webm")]).await;
    let filling = page.form(say("item.save")).select(say("film.replaces"), "Item 1: Video");
    family.browser.press(filling).await;
    world.run_jobs().await;
    world.prepare().await;
    send(&world, &mut family).await;
    let new = paths(&world, &family, 3).await;
    assert_eq!(people[0].browser.get(&new.media, &[]).await.status, 200);
    must_be_shut(&mut people, &old).await;
    let page = people[0].browser.open(&new.page).await;
    page.must_say("Item 3 takes its place.").must_say("It takes the place of item 1.");
});
