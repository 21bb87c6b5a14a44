//! `heard prepare` and documents: pages and words where LibreOffice is here, words where it is not, and whatever a document
//! points at or would start stays untouched.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use heard::media::tools;
use serde_json::Value;

use super::prepared::{Done, fixture, of_bytes, prepare, prepare_by, traced};

fn document(name: &str) -> PathBuf {
    fixture("documents").join(name)
}

/// What comes of a file without these programs.
fn prepare_without(programs: &[&str], file: &Path) -> Done {
    let mut bare = Command::new("bwrap");
    bare.args(["--dev-bind", "/", "/"]);
    for program in programs {
        let path = tools::find(program).unwrap_or_else(|| panic!("{program} is here (tests/run installs it)"));
        bare.args(["--ro-bind", "/dev/null"]).arg(path);
    }
    bare.arg(env!("CARGO_BIN_EXE_heard"));
    prepare_by(bare, file)
}

fn roles(said: &Value) -> Vec<(&str, u64)> {
    let copies = said["renditions"].as_array().expect("a list");
    copies.iter().map(|copy| (copy["role"].as_str().expect("a role"), copy["page"].as_u64().unwrap_or(0))).collect()
}

fn copy_of<'a>(said: &'a Value, role: &str) -> &'a Value {
    let copies = said["renditions"].as_array().expect("a list");
    copies.iter().find(|copy| copy["role"] == role).unwrap_or_else(|| panic!("a {role}: {said:#}"))
}

fn text(done: &Done, role: &str) -> String {
    fs::read_to_string(done.copy(role)).expect("reads")
}

#[test]
fn a_document_becomes_pages_and_words_and_says_that_it_was_drawn() {
    let done = prepare(&document("profile.docx"));
    assert_eq!((done.code, &done.said["notes"]), (0, &Value::from(vec!["drawn"])), "{:#}", done.said);
    let expected = [("page", 1), ("words", 1), ("page_small", 1), ("page", 2), ("words", 2), ("page_small", 2)];
    assert_eq!(roles(&done.said), expected, "its words stand on its pages, and nowhere else again");
    assert!(text(&done, "words").contains("I like my helper"));
    // The picture is on the first page: it is darker than the second.
    let bright = |page: &str| -> f64 {
        let said = Command::new("vips").arg("avg").arg(done.out.join(page)).output().expect("vips runs").stdout;
        String::from_utf8_lossy(&said).trim().parse().expect("a number")
    };
    assert!(bright("page-001.jpg") < bright("page-002.jpg") - 2.0);
    // What made the page, and what made the file that the page is of.
    let page = copy_of(&done.said, "page");
    let (tool, settings) = (page["tool"].as_str().expect("a tool"), page["settings"].as_str().expect("settings"));
    assert!(tool.starts_with("LibreOffice ") && tool.contains(", then pdftoppm"), "{tool}");
    assert!(settings.contains("--convert-to pdf:writer_pdf_Export ORIGINAL, then -f 1"), "{settings}");
    assert!(settings.ends_with(" PDF page-001") && !settings.contains('/'), "{settings}");
    let words = copy_of(&done.said, "words");
    assert!(words["tool"].as_str().is_some_and(|tool| tool.starts_with("LibreOffice ") && tool.contains("heard")));
    let small = copy_of(&done.said, "page_small");
    assert!(small["tool"].as_str().is_some_and(|tool| tool.starts_with("vips")), "it was made of the page");
    assert_eq!(fs::read_dir(&done.out).expect("a folder").count(), expected.len(), "something else is left");
}

#[test]
fn pictures_without_a_word_are_pages_too() {
    let done = prepare(&document("picture.docx"));
    assert_eq!((done.code, &done.said["notes"]), (0, &Value::from(vec!["drawn"])), "{:#}", done.said);
    assert!(done.roles().contains(&"page") && !done.roles().contains(&"words"), "{:?}", done.roles());
    for name in ["profile.odt", "profile.rtf"] {
        let done = prepare(&document(name));
        assert_eq!(done.said["notes"], Value::from(vec!["drawn"]), "{name}: {:#}", done.said);
        assert_eq!(roles(&done.said), [("page", 1), ("words", 1), ("page_small", 1)], "{name}");
    }
    assert!(text(&prepare(&document("profile.rtf")), "words").contains("I like cafés and quiet rooms."));
}

