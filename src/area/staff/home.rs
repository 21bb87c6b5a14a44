//! The first page after sign-in: what there is to do, by role. Numbers only; nothing of what was sent.
//!
//! What nobody has opened is shown to everybody who reads, places or manages, whatever its area: no submission may wait
//! unseen because each looks at their own inspections.

use axum::extract::State;
use axum::response::IntoResponse;

use super::pages::home as pages;
use super::store;
use crate::account::door::door;
use crate::account::factors;
use crate::web::{Answer, Role, Site, Staff};
use crate::words::Speech;

/// Fewer recovery codes than this, and the page says so.
const FEW_CODES: i64 = 3;

/// Shows what there is to do.
pub async fn show(State(site): State<Site>, speech: Speech, staff: Staff) -> Answer {
    let now = site.clock.now();
    let mut tx = site.db.read().await?;
    let codes = factors::count_recovery_codes(&mut tx, &staff.id).await?;
    let mut to_do = pages::ToDo { few_codes: (codes < FEW_CODES).then_some(codes), ..pages::ToDo::default() };
    match staff.role {
        Role::Inspector | Role::Lead => to_do.to_read = Some(store::list_to_read(&mut tx, &staff.id, now).await?),
        Role::Triage => {
            to_do.lane = Some(store::count_in_lane(&mut tx, false).await?);
            to_do.requests = Some(store::count_open_requests(&mut tx, &staff.id).await?);
        }
        Role::Safeguarding => {
            to_do.lane = Some(store::count_in_lane(&mut tx, true).await?);
            to_do.flags = Some(store::count_open_flags(&mut tx, &staff.id).await?);
            to_do.requests = Some(store::count_open_requests(&mut tx, &staff.id).await?);
            to_do.to_read = Some(store::list_to_read(&mut tx, &staff.id, now).await?);
        }
        Role::Admin => {
            to_do.invited = Some(store::count_invited(&mut tx).await?);
            to_do.stuck = Some(store::count_stuck(&mut tx).await?);
        }
        Role::Intake => {}
    }
    if staff.role != Role::Intake {
        to_do.unopened = Some(pages::Waiting::of(store::count_unopened(&mut tx).await?, now));
    }
    to_do.manages = super::MANAGERS.contains(&staff.role);
    let door = door(&mut tx, &site, speech, &staff).await?;
    Ok(pages::home(speech, door, &to_do).into_response())
}
