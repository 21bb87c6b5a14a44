//! What goes wrong on a phone, on a line, or on a server: each gets a plain page, and keeps what it can.

use heard::config::Promise;
use heard::web::Role;
use hyper::Method;

use super::browser::{Browser, File, Multipart, Page, Sent, wire};
use super::colleagues;
use super::family::{self, Family};
use super::outside;
use super::proxy::Line;
use super::say;
use super::world::{Pair, World, on_each_pair, run};

/// A page for a problem, with the words for it.
#[track_caller]
fn must_be_problem(page: &Page, problem: &str) {
    let heading = say(&format!("problem.{problem}.title"));
    assert_eq!(page.heading(), heading, "{} ({}):\n{}", page.url, page.status, page.text());
    assert!(page.status >= 400, "{}", page.status);
}

/// The parts of the evidence form as a browser would send them, with these files.
async fn evidence_form(family: &mut Family, files: Vec<File>) -> Vec<Sent> {
    let page = family.browser.open("/tell/evidence").await;
    files.into_iter().fold(page.form_to("/tell/evidence"), super::browser::Filling::attach_to_it).sent()
}

async fn post_multipart(browser: &mut Browser, url: &str, boundary: &str, body: wire::Body) -> Option<Page> {
    let kind = format!("multipart/form-data; boundary={boundary}");
    browser.try_send(Method::POST, url, &[("content-type", &kind)], body).await
}

on_each_pair!(a_body_that_breaks_off_keeps_the_files_that_came_whole, |world: World| async move {
    let mut family = family::begin(&world).await;
    let long = File::made("long.mp4", "video/mp4", "", 5, 3 << 20);
    let fields = evidence_form(&mut family, vec![File::fixture("voice.m4a"), long]).await;
    let body = Multipart::new(&fields);
    let (boundary, length) = (body.boundary.clone(), body.length);
    let answer =
        post_multipart(&mut family.browser, "/tell/evidence", &boundary, body.broken_after(length - 100_000)).await;
    assert!(answer.is_none(), "the line broke, so no answer comes");
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    world.run_jobs().await;
    let items = family.items(&world).await;
    let whole = items.iter().filter(|item| item.verified_us.is_some()).count();
    assert_eq!(whole, 1, "the file that came whole is kept: {items:?}");
    let page = family.browser.open("/tell/evidence").await;
    page.must_be("/tell/evidence", 200).must_say("voice.m4a");
});

on_each_pair!(a_body_that_ends_too_early_gets_a_page, |world: World| async move {
    let mut family = family::begin(&world).await;
    let fields = evidence_form(&mut family, vec![File::fixture("photo.jpg")]).await;
    let body = Multipart::new(&fields);
    let boundary = body.boundary.clone();
    // All but the closing boundary, in a request that ends properly: a proxy that gave up does this.
    let bytes: Vec<u8> = body.blocks().flatten().collect();
    let cut = bytes[..bytes.len() - 60].to_vec();
    let page =
        post_multipart(&mut family.browser, "/tell/evidence", &boundary, wire::full(cut)).await.expect("an answer");
    assert_eq!(page.status, 400);
    page.must_say(say("evidence.problem.broken_off"));
});

on_each_pair!(a_wrong_boundary_gets_a_page, |world: World| async move {
    let mut family = family::begin(&world).await;
    let fields = evidence_form(&mut family, vec![File::fixture("photo.jpg")]).await;
    let body = Multipart::new(&fields);
    let page = post_multipart(&mut family.browser, "/tell/evidence", "another", body.body()).await.expect("an answer");
    must_be_problem(&page, "unreadable");
    let body = Multipart::new(&fields);
    let bytes: Vec<u8> = body.blocks().flatten().collect();
    let headers = [("content-type", "multipart/form-data")];
    let page = family.browser.send_raw(Method::POST, "/tell/evidence", &headers, wire::full(bytes)).await;
    must_be_problem(&page, "unreadable");
    assert!(family.items(&world).await.is_empty());
});

on_each_pair!(a_file_without_bytes_is_said_to_be_empty, |world: World| async move {
    let mut family = family::begin(&world).await;
    let page = family.send_files([File::fixture("empty.mp4"), File::fixture("voice.mp3")]).await;
    page.must_say(say("evidence.problem.empty"));
    world.run_jobs().await;
    family.browser.open("/tell/evidence").await.must_say("voice.mp3");
});

on_each_pair!(choosing_nothing_is_said, |world: World| async move {
    let mut family = family::begin(&world).await;
    let page = family.send_files([]).await;
    assert_eq!(page.status, 422);
    page.must_say(say("evidence.problem.nothing_chosen"));
});

on_each_pair!(a_file_that_lies_is_known_by_its_content, |world: World| async move {
    let mut family = family::begin(&world).await;
    let lying = File::fixture("drawing.png").named("holiday.mp4").typed("video/mp4");
    family.send_files([lying, File::fixture("page-that-says-photo.jpg")]).await;
    world.run_jobs().await;
    let items = family.items(&world).await;
    assert_eq!(items[0].media_type, "image/png");
    assert!(!items[1].media_type.starts_with("image/"), "{}", items[1].media_type);
});

