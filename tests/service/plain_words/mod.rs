//! Every page and every letter, as it is rendered, keeps the rules of plain English: in each wording, in its main states.
//!
//! `senders.rs` and `staff.rs` walk through the doors and read what comes; `letters.rs` reads the mail; `table.rs` writes
//! down how easy each page of the senders' side is. The rules are the program's own ([`heard::words::plain_english`]);
//! this looks at links too, which only a whole page has, and fails when an address of the address table was not read.

mod letters;
mod senders;
mod staff;
mod table;

use std::collections::BTreeMap;

use heard::words::Wording;
use heard::words::plain_english::{Finding, Reader, check_page, text_of_page};

use super::browser::{Browser, Page};
use super::matrix::{About, In, MATRIX};
use super::world::{Pair, World, run};

/// One page, as it was read.
pub struct Seen {
    /// Its address in the address table, or what it is.
    pub page: String,
    /// What had happened before.
    pub state: &'static str,
    /// In which words.
    pub wording: Wording,
    /// All that can be read on it, but for what people wrote.
    pub text: String,
    /// The same of its main part alone.
    pub main: String,
    links: Vec<(String, String)>,
}

/// All that was read.
#[derive(Default)]
pub struct Reading {
    seen: Vec<Seen>,
    /// Answers that should have been pages.
    not_pages: Vec<Finding>,
}

/// What belongs into the places of an address.
type Objects = BTreeMap<About, String>;

/// Answers that are no pages.
const NO_PAGES: [&str; 12] = [
    "/health/live",
    "/health/ready",
    "/assets/{name}",
    "/.well-known/security.txt",
    "/uploads",
    "/uploads/{id}",
    "/tell/code/file",
    "/tell/card/file",
    "/staff/items/{id}/board/text",
    "/staff/media/{id}",
    "/staff/items/{id}/captions",
    "/staff/cite/{reference}/{number}",
];

/// Names of links that say nothing to somebody who hears the links alone.
const VAGUE: [&str; 16] = [
    "here",
    "click here",
    "this",
    "this page",
    "link",
    "more",
    "read more",
    "see more",
    "see",
    "change",
    "open",
    "go",
    "details",
    "page",
    "continue",
    "press here",
];

impl Reading {
    /// Opens an address in each wording.
    async fn look(&mut self, browser: &mut Browser, name: &str, state: &'static str, address: &str) {
        for wording in Wording::ALL {
            speak(browser, wording);
            let page = browser.get(address, &[]).await;
            self.take(&page, name, state, wording);
        }
        speak(browser, Wording::Plain);
    }

    fn take(&mut self, page: &Page, name: &str, state: &'static str, wording: Wording) {
        if !page.is_html() {
            let leads = page.leads_to().unwrap_or_default();
            self.not_pages.push(format!("{name} ({state}) is no page: {} {} {leads}", page.status, page.url));
            return;
        }
        let html = String::from_utf8_lossy(&page.body).into_owned();
        let main = html.split_once("<main").and_then(|(_, after)| after.split_once('>')).map_or("", |(_, main)| main);
        let main = text_of_page(main.split("</main>").next().unwrap_or_default());
        let (text, links) = (without_references(&text_of_page(&html)), page.links());
        self.seen.push(Seen { page: name.to_owned(), state, wording, text, main, links });
    }

    /// Opens every address of the table behind these doors, as far as it is a page for this browser now.
    async fn look_at_all(&mut self, browser: &mut Browser, state: &'static str, doors: &[In], objects: &Objects) {
        for (_, path, ..) in pages_of(doors) {
            let Some(address) = address_of(path, objects) else { continue };
            let page = browser.get(&address, &[]).await;
            if page.is_html() && page.status == 200 {
                self.look(browser, path, state, &address).await;
            }
        }
    }

    fn findings(&self, reader: impl Fn(Wording) -> Reader) -> Vec<Finding> {
        let mut findings = self.not_pages.clone();
        for seen in &self.seen {
            let of_links = check_links(&seen.links);
            for finding in check_page(&seen.text, reader(seen.wording)).into_iter().chain(of_links) {
                findings.push(format!("{} ({}, {}): {finding}", seen.page, seen.state, seen.wording.name()));
            }
        }
        findings.sort();
        findings.dedup();
        findings
    }

