//! `/tell/copy`: "My copy". Everything somebody told us, with their dates as a timeline, on one page that prints, and as
//! a zip file with what they sent, to take to a tribunal, an adviser or a review.
//!
//! Before sending it is for everybody. After sending it is for those who chose "Let me look at it again", and for nobody
//! else: whoever holds the code may be somebody else. The page warns of shared phones before anything is saved, and the
//! file's name says nothing.
//!
//! - [`timeline`] puts the dates in order; [`text`] writes what was said as a plain text file.
//! - [`zip`] is the format, [`names`] the names inside, [`file`] sends it piece by piece.

use axum::extract::State;
use maud::{Markup, html};

use super::told::{self, Section};
use super::whole::{ToldItem, Whole};
use super::{State as Life, sent};
use crate::db::Tx;
use crate::evidence::size::size_in_words;
use crate::evidence::{Kind, left_out};
use crate::html::{self, Page};
use crate::web::{Answer, Problem, Site, Submitter, door};
use crate::words::Speech;

pub mod file;
pub mod names;
pub mod text;
pub mod timeline;
pub mod zip;

use self::timeline::Timeline;

/// The page.
pub const COPY: &str = "/tell/copy";
/// The file.
pub const FILE: &str = "/tell/copy/file";
/// What a phone calls the file: nothing that says what it is.
const FILE_NAME: &str = "papers.zip";

/// Whether this sender may have a copy: while it is a draft, and afterwards where they chose to look at it again.
fn may_have(submitter: &Submitter) -> bool {
    submitter.is_draft() || (submitter.look_again && submitter.state == Life::Sent.name())
}

/// What a copy holds. Where there is none to have, there is no such page.
struct Held {
    whole: Whole,
    /// The copies that are sent in the place of whole files, because something is left out.
    cut: Vec<left_out::Row>,
}

impl Held {
    async fn load(site: &Site, tx: &mut Tx, submitter: &Submitter) -> Answer<Held> {
        if !may_have(submitter) {
            return Err(Problem::NotFound);
        }
        let whole = Whole::load(tx, &site.keys, &submitter.submission).await?.ok_or(Problem::NotFound)?;
        let cut = left_out::list_in(tx, &submitter.submission).await?;
        Ok(Held { whole, cut })
    }

    /// The items of the copy: all of a draft but recordings that nobody has kept; of what was sent, what was sent.
    fn items(&self) -> impl Iterator<Item = &ToldItem> {
        let is_draft = self.whole.row.state == Life::Draft;
        self.whole.items.iter().filter(move |told| match is_draft {
            true => !self.whole.takes.contains(&told.item.id),
            false => told.item.sent_us.is_some(),
        })
    }

    /// The copy of a file from which something is left out. Nothing else of it is in here.
    fn cut_of(&self, told: &ToldItem) -> Option<&left_out::Row> {
        self.cut.iter().find(|row| row.item_id == told.item.id)
    }

    /// The files among them that are all here.
    fn files(&self) -> impl Iterator<Item = (&ToldItem, u64)> {
        self.items().filter_map(|told| {
            let here = told.item.kind != Kind::Text && told.item.received_us.is_some() && told.item.state.is_had();
            let length = self.cut_of(told).map(|row| row.length).or(told.item.length);
            let length = length.and_then(|length| u64::try_from(length).ok());
            length.filter(|_| here).map(|length| (told, length))
        })
    }
}

/// `GET /tell/copy`
pub async fn show(State(site): State<Site>, submitter: Submitter, speech: Speech) -> Answer<Page> {
    let mut tx = site.db.read().await?;
    let held = Held::load(&site, &mut tx, &submitter).await?;
    let opened = door::open(&site, &mut tx, &submitter).await?;
    let sections = told::sections(speech, &held.whole, site.clock.now().date_in_london());
    let back = if submitter.is_draft() { "/tell/check" } else { "/sent" };
    let body = body(speech, &held, &sections);
    Ok(Page::new(speech, opened.door, speech.say("copy.tab"), body).path(COPY).back(back))
}

fn body(speech: Speech, held: &Held, sections: &[Section]) -> Markup {
    html! {
        (html::heading(speech, "copy.title"))
        p.lead { (speech.say("copy.lead")) }
        div.no-print { (save_it(speech, held)) }
        @if held.whole.row.sent_us.is_some() { (sent::reference(speech, &held.whole.row)) }
        (Timeline::of(speech, &held.whole).markup(speech))
        section.told {
            h2 { (html::picture_beside(speech, "check.items_title")) (speech.say("check.items_title")) }
            @if held.items().next().is_none() { p { (speech.say("check.no_items")) } }
            @for told in held.items() { (told::item_markup(speech, told, &html! {})) }
        }
        @for section in sections.iter().filter(|section| section.is_answered()) {
            (told::section_markup(speech, section, false))
        }
    }
}

/// How to keep it, and what to think of first.
fn save_it(speech: Speech, held: &Held) -> Markup {
    let (number, bytes) = held.files().fold((0, 0), |(number, bytes), (_, length)| (number + 1, bytes + length));
    let waits = held.items().filter(|told| told.item.kind != Kind::Text).count() > number;
    let size = [("number", number.to_string()), ("size", size_in_words(bytes))];
    let size = size.each_ref().map(|(place, value)| (*place, value.as_str()));
    html! {
        h2 { (html::picture_beside(speech, "copy.keep_title")) (speech.say("copy.keep_title")) }
        p { (speech.say("copy.print")) }
        (html::warning(speech, html::prose(speech.say("copy.warning"))))
        p { (speech.fill("copy.size", &size)) }
        @if waits { p { (speech.say("copy.not_all")) } }
        p.button-line { a.button href=(FILE) download=(FILE_NAME) { (speech.say("copy.save")) } }
    }
}
