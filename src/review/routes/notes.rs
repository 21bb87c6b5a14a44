//! Writing notes.

use axum::response::{IntoResponse, Redirect};
use serde_json::json;

use super::{admit, again, hidden_fields, record_on_submission};
use crate::audit;
use crate::db::Tx;
use crate::evidence::at::At;
use crate::evidence::store::Item;
use crate::id::{InspectionId, ItemId, SubmissionId};
use crate::review::access;
use crate::review::notes::{self, LONGEST, NewNote, NoteKind};
use crate::review::pages::work::{NoteEntry, note_again};
use crate::review::{reading, store};
use crate::web::csrf::ONCE;
use crate::web::once::{Once, use_key};
use crate::web::{Answer, Form, Pressed, Problem, Staff};
use crate::words::Speech;

/// `POST /staff/submissions/{reference}/notes`
pub(super) async fn add(pressed: Pressed<Staff>) -> Answer {
    let Pressed { site, by: staff, speech, about: reference, form } = pressed;
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    let opened = admit(&mut tx, &staff, &reference).await?;
    let reference = &opened.facts.reference;
    let item = item_of(&mut tx, &staff, opened.id(), form.get("item")).await?;
    let entry = read(&mut tx, &staff, opened.id(), item.as_ref(), &form, speech).await?;
    if entry.text_error.is_some() || entry.at_error.is_some() {
        let body = note_again(speech, reference, &hidden_fields(&site, &staff), &entry);
        return again(&mut tx, &site, speech, &staff, reference, body).await;
    }
    let place = item.as_ref().map_or("notes".to_owned(), |item| format!("item-{}", item.number));
    let back = format!("/staff/submissions/{reference}#{place}");
    if let Once::Again(went_to) = use_key(&mut tx, form.get(ONCE), &back, now).await? {
        return Ok(Redirect::to(&went_to).into_response());
    }
    let key = reading::key(&mut tx, &site, opened.id()).await?;
    let inspection = chosen(&entry);
    let note = NewNote {
        submission: opened.id(),
        inspection: inspection.as_ref(),
        item: item.as_ref().map(|item| &item.id),
        at: At::parse(&entry.at),
        by: &staff.id,
        kind: NoteKind::Note,
        text: &entry.text,
    };
    let note = notes::add(&mut tx, &key, note, now).await?;
    let detail = json!({ "note": note });
    match &item {
        Some(item) => {
            audit::record(&mut tx, now, &staff.actor(), "add_note", "item", item.id.as_str(), detail).await?;
        }
        None => record_on_submission(&mut tx, &staff, &opened, "add_note", detail, now).await?,
    }
    tx.commit().await?;
    Ok(Redirect::to(&back).into_response())
}

/// The item that a form names, inside this submission; none where it names none.
pub(super) async fn item_of(
    tx: &mut Tx,
    staff: &Staff,
    submission: &SubmissionId,
    named: &str,
) -> Answer<Option<Item>> {
    if named.is_empty() {
        return Ok(None);
    }
    let found = access::find_item(tx, staff, &ItemId(named.to_owned())).await?;
    let item = found.map(|(_, item)| item).filter(|item| item.submission_id == *submission);
    item.map(Some).ok_or(Problem::NotFound)
}

/// What was typed, with what is wrong with it.
async fn read(
    tx: &mut Tx,
    staff: &Staff,
    submission: &SubmissionId,
    item: Option<&Item>,
    form: &Form,
    speech: Speech,
) -> Answer<NoteEntry> {
    let name = |field: &str| item.map_or(field.to_owned(), |item| format!("{field}-{}", item.number));
    let reviews = store::list_for(tx, submission, &staff.id).await?;
    let mut entry = NoteEntry {
        about: item.map(|item| (item.id.clone(), item.number)),
        inspections: reviews.into_iter().map(|line| (line.inspection_id, line.title)).collect(),
        inspection: form.get(&name("inspection")).to_owned(),
        at: form.get(&name("at")).to_owned(),
        text: form.get(&name("text")).to_owned(),
        text_error: None,
        at_error: None,
    };
    if entry.text.is_empty() {
        entry.text_error = Some(speech.say("notes.missing"));
    } else if entry.text.chars().count() > LONGEST {
        entry.text_error = Some(speech.say("notes.too_long"));
    }
    if !entry.at.is_empty() && At::parse(&entry.at).is_none() {
        entry.at_error = Some(speech.say("notes.at_wrong"));
    }
    Ok(entry)
}

/// The inspection that a note is for: the one that was chosen among the writer's own, or their only one.
fn chosen(entry: &NoteEntry) -> Option<InspectionId> {
    let named = entry.inspections.iter().find(|(id, _)| id.as_str() == entry.inspection);
    let only = entry.inspections.first().filter(|_| entry.inspections.len() == 1);
    named.or(only).map(|(id, _)| id.clone())
}
