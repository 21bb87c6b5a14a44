//! Zip files of communication systems: sets of Open Board pages, account exports, grid sets, vocabularies, and any other
//! zip that holds files which we read alone. One zip inside another is opened, no deeper.

use std::collections::HashSet;

use super::super::gather::Gather;
use super::super::open;
use super::super::raw::Source;
use super::super::raw::json::{Tape, Value};
use super::super::raw::text::decode;
use super::super::raw::zip::{Archive, Fault, Most, Part};
use super::super::reading::{Format, Kept};
use super::gridset;
use super::obf::{self, Paths};

/// A name for looking up: case and the kind of stroke make no difference.
pub(in crate::aac) fn key(name: &str) -> String {
    name.replace('\\', "/").trim_start_matches("./").trim_start_matches('/').to_lowercase()
}

/// A zip file that is being read; what it unpacks to is counted together with what is inside it.
pub(in crate::aac) struct Zip<'a> {
    source: &'a dyn Source,
    archive: Archive,
    most: Most,
    /// How many zip files are around this one.
    depth: usize,
}

/// Reads a zip file; `left` is how many bytes may still be unpacked.
pub(in crate::aac) fn read(
    source: &dyn Source,
    depth: usize,
    left: &mut usize,
    gather: &mut Gather,
) -> Result<Format, (Format, Kept)> {
    let most = Most { parts: gather.limits.parts, part: gather.limits.text, times: 200 };
    let zip = Zip { source, archive: Archive::open(source, most), most, depth };
    zip.tell_state(gather);
    zip.read(left, gather)
}

impl Zip<'_> {
    fn tell_state(&self, gather: &mut Gather) {
        let archive = &self.archive;
        if archive.list_missing {
            gather.problem(
                "the zip file",
                "Its list of parts is missing or damaged, so it may stop early. What could be found is shown.",
            );
        }
        if archive.too_many {
            gather.problem("the zip file", "It has more parts than we look at.");
        }
        if archive.unsafe_names > 0 {
            gather.problem("the zip file", "Some of its parts have names that may be unsafe, so we did not open them.");
        }
        if archive.overlapping > 0 {
            gather.problem(
                "the zip file",
                "Some of its parts lie on top of each other. That may be unsafe, so we did not open them.",
            );
        }
    }

    fn names(&self) -> impl Iterator<Item = (&Part, String)> {
        self.archive.parts.iter().map(|part| (part, key(&part.name)))
    }

    fn read(&self, left: &mut usize, gather: &mut Gather) -> Result<Format, (Format, Kept)> {
        let any = |test: fn(&str) -> bool| self.names().any(|(_, name)| test(&name));
        if any(|name| {
            name.starts_with("word/")
                || name.starts_with("xl/")
                || name.starts_with("ppt/")
                || name == "meta-inf/manifest.mf"
        }) || any(|name| name == "meta-inf/container.xml" || name == "androidmanifest.xml")
        {
            return Err((Format::Other, Kept::CannotRead));
        }
        if any(is_grid_page) {
            return self.read_gridset(left, gather);
        }
        let format = self.read_parts(left, gather);
        if !gather.found_nothing() {
            return Ok(format.unwrap_or(Format::Zip));
        }
        let archive = &self.archive;
        match () {
            () if archive.unsafe_names > 0 || archive.overlapping > 0 => Err((Format::Zip, Kept::Unsafe)),
            () if any(|name| name.ends_with(".js")) && any(|name| name.contains("sheet")) => {
                Err((Format::Picto4me, Kept::CannotRead))
            }
            () if *left == 0 => Err((format.unwrap_or(Format::Zip), Kept::TooLarge)),
            () if archive.list_missing => Err((format.unwrap_or(Format::Zip), Kept::Damaged)),
            () => match format {
                Some(format) => Err((format, Kept::Damaged)),
                None => Err((Format::Zip, Kept::Unknown)),
            },
        }
    }

    /// The bytes of a part; what is wrong with it is told, and what came before the damage is given.
    fn bytes(&self, part: &Part, left: &mut usize, gather: &mut Gather) -> Option<Vec<u8>> {
        let (bytes, fault) = part.read(self.source, self.most, *left);
        *left = left.saturating_sub(bytes.len());
        if let Some(fault) = fault {
            gather.problem(&part.name, in_words(fault));
        }
        (!bytes.is_empty()).then_some(bytes)
    }

    fn read_gridset(&self, left: &mut usize, gather: &mut Gather) -> Result<Format, (Format, Kept)> {
        let settings = self.names().find(|(_, name)| name.ends_with("settings0/settings.xml")).map(|(part, _)| part);
        let start =
            settings.and_then(|part| self.bytes(part, left, gather)).and_then(|bytes| gridset::start_page(&bytes));
        let mut pages: Vec<(&Part, &str)> =
            self.names().filter(|(_, name)| is_grid_page(name)).map(|(part, _)| (part, folder(&part.name))).collect();
        pages.sort_by_key(|(_, name)| start.as_deref() != Some(*name));
        let mut locked = 0;
        let mut seen = HashSet::new();
        let all = pages.len();
        for (part, name) in pages {
            let Some(bytes) = self.bytes(part, left, gather) else { continue };
            if !begins_as_text(&bytes) {
                locked += 1;
                continue;
            }
            // The same page listed twice is one page; another one with the same name is shown too.
            if seen.insert((name.to_owned(), crc32fast::hash(&bytes))) {
                gridset::read_page(&bytes, name, gather);
            }
        }
        match locked {
            0 => Ok(Format::Gridset),
            locked if locked == all => Err((Format::Gridsetx, Kept::Locked)),
            locked => {
                gather.problem("the grid set", &format!("{locked} of its pages are locked."));
                Ok(Format::Gridset)
            }
        }
    }

    /// Everything in it that can be read alone. The pages that its list names come in that list's order.
    fn read_parts(&self, left: &mut usize, gather: &mut Gather) -> Option<Format> {
        let mut formats = Vec::new();
        let mut pages = Vec::new();
        let mut lines = Vec::new();
        let mut root = None;
        for (part, name) in self.names() {
            if is_never_words(&name) {
                continue;
            }
            let last = name.rsplit('/').next().unwrap_or_default();
            let Some(bytes) = self.bytes(part, left, gather) else { continue };
            if last == "manifest.json" {
                root = root.or_else(|| root_of(&bytes));
                continue;
            }
            if is_page_file(&bytes, &name) {
                pages.push((part.name.clone(), bytes));
                continue;
            }
            if open::is_plain_lines(&bytes) {
                if !["readme", "licen", "version", "copying", "notice"].iter().any(|word| last.starts_with(word)) {
                    lines.push(bytes);
                }
                continue;
            }
            match open::part(&bytes, &part.name, self.depth + 1, left, gather) {
                Ok(format) => formats.push(format),
                Err((_, Kept::Unknown | Kept::CannotRead | Kept::Empty)) => {}
                Err((format, why)) => {
                    formats.push(format);
                    gather.problem(&part.name, why.message().split_once(". ").map_or("", |(_, rest)| rest));
                }
            }
        }
        if !pages.is_empty() {
            read_pages(&pages, root.as_deref(), gather);
            formats.push(Format::Obz);
        }
        if gather.found_nothing() && formats.is_empty() {
            for bytes in &lines {
                super::table::read_lines(&decode(bytes), gather);
                formats.push(Format::Text);
            }
        }
        one_of(&formats)
    }
}

