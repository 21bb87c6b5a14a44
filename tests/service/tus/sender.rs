//! Programs that send by tus while servers are killed and lines are cut, and a ledger of what each was told.
//!
//! Nothing that was acknowledged may be missing or altered, no offset may go backwards or stand beyond what was sent, and
//! nothing may be there twice.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::ops::Range;
use std::time::{Duration, Instant};

use data_encoding::{BASE64, HEXLOWER};
use futures_util::stream;
use http_body_util::{BodyExt, StreamBody};
use hyper::Method;
use hyper::body::Frame;

use super::client::{offset_of, piece_at};
use crate::browser::file::File;
use crate::browser::{Body, Browser, Page, full};
use crate::kills::{Place, dice, is_long, let_a_minute_pass};

const VERSION: (&str, &str) = ("tus-resumable", "1.0.0");
pub const MIB: u64 = 1 << 20;

/// How much is done before everything is looked at.
pub struct Plan {
    /// Times that something is killed.
    pub blows: u64,
    /// Uploads that are acknowledged at the least.
    pub uploads: usize,
    /// Drafts that each program sends for, in turn.
    pub drafts: usize,
    /// Programs that send at the same time.
    pub lanes: u64,
    /// Of a hundred files, those that go to a bucket in several parts.
    pub large: u64,
}

impl Plan {
    /// The same with other numbers, where `HEARD_TEST_KILLS` or `HEARD_TEST_UPLOADS` asks for them.
    pub fn asked_for(self) -> Plan {
        let asked = |name: &str| std::env::var(name).ok().and_then(|number| number.parse::<u64>().ok());
        Plan {
            blows: asked("HEARD_TEST_KILLS").unwrap_or(self.blows),
            uploads: asked("HEARD_TEST_UPLOADS").map_or(self.uploads, |uploads| uploads as usize),
            ..self
        }
    }
}

/// What all programs were told, and what they saw.
#[derive(Default)]
pub struct Told {
    /// Acknowledged: address and digest.
    ledger: RefCell<BTreeMap<String, String>>,
    /// Requests that brought no answer.
    pub broken: Cell<u64>,
    /// Answers that asked to come again.
    pub put_off: Cell<u64>,
    /// Uploads that went on after a request had broken off.
    resumed: Cell<u64>,
    /// Bytes that were acknowledged.
    bytes: Cell<u64>,
    over: Cell<bool>,
}

fn count(counter: &Cell<u64>, more: u64) {
    counter.set(counter.get() + more);
}

