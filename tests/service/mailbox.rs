//! The Maildir of the mail server that `tests/run` started.

use super::outside;

/// Every letter that came for this address, the oldest first.
pub fn letters_to(address: &str) -> Vec<String> {
    let folder = std::path::PathBuf::from(outside::variable("HEARD_TEST_MAILDIR")).join("new");
    let mut files: Vec<_> = std::fs::read_dir(folder).expect("the mail server's folder").flatten().collect();
    files.sort_by_key(|file| file.metadata().and_then(|about| about.modified()).ok());
    let letters = files.into_iter().filter_map(|file| std::fs::read_to_string(file.path()).ok());
    letters.map(|text| text.replace("\r\n", "\n")).filter(|text| text.contains(address)).collect()
}

/// The one-time link in the newest letter to this address.
pub fn link_to(address: &str) -> String {
    let letter = letters_to(address).pop().expect("a letter came");
    let link = letter.split_whitespace().find(|word| word.contains("/staff/join/"));
    link.expect("the letter holds a link").to_owned()
}
