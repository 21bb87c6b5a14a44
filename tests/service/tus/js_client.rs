//! A client that nobody here wrote: tus-js-client, driven by node against the real program, on a folder and on a bucket.
//! `tests/clients/tus.mjs` says in which ways.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::browser::Browser;
use crate::kills::{self, Place};
use crate::world::run;

/// What the client was told is whole: names and digests.
async fn drive(origin: &str, cookie: &str) -> BTreeMap<String, String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/tus.mjs");
    let node = tokio::process::Command::new("node")
        .args([script.as_os_str(), origin.as_ref()])
        .env("HEARD_COOKIE", cookie)
        .stdin(Stdio::null())
        .output();
    let output =
        tokio::time::timeout(Duration::from_secs(300), node).await.expect("it ends in time").expect("node runs");
    let (told, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{told}\n{errors}\n(tests/run installs what it needs)");
    let lines = told.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).expect("a line of JSON"));
    let files = lines.filter_map(|line| Some((line["name"].as_str()?.to_owned(), line["sha256"].as_str()?.to_owned())));
    files.collect()
}

async fn story(place: Place) {
    let process = place.start();
    let mut browser = Browser::new(&place.origin());
    let start = browser.open("/").await;
    browser.press(start.form("Start")).await;
    let cookie = browser.jar.header_for("/uploads").expect("a visit has a cookie");
    let told = drive(&place.origin(), &cookie).await;
    assert_eq!(told.len(), 19, "{told:#?}");
    let began = Instant::now();
    loop {
        let digests = kills::stored_digests(&place).await;
        let missing: Vec<_> = told.iter().filter(|(_, digest)| !digests.contains(digest)).collect();
        if missing.is_empty() {
            assert_eq!(digests.len(), told.len(), "nothing is there twice");
            break;
        }
        assert!(began.elapsed() < Duration::from_secs(60), "told to be whole, and not read back: {missing:?}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let list = browser.open("/tell/evidence").await;
    for name in told.keys() {
        assert!(list.says(name), "{name} is not in the list");
    }
    assert!(!list.says("terminated"));
    process.stop();
    kills::must_agree(&place);
}

#[test]
fn on_a_folder() {
    run(|| async {
        let folder = tempfile::tempdir().expect("a temporary folder");
        story(kills::place(folder.path(), false, false, "disk").await).await;
    });
}

#[test]
fn on_a_bucket() {
    run(|| async {
        let folder = tempfile::tempdir().expect("a temporary folder");
        story(kills::place(folder.path(), true, true, "store").await).await;
    });
}
