//! What somebody asked for without their code: kept, sealed under a key of its own, and opened again for whoever decides.
//!
//! The key lies with the keys of submissions, under the request's id, so that deleting it erases the words in backups
//! too. Which submission a reference names is found by [`match_request`], outside the request that somebody waits for.

use serde::{Deserialize, Serialize};

use crate::clock::Moment;
use crate::db::{self, DbResult, Tx};
use crate::id::{RequestId, SubmissionId};
use crate::intake::Intake;
use crate::jobs::{self, JobError};
use crate::storage::keys::{KeyError, Keys, SubmissionKey};
use crate::submission::reference;

/// The job that finds out what a request's reference names. Its subject is the request's id.
pub const MATCH_REQUEST: &str = "match_request";

/// What somebody wrote.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// What they want taken back, in their words.
    pub words: String,
    /// The reference, as they typed it; empty where they gave none.
    pub reference: String,
    /// How to reach them, as they typed it; empty where they gave nothing.
    pub reach: String,
}

const KEEP: &str = "insert into take_back_request (id, sealed, made_us) values ($1, $2, $3)";

/// Keeps a request. It does the same work whatever exists.
pub async fn keep(tx: &mut Tx, keys: &Keys, asked: &Asked, now: Moment) -> DbResult<RequestId> {
    let id = RequestId::new(now);
    let key = keys.make_submission_key(&mut *tx, &key_id(&id), now).await?;
    let text = serde_json::to_string(asked).expect("three texts can always be written as JSON");
    let sealed = key.seal_text("take_back_request", "sealed", id.as_str(), &text);
    db::run!(&mut *tx, KEEP, &id, sealed, now)?;
    jobs::enqueue(tx, MATCH_REQUEST, id.as_str(), now, now).await?;
    Ok(id)
}

/// Under which id the key of a request lies.
fn key_id(request: &RequestId) -> SubmissionId {
    SubmissionId(request.0.clone())
}

/// The key of a request; none once it was erased.
pub async fn key(tx: &mut Tx, keys: &Keys, request: &RequestId) -> Result<Option<SubmissionKey>, KeyError> {
    keys.submission(tx, &key_id(request)).await
}

/// What somebody wrote, opened; none where it does not open.
pub fn open(key: &SubmissionKey, request: &RequestId, sealed: &[u8]) -> Option<Asked> {
    let text = key.open_text("take_back_request", "sealed", request.as_str(), sealed).ok()?;
    serde_json::from_str(&text).ok()
}

const SEALED: &str = "select sealed from take_back_request where id = $1";
const NAMED: &str = "select id from submission where reference = $1 and state in ('sent', 'withdrawn')";
const MATCHED: &str = "update take_back_request set submission_id = $2 where id = $1";

/// Does [`MATCH_REQUEST`].
pub async fn match_request(intake: Intake, subject: String) -> Result<(), JobError> {
    let site = intake.site();
    let id = RequestId(subject);
    let mut tx = site.db.write().await?;
    let Some(key) = key(&mut tx, &site.keys, &id).await.map_err(anyhow::Error::from)? else { return Ok(()) };
    let Some((sealed,)) = db::maybe!(&mut tx, (Vec<u8>,), SEALED, &id)? else { return Ok(()) };
    let Some(typed) = open(&key, &id, &sealed).and_then(|asked| reference::read(&asked.reference)) else {
        return Ok(());
    };
    if let Some((submission,)) = db::maybe!(&mut tx, (SubmissionId,), NAMED, typed)? {
        db::run!(&mut tx, MATCHED, &id, submission)?;
        tx.commit().await?;
    }
    Ok(())
}

const OVER: &str = "select id from take_back_request where decided_us <= $1 order by decided_us limit 500";
const DROP: &str = "delete from take_back_request where id = $1";

/// Erases the requests that were decided at this moment or before: their keys first, then their rows. Gives their number.
pub async fn erase_decided(tx: &mut Tx, keys: &Keys, until: Moment, now: Moment) -> DbResult<u64> {
    let over = db::all!(&mut *tx, (RequestId,), OVER, until)?;
    for (id,) in &over {
        keys.forget(&mut *tx, id.as_str(), now).await?;
        db::run!(&mut *tx, DROP, id)?;
    }
    Ok(over.len() as u64)
}
