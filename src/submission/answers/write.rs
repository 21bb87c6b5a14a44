//! `/tell/write`: writing to us. Each piece is an evidence item of kind `text`, sealed, with its own voice, language and
//! assent, which the next page asks for. What somebody wrote is kept exactly as they wrote it.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use maud::{Markup, html};
use ring::digest::{SHA256, digest};

use super::{hidden_of, refused, typed};
use crate::clock::Moment;
use crate::db::Tx;
use crate::evidence::routes::{address, may_change};
use crate::evidence::sealed::ItemText;
use crate::evidence::store::{self, Item, NewItem};
use crate::evidence::{ItemState, Kind, language};
use crate::html::{Door, Field as Input, Page, button, error_summary, form, heading, link_button, text_area};
use crate::id::ItemId;
use crate::storage::keys::SubmissionKey;
use crate::web::csrf::ONCE;
use crate::web::once::{self, Once};
use crate::web::{Answer, Form, Pressed, Problem, Site, Submitter, door};
use crate::words::Speech;

/// A piece of writing in the list.
struct Piece {
    id: ItemId,
    start: String,
    words: i64,
    lang: Option<String>,
}

/// `GET /tell/write`
pub async fn show(State(site): State<Site>, submitter: Submitter, speech: Speech) -> Answer {
    let mut tx = site.db.read().await?;
    let opened = door::open(&site, &mut tx, &submitter).await?;
    let pieces = load_pieces(&mut tx, &opened.key, &submitter).await?;
    Ok(write_page(speech, opened.door, &pieces, "", None).into_response())
}

/// `POST /tell/write`: adds a piece, and leads to the page that asks whose words it carries.
pub async fn add(State(site): State<Site>, submitter: Submitter, speech: Speech, form: Form) -> Answer {
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    let opened = door::open(&site, &mut tx, &submitter).await?;
    let text = typed(&form, "text");
    if text.is_empty() {
        let pieces = load_pieces(&mut tx, &opened.key, &submitter).await?;
        return Ok(refused(write_page(speech, opened.door, &pieces, "", Some("write.nothing"))));
    }
    let leads_to = match add_piece(&mut tx, &opened.key, &submitter, &form, text, now).await? {
        Added::Before(went_to) => went_to,
        Added::New(id) => {
            tx.commit().await?;
            address(&id)
        }
    };
    Ok(Redirect::to(&leads_to).into_response())
}

/// What became of a piece of writing.
pub(super) enum Added {
    /// It is a new item.
    New(ItemId),
    /// The same press came before, and led here.
    Before(String),
}

/// Adds a piece of writing. Pressing twice adds it once.
pub(super) async fn add_piece(
    tx: &mut Tx,
    key: &SubmissionKey,
    submitter: &Submitter,
    form: &Form,
    text: &str,
    now: Moment,
) -> Answer<Added> {
    let id = ItemId::new(now);
    if let Once::Again(went_to) = once::use_key(&mut *tx, form.get(ONCE), &address(&id), now).await? {
        return Ok(Added::Before(went_to));
    }
    let item = NewItem {
        id: &id,
        submission: &submitter.submission,
        kind: Kind::Text,
        media_type: "text/plain",
        state: ItemState::Ready,
        name_sealed: None,
    };
    if store::insert(&mut *tx, item, now).await?.is_none() {
        return Err(Problem::AlreadySent);
    }
    keep(tx, key, submitter, &id, text, now).await?;
    Ok(Added::New(id))
}

/// `GET /tell/write/{id}`
pub async fn show_one(
    State(site): State<Site>,
    submitter: Submitter,
    speech: Speech,
    Path(id): Path<String>,
) -> Answer {
    let mut tx = site.db.read().await?;
    let opened = door::open(&site, &mut tx, &submitter).await?;
    let item = find_mine(&mut tx, &submitter, id).await?;
    let text = open_text(&mut tx, &opened.key, &item.id).await?.unwrap_or_default();
    Ok(edit_page(speech, opened.door, &item.id, &text, None).into_response())
}

/// `POST /tell/write/{id}`
pub async fn save(pressed: Pressed<Submitter>) -> Answer {
    let Pressed { site, by: submitter, speech, about: id, form } = pressed;
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    if !store::hold_submission(&mut tx, &submitter.submission, now).await? {
        return Err(Problem::AlreadySent);
    }
    let opened = door::open(&site, &mut tx, &submitter).await?;
    let item = find_mine(&mut tx, &submitter, id).await?;
    let text = typed(&form, "text");
    if text.is_empty() {
        return Ok(refused(edit_page(speech, opened.door, &item.id, "", Some("write.nothing"))));
    }
    keep(&mut tx, &opened.key, &submitter, &item.id, text, now).await?;
    tx.commit().await?;
    Ok(Redirect::to("/tell/write").into_response())
}

/// Seals a text into its row, reads it back and compares: only then does a receipt say that we checked it.
async fn keep(
    tx: &mut Tx,
    key: &SubmissionKey,
    submitter: &Submitter,
    item: &ItemId,
    text: &str,
    now: Moment,
) -> Answer<()> {
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let (words, bytes) = (count(text.split_whitespace().count()), count(text.len()));
    let sealed = ItemText::Writing.seal(key, item, text).unwrap_or_default();
    if !store::save_text(tx, &submitter.submission, item, sealed, (words, bytes), now).await? {
        return Err(Problem::Gone);
    }
    if open_text(tx, key, item).await?.as_deref() == Some(text) {
        store::record_verified(tx, item, digest(&SHA256, text.as_bytes()).as_ref(), now).await?;
    }
    Ok(())
}

async fn open_text(tx: &mut Tx, key: &SubmissionKey, item: &ItemId) -> Answer<Option<String>> {
    let sealed = store::find_text(tx, item).await?;
    Ok(ItemText::Writing.open(key, item, sealed.as_deref()))
}