on_each_pair!(too_many_fields_get_a_page, |world: World| async move {
    let mut family = family::begin(&world).await;
    let page = family.browser.open("/tell/name").await;
    let mut fields = page.form_to("/tell/name").sent();
    fields.extend((0..2_000).map(|number| Sent::Text(format!("more-{number}"), "x".into())));
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    let body = wire::full(wire::url_encoded(&fields));
    let page = family.browser.send_raw(Method::POST, "/tell/name", &headers, body).await;
    must_be_problem(&page, "too_large");
});

on_each_pair!(a_value_of_a_mebibyte_gets_a_page, |world: World| async move {
    let mut family = family::begin(&world).await;
    let page = family.browser.open("/tell/name").await;
    let filling = page.form_to("/tell/name").fill(say("tell.name_field"), &"x".repeat(1 << 20));
    let page = family.browser.press_once(filling).await;
    must_be_problem(&page, "too_large");
    // The same in a multipart form.
    let mut fields = evidence_form(&mut family, vec![File::fixture("voice.mp3")]).await;
    fields.insert(0, Sent::Text("more".into(), "x".repeat(1 << 20)));
    let body = Multipart::new(&fields);
    let boundary = body.boundary.clone();
    let page = post_multipart(&mut family.browser, "/tell/evidence", &boundary, body.body()).await.expect("an answer");
    must_be_problem(&page, "too_large");
});

on_each_pair!(a_form_that_is_not_ours_gives_the_words_back, |world: World| async move {
    let mut family = family::begin(&world).await;
    let page = family.browser.open("/tell/name").await;
    let words = "Words that took <b>long</b> to write 🙂";
    let old = page.form_to("/tell/name").tamper("token", "AAAA").fill(say("tell.name_field"), words);
    let page = family.browser.press_once(old).await;
    must_be_problem(&page, "expired_form");
    page.must_say(words);
});

on_each_pair!(another_drafts_page_saves_nothing_and_gives_the_words_back, |world: World| async move {
    let mut family = family::begin(&world).await;
    let page = family.browser.open("/tell/name").await;
    let words = "This is about the other child";
    let first = page.form_to("/tell/name").fill(say("tell.name_field"), words);
    let start = family.browser.open("/").await;
    let asked = family.browser.press(start.form_to("/begin")).await;
    family.browser.press(asked.form(say("begin.put_away"))).await.must_be("/tell", 200);
    let page = family.browser.press_once(first).await;
    must_be_problem(&page, "other_draft");
    page.must_say(words);
    family.browser.open("/tell").await.must_not_say(words);
});

on_each_pair!(words_for_a_visit_that_has_ended_are_given_back, |world: World| async move {
    let mut family = family::begin(&world).await;
    let words = "Words that took <b>long</b> to write 🙂";
    for (address, button) in [("/tell/write", "write.save"), ("/tell/name", "tell.save")] {
        let page = family.browser.open(address).await;
        let filling = page.form(say(button)).write_into_it(words);
        let jar = std::mem::take(&mut family.browser.jar);
        let page = family.browser.press_once(filling).await;
        must_be_problem(&page, "no_visit");
        page.must_say(words);
        family.browser.jar = jar;
    }
    assert!(family.items(&world).await.is_empty(), "nothing was saved");
});

on_each_pair!(what_staff_wrote_after_their_time_had_ended_is_given_back, |world: World| async move {
    let mut lead = colleagues::join(&world, Role::Lead).await;
    let page = lead.browser.open("/staff/inspections/new").await;
    let filling = colleagues::fill_in_an_inspection(page.form_to("/staff/inspections/new"), "Leeds");
    lead.browser.jar.clear();
    let page = lead.browser.press_once(filling).await;
    must_be_problem(&page, "signed_out");
    page.must_say("Autumn 2026");
});

on_each_pair!(too_many_parts_of_a_form_with_files_get_a_page, |world: World| async move {
    let mut family = family::begin(&world).await;
    let mut fields = evidence_form(&mut family, vec![File::fixture("voice.mp3")]).await;
    let more = (0..600).map(|number| Sent::Text(format!("more-{number}"), "x".into()));
    fields.splice(0..0, more);
    let body = Multipart::new(&fields);
    let boundary = body.boundary.clone();
    let page = post_multipart(&mut family.browser, "/tell/evidence", &boundary, body.body()).await.expect("an answer");
    must_be_problem(&page, "too_large");
    assert!(family.items(&world).await.is_empty());
});

on_each_pair!(without_cookies_a_page_says_so, |world: World| async move {
    let mut browser = world.browser();
    browser.cookies_on = false;
    let start = browser.open("/").await;
    let page = browser.press(start.form_to("/begin")).await;
    must_be_problem(&page, "no_visit");
    assert_eq!(page.path(), "/tell");
});

