//! The bytes: seeking, what comes with them, who downloads, and the row before them.

use std::process::Command;

use heard::audit;
use heard::clock::MINUTE;
use heard::evidence::copies;
use heard::id::ItemId;
use heard::media::prepare::Role;
use heard::web::Role as StaffRole;
use hyper::Method;

use super::sent::{NORTHVALE, Part, inspect, make_areas, send};
use crate::browser::{File, full};
use crate::colleagues::join;
use crate::false_bucket::FalseBucket;
use crate::world::{Pair, World, on_each_pair, run};
use crate::{outside, say};

/// Bytes of a file in one sealed segment.
const SEGMENT: u64 = 64 << 10;
/// What is read of an object's end.
const END: u64 = 32 << 10;

/// A film of some hundred thousand bytes, however it is made smaller: three seconds of noise and a tone.
fn film() -> File {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("film.mp4");
    let made = Command::new("ffmpeg")
        .args(["-v", "error", "-f", "lavfi", "-i", "testsrc2=size=640x360:rate=25:duration=3,noise=alls=90:allf=t+u"])
        .args(["-f", "lavfi", "-i", "sine=frequency=330:duration=3", "-c:v", "libx264", "-preset", "ultrafast"])
        .args(["-pix_fmt", "yuv420p", "-c:a", "aac"])
        .arg(&path)
        .status();
    assert!(made.expect("ffmpeg runs (tests/run installs it)").success());
    File::held("film.mp4", "video/mp4", std::fs::read(&path).expect("what ffmpeg made"))
}

/// The digest that is written down for the copy of an item in this role.
async fn digest_of(world: &World, item: &ItemId, role: Role) -> Vec<u8> {
    let mut tx = world.site.db.read().await.expect("tx");
    let made = copies::list(&mut tx, item).await.expect("copies can be listed");
    made.into_iter().find(|copy| copy.role == role).unwrap_or_else(|| panic!("a {role:?}")).sha256
}

fn sha256(bytes: &[u8]) -> Vec<u8> {
    ring::digest::digest(&ring::digest::SHA256, bytes).as_ref().to_vec()
}

