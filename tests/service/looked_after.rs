//! A fostered boy and two councils (S04): both areas' inspections hold what was sent, and nobody but a lead and
//! safeguarding learns where he lives. Each path by role, on both databases.

use heard::web::Role;

use super::browser::{Browser, File, Page};
use super::colleagues::{Colleague, join};
use super::family::{self, Family};
use super::review::sent::{EASTMERE, NORTHVALE, inspect, make_areas};
use super::review::strip::must_come_in_order;
use super::say;
use super::world::{World, on_each_pair};

const WORDS: &str = "He thinks it is his fault. It is not.";
const PLACE: &str = "the flat above the bakery";

/// Chooses an area by its name, as a first or a second one.
async fn choose_area(browser: &mut Browser, button: &str, name: &str) {
    let page = browser.open("/tell/area").await;
    let page = browser.press(page.form(button).fill(say("area.search"), name)).await;
    browser.press(page.form(say("area.confirm_yes"))).await.must_be("/tell/area", 200).must_say(name);
}

async fn hide_the_place(browser: &mut Browser) {
    let page = browser.open("/tell/area").await;
    let form = page.form(say("area.hide_save")).choose_in(say("area.hide"), say("area.hide_is.yes"));
    browser.press(form).await.must_be("/tell/area", 200).must_say(say("area.hidden"));
}

/// A foster carer tells: Northvale is home, Eastmere is in charge.
async fn tell(world: &World, areas: bool) -> Family {
    let mut family = family::begin(world).await;
    let browser = &mut family.browser;
    let page = browser.open("/tell/who").await;
    browser.press(page.form_to("/tell/who").choose(say("who.role_is.foster_or_kinship_carer"))).await;
    if areas {
        choose_area(browser, say("area.find"), "Northvale").await;
        choose_area(browser, say("area.second_find"), "Eastmere").await;
    } else {
        let page = browser.open("/tell/area").await;
        browser.press(page.form(say("area.words_save")).fill(say("area.words"), PLACE)).await;
    }
    hide_the_place(browser).await;
    let page = browser.open("/tell/how").await;
    let form = page.form(say("how.save")).choose_in(say("how.place"), say("how.place_is.home"));
    browser.press(form.fill(say("how.place_more"), PLACE)).await;
    let page = browser.open("/tell/permission").await;
    let form = page
        .form(say("permission.save"))
        .choose_in(say("permission.decides"), say("permission.decides_is.council"))
        .choose_in(say("permission.reply"), say("permission.yes"));
    browser.press(form).await;
    let page = browser.open("/tell/contact").await;
    let form = page
        .form(say("contact.save"))
        .choose(say("contact.way_post"))
        .choose_in(say("contact.safe"), say("contact.safe_yes"))
        .fill(say("contact.address"), PLACE);
    browser.press(form).await.must_be("/tell", 200);
    let page = browser.open("/tell/write").await;
    browser.press(page.form_to("/tell/write").fill(say("write.text"), WORDS)).await;
    family.send_files([File::fixture("photo.jpg")]).await;
    world.run_jobs().await;
    world.prepare().await;
    let page = family.browser.open("/tell/check").await;
    page.must_say(say("check.hidden")).must_say(PLACE);
    family.browser.press(page.form_to("/tell/send")).await.must_be("/sent", 200);
    world.run_jobs().await;
    family
}

/// Nothing on the page says where he lives.
fn must_say_no_place(page: &Page, places: &[&str]) {
    for place in places {
        page.must_not_say(place);
    }
}

struct Readers {
    at_home: Colleague,
    in_charge: Colleague,
    lead: Colleague,
    safeguarding: Colleague,
    admin: Colleague,
}