on_each_pair!(a_wrong_code_is_told_kindly_and_opens_nothing, |world: World| async move {
    let mut browser = world.browser();
    for words in ["", "apple", "one two three four five six", "<b>apple</b> apple apple apple apple apple"] {
        let page = browser.open("/return").await;
        let answer = browser.press(page.form_to("/return").write_into_it(words)).await;
        assert_eq!(answer.path(), "/return");
        assert!(!answer.errors().is_empty(), "“{words}” is told what is wrong:\n{}", answer.text());
        assert_eq!(browser.get("/tell", &[]).await.heading(), say("problem.no_visit.title"));
    }
});

#[test]
fn a_store_that_is_away_keeps_what_was_sent_until_it_is_back() {
    run(|| async {
        let (url, line) = bucket_behind_a_line().await;
        let world = World::begin_with(Pair::SqliteAndDisk, |settings| settings.storage_url = Some(url)).await;
        let mut family = family::begin(&world).await;
        line.cut();
        let file = File::fixture("voice.m4a");
        let page = family.send_files([file.clone()]).await;
        assert_eq!(page.status, 200, "sending does not wait for the store:\n{}", page.text());
        line.mend();
        for _ in 0..20 {
            world.clock.advance(heard::clock::HOUR);
            world.run_jobs().await;
        }
        let items = family.items(&world).await;
        assert_eq!(items[0].sha256.as_deref(), Some(file.sha256().as_ref()), "{items:?}");
    });
}

#[test]
fn a_store_that_is_away_when_the_promise_needs_it_gets_a_page() {
    run(|| async {
        let (url, line) = bucket_behind_a_line().await;
        let world = World::begin_with(Pair::SqliteAndDisk, |settings| {
            settings.storage_url = Some(url);
            settings.upload_promise = Promise::Store;
        })
        .await;
        let mut family = family::begin(&world).await;
        line.cut();
        let page = family.send_files([File::fixture("voice.m4a")]).await;
        must_be_problem(&page, "unavailable");
        line.mend();
        family.send_files([File::fixture("voice.mp3")]).await.must_say("voice.mp3");
    });
}

async fn bucket_behind_a_line() -> (String, Line) {
    let url = outside::fresh_garage_bucket().await;
    let server = url.split("endpoint=http://").nth(1).and_then(|rest| rest.split('&').next()).expect("an endpoint");
    let line = Line::to(server).await;
    (url.replace(server, &line.address.to_string()), line)
}

async fn postgres_behind_a_line() -> (World, Line) {
    let url = outside::fresh_postgres().await;
    let server = url.split('@').nth(1).and_then(|rest| rest.split('/').next()).expect("a server").to_owned();
    let line = Line::to(&server).await;
    let behind = url.replace(&server, &line.address.to_string());
    let world = World::begin_with(Pair::PostgresAndSharedFolder, |settings| settings.database_url = Some(behind));
    (world.await, line)
}

#[test]
fn a_database_that_is_away_gets_a_page_and_comes_back() {
    run(|| async {
        let (world, line) = postgres_behind_a_line().await;
        let mut family = family::begin(&world).await;
        let page = family.browser.open("/tell/write").await;
        let words = "We waited a long time for a plan";
        let filling = page.form(say("write.save")).write_into_it(words);
        line.cut();
        must_be_problem(&family.browser.open("/tell").await, "unavailable");
        let page = family.browser.press_once(filling.clone()).await;
        must_be_problem(&page, "unavailable");
        page.must_say(words);
        let page = family.browser.open("/").await;
        assert!(page.is_html(), "even without a database there is a page");
        line.mend();
        let page = family.browser.open("/tell").await;
        page.must_be("/tell", 200);
        assert_eq!(family.browser.press_once(filling).await.status, 303, "the same form is taken now");
        family.browser.open("/tell/write").await.must_say(words);
    });
}

/// The database goes away while a file is on its way: a page, and the file is not called received.
#[test]
fn a_database_that_goes_away_under_a_file_gets_a_page() {
    run(|| async {
        let (world, line) = postgres_behind_a_line().await;
        let mut family = family::begin(&world).await;
        family.send_files([File::fixture("voice.m4a")]).await;
        let page = family.browser.open("/tell/evidence").await;
        let video = File::made("video.mp4", "video/mp4", "", 5, 24 << 20);
        let sending = page.form_to("/tell/evidence").attach_to_it(video.clone());
        let mut sender = family.browser.clone();
        let cutting = async {
            while family.items(&world).await.len() < 2 {
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            }
            line.cut();
        };
        let (page, ()) = tokio::join!(sender.press_once(sending), cutting);
        if page.status != 303 {
            must_be_problem(&page, "unavailable");
        }
        line.mend();
        world.run_jobs().await;
        let items = family.items(&world).await;
        assert!(items[0].verified_us.is_some(), "what was received stays: {items:?}");
        let whole = items[1].sha256.as_deref() == Some(video.sha256().as_ref());
        assert_eq!(whole, items[1].verified_us.is_some(), "never called checked in part: {items:?}");
        let list = family.browser.open("/tell/evidence").await;
        list.must_be("/tell/evidence", 200).must_say("voice.m4a").must_say("video.mp4");
    });
}
