//! Writing down an item's words, and captions for players. Each look and each change is written down before anything is
//! shown.

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect};
use futures_util::StreamExt as _;
use serde_json::json;

use super::originals::find;
use super::{hidden_fields, page};
use crate::audit;
use crate::db::Tx;
use crate::evidence::copies::{self as made, Rendition};
use crate::evidence::transcript::lines::{self, tidy};
use crate::evidence::transcript::{self, LONGEST};
use crate::id::SubmissionId;
use crate::intake;
use crate::media::prepare::Role;
use crate::review::access::Openable;
use crate::review::media::{How, is_open, record_opened};
use crate::review::pages::submission::Around;
use crate::review::pages::transcript::{SCRIPT, TranscriptPage, page as body_of};
use crate::review::reading;
use crate::web::csrf::ONCE;
use crate::web::once::{Once, use_key};
use crate::web::{Answer, Pressed, Problem, Site, Staff};
use crate::words::Speech;

/// Surer than this, of 100, a machine is mostly right.
const SURE: f64 = 70.0;
/// More words than this nobody looks through one by one.
const MOST_UNSURE: usize = 100;

/// `GET /staff/items/{id}/words`
pub(super) async fn show(State(site): State<Site>, staff: Staff, speech: Speech, Path(id): Path<String>) -> Answer {
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    let found = find_to_write(&mut tx, &staff, id).await?;
    let item = found.item().id.clone();
    audit::record(&mut tx, now, &staff.actor(), "view_transcript", "item", item.as_str(), json!({})).await?;
    tx.commit().await?;
    let mut tx = site.db.read().await?;
    let key = reading::key(&mut tx, &site, found.opened().id()).await?;
    let newest = transcript::find_newest(&mut tx, &key, &item).await?;
    let made = made::list(&mut tx, &item).await?;
    drop(tx);
    let (text, unsure) = match newest {
        Some(newest) => (newest.text.unwrap_or_default(), None),
        None => match machines_draft(&site, speech, found.opened().id(), &made).await? {
            Some(draft) => (draft, Some(unsure_words(&site, found.opened().id(), &made).await?)),
            None => (String::new(), None),
        },
    };
    let mut tx = site.db.read().await?;
    let (reference, body) = markup(&mut tx, &site, &staff, speech, found, (&text, unsure, None)).await?;
    Ok(page(&mut tx, &site, speech, &staff, reference, body).await?.script(SCRIPT).into_response())
}

/// An item whose words this reader may write down.
async fn find_to_write(tx: &mut Tx, staff: &Staff, id: String) -> Answer<Openable> {
    let found = find(tx, staff, id).await?;
    let item = found.item();
    if item.kind.may_have_transcript() && item.state.may_be_downloaded() { Ok(found) } else { Err(Problem::NotFound) }
}

/// What a machine read on the pages of an item, one after another. None where it read nothing.
async fn machines_draft(
    site: &Site,
    speech: Speech,
    submission: &SubmissionId,
    made: &[Rendition],
) -> Answer<Option<String>> {
    let pages = of_role(made, Role::WordsDraft);
    let mut draft = String::new();
    for copy in &pages {
        if pages.len() > 1 {
            let page = speech.fill("transcript.machine_page", &[("number", &copy.page.to_string())]);
            draft.push_str(&format!("{page}\n"));
        }
        draft.push_str(read_copy(site, submission, copy).await?.trim());
        draft.push_str("\n\n");
        if draft.len() > LONGEST {
            break;
        }
    }
    // What a machine heard may come as captions.
    let draft = tidy(&draft).unwrap_or(draft);
    Ok((!draft.trim().is_empty()).then(|| draft.trim().to_owned()))
}

/// The copies of a role, page by page.
fn of_role(made: &[Rendition], role: Role) -> Vec<&Rendition> {
    let mut pages: Vec<&Rendition> = made.iter().filter(|copy| copy.role == role).collect();
    pages.sort_by_key(|copy| copy.page);
    pages
}

