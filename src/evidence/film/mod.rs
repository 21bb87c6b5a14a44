//! The people in a film, a picture or a recording, each with a nickname and their own permission.
//!
//! Each can withdraw alone, at any time: whoever has the code says so for them. From then on nobody can open the film, and
//! no decision opens it again; a new cut without them takes its place and says so. The old one stays closed, with the
//! reason. Nicknames are sealed like everything that a person wrote.

use super::say::pages::number_and_kind;
use super::say::shows_people;
use super::store::{self as items, Item};
use super::voice::named;
use crate::clock::Moment;
use crate::db::{self, DbResult, Tx};
use crate::id::{ItemId, SubmissionId, uuid_v7};
use crate::storage::keys::SubmissionKey;
use crate::web::Form;
use crate::words::Speech;

pub mod pages;
pub mod routes;

pub use self::routes::routes;

/// Most people in one film.
pub const MOST: usize = 100;
/// Most letters of a nickname.
pub const LONGEST: usize = 60;

named! {
    /// Whether a person says that the film with them in it may be seen.
    Permission {
        /// They said or showed yes.
        Yes = "yes",
        /// They said or showed no, or changed their mind: the film is closed.
        No = "no",
        /// Nobody asked them.
        NotAsked = "not_asked",
    }
}

/// A person in a film.
#[derive(Clone, Debug)]
pub struct Person {
    /// Their row.
    pub id: String,
    /// The film.
    pub item: ItemId,
    /// What they are called here; none where it does not open.
    pub nickname: Option<String>,
    /// What they say.
    pub permission: Permission,
    /// When it became no.
    pub left_us: Option<Moment>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    item_id: ItemId,
    nickname_sealed: Vec<u8>,
    permission: String,
    left_us: Option<Moment>,
}

const LIST: &str = "select p.id, p.item_id, p.nickname_sealed, p.permission, p.left_us
    from person_in_item p
    join evidence_item i on i.id = p.item_id
    where p.submission_id = $1 and i.state <> 'removed'
    order by i.number, p.id";

/// Everybody who is said to be in something of a submission, film by film.
pub async fn list(tx: &mut Tx, key: &SubmissionKey, submission: &SubmissionId) -> DbResult<Vec<Person>> {
    let rows = db::all!(tx, Row, LIST, submission)?;
    Ok(rows.into_iter().map(|row| open(key, row)).collect())
}

fn open(key: &SubmissionKey, row: Row) -> Person {
    Person {
        nickname: key.open_text("person_in_item", "nickname_sealed", &row.id, &row.nickname_sealed).ok(),
        permission: Permission::parse(&row.permission).unwrap_or(Permission::No),
        id: row.id,
        item: row.item_id,
        left_us: row.left_us,
    }
}

const ADD: &str = "insert into person_in_item
        (id, submission_id, item_id, nickname_sealed, permission, added_us, left_us)
    values ($1, $2, $3, $4, $5, $6, $7)";

/// Adds a person to a film. Whoever says no from the start closes it from the start.
pub async fn add(
    tx: &mut Tx,
    key: &SubmissionKey,
    item: &Item,
    (nickname, permission): (&str, Permission),
    now: Moment,
) -> DbResult<()> {
    let id = uuid_v7(now);
    let sealed = key.seal_text("person_in_item", "nickname_sealed", &id, nickname);
    let left = (permission == Permission::No).then_some(now);
    db::run!(tx, ADD, &id, &item.submission_id, &item.id, sealed, permission.name(), now, left)?;
    Ok(())
}

const LEAVE: &str = "update person_in_item set permission = 'no', left_us = $3
    where id = $1 and submission_id = $2 and permission <> 'no'";

/// A person withdraws. False where they had before, or there is no such person.
pub async fn leave(tx: &mut Tx, submission: &SubmissionId, person: &str, now: Moment) -> DbResult<bool> {
    Ok(db::run!(tx, LEAVE, person, submission, now)? == 1)
}

const TAKE_OUT: &str = "delete from person_in_item where id = $1 and submission_id = $2
    and exists (select 1 from evidence_item i where i.id = person_in_item.item_id and i.sent_us is null)";

/// Takes a row out that was a mistake, before the film is sent.
pub async fn take_out(tx: &mut Tx, submission: &SubmissionId, person: &str) -> DbResult<()> {
    db::run!(tx, TAKE_OUT, person, submission)?;
    Ok(())
}

const DROP: &str = "delete from person_in_item where submission_id = $1";

/// Takes away every row of a submission.
pub async fn drop_all(tx: &mut Tx, submission: &SubmissionId) -> DbResult<()> {
    db::run!(tx, DROP, submission)?;
    Ok(())
}

/// The films that a person left, whose place this item may take: each id, and its name by number and kind.
pub(super) fn list_left(speech: Speech, items: &[Item], item: &Item) -> Vec<(String, String)> {
    let left =
        items.iter().filter(|older| older.left_us.is_some() && older.id != item.id && older.number < item.number);
    let left = left.filter(|_| shows_people(item.kind, &item.media_type));
    left.map(|older| (older.id.to_string(), number_and_kind(speech, older.number, older.kind))).collect()
}

/// Saves whose place an item takes, where its page asked that. A choice that is not on offer counts as not chosen.
pub(super) async fn save_replaces(tx: &mut Tx, item: &Item, form: &Form) -> DbResult<()> {
    if !form.has("replaces") {
        return Ok(());
    }
    let all = items::list(&mut *tx, &item.submission_id).await?;
    let older = all.iter().find(|older| {
        older.id.as_str() == form.get("replaces") && older.left_us.is_some() && older.number < item.number
    });
    items::save_replaces(tx, &item.submission_id, &item.id, older.map(|older| &older.id)).await
}
