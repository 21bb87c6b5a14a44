//! The first staff page says how long something waits that nobody has opened, wherever it belongs.

use heard::clock::{DAY, HOUR};
use heard::web::Role;

use super::sent::{EASTMERE, Part, add_later, make_areas, send};
use crate::browser::Page;
use crate::colleagues::join;
use crate::say;
use crate::world::{World, on_each_pair};

fn is_red(page: &Page) -> bool {
    let dangers = page.all("section").into_iter().filter(|section| section.attribute("class") == Some("danger"));
    dangers.into_iter().any(|section| section.text().contains(say("home.unopened_title")))
}

on_each_pair!(what_nobody_has_opened_is_seen_by_all_and_red_after_a_working_day, |world: World| async move {
    make_areas(&world).await;
    let mut sent = send(&world, &[], vec![Part::Words("Somewhere near the sea.", None)]).await;
    let mut triage = join(&world, Role::Triage).await;
    let page = triage.browser.open("/staff").await;
    page.must_say("opened by nobody yet: 1").must_say(say("home.waited_less")).must_not_say(say("home.unopened_late"));
    assert!(!is_red(&page));

    // It came on a Saturday evening. On Monday evening it is in time, on Tuesday it is late.
    world.clock.advance(2 * DAY);
    let mut lead = join(&world, Role::Lead).await;
    let page = lead.browser.open("/staff").await;
    page.must_say("waited for 2 days").must_not_say(say("home.unopened_late"));
    world.clock.advance(5 * HOUR);
    send(&world, &[EASTMERE], vec![Part::Words("Two councils.", None)]).await;
    for role in [Role::Inspector, Role::Lead, Role::Triage, Role::Safeguarding, Role::Admin] {
        let mut colleague = join(&world, role).await;
        let page = colleague.browser.open("/staff").await;
        page.must_say("opened by nobody yet: 2").must_say(say("home.unopened_late"));
        page.must_not_say(&sent.reference).must_not_say("Eastmere");
        assert!(is_red(&page), "{role:?}");
    }
    let mut intake = join(&world, Role::Intake).await;
    intake.browser.open("/staff").await.must_not_say(say("home.unopened_title"));

    // Somebody opens it; then something is added, which nobody has opened.
    let mut triage = join(&world, Role::Triage).await;
    triage.browser.open(&sent.page()).await.must_be(&sent.page(), 200);
    let page = triage.browser.open("/staff").await;
    page.must_say("opened by nobody yet: 1").must_not_say(say("home.unopened_late"));
    world.clock.advance(HOUR);
    add_later(&world, &mut sent, Part::Words("And more.", None)).await;
    let mut triage = join(&world, Role::Triage).await;
    triage.browser.open("/staff").await.must_say("opened by nobody yet: 2").must_say("for 1 hour.");
});
