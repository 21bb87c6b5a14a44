//! The protocol's core: asking where an upload stands, bringing a piece, and what we speak.

use hyper::Method;

use super::client::{Client, body_of, offset_of, piece_at};
use crate::intake::place::noise;
use crate::world::{World, on_each_pair};

on_each_pair!(options, |world: World| async move {
    let mut client = Client::begin(&world).await;
    let at = client.create(10, "a").await;
    for url in ["/uploads", &at] {
        // Tus-Resumable must be ignored here, whatever it is.
        for headers in [&[][..], &[("tus-resumable", "0.2.2")]] {
            let page = client.ask_bare(Method::OPTIONS, url, headers, "").await;
            assert_eq!(page.status, 204);
            assert_eq!(page.header("tus-version"), Some("1.0.0"));
            assert_eq!(page.header("tus-max-size"), Some("10737418240"));
            assert_eq!(page.header("tus-checksum-algorithm"), Some("sha1,sha256"));
            let extensions = page.header("tus-extension").expect("we name the extensions").split(',');
            let named: Vec<&str> = extensions.collect();
            let all =
                ["creation", "creation-with-upload", "creation-defer-length", "expiration", "checksum", "termination"];
            assert_eq!(named, all);
            assert_eq!(page.header("access-control-allow-origin"), None, "no other site may ask");
        }
    }
});

on_each_pair!(versions, |world: World| async move {
    let mut client = Client::begin(&world).await;
    let at = client.create(10, "a").await;
    for version in [None, Some("0.2.2"), Some("2.0.0"), Some("1.0"), Some("1.0.0, 2.0.0"), Some("")] {
        let version: Vec<(&str, &str)> = version.map(|version| ("tus-resumable", version)).into_iter().collect();
        let new = [&version[..], &[("upload-length", "5")]].concat();
        let piece = [&version[..], &piece_at("0")].concat();
        for (method, url, headers, body) in [
            (Method::POST, "/uploads", &new, ""),
            (Method::GET, "/uploads", &version, ""),
            (Method::HEAD, at.as_str(), &version, ""),
            (Method::PATCH, &at, &piece, "12345"),
            (Method::DELETE, &at, &version, ""),
        ] {
            let page = client.ask_bare(method.clone(), url, headers, body).await;
            assert_eq!(page.status, 412, "{method} with {version:?}");
            assert_eq!(page.header("tus-version"), Some("1.0.0"));
            assert_eq!(page.header("upload-offset"), None);
        }
    }
    assert_eq!(client.offset(&at).await, 0, "nothing of it was done");
    assert_eq!(client.family.items(&world).await.len(), 1);
});

on_each_pair!(overrides, |world: World| async move {
    let mut client = Client::begin(&world).await;
    let bytes = noise(300_000, 1);
    let at = client.create(300_000, "a").await;
    let means = |method| [("x-http-method-override", method)];
    let patch = [&piece_at("0")[..], &means("PATCH")].concat();
    let page = client.ask(Method::POST, &at, &patch, bytes.as_slice()).await;
    assert_eq!((page.status, offset_of(&page)), (204, Some(300_000)), "{}", body_of(&page));
    let page = client.ask(Method::POST, &at, &means("HEAD"), "").await;
    assert_eq!((page.status, offset_of(&page)), (200, Some(300_000)));
    // The method of the request itself is ignored, for every method that may have another meaning.
    let page = client.ask(Method::PATCH, &at, &means("HEAD"), "").await;
    assert_eq!((page.status, offset_of(&page)), (200, Some(300_000)));
    let page = client.ask(Method::POST, "/uploads", &means("OPTIONS"), "").await;
    assert_eq!((page.status, page.header("tus-version")), (204, Some("1.0.0")));
    // What a browser sends without asking never becomes something that changes.
    for method in [Method::GET, Method::HEAD] {
        assert_eq!(client.ask(method, &at, &means("DELETE"), "").await.status, 400);
    }
    // A form cannot send the version, so the override alone does nothing.
    assert_eq!(client.ask_bare(Method::POST, &at, &means("DELETE"), "").await.status, 412);
    assert_eq!(client.ask(Method::POST, &at, &means("BREW"), "").await.status, 405);
    assert_eq!(client.ask(Method::POST, &at, &[], "").await.status, 405);
    assert_eq!(client.ask(Method::POST, &at, &means("DELETE"), "").await.status, 204);
    assert_eq!(client.head(&at).await.status, 410);
});

on_each_pair!(head, |world: World| async move {
    let mut client = Client::begin(&world).await;
    let at = client.create(200_000, "a").await;
    let bytes = noise(200_000, 2);
    for end in [0, 1, 65_536, 199_999, 200_000] {
        let start = client.offset(&at).await as usize;
        client.patch(&at, start as u64, &bytes[start..end]).await;
        let page = client.head(&at).await;
        assert_eq!((page.status, offset_of(&page)), (200, Some(end as u64)));
        assert_eq!(page.header("upload-length"), Some("200000"));
        assert_eq!(page.header("upload-defer-length"), None);
        assert_eq!(page.header("cache-control"), Some("no-store"));
        assert!(page.body.is_empty());
    }
    world.run_jobs().await;
    let page = client.head(&at).await;
    assert_eq!((page.status, offset_of(&page)), (200, Some(200_000)), "whole, and asked again");
});

