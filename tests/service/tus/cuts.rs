//! Lines that are cut at every byte around each boundary: what came is kept, what is told is exact, and the file that goes
//! on there arrives as it was sent.

use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::stream;
use http_body_util::{BodyExt, StreamBody};
use hyper::Method;
use hyper::body::Frame;

use super::client::{Client, offset_of, piece_at, row_of};
use super::core::must_be_whole;
use crate::browser::{Body, Browser};
use crate::intake::place::noise;
use crate::world::{World, on_each_pair};

const SEGMENT: usize = 65_536;
const PART: usize = 8 << 20;

/// Sends `bytes` and cuts the line after `count` of them. The service sees a body that ends before its length.
pub async fn cut_after(browser: &mut Browser, at: &str, headers: &[(&str, &str)], bytes: &[u8], count: usize) {
    let length = bytes.len().to_string();
    let headers = [headers, &[("content-length", length.as_str())]].concat();
    let sent = Bytes::copy_from_slice(&bytes[..count]);
    let pieces: Vec<Bytes> = sent.chunks(50_021).map(Bytes::copy_from_slice).collect();
    let frames = pieces.into_iter().map(|piece| Ok(Frame::data(piece)));
    // The line breaks only after what came before was taken by the other side's socket.
    let end = stream::once(async {
        tokio::time::sleep(Duration::from_millis(30)).await;
        Err(std::io::Error::other("the line is cut"))
    });
    let body: Body = StreamBody::new(futures_util::StreamExt::chain(stream::iter(frames), end)).boxed_unsync();
    let answer = browser.try_send(Method::PATCH, at, &headers, body).await;
    assert!(answer.is_none(), "a line that was cut brings no answer");
}

/// Waits until this much of an upload is durable. The line was cut; what was sent before may still be on its way.
pub async fn until_kept(world: &World, at: &str, count: usize) {
    let began = Instant::now();
    loop {
        let row = row_of(world, at).await;
        if row.spooled == count as i64 {
            return;
        }
        assert!(began.elapsed() < Duration::from_secs(30), "{} of {count} bytes are kept", row.spooled);
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn cut_once(world: &World, client: &mut Client, bytes: &[u8], cut: usize) {
    let at = client.create(bytes.len() as u64, "cut.bin").await;
    let headers = [&[("tus-resumable", "1.0.0")][..], &piece_at("0")].concat();
    cut_after(client.browser(), &at, &headers, bytes, cut).await;
    until_kept(world, &at, cut).await;
    assert_eq!(client.offset(&at).await, cut as u64, "to the byte");
    let mut page = client.patch(&at, cut as u64, &bytes[cut..]).await;
    // What follows may overtake the request that was cut. Then that one has the turn, and lets go when it finds its end.
    for _ in 0..5 {
        if page.status == 423 {
            page = client.patch(&at, cut as u64, &bytes[cut..]).await;
        }
    }
    assert_eq!((page.status, offset_of(&page)), (204, Some(bytes.len() as u64)), "cut at {cut}");
}

on_each_pair!(at_every_boundary, |world: World| async move {
    let length = PART + 3 * SEGMENT + 17;
    let bytes = noise(length, 1);
    for around in [0, SEGMENT, 4 * SEGMENT, PART, length] {
        for cut in [around.wrapping_sub(1), around, around + 1] {
            if cut >= length {
                continue;
            }
            let mut client = Client::begin(&world).await;
            cut_once(&world, &mut client, &bytes, cut).await;
            must_be_whole(&world, &client, &bytes).await;
        }
    }
    let mut client = Client::begin(&world).await;
    let short = noise(SEGMENT, 2);
    for cut in [0, 1, SEGMENT - 1] {
        cut_once(&world, &mut client, &short, cut).await;
    }
    assert_eq!(client.family.items(&world).await.len(), 3);
});

on_each_pair!(again_and_again, |world: World| async move {
    let mut client = Client::begin(&world).await;
    let bytes = noise(3 * PART + 12_345, 3);
    let at = client.create(bytes.len() as u64, "cut.bin").await;
    let (mut told, mut sent, mut busy) = (0, 0, 0);
    let mut dice = 7_u64;
    while told < bytes.len() {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let end = (told + (dice >> 33) as usize % (PART / 2)).min(bytes.len());
        let offset = told.to_string();
        let headers = [&[("tus-resumable", "1.0.0")][..], &piece_at(&offset)].concat();
        if end < bytes.len() && dice & 1 == 0 {
            cut_after(client.browser(), &at, &headers, &bytes[told..], end - told).await;
            // Asked at once: the request that was cut lets go with what it has by then.
            let now = client.offset(&at).await as usize;
            sent = sent.max(end);
            assert!(now >= told && now <= sent, "{told} ≤ {now} ≤ {sent}");
            told = now;
        } else {
            let page = client.patch(&at, told as u64, &bytes[told..end]).await;
            if page.status == 423 {
                // The request that was cut has not found its end yet. Whoever is told so asks again.
                busy += 1;
                assert!(busy <= 20, "a request that was cut keeps its turn");
                continue;
            }
            let now = offset_of(&page).expect("it says where it stands") as usize;
            // The question may have overtaken the request that was cut, whose bytes came afterwards.
            let overtaken = page.status == 409 && told < now && now <= sent;
            assert!(overtaken || (page.status, now) == (204, end), "{}: {told} ≤ {now} ≤ {sent}", page.status);
            told = now;
        }
    }
    must_be_whole(&world, &client, &bytes).await;
});
