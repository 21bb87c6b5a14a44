//! How it came about, from the pages that ask to the page of an inspector: an advocate with a child who uses a device
//! (S01), a sister who tells what somebody without words has shown (S12), and families counted apart from professionals.
//! Whatever is declared beside them, nobody's words become the child's.

use heard::web::Role;

use super::browser::{Browser, File, Page};
use super::colleagues::join;
use super::family::{self, Family};
use super::review::sent::{NORTHVALE, inspect, make_areas};
use super::review::strip::{asked_in, must_come_in_order};
use super::say;
use super::world::{World, on_each_pair};

async fn who(browser: &mut Browser, role: &str, age: &str) {
    let page = browser.open("/tell/who").await;
    let form = page.form_to("/tell/who").choose(say(role)).choose(say("who.about_is.one")).choose(say(age));
    browser.press(form).await.must_be("/tell", 200);
}

async fn area(browser: &mut Browser) {
    let page = browser.open("/tell/area").await;
    let page = browser.press(page.form(say("area.find")).fill(say("area.search"), "Northvale")).await;
    browser.press(page.form(say("area.confirm_yes"))).await.must_be("/tell/area", 200);
}

/// Writes something, and says whose words it is and how they reached us.
async fn write(browser: &mut Browser, text: &str, (whose, reached): (&str, &str)) -> String {
    let page = browser.open("/tell/write").await;
    let page = browser.press(page.form_to("/tell/write").fill(say("write.text"), text)).await;
    let address = page.path().to_owned();
    let form = page.form(say("item.save")).choose(say(whose)).choose(say(reached));
    browser.press(form).await;
    address
}

async fn send(world: &World, family: &mut Family) -> String {
    let page = family.browser.open("/tell/check").await;
    family.browser.press(page.form_to("/tell/send")).await.must_be("/sent", 200);
    world.run_jobs().await;
    family.reference(world).await
}

async fn helped(browser: &mut Browser, who: &str, how: &str, did_not: &str) {
    let page = browser.open("/tell/helped").await;
    let form = page
        .form(say("helped.save"))
        .choose_in(say("helped.helped"), say("helped.is.yes"))
        .fill(say("helped.who"), who)
        .fill(say("helped.how"), how)
        .fill(say("helped.did_not"), did_not);
    browser.press(form).await.must_be("/tell/helped/asked", 200);
}

fn own_words_on(page: &Page) -> usize {
    page.text().matches(say("reading.item.own_words")).count()
}

on_each_pair!(an_advocate_and_a_child_with_a_device_stay_two_voices, |world: World| async move {
    make_areas(&world).await;
    let mut ana = join(&world, Role::Inspector).await;
    inspect(&world, NORTHVALE, &[&ana]).await;
    let mut family = family::begin(&world).await;
    let browser = &mut family.browser;
    who(browser, "who.role_is.advocate", "who.age_is.5_11").await;
    area(browser).await;
    let own = "school good. talker broke. wait. wait. wait.";
    let about = "Kit made this on a borrowed talker over four short sessions. I wrote nothing for Kit.";
    let (child, aac) = ("item.whose_is.child_or_young_person", "item.reached_by_way.aac");
    let item = write(browser, own, (child, aac)).await;
    write(browser, about, ("item.whose_is.advocate", "item.reached_by_way.written")).await;
    // Given in March, over two days, and typed much later.
    let page = browser.open(&format!("{item}/days")).await;
    let form = page.form(say("item.save")).tamper("given-month", "3").tamper("given-year", "2026");
    let form = form.tamper("on-0-day", "2").tamper("on-0-month", "3").tamper("on-0-year", "2026");
    let page = browser.press(form.fill("Day 1: what you did", "ten minutes with Kit's board")).await;
    page.must_be("/tell/write", 200);
    helped(browser, "An independent advocate", "set up the device, pressed record", "choose the words").await;
    let page = browser.open("/tell/helped/asked").await;
    let form = page
        .form(say("helped.save"))
        .fill(say("helped.asked_how"), "One word at a time")
        .choose_in(say("helped.offered_dont_know"), say("helped.chosen.yes"))
        .fill(say("helped.checked_back"), "I read it back and Kit pressed yes");
    browser.press(form).await;
    let page = browser.open("/tell/helped/advocate").await;
    let form = page
        .form(say("helped.save"))
        .fill(say("helped.advocate_from"), "Speak Up Northvale")
        .fill(say("helped.advocate_paid_by"), "the council")
        .choose_in(say("helped.advocate_told"), say("helped.chosen.yes"));
    browser.press(form).await.must_be("/tell", 200);
    let reference = send(&world, &mut family).await;

    let page = ana.browser.open(&format!("/staff/submissions/{reference}")).await;
    page.must_say(own).must_say(about).must_say("choose the words").must_say("Speak Up Northvale");
    page.must_say(say("reading.provenance.advocate_told")).must_say("I read it back and Kit pressed yes");
    must_come_in_order(
        &page,
        &[
            "Item 1: The child or young person’s own words. With a communication aid",
            "Item 2: Advocate’s words. Not the child’s own words. Written.",
            say("reading.provenance.assent"),
            say("reading.provenance.helped"),
            "set up the device",
            "Speak Up Northvale",
            say("reading.provenance.part_asked"),
            "One word at a time",
            say("reading.provenance.part_how"),
            say("reading.provenance.part_sender"),
            "Advocate",
        ],
    );
    assert_eq!(own_words_on(&page), 2, "item 1 alone, in the strip of all and in its own");
    must_come_in_order(&page, &[say("reading.item.given"), "March 2026", "2 March 2026: ten minutes", own]);
    assert!(asked_in(&page, "item-1-provenance").contains(&say("reading.item.typed").to_owned()));
});

