//! A virus scanner that is really there: what is clean goes on, what is harmful is held, what is too big says so, and a
//! scanner that is away makes things wait and never calls them clean.

use heard::clock::HOUR;
use heard::evidence::{ItemState, Scan};
use heard::web::Role;

use super::browser::File;
use super::colleagues::join;
use super::family;
use super::outside;
use super::review::sent::{NORTHVALE, Part, inspect, make_areas, send};
use super::say;
use super::world::{Pair, World, on_each_pair};

/// What our ClamAV takes for malware; `tests/outside/start.sh` gives it to it.
const MARKER: &[u8] = b"heard-test-marker-that-harms-nobody";

/// A photo that holds the marker.
fn harmful() -> File {
    let photo: Vec<u8> = File::fixture("photo.jpg").blocks().flatten().collect();
    File::held("photo.jpg", "image/jpeg", [photo.as_slice(), MARKER].concat())
}

/// A video of 6 MiB; ours takes at most 4.
fn too_big() -> File {
    let start: Vec<u8> = File::fixture("video.mp4").blocks().flatten().take(1000).collect();
    File::made("video.mp4", "video/mp4", start, 5, 6 << 20)
}

async fn world(pair: Pair, scanner: &str) -> World {
    World::begin_with(pair, |settings| settings.clamd = Some(scanner.to_owned())).await
}

async fn what_comes_of_each_file(pair: Pair) {
    let world = world(pair, &outside::variable("HEARD_TEST_CLAMD")).await;
    let mut family = family::begin(&world).await;
    family.send_files([File::fixture("voice.m4a"), harmful(), too_big()]).await;
    world.run_jobs().await;
    let items = family.items(&world).await;
    let found: Vec<_> = items.iter().map(|item| (item.scan, item.state)).collect();
    let expected =
        [(Scan::Clean, ItemState::Preparing), (Scan::Found, ItemState::Held), (Scan::TooBig, ItemState::Preparing)];
    assert_eq!(found, expected);
    let page = family.browser.open("/tell/evidence").await;
    page.must_be("/tell/evidence", 200).must_say(say("evidence.state.held"));
    page.must_not_say("Marker").must_not_say("virus");
}

on_each_pair!(what_comes_of_each_file);

async fn what_staff_see(pair: Pair) {
    let world = world(pair, &outside::variable("HEARD_TEST_CLAMD")).await;
    make_areas(&world).await;
    let mut lead = join(&world, Role::Lead).await;
    inspect(&world, NORTHVALE, &[&lead]).await;
    let parts = vec![Part::A(harmful()), Part::A(File::fixture("voice.mp3")), Part::A(too_big())];
    let sent = send(&world, &[NORTHVALE], parts).await;
    let page = lead.browser.open(&sent.page()).await;
    page.must_be(&sent.page(), 200).must_say(say("reading.item_state.held")).must_say(say("reading.item.not_checked"));
    for address in [sent.media(1), format!("/staff/originals/{}", sent.items[0])] {
        assert_eq!(lead.browser.get(&address, &[]).await.status, 404, "nobody opens what is held: {address}");
    }
    world.prepare().await;
    for address in [sent.media(1), format!("/staff/originals/{}", sent.items[0])] {
        assert_eq!(lead.browser.get(&address, &[]).await.status, 404, "nobody makes a copy of what is held: {address}");
    }
    assert_eq!(lead.browser.get(&sent.media(2), &[]).await.status, 200);
    let slips = [(0, "custody.scan_said.found"), (1, "custody.scan_said.clean"), (2, "custody.scan_said.too_big")];
    for (item, said) in slips {
        lead.browser.open(&format!("/staff/items/{}/custody", sent.items[item])).await.must_say(say(said));
    }
}

on_each_pair!(what_staff_see);

async fn a_scanner_that_is_away_makes_things_wait(pair: Pair) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let socket = folder.path().join("socket");
    let world = world(pair, &socket.display().to_string()).await;
    let mut family = family::begin(&world).await;
    family.send_files([File::fixture("voice.m4a"), harmful()]).await;
    world.run_jobs().await;
    for item in family.items(&world).await {
        assert_eq!((item.scan, item.state), (Scan::NotYet, ItemState::Checking), "not scanned is never clean");
        assert!(item.verified_us.is_some(), "it is safe all the same");
    }
    family.browser.open("/tell/evidence").await.must_say(say("evidence.state.checking"));
    std::os::unix::fs::symlink(outside::variable("HEARD_TEST_CLAMD"), &socket).expect("the scanner comes back");
    world.clock.advance(HOUR);
    world.run_jobs().await;
    let states: Vec<_> = family.items(&world).await.into_iter().map(|item| (item.scan, item.state)).collect();
    assert_eq!(states, [(Scan::Clean, ItemState::Preparing), (Scan::Found, ItemState::Held)]);
}

on_each_pair!(a_scanner_that_is_away_makes_things_wait);