#[test]
fn where_something_is_crossed_out_the_words_without_it_stand_beside_the_page() {
    let done = prepare(&document("crossed-out.docx"));
    assert_eq!(roles(&done.said), [("page", 1), ("words", 1), ("page_small", 1), ("words", 0)], "{:#}", done.said);
    let words = fs::read_to_string(done.out.join("words.txt")).expect("reads");
    assert_eq!(words.trim(), "I do like the noise");
}

#[test]
fn without_its_program_a_document_is_words_as_before_and_waits_for_nothing() {
    let words_only = Value::from(vec!["words_only"]);
    // The largest of the tools is not run in the weaker box.
    for missing in ["soffice", "pdftoppm", "bwrap"] {
        for (name, words) in [("profile.docx", "my helper"), ("profile.odt", "I like trains"), ("profile.rtf", "cafés")]
        {
            let done = prepare_without(&[missing], &document(name));
            assert_eq!((done.code, &done.said["notes"]), (0, &words_only), "{name}: {:#}", done.said);
            assert_eq!(roles(&done.said), [("words", 0)], "{name}");
            assert!(text(&done, "words").contains(words), "{name}");
            let tool = &copy_of(&done.said, "words")["tool"];
            assert!(tool.as_str().is_some_and(|tool| tool.starts_with("heard")), "{tool}");
        }
    }
    for (missing, name, cause) in [("soffice", "picture.docx", "no_copy"), ("unzip", "profile.docx", "tool_missing")] {
        let done = prepare_without(&[missing], &document(name));
        assert_eq!((done.code, &done.said["cause"]), (3, &cause.into()), "{name}: {:#}", done.said);
    }
}

/// A document that LibreOffice does not read, or that is made to eat its time or memory, costs nobody its words.
#[test]
fn what_cannot_be_drawn_keeps_its_words_and_its_cause() {
    let whole = fs::read(document("profile.rtf")).expect("reads");
    for (name, bytes) in [("cut.rtf", &whole[..60]), ("odd.rtf", b"{\\rtf1 I like caf\\'e9s {{{{\\bin99999999 ")] {
        let done = of_bytes(name, bytes);
        assert_eq!(done.said["state"], "ready", "{name}: {:#}", done.said);
        assert!(text(&done, "words").contains("I like caf"), "{name}: {:#}", done.said);
    }
    let docx = fs::read(document("profile.docx")).expect("reads");
    let cut = of_bytes("cut.docx", &docx[..docx.len() / 2]);
    assert_eq!((cut.code, &cut.said["cause"]), (3, &"cannot_be_read".into()), "{:#}", cut.said);
}

#[test]
fn nothing_that_a_document_points_at_is_looked_for_and_nothing_in_it_starts() {
    for name in ["links-out.docx", "links-out.odt", "starts-things.odt"] {
        let (done, calls) = traced(&document(name));
        assert_eq!(done.said["notes"], Value::from(vec!["drawn"]), "{name}: {:#}", done.said);
        assert!(calls.iter().any(|call| call.contains("execve(") && call.contains("soffice.bin")), "{name}");
        for call in calls {
            assert!(!call.contains("heard-secret") && !call.contains("/usr/bin/touch"), "{name}: {call}");
            assert!(!(call.contains("connect(") && call.contains("AF_INET")), "{name}: {call}");
        }
    }
}

/// RTF is the one that looks for a picture by its path: the box has none there.
#[test]
fn a_picture_that_a_letter_points_at_is_not_in_the_box() {
    let folder = tempfile::tempdir().expect("a folder");
    let secret = folder.path().join("secret.png");
    fs::copy(fixture("drawing.png"), &secret).expect("copies");
    let field = |to: &str| format!("{{\\field{{\\*\\fldinst INCLUDEPICTURE \"{to}\" \\\\d}}{{\\fldrslt x}}}}");
    let (near, far) = (field(&secret.to_string_lossy()), field("http://127.0.0.1:9/x.png"));
    let file = folder.path().join("letter.rtf");
    fs::write(&file, format!("{{\\rtf1\\ansi Words and links.\\par {near}{far}\\par }}")).expect("writes");
    let (done, calls) = traced(&file);
    assert_eq!(done.said["notes"], Value::from(vec!["drawn"]), "{:#}", done.said);
    assert!(calls.iter().any(|call| call.contains("secret.png")), "it was looked for, and strace saw it");
    for call in calls {
        assert!(!call.contains("secret.png") || call.contains(" = -1 "), "{call}");
        assert!(!(call.contains("connect(") && call.contains("AF_INET")), "{call}");
    }
}
