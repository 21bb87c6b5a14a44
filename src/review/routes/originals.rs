//! Playing and looking at safe copies, and downloading originals. The row that says who asked is written before a byte flows.

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, Method};
use axum::response::{IntoResponse, Redirect};
use serde::Deserialize;
use serde_json::json;

use super::{again, hidden_fields, page};
use crate::audit;
use crate::evidence::ItemState;
use crate::evidence::copies::{self as made, Rendition};
use crate::id::ItemId;
use crate::intake;
use crate::media::prepare::Role;
use crate::review::access::{self, Openable};
use crate::review::copies;
use crate::review::media::{How, Label, WhyAsk, file_ending, is_open, record_opened, serve};
use crate::review::notes::{self, LONGEST, NewNote, NoteKind};
use crate::review::pages::work::ask_original;
use crate::review::reading;
use crate::web::{Answer, Pressed, Problem, Role as StaffRole, Site, Staff};
use crate::words::Speech;

/// Which copy is asked for; the one that is shown first, where the address does not say.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    copy: String,
    page: String,
}

impl Wanted {
    fn find(&self, made: Vec<Rendition>) -> Option<Rendition> {
        let found = match self.copy.as_str() {
            "" => copies::first(&made)?.0,
            role => copies::find(&made, Role::parse(role)?, self.page.parse().unwrap_or(0))?,
        };
        Some(found.clone())
    }
}

/// `GET /staff/media/{id}`: a safe copy of an item, in the reader's browser.
pub(super) async fn media(
    State(site): State<Site>,
    staff: Staff,
    method: Method,
    headers: HeaderMap,
    Path(id): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Answer {
    let now = site.clock.now();
    let mut tx = site.db.read().await?;
    let found = find(&mut tx, &staff, id).await?;
    let item = found.item();
    if item.state != ItemState::Ready {
        return Err(Problem::NotFound);
    }
    let made = made::list(&mut tx, &item.id).await?;
    let copy = wanted.find(made).ok_or(Problem::NotFound)?;
    let noted = is_open(&mut tx, &staff, &item.id, How::Play, now).await?;
    drop(tx);
    if !noted {
        let mut tx = site.db.write().await?;
        if record_opened(&mut tx, &staff, &item.id, How::Play, now).await? {
            let detail = json!({ "copy": copy.role.name() });
            audit::record(&mut tx, now, &staff.actor(), "play_item", "item", item.id.as_str(), detail).await?;
        }
        tx.commit().await?;
    }
    let object = intake::open_copy(&site, found.opened().id(), &copy).await?.ok_or(Problem::NotFound)?;
    Ok(serve(&object, &method, &headers, &label_of_copy(&found, &copy)))
}

/// `GET /staff/originals/{id}`: the original as a download. One that was not checked for viruses, or may say where it
/// was made, needs a lead, and a reason that was given in this session within ten minutes.
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
    let (found, why) = find_download(&mut tx, &staff, id).await?;
    let (opened, item) = (found.opened(), found.item());
    if let Some(why) = why
        && !is_open(&mut tx, &staff, &item.id, How::Original, now).await?
    {
        let reference = &opened.facts.reference;
        let about = (&item.id, item.number, why);
        let body = ask_original(speech, reference, about, &hidden_fields(&site, &staff), None);
        return Ok(page(&mut tx, &site, speech, &staff, reference, body).await?.into_response());
    }
    let detail = json!({ "scan": item.scan.name() });
    audit::record(&mut tx, now, &staff.actor(), "download_original", "item", item.id.as_str(), detail).await?;
    tx.commit().await?;
    let object = intake::open_original(&site, &found.item().id).await?.ok_or(Problem::NotFound)?;
    Ok(serve(&object, &method, &headers, &label_of_original(&found)))
}

/// `POST /staff/originals/{id}`: a lead says why they need an original that was not checked, or may say where it was made.
pub(super) async fn give_reason(pressed: Pressed<Staff>) -> Answer {
    let Pressed { site, by: staff, speech, about: id, form } = pressed;
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    let (found, why) = find_download(&mut tx, &staff, id).await?;
    let (opened, item) = (found.opened(), found.item());
    let Some(why) = why else {
        return Ok(Redirect::to(&format!("/staff/originals/{}", item.id)).into_response());
    };
    let reason: String = form.get("reason").chars().take(LONGEST).collect();
    if reason.is_empty() {
        let (reference, about) = (&opened.facts.reference, (&item.id, item.number, why));
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
pub(super) async fn find(tx: &mut crate::db::Tx, staff: &Staff, id: String) -> Answer<Openable> {
    let found = access::find_to_open(tx, staff, &ItemId(id)).await?;
    found.filter(|found| !access::hides_place(&found.opened().facts, staff)).ok_or(Problem::NotFound)
}

/// An item whose original this reader may download, and why they must give a reason: that is for leads only.
async fn find_download(tx: &mut crate::db::Tx, staff: &Staff, id: String) -> Answer<(Openable, Option<WhyAsk>)> {
    let found = find(tx, staff, id).await?;
    let item = found.item();
    let work = made::find_work(tx, &item.id).await?;
    let why = WhyAsk::of(item.scan.is_unchecked(), made::may_say_place(item, work.as_ref()));
    let may = item.state.may_be_downloaded() && (why.is_none() || staff.role == StaffRole::Lead);
    if may { Ok((found, why)) } else { Err(Problem::NotFound) }
}

fn label_of_original(found: &Openable) -> Label {
    let item = found.item();
    let (reference, number) = (&found.opened().facts.reference, item.number);
    Label {
        content_type: "application/octet-stream".to_owned(),
        attachment: true,
        file_name: format!("{reference}-item-{number}.{}", file_ending(&item.media_type)),
        etag: format!("\"{}\"", item.id),
    }
}

fn label_of_copy(found: &Openable, copy: &Rendition) -> Label {
    let (reference, number) = (&found.opened().facts.reference, found.item().number);
    let page = if copy.page > 0 { format!("-{}", copy.page) } else { String::new() };
    Label {
        content_type: copies::content_type(copy),
        attachment: false,
        file_name: format!("{reference}-item-{number}-{}{page}.{}", copy.role.name(), copies::ending(copy)),
        etag: format!("\"{}\"", copy.id),
    }
}
