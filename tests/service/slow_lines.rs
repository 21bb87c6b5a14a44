//! Thousands of connections that are held open and bring almost nothing: others get their pages meanwhile, and each of
//! them is ended by us. The figures of a run are printed (`--nocapture`); a test that measured would fail on a busy day.

use std::time::{Duration, Instant};

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use hyper::Method;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::browser::{Browser, full};
use super::process::{Place, Process};
use super::say;
use super::world::run;

/// A head that never ends.
const HEAD: &str = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ";
/// A form that never ends.
const BODY: &str = "POST /begin HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n\
    Content-Length: 100000\r\n\r\n";

/// How a slow connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// Without a word.
    Silent,
    /// With an answer of this status.
    Answered(u16),
}

/// Says a letter a second until the other end has had enough.
async fn trickle(port: u16, start: &'static str) -> End {
    let mut line = loop {
        // Where thousands come at once some are not heard at first.
        match TcpStream::connect(("127.0.0.1", port)).await {
            Ok(line) => break line,
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    };
    let _ = line.write_all(start.as_bytes()).await;
    let mut heard = Vec::new();
    let mut room = [0; 1024];
    loop {
        tokio::select! {
            read = line.read(&mut room) => match read {
                Ok(0) | Err(_) => break,
                Ok(count) => heard.extend_from_slice(&room[..count]),
            },
            () = tokio::time::sleep(Duration::from_secs(1)) => {
                if line.write_all(b"a").await.is_err() {
                    break;
                }
            }
        }
    }
    let status = std::str::from_utf8(heard.get(9..12).unwrap_or_default()).ok().and_then(|status| status.parse().ok());
    status.map_or(End::Silent, End::Answered)
}

/// Opens pages as somebody who tells would, and gives how long each took.
async fn visit(browser: &mut Browser) -> Vec<Duration> {
    let mut took = Vec::new();
    let began = Instant::now();
    let start = browser.open("/").await;
    took.push(began.elapsed());
    let began = Instant::now();
    browser.press(start.form_to("/begin")).await.must_be("/tell", 200);
    took.push(began.elapsed());
    for page in ["/tell/write", "/tell/evidence", "/help", "/tell/who"] {
        let began = Instant::now();
        browser.open(page).await.must_be(page, 200);
        took.push(began.elapsed());
    }
    let page = browser.open("/tell/write").await;
    let filling = page.form(say("write.save")).write_into_it("We waited");
    assert_eq!(browser.press_once(filling).await.status, 303);
    took
}

/// As many open files as the system lets this process have.
fn raise_open_files() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let most = getrlimit(Resource::Nofile).maximum;
    setrlimit(Resource::Nofile, Rlimit { current: most, maximum: most }).expect("the limit can be raised");
}

/// Visits while slow connections are open, until the first of them has been ended; then waits for all of them.
async fn visits_beside(process: &Process, heads: usize, bodies: usize) -> (Vec<Duration>, Vec<End>) {
    let port = process.place.port;
    let mut slow = FuturesUnordered::new();
    slow.extend((0..heads).map(|_| tokio::spawn(trickle(port, HEAD))));
    slow.extend((0..bodies).map(|_| tokio::spawn(trickle(port, BODY))));
    let mut took = Vec::new();
    let mut ends = Vec::new();
    while ends.len() < heads + bodies {
        if took.len() < 600 {
            // A newcomer each time: what they need is a connection.
            took.extend(visit(&mut process.browser()).await);
        }
        while let Ok(Some(end)) = tokio::time::timeout(Duration::from_millis(10), slow.next()).await {
            ends.push(end.expect("it ends"));
        }
    }
    (took, ends)
}

#[test]
fn four_thousand_slow_connections_do_not_stop_others() {
    raise_open_files();
    run(|| async {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let place = Place::new(folder.path()).with("HEARD_HEADER_SECONDS", "4").with("HEARD_BODY_SECONDS", "4");
        let process = place.start();
        let (mut took, ends) = visits_beside(&process, 2000, 2000).await;
        // A head is never answered; a form that broke off is.
        let answered = ends.iter().filter(|end| matches!(end, End::Answered(400))).count();
        let silent = ends.iter().filter(|end| **end == End::Silent).count();
        assert_eq!((answered + silent, ends.len()), (4000, 4000), "every one of them was ended by us");
        assert!(answered > 0 && silent >= 2000, "{answered} forms were answered, {silent} connections just ended");
        took.sort();
        let at = |percent: usize| took[(took.len() - 1) * percent / 100];
        println!(
            "{} pages beside 4,000 slow connections: median {:?}, p99 {:?}; peak memory {} MiB",
            took.len(),
            at(50),
            at(99),
            process.peak_memory() >> 20
        );
        process.stop();
    });
}

#[test]
fn where_every_place_is_taken_a_newcomer_gets_one() {
    run(|| async {
        let folder = tempfile::tempdir().expect("a temporary folder");
        // Long deadlines: what ends the slow ones here is that others come.
        let place = Place::new(folder.path()).with("HEARD_CONNECTIONS", "32").with("HEARD_HEADER_SECONDS", "600");
        let process = place.start();
        let port = process.place.port;
        let slow: Vec<_> = (0..150).map(|_| tokio::spawn(trickle(port, HEAD))).collect();
        for _ in 0..40 {
            come_and_look(&process).await;
        }
        assert!(slow.iter().any(|slow| slow.is_finished()), "places were given away");
        for one in slow {
            one.abort();
        }
        process.stop();
    });
}

/// Somebody opens the start page; where the connection goes away, they try once more, as browsers do by themselves.
async fn come_and_look(process: &Process) {
    for _ in 0..3 {
        let page = process.browser().try_send(Method::GET, "/", &[], full("")).await;
        if let Some(page) = page {
            assert_eq!(page.status, 200);
            return;
        }
    }
    panic!("three tries in a row found no place");
}
