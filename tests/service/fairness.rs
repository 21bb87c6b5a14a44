//! What all need is shared: the disk that files arrive on, and the right to begin. Whoever is on the way is never stopped.

use std::io::Write;

use heard::clock::DAY;
use heard::retention;
use hyper::Method;

use super::browser::{Browser, File, Page, full};
use super::intake::place::noise;
use super::process::{Place, Process};
use super::world::{Pair, World, on_each_pair, run};
use super::{family, outside, say};

const MIB: u64 = 1 << 20;
/// A disk of so many MiB, of which 64 are always left alone: an address may hold about 47.
const ROOM: u64 = 256;

/// The program behind a proxy that is believed, with a small disk of its own.
fn on_a_small_disk(folder: &std::path::Path) -> Place {
    Place::new(folder).with("HEARD_TRUSTED_PROXIES", "127.0.0.1").in_a_small_room(ROOM)
}

async fn on_a_small_disk_with_others(folder: &std::path::Path) -> Place {
    on_a_small_disk(folder)
        .with("HEARD_DATABASE_URL", outside::fresh_postgres().await)
        .with("HEARD_STORAGE_URL", outside::fresh_garage_bucket().await)
}

async fn begin(process: &Process) -> Browser {
    let mut browser = process.browser();
    let start = browser.open("/").await;
    browser.press(start.form_to("/begin")).await.must_be("/tell", 200);
    browser
}

/// Announces a file from an address.
async fn announce(browser: &mut Browser, from: &str, mebibytes: u64) -> Page {
    let length = (mebibytes * MIB).to_string();
    let headers = [("tus-resumable", "1.0.0"), ("x-forwarded-for", from), ("upload-length", &length)];
    browser.send_raw(Method::POST, "/uploads", &headers, full("")).await
}

#[track_caller]
fn must_begin(page: &Page) -> String {
    assert_eq!(page.status, 201, "{}", String::from_utf8_lossy(&page.body));
    page.leads_to().expect("an upload has an address").to_owned()
}

#[track_caller]
fn must_be_told_to_wait(page: &Page) {
    let told = (page.status, page.header("heard-problem"), page.header("retry-after"));
    assert_eq!(told, (507, Some("full"), Some("60")));
    let text = String::from_utf8_lossy(&page.body).into_owned();
    assert!(text.contains(say("problem.full.what")) && text.contains("Nothing is lost."), "{text}");
}

async fn bring(browser: &mut Browser, from: &str, at: &str, offset: u64, bytes: &[u8]) -> Page {
    let offset = offset.to_string();
    let headers = [
        ("tus-resumable", "1.0.0"),
        ("x-forwarded-for", from),
        ("content-type", "application/offset+octet-stream"),
        ("upload-offset", &offset),
    ];
    browser.send_raw(Method::PATCH, at, &headers, full(bytes.to_vec())).await
}

#[track_caller]
fn must_stand_at(page: &Page, offset: usize) {
    assert_eq!((page.status, page.header("upload-offset")), (204, Some(offset.to_string().as_str())));
}

async fn an_address_has_its_share(place: Place) {
    let process = place.start();
    let (school, home) = ("198.51.100.7", "2001:db8:1:2::9");
    let (mut one, mut other) = (begin(&process).await, begin(&process).await);
    let bytes = noise(40 * MIB as usize, 1);
    let at = must_begin(&announce(&mut one, school, 40).await);
    must_stand_at(&bring(&mut one, school, &at, 0, &bytes[..MIB as usize]).await, MIB as usize);

    // Another family behind the same address; elsewhere they could.
    must_be_told_to_wait(&announce(&mut other, school, 20).await);
    let page = other.open("/tell/evidence").await;
    let filling = page.form_to("/tell/evidence").attach_to_it(File::made("film.mp4", "video/mp4", "", 5, 20 << 20));
    let page = send_form(&mut other, filling, school).await;
    assert_eq!((page.status, page.heading()), (507, say("problem.full.title").into()));
    assert_eq!(page.header("retry-after"), Some("60"));
    page.must_say("Nothing is lost.");
    let elsewhere = must_begin(&announce(&mut other, home, 20).await);
    // The rest of one home has the same first 64 bits.
    must_be_told_to_wait(&announce(&mut one, "2001:db8:1:2::aaaa", 40).await);

    // Whoever is on the way goes on, from wherever; and what is whole is no longer counted.
    must_stand_at(&bring(&mut other, school, &elsewhere, 0, &bytes[..100]).await, 100);
    must_stand_at(&bring(&mut one, school, &at, MIB, &bytes[MIB as usize..]).await, bytes.len());
    must_begin(&announce(&mut other, school, 20).await);
    process.stop();
}

/// The form's own press, with the address that a proxy says.
async fn send_form(browser: &mut Browser, filling: super::browser::Filling, from: &str) -> Page {
    let body = super::browser::Multipart::new(&filling.sent());
    let content_type = format!("multipart/form-data; boundary={}", body.boundary);
    let length = body.length.to_string();
    let headers =
        [("content-type", content_type.as_str()), ("content-length", length.as_str()), ("x-forwarded-for", from)];
    browser.send_raw(Method::POST, "/tell/evidence", &headers, body.body()).await
}

