//! `Upload-Metadata`: what the sender's program says about a file. Kept sealed, and given back as it came.
//!
//! Pairs are separated by commas; a pair is a key, a space and a value in Base64; a value may be missing. We look at
//! `filename` (or `name`), at `once`, which makes a repeated creation count once, and at `recorded`, with which the page on
//! which people record themselves says so.

use axum::http::header::HeaderMap;
use data_encoding::{BASE64, BASE64_NOPAD};

use super::answers::Refused;
use super::headers::UPLOAD_METADATA;

/// Most bytes of the header.
const MOST: usize = 8 * 1024;

/// What was said about a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Metadata {
    /// As it came.
    pub raw: Option<Vec<u8>>,
    pairs: Vec<(String, Vec<u8>)>,
}

impl Metadata {
    /// Reads a request's header.
    pub(super) fn of(headers: &HeaderMap) -> Result<Metadata, Refused> {
        let lines: Vec<&[u8]> = headers.get_all(UPLOAD_METADATA).iter().map(|value| value.as_bytes()).collect();
        if lines.is_empty() {
            return Ok(Metadata::default());
        }
        Metadata::parse(&lines.join(&b','))
    }

    fn parse(raw: &[u8]) -> Result<Metadata, Refused> {
        if raw.len() > MOST {
            return Err(Refused::Malformed("Upload-Metadata is too long."));
        }
        let text = std::str::from_utf8(raw).map_err(|_| Refused::Malformed("Upload-Metadata is not text."))?;
        let mut pairs: Vec<(String, Vec<u8>)> = Vec::new();
        if !text.trim().is_empty() {
            for pair in text.split(',') {
                let (key, value) = pair.trim().split_once(' ').unwrap_or((pair.trim(), ""));
                if key.is_empty() {
                    return Err(Refused::Malformed("Upload-Metadata has a pair without a key."));
                }
                if pairs.iter().any(|(known, _)| known == key) {
                    return Err(Refused::Malformed("Upload-Metadata has a key twice."));
                }
                pairs.push((key.to_owned(), decode(value.trim())?));
            }
        }
        Ok(Metadata { raw: Some(raw.to_vec()), pairs })
    }

    fn get(&self, key: &str) -> Option<String> {
        let found = self.pairs.iter().find(|(known, value)| known == key && !value.is_empty());
        found.map(|(_, value)| String::from_utf8_lossy(value).into_owned())
    }

    /// What the sender's device calls the file; empty where it does not say.
    pub(super) fn file_name(&self) -> String {
        self.get("filename").or_else(|| self.get("name")).unwrap_or_default()
    }

    /// What is the same for every try to begin this upload.
    pub(super) fn once(&self) -> Option<String> {
        self.get("once").filter(|key| key.len() <= 100)
    }
}

/// Whether notes that were kept as they came say that the file was recorded on our own page.
pub(super) fn says_recorded(raw: &[u8]) -> bool {
    Metadata::parse(raw).is_ok_and(|metadata| metadata.pairs.iter().any(|(key, _)| key == "recorded"))
}

fn decode(value: &str) -> Result<Vec<u8>, Refused> {
    let bytes = value.as_bytes();
    let decoded = BASE64.decode(bytes).or_else(|_| BASE64_NOPAD.decode(bytes));
    decoded.map_err(|_| Refused::Malformed("A value in Upload-Metadata is not Base64."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name_of(header: &str) -> String {
        Metadata::parse(header.as_bytes()).expect("is well formed").file_name()
    }

    fn encoded(text: &str) -> String {
        BASE64.encode(text.as_bytes())
    }

    #[test]
    fn a_name_may_hold_anything() {
        for name in ["clip.mp4", "🎬 наш фильм.mov", "שלום.jpg", "<b>&\"'.png", "a,b c.txt", " ", &"é".repeat(127)]
        {
            assert_eq!(name_of(&format!("filename {}", encoded(name))), name);
        }
    }

    #[test]
    fn odd_forms_are_read() {
        assert_eq!(name_of(""), "");
        assert_eq!(name_of("filename"), "");
        assert_eq!(name_of("is_confidential, filename  YS5i , x"), "a.b");
        assert_eq!(name_of("name YS5i"), "a.b");
        assert_eq!(name_of("name YS5i,filename Yw=="), "c");
        assert_eq!(name_of("filename YQ"), "a", "without padding");
        assert_eq!(name_of("filename /w=="), "\u{fffd}", "not UTF-8");
    }

    #[test]
    fn a_recording_says_so() {
        assert!(says_recorded(b"filename YS5i,once YQ==,recorded"));
        for other in [&b""[..], b"filename cmVjb3JkZWQ=", b"once YQ==", b"recorded,recorded", b"\xff"] {
            assert!(!says_recorded(other));
        }
    }

    #[test]
    fn what_is_not_well_formed_is_refused() {
        for header in ["a YQ==,", ",", "a YQ==,a YQ==", "a not!base64", "a YQ== YQ==", "a Y"] {
            assert!(Metadata::parse(header.as_bytes()).is_err(), "{header}");
        }
        assert!(Metadata::parse(&[0xff, 0xfe]).is_err());
        assert!(Metadata::parse("a".repeat(MOST + 1).as_bytes()).is_err());
    }
}
