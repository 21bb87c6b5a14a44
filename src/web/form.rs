//! Forms as they arrive, checked before a handler sees them: the token, the draft they belong to, and their size.
//!
//! Reading is forgiving about the order and number of fields and strict about whose they are. What a person typed into a
//! form that comes to nothing is given back by [`super::given_back`].

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Request};
use http_body_util::{BodyExt, LengthLimitError, Limited};

use super::csrf;
use super::problem::Problem;
use super::site::Site;
use super::who::{Staff, Submitter};

/// Most bytes in a form without files: long writing fits, a flood does not.
pub const FORM_BYTES: usize = 1 << 20;
/// Most fields in one form.
pub const FORM_FIELDS: usize = 500;

/// The fields of a form that came from a page of ours, for this person.
#[derive(Clone, Debug, Default)]
pub struct Form {
    fields: Vec<(String, String)>,
}

impl Form {
    /// Fields for a test, or from a body that was checked elsewhere.
    pub fn from_fields(fields: Vec<(String, String)>) -> Form {
        Form { fields }
    }

    /// The first value of a field as it was sent, with line ends as `\n`; empty where there is none.
    pub fn raw(&self, name: &str) -> &str {
        self.fields.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value)
    }

    /// The first value of a field without white space around it; empty where there is none.
    pub fn get(&self, name: &str) -> &str {
        self.raw(name).trim()
    }

    /// The value where something was written.
    pub fn some(&self, name: &str) -> Option<&str> {
        Some(self.get(name)).filter(|value| !value.is_empty())
    }

    /// Every value of a field that may be chosen several times.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.trim())
    }

    /// Whether a field was sent at all.
    pub fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|(field, _)| field == name)
    }

    /// What the person had written: every field but ours and what is secret, longest first.
    pub fn words(&self) -> Vec<String> {
        let not_theirs = [csrf::TOKEN, csrf::DRAFT, csrf::ONCE, "code", "next"];
        let mut words: Vec<String> = self
            .fields
            .iter()
            .filter(|(name, value)| {
                !not_theirs.contains(&name.as_str())
                    && !name.contains("password")
                    && value.trim().contains(char::is_whitespace)
            })
            .map(|(_, value)| value.clone())
            .collect();
        words.sort_by_key(|value| std::cmp::Reverse(value.len()));
        words
    }

    /// Reads url-encoded bytes.
    pub fn parse(bytes: &[u8]) -> Result<Form, Problem> {
        let fields: Vec<(String, String)> = form_urlencoded_pairs(bytes)?;
        Ok(Form { fields })
    }

    /// Checks that the form is of this submitter's visit and draft.
    pub fn check_submitter(&self, site: &Site, submitter: &Submitter) -> Result<(), Problem> {
        let draft = self.get(csrf::DRAFT);
        if !draft.is_empty() && draft != submitter.submission.as_str() {
            return Err(Problem::OtherDraft);
        }
        if draft.is_empty() || !csrf::is_right(site, &submitter.visit, self.get(csrf::TOKEN)) {
            return Err(Problem::ExpiredForm);
        }
        Ok(())
    }

    /// Checks that the form is of this staff session.
    pub fn check_staff(&self, site: &Site, staff: &Staff) -> Result<(), Problem> {
        if csrf::is_right(site, &staff.session, self.get(csrf::TOKEN)) { Ok(()) } else { Err(Problem::ExpiredForm) }
    }
}

impl FromRequest<Site> for Form {
    type Rejection = Problem;

    async fn from_request(request: Request, site: &Site) -> Result<Form, Problem> {
        let (parts, body) = request.into_parts();
        let bytes = gather(body).await?;
        let form = Form::parse(&bytes)?;
        if let Some(staff) = parts.extensions.get::<Staff>() {
            form.check_staff(site, staff)?;
        } else if let Some(submitter) = parts.extensions.get::<Submitter>() {
            // Pages for anyone (`/begin`, `/wording`) carry no draft; the browser's headers guard them.
            if form.has(csrf::DRAFT) || parts.extensions.get::<NeedsDraft>().is_some() {
                form.check_submitter(site, submitter)?;
            }
        }
        Ok(form)
    }
}

/// Left with the request by the guard where the address is for a submitter, so that a form without a draft is refused.
#[derive(Clone, Copy, Debug)]
pub struct NeedsDraft;

/// The whole of a body that is no longer than a form may be.
pub(super) async fn gather(body: Body) -> Result<Bytes, Problem> {
    match Limited::new(body, FORM_BYTES).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(Problem::TooLarge),
        Err(_) => Err(Problem::Unreadable),
    }
}

fn form_urlencoded_pairs(bytes: &[u8]) -> Result<Vec<(String, String)>, Problem> {
    let mut fields = Vec::new();
    for pair in bytes.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
        if fields.len() == FORM_FIELDS {
            return Err(Problem::TooLarge);
        }
        let (name, value) = match pair.iter().position(|byte| *byte == b'=') {
            Some(at) => (&pair[..at], &pair[at + 1..]),
            None => (pair, &[][..]),
        };
        fields.push((decode(name), decode(value).replace("\r\n", "\n")));
    }
    Ok(fields)
}

fn decode(bytes: &[u8]) -> String {
    let spaced: Vec<u8> = bytes.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    // A NUL cannot be kept by PostgreSQL's text and means nothing in writing.
    percent_encoding::percent_decode(&spaced).decode_utf8_lossy().replace('\0', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_repeat_and_keep_their_line_ends_plain() {
        let form = Form::parse(b"how=speech&how=bsl&words=one%0D%0Atwo+three&empty=&lone").expect("this is a form");
        assert_eq!(form.all("how").collect::<Vec<_>>(), ["speech", "bsl"]);
        assert_eq!(form.get("words"), "one\ntwo three");
        assert_eq!(form.some("empty"), None);
        assert!(form.has("lone"));
    }

    #[test]
    fn too_many_fields_are_refused() {
        let body = "a=1&".repeat(FORM_FIELDS + 1);
        assert!(matches!(Form::parse(body.as_bytes()), Err(Problem::TooLarge)));
    }

    #[test]
    fn words_given_back_leave_out_what_is_ours() {
        let form = Form::parse(b"token=x+y&draft=1+2&code=a+b+c&words=we+waited&role=parent").expect("this is a form");
        assert_eq!(form.words(), ["we waited"]);
    }
}
