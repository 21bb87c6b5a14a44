//! Files by the form, without JavaScript: several in one go, of any kind; limits, broken bodies, and forms that are not
//! ours. Whatever goes wrong is a plain page, and everything else is kept.

use heard::evidence::ItemState;
use heard::evidence::store::Item;
use heard::id::SubmissionId;
use hyper::Method;

use super::browser::Browser;
use super::browser::file::File;
use super::browser::page::Page;
use super::browser::wire::{self, Multipart};
use super::world::{Pair, World, on_each_pair, run};

const ADD: &str = "Add these files";

async fn begun(world: &World) -> (Browser, Page) {
    let mut browser = world.browser();
    let start = browser.open("/").await;
    browser.press(start.form("Start")).await;
    let page = browser.open("/tell/evidence").await;
    page.must_be("/tell/evidence", 200);
    (browser, page)
}

/// Every item that was not removed, as the rows tell it.
async fn items(world: &World, page: &Page) -> Vec<Item> {
    let draft = page.form(ADD).named("draft").expect("every form carries its draft");
    let mut tx = world.site.db.read().await.expect("tx");
    heard::evidence::store::list(&mut tx, &SubmissionId(draft)).await.expect("lists")
}

fn film(name: &str, length: u64) -> File {
    File::made(name, "video/mp4", b"\0\0\0\x18ftypisom\0\0\x02\0isomavc1".to_vec(), length, length)
}

on_each_pair!(several_files_in_one_go, |world: World| async move {
    let (mut browser, page) = begun(&world).await;
    let files =
        [film("holiday.mov", 20 << 20), film("small.mp4", 70_000), File::held("note.txt", "text/plain", "We waited.")];
    let mut form = page.form(ADD);
    for file in &files {
        form = form.attach("Choose files", file.clone());
    }
    let answer = browser.press_once(form).await;
    assert_eq!(answer.status, 303);
    let found = items(&world, &page).await;
    assert_eq!(found.iter().map(|item| item.kind.name()).collect::<Vec<_>>(), ["video", "video", "document"]);
    assert!(found.iter().all(|item| item.state == ItemState::Received));
    assert_eq!(answer.leads_to(), Some(format!("/tell/items/{}", found[0].id).as_str()));
    world.run_jobs().await;
    for (item, file) in items(&world, &page).await.iter().zip(&files) {
        assert_eq!(item.sha256.as_deref(), Some(file.sha256().as_ref()), "{} came as it was", file.name);
    }
    let list = browser.open("/tell/evidence").await;
    list.must_say("holiday.mov").must_say("We checked it.");
});

on_each_pair!(a_file_is_known_by_its_content_and_keeps_any_name, |world: World| async move {
    let (mut browser, page) = begun(&world).await;
    let lies = File::held("film.mp4", "video/mp4", "%PDF-1.7 /Font not a film at all");
    let strange = format!("<b>\u{202E}🎈\"{}.txt", "é".repeat(120));
    let named = File::held("x", "text/plain", "hello").named(&strange);
    browser.press(page.form(ADD).attach("Choose files", lies).attach("Choose files", named)).await;
    let found = items(&world, &page).await;
    assert_eq!(
        found.iter().map(|item| item.media_type.as_str()).collect::<Vec<_>>(),
        ["application/pdf", "text/plain"]
    );
    browser.open("/tell/evidence").await.must_be("/tell/evidence", 200).must_say("🎈");
});

on_each_pair!(nothing_chosen_and_nothing_in_it_are_said, |world: World| async move {
    let (mut browser, page) = begun(&world).await;
    let answer = browser.press(page.form(ADD)).await;
    assert_eq!(answer.status, 422);
    answer.must_say("Choose a file first.");
    assert!(items(&world, &page).await.is_empty());
    let empty = File::held("empty.mov", "video/quicktime", "");
    let answer = browser.press(page.form(ADD).attach("Choose files", empty)).await;
    assert_eq!(answer.status, 422);
    answer.must_say("That file has nothing in it.");
    let found = items(&world, &page).await;
    assert_eq!((found.len(), found[0].length), (1, Some(0)), "it is kept all the same");
});

#[test]
fn limits_are_refused_with_a_page_and_everything_else_is_kept() {
    run(|| async {
        let world = World::begin_with(Pair::SqliteAndDisk, |settings| {
            settings.form_file_bytes = 1 << 20;
            settings.submission_files = 3;
            settings.submission_bytes = 2 << 20;
        })
        .await;
        let (mut browser, page) = begun(&world).await;
        let form = page.form(ADD).attach("Choose files", film("one.mp4", 1000));
        let form =
            form.attach("Choose files", film("big.mp4", (1 << 20) + 1)).attach("Choose files", film("two.mp4", 2000));
        let answer = browser.press(form).await;
        assert_eq!(answer.status, 413);
        answer.must_say("That file is too big.").must_say("one.mp4").must_say("two.mp4").must_not_say("big.mp4");
        assert_eq!(items(&world, &page).await.len(), 2);
        let form =
            page.form(ADD).attach("Choose files", film("three.mp4", 3000)).attach("Choose files", film("four.mp4", 9));
        browser.press(form).await.must_say("as many files as we can take").must_say("three.mp4");
        assert_eq!(items(&world, &page).await.len(), 3);
    });
}

