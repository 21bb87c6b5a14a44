//! A disk that is really full: the program's data folder is a small file system of its own.
//!
//! Files stop before they take the last room, so that what people write is still kept; where there is no room at all,
//! everybody gets their words back, and nothing that was acknowledged is touched.

use std::io::Write;

use hyper::Method;

use super::browser::{Browser, File, Multipart, Page};
use super::outside;
use super::process::{Place, Process};
use super::say;
use super::world::run;

/// Room for the database, one small file, the reserve of 64 MiB, and a part of a video.
const ROOM: u64 = 96;

async fn begin(process: &Process) -> Browser {
    let mut browser = process.browser();
    let start = browser.open("/").await;
    browser.press(start.form_to("/begin")).await.must_be("/tell", 200);
    browser
}

async fn send(browser: &mut Browser, file: File) -> Page {
    let page = browser.open("/tell/evidence").await;
    browser.press(page.form_to("/tell/evidence").attach_to_it(file)).await
}

/// As some proxies send a form on: nobody says how long it is.
async fn send_without_length(browser: &mut Browser, file: File) -> Page {
    let page = browser.open("/tell/evidence").await;
    let body = Multipart::new(&page.form_to("/tell/evidence").attach_to_it(file).sent());
    let content_type = format!("multipart/form-data; boundary={}", body.boundary);
    browser.send_raw(Method::POST, "/tell/evidence", &[("content-type", &content_type)], body.body()).await
}

#[track_caller]
fn must_be_full(page: &Page) {
    let text: String = page.text().chars().take(500).collect();
    assert_eq!((page.status, page.heading()), (507, say("problem.full.title").into()), "{text}");
}

/// A video that does not fit gets a page, and leaves room for words.
async fn a_video_that_does_not_fit(browser: &mut Browser) {
    send(browser, File::fixture("voice.m4a")).await.must_say("voice.m4a");
    // One that says how large it is is refused before it is sent; one that does not, when the room is gone.
    must_be_full(&send(browser, File::made("announced.mp4", "video/mp4", "", 5, 200 << 20)).await);
    browser.open("/tell/evidence").await.must_not_say("announced.mp4");
    must_be_full(&send_without_length(browser, File::made("video.mp4", "video/mp4", "", 5, 200 << 20)).await);
    let page = browser.open("/tell/evidence").await;
    page.must_be("/tell/evidence", 200).must_say("voice.m4a").must_say("video.mp4");
    must_be_full(&send(browser, File::fixture("voice.mp3")).await);
    let page = browser.open("/tell/write").await;
    let filling = page.form(say("write.save")).write_into_it("We waited a long time");
    assert_eq!(browser.press_once(filling).await.status, 303, "there is still room for words");
}

/// Takes the very last room.
fn fill_up(process: &Process) -> std::path::PathBuf {
    let filler = process.own_data().join("filler");
    let mut file = std::fs::File::create(&filler).expect("a file can be made");
    let zeroes = vec![0; 64 * 1024];
    while file.write_all(&zeroes).is_ok() {}
    while file.write_all(b"0").is_ok() {}
    filler
}

#[test]
fn a_full_disk_keeps_words_and_what_it_had_on_sqlite() {
    run(|| async {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let process = Place::new(folder.path()).in_a_small_room(ROOM).start();
        let mut browser = begin(&process).await;
        a_video_that_does_not_fit(&mut browser).await;

        let filler = fill_up(&process);
        let words = "We waited for a plan. ".repeat(20_000);
        let (mut saved, mut refused) = (1, None);
        while refused.is_none() {
            assert!(saved < 60, "a full disk takes no end of words");
            let page = browser.open("/tell/write").await;
            let filling = page.form(say("write.save")).write_into_it(&words);
            let page = browser.press_once(filling.clone()).await;
            if page.status == 303 {
                saved += 1;
                continue;
            }
            must_be_full(&page);
            page.must_say(say("problem.copy_them")).must_say(words.trim());
            refused = Some(filling);
        }
        browser.open("/tell").await.must_be("/tell", 200);

        std::fs::remove_file(filler).expect("it can be taken away");
        let page = browser.press_once(refused.expect("it was refused")).await;
        assert_eq!(page.status, 303, "with room again the same form is taken: {}", page.heading());
        let list = browser.open("/tell/write").await;
        let first = "Change: We waited ";
        let pieces = list.text().matches(first).count();
        assert_eq!(pieces, saved + 1, "every acknowledged piece is there once");
        send(&mut browser, File::fixture("drawing.png")).await;
        browser.open("/tell/evidence").await.must_say("voice.m4a");
        process.stop();
    });
}

#[test]
fn a_full_disk_keeps_words_and_what_it_had_on_postgres_and_s3() {
    run(|| async {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let place = Place::new(folder.path())
            .with("HEARD_DATABASE_URL", outside::fresh_postgres().await)
            .with("HEARD_STORAGE_URL", outside::fresh_garage_bucket().await)
            .in_a_small_room(ROOM);
        let process = place.start();
        let mut browser = begin(&process).await;
        a_video_that_does_not_fit(&mut browser).await;

        let filler = fill_up(&process);
        must_be_full(&send(&mut browser, File::fixture("voice.mp3")).await);
        let page = browser.open("/tell/write").await;
        let filling = page.form(say("write.save")).write_into_it("And we still wait");
        assert_eq!(browser.press_once(filling).await.status, 303, "the database is elsewhere");
        std::fs::remove_file(filler).expect("it can be taken away");
        browser.open("/tell/evidence").await.must_say("voice.m4a");
        process.stop();
    });
}
