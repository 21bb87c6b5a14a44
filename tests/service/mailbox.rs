//! The Maildir of the mail server that `tests/run` started.

use super::outside;

/// Every letter that came for this address, the oldest first.
pub fn letters_to(address: &str) -> Vec<String> {
    let folder = std::path::PathBuf::from(outside::variable("HEARD_TEST_MAILDIR")).join("new");
    let mut files: Vec<_> = std::fs::read_dir(folder).expect("the mail server's folder").flatten().collect();
    files.sort_by_key(|file| file.metadata().and_then(|about| about.modified()).ok());
    let letters = files.into_iter().filter_map(|file| std::fs::read_to_string(file.path()).ok());
    letters.map(|text| readable(&text)).filter(|text| text.contains(address)).collect()
}

/// A letter as a mail program shows it: long lines are put together again (quoted-printable, RFC 2045).
fn readable(letter: &str) -> String {
    let plain = letter.replace("\r\n", "\n");
    if !plain.contains("quoted-printable") {
        return plain;
    }
    let mut pieces = plain.replace("=\n", "").into_bytes().into_iter();
    let mut bytes = Vec::new();
    while let Some(byte) = pieces.next() {
        let code: Vec<u8> = if byte == b'=' { pieces.clone().take(2).collect() } else { Vec::new() };
        match data_encoding::HEXUPPER.decode(&code) {
            Ok(decoded) if decoded.len() == 1 => {
                bytes.extend(decoded);
                pieces.nth(1);
            }
            _ => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The one-time link in the newest letter to this address.
pub fn link_to(address: &str) -> String {
    let letter = letters_to(address).pop().expect("a letter came");
    let link = letter.split_whitespace().find(|word| word.contains("/staff/join/"));
    link.expect("the letter holds a link").to_owned()
}
