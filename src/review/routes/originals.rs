//! Playing, looking at and downloading originals. The row that says who asked is written before a byte flows.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method};
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::json;

use super::{again, hidden_fields, page};
use crate::audit;
use crate::id::ItemId;
use crate::intake;
use crate::review::access::{self, Openable};
use crate::review::interim::{file_ending, shown_as};
use crate::review::media::{How, Label, is_open, record_opened, serve};
use crate::review::notes::{self, LONGEST, NewNote, NoteKind};
use crate::review::pages::work::ask_original;
use crate::review::reading;
use crate::web::{Answer, Pressed, Problem, Role, Site, Staff};
use crate::words::Speech;

/// `GET /staff/media/{id}`: until renditions exist, the original in the browser's player. See `interim`.
pub(super) async fn media(
    State(site): State<Site>,
    staff: Staff,
    method: Method,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Answer {
    let now = site.clock.now();
    let mut tx = site.db.read().await?;
    let found = find(&mut tx, &staff, id).await?;
    let item = found.item();
    let (_, content_type) = shown_as(&item.media_type).ok_or(Problem::NotFound)?;
    if !item.state.may_be_opened() {
        return Err(Problem::NotFound);
    }
    let noted = is_open(&mut tx, &staff, &item.id, How::Play, now).await?;
    drop(tx);
    if !noted {
        let mut tx = site.db.write().await?;
        if record_opened(&mut tx, &staff, &item.id, How::Play, now).await? {
            let detail = json!({ "interim": true });
            audit::record(&mut tx, now, &staff.actor(), "play_item", "item", item.id.as_str(), detail).await?;
        }
        tx.commit().await?;
    }
    send(&site, &method, &headers, &found, label(&found, content_type, false)).await
}

/// `GET /staff/originals/{id}`: the original as a download. One that was not checked for viruses needs a lead, and a
/// reason that was given in this session within ten minutes.
pub(super) async fn download(
    State(site): State<Site>,
    staff: Staff,
    speech: Speech,
    method: Method,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Answer {
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    let found = find_download(&mut tx, &staff, id).await?;
    let (opened, item) = (found.opened(), found.item());
    if item.scan.is_unchecked() && !is_open(&mut tx, &staff, &item.id, How::Original, now).await? {
        let reference = &opened.facts.reference;
        let about = (&item.id, item.number);
        let body = ask_original(speech, reference, about, &hidden_fields(&site, &staff), None);
        return Ok(page(&mut tx, &site, speech, &staff, reference, body).await?.into_response());
    }
    let detail = json!({ "scan": item.scan.name() });
    audit::record(&mut tx, now, &staff.actor(), "download_original", "item", item.id.as_str(), detail).await?;
    tx.commit().await?;
    send(&site, &method, &headers, &found, label(&found, "application/octet-stream", true)).await
}

/// `POST /staff/originals/{id}`: a lead says why they need an original that was not checked.
pub(super) async fn give_reason(pressed: Pressed<Staff>) -> Answer {
    let Pressed { site, by: staff, speech, about: id, form } = pressed;
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    let found = find_download(&mut tx, &staff, id).await?;
    let (opened, item) = (found.opened(), found.item());
    let reason: String = form.get("reason").chars().take(LONGEST).collect();
    if reason.is_empty() {
        let (reference, about) = (&opened.facts.reference, (&item.id, item.number));
        let error = Some(speech.say("reading.original.reason_missing"));
        let body = ask_original(speech, reference, about, &hidden_fields(&site, &staff), error);
        return again(&mut tx, &site, speech, &staff, reference, body).await;
    }
    // A second press within ten minutes keeps the first reason.
    if record_opened(&mut tx, &staff, &item.id, How::Original, now).await? {
        let key = reading::key(&mut tx, &site, opened.id()).await?;
        let note = NewNote {
            submission: opened.id(),
            inspection: None,
            item: Some(&item.id),
            at: None,
            by: &staff.id,
            kind: NoteKind::Download,
            text: &reason,
        };
        let note = notes::add(&mut tx, &key, note, now).await?;
        let detail = json!({ "note": note, "scan": item.scan.name() });
        audit::record(&mut tx, now, &staff.actor(), "ask_original", "item", item.id.as_str(), detail).await?;
    }
    tx.commit().await?;
    Ok(Redirect::to(&format!("/staff/originals/{}", item.id)).into_response())
}

/// An item whose original this reader may open. A file as it came may say where it was made, so that it is closed to
/// whoever must not learn where the child lives.
async fn find(tx: &mut crate::db::Tx, staff: &Staff, id: String) -> Answer<Openable> {
    let found = access::find_to_open(tx, staff, &ItemId(id)).await?;
    found.filter(|found| !access::hides_place(&found.opened().facts, staff)).ok_or(Problem::NotFound)
}

/// An item whose original this reader may download, if it was checked or they lead.
async fn find_download(tx: &mut crate::db::Tx, staff: &Staff, id: String) -> Answer<Openable> {
    let found = find(tx, staff, id).await?;
    let item = found.item();
    let may = item.state.may_be_downloaded() && (!item.scan.is_unchecked() || staff.role == Role::Lead);
    if may { Ok(found) } else { Err(Problem::NotFound) }
}

fn label(found: &Openable, content_type: &'static str, attachment: bool) -> Label {
    let item = found.item();
    let (reference, number) = (&found.opened().facts.reference, item.number);
    Label {
        content_type,
        attachment,
        file_name: format!("{reference}-item-{number}.{}", file_ending(&item.media_type)),
        etag: format!("\"{}\"", item.id),
    }
}

async fn send(site: &Site, method: &Method, headers: &HeaderMap, found: &Openable, label: Label) -> Answer<Response> {
    let object = intake::open_original(site, &found.item().id).await?.ok_or(Problem::NotFound)?;
    Ok(serve(&object, method, headers, &label))
}
