//! Raising flags, "I should not be seeing this", and closing flags.

use axum::response::{IntoResponse, Redirect};
use serde_json::json;

use super::notes::item_of;
use super::submission::back_to;
use super::{admit, again, hidden_fields, page, record_on_submission};
use crate::account::door;
use crate::audit;
use crate::clock::Moment;
use crate::db::Tx;
use crate::id::ItemId;
use crate::jobs;
use crate::review::access::{self, Opened};
use crate::review::flags::{self, FlagKind, NewFlag, Outcome};
use crate::review::pages::lanes::close_form;
use crate::review::pages::work::{closed, flag_again};
use crate::review::reading;
use crate::submission::not_safe::TELL_OF_FLAG;
use crate::web::csrf::ONCE;
use crate::web::once::{Once, use_key};
use crate::web::{Answer, Pressed, Problem, Site, Staff};

/// `POST /staff/submissions/{reference}/flags`
pub(super) async fn raise(pressed: Pressed<Staff>) -> Answer {
    let Pressed { site, by: staff, speech, about: reference, form } = pressed;
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    let opened = admit(&mut tx, &staff, &reference).await?;
    let item = item_of(&mut tx, &staff, opened.id(), form.get("item")).await?.map(|item| item.id);
    let reason = form.get("reason");
    if reason.is_empty() {
        let items = access::list_items(&mut tx, &staff, opened.id()).await?;
        let items: Vec<(ItemId, i64)> = items.into_iter().map(|item| (item.id, item.number)).collect();
        let fields = hidden_fields(&site, &staff);
        let body = flag_again(speech, &opened.facts.reference, &fields, &items, form.get("item"));
        return again(&mut tx, &site, speech, &staff, &opened.facts.reference, body).await;
    }
    let back = back_to(&opened.facts.reference, "raised");
    if let Once::Again(_) = use_key(&mut tx, form.get(ONCE), "flag", now).await? {
        return Ok(back);
    }
    let kind = FlagKind::Safeguarding;
    record_flag(&mut tx, &site, &staff, &opened, (item.as_ref(), kind, reason), now).await?;
    tx.commit().await?;
    site.jobs.wake();
    Ok(back)
}

/// `POST /staff/submissions/{reference}/close`: "I should not be seeing this". One press closes it for everyone.
pub(super) async fn should_not_see(pressed: Pressed<Staff>) -> Answer {
    let Pressed { site, by: staff, speech, about: reference, form } = pressed;
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    // A second press finds nothing to close any more, and gets the same answer.
    if use_key(&mut tx, form.get(ONCE), "close", now).await? == Once::First {
        let opened = admit(&mut tx, &staff, &reference).await?;
        let item = item_of(&mut tx, &staff, opened.id(), form.get("item")).await?.map(|item| item.id);
        let kind = FlagKind::ShouldNotSee;
        record_flag(&mut tx, &site, &staff, &opened, (item.as_ref(), kind, ""), now).await?;
    }
    tx.commit().await?;
    site.jobs.wake();
    let mut tx = site.db.read().await?;
    let body = closed(speech, &reference);
    Ok(page(&mut tx, &site, speech, &staff, speech.say("flags.closed_title"), body).await?.into_response())
}

/// Raises a flag, and writes down that it was raised and that people must be told: all or nothing.
async fn record_flag(
    tx: &mut Tx,
    site: &Site,
    staff: &Staff,
    opened: &Opened,
    (item, kind, reason): (Option<&ItemId>, FlagKind, &str),
    now: Moment,
) -> Answer<()> {
    let key = reading::key(tx, site, opened.id()).await?;
    let flag = NewFlag { submission: opened.id(), item, kind, by: &staff.id, reason };
    let flag = flags::raise(tx, &key, flag, now).await?;
    jobs::enqueue(tx, TELL_OF_FLAG, flag.as_str(), now, now).await?;
    let detail = json!({ "flag": flag, "kind": kind.name() });
    let action = match kind {
        FlagKind::Safeguarding => "raise_flag",
        FlagKind::ShouldNotSee => "close_item",
    };
    match item {
        Some(item) => audit::record(tx, now, &staff.actor(), action, "item", item.as_str(), detail).await?,
        None => record_on_submission(tx, staff, opened, action, detail, now).await?,
    }
    Ok(())
}

/// `POST /staff/flags/{id}/close`
pub(super) async fn close(pressed: Pressed<Staff>) -> Answer {
    let Pressed { site, by: staff, speech, about: id, form } = pressed;
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    let flag = flags::find(&mut tx, &id).await?.ok_or(Problem::NotFound)?;
    let opened = access::find_by_id(&mut tx, &staff, &flag.submission_id).await?.ok_or(Problem::NotFound)?;
    let outcome = form.get(&format!("outcome-{}", flag.id));
    if outcome.is_empty() {
        let error = Some(speech.say("flags.close.missing"));
        let body = close_form(speech, &hidden_fields(&site, &staff), &flag, "", error);
        return again(&mut tx, &site, speech, &staff, &flag.reference, body).await;
    }
    let key = reading::key(&mut tx, &site, &flag.submission_id).await?;
    let open_again = form.get(&format!("open_again-{}", flag.id)) == "yes";
    let outcome = Outcome { by: &staff.id, text: outcome, open_again };
    if flags::close(&mut tx, &key, &flag, outcome, now).await? {
        let detail = json!({ "flag": flag.id, "open_again": open_again });
        record_on_submission(&mut tx, &staff, &opened, "close_flag", detail, now).await?;
        tx.commit().await?;
    }
    Ok(Redirect::to(&format!("{}?closed=yes", door::FLAGS)).into_response())
}