on_each_pair!(patch, |world: World| async move {
    let mut client = Client::begin(&world).await;
    let bytes = noise(3 << 20, 3);
    let at = client.create(bytes.len() as u64, "a").await;
    let mut offset = 0_u64;
    for piece in bytes.chunks(1_000_000) {
        // Elsewhere than where it stands, nothing happens: before, after, and far beyond the end.
        for wrong in [0, offset + 1, offset.wrapping_sub(1), 1 << 40] {
            if wrong != offset && wrong < 1 << 62 {
                let page = client.patch(&at, wrong, piece).await;
                assert_eq!((page.status, offset_of(&page)), (409, Some(offset)), "at {wrong}, standing at {offset}");
            }
        }
        // Not a piece of a file.
        let stands = offset.to_string();
        for kind in ["application/octet-stream", "text/plain", "multipart/form-data; boundary=x"] {
            let headers = [("content-type", kind), ("upload-offset", stands.as_str())];
            assert_eq!(client.ask(Method::PATCH, &at, &headers, piece).await.status, 415);
        }
        assert_eq!(client.ask(Method::PATCH, &at, &[("upload-offset", &stands)], piece).await.status, 415);
        // Without an offset, or with something else in its place.
        for wrong in ["", "-1", "+1", "1.0", "0x0", "99999999999999999999", "9223372036854775808", "one"] {
            let headers = piece_at(wrong);
            assert_eq!(client.ask(Method::PATCH, &at, &headers, piece).await.status, 400, "{wrong}");
        }
        assert_eq!(client.ask(Method::PATCH, &at, &piece_at("0")[..1], piece).await.status, 400);
        assert_eq!(client.offset(&at).await, offset, "nothing of that was kept");
        let page = client.patch(&at, offset, piece).await;
        offset += piece.len() as u64;
        assert_eq!((page.status, offset_of(&page)), (204, Some(offset)));
        assert!(page.body.is_empty());
    }
    // The last answer was lost: asking says that it is whole, and bringing nothing more is no fault.
    assert_eq!(offset_of(&client.head(&at).await), Some(offset));
    let page = client.patch(&at, offset, "").await;
    assert_eq!((page.status, offset_of(&page)), (204, Some(offset)));
    assert_eq!(client.patch(&at, offset, "x").await.status, 413, "there is no room for more");
    assert_eq!(client.patch(&at, 0, bytes.as_slice()).await.status, 409);
    must_be_whole(&world, &client, &bytes).await;
});

on_each_pair!(more_than_was_declared, |world: World| async move {
    let mut client = Client::begin(&world).await;
    let at = client.create(100, "a").await;
    let page = client.patch(&at, 0, noise(101, 4)).await;
    assert_eq!(page.status, 413);
    assert_eq!(client.offset(&at).await, 0);
    // A body that does not say how long it is.
    let pieces = [noise(60, 5), noise(60, 6)].map(|piece| Ok(hyper::body::Frame::data(piece.into())));
    let body = http_body_util::StreamBody::new(futures_util::stream::iter(pieces));
    let body: crate::browser::Body = http_body_util::combinators::UnsyncBoxBody::new(body);
    let page = client.patch(&at, 0, body).await;
    assert_eq!(page.status, 413);
    let kept = client.offset(&at).await;
    assert!(kept <= 60, "nothing beyond the end: {kept}");
});

on_each_pair!(others_uploads, |world: World| async move {
    let mut client = Client::begin(&world).await;
    let at = client.create(100, "private.mov").await;
    let mut other = Client::begin(&world).await;
    for (method, headers) in [
        (Method::HEAD, vec![]),
        (Method::GET, vec![]),
        (Method::DELETE, vec![]),
        (Method::PATCH, piece_at("0").to_vec()),
        // Before anything else is looked at: also what is not well formed says no more.
        (Method::PATCH, piece_at("nothing").to_vec()),
        (Method::POST, vec![]),
        (Method::POST, vec![("x-http-method-override", "DELETE")]),
    ] {
        let theirs = other.ask(method.clone(), &at, &headers, "12345").await;
        let nobodys =
            other.ask(method.clone(), "/uploads/0193abcd-0000-7000-8000-000000000000", &headers, "12345").await;
        assert_eq!((theirs.status, nobodys.status), (404, 404), "{method}");
        assert_eq!(theirs.body, nobodys.body, "an upload of somebody else's is like none");
        assert_eq!(theirs.header("upload-offset"), None);
    }
    for odd in ["/uploads/x", "/uploads/%00", "/uploads/%F0%9F%8E%AC", "/uploads/..%2f..", "/uploads/0193abcd%27--"] {
        assert_eq!(client.head(odd).await.status, 404, "{odd}");
    }
    let mut nobody = Client { family: crate::family::Family { browser: world.browser(), ..client_family(&client) } };
    for url in ["/uploads", &at] {
        let page = nobody.ask(Method::GET, url, &[], "").await;
        assert_eq!((page.status, page.header("heard-problem")), (403, Some("no_visit")));
    }
    assert_eq!(nobody.ask(Method::POST, "/uploads", &[("upload-length", "1")], "").await.status, 403);
    assert_eq!(client.offset(&at).await, 0);
});

fn client_family(client: &Client) -> crate::family::Family {
    crate::family::Family { browser: client.family.browser.clone(), submission: client.family.submission.clone() }
}

/// The one item of a draft is these bytes, read back from storage and matched.
pub async fn must_be_whole(world: &World, client: &Client, bytes: &[u8]) {
    world.run_jobs().await;
    let items = client.family.items(world).await;
    assert_eq!(items.len(), 1, "one upload makes one item");
    assert!(items[0].verified_us.is_some(), "it was read back: {:?}", items[0].state);
    assert_eq!(items[0].sha256.as_deref(), Some(crate::intake::place::sha256(bytes).as_slice()));
    assert_eq!(items[0].length, Some(bytes.len() as i64));
}
