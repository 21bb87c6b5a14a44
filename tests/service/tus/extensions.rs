//! Expiration, checksums and termination.

use data_encoding::BASE64;
use heard::clock::{DAY, MINUTE};
use hyper::Method;
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};

use super::client::{Client, body_of, offset_of, piece_at};
use super::core::must_be_whole;
use super::cuts::{cut_after, until_kept};
use super::newest;
use crate::intake::place::noise;
use crate::world::{World, on_each_pair};

on_each_pair!(expires, |world: World| async move {
    let mut client = Client::begin(&world).await;
    let page = client.ask(Method::POST, "/uploads", &[("upload-length", "10")], "").await;
    // The test's clock stands at 7:23pm on 21 November 2026; a draft is kept for 180 days.
    assert_eq!(page.header("upload-expires"), Some("Thu, 20 May 2027 19:23:00 GMT"));
    let at = page.leads_to().expect("an upload has an address").to_owned();
    world.clock.advance(DAY);
    let page = client.patch(&at, 0, "0").await;
    assert_eq!(page.header("upload-expires"), Some("Fri, 21 May 2027 19:23:00 GMT"), "sending keeps it");
    world.clock.advance(179 * DAY);
    assert_eq!(client.head(&at).await.header("upload-expires"), Some("Fri, 21 May 2027 19:23:00 GMT"));
    assert_eq!(client.patch(&at, 1, "1").await.status, 204);
    world.clock.advance(181 * DAY);
    assert_eq!(heard::retention::run_now(&world.intake).await.expect("runs").drafts, 1);
    world.run_jobs().await;
    assert!(client.family.items(&world).await.is_empty(), "the draft is gone");
    let page = client.head(&at).await;
    assert!(matches!(page.status, 403 | 404 | 410), "{}", page.status);
    assert_eq!(page.header("upload-offset"), None);
});

fn checksum(name: &str, bytes: &[u8]) -> String {
    let algorithm = if name == "sha1" { &SHA1_FOR_LEGACY_USE_ONLY } else { &SHA256 };
    format!("{name} {}", BASE64.encode(digest(algorithm, bytes).as_ref()))
}

on_each_pair!(checked, |world: World| async move {
    let mut client = Client::begin(&world).await;
    let bytes = noise(8 << 20, 1);
    let at = client.create(bytes.len() as u64 + 300_001, "a").await;
    let all = [&bytes[..], &noise(300_001, 2)].concat();
    // 8 MiB with a digest is the most.
    let right = checksum("sha256", &all[..(8 << 20) + 1]);
    let page = client.patch_with(&at, 0, &[("upload-checksum", &right)], &all[..(8 << 20) + 1]).await;
    assert_eq!((page.status, page.header("heard-problem")), (413, Some("piece")));
    let mut offset = 0;
    for (end, name) in [(1, "sha1"), (65_537, "sha256"), (65_537 + (8 << 20) - 7, "sha1"), (all.len(), "sha256")] {
        let piece = &all[offset..end];
        for (wrong, status) in [
            ("md5 1B2M2Y8AsgTpgAmY7PhCfg==".to_owned(), 400),
            ("sha1".to_owned(), 400),
            ("sha1 not-base64".to_owned(), 400),
            ("SHA1 2jmj7l5rSw0yVb/vlWAYkK/YBwk=".to_owned(), 400),
            (format!("{name} {}", BASE64.encode(&[0; 7])), 400),
            (checksum(name, &all[..offset]), 460),
            (checksum(name, &[piece, b"x"].concat()), 460),
        ] {
            let page = client.patch_with(&at, offset as u64, &[("upload-checksum", &wrong)], piece).await;
            assert_eq!(page.status, status, "{wrong}: {}", body_of(&page));
            assert_eq!(client.offset(&at).await, offset as u64, "none of it counts");
        }
        let right = checksum(name, piece);
        let page = client.patch_with(&at, offset as u64, &[("upload-checksum", &right)], piece).await;
        assert_eq!((page.status, offset_of(&page)), (204, Some(end as u64)), "{}", body_of(&page));
        offset = end;
    }
    must_be_whole(&world, &client, &all).await;
});