on_each_pair!(only_a_lead_and_safeguarding_learn_where_he_lives, |world: World| async move {
    make_areas(&world).await;
    let mut readers = Readers {
        at_home: join(&world, Role::Inspector).await,
        in_charge: join(&world, Role::Inspector).await,
        lead: join(&world, Role::Lead).await,
        safeguarding: join(&world, Role::Safeguarding).await,
        admin: join(&world, Role::Admin).await,
    };
    let on_home = [&readers.at_home, &readers.lead];
    let home = inspect(&world, NORTHVALE, &on_home).await;
    let other = inspect(&world, EASTMERE, &[&readers.in_charge, &readers.lead]).await;
    let family = tell(&world, true).await;
    let reference = family.reference(&world).await;
    let items = family.items(&world).await;
    let (page, photo) = (format!("/staff/submissions/{reference}"), &items[1].id);

    // Both areas' inspections hold it, and neither queue says which of them is home.
    for (reader, inspection) in [(&mut readers.at_home, &home), (&mut readers.in_charge, &other)] {
        let queue = reader.browser.open(&format!("/staff/inspections/{inspection}/queue")).await;
        queue.must_say(&reference).must_say("Waiting: 1").must_not_say(PLACE).must_not_say(say("reading.place_hidden"));
        let row = queue.all("tbody").pop().expect("a row").text();
        assert!(!row.contains("Northvale") && !row.contains("Eastmere"), "{row}");
    }
    // Somebody works on it in each, and the history names no other team's area.
    for reader in [&mut readers.at_home, &mut readers.in_charge] {
        let read = reader.browser.open(&page).await;
        reader.browser.press(read.form(say("reading.review.claim"))).await.must_be(&page, 200);
    }
    for (reader, own, other) in
        [(&mut readers.at_home, "Northvale", "Eastmere"), (&mut readers.in_charge, "Eastmere", "Northvale")]
    {
        let read = reader.browser.open(&page).await;
        read.must_be(&page, 200).must_say(WORDS);
        must_come_in_order(
            &read,
            &[say("reading.provenance.title"), say("reading.place_hidden"), say("reading.declared")],
        );
        must_say_no_place(&read, &[own, other, PLACE]);
        read.must_say(say("permission.decides_is.council"));
        // Location data: the photo as it came may say where it was taken.
        for address in [format!("/staff/media/{photo}"), format!("/staff/originals/{photo}")] {
            assert_eq!(reader.browser.get(&address, &[]).await.status, 404, "{address}");
        }
        read.must_say(say("reading.item.place_hidden"));
        must_say_no_place(&reader.browser.open(&format!("/staff/items/{photo}/custody")).await, &[own, other, PLACE]);
        must_say_no_place(&reader.browser.open(&format!("/staff/cite/{reference}/2")).await, &[own, other, PLACE]);
    }
    // A lead sees it, and is told to keep it.
    let read = readers.lead.browser.open(&page).await;
    for said in ["Northvale", "Eastmere (responsible council)", PLACE, say("reading.place_for_you")] {
        read.must_say(said);
    }
    assert_eq!(readers.lead.browser.get(&format!("/staff/media/{photo}"), &[]).await.status, 200);
    // Safeguarding sees it once somebody raises a flag; the mail and the lane say nothing of it.
    let read = readers.at_home.browser.open(&page).await;
    let flag = read.form(say("flags.raise_do")).fill(say("flags.reason"), "He is not in school");
    readers.at_home.browser.press(flag).await.must_say(say("flags.raised"));
    let lane = readers.safeguarding.browser.open("/staff/lanes/safeguarding").await;
    lane.must_say(&reference);
    must_say_no_place(&lane, &["Northvale", "Eastmere", PLACE]);
    readers.safeguarding.browser.open(&page).await.must_say("Northvale").must_say(PLACE);
    // An admin sees what staff did, and not where.
    let trail = readers.admin.browser.open("/staff/audit").await;
    trail.must_say(&reference).must_not_say(PLACE).must_not_say(NORTHVALE);
});

on_each_pair!(a_hidden_place_without_an_area_is_for_safeguarding_to_place, |world: World| async move {
    make_areas(&world).await;
    let mut triage = join(&world, Role::Triage).await;
    let mut safeguarding = join(&world, Role::Safeguarding).await;
    let mut ana = join(&world, Role::Inspector).await;
    let mut admin = join(&world, Role::Admin).await;
    let inspection = inspect(&world, NORTHVALE, &[&ana]).await;
    let family = tell(&world, false).await;
    let reference = family.reference(&world).await;
    let page = format!("/staff/submissions/{reference}");
    triage.browser.open("/staff/lanes/area-not-known").await.must_not_say(&reference);
    assert_eq!(triage.browser.open(&page).await.status, 404);
    triage.browser.open("/staff").await.must_say(&say("home.lane").replace("{number}", "0"));
    safeguarding.browser.open("/staff").await.must_say(&say("home.lane").replace("{number}", "1"));
    safeguarding.browser.open("/staff/lanes/area-not-known").await.must_say(&reference);
    let read = safeguarding.browser.open(&page).await;
    read.must_say(PLACE);
    let place = read.form(say("reading.place.do")).select(say("reading.place.area"), "Northvale (Made up)");
    let lane = safeguarding.browser.press(place.fill(say("reading.place.reason"), "The bakery")).await;
    lane.must_say("has an area now");
    world.run_jobs().await;
    ana.browser.open(&format!("/staff/inspections/{inspection}/queue")).await.must_say(&reference);
    let read = ana.browser.open(&page).await;
    read.must_say(WORDS);
    must_say_no_place(&read, &["Northvale", PLACE]);
    admin.browser.open("/staff/audit").await.must_say(&reference).must_not_say(NORTHVALE);
});