#[test]
fn all_files_together_have_a_limit_too() {
    run(|| async {
        let world = World::begin_with(Pair::SqliteAndDisk, |settings| settings.submission_bytes = 2 << 20).await;
        let (mut browser, page) = begun(&world).await;
        let form = page.form(ADD).attach("Choose files", film("one.mp4", 1 << 20));
        let answer = browser.press(form.attach("Choose files", film("two.mp4", (1 << 20) + 1))).await;
        assert_eq!(answer.status, 413);
        answer.must_say("All your files together are too big.").must_say("one.mp4");
        assert_eq!(items(&world, &page).await.len(), 1);
    });
}

on_each_pair!(a_body_that_breaks_off_keeps_what_came_whole, |world: World| async move {
    let (mut browser, page) = begun(&world).await;
    let form = page
        .form(ADD)
        .attach("Choose files", film("one.mp4", 300_000))
        .attach("Choose files", film("two.mp4", 12 << 20));
    let body = Multipart::new(&form.sent());
    let (kind, length) = (format!("multipart/form-data; boundary={}", body.boundary), body.length.to_string());
    let headers = [("content-type", kind.as_str()), ("content-length", length.as_str())];
    browser.try_send(Method::POST, "/tell/evidence", &headers, body.broken_after(10 << 20)).await;
    let mut found = items(&world, &page).await;
    for _ in 0..100 {
        if found.len() == 2 && found[0].state == ItemState::Received {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        found = items(&world, &page).await;
    }
    assert_eq!(found.iter().map(|item| item.state).collect::<Vec<_>>(), [ItemState::Received, ItemState::Receiving]);
    browser.open("/tell/evidence").await.must_say("two.mp4").must_say("Not finished.");
});

#[test]
fn a_body_that_ends_too_early_is_a_page() {
    run(|| async {
        let world = World::begin(Pair::SqliteAndDisk).await;
        let (mut browser, page) = begun(&world).await;
        let form = page
            .form(ADD)
            .attach("Choose files", film("one.mp4", 5000))
            .attach("Choose files", film("two.mp4", 50_000));
        let body = Multipart::new(&form.sent());
        let kind = format!("multipart/form-data; boundary={}", body.boundary);
        let mut whole: Vec<u8> = body.blocks().flatten().collect();
        whole.truncate(whole.len() - 40_000);
        let answer =
            browser.send_raw(Method::POST, "/tell/evidence", &[("content-type", &kind)], wire::full(whole)).await;
        assert_eq!(answer.status, 400);
        answer.must_say("The file did not reach us.").must_say("one.mp4");
    });
}

#[test]
fn bodies_that_are_no_form_are_a_page_and_keep_nothing() {
    run(|| async {
        let world = World::begin(Pair::SqliteAndDisk).await;
        let (mut browser, page) = begun(&world).await;
        let body: Vec<u8> = Multipart::new(&page.form(ADD).attach("Choose files", film("a.mp4", 99)).sent())
            .blocks()
            .flatten()
            .collect();
        for kind in
            ["multipart/form-data; boundary=wrong", "multipart/form-data", "application/x-www-form-urlencoded", ""]
        {
            let answer = browser
                .send_raw(Method::POST, "/tell/evidence", &[("content-type", kind)], wire::full(body.clone()))
                .await;
            assert_eq!(answer.status, 400, "{kind}");
            assert!(answer.is_html());
        }
        assert!(items(&world, &page).await.is_empty());
    });
}

#[test]
fn a_field_that_is_far_too_long_is_a_page() {
    run(|| async {
        let world = World::begin(Pair::SqliteAndDisk).await;
        let (mut browser, page) = begun(&world).await;
        let form = page.form(ADD).tamper("token", &"x".repeat(1 << 20)).attach("Choose files", film("a.mp4", 99));
        assert_eq!(browser.press(form).await.status, 413);
        assert!(items(&world, &page).await.is_empty());
    });
}

#[test]
fn a_form_of_another_draft_or_visit_keeps_no_byte() {
    run(|| async {
        let world = World::begin(Pair::SqliteAndDisk).await;
        let (mut browser, page) = begun(&world).await;
        let (mut other, other_page) = begun(&world).await;
        let file = || film("a.mp4", 3 << 20);
        let theirs = other_page.form(ADD).named("draft").expect("a draft");
        let answer = browser.press(page.form(ADD).tamper("draft", &theirs).attach("Choose files", file())).await;
        assert_eq!(answer.status, 409);
        let answer = browser.press(page.form(ADD).tamper("token", "nonsense").attach("Choose files", file())).await;
        assert_eq!(answer.status, 403);
        let answer = other.press(page.form(ADD).attach("Choose files", file())).await;
        assert_eq!(answer.status, 409);
        assert!(items(&world, &page).await.is_empty() && items(&world, &other_page).await.is_empty());
        assert_eq!(world.browser().press(page.form(ADD).attach("Choose files", file())).await.status, 403);
    });
}

#[test]
fn a_full_disk_is_a_page() {
    run(|| async {
        let world = World::begin(Pair::SqliteAndDisk).await;
        let (mut browser, page) = begun(&world).await;
        browser.press(page.form(ADD).attach("Choose files", film("one.mp4", 1000))).await;
        world.intake.spool().faults.full_after.store(3, std::sync::atomic::Ordering::SeqCst);
        let answer = browser.press(page.form(ADD).attach("Choose files", film("two.mp4", 9 << 20))).await;
        assert_eq!(answer.status, 507);
        assert!(answer.is_html());
        browser.open("/tell/evidence").await.must_say("one.mp4").must_say("We have it.");
    });
}
