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
    let (text, from_machine) = match newest {
        Some(newest) => (newest.text.unwrap_or_default(), false),
        None => {
            let draft = machines_draft(&site, speech, found.opened().id(), made).await?;
            (draft.clone().unwrap_or_default(), draft.is_some())
        }
    };
    let mut tx = site.db.read().await?;
    let (reference, body) = markup(&mut tx, &site, &staff, speech, found, (&text, from_machine, None)).await?;
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
    made: Vec<Rendition>,
) -> Answer<Option<String>> {
    let mut pages: Vec<Rendition> = made.into_iter().filter(|copy| copy.role == Role::WordsDraft).collect();
    pages.sort_by_key(|copy| copy.page);
    let mut draft = String::new();
    for copy in &pages {
        if pages.len() > 1 {
            let page = speech.fill("transcript.machine_page", &[("number", &copy.page.to_string())]);
            draft.push_str(&format!("{page}\n"));
        }
        let Some(object) = intake::open_copy(site, submission, copy).await? else { continue };
        let mut bytes = Vec::new();
        let mut parts = Box::pin(object.range(0..object.length.min(LONGEST as u64)));
        while let Some(part) = parts.next().await {
            bytes.extend_from_slice(&part.map_err(anyhow::Error::from)?);
        }
        draft.push_str(String::from_utf8_lossy(&bytes).trim());
        draft.push_str("\n\n");
        if draft.len() > LONGEST {
            break;
        }
    }
    // What a machine heard may come as captions.
    let draft = tidy(&draft).unwrap_or(draft);
    Ok((!draft.trim().is_empty()).then(|| draft.trim().to_owned()))
}

/// The page's title and body.
async fn markup(
    tx: &mut Tx,
    site: &Site,
    staff: &Staff,
    speech: Speech,
    found: Openable,
    (text, from_machine, wrong): (&str, bool, Option<String>),
) -> Answer<(String, maud::Markup)> {
    let (opened, item) = found.into_parts();
    let reading = reading::load(tx, site, staff, opened).await?;
    let read = reading.items.iter().find(|read| read.item.id == item.id).ok_or(Problem::NotFound)?;
    let hidden = || hidden_fields(site, staff);
    let around = Around { staff, hidden: &hidden, now: site.clock.now(), at: None, news: None, places: None };
    let page = TranscriptPage { reading: &reading, read, text, from_machine, wrong };
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
            let (title, body) = markup(&mut tx, &site, &staff, speech, found, (typed, false, Some(wrong))).await?;
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
