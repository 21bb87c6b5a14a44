//! What a person reads when something did not work: what happened, what to do now, what was kept.
//!
//! A handler returns a [`Problem`]; it becomes an empty answer that carries it, and the outermost layer turns that into a
//! page in the person's wording (`render`). The inner error goes to the log, once, and never to the page.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::db::DbError;
use crate::storage::StorageError;
use crate::storage::keys::KeyError;

/// Something that did not work, by what the person can do about it.
#[derive(Clone, Debug)]
pub enum Problem {
    /// There is no such page, or it is not for this person: the answer is the same.
    NotFound,
    /// The address does not take this kind of request.
    WrongMethod,
    /// Nobody is writing here: the cookie is missing, old, or cookies are off.
    NoVisit,
    /// The visit was idle for long: the code opens it again.
    Idle,
    /// The form is of another draft than the one that is open. Nothing was saved.
    OtherDraft,
    /// The form is too old, or not ours. Nothing was saved.
    ExpiredForm,
    /// A member of staff sent a form and is not signed in any more. Nothing was saved.
    SignedOut,
    /// What was sent is too large for this page. Nothing of it was saved.
    TooLarge,
    /// What was sent could not be read as a form: broken off, or not a form at all.
    Unreadable,
    /// The item was removed while it was arriving.
    Gone,
    /// It was sent already, and cannot be changed here.
    AlreadySent,
    /// Too many tries in a short time.
    SlowDown,
    /// No room on the disk. What was kept before stays kept.
    Full,
    /// The database or the store does not answer for the moment.
    Unavailable,
    /// A fault of ours.
    Fault,
}

impl Problem {
    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        match self {
            Problem::NotFound => StatusCode::NOT_FOUND,
            Problem::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
            Problem::NoVisit | Problem::Idle => StatusCode::FORBIDDEN,
            Problem::OtherDraft | Problem::AlreadySent => StatusCode::CONFLICT,
            Problem::ExpiredForm | Problem::SignedOut => StatusCode::FORBIDDEN,
            Problem::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Problem::Unreadable => StatusCode::BAD_REQUEST,
            Problem::Gone => StatusCode::GONE,
            Problem::SlowDown => StatusCode::TOO_MANY_REQUESTS,
            Problem::Full => StatusCode::INSUFFICIENT_STORAGE,
            Problem::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Problem::Fault => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// After how many seconds the same may succeed, where that is so.
    pub fn retry_after(&self) -> Option<u16> {
        match self {
            Problem::Unavailable => Some(5),
            Problem::Full => Some(60),
            Problem::SlowDown => Some(600),
            _ => None,
        }
    }

    /// The name of its page words: `problem.<name>.title`, `.what` and `.now`.
    pub fn name(&self) -> &'static str {
        match self {
            Problem::NotFound => "not_found",
            Problem::WrongMethod => "wrong_method",
            Problem::NoVisit => "no_visit",
            Problem::Idle => "idle",
            Problem::OtherDraft => "other_draft",
            Problem::ExpiredForm => "expired_form",
            Problem::SignedOut => "signed_out",
            Problem::TooLarge => "too_large",
            Problem::Unreadable => "unreadable",
            Problem::Gone => "gone",
            Problem::AlreadySent => "already_sent",
            Problem::SlowDown => "slow_down",
            Problem::Full => "full",
            Problem::Unavailable => "unavailable",
            Problem::Fault => "fault",
        }
    }
}

/// What a handler gives: an answer, or a problem that becomes a page.
pub type Answer<T = Response> = Result<T, Problem>;

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<DbError> for Problem {
    fn from(error: DbError) -> Problem {
        let problem = problem_of(&error);
        report(&anyhow::Error::new(error));
        problem
    }
}

impl From<KeyError> for Problem {
    fn from(error: KeyError) -> Problem {
        match error {
            KeyError::Db(error) => error.into(),
            KeyError::Broken(_) => {
                report(&anyhow::Error::new(error));
                Problem::Fault
            }
        }
    }
}

impl From<StorageError> for Problem {
    fn from(error: StorageError) -> Problem {
        let problem = match &error {
            StorageError::Full => Problem::Full,
            StorageError::Unavailable(_) => Problem::Unavailable,
            _ => Problem::Fault,
        };
        report(&anyhow::Error::new(error));
        problem
    }
}

impl From<anyhow::Error> for Problem {
    fn from(error: anyhow::Error) -> Problem {
        report(&error);
        error.downcast_ref::<DbError>().map_or(Problem::Fault, problem_of)
    }
}

fn problem_of(error: &DbError) -> Problem {
    match error {
        DbError::Full(_) => Problem::Full,
        error if error.is_passing() => Problem::Unavailable,
        _ => Problem::Fault,
    }
}

/// One log line with the chain of causes. Causes name settings and states, never what people said.
fn report(error: &anyhow::Error) {
    tracing::error!(cause = format!("{error:#}"), "a request failed");
}
