//! `POST /tell/send`: sends a draft, or what was added to something that was sent before.
//!
//! It never waits for storage or mail: what is still arriving is sent as such, and the receipt says so. Only what the
//! check page showed is sent; when something was added meanwhile, the page is shown again. Pressing twice sends once.

use std::collections::BTreeSet;

use axum::extract::State as Extract;
use axum::response::{IntoResponse, Redirect};
use serde_json::json;

use super::store::{self, Moved};
use super::whole::{self, Whole};
use super::{Event, State, jobs, receipt};
use crate::audit;
use crate::clock::Moment;
use crate::db::Tx;
use crate::evidence;
use crate::jobs as work;
use crate::web::{Answer, Form, Problem, Site, Submitter};

/// The job that puts what was sent before its readers. `review/` does it.
const QUEUE_SUBMISSION: &str = "queue_submission";

/// What became of sending.
#[derive(Debug, PartialEq, Eq)]
enum Sent {
    /// It was sent now, or before: the receipt says what we have.
    Yes,
    /// Something is there that the page did not show.
    SomethingNew,
    /// There is nothing to send.
    Nothing,
}

/// `POST /tell/send`
pub async fn send(Extract(site): Extract<Site>, submitter: Submitter, form: Form) -> Answer {
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    let sent = send_in(&site, &mut tx, &submitter, &form, now).await?;
    tx.commit().await?;
    site.jobs.wake();
    Ok(Redirect::to(match sent {
        Sent::Yes => "/sent",
        Sent::SomethingNew => "/tell/check?why=new",
        Sent::Nothing => "/tell/check?why=empty",
    })
    .into_response())
}

async fn send_in(site: &Site, tx: &mut Tx, submitter: &Submitter, form: &Form, now: Moment) -> Answer<Sent> {
    let id = &submitter.submission;
    store::hold(tx, id).await?;
    let whole = Whole::load(tx, &site.keys, id).await?.ok_or(Problem::NotFound)?;
    let shown: BTreeSet<&str> = form.all("item").collect();
    if whole.row.state == State::Withdrawn {
        return Ok(Sent::Yes);
    }
    if whole.unsent().any(|told| !shown.contains(told.item.id.as_str())) {
        return Ok(Sent::SomethingNew);
    }
    match whole.row.state {
        State::Draft if whole.is_empty() => Ok(Sent::Nothing),
        State::Draft => {
            store::save_look_again(tx, id, form.get("look_again") == "yes").await?;
            match store::move_submission(tx, id, Event::Send, now).await? {
                Moved::To(State::Sent) => record(site, tx, &whole, "sent", now).await,
                // Another press was faster.
                _ => Ok(Sent::Yes),
            }
        }
        State::Sent if whole.unsent().next().is_none() => Ok(Sent::Yes),
        State::Sent => {
            store::record_added(tx, id, now).await?;
            record(site, tx, &whole, "added", now).await
        }
        _ => Err(Problem::NotFound),
    }
}

/// Marks the items as sent, makes the next version of the receipt, and writes down the work that follows.
async fn record(site: &Site, tx: &mut Tx, whole: &Whole, action: &'static str, now: Moment) -> Answer<Sent> {
    let id = &whole.row.id;
    let number = evidence::store::record_sent(tx, id, &whole.takes, now).await?;
    let key = site.keys.submission(tx, id).await?.ok_or(Problem::NotFound)?;
    let mut items = whole::load_items(tx, &key, id).await?;
    items.retain(|told| told.item.sent_us.is_some());
    let version = receipt::make(tx, &key, id, &items, now).await?;
    work::enqueue(tx, QUEUE_SUBMISSION, id.as_str(), now, now).await?;
    if version == 1 {
        work::enqueue(tx, jobs::NEWS_OF_ARRIVAL, id.as_str(), now, now).await?;
    }
    let detail = json!({ "items": number, "receipt": version });
    audit::record(tx, now, "sender", action, "submission", id.as_str(), detail).await?;
    Ok(Sent::Yes)
}

/// Writes down the work that follows when a submission may be read again.
pub(super) async fn queue_again(tx: &mut Tx, submission: &crate::id::SubmissionId, now: Moment) -> Answer<()> {
    work::enqueue(tx, QUEUE_SUBMISSION, submission.as_str(), now, now).await?;
    Ok(())
}
