//! What can go wrong while bytes arrive, sorted by what the person can do about it.

use std::io;

use crate::db::DbError;
use crate::storage::StorageError;
use crate::storage::keys::KeyError;
use crate::web::Problem;

/// Why bytes were not taken. Whatever was acknowledged before stays kept in every case.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// There is no such upload, or it belongs to another submission: the answer is the same.
    #[error("there is no such upload")]
    NotFound,
    /// The item was removed while it was arriving.
    #[error("the item was removed")]
    Gone,
    /// The submission takes nothing more: taken back, erased or expired.
    #[error("the submission takes nothing more")]
    Closed,
    /// A newer request writes this upload now.
    #[error("a newer request has taken over")]
    Superseded,
    /// This server stops. What came is kept, and its sender goes on in a moment, here or elsewhere.
    #[error("the server stops")]
    Stopping,
    /// An older request has not let go in time: try again in a few seconds.
    #[error("an older request has not let go yet")]
    Busy,
    /// The upload is whole already; there is nothing to add.
    #[error("the upload is whole already")]
    Whole,
    /// The request begins somewhere else than where the upload stands.
    #[error("the upload stands at {kept}")]
    WrongOffset {
        /// Where it stands.
        kept: u64,
    },
    /// More bytes than the sender declared, or a different length than before.
    #[error("the length is not the one that was declared")]
    WrongLength,
    /// The sender said another length before, and it does not change.
    #[error("another length was declared before")]
    OtherLength,
    /// The bytes are not the ones that their digest speaks of. None of them counts.
    #[error("the bytes do not match their digest")]
    OtherBytes,
    /// The sender's connection broke off, or was too slow. What came is kept.
    #[error("the body broke off")]
    BrokenOff,
    /// As many uploads of this submission are running as may.
    #[error("too many uploads of this submission are running")]
    TooManyAtOnce,
    /// A limit that is said in words before choosing.
    #[error("over the limit: {0:?}")]
    Limit(Limit),
    /// There is no room on the disk.
    #[error("there is no room on the disk")]
    Full,
    /// Unfinished uploads from this address hold as much of the disk as one address may.
    #[error("this address holds its share of the disk")]
    Share,
    /// The spool's disk gave another error; what the recorded offset covers is kept.
    #[error("the spool gave an error")]
    Spool(#[source] io::Error),
    /// The sealed bytes are not what the rows say. A person must look.
    #[error("sealed bytes do not open")]
    Damaged,
    /// The bytes lie in the spool of another server, which must come back first.
    #[error("the bytes lie on another server")]
    Elsewhere,
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StorageError),
    /// A key.
    #[error(transparent)]
    Key(KeyError),
}

/// A limit on what one submission may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// This file is larger than a form takes.
    File,
    /// A piece with a digest is larger than one may be.
    Piece,
    /// There are as many files as one submission may hold.
    Files,
    /// All files together are as large as one submission may hold.
    Submission,
}

/// The result of everything that intake does.
pub type IntakeResult<T> = Result<T, IntakeError>;

impl IntakeError {
    /// Whether the same may well succeed later without anybody changing anything.
    pub fn is_passing(&self) -> bool {
        match self {
            IntakeError::Busy
            | IntakeError::Superseded
            | IntakeError::Stopping
            | IntakeError::Full
            | IntakeError::Share
            | IntakeError::Elsewhere
            | IntakeError::BrokenOff
            | IntakeError::TooManyAtOnce => true,
            IntakeError::Db(error) => error.is_passing(),
            IntakeError::Store(error) => error.is_passing(),
            _ => false,
        }
    }
}

impl From<KeyError> for IntakeError {
    fn from(error: KeyError) -> IntakeError {
        match error {
            KeyError::Db(error) => IntakeError::Db(error),
            other => IntakeError::Key(other),
        }
    }
}

impl From<io::Error> for IntakeError {
    fn from(error: io::Error) -> IntakeError {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
                IntakeError::Full
            }
            _ => IntakeError::Spool(error),
        }
    }
}

impl From<IntakeError> for crate::jobs::JobError {
    fn from(error: IntakeError) -> Self {
        match error {
            IntakeError::Db(error) => error.into(),
            IntakeError::Store(error) => error.into(),
            other if other.is_passing() => crate::jobs::JobError::Wait(other.into()),
            other => crate::jobs::JobError::Retry(other.into()),
        }
    }
}

impl From<IntakeError> for Problem {
    fn from(error: IntakeError) -> Problem {
        match error {
            IntakeError::NotFound => Problem::NotFound,
            IntakeError::Gone | IntakeError::Closed => Problem::Gone,
            IntakeError::Limit(_) | IntakeError::WrongLength => Problem::TooLarge,
            IntakeError::Full | IntakeError::Share => Problem::Full,
            IntakeError::Busy
            | IntakeError::Superseded
            | IntakeError::Stopping
            | IntakeError::Elsewhere
            | IntakeError::TooManyAtOnce => Problem::Unavailable,
            IntakeError::OtherLength | IntakeError::OtherBytes | IntakeError::BrokenOff => Problem::Unreadable,
            IntakeError::Db(error) => error.into(),
            IntakeError::Store(StorageError::Full) => Problem::Full,
            other if other.is_passing() => {
                tracing::warn!(cause = format!("{:#}", anyhow::Error::new(other)), "the store does not answer");
                Problem::Unavailable
            }
            other => anyhow::Error::new(other).into(),
        }
    }
}
