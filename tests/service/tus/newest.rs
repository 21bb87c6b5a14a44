//! Several requests for one upload, and several uploads of one draft: the newest request wins, the older lets go.

use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::stream;
use http_body_util::{BodyExt, StreamBody};
use hyper::Method;
use hyper::body::Frame;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::client::{Client, offset_of, piece_at, row_of};
use super::core::must_be_whole;
use crate::browser::{Body, Browser};
use crate::intake::place::noise;
use crate::world::{World, on_each_pair};

/// A body that is sent piece by piece, and does not end by itself.
pub struct Pipe(mpsc::Sender<Bytes>);

impl Pipe {
    /// Sends a piece.
    pub async fn send(&mut self, bytes: Vec<u8>) {
        self.0.send(bytes.into()).await.expect("the line is open");
    }
}

/// An answer's head.
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Where the upload stands, if it says so.
    pub offset: Option<u64>,
    /// Which problem it names.
    pub problem: Option<String>,
}

/// A PATCH whose sender takes its time.
pub fn slow_patch(client: &Client, at: &str, offset: u64) -> (JoinHandle<Answer>, Pipe) {
    let (running, pipe) = slow_patch_of(&client.family.browser, at, offset);
    (tokio::task::spawn(async move { running.await.expect("it ends").expect("it is answered") }), pipe)
}

/// A PATCH of somebody's browser whose sender takes their time. None where no answer comes.
pub fn slow_patch_of(browser: &Browser, at: &str, offset: u64) -> (JoinHandle<Option<Answer>>, Pipe) {
    let (pipe, pieces) = mpsc::channel::<Bytes>(8);
    let frames = stream::unfold(pieces, |mut pieces| async move {
        pieces.recv().await.map(|piece| (Ok::<_, std::io::Error>(Frame::data(piece)), pieces))
    });
    let body: Body = StreamBody::new(frames).boxed_unsync();
    let (mut browser, at) = (browser.clone(), at.to_owned());
    let running = tokio::task::spawn(async move {
        let offset = offset.to_string();
        let headers = [&[("tus-resumable", "1.0.0")][..], &piece_at(&offset)].concat();
        let page = browser.try_send(Method::PATCH, &at, &headers, body).await?;
        let problem = page.header("heard-problem").map(str::to_owned);
        Some(Answer { status: page.status, offset: offset_of(&page), problem })
    });
    (running, Pipe(pipe))
}

/// Waits until a request is writing an upload.
pub async fn until_written(world: &World, at: &str) {
    let began = Instant::now();
    loop {
        let row = row_of(world, at).await;
        if row.generation > 0 && world.intake.spool().is_locked(&row.spool) {
            // The request has the file; what was sent to it is on its way.
            tokio::time::sleep(Duration::from_millis(50)).await;
            return;
        }
        assert!(began.elapsed() < Duration::from_secs(20), "nobody writes");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

on_each_pair!(the_newest_request_wins, |world: World| async move {
    let mut client = Client::begin(&world).await;
    let bytes = noise(1_000_000, 1);
    let at = client.create(bytes.len() as u64, "a").await;
    // A phone whose connection died without a word: the service still waits for its bytes.
    let (dead, mut pipe) = slow_patch(&client, &at, 0);
    pipe.send(bytes[..200_000].to_vec()).await;
    until_written(&world, &at).await;
    let began = Instant::now();
    assert_eq!(client.offset(&at).await, 200_000, "what the dead request brought is kept");
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    let answer = dead.await.expect("it ends");
    assert_eq!((answer.status, answer.problem.as_deref()), (423, Some("busy")));
    // The same when the newer request brings bytes at once.
    let (dead, mut pipe) = slow_patch(&client, &at, 200_000);
    pipe.send(bytes[200_000..300_000].to_vec()).await;
    until_written(&world, &at).await;
    let began = Instant::now();
    let page = client.patch(&at, 200_000, &bytes[200_000..]).await;
    assert_eq!((page.status, offset_of(&page)), (409, Some(300_000)), "it learns where the upload stands");
    let page = client.patch(&at, 300_000, &bytes[300_000..]).await;
    assert_eq!((page.status, offset_of(&page)), (204, Some(1_000_000)));
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    assert_eq!(dead.await.expect("it ends").status, 423);
    must_be_whole(&world, &client, &bytes).await;
});

on_each_pair!(two_that_send_the_same_never_mix, |world: World| async move {
    let mut client = Client::begin(&world).await;
    let (one, other) = (noise(600_000, 2), noise(600_000, 3));
    let at = client.create(600_000, "a").await;
    let (first, mut first_pipe) = slow_patch(&client, &at, 0);
    first_pipe.send(one[..100_000].to_vec()).await;
    until_written(&world, &at).await;
    let (second, mut second_pipe) = slow_patch(&client, &at, 100_000);
    assert_eq!(first.await.expect("it ends").status, 423);
    // Bytes of the first that come late go nowhere.
    let _ = first_pipe.0.try_send(Bytes::from(one[100_000..].to_vec()));
    second_pipe.send(other[100_000..].to_vec()).await;
    drop(second_pipe);
    let answer = second.await.expect("it ends");
    assert_eq!((answer.status, answer.offset), (204, Some(600_000)));
    must_be_whole(&world, &client, &[&one[..100_000], &other[100_000..]].concat()).await;
});

on_each_pair!(four_of_a_draft_run_at_once, |world: World| async move {
    let mut client = Client::begin(&world).await;
    let mut running = Vec::new();
    for number in 0..4 {
        let at = client.create(200_000, &number.to_string()).await;
        let (answer, mut pipe) = slow_patch(&client, &at, 0);
        pipe.send(noise(100_000, number)).await;
        until_written(&world, &at).await;
        running.push((answer, pipe));
    }
    let fifth = client.create(100_000, "5").await;
    let (waiting, mut pipe) = slow_patch(&client, &fifth, 0);
    pipe.send(noise(100_000, 5)).await;
    drop(pipe);
    until_written(&world, &fifth).await;
    assert!(!waiting.is_finished(), "it waits for its turn");
    // Another draft does not wait.
    let mut other = Client::begin(&world).await;
    let at = other.create(5, "a").await;
    assert_eq!(other.patch(&at, 0, "12345").await.status, 204);
    let (answer, mut pipe) = running.remove(0);
    pipe.send(noise(100_000, 6)).await;
    drop(pipe);
    assert_eq!(answer.await.expect("it ends").status, 204);
    assert_eq!(waiting.await.expect("it ends").status, 204, "its turn came");
});
