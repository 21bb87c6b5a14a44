//! The worker's side of safe copies, through the front door: what a family sends becomes something an inspector can use,
//! once, sealed, and with nothing left in clear. What goes wrong is said in plain words, and the queue moves on.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use futures_util::TryStreamExt;
use heard::clock::{DAY, MINUTE};
use heard::evidence::copies::{self, Rendition, Standing, TRIES};
use heard::evidence::{ItemState, Kind};
use heard::id::ItemId;
use heard::intake::reconcile::reconcile;
use heard::media::prepare::Role;
use heard::media::tools;
use heard::web::Role as StaffRole;
use heard::{db, prepare};

use super::browser::{Browser, File};
use super::colleagues::{Colleague, join};
use super::family::{self, Family};
use super::kills::{dice, is_long, let_a_minute_pass, must_agree};
use super::process::Place;
use super::review::sent::{NORTHVALE, Part, Sent, inspect, make_areas, send};
use super::say;
use super::world::{Pair, World, on_each_pair, run};

async fn copies_of(world: &World, item: &ItemId) -> Vec<Rendition> {
    let mut tx = world.site.db.read().await.expect("tx");
    copies::list(&mut tx, item).await.expect("copies can be listed")
}

async fn standing(world: &World, item: &ItemId) -> (Standing, i64) {
    let mut tx = world.site.db.read().await.expect("tx");
    let work = copies::find_work(&mut tx, item).await.expect("asks").expect("it was asked for");
    (work.standing(), work.tries)
}

async fn state(world: &World, item: &ItemId) -> ItemState {
    let mut tx = world.site.db.read().await.expect("tx");
    heard::evidence::store::find(&mut tx, item).await.expect("asks").expect("is there").state
}

/// The objects in the store that are safe copies.
async fn objects(world: &World) -> Vec<String> {
    let listed: Vec<_> = world.site.store.list("renditions/").try_collect().await.expect("lists");
    let mut paths: Vec<String> = listed.into_iter().map(|object| object.path).collect();
    paths.sort();
    paths
}

/// What lies in the folder for work.
fn in_workshops(root: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(root) else { return Vec::new() };
    entries.map(|entry| entry.expect("it can be listed").path()).collect()
}

