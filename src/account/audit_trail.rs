//! "What staff did": the audit chain for those who answer for it, newest first, by person and by thing; and whether the
//! chain is whole. Looking at it is an act of its own, and leaves a row.
//!
//! Rows hold facts and ids. What an area closes to the reader is left out here too.

use axum::extract::{Query, State};
use axum::response::IntoResponse;
use serde::Deserialize;
use serde_json::json;

use super::door::door;
use super::pages::audit_trail as pages;
use super::store;
use crate::audit;
use crate::clock::Moment;
use crate::db::{self, DbResult, Tx};
use crate::id::StaffId;
use crate::web::{Answer, Site, Staff};
use crate::words::Speech;

const PAGE: usize = 50;

/// What the page is asked for.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    /// A staff id, or nothing.
    #[serde(default)]
    who: String,
    /// A reference, or the id of anything.
    #[serde(default)]
    what: String,
    /// Rows older than this number.
    #[serde(default)]
    before: String,
}

/// A row of the chain, with what a reader knows its thing by.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Act {
    /// Its number in the chain.
    pub seq: i64,
    /// When.
    pub at_us: Moment,
    /// Who: `staff:` and an id, `submitter`, `operator` or `service`.
    pub actor: String,
    /// What they did.
    pub action: String,
    /// What kind of thing they did it to.
    pub object_kind: String,
    /// Its id.
    pub object_id: String,
    /// Facts, as JSON.
    pub detail: String,
    /// The reference of the submission that it is, or is in.
    pub reference: Option<String>,
    /// The number of the item that it is.
    pub number: Option<i64>,
    /// The name of the inspection that it is.
    pub title: Option<String>,
}

const LIST: &str = "select u.seq, u.at_us, u.actor, u.action, u.object_kind, u.object_id, u.detail,
        s.reference, e.number, i.title
    from audit u
    left join evidence_item e on e.id = u.object_id
    left join submission s on s.id = coalesce(e.submission_id, u.object_id)
    left join inspection i on i.id = u.object_id
    where u.seq < $1
        and (cast($2 as text) is null or u.actor = $2)
        and (cast($3 as text) is null or u.object_id = $3 or s.reference = $3)
        and not exists (select 1 from staff_refused x where x.staff_id = $4 and x.submission_id = s.id)
        and not exists (select 1 from staff_never_area n where n.staff_id = $4 and n.area_code = i.area_code)
    order by u.seq desc
    limit $5";

async fn list(tx: &mut Tx, reader: &StaffId, who: Option<&str>, what: Option<&str>, before: i64) -> DbResult<Vec<Act>> {
    db::all!(tx, Act, LIST, before, who, what, reader, PAGE as i64 + 1)
}

/// Shows what was done.
pub async fn show(State(site): State<Site>, speech: Speech, staff: Staff, Query(asked): Query<Asked>) -> Answer {
    let now = site.clock.now();
    let what = Some(asked.what.trim().to_uppercase()).filter(|what| what.starts_with("HRD-"));
    let what = what.or_else(|| Some(asked.what.trim().to_owned())).filter(|what| !what.is_empty());
    let who = Some(format!("staff:{}", asked.who)).filter(|_| !asked.who.is_empty());
    let before = asked.before.parse().unwrap_or(i64::MAX);
    // Before anything is shown.
    let mut tx = site.db.write().await?;
    let detail = json!({ "who": who, "what": what });
    audit::record(&mut tx, now, &staff.actor(), "audit.viewed", "audit", "", detail).await?;
    tx.commit().await?;
    let mut tx = site.db.read().await?;
    let mut acts = list(&mut tx, &staff.id, who.as_deref(), what.as_deref(), before).await?;
    let more = acts.len() > PAGE;
    acts.truncate(PAGE);
    let next = acts.last().filter(|_| more).map(|last| next_page(&asked, last.seq));
    let mut lines = Vec::with_capacity(acts.len());
    for act in acts {
        let by = name_of(&mut tx, &site, &act.actor).await?;
        let about = match act.object_kind.as_str() {
            "staff" => name_of(&mut tx, &site, &format!("staff:{}", act.object_id)).await?,
            _ => None,
        };
        lines.push(pages::Line { act, by, about });
    }
    let people = store::list_people(&mut tx, &site.keys, "", 500).await?;
    let door = door(&mut tx, &site, speech, &staff).await?;
    let shown = pages::Shown { lines, people, who: asked.who, what: asked.what, next };
    Ok(pages::show(speech, door, &shown).into_response())
}

fn next_page(asked: &Asked, before: i64) -> String {
    let what = percent_encoding::utf8_percent_encode(&asked.what, percent_encoding::NON_ALPHANUMERIC);
    let who = percent_encoding::utf8_percent_encode(&asked.who, percent_encoding::NON_ALPHANUMERIC);
    format!("/staff/audit?who={who}&what={what}&before={before}")
}

/// The name of a member of staff; none for those who are not.
async fn name_of(tx: &mut Tx, site: &Site, actor: &str) -> DbResult<Option<String>> {
    let Some(id) = actor.strip_prefix("staff:") else { return Ok(None) };
    let person = store::find_person(tx, &site.keys, &StaffId(id.to_owned())).await?;
    Ok(person.map(|person| person.shown().to_owned()))
}

/// Walks the whole chain and shows whether it is as it was written.
pub async fn check(State(site): State<Site>, speech: Speech, staff: Staff) -> Answer {
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    audit::record(&mut tx, now, &staff.actor(), "audit.checked", "audit", "", json!({})).await?;
    tx.commit().await?;
    let verdict = audit::verify(&site.db, None).await?;
    let mut tx = site.db.read().await?;
    let door = door(&mut tx, &site, speech, &staff).await?;
    Ok(pages::check(speech, door, &verdict).into_response())
}
