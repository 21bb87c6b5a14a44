//! The one way in to something that was sent: by its reference or its item, as one member of staff may see it.
//!
//! `account::scope` says who may read what. Two more things close it: taking it back (the views know), and "I should
//! not be seeing this", which closes an item or all of it for everyone but safeguarding until they decide. Whoever may
//! not see something is told that there is no such page. Bytes are closed further: by a child's no until a lead decides,
//! and by a person who left a film for good. Only an [`Openable`] leads to them.

use crate::account::scope::{self, Reads};
use crate::db::{self, DbResult, Tx};
use crate::evidence::store::Item;
use crate::evidence::{self, ItemState};
use crate::id::{ItemId, SubmissionId};
use crate::submission;
use crate::submission::store::Submission;
use crate::web::{Role, Staff};

/// A submission that this reader may see, with the plain facts of its row.
#[derive(Clone, Debug)]
pub struct Opened {
    /// Its row.
    pub facts: Submission,
    /// Why this reader may see it.
    pub reads: Reads,
}

impl Opened {
    /// Its id.
    pub fn id(&self) -> &SubmissionId {
        &self.facts.id
    }

    /// Whether this reader is here because of a flag, or looks after flags.
    pub fn for_safeguarding(&self, staff: &Staff) -> bool {
        staff.role == Role::Safeguarding || self.reads == Reads::Flag
    }
}

/// Whether where the child lives is kept from this reader: "People must not find out where this child lives." A lead and
/// safeguarding see it, so that somebody can act on it.
pub fn hides_place(facts: &Submission, staff: &Staff) -> bool {
    facts.place_hidden && !matches!(staff.role, Role::Lead | Role::Safeguarding)
}

const BY_REFERENCE: &str = "select id from submission where reference = $1 and state in ('sent', 'withdrawn')";

const IS_CLOSED: &str = "select count(*) from flag where submission_id = $1 and item_id is null and seals";

/// The submission with this reference, if this reader may see it.
pub async fn find(tx: &mut Tx, staff: &Staff, reference: &str) -> DbResult<Option<Opened>> {
    let reference = reference.trim().to_uppercase();
    match db::maybe!(&mut *tx, (SubmissionId,), BY_REFERENCE, reference)? {
        Some((id,)) => find_by_id(tx, staff, &id).await,
        None => Ok(None),
    }
}

/// The submission with this id, if this reader may see it.
pub async fn find_by_id(tx: &mut Tx, staff: &Staff, submission: &SubmissionId) -> DbResult<Option<Opened>> {
    let Some(facts) = submission::store::find(tx, submission).await? else { return Ok(None) };
    let Some(reads) = scope::may_read(tx, staff, &facts.id).await? else { return Ok(None) };
    let (closed,) = db::one!(tx, (i64,), IS_CLOSED, &facts.id)?;
    if closed > 0 && staff.role != Role::Safeguarding {
        return Ok(None);
    }
    Ok(Some(Opened { facts, reads }))
}

/// An item that this reader may see, and what it is inside.
pub async fn find_item(tx: &mut Tx, staff: &Staff, item: &ItemId) -> DbResult<Option<(Opened, Item)>> {
    let Some(item) = evidence::store::find(tx, item).await?.filter(|item| is_visible(item, staff)) else {
        return Ok(None);
    };
    let opened = find_by_id(tx, staff, &item.submission_id).await?;
    Ok(opened.map(|opened| (opened, item)))
}

/// An item whose bytes this reader may be given now. Nothing else makes one, so that no path to bytes goes around the
/// child's no, or a person who left a film.
#[derive(Clone, Debug)]
pub struct Openable {
    opened: Opened,
    item: Item,
}

impl Openable {
    /// What the item is inside.
    pub fn opened(&self) -> &Opened {
        &self.opened
    }

    /// The item.
    pub fn item(&self) -> &Item {
        &self.item
    }

    /// Both.
    pub fn into_parts(self) -> (Opened, Item) {
        (self.opened, self.item)
    }
}

/// An item whose bytes this reader may be given now. It is asked at every request, so that a no takes effect at once,
/// also for a film that somebody is playing.
pub async fn find_to_open(tx: &mut Tx, staff: &Staff, item: &ItemId) -> DbResult<Option<Openable>> {
    let found = find_item(tx, staff, item).await?.filter(|(_, item)| item.shut().is_none());
    Ok(found.map(|(opened, item)| Openable { opened, item }))
}

/// Everything inside a submission that this reader may see, in order.
pub async fn list_items(tx: &mut Tx, staff: &Staff, submission: &SubmissionId) -> DbResult<Vec<Item>> {
    let items = evidence::store::list(tx, submission).await?;
    Ok(items.into_iter().filter(|item| is_visible(item, staff)).collect())
}

/// Whether an item was sent, is still there, and is not closed to this reader.
pub(super) fn is_visible(item: &Item, staff: &Staff) -> bool {
    let closed = item.closed_us.is_some() && staff.role != Role::Safeguarding;
    item.sent_us.is_some() && item.state != ItemState::Removed && !closed
}