/// The words of a copy, up to as many as somebody may write.
async fn read_copy(site: &Site, submission: &SubmissionId, copy: &Rendition) -> Answer<String> {
    let Some(object) = intake::open_copy(site, submission, copy).await? else { return Ok(String::new()) };
    let mut bytes = Vec::new();
    let mut parts = Box::pin(object.range(0..object.length.min(LONGEST as u64)));
    while let Some(part) = parts.next().await {
        bytes.extend_from_slice(&part.map_err(anyhow::Error::from)?);
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The words that the machine was least sure of, each once, in the order of the pages.
async fn unsure_words(site: &Site, submission: &SubmissionId, made: &[Rendition]) -> Answer<Vec<String>> {
    let mut all: Vec<String> = Vec::new();
    for copy in of_role(made, Role::WordsSure) {
        for word in unsure_in(&read_copy(site, submission, copy).await?) {
            if !all.iter().any(|known| known == word) && all.len() < MOST_UNSURE {
                all.push(word.to_owned());
            }
        }
    }
    Ok(all)
}

/// Of tesseract's table, the words of which it is less sure than [`SURE`] of 100: a line is a word where the first column
/// says 5, the eleventh is how sure it is, and the twelfth the word.
fn unsure_in(table: &str) -> impl Iterator<Item = &str> {
    let rows = table.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    rows.filter_map(|row| match row[..] {
        ["5", .., sure, word] if row.len() == 12 && sure.parse::<f64>().is_ok_and(|sure| sure < SURE) => Some(word),
        _ => None,
    })
    .filter(|word| word.chars().any(char::is_alphanumeric))
}

/// The page's title and body.
async fn markup(
    tx: &mut Tx,
    site: &Site,
    staff: &Staff,
    speech: Speech,
    found: Openable,
    (text, unsure, wrong): (&str, Option<Vec<String>>, Option<String>),
) -> Answer<(String, maud::Markup)> {
    let (opened, item) = found.into_parts();
    let reading = reading::load(tx, site, staff, opened).await?;
    let read = reading.items.iter().find(|read| read.item.id == item.id).ok_or(Problem::NotFound)?;
    let hidden = || hidden_fields(site, staff);
    let around = Around { staff, hidden: &hidden, now: site.clock.now(), at: None, news: None, places: None };
    let page = TranscriptPage { reading: &reading, read, text, unsure, wrong };
    Ok((reading.opened.facts.reference.clone(), body_of(speech, &page, &around)))
}

/// `POST /staff/items/{id}/words`: words, or a correction of them.
pub(super) async fn add(pressed: Pressed<Staff>) -> Answer {
    let Pressed { site, by: staff, speech, about: id, form } = pressed;
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    let found = find_to_write(&mut tx, &staff, id).await?;
    let typed = form.get("words");
    let text = match (typed.chars().count() > LONGEST, tidy(typed)) {
        (true, _) => Err(speech.say("transcript.wrong.long").to_owned()),
        (_, Err(at)) => Err(speech.fill("transcript.wrong.backwards", &[("line", &at.0.to_string())])),
        (_, Ok(text)) if text.trim().is_empty() => Err(speech.say("transcript.wrong.empty").to_owned()),
        (_, Ok(text)) => Ok(text),
    };
    let text = match text {
        Ok(text) => text,
        Err(wrong) => {
            let (title, body) = markup(&mut tx, &site, &staff, speech, found, (typed, None, Some(wrong))).await?;
            let page = page(&mut tx, &site, speech, &staff, title, body).await?.problem(true).script(SCRIPT);
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
        }
    };
    let item = found.item().id.clone();
    let back = format!("/staff/items/{item}/words");
    if let Once::Again(went_to) = use_key(&mut tx, form.get(ONCE), &back, now).await? {
        return Ok(Redirect::to(&went_to).into_response());
    }
    let key = reading::key(&mut tx, &site, found.opened().id()).await?;
    let of = (found.opened().id(), &item);
    let version = transcript::add(&mut tx, &key, of, &text, Some(&staff.id), now).await?.ok_or(Problem::NotFound)?;
    let detail = json!({ "version": version });
    audit::record(&mut tx, now, &staff.actor(), "add_transcript", "item", item.as_str(), detail).await?;
    tx.commit().await?;
    Ok(Redirect::to(&back).into_response())
}

/// `GET /staff/items/{id}/captions`: the newest words as captions for a player. A browser asks for them when somebody turns
/// captions on.
pub(super) async fn captions(State(site): State<Site>, staff: Staff, Path(id): Path<String>) -> Answer {
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    let found = find_to_write(&mut tx, &staff, id).await?;
    let item = found.item().id.clone();
    let key = reading::key(&mut tx, &site, found.opened().id()).await?;
    let newest = transcript::find_newest(&mut tx, &key, &item).await?.and_then(|newest| newest.text);
    let vtt = newest.and_then(|text| lines::captions(&lines::lines(&text))).ok_or(Problem::NotFound)?;
    if !is_open(&mut tx, &staff, &item, How::Play, now).await?
        && record_opened(&mut tx, &staff, &item, How::Play, now).await?
    {
        let detail = json!({ "copy": "captions" });
        audit::record(&mut tx, now, &staff.actor(), "play_item", "item", item.as_str(), detail).await?;
    }
    tx.commit().await?;
    let headers = [
        (header::CONTENT_TYPE, "text/vtt; charset=utf-8"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, vtt).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_a_machine_was_not_sure_of_are_found_in_its_table() {
        let table = "level\tpage\tblock\tpar\tline\tword\tleft\ttop\twidth\theight\tconf\ttext\n\
                     4\t1\t1\t1\t1\t0\t1\t1\t9\t9\t-1\t\n\
                     5\t1\t1\t1\t1\t1\t1\t1\t9\t9\t96.1\tI\n\
                     5\t1\t1\t1\t1\t2\t1\t1\t9\t9\t31.5\tlke\n\
                     5\t1\t1\t1\t1\t3\t1\t1\t9\t9\t10\t|\n\
                     5\t1\t1\t1\t1\t4\t1\t1\t9\t9\tx\tart\n5\t9\n";
        assert_eq!(unsure_in(table).collect::<Vec<_>>(), ["lke"]);
    }
}
