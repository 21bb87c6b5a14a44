//! The lane "area not known": triage reads, finds out, and places.

use heard::web::Role;

use super::sent::{NORTHVALE, Part, inspect, make_areas, send};
use crate::colleagues::join;
use crate::say;
use crate::world::{World, on_each_pair};

on_each_pair!(triage_places_what_came_without_an_area, |world: World| async move {
    make_areas(&world).await;
    let mut triage = join(&world, Role::Triage).await;
    let mut ana = join(&world, Role::Inspector).await;
    let inspection = inspect(&world, NORTHVALE, &[&ana]).await;
    let sent = send(&world, &[], vec![Part::Words("Near the big school in Northvale.", None)]).await;
    assert_eq!(ana.browser.open(&sent.page()).await.status, 404);
    let lane = triage.browser.open("/staff/lanes/area-not-known").await;
    lane.must_say(&sent.reference).must_say(say("lane.not_asked"));
    let page = triage.browser.open(&sent.page()).await;
    page.must_say("Near the big school");
    let page = triage.browser.press(page.form(say("reading.place.do"))).await;
    assert_eq!(page.status, 422);
    page.must_say(say("reading.place.area_missing")).must_say(say("reading.place.reason_missing"));
    let place = page.form(say("reading.place.do")).select(say("reading.place.area"), "Northvale (Made up)");
    let lane = triage.browser.press(place.fill(say("reading.place.reason"), "They name the school")).await;
    lane.must_say("has an area now");
    world.run_jobs().await;
    let queue = ana.browser.open(&format!("/staff/inspections/{inspection}/queue")).await;
    queue.must_say(&sent.reference);
    // It is not triage's any more.
    assert_eq!(triage.browser.open(&sent.page()).await.status, 404);
});
