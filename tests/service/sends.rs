//! A family sends what they have: everything arrives as it was, is recognised by its content, and keeps its name.

use super::browser::File;
use super::family;
use super::world::{World, on_each_pair, on_every_pair};

const EVERYTHING: [&str; 19] = [
    "video.mov",
    "video.mp4",
    "silent.mp4",
    "video.webm",
    "video.3gp",
    "voice.m4a",
    "voice.mp3",
    "voice.wav",
    "voice-note.ogg",
    "voice.amr",
    "photo.jpg",
    "photo.heic",
    "drawing.png",
    "scan.tiff",
    "scanned.pdf",
    "letter.docx",
    "letter.txt",
    "boards.obz",
    "unknown.xyz",
];

on_every_pair!(a_family_sends_everything_in_one_go, |world: World| async move {
    let mut family = family::begin(&world).await;
    let files: Vec<File> = EVERYTHING.iter().map(|name| File::fixture(name)).collect();
    let page = family.send_files(files.clone()).await;
    assert_eq!(page.status, 200, "{}", page.text());
    world.run_jobs().await;
    let items = family.items(&world).await;
    assert_eq!(items.len(), files.len());
    for (item, file) in items.iter().zip(&files) {
        assert_eq!(item.length, i64::try_from(file.length()).ok(), "{}", file.name);
        assert_eq!(item.sha256.as_deref(), Some(file.sha256().as_ref()), "{} came as it was", file.name);
        assert!(item.received_us.is_some() && item.verified_us.is_some(), "{} was read back: {item:?}", file.name);
    }
    let page = family.browser.open("/tell/evidence").await;
    for file in &files {
        page.must_say(&file.name);
    }
});

on_each_pair!(names_come_through_unharmed, |world: World| async move {
    let mut family = family::begin(&world).await;
    let names = [
        "<script>alert(1)<img src=x onerror=alert(2)>.txt".to_owned(),
        "a \"quoted\" & 'odd' name.txt".to_owned(),
        "\u{202e}gpj.ehs\u{202c} שלום مرحبا.txt".to_owned(),
        "🙂👩‍👧 drawing 🏳️‍🌈.txt".to_owned(),
        "../../etc/passwd".to_owned(),
        format!("{}.txt", "ż".repeat(125)),
    ];
    assert!(names.iter().any(|name| name.len() > 250));
    for name in &names {
        family.send_files([File::fixture("letter.txt").named(name)]).await;
    }
    world.run_jobs().await;
    let page = family.browser.open("/tell/evidence").await;
    for name in &names {
        // A path is never a name: at most its last part is shown.
        page.must_say(name.rsplit('/').next().unwrap_or_default());
    }
    assert!(page.all("img").iter().all(|image| !image.has("onerror")), "no name became a picture");
    assert!(page.all("script").iter().all(|script| script.has("src")), "no name became a script");
});

on_each_pair!(a_file_of_several_parts_comes_as_it_was, |world: World| async move {
    let mut family = family::begin(&world).await;
    let start: Vec<u8> = File::fixture("video.mp4").blocks().next().expect("it has bytes").to_vec();
    let file = File::made("long.mp4", "video/mp4", start, 11, 20 * 1024 * 1024 + 12_345);
    family.send_files([file.clone()]).await;
    world.run_jobs().await;
    let items = family.items(&world).await;
    assert_eq!(items[0].sha256.as_deref(), Some(file.sha256().as_ref()));
    assert!(items[0].verified_us.is_some());
});
