//! Our own style, scripts and pictures, built into the program, under names that hold their digest.
//!
//! A name changes when its content does, so a browser may keep a file for ever. Nothing comes from another host.
//! Sending the files is left to `web::assets`.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::OnceLock;

use rust_embed::Embed;

#[derive(Embed)]
#[folder = "$CARGO_MANIFEST_DIR/assets"]
struct Files;

/// The folders of `assets` that browsers may have; words and reference data are for us.
const SERVED: [&str; 3] = ["css/", "js/", "pictures/"];

struct Names {
    /// From `css/heard.css` to `/assets/heard.0123456789ab.css`.
    addresses: HashMap<String, String>,
    /// From `heard.0123456789ab.css` to `css/heard.css`.
    files: HashMap<String, String>,
}

fn names() -> &'static Names {
    static NAMES: OnceLock<Names> = OnceLock::new();
    NAMES.get_or_init(|| {
        let mut names = Names { addresses: HashMap::new(), files: HashMap::new() };
        for file in Files::iter().filter(|file| SERVED.iter().any(|folder| file.starts_with(folder))) {
            let Some(found) = Files::get(&file) else { continue };
            let digest = data_encoding::HEXLOWER.encode(&found.metadata.sha256_hash()[..6]);
            let last = file.rsplit('/').next().unwrap_or(&file);
            let (stem, kind) = last.rsplit_once('.').unwrap_or((last, "bin"));
            let served = format!("{stem}.{digest}.{kind}");
            names.addresses.insert(file.to_string(), format!("/assets/{served}"));
            names.files.insert(served, file.to_string());
        }
        names
    })
}

/// The address of one of our files, such as `css/heard.css`; none if there is no such file.
pub fn find_address(file: &str) -> Option<&'static str> {
    names().addresses.get(file).map(String::as_str)
}

/// The type and the bytes of the file that is served under this name; none for any name that we did not make.
pub fn find_file(name: &str) -> Option<(&'static str, Cow<'static, [u8]>)> {
    let file = names().files.get(name)?;
    Some((content_type(file), Files::get(file)?.data))
}

fn content_type(file: &str) -> &'static str {
    match file.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_served_under_a_name_that_holds_its_digest() {
        let address = find_address("css/heard.css").expect("the style is there");
        let name = address.trim_start_matches("/assets/");
        assert_eq!(name.split('.').count(), 3);
        let (kind, bytes) = find_file(name).expect("the style is found by its name");
        assert_eq!(kind, "text/css; charset=utf-8");
        assert!(!bytes.is_empty());
    }

    #[test]
    fn other_names_are_not_found() {
        for name in ["heard.css", "css/heard.css", "../Cargo.toml", "heard.000000000000.css"] {
            assert!(find_file(name).is_none());
        }
    }
}
