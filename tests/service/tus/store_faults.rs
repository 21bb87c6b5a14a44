//! A bucket that is busy, that says yes and means no, that loses its answers, gives fewer bytes than it has, gets a part
//! long after it was given up, or brings a byte a second. Whatever it does: nothing that was acknowledged is lost, nothing
//! is there twice, everything is read back once the fault is over, and meanwhile its sender is told in plain words.

use std::time::{Duration, Instant};

use futures_util::TryStreamExt;
use heard::clock::{DAY, MINUTE};
use heard::evidence::ItemState;
use heard::intake::reconcile::reconcile;
use heard::storage::{ObjectKey, Store};
use hyper::Method;

use super::client::{Client, body_of, row_of};
use super::sender::{MIB, Told};
use crate::bad_line::{BadLine, Cut, Weather};
use crate::browser::File;
use crate::false_bucket::{Asked, Does, FalseBucket};
use crate::intake::place::promise_store;
use crate::kills::dice;
use crate::outside;
use crate::say;
use crate::world::{Pair, World, run};

/// A service whose bucket may have faults, and somebody who sends to it.
struct Scene {
    world: World,
    bucket: FalseBucket,
    client: Client,
    told: Told,
    sent: Vec<File>,
}

async fn world(pair: Pair, bucket: &str, near: &str, patience: u64) -> World {
    let storage = outside::through(bucket, near);
    World::begin_with(pair, |settings| {
        settings.storage_url = Some(storage);
        settings.store_patience = patience;
        if pair == Pair::PostgresAndS3 {
            promise_store(settings);
        }
    })
    .await
}

impl Scene {
    async fn begin(pair: Pair) -> Scene {
        let url = outside::fresh_garage_bucket().await;
        let bucket = FalseBucket::before(&outside::endpoint_of(&url)).await;
        let world = world(pair, &url, &bucket.address(), 600).await;
        let client = Client::begin(&world).await;
        Scene { world, bucket, client, told: Told::default(), sent: Vec::new() }
    }

    /// Sends a file as a program does that goes on until everything is acknowledged.
    async fn send(&mut self, length: u64) -> String {
        let (file, at) = self.create(length).await;
        self.bring(&file, &at, 0..length).await;
        at
    }

    async fn create(&mut self, length: u64) -> (File, String) {
        let number = self.sent.len() as u64;
        let file = File::made("made.bin", "application/octet-stream", Vec::new(), number, length);
        self.sent.push(file.clone());
        let at = self.told.create(self.client.browser(), length, &number.to_string()).await;
        (file, at)
    }

    async fn bring(&mut self, file: &File, at: &str, piece: std::ops::Range<u64>) {
        let (mut stands, began) = (piece.start, Instant::now());
        while stands < piece.end {
            stands = self.told.bring(self.client.browser(), at, file, stands..piece.end).await.0;
            assert!(began.elapsed() < Duration::from_secs(120), "it goes on for ever");
        }
    }

    /// What lies in the bucket counts, whatever was answered: nobody helps here.
    async fn until_stored(&self, at: &str) {
        until("it is stored", async || row_of(&self.world, at).await.state == "stored").await;
    }

    /// Its sender reads that all of it is safe.
    async fn must_be_safe(&mut self, at: &str) {
        assert_eq!(row_of(&self.world, at).await.state, "whole");
        let page = self.client.browser().open("/tell/evidence").await;
        page.must_be("/tell/evidence", 200).must_say(say("evidence.state.safe"));
        page.must_not_say(say("evidence.state.failed")).must_not_say(say("evidence.state.receiving"));
    }

    /// The fault is over: everything is there once, as it was sent, and nothing is left over.
    async fn all_is_well(mut self) {
        self.bucket.is_well();
        must_be_well(&self.world, &mut self.client, &self.sent).await;
        println!("{} questions met a fault, {} answers were put off", self.bucket.faults(), self.told.put_off.get());
    }
}

