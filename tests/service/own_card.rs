//! A child's own card: it opens a small door, shows nothing that the adult sent, and the adult is never told that it was
//! used. Staff see whose card each thing came by.

use heard::clock::SECOND;
use heard::web::Role;

use super::browser::{Browser, Page};
use super::childs_say::{begin_in_northvale, film, send};
use super::colleagues::join;
use super::family::{Family, submission_of};
use super::review::sent::{NORTHVALE, inspect, make_areas};
use super::say;
use super::world::{World, on_each_pair};

/// Makes a card and gives its six words.
async fn make_card(family: &mut Family) -> String {
    let page = family.browser.open("/tell/card").await;
    let page = family.browser.press(page.form(say("card.make"))).await;
    page.must_be("/tell/card", 200).must_say(say("card.give"));
    let file = family.browser.get("/tell/card/file", &[]).await;
    assert_eq!(file.header("content-disposition"), Some("attachment; filename=\"six-words.txt\""));
    assert!(
        !page.title().contains("child"),
        "the page that is printed has a title that says nothing: {}",
        page.title()
    );
    let text = String::from_utf8(file.body.to_vec()).expect("it is text");
    let words = text.lines().filter(|line| line.starts_with(|letter: char| letter.is_ascii_digit()));
    words.collect::<Vec<_>>().join(" ")
}

async fn come_with(world: &World, words: &str) -> (Browser, Page) {
    let mut browser = world.browser();
    let page = browser.open("/return").await;
    let page = browser.press(page.form_to("/return").fill(say("return.code"), words)).await;
    page.must_be("/own", 200);
    (browser, page)
}

/// Every page that the adult may come to, as it reads.
async fn adults_pages(family: &mut Family) -> Vec<(String, String)> {
    let mut pages = Vec::new();
    for address in [
        "/tell",
        "/tell/say",
        "/tell/people",
        "/tell/leave-out",
        "/tell/card",
        "/tell/evidence",
        "/tell/write",
        "/tell/check",
        "/tell/code",
        "/sent",
    ] {
        let page = family.browser.open(address).await;
        pages.push((address.to_owned(), page.text()));
    }
    pages
}

on_each_pair!(a_child_tells_by_their_own_card_and_the_adult_is_never_told, |world: World| async move {
    make_areas(&world).await;
    let mut ana = join(&world, Role::Inspector).await;
    inspect(&world, NORTHVALE, &[&ana]).await;
    let mut family = begin_in_northvale(&world, vec![film("our-film.webm")]).await;
    let words = make_card(&mut family).await;
    send(&world, &mut family).await;
    let reference = family.reference(&world).await;
    let before = adults_pages(&mut family).await;

    let (mut child, page) = come_with(&world, &words).await;
    page.must_not_say(&reference).must_not_say("our-film").must_not_say("Item 1").must_not_say(say("frame.sent"));
    let empty = page.text();
    let page = child.open("/tell/write").await;
    let page = child.press(page.form(say("write.save")).write_into_it("I like swimming. The bus is bad.")).await;
    page.must_be("/own", 200).must_say("Item 1").must_not_say("our-film");
    child.press(page.form(say("own.send"))).await.must_be("/own", 200).must_say(say("own.sent_title"));
    world.run_jobs().await;
    world.clock.advance(SECOND);
    assert_eq!(child.open("/own").await.text(), empty, "whoever knows the words later learns nothing");
    assert_eq!(adults_pages(&mut family).await, before, "the adult is not told");

    // Staff see both, and whose card it came by.
    let page = ana.browser.open(&format!("/staff/submissions/{reference}")).await;
    let link = page.links().into_iter().find(|(name, _)| name.starts_with("What came by the child"));
    let (_, to) = link.unwrap_or_else(|| panic!("the child's card is not there:\n{}", page.text()));
    ana.browser
        .open(&to)
        .await
        .must_say("I like swimming. The bus is bad.")
        .must_say(say("reading.item.own_words"))
        .must_say(say("said_no.own_card"))
        .must_say(say("said_no.item_by_card"))
        .must_say(&format!("The card was made by the sender of {reference}"));

    // They change their mind: at once, and again nobody tells the adult.
    let media = format!("/staff/media/{}", family.items(&world).await[0].id);
    assert_eq!(ana.browser.get(&media, &[("range", "bytes=0-9")]).await.status, 206);
    let page = child.open("/own/changed").await;
    let page = child.press(page.form(say("own.mind_send"))).await;
    page.must_say(say("own.about_missing"));
    let no = page.form(say("own.mind_send")).choose(say("own.change.not_in_it")).fill(say("own.more"), "not me please");
    child.press(no).await.must_be("/own", 200).must_say(say("own.changed_title"));
    assert_eq!(ana.browser.get(&media, &[("range", "bytes=0-9")]).await.status, 404);
    let page = ana.browser.open(&format!("/staff/submissions/{reference}")).await;
    page.must_say(say("said_no.by_card.not_in_it")).must_say("not me please");
    assert_eq!(adults_pages(&mut family).await, before, "the adult is not told");
});

on_each_pair!(a_card_never_opens_the_adults_pages_and_the_adults_code_not_the_childs_door, |world: World| async move {
    make_areas(&world).await;
    let mut family = begin_in_northvale(&world, vec![film("our-film.webm")]).await;
    let item = family.items(&world).await[0].id.clone();
    let words = make_card(&mut family).await;
    let (mut child, _) = come_with(&world, &words).await;
    let own = submission_of(&mut child).await;
    assert_ne!(own, family.submission);
    for address in
        ["/tell", "/tell/who", "/tell/area", "/tell/check", "/tell/say", "/tell/people", "/tell/card", "/sent"]
    {
        child.open(address).await.must_be("/own", 200);
    }
    for end in ["", "/say", "/people"] {
        child.open(&format!("/tell/items/{item}{end}")).await.must_be("/own", 200);
    }
    assert_eq!(child.open(&format!("/tell/items/{item}/remove")).await.status, 404);
    for address in ["/own", "/own/changed"] {
        assert_eq!(family.browser.open(address).await.status, 404, "{address}");
    }
    // A second press makes no second card; the words are those that were shown.
    let page = family.browser.open("/tell/card").await;
    let file = family.browser.get("/tell/card/file", &[]).await;
    let again = String::from_utf8(file.body.to_vec()).expect("it is text");
    let words: Vec<&str> = words.split(' ').filter(|word| word.chars().all(char::is_alphabetic)).collect();
    assert_eq!(words.len(), 6);
    assert!(words.iter().all(|word| again.contains(word)) && page.has_button(say("card.another")));

    // Their own words can be taken back, and sent again.
    let page = child.open("/own/changed").await;
    let mine = page.form(say("own.mind_send")).choose(say("own.change.own_words"));
    let page = child.press(mine).await;
    page.must_be("/own", 200).must_say(say("own.back_title"));
    child.press(page.form(say("own.back_undo"))).await.must_be("/own", 200).must_say(say("own.title"));
});