    /// Pages of the table behind these doors that nobody read.
    fn unread(&self, doors: &[In]) -> Vec<&'static str> {
        let read = |path: &str| self.seen.iter().any(|seen| seen.page == path);
        pages_of(doors).map(|(_, path, ..)| *path).filter(|path| !read(path)).collect()
    }
}

/// The text without the references of submissions: the letters of one look like those of an abbreviation.
fn without_references(text: &str) -> String {
    let mut pieces = text.split("HRD-");
    let mut made = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        made.push_str("the reference");
        made.push_str(piece.get("XXXX-XXXX".len()..).unwrap_or_default());
    }
    made
}

fn pages_of(doors: &[In]) -> impl Iterator<Item = &'static (&'static str, &'static str, In, About)> {
    MATRIX.iter().filter(move |(method, path, who, _)| {
        *method == "GET" && doors.contains(who) && !NO_PAGES.contains(path) && !path.ends_with("/file")
    })
}

fn address_of(path: &str, objects: &Objects) -> Option<String> {
    let (.., about) = MATRIX.iter().find(|(method, other, ..)| *method == "GET" && *other == path)?;
    let parts = path.split('/').map(|part| match part {
        "{number}" => Some("1"),
        part if part.starts_with('{') => objects.get(about).map(String::as_str),
        part => Some(part),
    });
    Some(parts.collect::<Option<Vec<_>>>()?.join("/"))
}

/// Chooses a wording, as the form at the foot of each page does.
fn speak(browser: &mut Browser, wording: Wording) {
    browser.jar.take(&format!("{}={}; Path=/", heard::web::cookies::WORDING, wording.name()));
}

/// A link says alone where it leads, and two links of one name lead to one place.
fn check_links(links: &[(String, String)]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut leads: BTreeMap<&str, &str> = BTreeMap::new();
    for (name, address) in links {
        let lower = name.trim().trim_end_matches(['.', '…']).to_lowercase();
        if VAGUE.contains(&lower.as_str()) || lower.chars().count() < 2 || lower.starts_with("http") {
            findings.push(format!("the link “{name}” to {address} says nothing alone"));
        }
        if *leads.entry(name.as_str()).or_insert(address) != address {
            findings.push(format!("two links “{name}” lead to {} and {address}", leads[name.as_str()]));
        }
    }
    findings
}

#[test]
fn every_page_for_senders_is_in_plain_words() {
    run(|| async {
        let world = World::begin(Pair::SqliteAndDisk).await;
        let reading = senders::read_all(&world).await;
        let unread = reading.unread(&senders::DOORS);
        assert!(unread.is_empty(), "nobody read these pages: {unread:#?}");
        let findings = reading.findings(|wording| match wording {
            Wording::Plain => Reader::Anybody,
            Wording::Short | Wording::Pictures => Reader::ShortWords,
        });
        let table = table::of(&reading);
        table::keep_or_compare(&table);
        assert!(findings.is_empty(), "{} findings:\n{}", findings.len(), findings.join("\n"));
        table::must_hold(&table);
    });
}

#[test]
fn every_page_for_staff_is_in_plain_words() {
    run(|| async {
        let world = World::begin(Pair::SqliteAndDisk).await;
        let reading = staff::read_all(&world).await;
        let unread = reading.unread(&staff::doors());
        assert!(unread.is_empty(), "nobody read these pages: {unread:#?}");
        let findings = reading.findings(|_| Reader::Staff);
        assert!(findings.is_empty(), "{} findings:\n{}", findings.len(), findings.join("\n"));
    });
}

#[test]
fn a_link_says_alone_where_it_leads() {
    let link = |name: &str, to: &str| (name.to_owned(), to.to_owned());
    assert!(check_links(&[link("Your privacy", "/privacy"), link("Your privacy", "/privacy")]).is_empty());
    assert_eq!(check_links(&[link("Click here", "/privacy"), link("", "/x")]).len(), 2);
    assert_eq!(check_links(&[link("Take it out", "/a"), link("Take it out", "/b")]).len(), 1);
}