on_each_pair!(seeking_gives_exactly_the_bytes_asked_for, |world: World| async move {
    make_areas(&world).await;
    let mut ana = join(&world, StaffRole::Inspector).await;
    inspect(&world, NORTHVALE, &[&ana]).await;
    let file = film();
    let sent = send(&world, &[NORTHVALE], vec![Part::A(file.clone())]).await;
    assert_eq!(ana.browser.get(&sent.media(1), &[]).await.status, 404, "there is no copy yet");
    world.prepare().await;
    let address = format!("{}?copy=video", sent.media(1));
    let whole = ana.browser.get(&address, &[]).await;
    assert_eq!(whole.status, 200, "{}", whole.text());
    let (bytes, length) = (whole.body.clone(), whole.body.len());
    assert_eq!(sha256(&bytes), digest_of(&world, &sent.items[0], Role::Video).await);
    assert_ne!(data_encoding::HEXLOWER.encode(&sha256(&bytes)), file.sha256_hex(), "it is not what was sent");
    assert!(length > 262_144, "some segments: {length}");
    assert_eq!(whole.header("accept-ranges"), Some("bytes"));
    assert_eq!(whole.header("content-type"), Some("video/mp4"));
    assert_eq!(whole.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(whole.header("content-security-policy"), Some("sandbox; default-src 'none'"));
    assert_eq!(whole.header("cache-control"), Some("no-store"));
    let disposition = format!("inline; filename=\"{}-item-1-video.mp4\"", sent.reference);
    assert_eq!(whole.header("content-disposition"), Some(disposition.as_str()));
    for (asked, from, to) in [
        ("bytes=0-0", 0, 1),
        ("bytes=65535-65536", 65_535, 65_537),
        ("bytes=150000-", 150_000, length),
        ("bytes=-10", length - 10, length),
        ("bytes=131072-262143", 131_072, 262_144),
    ] {
        let part = ana.browser.get(&address, &[("range", asked)]).await;
        assert_eq!(part.status, 206, "{asked}");
        assert_eq!(part.body, bytes[from..to], "{asked}");
        let range = format!("bytes {from}-{}/{length}", to - 1);
        assert_eq!(part.header("content-range"), Some(range.as_str()));
    }
    let outside = ana.browser.get(&address, &[("range", &format!("bytes={length}-"))]).await;
    let none = format!("bytes */{length}");
    assert_eq!((outside.status, outside.header("content-range")), (416, Some(none.as_str())));
    let etag = whole.header("etag").expect("these bytes have a name").to_owned();
    let same = ana.browser.get(&address, &[("range", "bytes=5-9"), ("if-range", &etag)]).await;
    assert_eq!(same.status, 206);
    let other = ana.browser.get(&address, &[("range", "bytes=5-9"), ("if-range", "\"other\"")]).await;
    assert_eq!(other.status, 200);
    let head = ana.browser.send_raw(Method::HEAD, &address, &[], full("")).await;
    let all = length.to_string();
    assert_eq!((head.status, head.header("content-length"), head.body.len()), (200, Some(all.as_str()), 0));
    for wrong in ["?copy=page&page=1", "?copy=video&page=2", "?copy=original", "?copy=words", "?copy=../video"] {
        let page = ana.browser.get(&format!("{}{wrong}", sent.media(1)), &[]).await;
        assert_eq!(page.status, 404, "{wrong}");
    }
});

/// Whoever jumps about in a film has only what they ask for read from the bucket, in its sealed segments of 64 KiB, and the
/// object's end, which says how it is sealed.
#[test]
fn a_jump_reads_a_part_of_the_bucket_and_not_the_film() {
    run(|| async {
        let url = outside::fresh_garage_bucket().await;
        let bucket = FalseBucket::before(&outside::endpoint_of(&url)).await;
        let storage = outside::through(&url, &bucket.address());
        let world = World::begin_with(Pair::PostgresAndS3, |settings| settings.storage_url = Some(storage)).await;
        make_areas(&world).await;
        let mut ana = join(&world, StaffRole::Inspector).await;
        inspect(&world, NORTHVALE, &[&ana]).await;
        let sent = send(&world, &[NORTHVALE], vec![Part::A(film())]).await;
        world.prepare().await;
        let address = format!("{}?copy=video", sent.media(1));
        let length = ana.browser.get(&address, &[]).await.body.len() as u64;
        assert!(bucket.got().bytes > length, "all of it was asked for");
        assert!(length > 6 * SEGMENT, "a film of some segments: {length}");
        for (from, segments) in [(0, 1), (3 * SEGMENT, 1), (4 * SEGMENT - 1, 2), (length - 2, 1)] {
            let part = ana.browser.get(&address, &[("range", &format!("bytes={from}-{}", from + 1))]).await;
            assert_eq!((part.status, part.body.len()), (206, 2));
            let got = bucket.got();
            assert_eq!(got.whole, 0, "{got:?}");
            assert!(got.bytes <= segments * (SEGMENT + 1024) + END, "from {from}: {got:?} of {length}");
        }
    });
}

on_each_pair!(a_play_is_one_row_in_ten_minutes, |world: World| async move {
    make_areas(&world).await;
    let mut ana = join(&world, StaffRole::Inspector).await;
    let mut ben = join(&world, StaffRole::Inspector).await;
    inspect(&world, NORTHVALE, &[&ana, &ben]).await;
    let sent = send(&world, &[NORTHVALE], vec![Part::A(File::fixture("video.mp4"))]).await;
    world.prepare().await;
    ana.browser.open(&sent.page()).await.must_say(say("reading.copies.safe"));
    let plays = async || {
        let mut tx = world.site.db.read().await.expect("tx");
        let rows = audit::list_about(&mut tx, sent.items[0].as_str()).await.expect("rows");
        rows.iter().filter(|row| row.action == "play_item").count()
    };
    assert_eq!(plays().await, 0, "opening the page is not a play");
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
    let mut ana = join(&world, StaffRole::Inspector).await;
    let mut lead = join(&world, StaffRole::Lead).await;
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
    let mut ana = join(&world, StaffRole::Inspector).await;
    inspect(&world, NORTHVALE, &[&ana]).await;
    let names =
        ["page-that-says-photo.jpg", "playlist-that-says-video.mp4", "unknown.xyz", "scanned.pdf", "letter.txt"];
    let parts = names.iter().map(|name| Part::A(File::fixture(name))).collect();
    let sent = send(&world, &[NORTHVALE], parts).await;
    for number in 1..=names.len() {
        let page = ana.browser.get(&sent.media(number), &[]).await;
        assert_eq!(page.status, 404, "{} is shown before there is a copy", names[number - 1]);
    }
    world.prepare().await;
    for number in 1..=3 {
        let page = ana.browser.get(&sent.media(number), &[]).await;
        assert_eq!(page.status, 404, "{} is shown", names[number - 1]);
    }
    // Of paper a picture, and of a letter its words: nothing that can hold a script.
    for (number, content_type) in [(4, "image/jpeg"), (5, "text/plain; charset=utf-8")] {
        let page = ana.browser.get(&sent.media(number), &[]).await;
        assert_eq!((page.status, page.header("content-type")), (200, Some(content_type)), "{}", names[number - 1]);
    }
    let page = ana.browser.open(&sent.page()).await;
    page.must_say(say("reading.kept.no_copy")).must_say(say("reading.kept.unknown_type"));
});

/// The interim way, which played originals as they came, is gone: what a browser shows has a row among the copies, and an
/// original is only ever a download of no type.
#[test]
fn the_interim_way_is_gone() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    assert!(!root.join("src/review/interim.rs").exists());
    let source = std::fs::read_to_string(root.join("src/review/routes/originals.rs")).expect("it can be read");
    let (media, after) = source.split_once("/// `GET /staff/originals/{id}`").expect("playing, then downloading");
    assert!(media.contains("intake::open_copy") && !media.contains("open_original"), "copies are played");
    let label = after.split("fn label_of_original").nth(1).and_then(|rest| rest.split("\n}").next());
    let label = label.expect("originals have a label of their own");
    assert!(label.contains("application/octet-stream") && label.contains("attachment: true"), "{label}");
}
