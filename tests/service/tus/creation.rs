//! Beginning an upload: with its length or without, with what is known of it, and with its first bytes.

use data_encoding::BASE64;
use hyper::Method;

use super::client::{Client, body_of, offset_of, piece_at};
use super::core::must_be_whole;
use crate::intake::place::noise;
use crate::world::{Pair, World, on_each_pair, run};

on_each_pair!(created, |world: World| async move {
    let mut client = Client::begin(&world).await;
    for headers in [
        &[][..],
        &[("upload-length", "-1")],
        &[("upload-length", "")],
        &[("upload-length", "ten")],
        &[("upload-length", "1e3")],
        &[("upload-length", "10"), ("upload-length", "10")],
        &[("upload-defer-length", "0")],
        &[("upload-defer-length", "yes")],
        &[("upload-length", "10"), ("upload-defer-length", "1")],
    ] {
        let page = client.ask(Method::POST, "/uploads", headers, "").await;
        assert_eq!(page.status, 400, "{headers:?}");
    }
    for length in ["10737418241", "9223372036854775807"] {
        let page = client.ask(Method::POST, "/uploads", &[("upload-length", length)], "").await;
        assert_eq!((page.status, page.header("heard-problem")), (413, Some("too_large")));
        assert_eq!(body_of(&page), crate::say("evidence.problem.too_large"));
    }
    assert_eq!(client.family.items(&world).await.len(), 0, "nothing was begun");
    let page = client.ask(Method::POST, "/uploads", &[("upload-length", "10")], "").await;
    assert_eq!(page.status, 201);
    let at = page.leads_to().expect("an upload has an address").to_owned();
    assert!(at.starts_with("/uploads/"), "{at}");
    assert_eq!(client.offset(&at).await, 0);
    // A body that is no piece of a file is refused, and nothing is begun.
    let headers = [("upload-length", "10"), ("content-type", "text/plain")];
    assert_eq!(client.ask(Method::POST, "/uploads", &headers, "0123456789").await.status, 415);
    assert_eq!(client.family.items(&world).await.len(), 1);
});

on_each_pair!(an_empty_file, |world: World| async move {
    let mut client = Client::begin(&world).await;
    let at = client.create(0, "empty.txt").await;
    let page = client.head(&at).await;
    assert_eq!((offset_of(&page), page.header("upload-length")), (Some(0), Some("0")));
    assert_eq!(client.patch(&at, 0, "").await.status, 204);
    assert_eq!(client.patch(&at, 0, "x").await.status, 413);
    must_be_whole(&world, &client, b"").await;
});

