//! A staff session: started half by the password, made full by the second step, with a new id at each step.
//!
//! Sessions end after twelve idle hours, by signing out, and all together when a password changes, an account is
//! closed, or a lead ends them.

use super::cookies::{fresh_secret, id_hash};
use super::who::{Role, Secret, Staff, Stage};
use crate::clock::{HOUR, MINUTE, Moment};
use crate::db::{self, DbResult, Tx};
use crate::id::StaffId;

/// How long a session may be idle.
pub const IDLE: i64 = 12 * HOUR;
/// How long the second step may take.
pub const HALF: i64 = 10 * MINUTE;
/// How long joining, or setting a new password or second step, may take: somebody may have an app to install first.
pub const SETTING_UP: i64 = 2 * HOUR;

const FIND: &str = "select t.id, t.role, s.stage, s.seen_us, s.created_us
    from staff_session s join staff t on t.id = s.staff_id
    where s.id_hash = $1 and t.disabled_us is null";

#[derive(sqlx::FromRow)]
struct SessionRow {
    id: StaffId,
    #[sqlx(try_from = "String")]
    role: Role,
    #[sqlx(try_from = "String")]
    stage: Stage,
    seen_us: Moment,
    created_us: Moment,
}

/// Who this secret's session belongs to, and when it was last used.
pub async fn find(tx: &mut Tx, secret: &Secret, now: Moment) -> DbResult<Option<(Staff, Moment)>> {
    let session = id_hash(secret);
    let Some(row) = db::maybe!(tx, SessionRow, FIND, session.clone())? else {
        return Ok(None);
    };
    let over = match row.stage {
        Stage::Full => now.since(row.seen_us) > IDLE,
        Stage::Half => now.since(row.created_us) > HALF,
        Stage::Joining | Stage::NewPassword | Stage::NewSecondStep => now.since(row.created_us) > SETTING_UP,
    };
    Ok((!over).then_some((Staff { id: row.id, role: row.role, session, stage: row.stage }, row.seen_us)))
}

const START: &str = "insert into staff_session (id_hash, staff_id, stage, created_us, seen_us)
    values ($1, $2, $3, $4, $4)";

/// Starts a session and gives the secret for the cookie.
pub async fn start(tx: &mut Tx, staff: &StaffId, stage: Stage, now: Moment) -> DbResult<Secret> {
    let secret = fresh_secret();
    db::run!(tx, START, id_hash(&secret), staff, stage.name(), now)?;
    Ok(secret)
}

const SEEN: &str = "update staff_session set seen_us = $2 where id_hash = $1 and seen_us < $2";

/// Notes that the session is in use.
pub async fn seen(tx: &mut Tx, session: &[u8], now: Moment) -> DbResult<()> {
    db::run!(tx, SEEN, session, now)?;
    Ok(())
}

const END: &str = "delete from staff_session where id_hash = $1";

/// Ends one session.
pub async fn end(tx: &mut Tx, session: &[u8]) -> DbResult<()> {
    db::run!(tx, END, session)?;
    Ok(())
}

const END_ALL: &str = "delete from staff_session where staff_id = $1";

/// Ends every session of a person.
pub async fn end_all(tx: &mut Tx, staff: &StaffId) -> DbResult<u64> {
    db::run!(tx, END_ALL, staff)
}

const FORGET_OLD: &str = "delete from staff_session where seen_us < $1";

/// Deletes sessions that ended long ago by being idle.
pub async fn forget_old(tx: &mut Tx, now: Moment) -> DbResult<()> {
    db::run!(tx, FORGET_OLD, now.plus(-IDLE - HOUR))?;
    Ok(())
}

/// A session as its owner sees it in a list.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Listed {
    /// The session's id: the hash of the cookie's secret.
    pub id_hash: Vec<u8>,
    /// When it began.
    pub created_us: Moment,
    /// When it was last used, to the minute.
    pub seen_us: Moment,
}

const LIST: &str = "select id_hash, created_us, seen_us from staff_session
    where staff_id = $1 and stage = 'full' and seen_us >= $2 order by seen_us desc, id_hash";

/// Somebody's sessions that are open now.
pub async fn list(tx: &mut Tx, staff: &StaffId, now: Moment) -> DbResult<Vec<Listed>> {
    db::all!(tx, Listed, LIST, staff, now.plus(-IDLE))
}

const END_OWN: &str = "delete from staff_session where id_hash = $1 and staff_id = $2";

/// Ends one of somebody's own sessions. `false`: there is no such session of theirs.
pub async fn end_own(tx: &mut Tx, staff: &StaffId, session: &[u8]) -> DbResult<bool> {
    Ok(db::run!(tx, END_OWN, session, staff)? == 1)
}
