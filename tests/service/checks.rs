//! `heard check`, as an operator runs it: before the first start, after it, and when something is wrong.

use super::process::Place;
use super::world::run;

fn said(place: &Place) -> (bool, String) {
    let output = place.run(&["check"]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.success(), said)
}

#[test]
fn before_the_first_start_it_makes_nothing_and_says_what_will_be_made() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let place = Place::new(folder.path());
    let (fine, text) = said(&place);
    assert!(fine && text.contains("has not run here yet"), "{text}");
    for line in ["later    data folder", "later    master key", "works    address", "room for arriving files"] {
        assert!(text.contains(line), "{line}:\n{text}");
    }
    assert!(!text.contains("BROKEN"), "{text}");
    assert_eq!(std::fs::read_dir(folder.path()).expect("lists").count(), 0, "it makes nothing");
}

#[test]
fn after_the_first_start_everything_works_and_a_lost_key_is_said() {
    run(|| async {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let place = Place::new(folder.path());
        place.start().stop();
        let (fine, text) = said(&place);
        assert!(fine && !text.contains("BROKEN") && text.contains("works    master key"), "{text}");
        assert!(text.contains("room for arriving files"), "{text}");
        let (fine, text) = said(&place.clone().with("HEARD_CLAMD", folder.path().join("nobody").display().to_string()));
        assert!(!fine && text.contains("BROKEN   virus scanner"), "{text}");
        let key = place.data.with_extension("key");
        std::fs::rename(&key, key.with_extension("away")).expect("the key can be moved");
        let (fine, text) = said(&place);
        assert!(!fine && text.contains("BROKEN   start") && text.contains("virus scanner"), "{text}");
        assert!(!key.exists(), "a new key is never made over a lost one");
    });
}

#[test]
fn a_public_address_needs_somebody_who_is_told_and_the_check_says_so() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let place = Place::new(folder.path()).with("HEARD_PUBLIC_URL", "https://heard.example");
    let refused = place.run(&["serve"]);
    let sentence = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success(), "it does not start");
    for setting in ["HEARD_ON_CALL", "HEARD_READING_HOURS", "HEARD_SMTP_URL"] {
        assert!(sentence.contains(setting), "{setting}: {sentence}");
    }
    assert!(!place.data.exists(), "nothing was made");
    let (fine, text) = said(&place);
    assert!(!fine && text.contains("BROKEN   public address") && text.contains("missing  on call"), "{text}");
    let wrong = place.clone().with("HEARD_ON_CALL", "sam@heard.example").run(&["serve"]);
    assert!(!wrong.status.success() && String::from_utf8_lossy(&wrong.stderr).contains("Name <mail>"));

    let place = place
        .with("HEARD_ON_CALL", "Sam Jones <sam@heard.example>")
        .with("HEARD_READING_HOURS", "Monday to Friday, 9am to 5pm")
        .with("HEARD_SMTP_URL", "smtp://127.0.0.1:1");
    place.start().stop();
    let (_, text) = said(&place);
    assert!(text.contains("works    on call") && text.contains("Sam Jones"), "{text}");
    assert!(text.contains("Sam Jones has no staff account") && !text.contains("BROKEN   public address"), "{text}");
}
