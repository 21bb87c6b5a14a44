//! `kill -9` at random moments while several programs send by tus, and a ledger of what each was told.
//!
//! Nothing that was acknowledged may be missing or altered, no offset may go backwards or stand beyond what was sent, and
//! nothing may be there twice. The short form kills a few times for each pair; `HEARD_TEST_LONG=1` kills 200 times while
//! at least 20,000 small files are acknowledged, and prints the figures.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use data_encoding::{BASE64, HEXLOWER};
use heard::db::Db;
use hyper::Method;

use super::client::{offset_of, piece_at};
use crate::browser::file::File;
use crate::browser::{Browser, Page, full};
use crate::intake::place::sha256;
use crate::kills::{Place, dice, place};
use crate::world::run;

const VERSION: (&str, &str) = ("tus-resumable", "1.0.0");
const MIB: u64 = 1 << 20;

/// How much is done before everything is looked at.
struct Plan {
    kills: u64,
    uploads: usize,
    drafts: usize,
    lanes: u64,
}

fn plan() -> Plan {
    match std::env::var("HEARD_TEST_LONG") {
        Ok(_) => Plan { kills: 200, uploads: 20_000, drafts: 25, lanes: 4 },
        Err(_) => Plan { kills: 3, uploads: 40, drafts: 1, lanes: 3 },
    }
}

/// What all programs were told, and what they saw.
#[derive(Default)]
struct Told {
    /// Acknowledged: address and digest.
    ledger: RefCell<BTreeMap<String, Vec<u8>>>,
    /// Requests that broke off.
    broken: Cell<u64>,
    /// Uploads that went on after a request had broken off.
    resumed: Cell<u64>,
    /// Bytes that were acknowledged.
    bytes: Cell<u64>,
    over: Cell<bool>,
}

impl Told {
    fn count(counter: &Cell<u64>, more: u64) {
        counter.set(counter.get() + more);
    }
}