fn in_words(fault: Fault) -> &'static str {
    match fault {
        Fault::Locked => "This part is locked with a password.",
        Fault::Method => "This part is packed in a way that we do not know.",
        Fault::Damaged | Fault::Early => "This part is damaged, or stops early. What came before is shown.",
        Fault::Changed => "This part was changed after it was packed. Some of its words may be wrong.",
        Fault::TooLarge => "This part is too large, so we did not open it.",
    }
}

/// What the whole is, from what its parts are.
fn one_of(formats: &[Format]) -> Option<Format> {
    let has = |format: Format| formats.contains(&format);
    match formats {
        [] => None,
        _ if has(Format::Obl) && has(Format::Obz) => Some(Format::CoughdropExport),
        [first, rest @ ..] if rest.iter().all(|other| other == first) => Some(*first),
        _ if has(Format::Touchchat) => Some(Format::Touchchat),
        _ => Some(Format::Zip),
    }
}

fn is_grid_page(name: &str) -> bool {
    let inside = name.strip_prefix("grids/").or_else(|| name.split_once("/grids/").map(|(_, inside)| inside));
    inside.is_some_and(|inside| inside.ends_with("/grid.xml"))
}

/// The folder of a page, which is the page's name.
fn folder(name: &str) -> &str {
    let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
    folder.rsplit('/').next().unwrap_or_default()
}

fn begins_as_text(bytes: &[u8]) -> bool {
    let text = decode(&bytes[..bytes.len().min(400)]).into_owned();
    text.trim_start().starts_with('<')
}

/// Pictures, sounds and films are left where they are.
fn is_never_words(name: &str) -> bool {
    const MEDIA: [&str; 22] = [
        "png", "jpg", "jpeg", "gif", "svg", "webp", "bmp", "ico", "emf", "wmf", "tif", "mp3", "wav", "m4a", "ogg",
        "aac", "mp4", "mov", "webm", "c4s", "ttf", "pdf",
    ];
    name.rsplit_once('.').is_some_and(|(_, end)| MEDIA.contains(&end))
}

fn is_page_file(bytes: &[u8], name: &str) -> bool {
    if name.ends_with(".obf") {
        return true;
    }
    let begin = decode(&bytes[..bytes.len().min(4096)]).into_owned();
    let begin = begin.trim_start();
    begin.starts_with('{')
        && begin.contains("open-board-")
        && !begin.contains("open-board-log")
        && !begin.contains("\"paths\"")
}

fn root_of(bytes: &[u8]) -> Option<String> {
    let text = decode(bytes);
    let tape = Tape::read(&text, 200_000);
    let root = tape.root()?.get("root").and_then(Value::text)?;
    Some(key(&root))
}

/// Reads pages that link to each other by their paths (some programs write ids there), the start page first.
fn read_pages(pages: &[(String, Vec<u8>)], root: Option<&str>, gather: &mut Gather) {
    let mut seen = HashSet::new();
    let once = pages.iter().filter(|(name, bytes)| seen.insert((key(name), crc32fast::hash(bytes))));
    let with_id = |(name, bytes): &'_ (String, Vec<u8>)| {
        let text = decode(bytes);
        // The id alone: it stands near the beginning, and a page is read whole only once at a time.
        let tape = Tape::read(&text, gather.limits.values);
        tape.root().map_or_else(|| name.clone(), |page| obf::id_of(page, name))
    };
    let mut order: Vec<(&(String, Vec<u8>), String)> = once.map(|page| (page, with_id(page))).collect();
    let mut paths: Paths = order.iter().map(|((name, _), id)| (key(name), id.clone())).collect();
    for (_, id) in &order {
        paths.entry(key(id)).or_insert_with(|| id.clone());
    }
    let start = root.and_then(|root| paths.get(root)).cloned();
    order.sort_by_key(|(_, id)| start.as_ref() != Some(id));
    for ((name, bytes), _) in order {
        open::read_json(&decode(bytes), name, Some(&paths), gather).unwrap_or_else(|_| {
            gather.problem(name, "This page is damaged.");
            Format::Obf
        });
    }
}
