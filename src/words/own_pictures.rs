//! Pictures of the operator's own: a folder (`HEARD_PICTURES`) of SVG files with the names of ours takes their place, such
//! as the symbols that the children of a school already know. `assets/pictures/README.md` says what each name means.
//!
//! Read once at start; a file that cannot be used is named, and nothing starts. They are shown as `img`, where no browser
//! runs a script, and served under a policy that lets none run either (`web::assets`); what could run one or load from
//! another place is refused here all the same. Whose pictures they are is between the operator and whoever drew them.

use std::collections::BTreeMap;
use std::path::Path;

use super::{BadWords, Words};

/// Most bytes in one picture: ours have less than one in a hundred of it.
const MOST_BYTES: usize = 64 << 10;

/// What has no place in a picture: it could run, or bring something from elsewhere.
const REFUSED: [&str; 9] =
    ["<script", "<foreignobject", "<iframe", "<image", "<!entity", "<!doctype", "javascript:", "@import", "//"];

/// Where the one address with two slashes in it may stand: SVG's own name.
const OWN_NAMES: [&str; 2] = ["http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"];

/// The operator's pictures.
#[derive(Debug, Default)]
pub struct OwnPictures(BTreeMap<String, Own>);

#[derive(Debug)]
struct Own {
    address: String,
    bytes: Vec<u8>,
}

impl OwnPictures {
    /// Reads a folder. Each file has the name of one of our pictures.
    pub fn read(folder: &Path) -> Result<&'static OwnPictures, BadWords> {
        let bad = |file: &Path, problem: String| BadWords { file: file.display().to_string(), problem };
        let mut found = BTreeMap::new();
        for entry in std::fs::read_dir(folder).map_err(|error| bad(folder, error.to_string()))? {
            let path = entry.map_err(|error| bad(folder, error.to_string()))?.path();
            let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let name =
                file.strip_suffix(".svg").ok_or_else(|| bad(&path, "only SVG files may stand here".to_owned()))?;
            if !Words::embedded().names_picture(name) {
                return Err(bad(
                    &path,
                    format!("no picture of ours is called {name}; assets/pictures/README.md names all"),
                ));
            }
            let bytes = std::fs::read(&path).map_err(|error| bad(&path, error.to_string()))?;
            look_at(&bytes).map_err(|problem| bad(&path, problem))?;
            let digest = ring::digest::digest(&ring::digest::SHA256, &bytes);
            let address = format!("{name}-own.{}.svg", data_encoding::HEXLOWER.encode(&digest.as_ref()[..6]));
            found.insert(name.to_owned(), Own { address: format!("/assets/{address}"), bytes });
        }
        Ok(Box::leak(Box::new(OwnPictures(found))))
    }

    /// The address of the picture that takes the place of ours.
    pub fn address(&'static self, name: &str) -> Option<&'static str> {
        self.0.get(name).map(|own| own.address.as_str())
    }

    /// The bytes that are served at an address.
    pub fn bytes(&'static self, address: &str) -> Option<&'static [u8]> {
        self.0.values().find(|own| own.address == address).map(|own| own.bytes.as_slice())
    }
}

/// What is wrong with a picture, as a sentence.
fn look_at(bytes: &[u8]) -> Result<(), String> {
    if bytes.len() > MOST_BYTES {
        return Err(format!("it has {} bytes, and a picture may have {MOST_BYTES}", bytes.len()));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| "it is not text in UTF-8".to_owned())?;
    let mut text = text.to_ascii_lowercase();
    if !text.contains("<svg") || !text.contains(OWN_NAMES[0]) {
        return Err("it is no SVG picture".to_owned());
    }
    for name in OWN_NAMES {
        text = text.replace(name, "");
    }
    if let Some(found) = REFUSED.iter().find(|refused| text.contains(**refused)) {
        return Err(format!("it holds {found}, and a picture may not: save it as plain SVG"));
    }
    match text.split_ascii_whitespace().find(|word| acts(word)) {
        Some(word) => Err(format!("it holds {}, which could run a script", word.split('=').next().unwrap_or(word))),
        None => Ok(()),
    }
}

/// An attribute such as `onload=`, or one that stands close behind another.
fn acts(word: &str) -> bool {
    let attributes = word.split(['"', '\'', '/']).filter_map(|part| part.split_once('=').map(|(name, _)| name));
    attributes.into_iter().any(|name| name.starts_with("on") && name.len() > 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(inside: &str) -> String {
        format!("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 64 64\">{inside}</svg>")
    }

    fn read(name: &str, text: &str) -> Result<&'static OwnPictures, BadWords> {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        std::fs::write(folder.path().join(name), text).expect("written");
        OwnPictures::read(folder.path())
    }

    #[test]
    fn a_picture_with_the_name_of_ours_has_an_address_that_holds_its_digest() {
        let own = read("eye.svg", &picture("<circle r=\"9\"/>")).expect("it can be used");
        let address = own.address("eye").expect("it takes the place of ours");
        assert!(address.starts_with("/assets/eye-own.") && address.ends_with(".svg"), "{address}");
        assert_eq!(own.bytes(address), Some(picture("<circle r=\"9\"/>").as_bytes()));
        assert_eq!((own.address("lock"), own.bytes("/assets/eye.svg")), (None, None));
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        let large = picture(&"<g/>".repeat(MOST_BYTES / 4));
        for (name, text) in [
            ("eyes.svg", picture("")),
            ("eye.png", picture("")),
            ("eye.svg", large),
            ("eye.svg", "<html></html>".to_owned()),
            ("eye.svg", picture("<script>alert(1)</script>")),
            ("eye.svg", picture("<g ONLOAD = \"x()\"/>").replace(" = ", "=")),
            ("eye.svg", picture("<g fill=\"red\"onclick=\"x()\"/>")),
            ("eye.svg", picture("<a href=\"javascript:x()\"/>")),
            ("eye.svg", picture("<use href=\"https://elsewhere.example/a.svg#b\"/>")),
            ("eye.svg", picture("<image href=\"data:image/png;base64,AAAA\"/>")),
            ("eye.svg", format!("<!DOCTYPE svg [<!ENTITY a \"b\">]>{}", picture(""))),
        ] {
            let problem = read(name, &text).expect_err(&text).to_string();
            assert!(problem.contains(name), "{problem}");
        }
        assert!(OwnPictures::read(Path::new("/no/such/folder")).is_err());
    }
}
