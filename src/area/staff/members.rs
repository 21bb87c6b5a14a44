//! Who is on an inspection. Nobody is put on one whose area they must never see.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use serde_json::json;

use super::inspections::{find, find_to_manage, show_page};
use super::pages::inspections::Named;
use super::store::{self, Colleague};
use crate::account::store as accounts;
use crate::area::inspection;
use crate::audit;
use crate::db::{DbResult, Tx};
use crate::id::StaffId;
use crate::web::{Answer, Form, Site, Staff};
use crate::words::Speech;

/// The same people with their names.
pub(super) async fn named(tx: &mut Tx, site: &Site, people: Vec<Colleague>) -> DbResult<Vec<Named>> {
    let mut named = Vec::with_capacity(people.len());
    for person in people {
        let found = accounts::find_person(tx, &site.keys, &person.id).await?;
        let (name, employer) = found.map_or_else(Default::default, |found| (found.shown().to_owned(), found.employer));
        named.push(Named { person, name, employer });
    }
    named.sort_by_key(|named| named.name.to_lowercase());
    Ok(named)
}

/// Puts somebody on an inspection, or changes whether they lead it.
pub async fn put(State(site): State<Site>, speech: Speech, staff: Staff, Path(id): Path<String>, form: Form) -> Answer {
    let now = site.clock.now();
    let (who, lead) = (StaffId(form.get("staff").to_owned()), form.get("lead") == "yes");
    let mut tx = site.db.write().await?;
    let inspection = find_to_manage(&mut tx, &staff, &id).await?;
    if !store::may_join(&mut tx, &inspection.id, &who).await? {
        let known = find(&mut tx, &staff, &id).await?;
        let sentence = match who.as_str() {
            "" => speech.say("inspections.no_person"),
            _ => speech.say("inspections.not_this_person"),
        };
        return show_page(&mut tx, &site, speech, &staff, &known, Some(sentence)).await;
    }
    inspection::put_member(&mut tx, &inspection.id, &who, lead).await?;
    let detail = json!({ "staff": who, "lead": lead });
    let actor = staff.actor();
    audit::record(&mut tx, now, &actor, "inspection.member_put", "inspection", inspection.id.as_str(), detail).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("/staff/inspections/{}", inspection.id)).into_response())
}

/// Takes somebody off an inspection. What they wrote stays.
pub async fn take(State(site): State<Site>, staff: Staff, Path(id): Path<String>, form: Form) -> Answer {
    let now = site.clock.now();
    let who = StaffId(form.get("staff").to_owned());
    let mut tx = site.db.write().await?;
    let inspection = find_to_manage(&mut tx, &staff, &id).await?;
    if inspection::take_member(&mut tx, &inspection.id, &who).await? {
        let (actor, detail) = (staff.actor(), json!({ "staff": who }));
        let id = inspection.id.as_str();
        audit::record(&mut tx, now, &actor, "inspection.member_taken", "inspection", id, detail).await?;
        tx.commit().await?;
    }
    Ok(Redirect::to(&format!("/staff/inspections/{}", inspection.id)).into_response())
}
