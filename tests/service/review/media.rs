//! The bytes: seeking, what comes with them, who downloads, and the row before them.

use heard::audit;
use heard::clock::MINUTE;
use heard::web::Role;
use hyper::Method;

use super::sent::{NORTHVALE, Part, inspect, make_areas, send};
use crate::browser::{File, full};
use crate::colleagues::join;
use crate::say;
use crate::world::{World, on_each_pair};

/// The beginning of a WebM film, so that noise after it is taken for one.
const FILM: &[u8] =
    b"\x1A\x45\xDF\xA3\x9F\x42\x86\x81\x01\x42\xF7\x81\x01\x42\xF2\x81\x04\x42\xF3\x81\x08\x42\x82\x84webm";

fn film() -> (File, Vec<u8>) {
    let file = File::made("film.webm", "video/webm", FILM, 7, 300_000);
    let bytes = file.blocks().flat_map(|block| block.to_vec()).collect();
    (file, bytes)
}

on_each_pair!(seeking_gives_exactly_the_bytes_asked_for, |world: World| async move {
    make_areas(&world).await;
    let mut ana = join(&world, Role::Inspector).await;
    inspect(&world, NORTHVALE, &[&ana]).await;
    let (file, bytes) = film();
    let sent = send(&world, &[NORTHVALE], vec![Part::A(file)]).await;
    let address = sent.media(1);
    let whole = ana.browser.get(&address, &[]).await;
    assert_eq!(whole.status, 200, "{}", whole.text());
    assert_eq!(whole.body, bytes);
    assert_eq!(whole.header("accept-ranges"), Some("bytes"));
    assert_eq!(whole.header("content-type"), Some("video/webm"));
    assert_eq!(whole.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(whole.header("content-security-policy"), Some("sandbox; default-src 'none'"));
    let disposition = format!("inline; filename=\"{}-item-1.webm\"", sent.reference);
    assert_eq!(whole.header("content-disposition"), Some(disposition.as_str()));
    for (asked, from, to) in [
        ("bytes=0-0", 0, 1),
        ("bytes=65535-65536", 65_535, 65_537),
        ("bytes=150000-", 150_000, 300_000),
        ("bytes=-10", 299_990, 300_000),
        ("bytes=131072-262143", 131_072, 262_144),
    ] {
        let part = ana.browser.get(&address, &[("range", asked)]).await;
        assert_eq!(part.status, 206, "{asked}");
        assert_eq!(part.body, bytes[from..to], "{asked}");
        let range = format!("bytes {from}-{}/300000", to - 1);
        assert_eq!(part.header("content-range"), Some(range.as_str()));
    }
    let outside = ana.browser.get(&address, &[("range", "bytes=300000-")]).await;
    assert_eq!((outside.status, outside.header("content-range")), (416, Some("bytes */300000")));
    let etag = whole.header("etag").expect("these bytes have a name").to_owned();
    let same = ana.browser.get(&address, &[("range", "bytes=5-9"), ("if-range", &etag)]).await;
    assert_eq!(same.status, 206);
    let other = ana.browser.get(&address, &[("range", "bytes=5-9"), ("if-range", "\"other\"")]).await;
    assert_eq!(other.status, 200);
    let head = ana.browser.send_raw(Method::HEAD, &address, &[], full("")).await;
    assert_eq!((head.status, head.header("content-length"), head.body.len()), (200, Some("300000"), 0));
});

on_each_pair!(a_play_is_one_row_in_ten_minutes, |world: World| async move {
    make_areas(&world).await;
    let mut ana = join(&world, Role::Inspector).await;
    let mut ben = join(&world, Role::Inspector).await;
    inspect(&world, NORTHVALE, &[&ana, &ben]).await;
    let sent = send(&world, &[NORTHVALE], vec![Part::A(film().0)]).await;
    let plays = async || {
        let mut tx = world.site.db.read().await.expect("tx");
        let rows = audit::list_about(&mut tx, sent.items[0].as_str()).await.expect("rows");
        rows.iter().filter(|row| row.action == "play_item").count()
    };
    for _ in 0..5 {
        ana.browser.get(&sent.media(1), &[("range", "bytes=0-9")]).await;
    }
    assert_eq!(plays().await, 1);
    ben.browser.get(&sent.media(1), &[("range", "bytes=0-9")]).await;
    assert_eq!(plays().await, 2);
    world.clock.advance(11 * MINUTE);
    ana.browser.get(&sent.media(1), &[("range", "bytes=0-9")]).await;
    assert_eq!(plays().await, 3);
});

on_each_pair!(an_original_that_was_not_checked_needs_a_lead_and_a_reason, |world: World| async move {
    make_areas(&world).await;
    let mut ana = join(&world, Role::Inspector).await;
    let mut lead = join(&world, Role::Lead).await;
    inspect(&world, NORTHVALE, &[&ana, &lead]).await;
    let file = File::fixture("scanned.pdf");
    let digest = file.sha256_hex();
    let sent = send(&world, &[NORTHVALE], vec![Part::A(file)]).await;
    let address = format!("/staff/originals/{}", sent.items[0]);
    let page = ana.browser.open(&sent.page()).await;
    page.must_say(say("reading.item.lead_only")).must_say(say("reading.item.not_checked"));
    assert_eq!(ana.browser.open(&address).await.status, 404);
    let page = lead.browser.open(&address).await;
    page.must_say("was not checked for viruses");
    let page = lead.browser.press(page.form(say("reading.original.do"))).await;
    page.must_say(say("reading.original.reason_missing"));
    let reason = page.form(say("reading.original.do")).fill(say("reading.original.reason"), "The scan is hard to read");
    let original = lead.browser.press(reason).await;
    assert_eq!(original.status, 200);
    assert_eq!(original.header("content-type"), Some("application/octet-stream"));
    let disposition = format!("attachment; filename=\"{}-item-1.pdf\"", sent.reference);
    assert_eq!(original.header("content-disposition"), Some(disposition.as_str()));
    let found = ring::digest::digest(&ring::digest::SHA256, &original.body);
    assert_eq!(data_encoding::HEXLOWER.encode(found.as_ref()), digest);
    lead.browser.open(&sent.page()).await.must_say("The scan is hard to read");
});

on_each_pair!(what_a_browser_cannot_show_is_never_shown, |world: World| async move {
    make_areas(&world).await;
    let mut ana = join(&world, Role::Inspector).await;
    inspect(&world, NORTHVALE, &[&ana]).await;
    let names =
        ["scanned.pdf", "page-that-says-photo.jpg", "playlist-that-says-video.mp4", "letter.txt", "unknown.xyz"];
    let parts = names.iter().map(|name| Part::A(File::fixture(name))).collect();
    let sent = send(&world, &[NORTHVALE], parts).await;
    for number in 1..=names.len() {
        let page = ana.browser.get(&sent.media(number), &[]).await;
        assert_eq!(page.status, 404, "{} is played", names[number - 1]);
    }
});

/// Until renditions exist, originals of a few kinds are played as they came. When renditions come, `review/interim.rs`
/// and `/staff/media/{item}` in this form must go, and this test with them.
#[test]
fn the_interim_way_goes_when_renditions_come() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let interim = root.join("src/review/interim.rs").exists();
    let mut renditions = root.join("src/renditions").exists();
    for file in std::fs::read_dir(root.join("migrations/sqlite")).expect("the migrations are there") {
        let text = std::fs::read_to_string(file.expect("a file").path()).expect("a migration can be read");
        renditions |= text.contains("create table rendition");
    }
    assert!(interim != renditions, "renditions exist and originals are still played as they came, or neither is so");
}
