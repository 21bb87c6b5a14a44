//! `kill -9` at random moments, while a client sends by form and a ledger records what it was told.
//!
//! Nothing that was acknowledged may be missing or altered, nothing shown twice, and the reconciler must find nothing that
//! needs a person. The short form kills a few times for each pair; `HEARD_TEST_LONG=1` kills fifty times.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use hyper::Method;

use super::browser::Browser;
use super::browser::file::File;
use super::browser::page::Page;
use super::browser::wire::Multipart;
use super::outside;
pub use super::process::Place;

const ADD: &str = "Add these files";

/// What the client was told: names of files that were acknowledged, with the digest of what was sent.
type Ledger = BTreeMap<String, String>;

fn kills() -> usize {
    if is_long() { 50 } else { 3 }
}

/// Whether this is the long form of the tests that have one.
pub fn is_long() -> bool {
    std::env::var_os("HEARD_TEST_LONG").is_some()
}

/// A number that looks random and is the same in every run.
pub fn dice(seed: u64) -> u64 {
    let mut state = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    state = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    state = (state ^ (state >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    state ^ (state >> 31)
}

async fn story(place: Place) {
    let mut process = Some(place.start());
    let mut browser = Browser::new(&place.origin());
    let start = browser.open("/").await;
    browser.press(start.form("Start")).await;
    let page = browser.open("/tell/evidence").await;
    let mut ledger = Ledger::new();
    for round in 0..kills() as u64 {
        let sending = send_until_it_breaks(place.origin(), browser.jar.clone(), page.clone(), round);
        let killing = async {
            tokio::time::sleep(Duration::from_millis(50 + dice(round) % 1500)).await;
            process.take().expect("it runs").kill();
        };
        let (told, ()) = tokio::join!(sending, killing);
        ledger.extend(told);
        process = Some(place.start());
    }
    let told = send_files(&mut browser, &page, "last", 1).await;
    ledger.extend(told);
    println!("{} kills, {} files acknowledged", kills(), ledger.len());
    everything_is_there(&place, &mut browser, &ledger).await;
    process.take().expect("it runs").stop();
    must_agree(&place);
}

const NOW_DUE: &str = "update job set run_at_us = 0, lease_until_us = null where failed_us is null";

/// The minute is over for which work lies still when its worker was killed or its server was away. Only long runs wait.
pub async fn let_a_minute_pass(place: &Place) {
    if is_long() {
        return;
    }
    let db = place.database().await;
    let mut tx = db.write().await.expect("tx");
    heard::db::run!(&mut tx, NOW_DUE).expect("is due");
    tx.commit().await.expect("commits");
    db.close().await;
}

/// Database, spool and store agree: nothing is left that a person must look at.
pub fn must_agree(place: &Place) {
    let report = place.run(&["reconcile"]);
    let report = format!("{}{}", String::from_utf8_lossy(&report.stdout), String::from_utf8_lossy(&report.stderr));
    assert!(report.contains("Nothing needs a person."), "{report}");
}

async fn send_until_it_breaks(origin: String, jar: super::browser::cookies::Jar, page: Page, round: u64) -> Ledger {
    let mut browser = Browser::new(&origin);
    browser.jar = jar;
    send_files(&mut browser, &page, &format!("round{round}"), 1000).await
}

/// Sends files one after another, until the connection breaks or `most` are sent.
async fn send_files(browser: &mut Browser, page: &Page, name: &str, most: u64) -> Ledger {
    let mut ledger = Ledger::new();
    for number in 0..most {
        let name = format!("{name}-{number}.bin");
        let length = [0, 1, 65_536, 300_000, 3 << 20, 17 << 20][(dice(number ^ name.len() as u64) % 6) as usize];
        let file = File::made(&name, "application/octet-stream", Vec::new(), number + 77, length);
        let digest = file.sha256_hex();
        let body = Multipart::new(&page.form(ADD).attach("Choose files", file).sent());
        let (kind, size) = (format!("multipart/form-data; boundary={}", body.boundary), body.length.to_string());
        let headers = [("content-type", kind.as_str()), ("content-length", size.as_str())];
        match browser.try_send(Method::POST, "/tell/evidence", &headers, body.body()).await {
            // 303: we have it. 422: it is empty, and kept.
            Some(answer) if answer.status == 303 || answer.status == 422 => {
                ledger.insert(name, digest);
            }
            Some(answer) if answer.status == 413 => return ledger,
            Some(_) => {}
            None => return ledger,
        }
    }
    ledger
}

/// Every file of the ledger is in the list once, and comes back as it was sent.
async fn everything_is_there(place: &Place, browser: &mut Browser, ledger: &Ledger) {
    let_a_minute_pass(place).await;
    let began = Instant::now();
    loop {
        let list = browser.open("/tell/evidence").await;
        let text = list.text();
        let times = |name: &str| text.matches(&format!("Take out {name}")).count();
        let wrong: Vec<_> = ledger.keys().map(|name| (name, times(name))).filter(|(_, times)| *times != 1).collect();
        assert!(wrong.is_empty(), "acknowledged, and not in the list exactly once: {wrong:?}");
        let digests = stored_digests(place).await;
        let waiting: Vec<_> = ledger.values().filter(|digest| !digests.contains(digest)).collect();
        if waiting.is_empty() {
            return;
        }
        assert!(began.elapsed() < Duration::from_secs(120), "{} acknowledged files are not verified", waiting.len());
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// The digests that the read-back found, as the rows tell them.
pub async fn stored_digests(place: &Place) -> Vec<String> {
    let db = place.database().await;
    let mut tx = db.read().await.expect("tx");
    const DIGESTS: &str = "select sha256 from evidence_item where sha256 is not null";
    let rows = heard::db::all!(&mut tx, (Vec<u8>,), DIGESTS).expect("asks");
    drop(tx);
    db.close().await;
    rows.into_iter().map(|(digest,)| data_encoding::HEXLOWER.encode(&digest)).collect()
}

/// A place with the servers that it names, whose one draft may hold all that a long run sends.
pub async fn place(folder: &std::path::Path, postgres: bool, s3: bool, promise: &str) -> Place {
    let mut place = Place::new(folder)
        .with("HEARD_UPLOAD_PROMISE", promise)
        .with("HEARD_SUBMISSION_FILES", "100000")
        .with("HEARD_SUBMISSION_BYTES", "1000000000000");
    if postgres {
        place = place.with("HEARD_DATABASE_URL", outside::fresh_postgres().await).with("HEARD_SHARED_FOLDER", "yes");
    }
    if s3 {
        place = place.with("HEARD_STORAGE_URL", outside::fresh_garage_bucket().await);
    }
    place
}

/// Makes one test of a story for each of the four places in which the program may stand.
macro_rules! in_every_place {
    ($story:ident) => {
        $crate::kills::in_places! { $story:
            sqlite_and_disk = (false, false, "disk"),
            sqlite_and_s3 = (false, true, "disk"),
            postgres_and_disk = (true, false, "store"),
            postgres_and_s3 = (true, true, "store"),
        }
    };
}

/// Makes one test of a story for the smallest place and for the largest.
macro_rules! in_two_places {
    ($story:ident) => {
        mod $story {
            use super::$story;

            $crate::kills::in_places! { $story:
                sqlite_and_disk = (false, false, "disk"),
                postgres_and_s3 = (true, true, "store"),
            }
        }
    };
}

macro_rules! in_places {
    ($story:ident: $($name:ident = ($postgres:literal, $s3:literal, $promise:literal),)+) => {$(
        #[test]
        fn $name() {
            $crate::world::run(|| async {
                let folder = tempfile::tempdir().expect("a temporary folder");
                $story($crate::kills::place(folder.path(), $postgres, $s3, $promise).await).await;
            });
        }
    )+};
}
pub(crate) use {in_every_place, in_places, in_two_places};

in_every_place!(story);
