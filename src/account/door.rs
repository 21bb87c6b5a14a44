//! The frame of every staff page: who is signed in, and the pages that their role has a use for.

use crate::db::{DbResult, Tx};
use crate::html::Door;
use crate::id::InspectionId;
use crate::web::door::staff_fields;
use crate::web::{Role, Site, Staff};
use crate::words::Speech;

use super::store;

/// The lane "area not known".
pub const LANE: &str = "/staff/lanes/area-not-known";
/// Open flags.
pub const FLAGS: &str = "/staff/lanes/safeguarding";

/// What people without their code ask to be taken back.
pub const REQUESTS: &str = "/staff/lanes/take-back";

/// Recordings of children who said no, which wait for a lead.
pub const SAID_NO: &str = "/staff/lanes/said-no";

/// Files on their way, for those who run the service.
pub const UPLOADS: &str = "/staff/uploads";

/// Who tried the standard questions.
pub const QUESTIONS: &str = "/staff/questions";
/// Who may record that.
pub const QUESTION_SET: &[Role] = &[Role::Lead, Role::Admin];

/// The queue of an inspection.
pub fn queue_of(inspection: &InspectionId) -> String {
    format!("/staff/inspections/{inspection}/queue")
}

/// Who may look at the list of inspections: everyone on one, and those who put people on them.
pub const INSPECTIONS: &[Role] = &[Role::Inspector, Role::Lead, Role::Safeguarding, Role::Admin];
/// Who decides what is taken back for people without their code.
pub const DECIDERS: &[Role] = &[Role::Triage, Role::Lead, Role::Safeguarding];
/// Who may look at what staff did.
pub const AUDIT: &[Role] = &[Role::Lead, Role::Admin];

const LINKS: &[(&str, &str, &[Role])] = &[
    ("/staff", "staff.link.home", Role::ALL),
    ("/staff/inspections", "staff.link.inspections", INSPECTIONS),
    (LANE, "staff.link.lane", &[Role::Triage, Role::Safeguarding]),
    (FLAGS, "staff.link.flags", &[Role::Safeguarding]),
    (REQUESTS, "staff.link.requests", DECIDERS),
    (SAID_NO, "staff.link.said_no", &[Role::Lead]),
    ("/staff/people", "staff.link.people", &[Role::Admin]),
    (UPLOADS, "staff.link.uploads", &[Role::Admin]),
    (QUESTIONS, "staff.link.questions", QUESTION_SET),
    ("/staff/audit", "staff.link.audit", AUDIT),
    ("/staff/account", "staff.link.account", Role::ALL),
];

/// The frame of a page for somebody who is signed in.
pub async fn door(tx: &mut Tx, site: &Site, speech: Speech, staff: &Staff) -> DbResult<Door> {
    let name = store::name_of(tx, &site.keys, &staff.id).await?;
    let links = LINKS.iter().filter(|(_, _, roles)| roles.contains(&staff.role));
    let links = links.map(|(href, key, _)| ((*href).to_owned(), speech.say(key).to_owned())).collect();
    Ok(Door::Staff { name: Some(name), links, hidden: staff_fields(site, staff) })
}

/// The frame of a page for somebody who is not signed in yet.
pub fn closed_door() -> Door {
    Door::Staff { name: None, links: Vec::new(), hidden: maud::html! {} }
}
