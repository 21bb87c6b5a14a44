//! `POST /tell/send`: sends a draft, or what was added to something that was sent before.
//!
//! It never waits for storage or mail: what is still arriving is sent as such, and the receipt says so. Only what the
//! check page showed is sent; when something was added meanwhile, the page is shown again. Pressing twice sends once.
//! Where parts of a file are left out, the copy without them takes its place with the sending ([`inside::put_in_place`]).
//! Where the sender says that someone is not safe now, a flag is raised with it ([`not_safe`]).

use std::collections::BTreeSet;

use axum::extract::State as Extract;
use axum::response::{IntoResponse, Redirect};
use serde_json::json;

use super::store::{self, Moved};
use super::whole::{self, Whole};
use super::{Event, State, card, jobs, not_safe, own, receipt};
use crate::audit;
use crate::clock::Moment;
use crate::db::Tx;
use crate::evidence;
use crate::jobs as work;
use crate::prepare::inside;
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
    if submitter.card_of.is_some() {
        let to = if sent == Sent::Yes { "/own?done=sent" } else { own::OWN };
        return Ok(Redirect::to(to).into_response());
    }
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
    let mut whole = Whole::load(tx, &site.keys, id).await?.ok_or(Problem::NotFound)?;
    let shown: BTreeSet<&str> = form.all("item").collect();
    if whole.row.state == State::Withdrawn {
        return Ok(Sent::Yes);
    }
    keep_not_safe(site, tx, &mut whole, form, now).await?;
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

/// Keeps what the page's own question was answered with, also where the page is shown once more before it is sent. The
/// second press of a button changes nothing.
async fn keep_not_safe(site: &Site, tx: &mut Tx, whole: &mut Whole, form: &Form, now: Moment) -> Answer<()> {
    let id = &whole.row.id;
    if whole.row.state == State::Sent && whole.unsent().next().is_none() {
        return Ok(());
    }
    let key = site.keys.submission(tx, id).await?.ok_or(Problem::NotFound)?;
    let receipts = store::count_receipts(tx, id).await?;
    if not_safe::keep(tx, &key, (id, receipts), form, now).await? {
        whole.answers = store::load_answers(tx, &key, id).await?;
    }
    Ok(())
}

/// Marks the items as sent, makes the next version of the receipt, and writes down the work that follows.
async fn record(site: &Site, tx: &mut Tx, whole: &Whole, action: &'static str, now: Moment) -> Answer<Sent> {
    let id = &whole.row.id;
    for told in whole.unsent() {
        inside::put_in_place(site, tx, &told.item, now).await?;
    }
    let number = evidence::store::record_sent(tx, id, &whole.takes, now).await?;
    if let Some(maker) = &whole.row.card_of {
        card::take_as_own(tx, id, maker).await?;
    }
    card::hide_together(tx, id).await?;
    let key = site.keys.submission(tx, id).await?.ok_or(Problem::NotFound)?;
    let mut items = whole::load_items(tx, &key, id).await?;
    items.retain(|told| told.item.sent_us.is_some());
    let version = receipt::make(tx, &key, id, &items, now).await?;
    work::enqueue(tx, QUEUE_SUBMISSION, id.as_str(), now, now).await?;
    if not_safe::is_said(&whole.answers, version - 1) {
        not_safe::raise_flag(tx, id, now).await?;
    }
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
