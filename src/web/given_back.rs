//! What somebody typed is given back when their form comes to nothing, whatever the reason: the visit has ended, the
//! database does not answer, the disk is full, the form is of another draft.
//!
//! The guard keeps a form's bytes beside the request until it is answered. Where the answer is a page for a
//! [`Problem`], the words go with it and `render` shows them, to copy from. Nothing is kept after the answer, and nothing
//! is written to a log or a table. Files are not given back: the phone has them.

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::Method;
use axum::http::header::CONTENT_TYPE;
use axum::response::Response;

use super::form::{Form, gather};
use super::problem::Problem;

/// The bytes of a form, until it is answered.
#[derive(Clone, Debug, Default)]
pub struct Typed(Bytes);

impl Typed {
    /// What the person had written, to show it back.
    pub fn words(&self) -> Vec<String> {
        Form::parse(&self.0).map(|form| form.words()).unwrap_or_default()
    }
}

/// Keeps a form's bytes, and gives the request on as it came. A form that is too large, or broke off, is not read.
pub async fn keep(request: Request) -> Result<(Request, Typed), Problem> {
    if !is_form(&request) {
        return Ok((request, Typed::default()));
    }
    let (parts, body) = request.into_parts();
    let bytes = gather(body).await?;
    Ok((Request::from_parts(parts, Body::from(bytes.clone())), Typed(bytes)))
}

fn is_form(request: &Request) -> bool {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    *request.method() == Method::POST && kind.starts_with("application/x-www-form-urlencoded")
}

/// Lets the words go with an answer that says what did not work.
pub fn give_back(mut response: Response, typed: Typed) -> Response {
    // Whoever tries too often typed a code, not words.
    let words_help = !matches!(response.extensions().get::<Problem>(), None | Some(Problem::SlowDown));
    if words_help {
        response.extensions_mut().insert(typed);
    }
    response
}
