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