async fn find_mine(tx: &mut Tx, submitter: &Submitter, id: String) -> Answer<Item> {
    let item = store::find(tx, &ItemId(id)).await?;
    item.filter(|item| may_rewrite(submitter, item)).ok_or(Problem::NotFound)
}

/// Whether a writing may still be changed: own words that were sent never are, whoever may look at them again.
fn may_rewrite(submitter: &Submitter, item: &Item) -> bool {
    item.kind == Kind::Text && item.sent_us.is_none() && may_change(submitter, item)
}

async fn load_pieces(tx: &mut Tx, key: &SubmissionKey, submitter: &Submitter) -> Answer<Vec<Piece>> {
    let items = store::list(tx, &submitter.submission).await?;
    let mut pieces = Vec::new();
    for item in items.into_iter().filter(|item| may_rewrite(submitter, item)) {
        let text = open_text(tx, key, &item.id).await?.unwrap_or_default();
        pieces.push(Piece {
            start: beginning(&text, 60),
            words: item.text_words.unwrap_or_default(),
            lang: language::for_markup(item.language.as_deref()).map(str::to_owned),
            id: item.id,
        });
    }
    Ok(pieces)
}

/// The first words of a text, enough to know it again: so many letters at most. A word is cut only where there is no space.
fn beginning(text: &str, letters: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let Some((end, next)) = line.char_indices().nth(letters) else {
        return line;
    };
    let cut = &line[..end];
    let words = if next == ' ' { cut } else { cut.rsplit_once(' ').map_or(cut, |(words, _)| words) };
    format!("{}…", words.trim_end_matches(['.', ',', ' ']))
}

fn write_page(speech: Speech, door: Door, pieces: &[Piece], text: &str, error: Option<&str>) -> Page {
    let hidden = html! { (hidden_of(&door)) (door::once_field()) };
    let error = error.map(|key| speech.say(key));
    let body = html! {
        (error_summary(speech, &error.map(|sentence| ("text", sentence)).into_iter().collect::<Vec<_>>()))
        (heading(speech, "write.title"))
        p { (speech.say("write.lead")) }
        p { (speech.say("write.court")) }
        (so_far(speech, pieces))
        @if !pieces.is_empty() { h2 { (speech.say("write.another_title")) } }
        (form("/tell/write", &hidden, html! {
            (writing_field(speech, text, error))
            p { (speech.say("write.who_next")) }
            (button(speech.say("write.save")))
        }))
        @if !pieces.is_empty() { (link_button("/tell", speech.say("write.go_on"))) }
    };
    Page::new(speech, door, speech.say("write.title"), body).path("/tell/write").back("/tell")
}

fn writing_field(speech: Speech, text: &str, error: Option<&str>) -> Markup {
    let field =
        Input::new("text", speech.say("write.text")).hint(speech.say("write.text_hint")).value(text).error(error);
    text_area(speech, &field, 12)
}

fn so_far(speech: Speech, pieces: &[Piece]) -> Markup {
    html! {
        @if !pieces.is_empty() {
            h2 { (speech.say("write.so_far_title")) }
            ol.items {
                @for piece in pieces { li { (one_piece(speech, piece)) } }
            }
        }
    }
}

fn one_piece(speech: Speech, piece: &Piece) -> Markup {
    let words = match piece.words {
        1 => speech.say("write.one_word").to_owned(),
        number => speech.fill("write.words_number", &[("number", &number.to_string())]),
    };
    let few = beginning(&piece.start, 30);
    html! {
        p { bdi lang=[piece.lang.as_deref()] { (piece.start) } " (" (words) ")" }
        ul.actions {
            li { a href={ "/tell/write/" (piece.id) } { (speech.fill("write.change", &[("start", &few)])) } }
            li { a href=(address(&piece.id)) { (speech.say("write.whose")) span.visually-hidden { ": " (few) } } }
            li { a href={ (address(&piece.id)) "/remove" } { (speech.say("write.remove")) span.visually-hidden { ": " (few) } } }
        }
    }
}

fn edit_page(speech: Speech, door: Door, item: &ItemId, text: &str, error: Option<&str>) -> Page {
    let hidden = hidden_of(&door);
    let error = error.map(|key| speech.say(key));
    let path = format!("/tell/write/{item}");
    let body = html! {
        (error_summary(speech, &error.map(|sentence| ("text", sentence)).into_iter().collect::<Vec<_>>()))
        h1 { (speech.say("write.edit_title")) }
        p { (speech.say("write.edit_keep")) }
        (form(&path, &hidden, html! {
            (writing_field(speech, text, error))
            (button(speech.say("write.save")))
        }))
        p { a href=(address(item)) { (speech.say("write.whose")) } }
        p { a href={ (address(item)) "/remove" } { (speech.say("write.remove")) } }
    };
    Page::new(speech, door, speech.say("write.edit_title"), body).path(path).back("/tell/write")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beginning_of_a_text_is_cut_between_words() {
        assert_eq!(beginning("We  waited\n30 weeks", 60), "We waited 30 weeks");
        assert_eq!(beginning("The bus was late all winter. The teacher was kind.", 30), "The bus was late all winter…");
        assert_eq!(beginning("The bus was late", 12), "The bus was…");
        assert_eq!(beginning("The bus was late", 11), "The bus was…");
        let long = "میرا بیٹا تین سال کا ہے۔ وہ دیکھ نہیں سکتا۔ ہمیں سب خط انگریزی میں ملتے ہیں۔";
        assert!(beginning(long, 60).ends_with('…') && beginning(long, 60).chars().count() <= 61);
        assert!(beginning(&"😡".repeat(100), 60).chars().count() == 61);
    }
}
