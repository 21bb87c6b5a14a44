//! Reads every source file and compares the keys that it uses with the keys that the words files have.
//!
//! A key is used where a text in a source file, or a value in a data file, equals it. Keys made from data are used
//! through their group: `say_in("role", …)`, or a text such as `"role.{}"` or `"role."`, uses every key under `role`.

use std::collections::BTreeSet;
use std::path::Path;

use super::Words;

/// Calls whose first text is the name of a group of keys.
const GROUP_CALLS: [&str; 4] = ["say_in(", "sections(speech, ", "words_in(", " choice(speech, "];

/// Every text between quotes, line by line.
fn texts(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in source.lines() {
        let mut parts = line.split('"');
        parts.next();
        while let Some(text) = parts.next() {
            found.push(text.to_owned());
            parts.next();
        }
    }
    found
}

fn read_all(folder: &Path, kind: &str, into: &mut Vec<(String, String)>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            read_all(&path, kind, into);
        } else if path.extension().is_some_and(|found| found == kind) {
            let text = std::fs::read_to_string(&path).expect("sources can be read");
            let is_code = |line: &&str| !line.trim_start().starts_with("//");
            let text = text.lines().filter(is_code).collect::<Vec<_>>().join("\n");
            into.push((path.display().to_string(), text));
        }
    }
}

fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut all = Vec::new();
    read_all(&root.join("src"), "rs", &mut all);
    all.retain(|(path, _)| !path.contains("/src/words/"));
    read_all(&root.join("assets/data"), "toml", &mut all);
    all
}

/// The part before `{`, or the whole text that ends in a dot or a low line, if it is the beginning of keys: `role.{}`,
/// `role.`, `contact.way_`.
fn as_group(text: &str) -> Option<&str> {
    let before = text.split('{').next().unwrap_or(text);
    let is_key = before.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_'));
    let makes_keys = text.contains('{') || before.ends_with(['.', '_']);
    (is_key && makes_keys && before.contains('.') && !before.starts_with('.')).then_some(before)
}

#[test]
fn every_key_that_is_there_is_used() {
    let mut used = BTreeSet::new();
    let mut groups = BTreeSet::new();
    for (_, source) in sources() {
        for text in texts(&source) {
            if let Some(group) = as_group(&text) {
                groups.insert(group.to_owned());
            }
            used.insert(text);
        }
        for after in GROUP_CALLS.iter().flat_map(|call| source.split(call).skip(1)) {
            if let Some(group) = after.trim_start().strip_prefix('"').and_then(|rest| rest.split('"').next()) {
                groups.insert(format!("{group}."));
            }
        }
    }
    let unused: Vec<&str> = Words::embedded()
        .keys()
        .filter(|key| !used.contains(*key) && !groups.iter().any(|group| key.starts_with(group.as_str())))
        .collect();
    assert!(unused.is_empty(), "these words are said nowhere:\n{}", unused.join("\n"));
}

#[test]
fn every_key_that_is_used_is_there() {
    const CALLS: [&str; 4] = [".say(", ".fill(", ".picture(", "heading(speech, "];
    let words = Words::embedded();
    let mut missing = BTreeSet::new();
    for (path, source) in sources() {
        for call in CALLS {
            for after in source.split(call).skip(1) {
                let key = after.trim_start().strip_prefix('"').and_then(|rest| rest.split('"').next());
                if let Some(key) = key.filter(|key| !key.contains('{') && !words.has(key)) {
                    missing.insert(format!("{key}  ({path})"));
                }
            }
        }
        // A text that begins with the name of a group of words and a dot is meant to be a key.
        let roots: BTreeSet<&str> = words.keys().filter_map(|key| key.split('.').next()).collect();
        for text in texts(&source).into_iter().filter(|_| path.contains("/pages")) {
            let is_key = text.split_once('.').is_some_and(|(root, rest)| roots.contains(root) && !rest.is_empty())
                && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_'))
                && as_group(&text).is_none();
            let is_group = words.keys().any(|key| key.starts_with(&format!("{text}.")));
            if text.ends_with('_') && as_group(&text) == Some(&text) && !words.keys().any(|key| key.starts_with(&text))
            {
                missing.insert(format!("{text}…  ({path})"));
            }
            if is_key && !is_group && !words.has(&text) {
                missing.insert(format!("{text}  ({path})"));
            }
        }
    }
    assert!(missing.is_empty(), "these words are missing:\n{}", missing.into_iter().collect::<Vec<_>>().join("\n"));
}
