//! Mail: written down with what made it necessary, sent by a job, its content wiped once it is sent.
//!
//! Nobody ever waits for mail. A letter lies sealed in its row; the job carries only the row's id. Sending twice after a
//! crash is possible, and the letter then has the same Message-ID, by which mail programs know it for the same one.
//! What a letter may say (no area, no child, no code, no secret link) is its writer's duty.

use serde::{Deserialize, Serialize};

use crate::clock::{Clock, Moment};
use crate::config::Config;
use crate::db::{self, Db, DbResult, Tx};
use crate::id::MailId;
use crate::jobs::{self, JobError};
use crate::storage::keys::Keys;

pub use self::post::PostError;

mod post;

/// The job that sends one letter. Its subject is the mail's id.
pub const SEND_MAIL: &str = "send_mail";

const INSERT: &str = "insert into mail (id, sealed, created_us) values ($1, $2, $3)";
const FIND: &str = "select sealed from mail where id = $1 and sent_us is null";
const WAITING: &str = "select count(*) from mail where sent_us is null and sealed is not null";
const MARK_SENT: &str = "update mail set sealed = null, sent_us = $1 where id = $2";

/// A letter of plain text to one person.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// The address.
    pub to: String,
    /// The subject; neutral.
    pub subject: String,
    /// The text.
    pub text: String,
}

impl std::fmt::Debug for Letter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Letter(..)")
    }
}

/// Whether a letter is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum SendLater {
    /// It will be sent.
    WillBeSent,
    /// No mail server is set (`HEARD_SMTP_URL`): nothing was written down, and somebody must be told otherwise.
    NoMailServer,
}

/// Whether `address` can be written to at all. Says nothing about whether anybody reads there.
pub fn is_address(address: &str) -> bool {
    address.parse::<lettre::Address>().is_ok()
}

/// Writes a letter down, sealed, to be sent soon after the transaction is committed.
pub async fn send_later(tx: &mut Tx, keys: &Keys, config: &Config, now: Moment, letter: Letter) -> DbResult<SendLater> {
    if config.settings.smtp_url.is_none() {
        return Ok(SendLater::NoMailServer);
    }
    let id = MailId::new(now);
    let plain = serde_json::to_vec(&letter).expect("three texts are always JSON");
    let sealed = keys.service("mail").seal(&place(&id), &plain);
    db::run!(&mut *tx, INSERT, &id, sealed, now)?;
    jobs::enqueue(tx, SEND_MAIL, id.as_str(), now, now).await?;
    Ok(SendLater::WillBeSent)
}

/// How many letters wait to be sent.
pub async fn count_waiting(tx: &mut Tx) -> DbResult<i64> {
    Ok(db::one!(tx, (i64,), WAITING)?.0)
}

/// The job [`SEND_MAIL`].
pub async fn send(db: &Db, keys: &Keys, config: &Config, clock: &Clock, mail_id: &str) -> Result<(), JobError> {
    let id = MailId(mail_id.to_owned());
    let mut tx = db.read().await?;
    let waiting: Option<(Option<Vec<u8>>,)> = db::maybe!(&mut tx, (Option<Vec<u8>>,), FIND, &id)?;
    drop(tx);
    let Some((Some(sealed),)) = waiting else { return Ok(()) };
    let plain = keys.service("mail").open(&place(&id), &sealed).map_err(|broken| JobError::Fail(broken.into()))?;
    let letter: Letter = serde_json::from_slice(&plain).map_err(|error| JobError::Fail(error.into()))?;

    let Some(server) = &config.settings.smtp_url else {
        return Err(JobError::Wait(anyhow::anyhow!("HEARD_SMTP_URL was taken away while a letter waited")));
    };
    post::post(server, &config.settings.mail_from, &id, clock.now(), letter).await?;

    let mut tx = db.write().await?;
    db::run!(&mut tx, MARK_SENT, clock.now(), &id)?;
    Ok(tx.commit().await?)
}

fn place(id: &MailId) -> String {
    format!("mail/{id}")
}
