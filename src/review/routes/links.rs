//! Linking submissions that are about one child, and unlinking them.

use axum::response::{IntoResponse, Redirect, Response};
use serde_json::json;

use super::{admit, again, hidden_fields, record_on_submission};
use crate::review::access::{self, Opened};
use crate::review::links::{self, LONGEST};
use crate::review::pages::links::{link_again, unlink_again};
use crate::review::reading;
use crate::submission::reference as references;
use crate::web::{Answer, Pressed, Staff};

/// `POST /staff/submissions/{reference}/links`
pub(super) async fn link(pressed: Pressed<Staff>) -> Answer {
    let Pressed { site, by: staff, speech, about: reference, form } = pressed;
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    let opened = admit(&mut tx, &staff, &reference).await?;
    let reference = &opened.facts.reference;
    let (typed, reason) = (form.get("other"), form.get("belongs"));
    let other = match references::read(typed).filter(|other| other != reference) {
        Some(other) => access::find(&mut tx, &staff, &other).await?,
        None => None,
    };
    let reason_is_right = !reason.is_empty() && reason.chars().count() <= LONGEST;
    let (Some(other), true) = (&other, reason_is_right) else {
        // One sentence, whether there is no such thing or it is not for this reader.
        let errors = [
            other.is_none().then(|| speech.say("links.other_wrong")),
            (!reason_is_right).then(|| speech.say("links.why_missing")),
        ];
        let body = link_again(speech, reference, &hidden_fields(&site, &staff), (typed, reason), errors);
        return again(&mut tx, &site, speech, &staff, reference, body).await;
    };
    let key = reading::key(&mut tx, &site, opened.id()).await?;
    let pair = (opened.id(), other.id());
    if let Some(link) = links::put(&mut tx, &key, pair, (&staff.id, reason), now).await? {
        for end in [&opened, other] {
            record_on_submission(&mut tx, &staff, end, "link", json!({ "link": link }), now).await?;
        }
        tx.commit().await?;
    }
    Ok(back(&opened))
}

/// `POST /staff/submissions/{reference}/links/undo`
pub(super) async fn unlink(pressed: Pressed<Staff>) -> Answer {
    let Pressed { site, by: staff, speech, about: reference, form } = pressed;
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    let opened = admit(&mut tx, &staff, &reference).await?;
    // Only a link that this reader sees on this page.
    let seen = links::list(&mut tx, &site.keys, &staff, opened.id()).await?;
    let Some(link) = seen.into_iter().find(|link| link.holds() && link.id.as_str() == form.get("link")) else {
        return Ok(back(&opened));
    };
    let reason = form.get(&format!("why-not-{}", link.id));
    if reason.is_empty() || reason.chars().count() > LONGEST {
        let hidden = hidden_fields(&site, &staff);
        let reference = &opened.facts.reference;
        let body = unlink_again(speech, reference, &hidden, link.id.as_str(), speech.say("links.why_missing"));
        return again(&mut tx, &site, speech, &staff, reference, body).await;
    }
    if links::undo(&mut tx, &site.keys, &link.id, (&staff.id, reason), now).await? {
        let other = access::find_by_id(&mut tx, &staff, &link.other).await?;
        for end in [Some(&opened), other.as_ref()].into_iter().flatten() {
            record_on_submission(&mut tx, &staff, end, "unlink", json!({ "link": link.id }), now).await?;
        }
        tx.commit().await?;
    }
    Ok(back(&opened))
}

fn back(opened: &Opened) -> Response {
    Redirect::to(&format!("/staff/submissions/{}#links", opened.facts.reference)).into_response()
}