/// Asks until an answer comes that is not about the service being away.
async fn ask(browser: &mut Browser, told: &Told, method: &Method, url: &str, headers: &[(&str, &str)]) -> Page {
    let began = Instant::now();
    loop {
        match browser.try_send(method.clone(), url, headers, full("")).await {
            Some(page) if page.status < 500 && page.status != 423 => return page,
            Some(_) => {}
            None => Told::count(&told.broken, 1),
        }
        assert!(began.elapsed() < Duration::from_secs(120), "{method} {url} was not answered for two minutes");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The lengths of a family's files, made small, and now and then one of several parts.
fn length_of(random: u64) -> u64 {
    match random % 100 {
        0 => 0,
        1 => 9 * MIB + random % 100_000,
        2..5 => 65_535 + random % 3,
        5..10 => 100_000 + (random >> 8) % 400_000,
        _ => 1 + (random >> 8) % 20_000,
    }
}

async fn send_one(browser: &mut Browser, told: &Told, number: u64) {
    let random = dice(number);
    let file = File::made("made.bin", "application/octet-stream", Vec::new(), number, length_of(random));
    let bytes = file.blocks().flatten().collect::<Vec<u8>>();
    let length = bytes.len().to_string();
    let metadata = format!("filename bWFkZS5iaW4=,once {}", BASE64.encode(number.to_string().as_bytes()));
    let headers = [VERSION, ("upload-length", &length), ("upload-metadata", &metadata)];
    let page = ask(browser, told, &Method::POST, "/uploads", &headers).await;
    assert_eq!(page.status, 201, "{}", String::from_utf8_lossy(&page.body));
    let at = page.leads_to().expect("an upload has an address").to_owned();
    let (mut stands, mut broken, mut turn) = (0, false, 0);
    while stands < bytes.len() || turn == 0 {
        turn += 1;
        let most = 1 + dice(random ^ turn) as usize % (bytes.len() + 1);
        let end = bytes.len().min(stands + most.max(bytes.len() / 3));
        let offset = stands.to_string();
        let headers = [&[VERSION][..], &piece_at(&offset)].concat();
        let answer = browser.try_send(Method::PATCH, &at, &headers, full(bytes[stands..end].to_vec())).await;
        if let Some(page) = &answer
            && page.status == 204
        {
            assert_eq!(offset_of(page), Some(end as u64));
            stands = end;
            continue;
        }
        broken |= answer.is_none();
        Told::count(&told.broken, u64::from(answer.is_none()));
        let page = ask(browser, told, &Method::HEAD, &at, &[VERSION]).await;
        let now = offset_of(&page).expect("HEAD says an offset") as usize;
        assert!(now >= stands, "the offset of {at} went backwards: {now} after {stands}");
        assert!(now <= end, "the offset of {at} is beyond what was sent: {now} after {end}");
        stands = now;
    }
    Told::count(&told.resumed, u64::from(broken));
    Told::count(&told.bytes, bytes.len() as u64);
    told.ledger.borrow_mut().insert(at, sha256(&bytes));
}

async fn lane(mut browsers: Vec<Browser>, told: &Told, lane: u64) {
    let mut number = lane << 32;
    while !told.over.get() {
        let browser = number as usize % browsers.len();
        send_one(&mut browsers[browser], told, number).await;
        number += 1;
    }
}

async fn kill_again_and_again(place: &Place, told: &Told, plan: &Plan) -> (crate::process::Process, u64) {
    let (mut process, mut kills) = (place.start(), 0);
    while kills < plan.kills || told.ledger.borrow().len() < plan.uploads {
        tokio::time::sleep(Duration::from_millis(20 + dice(kills) % 1_200)).await;
        if kills < plan.kills {
            process.kill();
            process = place.start();
            kills += 1;
        }
    }
    told.over.set(true);
    (process, kills)
}

async fn story(place: Place) {
    let plan = plan();
    let mut lanes = Vec::new();
    let process = place.start();
    for _ in 0..plan.lanes {
        let mut browsers = Vec::new();
        for _ in 0..plan.drafts {
            let mut browser = Browser::new(&place.origin());
            let start = browser.open("/").await;
            browser.press(start.form("Start")).await;
            browsers.push(browser);
        }
        lanes.push(browsers);
    }
    process.stop();
    let told = Told::default();
    let sending = lanes.into_iter().enumerate().map(|(number, browsers)| lane(browsers, &told, number as u64));
    let began = Instant::now();
    let (_, (process, kills)) =
        tokio::join!(futures_util::future::join_all(sending), kill_again_and_again(&place, &told, &plan));
    let sent = began.elapsed();
    let ledger = told.ledger.take();
    everything_is_there(&place, &ledger).await;
    process.stop();
    let report = place.run(&["reconcile"]);
    let report = String::from_utf8_lossy(&report.stdout).into_owned();
    assert!(report.contains("Nothing needs a person."), "{report}");
    println!(
        "tus, {} of {} kills: {} uploads acknowledged ({} MiB) in {} s; {} requests broke off, {} uploads went on; \
         0 lost, 0 altered, 0 offsets backwards, 0 twice",
        kills,
        plan.kills,
        ledger.len(),
        told.bytes.get() / MIB,
        sent.as_secs(),
        told.broken.get(),
        told.resumed.get(),
    );
}

/// Every upload of the ledger was read back and is what was sent; and there is no other.
async fn everything_is_there(place: &Place, ledger: &BTreeMap<String, Vec<u8>>) {
    let (mut began, mut before) = (Instant::now(), usize::MAX);
    loop {
        let there = read_back(place).await;
        let mut waiting = 0;
        for (at, digest) in ledger {
            match there.get(at.trim_start_matches("/uploads/")) {
                Some(Some(found)) => assert_eq!(HEXLOWER.encode(found), HEXLOWER.encode(digest), "{at} was altered"),
                Some(None) => waiting += 1,
                None => panic!("{at} was acknowledged and is lost"),
            }
        }
        if waiting == 0 {
            assert_eq!(there.len(), ledger.len(), "no upload is there twice");
            return;
        }
        if waiting < before {
            (began, before) = (Instant::now(), waiting);
        }
        assert!(began.elapsed() < Duration::from_secs(90), "{waiting} acknowledged uploads are not read back");
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

/// Every upload, with the digest that the read-back found.
async fn read_back(place: &Place) -> BTreeMap<String, Option<Vec<u8>>> {
    let db = match place.settings.iter().find(|(name, _)| name == "HEARD_DATABASE_URL") {
        Some((_, url)) => Db::open_postgres(url).await.expect("PostgreSQL answers"),
        None => Db::open_sqlite(&place.data.join("heard.sqlite")).await.expect("SQLite opens"),
    };
    let mut tx = db.read().await.expect("tx");
    const UPLOADS: &str = "select u.id, i.sha256 from upload u join evidence_item i on i.id = u.item_id";
    let rows = heard::db::all!(&mut tx, (String, Option<Vec<u8>>), UPLOADS).expect("asks");
    drop(tx);
    db.close().await;
    rows.into_iter().collect()
}

macro_rules! killed_on {
    ($($name:ident = ($postgres:literal, $s3:literal, $promise:literal)),+ $(,)?) => {$(
        #[test]
        fn $name() {
            run(|| async {
                let folder = tempfile::tempdir().expect("a temporary folder");
                story(place(folder.path(), $postgres, $s3, $promise).await).await;
            });
        }
    )+};
}

killed_on! {
    sqlite_and_disk = (false, false, "disk"),
    sqlite_and_s3 = (false, true, "disk"),
    postgres_and_disk = (true, false, "store"),
    postgres_and_s3 = (true, true, "store"),
}
