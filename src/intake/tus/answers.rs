//! tus's answers: the version with each, and for a refusal the status that a client knows what to do with, a name for the
//! page's script ([`PROBLEM`]), and words that it may show as they are.

use axum::http::header::{HeaderMap, HeaderValue, RETRY_AFTER};
use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};

use super::headers::{
    TUS_RESUMABLE, UPLOAD_DEFER_LENGTH, UPLOAD_EXPIRES, UPLOAD_LENGTH, UPLOAD_METADATA, UPLOAD_OFFSET,
};
use crate::intake::{IntakeError, Limit, Standing};
use crate::web::Problem;
use crate::web::render::{PROBLEM, TUS_VERSION, plain};
use crate::words::Speech;

/// The versions that we speak.
pub(super) const VERSIONS: (&str, &str) = ("tus-version", TUS_VERSION);
/// How soon a client that was turned away for a moment may come again, in seconds.
const SOON: &str = "5";

/// A request that is not done.
#[derive(Debug)]
pub(super) enum Refused {
    /// Not a version that we speak.
    Version,
    /// Against the protocol; a sentence for whoever wrote the program.
    Malformed(&'static str),
    /// A body that is not a piece of a file.
    MediaType,
    /// What was sent with its submission is not taken out here.
    Problem(Problem),
    /// What intake says.
    Intake(IntakeError),
}

impl From<IntakeError> for Refused {
    fn from(error: IntakeError) -> Refused {
        Refused::Intake(error)
    }
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Refused {
        Refused::Problem(problem)
    }
}

/// An answer with our version.
pub(super) fn answer(status: StatusCode) -> Response {
    let mut response = status.into_response();
    response.headers_mut().insert(TUS_RESUMABLE, HeaderValue::from_static(TUS_VERSION));
    response
}

/// Sets a header whose value is ours or was read from a header before.
pub(super) fn set(headers: &mut HeaderMap, name: HeaderName, value: impl AsRef<[u8]>) {
    if let Ok(value) = HeaderValue::from_bytes(value.as_ref()) {
        headers.insert(name, value);
    }
}

/// The headers that say where an upload stands after a piece.
pub(super) fn set_standing(headers: &mut HeaderMap, standing: &Standing) {
    set(headers, UPLOAD_OFFSET, standing.offset.to_string());
    set_expiry(headers, standing);
}

/// The header that says until when an upload is kept.
pub(super) fn set_expiry(headers: &mut HeaderMap, standing: &Standing) {
    if let Some(expires) = standing.expires {
        set(headers, UPLOAD_EXPIRES, expires.http_date());
    }
}

/// All that is known of an upload.
pub(super) fn set_all(headers: &mut HeaderMap, standing: &Standing) {
    set_standing(headers, standing);
    match standing.length {
        Some(length) => set(headers, UPLOAD_LENGTH, length.to_string()),
        None => set(headers, UPLOAD_DEFER_LENGTH, "1"),
    }
    if let Some(notes) = &standing.notes {
        set(headers, UPLOAD_METADATA, notes);
    }
}

impl Refused {
    /// Whether the server stops, and waits for nothing more.
    pub(super) fn is_farewell(&self) -> bool {
        matches!(self, Refused::Intake(IntakeError::Stopping))
    }

    /// The answer, in the person's own wording.
    pub(super) fn answer(self, speech: Speech) -> Response {
        match self {
            Refused::Version => {
                let mut response =
                    technical(StatusCode::PRECONDITION_FAILED, "version", "Tus-Resumable must be 1.0.0.");
                set(response.headers_mut(), HeaderName::from_static(VERSIONS.0), VERSIONS.1);
                response
            }
            Refused::Malformed(why) => technical(StatusCode::BAD_REQUEST, "malformed", why),
            Refused::MediaType => {
                let why = "A piece of a file is application/offset+octet-stream.";
                technical(StatusCode::UNSUPPORTED_MEDIA_TYPE, "media_type", why)
            }
            Refused::Problem(problem) => plain(speech, &problem),
            Refused::Intake(error) => refused_by_intake(error, speech),
        }
    }
}

fn refused_by_intake(error: IntakeError, speech: Speech) -> Response {
    match error {
        IntakeError::WrongOffset { kept } => {
            let mut response = technical(StatusCode::CONFLICT, "wrong_offset", "The upload stands elsewhere.");
            set(response.headers_mut(), UPLOAD_OFFSET, kept.to_string());
            response
        }
        IntakeError::WrongLength => {
            technical(StatusCode::PAYLOAD_TOO_LARGE, "wrong_length", "That is not the length that was declared.")
        }
        IntakeError::OtherLength => {
            technical(StatusCode::BAD_REQUEST, "other_length", "Another length was declared before.")
        }
        IntakeError::OtherBytes => {
            let status = StatusCode::from_u16(460).expect("tus's own status is between 100 and 999");
            technical(status, "other_bytes", "The bytes do not match Upload-Checksum. None of them counts.")
        }
        IntakeError::Limit(Limit::Piece) => {
            technical(StatusCode::PAYLOAD_TOO_LARGE, "piece", "With Upload-Checksum, bring at most 8 MiB at a time.")
        }
        IntakeError::Limit(limit) => {
            let name = match limit {
                Limit::File | Limit::Piece => "too_large",
                Limit::Files => "too_many",
                Limit::Submission => "too_much",
            };
            said(StatusCode::PAYLOAD_TOO_LARGE, name, speech.say(&format!("evidence.problem.{name}")))
        }
        IntakeError::Busy | IntakeError::Superseded => {
            said(StatusCode::LOCKED, "busy", speech.say("problem.unavailable.now"))
        }
        IntakeError::TooManyAtOnce => {
            let status = StatusCode::SERVICE_UNAVAILABLE;
            let mut response = said(status, "too_many_at_once", speech.say("problem.unavailable.now"));
            set(response.headers_mut(), RETRY_AFTER, SOON);
            response
        }
        other => plain(speech, &Problem::from(other)),
    }
}

fn technical(status: StatusCode, name: &'static str, why: &'static str) -> Response {
    said(status, name, why)
}

fn said(status: StatusCode, name: &'static str, words: &'static str) -> Response {
    let mut response = (status, words).into_response();
    set(response.headers_mut(), HeaderName::from_static(PROBLEM), name);
    set(response.headers_mut(), TUS_RESUMABLE, TUS_VERSION);
    response
}
