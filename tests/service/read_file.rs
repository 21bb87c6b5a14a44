//! `heard read FILE`, as an operator runs it: what is in a file, why it does not open, and what a hostile file can do.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

fn read(file: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_heard")).arg("read").arg(file).env_clear().output().expect("the program runs")
}

fn json(output: &Output) -> serde_json::Value {
    serde_json::from_slice(&output.stdout).expect("it prints JSON")
}

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

#[test]
fn a_log_is_printed_event_by_event() {
    let output = read(&sample("aac/session.obl"));
    assert_eq!(output.status.code(), Some(0));
    let told = json(&output);
    assert_eq!((&told["format"], &told["said"]), (&"obl".into(), &"all".into()));
    let keys: Vec<_> = told.as_object().expect("an object").keys().map(String::as_str).collect();
    assert_eq!(keys, ["boards", "events", "format", "message", "problems", "said"]);
    let worried = &told["events"][4];
    assert_eq!(
        worried,
        &serde_json::json!({"at": "2024-10-03T09:01:00Z", "time_source": "device clock", "kind": "selected",
            "text": "worried", "modelled": true})
    );
}

#[test]
fn a_page_set_is_printed_cell_by_cell() {
    let output = read(&sample("aac/touchchat.ce"));
    assert_eq!(output.status.code(), Some(0));
    let told = json(&output);
    let board = &told["boards"][0];
    assert_eq!((&board["name"], &board["rows"], &board["columns"]), (&"Home".into(), &3.into(), &4.into()));
    assert_eq!(
        board["cells"][2],
        serde_json::json!({"row": 0, "column": 2, "label": "help", "spoken": "I need help. ", "hidden": false, "goes_to": null})
    );
}

#[test]
fn a_file_that_cannot_be_shown_is_kept_and_says_why() {
    for name in ["unknown.xyz", "photo.jpg", "empty.mp4"] {
        let output = read(&sample(name));
        assert_eq!(output.status.code(), Some(3), "{name}");
        let told = json(&output);
        assert_eq!(told["said"], "none");
        assert!(told["message"].as_str().expect("a sentence").starts_with("We kept your file."));
        assert!(!told["problems"].as_array().expect("a list").is_empty());
    }
    let missing = read(Path::new("/nowhere/at/all"));
    assert_eq!((missing.status.code(), missing.stdout.len()), (Some(1), 0));
}

/// The longest text that is read, made of as many small values as fit: it must end in time, with its sentence.
#[test]
fn a_file_made_to_be_slow_and_large_ends_in_time() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, text) in [
        ("values", format!("{{\"sessions\":[{}]}}", "{},".repeat(8 << 20))),
        ("elements", "<a/>".repeat(4 << 20)),
        ("quotes", "\"a\",".repeat(6 << 20)),
        ("lines", "word\n".repeat(5 << 20)),
    ] {
        let file = folder.path().join(name);
        std::fs::write(&file, text).expect("the file is written");
        let started = Instant::now();
        let output = read(&file);
        assert!(started.elapsed() < Duration::from_secs(5), "{name}: {:?}", started.elapsed());
        assert!(matches!(output.status.code(), Some(0 | 3)), "{name}: {:?}", output.status);
        assert!(json(&output)["message"].is_string(), "{name}");
    }
}
