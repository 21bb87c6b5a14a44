//! What a page needs of the person who reads it: the hidden fields of its forms, and the frame of its door.

use maud::{Markup, html};

use super::csrf;
use super::once;
use super::problem::{Answer, Problem};
use super::site::Site;
use super::who::{Staff, Submitter};
use crate::db::{self, Tx};
use crate::html::{Door, Status, hidden};
use crate::storage::keys::SubmissionKey;

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

/// What a submitter's page stands on.
#[derive(Debug)]
pub struct Opened {
    /// The key that opens and seals what they wrote.
    pub key: SubmissionKey,
    /// The frame of the page, with the draft's name in it.
    pub door: Door,
}

const DRAFT_NAME: &str = "select name_sealed from submission where id = $1";

/// Opens a submitter's own submission for a page. After it was erased there is nobody to show it to.
pub async fn open(site: &Site, tx: &mut Tx, submitter: &Submitter) -> Answer<Opened> {
    let id = &submitter.submission;
    let key = site.keys.submission(tx, id).await?.ok_or(Problem::NoVisit)?;
    let (sealed,) = db::one!(&mut *tx, (Option<Vec<u8>>,), DRAFT_NAME, id)?;
    let name = sealed.and_then(|sealed| key.open_text("submission", "name_sealed", id.as_str(), &sealed).ok());
    Ok(Opened { key, door: submitter_door(site, submitter, name) })
}

/// The frame of a submitter's page. `draft_name` is what its owner called the draft, if anything.
pub fn submitter_door(site: &Site, submitter: &Submitter, draft_name: Option<String>) -> Door {
    let status = match submitter.state.as_str() {
        // Whether a card was used is nobody's to read off its pages.
        _ if submitter.card_of.is_some() => Status::None,
        "draft" => Status::NotSent(draft_name),
        "sent" => Status::Sent(submitter.reference.clone()),
        _ => Status::None,
    };
    Door::Submitter { hidden: submitter_fields(site, submitter), status }
}
