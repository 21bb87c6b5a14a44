//! What nobody sees: taken back, in a closed area, of another inspection, or closed by one press.

use heard::web::Role;

use super::sent::{EASTMERE, NORTHVALE, Part, Sent, inspect, make_areas, send, take_back};
use crate::browser::File;
use crate::colleagues::{Colleague, join, join_with};
use crate::say;
use crate::world::{World, on_each_pair};

/// Every address that leads to something that was sent.
fn addresses(sent: &Sent) -> Vec<String> {
    let item = &sent.items[0];
    vec![
        sent.page(),
        format!("/staff/cite/{}/1", sent.reference),
        format!("/staff/items/{item}/custody"),
        format!("/staff/media/{item}"),
        format!("/staff/originals/{item}"),
    ]
}

async fn must_not_find(colleague: &mut Colleague, sent: &Sent) {
    for address in addresses(sent) {
        let page = colleague.browser.open(&address).await;
        assert_eq!(page.status, 404, "{} is there for {}", address, colleague.name);
        page.must_not_say(&sent.reference);
    }
}

on_each_pair!(what_is_taken_back_vanishes_at_once, |world: World| async move {
    make_areas(&world).await;
    let mut ana = join(&world, Role::Inspector).await;
    let mut safe = join(&world, Role::Safeguarding).await;
    let inspection = inspect(&world, NORTHVALE, &[&ana]).await;
    let sent = send(&world, &[NORTHVALE], vec![Part::A(File::fixture("photo.jpg"))]).await;
    let flagged = send(&world, &[NORTHVALE], vec![Part::Words("He hits me.", None)]).await;
    let page = ana.browser.open(&flagged.page()).await;
    let flag = page.form(say("flags.raise_do")).fill(say("flags.reason"), "It says that he is hit");
    ana.browser.press(flag).await.must_say(say("flags.raised"));
    world.prepare().await;
    assert_eq!(ana.browser.get(&sent.media(1), &[]).await.status, 200);
    take_back(&world, &sent).await;
    take_back(&world, &flagged).await;
    let queue = ana.browser.open(&format!("/staff/inspections/{inspection}/queue?tab=all")).await;
    queue.must_say("All: 0").must_not_say(&sent.reference).must_not_say(&flagged.reference);
    must_not_find(&mut ana, &sent).await;
    must_not_find(&mut ana, &flagged).await;
    must_not_find(&mut safe, &sent).await;
    // What carries a flag stays with safeguarding, and only with them.
    let lane = safe.browser.open("/staff/lanes/safeguarding").await;
    lane.must_say(&flagged.reference).must_say("It says that he is hit").must_say(say("flags.lane.withdrawn"));
    let page = safe.browser.open(&flagged.page()).await;
    page.must_say("He hits me.").must_say("took this back");
    let outcome = page.form(say("flags.close.do")).fill(say("flags.close.outcome"), "Told the council today");
    safe.browser.press(outcome).await.must_say(say("flags.lane.closed")).must_not_say(&flagged.reference);
});

on_each_pair!(nobody_reads_what_is_not_theirs, |world: World| async move {
    make_areas(&world).await;
    let ana = join(&world, Role::Inspector).await;
    let mut other = join(&world, Role::Inspector).await;
    let mut never = join_with(&world, Role::Inspector, &[NORTHVALE]).await;
    let mut lead = join(&world, Role::Lead).await;
    let northvale = inspect(&world, NORTHVALE, &[&ana, &never]).await;
    let eastmere = inspect(&world, EASTMERE, &[&other, &never]).await;
    let sent = send(&world, &[NORTHVALE], vec![Part::A(File::fixture("photo.jpg"))]).await;
    // A second area does not open what a closed area closes.
    let both = send(&world, &[EASTMERE, NORTHVALE], vec![Part::A(File::fixture("photo.jpg"))]).await;
    world.prepare().await;
    must_not_find(&mut other, &sent).await;
    must_not_find(&mut lead, &sent).await;
    must_not_find(&mut never, &sent).await;
    must_not_find(&mut never, &both).await;
    let queue = never.browser.open(&format!("/staff/inspections/{eastmere}/queue?tab=all")).await;
    queue.must_say("All: 0").must_not_say(&both.reference);
    for colleague in [&mut other, &mut never, &mut lead] {
        let address = format!("/staff/inspections/{northvale}/queue");
        colleague.browser.open(&address).await.must_be(&address, 404);
    }
    other.browser.open(&both.page()).await.must_be(&both.page(), 200);
    for role in [Role::Admin, Role::Intake, Role::Triage, Role::Safeguarding] {
        let mut colleague = join(&world, role).await;
        must_not_find(&mut colleague, &sent).await;
    }
});

on_each_pair!(one_press_closes_it_for_everyone, |world: World| async move {
    make_areas(&world).await;
    let mut ana = join(&world, Role::Inspector).await;
    let mut ben = join(&world, Role::Inspector).await;
    let mut safe = join(&world, Role::Safeguarding).await;
    let inspection = inspect(&world, NORTHVALE, &[&ana, &ben]).await;
    let parts = vec![Part::A(File::fixture("photo.jpg")), Part::Words("The rest.", None)];
    let sent = send(&world, &[NORTHVALE], parts).await;
    world.prepare().await;
    assert_eq!(ben.browser.get(&sent.media(1), &[]).await.status, 200);
    let page = ana.browser.open(&sent.page()).await;
    let press = page.form("I should not be seeing this: close item 1");
    ana.browser.press(press).await.must_say(say("flags.closed_title"));
    for colleague in [&mut ana, &mut ben] {
        assert_eq!(colleague.browser.open(&sent.media(1)).await.status, 404);
        let page = colleague.browser.open(&sent.page()).await;
        page.must_say("The rest.").must_not_say("Item 1");
    }
    // Safeguarding opens it again; then somebody closes all of it.
    let page = safe.browser.open(&sent.page()).await;
    page.must_say(say("reading.item.closed"));
    let outcome = page.form(say("flags.close.do")).fill(say("flags.close.outcome"), "It may be seen");
    safe.browser.press(outcome.choose(say("flags.close.open_again"))).await;
    let page = ben.browser.open(&sent.page()).await;
    page.must_say("Item 1");
    ben.browser.press(page.form(say("flags.close_all"))).await.must_say(say("flags.closed_title"));
    must_not_find(&mut ana, &sent).await;
    let queue = ana.browser.open(&format!("/staff/inspections/{inspection}/queue?tab=all")).await;
    queue.must_not_say(&sent.reference);
    safe.browser.open("/staff/lanes/safeguarding").await.must_say(&sent.reference);
});
