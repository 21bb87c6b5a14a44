//! Our own style, scripts and pictures, built into the program, under names that hold their digest.
//!
//! A name changes when its content does, so a browser may keep a file for ever. A script that imports another of ours
//! (`from "./tus.js"`) is served with that one's name in its place. Nothing comes from another host. Sending the files is
//! left to `web::assets`.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::OnceLock;

use rust_embed::Embed;

#[derive(Embed)]
#[folder = "$CARGO_MANIFEST_DIR/assets"]
struct Files;

/// The folders of `assets` that browsers may have; words and reference data are for us.
const SERVED: [&str; 3] = ["css/", "js/", "pictures/"];

#[derive(Default)]
struct Names {
    /// From `css/heard.css` to `/assets/heard.0123456789ab.css`.
    addresses: HashMap<String, String>,
    /// From `heard.0123456789ab.css` to the type and the bytes that are sent.
    files: HashMap<String, (&'static str, Cow<'static, [u8]>)>,
}

impl Names {
    /// Names a file, and first those that it imports: their names are part of what it says.
    fn add(&mut self, file: &str) -> Option<&str> {
        if !self.addresses.contains_key(file) {
            let mut bytes = Files::get(file)?.data;
            if file.ends_with(".js") {
                bytes = Cow::Owned(self.with_imports_named(String::from_utf8_lossy(&bytes).into_owned()).into_bytes());
            }
            let digest = ring::digest::digest(&ring::digest::SHA256, &bytes);
            let digest = data_encoding::HEXLOWER.encode(&digest.as_ref()[..6]);
            let last = file.rsplit('/').next().unwrap_or(file);
            let (stem, kind) = last.rsplit_once('.').unwrap_or((last, "bin"));
            let served = format!("{stem}.{digest}.{kind}");
            self.addresses.insert(file.to_owned(), format!("/assets/{served}"));
            self.files.insert(served, (content_type(file), bytes));
        }
        self.addresses.get(file).map(String::as_str)
    }

    fn with_imports_named(&mut self, mut script: String) -> String {
        const IMPORT: &str = "from \"./";
        let imported: Vec<String> =
            script.split(IMPORT).skip(1).filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())).collect();
        for name in imported {
            if let Some(address) = self.add(&format!("js/{name}")) {
                script = script.replace(&format!("{IMPORT}{name}\""), &format!("from \"{address}\""));
            }
        }
        script
    }
}

fn names() -> &'static Names {
    static NAMES: OnceLock<Names> = OnceLock::new();
    NAMES.get_or_init(|| {
        let mut names = Names::default();
        let served = |file: &str| SERVED.iter().any(|folder| file.starts_with(folder)) && !file.ends_with(".md");
        for file in Files::iter().filter(|file| served(file)) {
            names.add(&file);
        }
        names
    })
}

/// Every file below a folder of `assets`, such as `read-aloud/en/`, with its bytes. For what is not served as it is.
pub(crate) fn read_folder(folder: &str) -> Vec<(String, Cow<'static, [u8]>)> {
    let names = Files::iter().filter(|file| file.starts_with(folder));
    names.filter_map(|file| Some((file.to_string(), Files::get(&file)?.data))).collect()
}

/// The address of one of our files, such as `css/heard.css`; none if there is no such file.
pub fn find_address(file: &str) -> Option<&'static str> {
    names().addresses.get(file).map(String::as_str)
}

/// The type and the bytes of the file that is served under this name; none for any name that we did not make.
pub fn find_file(name: &str) -> Option<(&'static str, &'static [u8])> {
    names().files.get(name).map(|(kind, bytes)| (*kind, bytes.as_ref()))
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
    fn a_script_imports_another_by_the_name_that_is_served() {
        let address = find_address("js/upload.js").expect("the script is there");
        let (_, bytes) = find_file(address.trim_start_matches("/assets/")).expect("it is found");
        let script = String::from_utf8_lossy(bytes);
        let imports = script.matches("from \"/assets/").count();
        assert!(imports > 0 && !script.contains("from \"./"), "{script}");
    }

    #[test]
    fn other_names_are_not_found() {
        for name in ["heard.css", "css/heard.css", "../Cargo.toml", "heard.000000000000.css"] {
            assert!(find_file(name).is_none());
        }
    }
}
