//! What a page needs of the person who reads it: the hidden fields of its forms, and the frame of its door.

use maud::{Markup, html};

use super::csrf;
use super::once;
use super::site::Site;
use super::who::{Staff, Submitter};
use crate::html::{Door, Status, hidden};

/// The hidden fields of every form on a submitter's page: the token, and the draft that the page belongs to.
pub fn submitter_fields(site: &Site, submitter: &Submitter) -> Markup {
    html! {
        (hidden(csrf::TOKEN, &csrf::token(site, &submitter.visit)))
        (hidden(csrf::DRAFT, submitter.submission.as_str()))
    }
}

/// The hidden fields of every form on a staff page.
pub fn staff_fields(site: &Site, staff: &Staff) -> Markup {
    hidden(csrf::TOKEN, &csrf::token(site, &staff.session))
}

/// A key that makes a repeated press of this form count once.
pub fn once_field() -> Markup {
    hidden(csrf::ONCE, &once::fresh_key())
}

/// The frame of a submitter's page. `draft_name` is what its owner called the draft, if anything.
pub fn submitter_door(site: &Site, submitter: &Submitter, draft_name: Option<String>) -> Door {
    let status = match submitter.state.as_str() {
        "draft" => Status::NotSent(draft_name),
        "sent" => Status::Sent(submitter.reference.clone()),
        _ => Status::None,
    };
    Door::Submitter { hidden: submitter_fields(site, submitter), status }
}