impl Told {
    /// Asks until an answer comes that is not about the service being away for a moment.
    pub async fn ask(&self, browser: &mut Browser, method: &Method, url: &str, headers: &[(&str, &str)]) -> Page {
        let began = Instant::now();
        loop {
            match browser.try_send(method.clone(), url, headers, full("")).await {
                Some(page) if page.status < 500 && page.status != 423 => return page,
                Some(_) => count(&self.put_off, 1),
                None => count(&self.broken, 1),
            }
            assert!(began.elapsed() < Duration::from_secs(120), "{method} {url} was not answered for two minutes");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Begins an upload. The same `once` begins the same one.
    pub async fn create(&self, browser: &mut Browser, length: u64, once: &str) -> String {
        let length = length.to_string();
        let metadata = format!("filename bWFkZS5iaW4=,once {}", BASE64.encode(once.as_bytes()));
        let headers = [VERSION, ("upload-length", &length), ("upload-metadata", &metadata)];
        let page = self.ask(browser, &Method::POST, "/uploads", &headers).await;
        assert_eq!(page.status, 201, "{}", String::from_utf8_lossy(&page.body));
        page.leads_to().expect("an upload has an address").to_owned()
    }

    /// Brings a piece of a file by one request, and gives where the upload stands then; and whether it broke off.
    pub async fn bring(&self, browser: &mut Browser, at: &str, file: &File, piece: Range<u64>) -> (u64, bool) {
        let (offset, length) = (piece.start.to_string(), (piece.end - piece.start).to_string());
        let headers = [&[VERSION, ("content-length", &length)][..], &piece_at(&offset)].concat();
        let answer = browser.try_send(Method::PATCH, at, &headers, body_of(file, piece.clone())).await;
        match &answer {
            Some(page) if page.status == 204 => {
                assert_eq!(offset_of(page), Some(piece.end), "all of it was taken");
                return (piece.end, false);
            }
            Some(_) => count(&self.put_off, 1),
            None => count(&self.broken, 1),
        }
        let page = self.ask(browser, &Method::HEAD, at, &[VERSION]).await;
        let now = offset_of(&page).expect("HEAD says an offset");
        assert!(now >= piece.start, "the offset of {at} went backwards: {now} after {}", piece.start);
        assert!(now <= piece.end, "the offset of {at} is beyond what was sent: {now} after {}", piece.end);
        (now, answer.is_none())
    }

    /// Sends a file in pieces of any length, until all of it is acknowledged.
    async fn send(&self, browser: &mut Browser, number: u64, large: u64) {
        let random = dice(number);
        let file = File::made("made.bin", "application/octet-stream", Vec::new(), number, length_of(random, large));
        let length = file.length();
        let at = self.create(browser, length, &number.to_string()).await;
        let (mut stands, mut broken, mut turn) = (0, false, 0);
        while stands < length || turn == 0 {
            turn += 1;
            let most = 1 + dice(random ^ turn) % (length + 1);
            let end = length.min(stands + most.max(length / 3));
            let (now, broke) = self.bring(browser, &at, &file, stands..end).await;
            (stands, broken) = (now, broken | broke);
        }
        count(&self.resumed, u64::from(broken));
        count(&self.bytes, length);
        self.ledger.borrow_mut().insert(at, file.sha256_hex());
    }

    async fn lane(&self, mut browsers: Vec<Browser>, lane: u64, large: u64) {
        let mut number = lane << 32;
        while !self.over.get() {
            let browser = number as usize % browsers.len();
            self.send(&mut browsers[browser], number, large).await;
            number += 1;
        }
    }
}

/// The lengths of a family's files, made small, and now and then one of several parts.
fn length_of(random: u64, large: u64) -> u64 {
    match random % 100 {
        0 => 0,
        1..5 => 65_534 + random % 4,
        5..10 => 100_000 + (random >> 8) % 400_000,
        other if other >= 100 - large => 9 * MIB + (random >> 8) % (9 * MIB),
        _ => 1 + (random >> 8) % 20_000,
    }
}

/// A piece of a file as a request's body.
fn body_of(file: &File, piece: Range<u64>) -> Body {
    let frames = file.range(piece).map(|bytes| Ok(Frame::data(bytes)));
    StreamBody::new(stream::iter(frames)).boxed_unsync()
}

/// Somebody's browser, with a draft.
pub async fn begin(origin: &str) -> Browser {
    let mut browser = Browser::new(origin);
    let start = browser.open("/").await;
    browser.press(start.form("Start")).await;
    browser
}

/// Sends with several programs at once while `strike` kills something again and again; then looks that everything is
/// there, once, as it was sent, and prints the figures.
pub async fn send_under(place: &Place, what: &str, plan: Plan, mut strike: impl AsyncFnMut(u64)) {
    let mut lanes = Vec::new();
    for _ in 0..plan.lanes {
        let mut browsers = Vec::new();
        for _ in 0..plan.drafts {
            browsers.push(begin(&place.origin()).await);
        }
        lanes.push(browsers);
    }
    let (told, mut blows, began) = (Told::default(), 0, Instant::now());
    let lanes = lanes.into_iter().enumerate().map(|(lane, browsers)| told.lane(browsers, lane as u64, plan.large));
    let striking = async {
        while blows < plan.blows || told.ledger.borrow().len() < plan.uploads {
            tokio::time::sleep(Duration::from_millis(20 + dice(blows) % 1_200)).await;
            // Spread over all uploads, so that none of them runs in peace.
            let due = plan.uploads as u64 * blows / plan.blows;
            if blows < plan.blows && told.ledger.borrow().len() as u64 >= due {
                strike(blows).await;
                blows += 1;
            }
        }
        told.over.set(true);
    };
    tokio::join!(futures_util::future::join_all(lanes), striking);
    let sent = began.elapsed();
    let ledger = told.ledger.take();
    let_a_minute_pass(place).await;
    everything_is_there(place, &ledger).await;
    println!(
        "{what}: {blows} kills, {} uploads acknowledged ({} bytes) in {} s, looked through after {} s; \
         {} requests broke off, {} were put off, {} uploads went on; 0 lost, 0 altered, 0 offsets backwards, 0 twice",
        ledger.len(),
        told.bytes.get(),
        sent.as_secs(),
        began.elapsed().as_secs(),
        told.broken.get(),
        told.put_off.get(),
        told.resumed.get(),
    );
}

/// Every upload of the ledger was read back and is what was sent; and there is no other.
pub async fn everything_is_there(place: &Place, ledger: &BTreeMap<String, String>) {
    let (mut began, mut before) = (Instant::now(), usize::MAX);
    loop {
        let there = read_back(place).await;
        let mut waiting = 0;
        for (at, digest) in ledger {
            match there.get(at.trim_start_matches("/uploads/")) {
                Some(Some(found)) => assert_eq!(&HEXLOWER.encode(found), digest, "{at} was altered"),
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
        // Two gigabytes are read back in one go.
        let patience = Duration::from_secs(if is_long() { 900 } else { 90 });
        assert!(began.elapsed() < patience, "{waiting} acknowledged uploads are not read back");
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

/// Every upload, with the digest that the read-back found.
async fn read_back(place: &Place) -> BTreeMap<String, Option<Vec<u8>>> {
    let db = place.database().await;
    let mut tx = db.read().await.expect("tx");
    const UPLOADS: &str = "select u.id, i.sha256 from upload u join evidence_item i on i.id = u.item_id";
    let rows = heard::db::all!(&mut tx, (String, Option<Vec<u8>>), UPLOADS).expect("asks");
    drop(tx);
    db.close().await;
    rows.into_iter().collect()
}
