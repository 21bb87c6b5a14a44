//! A button that was pressed on a page about one thing: who pressed it, what it is about, and what the form says.
//!
//! Nearly every handler of a `POST …/{something}/…` needs just this; it is one argument instead of five, and the checks
//! of the form's token and owner ([`Form`]) come with it.

use axum::extract::{FromRequest, FromRequestParts, Path, Request};

use super::form::Form;
use super::problem::Problem;
use super::site::Site;
use crate::words::Speech;

/// A form about one thing, from [`super::Staff`] or a [`super::Submitter`].
pub struct Pressed<P> {
    /// The site.
    pub site: Site,
    /// Who pressed.
    pub by: P,
    /// How pages speak to them.
    pub speech: Speech,
    /// The part of the address that names the thing: an id or a reference.
    pub about: String,
    /// What the form says.
    pub form: Form,
}

impl<P> FromRequest<Site> for Pressed<P>
where
    P: FromRequestParts<Site, Rejection = Problem> + Send,
{
    type Rejection = Problem;

    async fn from_request(request: Request, site: &Site) -> Result<Pressed<P>, Problem> {
        let (mut parts, body) = request.into_parts();
        let by = P::from_request_parts(&mut parts, site).await?;
        let Ok(speech) = Speech::from_request_parts(&mut parts, site).await;
        let about = Path::<String>::from_request_parts(&mut parts, site).await.map_err(|_| Problem::NotFound)?;
        let form = Form::from_request(Request::from_parts(parts, body), site).await?;
        Ok(Pressed { site: site.clone(), by, speech, about: about.0, form })
    }
}
