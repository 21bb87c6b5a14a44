//! Asking a sender something, and taking a question back that nobody has answered.

use axum::response::{IntoResponse, Redirect};
use serde_json::json;

use super::submission::back_to;
use super::{admit, again, hidden_fields, record_on_submission};
use crate::clock::Moment;
use crate::db::Tx;
use crate::id::InspectionId;
use crate::jobs;
use crate::review::access::Opened;
use crate::review::pages::asking::ask_form;
use crate::review::{ReviewState, reading, store};
use crate::submission::asked::{may_be_asked, store as asked};
use crate::submission::jobs::NEWS_OF_QUESTION;
use crate::web::csrf::ONCE;
use crate::web::once::{Once, use_key};
use crate::web::{Answer, Pressed, Staff};

/// The longest question, in characters.
const LONGEST: usize = 2_000;

/// `POST /staff/submissions/{reference}/questions`: only whoever has claimed it, and only where its sender allows it.
pub(super) async fn ask(pressed: Pressed<Staff>) -> Answer {
    let Pressed { site, by: staff, speech, about: reference, form } = pressed;
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    let opened = admit(&mut tx, &staff, &reference).await?;
    let reference = &opened.facts.reference;
    let Some(inspection) = claimed_for(&mut tx, &staff, &opened, now).await? else {
        return Ok(back_to(reference, "not_claimed"));
    };
    if !may_be_asked(&opened.facts) {
        return Ok(back_to(reference, "may_not_ask"));
    }
    let text = form.get("question");
    if text.is_empty() || text.chars().count() > LONGEST {
        let body = ask_form(speech, reference, &hidden_fields(&site, &staff), text, Some(speech.say("asking.missing")));
        return again(&mut tx, &site, speech, &staff, reference, body).await;
    }
    let back = format!("/staff/submissions/{reference}#asking");
    if let Once::Again(went_to) = use_key(&mut tx, form.get(ONCE), &back, now).await? {
        return Ok(Redirect::to(&went_to).into_response());
    }
    let key = reading::key(&mut tx, &site, opened.id()).await?;
    let id = asked::ask(&mut tx, &key, opened.id(), (&inspection, &staff.id, text), now).await?;
    jobs::enqueue(&mut tx, NEWS_OF_QUESTION, opened.id().as_str(), now, now).await?;
    let detail = json!({ "question": id, "inspection": inspection });
    record_on_submission(&mut tx, &staff, &opened, "ask_question", detail, now).await?;
    tx.commit().await?;
    site.jobs.wake();
    Ok(Redirect::to(&back).into_response())
}

/// The inspection for which this person has claimed it now.
async fn claimed_for(tx: &mut Tx, staff: &Staff, opened: &Opened, now: Moment) -> Answer<Option<InspectionId>> {
    let reviews = store::list_for(tx, opened.id(), &staff.id).await?;
    let mine = reviews.into_iter().find(|line| {
        line.review.state_at(now) == ReviewState::Claimed && line.review.claimed_by.as_ref() == Some(&staff.id)
    });
    Ok(mine.map(|line| line.inspection_id))
}

/// `POST /staff/submissions/{reference}/questions/take-back`: only whoever asked it.
pub(super) async fn take_back(pressed: Pressed<Staff>) -> Answer {
    let Pressed { site, by: staff, about: reference, form, .. } = pressed;
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    let opened = admit(&mut tx, &staff, &reference).await?;
    let key = reading::key(&mut tx, &site, opened.id()).await?;
    let asked_here = asked::list(&mut tx, &key, opened.id()).await?;
    let is_theirs = |question: &&asked::Asked| question.id.as_str() == form.get("question") && question.by == staff.id;
    if let Some(question) = asked_here.iter().find(is_theirs)
        && asked::withdraw(&mut tx, opened.id(), question.id.as_str(), now).await?
    {
        let detail = json!({ "question": question.id });
        record_on_submission(&mut tx, &staff, &opened, "take_back_question", detail, now).await?;
        tx.commit().await?;
    }
    Ok(Redirect::to(&format!("/staff/submissions/{}#asking", opened.facts.reference)).into_response())
}