on_each_pair!(what_a_sister_saw_never_counts_as_her_sisters_own_words, |world: World| async move {
    make_areas(&world).await;
    let mut ana = join(&world, Role::Inspector).await;
    let inspection = inspect(&world, NORTHVALE, &[&ana]).await;
    let mut family = family::begin(&world).await;
    who(&mut family.browser, "who.role_is.sibling", "who.age_is.18_25").await;
    area(&mut family.browser).await;
    family.send_files(["photo.jpg", "drawing.png", "photo.heic"].map(File::fixture)).await;
    world.run_jobs().await;
    let items: Vec<String> = family.items(&world).await.iter().map(|item| item.id.to_string()).collect();
    let browser = &mut family.browser;
    for item in &items {
        let page = browser.open(&format!("/tell/items/{item}")).await;
        let form = page
            .form(say("item.save"))
            .choose(say("item.whose_is.sibling"))
            .choose(say("item.reached_by_way.best_interests"))
            .choose(say("item.assent_is.could_not_tell"));
        browser.press(form).await;
    }
    let notes = "She reached for the pool. She turned away from the day centre three times. These notes are mine.";
    write(browser, notes, ("item.whose_is.sibling", "item.reached_by_way.written")).await;
    helped(browser, "Her sister", "took the photos, wrote the notes", "").await;
    let page = browser.open("/tell/helped/asked").await;
    let form = page
        .form(say("helped.save"))
        .fill(say("helped.offered"), "photo cards")
        .fill(say("helped.showed"), "reaching is yes, turning away is no");
    browser.press(form).await;
    let page = browser.open("/tell/communicate").await;
    let form =
        page.form(say("communicate.save")).fill(say("communicate.yes_no"), "I reach for yes. I turn away for no.");
    browser.press(form).await.must_be("/tell", 200);
    let page = browser.open("/tell/permission").await;
    let form = page.form(say("permission.save")).choose_in(say("permission.quote"), say("permission.yes"));
    browser.press(form.choose_in(say("permission.decides"), say("permission.decides_is.not_known"))).await;
    let reference = send(&world, &mut family).await;

    let page = ana.browser.open(&format!("/staff/submissions/{reference}")).await;
    page.must_say(notes).must_say("reaching is yes, turning away is no").must_say("I reach for yes.");
    page.must_say("Item 1: Brother or sister’s words. Not the child’s own words. An account by others");
    page.must_say(say("reading.assent.could_not_tell")).must_say(say("permission.decides_is.not_known"));
    assert_eq!(own_words_on(&page), 0, "there are no own words, and that is allowed");
    must_come_in_order(&page, &[say("reading.card_title"), "I turn away for no.", say("reading.items_title")]);
    let queue = |filter: &str| format!("/staff/inspections/{inspection}/queue?tab=all&{filter}");
    ana.browser.open(&queue("whose=child_or_young_person")).await.must_say(say("queue.nothing_filtered"));
    ana.browser.open(&queue("whose=sibling")).await.must_say(&reference);
});

/// Somebody in this role, who works for these or does not say, tells something.
async fn tells(world: &World, role: &str, works_for: Option<&str>) -> String {
    let mut family = family::begin(world).await;
    who(&mut family.browser, role, "who.age_is.5_11").await;
    area(&mut family.browser).await;
    if let Some(works_for) = works_for {
        let page = family.browser.open("/tell/how").await;
        let form = page.form(say("how.save")).choose_in(say("how.works_for"), say(works_for));
        family.browser.press(form).await.must_be("/tell", 200);
    }
    let page = family.browser.open("/tell/write").await;
    family.browser.press(page.form_to("/tell/write").write_into_it("We waited.")).await;
    send(world, &mut family).await
}