on_each_pair!(a_piece_that_breaks_off_counts_only_without_a_checksum, |world: World| async move {
    let mut client = Client::begin(&world).await;
    let bytes = noise(1 << 20, 3);
    let at = client.create(bytes.len() as u64, "a").await;
    let right = checksum("sha256", &bytes);
    let piece = piece_at("0");
    let headers = [&[("tus-resumable", "1.0.0"), ("upload-checksum", right.as_str())], &piece[..]].concat();
    cut_after(client.browser(), &at, &headers, &bytes, 700_000).await;
    // Whoever takes the next turn waits until the request that was cut has let go.
    assert_eq!(client.offset(&at).await, 0);
    let headers = [&[("tus-resumable", "1.0.0")][..], &piece].concat();
    cut_after(client.browser(), &at, &headers, &bytes, 700_000).await;
    until_kept(&world, &at, 700_000).await;
    assert_eq!(client.offset(&at).await, 700_000);
    assert!(world.intake.spool().list().expect("lists").len() <= 2, "nothing is left beside the spool's own files");
});

on_each_pair!(terminated, |world: World| async move {
    let mut client = Client::begin(&world).await;
    let bytes = noise(200_000, 4);
    let open = client.create(200_000, "open").await;
    client.patch(&open, 0, &bytes[..100_000]).await;
    let whole = client.create(200_000, "whole").await;
    client.patch(&whole, 0, bytes.as_slice()).await;
    for at in [open, whole] {
        let page = client.ask(Method::DELETE, &at, &[], "").await;
        assert_eq!((page.status, page.body.len()), (204, 0));
        for method in [Method::HEAD, Method::GET, Method::DELETE] {
            let page = client.ask(method, &at, &[], "").await;
            assert_eq!((page.status, page.header("upload-offset")), (410, None));
        }
        assert_eq!(client.patch(&at, 100_000, "x").await.status, 410);
    }
    world.run_jobs().await;
    assert!(client.family.items(&world).await.is_empty());
    assert!(world.intake.spool().list().expect("lists").is_empty(), "the bytes are gone");
    // What was sent with its submission is taken back on the receipt, not here.
    let at = client.create(5, "sent").await;
    client.patch(&at, 0, "12345").await;
    world.run_jobs().await;
    let page = client.browser().open("/tell/check").await;
    client.browser().press(page.form_to("/tell/send")).await.must_be("/sent", 200);
    let page = client.ask(Method::DELETE, &at, &[], "").await;
    assert_eq!((page.status, page.header("heard-problem")), (409, Some("already_sent")));
    let page = client.head(&at).await;
    assert_eq!((page.status, offset_of(&page), page.header("upload-expires")), (200, Some(5), None), "it stays");
    // More can be added to what was sent.
    let more = client.create(5, "more").await;
    assert_eq!(client.patch(&more, 0, "54321").await.status, 204);
});

on_each_pair!(a_removed_upload_lets_its_request_go, |world: World| async move {
    let mut client = Client::begin(&world).await;
    let at = client.create(1 << 30, "a").await;
    let (running, mut pipe) = newest::slow_patch(&client, &at, 0);
    pipe.send(noise(100_000, 5)).await;
    newest::until_written(&world, &at).await;
    assert_eq!(client.ask(Method::DELETE, &at, &[], "").await.status, 204);
    let began = std::time::Instant::now();
    let page = running.await.expect("it ends");
    assert_eq!(page.status, 410);
    assert!(began.elapsed() < std::time::Duration::from_secs(5));
});

on_each_pair!(a_visit_that_was_idle_goes_on_sending, |world: World| async move {
    let mut client = Client::begin(&world).await;
    let at = client.create(10, "a").await;
    world.clock.advance(31 * MINUTE);
    assert_eq!(client.offset(&at).await, 0);
    let list = client.ask(Method::GET, "/uploads", &[], "").await;
    assert_eq!((list.status, list.header("heard-problem")), (403, Some("idle")), "names are shown after the code only");
    assert_eq!(client.patch(&at, 0, "0123456789").await.status, 204);
});