/// Waits for something that comes by itself.
async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let began = Instant::now();
    while !is_so().await {
        assert!(began.elapsed() < Duration::from_secs(120), "{what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn must_be_well(world: &World, client: &mut Client, sent: &[File]) {
    let mut items = Vec::new();
    for _ in 0..10 {
        world.run_jobs().await;
        items = client.family.items(world).await;
        items.retain(|item| item.state != ItemState::Removed);
        if items.iter().all(|item| item.verified_us.is_some()) {
            break;
        }
        world.clock.advance(MINUTE);
    }
    let digests: Vec<_> = items.iter().map(|item| item.sha256.clone().unwrap_or_default()).collect();
    let expected: Vec<_> = sent.iter().map(|file| file.sha256().as_ref().to_vec()).collect();
    assert!(digests == expected, "each is read back once, as it was sent: {items:#?}");
    let page = client.browser().open("/tell/evidence").await;
    let had = page.text().matches(say("evidence.verified")).count();
    assert_eq!(had, sent.len(), "{}", page.text());
    world.clock.advance(2 * DAY);
    world.run_jobs().await;
    let Store::S3(s3) = &world.site.store else { panic!("it is a bucket") };
    let open = s3.list_uploads("originals/").await.expect("lists");
    assert!(open.is_empty(), "{open:?}");
    let objects: Vec<_> = world.site.store.list("originals/").try_collect().await.expect("lists");
    assert_eq!(objects.len(), sent.len(), "nothing is there twice: {objects:?}");
    let report = reconcile(&world.intake).await.expect("compares");
    assert!(!report.needs_a_person(), "{report}");
}

/// One test with each promise: of this server's disk, and of the bucket.
macro_rules! with_each_promise {
    ($($name:ident),+ $(,)?) => {$(
        mod $name {
            use super::*;

            #[test]
            fn disk() {
                run(|| super::$name(Pair::SqliteAndS3));
            }

            #[test]
            fn store() {
                run(|| super::$name(Pair::PostgresAndS3));
            }
        }
    )+};
}

async fn busy_for_a_third(pair: Pair) {
    let mut scene = Scene::begin(pair).await;
    scene.bucket.does(|_, number| if dice(number).is_multiple_of(3) { Does::Busy } else { Does::Right });
    for length in [0, 1, 70_000, 9 * MIB, 17 * MIB + 5] {
        scene.send(length).await;
    }
    scene.world.run_jobs().await;
    assert!(scene.bucket.faults() > 5);
    scene.all_is_well().await;
}

async fn busy_all_the_time(pair: Pair) {
    let mut scene = Scene::begin(pair).await;
    let (file, at) = scene.create(300_000).await;
    scene.bring(&file, &at, 0..100_000).await;
    scene.bucket.does(|_, _| Does::Busy);
    let rest: Vec<u8> = file.range(100_000..300_000).flatten().collect();
    let page = scene.client.patch(&at, 100_000, rest).await;
    if pair == Pair::SqliteAndS3 {
        assert_eq!(page.status, 204, "this server's disk has it: {}", body_of(&page));
        scene.must_be_safe(&at).await;
    } else {
        assert_eq!(page.status, 503, "nothing is promised that the bucket does not have");
        assert_eq!((page.header("retry-after"), page.header("heard-problem")), (Some("5"), Some("unavailable")));
        let told = body_of(&page);
        for key in ["problem.unavailable.what", "problem.unavailable.now"] {
            assert!(told.contains(say(key)), "{told}");
        }
    }
    scene.bucket.is_well();
    scene.bring(&file, &at, 100_000..300_000).await;
    scene.all_is_well().await;
}

async fn complete_with_an_error_inside(pair: Pair) {
    let mut scene = Scene::begin(pair).await;
    scene.bucket.does(|asked, _| if asked == Asked::Complete { Does::ErrorInside } else { Does::Right });
    let at = scene.send(10 * MIB).await;
    scene.must_be_safe(&at).await;
    scene.all_is_well().await;
}

async fn complete_that_says_no_and_means_yes(pair: Pair) {
    let mut scene = Scene::begin(pair).await;
    scene.bucket.does(|asked, _| if asked == Asked::Complete { Does::RightAndErrorInside } else { Does::Right });
    let at = scene.send(10 * MIB).await;
    scene.until_stored(&at).await;
    scene.all_is_well().await;
}

async fn complete_whose_answer_is_lost(pair: Pair) {
    let mut scene = Scene::begin(pair).await;
    scene.bucket.does(|asked, _| if asked == Asked::Complete { Does::LosesAnswer } else { Does::Right });
    let at = scene.send(10 * MIB).await;
    scene.until_stored(&at).await;
    scene.all_is_well().await;
}

async fn reading_breaks_off(pair: Pair) {
    let mut scene = Scene::begin(pair).await;
    scene.bucket.does(|asked, _| if asked == Asked::Read { Does::BreaksOff } else { Does::Right });
    let at = scene.send(9 * MIB).await;
    scene.must_be_safe(&at).await;
    scene.all_is_well().await;
}

async fn reading_gives_too_little(pair: Pair) {
    let mut scene = Scene::begin(pair).await;
    scene.bucket.does(|asked, _| if asked == Asked::Read { Does::Shortens } else { Does::Right });
    let at = scene.send(9 * MIB).await;
    scene.must_be_safe(&at).await;
    scene.world.run_jobs().await;
    scene.must_be_safe(&at).await;
    scene.all_is_well().await;
}

async fn an_object_is_short_at_rest(pair: Pair) {
    let mut scene = Scene::begin(pair).await;
    let at = scene.send(9 * MIB).await;
    scene.until_stored(&at).await;
    let store = &scene.world.site.store;
    let key: ObjectKey = row_of(&scene.world, &at).await.object_key.expect("a place").parse().expect("ours");
    let object = store.get_small(&key, 1 << 30).await.expect("is there");
    store.put(&key, object.slice(..object.len() - 100_000)).await.expect("is cut");
    scene.world.run_jobs().await;
    scene.must_be_safe(&at).await;
    scene.all_is_well().await;
}

/// Only the first part that is sent is late.
fn first_part_is_late(scene: &Scene) {
    let first = std::sync::atomic::AtomicBool::new(true);
    scene.bucket.does(move |asked, _| {
        let late = asked == Asked::Part && first.swap(false, std::sync::atomic::Ordering::SeqCst);
        if late { Does::Late } else { Does::Right }
    });
}

async fn a_part_comes_after_its_object_was_made(pair: Pair) {
    let mut scene = Scene::begin(pair).await;
    first_part_is_late(&scene);
    let at = scene.send(10 * MIB).await;
    scene.until_stored(&at).await;
    assert_eq!(scene.bucket.deliver_late().await, [404]);
    scene.all_is_well().await;
}

async fn a_part_comes_twice_before_its_object_is_made(pair: Pair) {
    let mut scene = Scene::begin(pair).await;
    first_part_is_late(&scene);
    let (file, at) = scene.create(10 * MIB).await;
    scene.bring(&file, &at, 0..9 * MIB).await;
    until("the part is sent again", async || first_part_is_confirmed(&scene, &at).await).await;
    assert_eq!(scene.bucket.deliver_late().await, [200]);
    scene.bring(&file, &at, 9 * MIB..10 * MIB).await;
    scene.all_is_well().await;
}

async fn first_part_is_confirmed(scene: &Scene, at: &str) -> bool {
    let row = row_of(&scene.world, at).await;
    let Some(multipart) = &row.multipart else { return false };
    let mut tx = scene.world.site.db.read().await.expect("tx");
    let parts = heard::intake::store::list_parts(&mut tx, &row.id, multipart).await.expect("parts");
    parts.first().is_some_and(|part| part.is_confirmed())
}

async fn a_part_comes_after_its_file_was_taken_out_and_sent_again(pair: Pair) {
    let mut scene = Scene::begin(pair).await;
    first_part_is_late(&scene);
    let (file, at) = scene.create(10 * MIB).await;
    scene.bring(&file, &at, 0..9 * MIB).await;
    until("a part is sent", async || scene.bucket.faults() > 0).await;
    assert_eq!(scene.client.ask(Method::DELETE, &at, &[], "").await.status, 204);
    scene.world.run_jobs().await;
    scene.sent.clear();
    let again = scene.told.create(scene.client.browser(), 10 * MIB, "again").await;
    scene.sent.push(file.clone());
    scene.bring(&file, &again, 0..9 * MIB).await;
    assert_eq!(scene.bucket.deliver_late().await, [404]);
    scene.bring(&file, &again, 9 * MIB..10 * MIB).await;
    scene.all_is_well().await;
}

with_each_promise!(
    busy_for_a_third,
    busy_all_the_time,
    complete_with_an_error_inside,
    complete_that_says_no_and_means_yes,
    complete_whose_answer_is_lost,
    reading_breaks_off,
    reading_gives_too_little,
    an_object_is_short_at_rest,
    a_part_comes_after_its_object_was_made,
    a_part_comes_twice_before_its_object_is_made,
    a_part_comes_after_its_file_was_taken_out_and_sent_again,
);

#[test]
fn a_byte_a_second() {
    run(|| async {
        let url = outside::fresh_garage_bucket().await;
        let port = outside::endpoint_of(&url).rsplit_once(':').and_then(|(_, port)| port.parse().ok());
        let line = BadLine::to(port.expect("a port"), Weather::FAIR).await;
        let world = world(Pair::SqliteAndS3, &url, line.origin().trim_start_matches("http://"), 2).await;
        let mut client = Client::begin(&world).await;
        let file = File::made("made.bin", "application/octet-stream", Vec::new(), 1, 300_000);
        let bytes: Vec<u8> = file.blocks().flatten().collect();
        let at = client.create(bytes.len() as u64, "made.bin").await;
        line.becomes(Weather { bytes_per_second: Some(1), ..Weather::FAIR });
        line.cut(Cut::Loud);
        let mut same = client.family.browser.clone();
        let began = Instant::now();
        let sending = client.patch(&at, 0, bytes);
        let looking = async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            let asked = Instant::now();
            same.open("/tell").await.must_be("/tell", 200);
            assert!(asked.elapsed() < Duration::from_secs(5), "nobody else waits: {:?}", asked.elapsed());
        };
        let (page, ()) = tokio::join!(sending, looking);
        assert_eq!(page.status, 204, "all of it is safe here: {}", body_of(&page));
        assert!(began.elapsed() < Duration::from_secs(30), "its sender does not wait for the bucket");
        client.browser().open("/tell/evidence").await.must_say(say("evidence.state.safe"));
        line.becomes(Weather::FAIR);
        line.cut(Cut::Loud);
        must_be_well(&world, &mut client, &[file]).await;
    });
}