on_each_pair!(professionals_are_counted_apart_from_families, |world: World| async move {
    make_areas(&world).await;
    let mut ana = join(&world, Role::Inspector).await;
    let inspection = inspect(&world, NORTHVALE, &[&ana]).await;
    let parent = tells(&world, "who.role_is.parent", Some("how.works_for_is.no")).await;
    let also = tells(&world, "who.role_is.parent", Some("how.works_for_is.school")).await;
    let teacher = tells(&world, "who.role_is.professional", None).await;
    let someone = tells(&world, "who.role_is.other", Some("how.works_for_is.nhs")).await;
    let advocate = tells(&world, "who.role_is.advocate", None).await;
    for page in [format!("/staff/inspections/{inspection}/queue"), format!("/staff/inspections/{inspection}")] {
        let page = ana.browser.open(&page).await;
        must_come_in_order(
            &page,
            &[
                "1 submission from a child, a young person or a family",
                say("queue.sender.both_one"),
                "2 submissions from professionals",
                say("queue.sender.other_one"),
                say("queue.counting"),
            ],
        );
    }
    let shown = [
        ("family", vec![&parent]),
        ("both", vec![&also]),
        ("professional", vec![&teacher, &someone]),
        ("other", vec![&advocate]),
    ];
    let all = [&parent, &also, &teacher, &someone, &advocate];
    for (sender, found) in shown {
        let page = ana.browser.open(&format!("/staff/inspections/{inspection}/queue?tab=all&sender={sender}")).await;
        for reference in all {
            assert_eq!(page.says(reference), found.contains(&reference), "{sender}: {reference}");
        }
    }
    // Declared, and not checked: the strip says what was said, and what was not.
    let page = ana.browser.open(&format!("/staff/submissions/{teacher}")).await;
    must_come_in_order(
        &page,
        &[say("reading.provenance.part_how"), say("reading.not_answered"), say("reading.how.ai")],
    );
    let page = ana.browser.open(&format!("/staff/submissions/{also}")).await;
    must_come_in_order(
        &page,
        &[say("reading.how.works_for"), say("how.works_for_is.school"), say("reading.not_answered")],
    );
});

on_each_pair!(a_card_comes_into_the_next_draft_by_its_code_alone, |world: World| async move {
    let mut first = family::begin(&world).await;
    let code = code_of(&mut first.browser).await;
    let page = first.browser.open("/tell/communicate").await;
    let form = page
        .form(say("communicate.save"))
        .fill(say("communicate.ways"), "I use a talker with blue buttons")
        .fill(say("communicate.time"), "answers");
    first.browser.press(form).await.must_be("/tell", 200);
    let paper = first.browser.open("/tell/communicate/paper").await;
    paper.must_say("I use a talker with blue buttons");
    assert_eq!(paper.title(), format!("{} – {}", say("communicate.tab"), say("frame.name")), "the title says nothing");

    let mut next = family::begin(&world).await;
    let page = next.browser.open("/tell/communicate").await;
    let form = page.form(say("communicate.save")).fill(say("communicate.time"), "a minute");
    next.browser.press(form).await;
    let page = next.browser.open("/tell/communicate/before").await;
    let wrong = next.browser.press(page.form(say("communicate.use")).fill(say("communicate.code"), "apple")).await;
    assert_eq!(wrong.status, 422);
    let page = next.browser.press(wrong.form(say("communicate.use")).fill(say("communicate.code"), &code)).await;
    page.must_be("/tell/communicate", 200);
    let mut form = page.form(say("communicate.save"));
    assert_eq!(form.value(say("communicate.ways")), "I use a talker with blue buttons");
    assert_eq!(form.value(say("communicate.time")), "a minute", "what is filled in here stays");
    assert!(!form.is_chosen(say("communicate.again")), "that is chosen anew");

    // Once it is sent, its code brings the card only where its owner said so.
    let page = first.browser.open("/tell/write").await;
    first.browser.press(page.form_to("/tell/write").write_into_it("We waited.")).await;
    send(&world, &mut first).await;
    let mut other = family::begin(&world).await;
    let page = other.browser.open("/tell/communicate/before").await;
    let none = other.browser.press(page.form(say("communicate.use")).fill(say("communicate.code"), &code)).await;
    assert_eq!((none.status, none.errors()), (422, vec![say("communicate.none_before").to_owned()]));
    let mut form = other.browser.open("/tell/communicate").await.form(say("communicate.save"));
    assert_eq!(form.value(say("communicate.ways")), "", "nothing came");
});

/// The six words of this browser's draft.
async fn code_of(browser: &mut Browser) -> String {
    let page = browser.open("/tell/code").await;
    let words = page.all("ol").into_iter().find(|list| list.attribute("class") == Some("code-words"));
    let words: Vec<String> = words.expect("a card").all("li").iter().map(|word| word.text()).collect();
    assert_eq!(words.len(), 6);
    words.join(" ")
}

on_each_pair!(nothing_of_the_advocates_page_shows_the_persons_code, |world: World| async move {
    let mut family = family::begin(&world).await;
    let code = code_of(&mut family.browser).await;
    for path in [
        "/tell/helped",
        "/tell/helped/asked",
        "/tell/helped/advocate",
        "/tell/communicate",
        "/tell/communicate/paper",
        "/tell/how",
    ] {
        let page = family.browser.open(path).await;
        page.must_be(path, 200);
        let body = String::from_utf8_lossy(&page.body).into_owned();
        assert!(!body.contains(&code.replace(' ', "-")) && !page.says(&code), "{path} shows the code");
        assert_eq!(page.all("ol").iter().filter(|list| list.attribute("class") == Some("code-words")).count(), 0);
    }
});
