//! The test of the check: pages with a fault of words (`accessibility/faults`) must be found, and the same pages without it
//! must pass.

use std::path::Path;

use super::plain_english::{Reader, check_page, text_of_page};

#[derive(serde::Deserialize)]
struct Fault {
    file: String,
    caught_by: Vec<String>,
}

fn found(page: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("accessibility/faults").join(page);
    let html = std::fs::read_to_string(path).unwrap();
    let body = html.split_once("<body>").unwrap().1;
    check_page(&text_of_page(body), Reader::Anybody)
}

#[test]
fn seeded_faults_of_words_are_found_and_their_right_pages_pass() {
    let faults: Vec<Fault> = serde_json::from_str(include_str!("../../accessibility/faults/faults.json")).unwrap();
    let ours: Vec<_> = faults.iter().filter(|fault| fault.caught_by.iter().any(|by| by == "words")).collect();
    assert!(ours.len() >= 4, "{} faults of words", ours.len());
    for fault in ours {
        assert_ne!(found(&fault.file), Vec::<String>::new(), "{} is not found", fault.file);
        assert_eq!(found(&format!("right/{}", fault.file)), Vec::<String>::new(), "right/{}", fault.file);
    }
}
