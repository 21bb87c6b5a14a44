//! Inspections: who opens one, who is put on it, and who never hears of it.

use heard::web::Role;

use super::browser::{Browser, Page};
use super::colleagues::{self, Colleague};
use super::say;
use super::world::{World, on_each_pair};

/// Leeds, by its code.
const LEEDS: &str = "E08000035";

async fn open_for_leeds(browser: &mut Browser) -> Page {
    let page = browser.open("/staff/inspections/new").await;
    let filling = page
        .form(say("inspections.open"))
        .select(say("inspections.area"), "Leeds")
        .choose(say("inspection_kind.full"))
        .fill(say("inspections.name"), "Leeds, November 2026");
    browser.press(filling).await
}

async fn put_on(browser: &mut Browser, page: &Page, colleague: &Colleague, role: &str) -> Page {
    let choice = format!("{} ({})", colleague.name, say(role));
    let filling = page.form(say("inspections.add")).select(say("inspections.person"), &choice);
    browser.press(filling).await
}

on_each_pair!(a_lead_opens_an_inspection_and_its_team_sees_it, async |world: World| {
    let mut lead = colleagues::join(&world, Role::Lead).await;
    let mut ana = colleagues::join(&world, Role::Inspector).await;
    let page = open_for_leeds(&mut lead.browser).await;
    assert_eq!((page.status, page.heading().as_str()), (200, "Leeds, November 2026"));
    let here = page.path().to_owned();
    ana.browser.open(&here).await.must_be(&here, 404);
    ana.browser.open("/staff/inspections").await.must_not_say("Leeds, November 2026");
    let page = put_on(&mut lead.browser, &page, &ana, "staff_role.inspector").await;
    page.must_be(&here, 200).must_say(&ana.name);
    ana.browser.open(&here).await.must_be(&here, 200);
    ana.browser.open("/staff").await.must_say("Leeds, November 2026");
    // Only those who manage may change it.
    ana.browser.open(&format!("{here}/edit")).await.must_be(&format!("{here}/edit"), 404);
    // Taken off, it is gone for her at once.
    let page = lead.browser.open(&here).await;
    let remove = say("inspections.remove").replace("{name}", &ana.name);
    lead.browser.press(page.form(&remove)).await;
    ana.browser.open(&here).await.must_be(&here, 404);
});

on_each_pair!(an_area_that_somebody_must_never_see_is_closed_whoever_puts_them_on_it, async |world: World| {
    let mut admin = colleagues::join(&world, Role::Admin).await;
    let mut ben = colleagues::join_with(&world, Role::Inspector, &[LEEDS]).await;
    let mut lead = colleagues::join_with(&world, Role::Lead, &[LEEDS]).await;
    let mut ana = colleagues::join(&world, Role::Inspector).await;
    let page = open_for_leeds(&mut admin.browser).await;
    let here = page.path().to_owned();
    // Ben is not offered, and not taken either.
    page.must_not_say(&ben.name.clone());
    let page = put_on(&mut admin.browser, &page, &ana, "staff_role.inspector").await;
    let people = admin.browser.open("/staff/people").await;
    let id = people.link(&ben.name).rsplit('/').next().expect("an address has parts").to_owned();
    let filling = page.form(say("inspections.add")).tamper("staff", &id);
    let refused = admin.browser.press(filling).await;
    refused.must_be(&format!("{here}/members"), 422).must_say(say("inspections.not_this_person"));
    // A lead whom it is closed to does not hear of it, and cannot open one for it.
    lead.browser.open(&here).await.must_be(&here, 404);
    lead.browser.open("/staff/inspections").await.must_not_say("Leeds, November 2026");
    let page = lead.browser.open("/staff/inspections/new").await;
    page.must_not_say("Leeds");
    // Closing the area to Ana takes it from her with her next request.
    ana.browser.open(&here).await.must_be(&here, 200);
    let people = admin.browser.open("/staff/people").await;
    let page = admin.browser.open(&people.link(&ana.name)).await;
    let page = admin.browser.follow(&page, say("people.change_never")).await;
    let filling = page.form(say("inspections.never_add")).select(say("inspections.area"), "Leeds");
    admin.browser.press(filling).await.must_say("Leeds");
    ana.browser.open(&here).await.must_be(&here, 404);
    ben.browser.open(&here).await.must_be(&here, 404);
});

on_each_pair!(what_staff_did_is_written_down_and_can_be_checked, async |world: World| {
    let mut lead = colleagues::join(&world, Role::Lead).await;
    let mut ana = colleagues::join(&world, Role::Inspector).await;
    open_for_leeds(&mut lead.browser).await;
    let page = lead.browser.open("/staff/audit").await;
    page.must_say(say("audit_action.inspection.opened")).must_say(say("audit_action.staff.second_step_set"));
    let page = lead.browser.press(page.form(say("audit.find")).select(say("audit.who"), &ana.name)).await;
    page.must_say(&ana.name).must_not_say(say("audit_action.inspection.opened"));
    let page = lead.browser.open("/staff/audit/check").await;
    page.must_say(say("audit.head"));
    ana.browser.open("/staff/audit").await.must_be("/staff/audit", 404);
});

on_each_pair!(a_date_that_makes_no_sense_is_asked_again_and_nothing_is_lost, async |world: World| {
    let mut lead = colleagues::join(&world, Role::Lead).await;
    let page = lead.browser.open("/staff/inspections/new").await;
    let filling = page
        .form(say("inspections.open"))
        .choose(say("inspection_kind.monitoring"))
        .fill(say("inspections.name"), "Kept in the form")
        .tamper("call-from-year", "2026");
    let page = lead.browser.press(filling).await;
    page.must_be("/staff/inspections/new", 422);
    let errors = page.errors();
    assert!(errors.contains(&say("inspections.no_area").to_owned()), "{errors:?}");
    assert!(errors.contains(&say("inspections.no_day").to_owned()), "{errors:?}");
    let mut filling = page.form(say("inspections.open"));
    assert_eq!(filling.value(say("inspections.name")), "Kept in the form");
    assert!(filling.is_chosen(say("inspection_kind.monitoring")));
});