on_each_pair!(metadata, |world: World| async move {
    let mut client = Client::begin(&world).await;
    let long = format!("{}.mov", "n".repeat(251));
    let too_long = "ß".repeat(200);
    let names = [
        ("clip.mp4", "clip.mp4"),
        (long.as_str(), long.as_str()),
        (&too_long, &too_long[..254]),
        ("🎬 наш день 🧑‍🦽.mov", "🎬 наш день 🧑‍🦽.mov"),
        ("שלום עולם.jpg", "שלום עולם.jpg"),
        ("<script>alert(1)</script>&amp;\"'.png", "script>&amp;\"'.png"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\film.avi", "film.avi"),
        ("line\r\nbreak\0.txt", "linebreak.txt"),
    ];
    for (name, _) in names {
        let metadata = format!("filename {},filetype dmlkZW8vbXA0, is_secret", BASE64.encode(name.as_bytes()));
        let headers = [("upload-length", "5"), ("upload-metadata", metadata.as_str())];
        let page = client.ask(Method::POST, "/uploads", &headers, "").await;
        let at = page.leads_to().expect("an upload has an address").to_owned();
        let page = client.head(&at).await;
        assert_eq!(page.header("upload-metadata"), Some(metadata.as_str()), "given back as it came");
        assert_eq!(client.patch(&at, 0, "12345").await.status, 204);
    }
    let key = {
        let mut tx = world.site.db.read().await.expect("tx");
        world.site.keys.submission(&mut tx, &client.family.submission).await.expect("asks").expect("a key")
    };
    let kept: Vec<String> = client.family.items(&world).await.iter().filter_map(|item| item.name(&key)).collect();
    assert_eq!(kept, names.map(|(_, kept)| kept.to_owned()));
    for wrong in ["a YQ==,a Yg==", "a YQ==,,b Yg==", "a not base64", "a \u{e9}"] {
        let headers = [("upload-length", "5"), ("upload-metadata", wrong)];
        assert_eq!(client.ask(Method::POST, "/uploads", &headers, "").await.status, 400, "{wrong}");
    }
    // Without any, HEAD says none.
    let page = client.ask(Method::POST, "/uploads", &[("upload-length", "5")], "").await;
    let at = page.leads_to().expect("an upload has an address").to_owned();
    assert_eq!(client.head(&at).await.header("upload-metadata"), None);
});

on_each_pair!(deferred, |world: World| async move {
    let mut client = Client::begin(&world).await;
    let bytes = noise(9 << 20, 1);
    let at = client.create(None, "recording.webm").await;
    let (first, rest) = bytes.split_at(4 << 20);
    for _ in 0..2 {
        let page = client.head(&at).await;
        assert_eq!((page.header("upload-defer-length"), page.header("upload-length")), (Some("1"), None));
    }
    assert_eq!(client.patch(&at, 0, first).await.status, 204);
    assert_eq!(client.head(&at).await.header("upload-defer-length"), Some("1"));
    let offset = first.len() as u64;
    // A length that is less than what is there, or more than there may be.
    assert_eq!(client.patch_with(&at, offset, &[("upload-length", "17")], "").await.status, 413);
    assert_eq!(client.patch_with(&at, offset, &[("upload-length", "10737418241")], "").await.status, 413);
    assert_eq!(client.patch_with(&at, offset, &[("upload-length", "long")], "").await.status, 400);
    // At a wrong offset nothing changes, the length neither.
    let length = bytes.len().to_string();
    let known = [("upload-length", length.as_str())];
    assert_eq!(client.patch_with(&at, 0, &known, first).await.status, 409);
    assert_eq!(client.head(&at).await.header("upload-defer-length"), Some("1"));
    // Known with a piece that is not the last.
    assert_eq!(client.patch_with(&at, offset, &known, &rest[..100]).await.status, 204);
    let page = client.head(&at).await;
    assert_eq!((page.header("upload-defer-length"), page.header("upload-length")), (None, Some(length.as_str())));
    assert_eq!(
        client.patch_with(&at, offset + 100, &[("upload-length", "9999999")], "").await.status,
        400,
        "it never changes"
    );
    let page = client.patch_with(&at, offset + 100, &known, &rest[100..]).await;
    assert_eq!((page.status, offset_of(&page)), (204, Some(bytes.len() as u64)));
    must_be_whole(&world, &client, &bytes).await;
});

on_each_pair!(a_length_that_comes_last, |world: World| async move {
    let mut client = Client::begin(&world).await;
    let bytes = noise(100_000, 2);
    let at = client.create(None, "recording.webm").await;
    assert_eq!(client.patch(&at, 0, bytes.as_slice()).await.status, 204);
    assert_eq!(client.family.items(&world).await[0].length, None, "nobody said that this is all");
    let page = client.patch_with(&at, 100_000, &[("upload-length", "100000")], "").await;
    assert_eq!((page.status, offset_of(&page)), (204, Some(100_000)));
    must_be_whole(&world, &client, &bytes).await;
});

on_each_pair!(a_recording_of_nothing, |world: World| async move {
    let mut client = Client::begin(&world).await;
    let at = client.create(None, "recording.webm").await;
    assert_eq!(client.patch(&at, 0, "").await.status, 204);
    assert_eq!(client.patch_with(&at, 0, &[("upload-length", "0")], "").await.status, 204);
    must_be_whole(&world, &client, b"").await;
});

on_each_pair!(with_upload, |world: World| async move {
    let mut client = Client::begin(&world).await;
    let bytes = noise(200_000, 3);
    let kind = ("content-type", "application/offset+octet-stream");
    let page = client.ask(Method::POST, "/uploads", &[kind, ("upload-length", "200000")], &bytes[..50_000]).await;
    assert_eq!((page.status, offset_of(&page)), (201, Some(50_000)));
    let at = page.leads_to().expect("an upload has an address").to_owned();
    assert_eq!(client.offset(&at).await, 50_000);
    let page = client.patch(&at, 50_000, &bytes[50_000..]).await;
    assert_eq!((page.status, offset_of(&page)), (204, Some(200_000)));
    must_be_whole(&world, &client, &bytes).await;
    // All at once, with no bytes, and deferred.
    let page = client.ask(Method::POST, "/uploads", &[kind, ("upload-length", "200000")], bytes.as_slice()).await;
    assert_eq!((page.status, offset_of(&page)), (201, Some(200_000)));
    let page = client.ask(Method::POST, "/uploads", &[kind, ("upload-length", "200000")], "").await;
    assert_eq!((page.status, offset_of(&page)), (201, Some(0)));
    let page = client.ask(Method::POST, "/uploads", &[kind, ("upload-defer-length", "1")], "12345").await;
    assert_eq!((page.status, offset_of(&page)), (201, Some(5)));
    let files = client.family.items(&world).await.len();
    // More than was declared, and what does not match, begin nothing.
    let page = client.ask(Method::POST, "/uploads", &[kind, ("upload-length", "4")], "12345").await;
    assert_eq!(page.status, 413);
    let wrong = ("upload-checksum", "sha1 AAAAAAAAAAAAAAAAAAAAAAAAAAA=");
    let page = client.ask(Method::POST, "/uploads", &[kind, wrong, ("upload-length", "5")], "12345").await;
    assert_eq!(page.status, 460);
    assert_eq!(client.family.items(&world).await.len(), files);
});

on_each_pair!(a_repeated_creation_begins_once, |world: World| async move {
    let mut client = Client::begin(&world).await;
    let metadata = "filename YS5tcDQ=,once c29tZSByYW5kb20gdmFsdWU=";
    let headers = [("upload-length", "10"), ("upload-metadata", metadata)];
    let first = client.ask(Method::POST, "/uploads", &headers, "").await;
    let at = first.leads_to().expect("an upload has an address").to_owned();
    client.patch(&at, 0, "0123").await;
    let again = client.ask(Method::POST, "/uploads", &headers, "").await;
    assert_eq!((again.status, again.leads_to()), (201, Some(at.as_str())));
    let with_bytes = [&headers[..], &piece_at("0")[..1]].concat();
    let again = client.ask(Method::POST, "/uploads", &with_bytes, "0123456789").await;
    assert_eq!((again.status, again.leads_to(), offset_of(&again)), (201, Some(at.as_str()), Some(4)));
    // After the upload was taken away, the same value begins another.
    assert_eq!(client.ask(Method::DELETE, &at, &[], "").await.status, 204);
    let anew = client.ask(Method::POST, "/uploads", &headers, "").await;
    assert_eq!(anew.status, 201);
    assert_ne!(anew.leads_to(), Some(at.as_str()));
    // The same value in another draft is another upload.
    let mut other = Client::begin(&world).await;
    let theirs = other.ask(Method::POST, "/uploads", &headers, "").await;
    assert_ne!(theirs.leads_to(), Some(at.as_str()));
    assert_eq!(client.family.items(&world).await.len(), 1);
});

#[test]
fn limits_are_said_in_plain_words() {
    run(|| async {
        let small = |settings: &mut heard::config::Settings| {
            settings.submission_files = 3;
            settings.submission_bytes = 1000;
        };
        let world = World::begin_with(Pair::SqliteAndDisk, small).await;
        let mut client = Client::begin(&world).await;
        let begin = |length: &'static str| [("upload-length", length)];
        // What is declared counts before it has come.
        assert_eq!(client.ask(Method::POST, "/uploads", &begin("600"), "").await.status, 201);
        let page = client.ask(Method::POST, "/uploads", &begin("401"), "").await;
        assert_eq!((page.status, page.header("heard-problem")), (413, Some("too_much")));
        assert_eq!(body_of(&page), crate::say("evidence.problem.too_much"));
        let deferred = client.create(None, "a").await;
        assert_eq!(client.patch(&deferred, 0, noise(400, 1)).await.status, 204);
        let page = client.patch(&deferred, 400, "x").await;
        assert_eq!((page.status, page.header("heard-problem")), (413, Some("too_much")));
        assert_eq!(client.offset(&deferred).await, 400, "what came before is kept");
        let page = client.patch_with(&deferred, 400, &[("upload-length", "400")], "").await;
        assert_eq!(page.status, 204, "and can be the whole of it");
        assert_eq!(client.ask(Method::POST, "/uploads", &begin("0"), "").await.status, 201);
        let page = client.ask(Method::POST, "/uploads", &begin("0"), "").await;
        assert_eq!((page.status, page.header("heard-problem")), (413, Some("too_many")));
        assert_eq!(body_of(&page), crate::say("evidence.problem.too_many"));
    });
}

#[test]
fn a_part_of_the_disk_is_kept_for_what_is_on_its_way() {
    run(|| async {
        let world = World::begin_with(Pair::SqliteAndDisk, |settings| settings.spool_reserve = Some(100)).await;
        let mut client = Client::begin(&world).await;
        let page = client.ask(Method::POST, "/uploads", &[("upload-length", "10")], "").await;
        assert_eq!((page.status, page.header("heard-problem")), (507, Some("full")));
        assert!(body_of(&page).contains("Nothing is lost."), "{}", body_of(&page));
    });
}