fn is_in(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

async fn team(world: &World) -> (Colleague, Colleague) {
    make_areas(world).await;
    let (ana, lead) = (join(world, StaffRole::Inspector).await, join(world, StaffRole::Lead).await);
    inspect(world, NORTHVALE, &[&ana, &lead]).await;
    (ana, lead)
}

async fn send_all(world: &World, names: &[&str]) -> Sent {
    send(world, &[NORTHVALE], names.iter().map(|name| Part::A(File::fixture(name))).collect()).await
}

on_each_pair!(what_is_sent_becomes_something_an_inspector_can_use, |world: World| async move {
    let (mut ana, _) = team(&world).await;
    let names = ["video.mov", "voice.m4a", "photo.jpg", "scanned.pdf", "letter.docx", "boards.obz"];
    let sent = send_all(&world, &names).await;
    let page = ana.browser.open(&sent.page()).await;
    page.must_say(say("reading.item.not_prepared")).must_not_say(say("reading.copies.safe"));
    for tag in ["video", "audio", "img"] {
        assert!(page.all(tag).iter().all(|one| !one.attribute("src").unwrap_or_default().contains("/staff/")), "{tag}");
    }
    world.prepare().await;
    let states = async || {
        let mut states = Vec::new();
        for item in &sent.items {
            states.push(state(&world, item).await);
        }
        states
    };
    // A file from a communication aid is read as it is: no copy of it is made.
    let mut expected = vec![ItemState::Ready; 5];
    expected.push(ItemState::Preparing);
    assert_eq!(states().await, expected);
    let page = ana.browser.open(&sent.page()).await;
    page.must_say(say("reading.copies.safe")).must_not_say(say("reading.item.not_prepared"));
    page.must_say(say("reading.copy_note.drawn")).must_not_say(say("reading.copy_note.words_only"));

    // Everything on the page that can be fetched is a copy, and comes.
    let mut addresses: Vec<String> = ["video", "audio", "img"]
        .into_iter()
        .flat_map(|tag| page.all(tag))
        .filter_map(|one| one.attribute("src").map(str::to_owned))
        .filter(|address| address.starts_with("/staff/media/"))
        .collect();
    addresses.extend(page.links().into_iter().map(|(_, to)| to).filter(|to| to.starts_with("/staff/media/")));
    assert!(addresses.len() >= 8, "{addresses:?}");
    for address in &addresses {
        let got = ana.browser.get(address, &[]).await;
        assert_eq!(got.status, 200, "{address}");
        let content_type = got.header("content-type").unwrap_or_default().to_owned();
        let ours = ["video/mp4", "audio/mp4", "image/jpeg", "image/png", "text/plain; charset=utf-8"];
        assert!(ours.contains(&content_type.as_str()), "{address}: {content_type}");
        assert_eq!(got.header("content-security-policy"), Some("sandbox; default-src 'none'"), "{address}");
        assert!(!is_in(&got.body, b"GPS") && !is_in(&got.body, b"Exif\0"), "{address} says where it was made");
    }
    let film = ana.browser.get(&sent.media(1), &[("range", "bytes=0-11")]).await;
    assert_eq!((film.status, film.header("content-type")), (206, Some("video/mp4")));
    assert_eq!(&film.body[4..8], b"ftyp");

    // The slip says how each copy was made, and what the file says of itself; never the place.
    let slip = ana.browser.open(&format!("/staff/items/{}/custody", sent.items[2])).await;
    slip.must_say(say("custody.copies_title")).must_say(say("custody.copy.picture_small"));
    slip.must_say(say("custody.says_place_yes")).must_say(say("custody.says_note"));
    for copy in copies_of(&world, &sent.items[2]).await {
        slip.must_say(&data_encoding::HEXLOWER.encode(&copy.sha256));
        assert!(!copy.tool.is_empty() && !copy.settings.contains('/'), "{}: {}", copy.tool, copy.settings);
    }
    assert!(in_workshops(&world.config.workshops()).is_empty(), "nothing is left where the work was done");
    let report = reconcile(&world.intake).await.expect("compares");
    assert!(!report.needs_a_person(), "{report}");
});

on_each_pair!(a_broken_file_is_kept_and_the_next_one_does_not_wait_for_it, |world: World| async move {
    let (mut ana, _) = team(&world).await;
    let film: Vec<u8> = File::fixture("video.mov").blocks().flatten().collect();
    let cut = File::held("film.mov", "video/quicktime", film[..film.len() / 2].to_vec());
    let parts = vec![Part::A(cut), Part::A(File::fixture("video.mp4")), Part::A(File::fixture("drawing.png"))];
    let sent = send(&world, &[NORTHVALE], parts).await;
    world.prepare().await;
    assert_eq!(state(&world, &sent.items[0]).await, ItemState::Kept);
    assert_eq!(state(&world, &sent.items[1]).await, ItemState::Ready);
    assert_eq!(state(&world, &sent.items[2]).await, ItemState::Ready);
    let page = ana.browser.open(&sent.page()).await;
    page.must_say(say("reading.kept.cannot_be_read")).must_say(say("reading.item.lead_only"));
    assert_eq!(ana.browser.get(&sent.media(1), &[]).await.status, 404);
    let opened = world.intake.open_original(&sent.items[0]).await.expect("opens").expect("it is kept");
    assert_eq!(opened.length as usize, film.len() / 2);
});

on_each_pair!(copies_are_made_once_whoever_asks, |world: World| async move {
    team(&world).await;
    let sent = send_all(&world, &["photo.jpg"]).await;
    world.prepare().await;
    let made = copies_of(&world, &sent.items[0]).await;
    assert_eq!(made.len(), 3);
    let ids = |made: &[Rendition]| made.iter().map(|copy| copy.id.clone()).collect::<Vec<_>>();
    // The job comes again, as after a worker that ended between its work and saying so.
    let now = world.clock.now();
    let mut tx = world.site.db.write().await.expect("tx");
    heard::jobs::enqueue(&mut tx, copies::PREPARE, sent.id.as_str(), now, now).await.expect("enqueues");
    tx.commit().await.expect("commits");
    prepare::look_around(&world.site).await.expect("looks around");
    world.prepare().await;
    assert_eq!(ids(&copies_of(&world, &sent.items[0]).await), ids(&made));
    let mut kept: Vec<String> = made.iter().map(|copy| copy.object_key.clone()).collect();
    kept.sort();
    assert_eq!(objects(&world).await, kept, "one object for each copy, and no other");
});

const LEFT: &str = "update preparation set begun_us = 1, holder = 'another', tries = tries + 1 where item_id = $1";

on_each_pair!(what_a_killed_worker_left_is_swept_away_and_done_again, |world: World| async move {
    team(&world).await;
    let sent = send_all(&world, &["photo.jpg"]).await;
    let item = &sent.items[0];
    // As a kill leaves it: a try that was begun, an object that nobody told of, and a folder with the open original.
    let now = world.clock.now();
    let mut tx = world.site.db.write().await.expect("tx");
    db::run!(&mut tx, LEFT, item).expect("is left");
    let upload = heard::intake::store::find_by_item(&mut tx, item).await.expect("asks").expect("is there");
    let place = heard::storage::ObjectKey::new_rendition();
    heard::intake::store::insert_object(&mut tx, &place.path(), &upload.id, "rendition", now).await.expect("a row");
    tx.commit().await.expect("commits");
    world.site.store.put(&place, "half".into()).await.expect("puts");
    let folder = world.config.workshops().join("0123456789abcdef");
    std::fs::create_dir_all(folder.join("copies")).expect("a folder");
    std::fs::write(folder.join("lock"), b"").expect("a lock that nobody holds");
    std::fs::write(folder.join("original"), b"a child's face").expect("an open original");

    prepare::look_around(&world.site).await.expect("looks around");
    assert!(in_workshops(&world.config.workshops()).is_empty(), "the open original is gone");
    world.prepare().await;
    assert_eq!(state(&world, item).await, ItemState::Ready);
    assert_eq!(standing(&world, item).await, (Standing::Ended, 2), "the try that was killed is counted");
    world.clock.advance(2 * DAY);
    let report = reconcile(&world.intake).await.expect("compares");
    assert!(!report.needs_a_person(), "{report}");
    assert!(!objects(&world).await.contains(&place.path()), "what nobody told of is gone after a day");
    assert_eq!(objects(&world).await.len(), copies_of(&world, item).await.len());
});

on_each_pair!(what_is_taken_out_takes_its_copies_with_it, |world: World| async move {
    let mut family = family::begin(&world).await;
    family.send_files([File::fixture("photo.jpg"), File::fixture("drawing.png")]).await;
    world.run_jobs().await;
    world.prepare().await;
    let items = family.items(&world).await;
    let (gone, stays) = (&items[0].id, &items[1].id);
    assert_eq!((copies_of(&world, gone).await.len(), state(&world, gone).await), (3, ItemState::Ready));
    take_out(&mut family, gone).await;
    world.run_jobs().await;
    assert_eq!(copies_of(&world, gone).await.len(), 0);
    let mut tx = world.site.db.read().await.expect("tx");
    assert!(copies::find_work(&mut tx, gone).await.expect("asks").is_none());
    drop(tx);
    assert_eq!(
        objects(&world).await.len(),
        copies_of(&world, stays).await.len(),
        "its objects are gone from the store"
    );
    let report = reconcile(&world.intake).await.expect("compares");
    assert!(!report.needs_a_person(), "{report}");
});

async fn take_out(family: &mut Family, item: &ItemId) {
    let address = format!("/tell/items/{item}/remove");
    let page = family.browser.open(&address).await;
    family.browser.press(page.form_to(&address)).await.must_be("/tell/evidence", 200);
}

on_each_pair!(what_is_taken_out_before_its_copies_are_made_never_has_any, |world: World| async move {
    let mut family = family::begin(&world).await;
    family.send_files([File::fixture("photo.jpg")]).await;
    world.run_jobs().await;
    let item = family.items(&world).await[0].id.clone();
    take_out(&mut family, &item).await;
    world.prepare().await;
    assert_eq!(copies_of(&world, &item).await.len(), 0);
    assert!(objects(&world).await.is_empty());
});

on_each_pair!(what_is_taken_out_while_its_copies_are_made_leaves_none, |world: World| async move {
    let mut family = family::begin(&world).await;
    family.send_files([File::fixture("video.mov")]).await;
    world.run_jobs().await;
    let item = family.items(&world).await[0].id.clone();
    let root = world.config.workshops();
    let taking = async {
        while in_workshops(&root).is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        take_out(&mut family, &item).await;
    };
    tokio::join!(world.prepare(), taking);
    world.run_jobs().await;
    assert_eq!(copies_of(&world, &item).await.len(), 0);
    assert!(in_workshops(&root).is_empty(), "an open original is left");
    world.clock.advance(2 * DAY);
    let report = reconcile(&world.intake).await.expect("compares");
    assert!(!report.needs_a_person(), "{report}");
    assert!(objects(&world).await.is_empty());
});

on_each_pair!(without_its_program_a_file_waits_and_is_done_when_that_comes, |world: World| async move {
    let (mut ana, mut lead) = team(&world).await;
    let sent = send_all(&world, &["video.mp4"]).await;
    let item = &sent.items[0];
    // As a worker leaves it that finds no tools.
    let mut tx = world.site.db.write().await.expect("tx");
    copies::begin(&mut tx, item, "a worker", world.clock.now()).await.expect("begins");
    copies::record_lack(&mut tx, item, "").await.expect("lacks");
    tx.commit().await.expect("commits");
    world.prepare().await;
    assert_eq!(standing(&world, item).await, (Standing::LacksTool, 0), "it waits, and no try is counted");
    let page = ana.browser.open(&sent.page()).await;
    page.must_say(say("reading.item.lacks_tool")).must_say(say("reading.item.lead_only"));
    lead.browser.open(&sent.page()).await.must_say("Download the original of item 1, with a reason");
    prepare::look_around(&world.site).await.expect("the programs are here now");
    world.prepare().await;
    assert_eq!(state(&world, item).await, ItemState::Ready);
    assert_eq!(ana.browser.get(&sent.media(1), &[]).await.status, 200);
});

#[test]
fn what_fails_three_times_needs_a_person_and_says_so() {
    run(|| async {
        let world = World::begin(Pair::SqliteAndDisk).await;
        let (mut ana, _) = team(&world).await;
        let sent = send_all(&world, &["photo.jpg", "drawing.png"]).await;
        let item = &sent.items[0];
        // The store gives back other bytes than it was given.
        let mut tx = world.site.db.read().await.expect("tx");
        let upload = heard::intake::store::find_by_item(&mut tx, item).await.expect("asks").expect("is there");
        drop(tx);
        let file = world.folder().join("data/store/objects").join(upload.object_key.expect("it is stored"));
        let mut bytes = std::fs::read(&file).expect("is there");
        bytes[100] ^= 1;
        std::fs::write(&file, &bytes).expect("writes");
        for tries in 1..=TRIES {
            world.prepare().await;
            let expected = if tries == TRIES { Standing::NeedsPerson } else { Standing::Going };
            assert_eq!(standing(&world, item).await, (expected, tries));
            world.clock.advance(2 * MINUTE);
        }
        prepare::look_around(&world.site).await.expect("looks around");
        world.prepare().await;
        assert_eq!(standing(&world, item).await, (Standing::NeedsPerson, TRIES), "it is left for a person");
        assert_eq!(state(&world, &sent.items[1]).await, ItemState::Ready, "the other one did not wait for it");
        ana.browser.open(&sent.page()).await.must_say(say("reading.item.not_preparable"));
        assert!(in_workshops(&world.config.workshops()).is_empty());
        // Somebody who runs the service mends the store, and lets it be tried again.
        bytes[100] ^= 1;
        std::fs::write(&file, &bytes).expect("writes");
        let mut admin = join(&world, StaffRole::Admin).await;
        let page = admin.browser.open("/staff/uploads").await;
        let page = admin.browser.follow(&page, say("preparing.link")).await;
        page.must_be("/staff/preparing", 200).must_say("File 1: picture").must_not_say(&sent.reference);
        let page = admin.browser.press(page.form("Try file 1 again")).await;
        page.must_be("/staff/preparing", 200).must_say(say("preparing.stuck_none"));
        world.prepare().await;
        assert_eq!(state(&world, item).await, ItemState::Ready);
        assert_eq!(copies_of(&world, item).await.len(), 3);
    });
}

#[test]
fn an_original_that_may_say_where_it_was_made_is_for_a_lead_with_a_reason() {
    run(|| async {
        let clamd = super::outside::variable("HEARD_TEST_CLAMD");
        let world = World::begin_with(Pair::SqliteAndDisk, |settings| settings.clamd = Some(clamd)).await;
        let (mut ana, mut lead) = team(&world).await;
        let sent = send_all(&world, &["photo.jpg", "drawing.png"]).await;
        let original = |at: usize| format!("/staff/originals/{}", sent.items[at]);
        for at in [0, 1] {
            assert_eq!(ana.browser.open(&original(at)).await.status, 404, "nobody has looked at it yet");
            lead.browser.open(&original(at)).await.must_say(say("reading.original.has_place"));
        }
        world.prepare().await;
        assert_eq!(ana.browser.open(&original(0)).await.status, 404);
        assert_eq!(ana.browser.get(&original(1), &[]).await.status, 200, "this one says nothing of a place");
        let page = ana.browser.open(&sent.page()).await;
        page.must_say(say("reading.item.has_place")).must_not_say(say("reading.item.not_checked"));
        let page = lead.browser.open(&original(0)).await;
        page.must_say(say("reading.original.has_place")).must_not_say(say("reading.original.not_checked"));
        let reason = page.form(say("reading.original.do")).fill(say("reading.original.reason"), "To see who is in it");
        let got = lead.browser.press(reason).await;
        assert_eq!(got.header("content-type"), Some("application/octet-stream"));
        assert!(got.header("content-disposition").is_some_and(|said| said.starts_with("attachment;")));
    });
}

on_each_pair!(a_family_is_told_what_a_file_says_of_its_place_before_they_send_it, |world: World| async move {
    let mut family = family::begin(&world).await;
    family.send_files(["photo.jpg", "drawing.png", "silent.mp4"].map(File::fixture)).await;
    let (says, looking) = (say("evidence.place.says"), say("evidence.place.not_looked"));
    let ready = say("evidence.getting_ready.video");
    let cards = ["/tell/evidence", "/tell/check"];
    // All arrived, and nobody has looked at any of them.
    for address in cards {
        let page = family.browser.open(address).await;
        page.must_say(ready).must_not_say(says);
        assert_eq!(page.text().matches(looking).count(), 3, "{address}");
    }
    world.run_jobs().await;
    world.prepare().await;
    for address in cards {
        let page = family.browser.open(address).await;
        page.must_not_say(ready).must_not_say(looking);
        assert_eq!(page.text().matches(says).count(), 1, "{address}: the photo says it, the other two do not");
    }
    let items = family.items(&world).await;
    let address = |at: usize| format!("/tell/items/{}", items[at].id);
    family.browser.open(&address(0)).await.must_say(says).must_say(say("item.remove"));
    family.browser.open(&address(1)).await.must_not_say(says);
    // They take the photo back, and nothing is said of a place any more.
    take_out(&mut family, &items[0].id).await;
    family.browser.open("/tell/check").await.must_not_say(says);
});

on_each_pair!(a_family_is_told_when_nobody_could_look_at_a_file, |world: World| async move {
    let mut family = family::begin(&world).await;
    family.send_files([File::fixture("video.mov")]).await;
    world.run_jobs().await;
    let item = family.items(&world).await[0].id.clone();
    let mut tx = world.site.db.write().await.expect("tx");
    copies::begin(&mut tx, &item, "a worker", world.clock.now()).await.expect("begins");
    copies::record_lack(&mut tx, &item, "").await.expect("lacks");
    tx.commit().await.expect("commits");
    let page = family.browser.open("/tell/check").await;
    page.must_say(say("evidence.place.cannot_look")).must_not_say(say("evidence.getting_ready.video"));
});

#[test]
fn a_film_without_pictures_is_sound() {
    run(|| async {
        let world = World::begin(Pair::SqliteAndDisk).await;
        let (mut ana, _) = team(&world).await;
        let made = world.folder().join("only-sound.mp4");
        let ffmpeg = Command::new("ffmpeg")
            .args(["-v", "error", "-f", "lavfi", "-i", "sine=frequency=330:duration=2", "-c:a", "aac"])
            .args(["-brand", "isom"])
            .arg(&made)
            .status();
        assert!(ffmpeg.expect("ffmpeg runs").success());
        let bytes = std::fs::read(&made).expect("reads");
        let sent = send(&world, &[NORTHVALE], vec![Part::A(File::held("a.mp4", "video/mp4", bytes))]).await;
        world.prepare().await;
        let mut tx = world.site.db.read().await.expect("tx");
        let item = heard::evidence::store::find(&mut tx, &sent.items[0]).await.expect("asks").expect("is there");
        assert_eq!((item.kind, item.state), (Kind::Audio, ItemState::Ready));
        let made: Vec<Role> = copies_of(&world, &item.id).await.into_iter().map(|copy| copy.role).collect();
        assert!(made.contains(&Role::Sound) && !made.contains(&Role::Video), "{made:?}");
        assert!(!ana.browser.open(&sent.page()).await.all("audio").is_empty());
    });
}

const NOT_DONE: &str = "select count(*) from evidence_item where state not in ('ready', 'kept')";
const DONE: &str =
    "select (select count(*) from evidence_item where state = 'ready'), (select count(*) from rendition),
    (select count(*) from stored_object where kind = 'rendition' and state = 'kept')";

/// The whole service is killed again and again while it makes copies. In the end each file is ready, once, and nothing that
/// was sent lies open.
#[test]
fn killed_while_it_works_everything_is_ready_once_and_nothing_lies_open() {
    run(|| async {
        let folder = tempfile::tempdir().expect("a folder");
        let place = Place::new(folder.path());
        let mut process = place.start();
        let names = ["photo.jpg", "drawing.png", "scanned.pdf", "video.mp4", "voice.m4a", "scan.tiff"];
        let (families, kills, patience) = if is_long() { (34, 80, 5000) } else { (1, 4, 1500) };
        for _ in 0..families {
            let mut browser = Browser::new(&place.origin());
            let start = browser.open("/").await;
            browser.press(start.form("Start")).await;
            let page = browser.open("/tell/evidence").await;
            let filling = page.form_to("/tell/evidence");
            browser.press(names.iter().fold(filling, |filling, name| filling.attach_to_it(File::fixture(name)))).await;
        }
        for round in 0..kills {
            tokio::time::sleep(Duration::from_millis(300 + dice(round) % patience)).await;
            println!("kill {round}: {} of {} not done", count(&place, NOT_DONE).await, families * names.len());
            process.kill();
            lift_tries(&place).await;
            let_a_minute_pass(&place).await;
            process = place.start();
        }
        let (began, most) = (Instant::now(), Duration::from_secs(180 + 5 * families as u64));
        while count(&place, NOT_DONE).await > 0 {
            assert!(began.elapsed() < most, "it does not end:\n{}", process.log());
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        process.stop();
        let (ready, made, objects) = counted(&place, DONE).await;
        assert_eq!(ready, (families * names.len()) as i64);
        assert!(made > ready && made == objects, "{made} copies, {objects} objects");
        assert!(in_workshops(&place.data.join("preparing")).is_empty(), "an open original is left");
        must_agree(&place);
    });
}

const WITHOUT: &str = "select (select count(*) from preparation where fault = 'tool_missing' and tries = 0),
    (select count(*) from rendition),
    (select count(*) from evidence_item where state <> 'preparing' and kind not in ('text', 'document'))";
const STILL: &str = "select count(*) from evidence_item where state = 'preparing' and kind <> 'aac'";

/// A machine with nothing but Rust: the demonstration is made all the same, each file waits and nothing of it is lost. Then
/// somebody installs the programs and starts the service again.
#[test]
fn on_a_machine_without_programs_everything_works_and_files_wait_until_they_come() {
    run(|| async {
        let folder = tempfile::tempdir().expect("a folder");
        let place = Place::new(folder.path());
        let mut bare = Command::new("bwrap");
        bare.args(["--dev-bind", "/", "/"]);
        for path in tools::PURPOSES.iter().filter_map(|(name, ..)| tools::find(name)) {
            bare.args(["--ro-bind", "/dev/null"]).arg(path);
        }
        let ours = place.command(&["demo"]);
        bare.arg(ours.get_program()).args(ours.get_args());
        bare.envs(ours.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let made = bare.output().expect("bubblewrap runs (tests/run installs it)");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let (waiting, copies, others) = counted(&place, WITHOUT).await;
        assert!(waiting > 5 && copies == 0 && others == 0, "{waiting} wait, {copies} copies, {others} are elsewhere");

        let process = place.start();
        let began = Instant::now();
        while count(&place, STILL).await > 0 {
            assert!(began.elapsed() < Duration::from_secs(180), "it does not end:\n{}", process.log());
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        process.stop();
        assert!(in_workshops(&place.data.join("preparing")).is_empty(), "an open original is left");
        must_agree(&place);
    });
}

const MADE: &str = "select (select count(*) from evidence_item where kind not in ('aac', 'text') and state = 'ready'),
    (select count(*) from rendition),
    (select count(*) from evidence_item where kind not in ('aac', 'text') and state <> 'ready')";

/// The README's own commands name a data folder by where one stands.
#[test]
fn a_data_folder_may_be_named_by_where_one_stands() {
    run(|| async {
        let folder = tempfile::tempdir().expect("a folder");
        let place = Place::new(folder.path());
        let made = place.command(&["demo"]).env("HEARD_DATA", "./data").current_dir(folder.path()).output();
        let made = made.expect("the program runs");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let (ready, copies, others) = counted(&place, MADE).await;
        assert!(ready > 5 && copies > ready && others == 0, "{ready} ready, {copies} copies, {others} are elsewhere");
    });
}

const LIFT: &str = "update preparation set tries = 0 where ended_us is null";

/// Three kills over one file would leave it for a person, which is right and not what is looked at here.
async fn lift_tries(place: &Place) {
    let db = place.database().await;
    let mut tx = db.write().await.expect("tx");
    db::run!(&mut tx, LIFT).expect("lifts");
    tx.commit().await.expect("commits");
    db.close().await;
}

async fn count(place: &Place, sql: &'static str) -> i64 {
    let db = place.database().await;
    let mut tx = db.read().await.expect("tx");
    let (found,) = db::one!(&mut tx, (i64,), sql).expect("counts");
    drop(tx);
    db.close().await;
    found
}

async fn counted(place: &Place, sql: &'static str) -> (i64, i64, i64) {
    let db = place.database().await;
    let mut tx = db.read().await.expect("tx");
    let found = db::one!(&mut tx, (i64, i64, i64), sql).expect("counts");
    drop(tx);
    db.close().await;
    found
}