async fn running_uploads_keep_a_part_of_the_disk(place: Place) {
    let process = place.with("HEARD_SPOOL_RESERVE", "50").start();
    let mut browser = begin(&process).await;
    let bytes = noise(25 * MIB as usize, 2);
    let at = must_begin(&announce(&mut browser, "192.0.2.1", 25).await);
    must_stand_at(&bring(&mut browser, "192.0.2.1", &at, 0, &bytes[..1000]).await, 1000);
    // What others have announced is as good as gone: 25 + 25 + 25 + 25 + 25 of about 125.
    let mut last = None;
    for number in 2..=5 {
        last = Some(must_begin(&announce(&mut browser, &format!("192.0.2.{number}"), 25).await));
    }
    must_be_told_to_wait(&announce(&mut browser, "192.0.2.6", 25).await);
    // Taking one away makes room again.
    let last = last.expect("four were begun");
    let page = browser.send_raw(Method::DELETE, &last, &[("tus-resumable", "1.0.0")], full("")).await;
    assert_eq!(page.status, 204);
    must_begin(&announce(&mut browser, "192.0.2.6", 20).await);

    // Something else fills the disk: nothing new, however small; what runs comes to its end.
    let mut filler = std::fs::File::create(process.own_data().join("filler")).expect("a file can be made");
    filler.write_all(&vec![0; 130 << 20]).expect("there is room for it");
    must_be_told_to_wait(&announce(&mut browser, "192.0.2.9", 0).await);
    must_stand_at(&bring(&mut browser, "192.0.2.1", &at, 1000, &bytes[1000..]).await, bytes.len());
    process.stop();
}

#[test]
fn an_address_has_a_share_of_the_disk_on_sqlite_and_a_folder() {
    run(|| async {
        let folder = tempfile::tempdir().expect("a temporary folder");
        an_address_has_its_share(on_a_small_disk(folder.path())).await;
    });
}

#[test]
fn an_address_has_a_share_of_the_disk_on_postgres_and_s3() {
    run(|| async {
        let folder = tempfile::tempdir().expect("a temporary folder");
        an_address_has_its_share(on_a_small_disk_with_others(folder.path()).await).await;
    });
}

#[test]
fn running_uploads_keep_a_part_of_the_disk_on_sqlite_and_a_folder() {
    run(|| async {
        let folder = tempfile::tempdir().expect("a temporary folder");
        running_uploads_keep_a_part_of_the_disk(on_a_small_disk(folder.path())).await;
    });
}

#[test]
fn running_uploads_keep_a_part_of_the_disk_on_postgres_and_s3() {
    run(|| async {
        let folder = tempfile::tempdir().expect("a temporary folder");
        running_uploads_keep_a_part_of_the_disk(on_a_small_disk_with_others(folder.path()).await).await;
    });
}

/// Somebody presses "Start".
async fn press_start(world: &World) -> u16 {
    let mut browser = world.browser();
    let page = browser.open("/").await;
    browser.press_once(page.form_to("/begin")).await.status
}

async fn nobody_is_refused_for_what_others_began(pair: Pair) {
    let world = World::begin_with(pair, |settings| settings.address_drafts = 0).await;
    let mut family = family::begin(&world).await;
    // A class of forty, each of whom waits a little longer than the one before.
    let class: Vec<_> = (0..40).map(|_| press_start(&world)).collect();
    let (pressed, page) = tokio::join!(futures_util::future::join_all(class), family.browser.open("/tell"));
    page.must_be("/tell", 200);
    assert!(pressed.iter().all(|status| *status == 303), "{pressed:?}");
}

#[test]
fn many_drafts_from_one_address_wait_and_are_never_refused_on_sqlite() {
    run(|| nobody_is_refused_for_what_others_began(Pair::SqliteAndDisk));
}

#[test]
fn many_drafts_from_one_address_wait_and_are_never_refused_on_postgres() {
    run(|| nobody_is_refused_for_what_others_began(Pair::PostgresAndS3));
}

on_each_pair!(nothing_is_known_by_an_address_after_a_day, |world: World| async move {
    let mut family = family::begin(&world).await;
    must_begin(&announce(&mut family.browser, "198.51.100.7", 1).await);
    assert_eq!(rows_with_an_address(&world).await, (1, 1));
    // Only keyed digests, never an address.
    world.clock.advance(DAY);
    retention::run_now(&world.intake).await.expect("records are looked through");
    assert_eq!(rows_with_an_address(&world).await, (0, 0));
});

async fn rows_with_an_address(world: &World) -> (i64, i64) {
    let mut tx = world.site.db.read().await.expect("the database answers");
    let (days,) = heard::db::one!(&mut tx, (i64,), "select count(*) from address_day where length(who) = 32")
        .expect("it can be asked");
    let (uploads,) = heard::db::one!(&mut tx, (i64,), "select count(*) from upload where length(came_from) = 32")
        .expect("it can be asked");
    (days, uploads)
}
