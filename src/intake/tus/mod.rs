//! tus 1.0.0 at `/uploads`: files that go on where they stopped, for the draft of this browser's cookie.
//!
//! The protocol (<https://tus.io/protocols/resumable-upload>): core, creation, creation-with-upload,
//! creation-defer-length, expiration, checksum (sha1, sha256), termination. This folder reads its headers and writes its
//! answers; what happens is [`super::resumable`]'s.
//!
//! | Request | Answer |
//! |---|---|
//! | `OPTIONS /uploads` | what we speak, and the largest file |
//! | `POST /uploads` | 201 and `Location`; a body is the first piece, and `Upload-Offset` says what was kept of it |
//! | `HEAD /uploads/{id}` | where it stands: a promise |
//! | `PATCH /uploads/{id}` | 204 and where it stands then |
//! | `DELETE /uploads/{id}` | 204: the item is removed, like with the button "Take this out" |
//! | `POST /uploads/{id}` with `X-HTTP-Method-Override` | what the method that it names would do |
//! | `GET /uploads`, `GET /uploads/{id}` | our own: the list for the page's script ([`list`]) |
//!
//! | Status | What a client does |
//! |---|---|
//! | 409 | asks where it stands (`Upload-Offset` says it too), and goes on there |
//! | 413 | says why: too many files, all files too large together, more bytes than were declared, or a piece with `Upload-Checksum` over 8 MiB |
//! | 423 | another request is writing and newer, or has not let go yet: asks again in a moment |
//! | 460 | sends the same piece again: not one byte of it counted |
//! | 403, 404, 410 | needs the code again; not theirs, or never was; taken out, or its submission takes nothing more |
//! | 503 | tries again soon: a part of us does not answer, or four others of this draft are running |
//! | 507 | tries again after `Retry-After`: there is no room for a new file, or this address has its share of it |
//!
//! # Why no other site can use the cookie here
//!
//! The cookie is SameSite=Lax, so another site's requests carry it only when they lead the whole window here by GET. There
//! is no form token: a program would have to fetch a page first. Instead:
//!
//! 1. every method but OPTIONS needs `Tus-Resumable`. A form or a link cannot send that header; another site's script can
//!    only after a preflight, and no answer of ours has an `Access-Control-Allow-…`;
//! 2. the layer around every address looks at `Sec-Fetch-Site` and `Origin` for all methods but GET, HEAD and OPTIONS, and
//!    so GET, HEAD and OPTIONS never become another method: the override is honoured on the others only. (tus wants it
//!    honoured on each; its reason, environments that send only GET and POST, does not need more.)
//!
//! What an upload is called, and how large it is, another draft is never told: 404, before anything else is looked at.
//! An address is no secret by itself: it works with the cookie only, and does not stand in any log.
//!
//! # Begun once
//!
//! An answer to POST can be lost, and a repeated POST would begin a second upload. A client that sends a random value as
//! the metadata `once`, the same for each try, gets the first one's address again and where it stands.

use axum::body::Body;
use axum::extract::{Path, Request};
use axum::http::header::LOCATION;
use axum::http::request::Parts;
use axum::http::{HeaderName, Method, StatusCode};
use axum::response::Response;
use hyper::body::Body as _;
use serde_json::json;

use self::answers::{Refused, answer, set, set_all, set_expiry, set_standing};
use self::metadata::Metadata;
pub use self::recorded::was_recorded_here;
use super::resumable::CHECKED_PIECE;
use super::{Creation, Intake, IntakeError, IntakeResult, Limit, Piece, Standing};
use crate::audit;
use crate::clock::{MINUTE, Moment};
use crate::id::UploadId;
use crate::web::accept::read_on;
use crate::web::client::ClientAddr;
use crate::web::{Problem, Route, Submitter, Who, visit};
use crate::words::Speech;

mod answers;
mod headers;
mod list;
mod metadata;
mod recorded;

/// What of the protocol we speak beside its core.
const EXTENSIONS: &str = "creation,creation-with-upload,creation-defer-length,expiration,checksum,termination";
const ALGORITHMS: &str = "sha1,sha256";
/// Where uploads begin.
const UPLOADS: &str = "/uploads";
/// One upload.
const UPLOAD: &str = "/uploads/{id}";

/// The addresses.
pub(super) fn routes(intake: &Intake) -> Vec<Route> {
    let site = intake.site();
    let most = site.config.settings.submission_bytes;
    let options = move || std::future::ready(tell_options(most));
    let held = intake.clone();
    let at_all = move |submitter: Submitter, client: ClientAddr, speech: Speech, request: Request| {
        come(held.clone(), submitter, client, speech, None, request)
    };
    let held = intake.clone();
    let at_one =
        move |submitter: Submitter, client: ClientAddr, speech: Speech, Path(id): Path<UploadId>, request: Request| {
            come(held.clone(), submitter, client, speech, Some(id), request)
        };
    let mut routes = vec![
        Route::on(Method::OPTIONS, UPLOADS, Who::Anyone, options, site),
        Route::on(Method::OPTIONS, UPLOAD, Who::Anyone, options, site),
    ];
    for method in [Method::GET, Method::POST] {
        routes.push(Route::on(method, UPLOADS, Who::Uploader, at_all.clone(), site));
    }
    for method in [Method::HEAD, Method::GET, Method::PATCH, Method::POST, Method::DELETE] {
        routes.push(Route::on(method, UPLOAD, Who::Uploader, at_one.clone(), site));
    }
    routes
}

/// Where an upload is.
fn address(id: &UploadId) -> String {
    format!("{UPLOADS}/{id}")
}

fn tell_options(most: u64) -> Response {
    let mut response = answer(StatusCode::NO_CONTENT);
    let headers = response.headers_mut();
    set(headers, HeaderName::from_static(answers::VERSIONS.0), answers::VERSIONS.1);
    set(headers, HeaderName::from_static("tus-extension"), EXTENSIONS);
    set(headers, HeaderName::from_static("tus-max-size"), most.to_string());
    set(headers, HeaderName::from_static("tus-checksum-algorithm"), ALGORITHMS);
    response
}

/// A request: whoever asks, and how. What they bring comes beside it.
struct Coming<'a> {
    intake: &'a Intake,
    submitter: &'a Submitter,
    client: ClientAddr,
    parts: &'a Parts,
    began: Moment,
}

async fn come(
    intake: Intake,
    submitter: Submitter,
    client: ClientAddr,
    speech: Speech,
    id: Option<UploadId>,
    request: Request,
) -> Response {
    let (parts, mut body) = request.into_parts();
    let began = intake.site().clock.now();
    let coming = Coming { intake: &intake, submitter: &submitter, client, parts: &parts, began };
    match coming.answer(id, &mut body).await {
        Ok(response) => response,
        Err(refused) => {
            // A client sees an answer only after its body; what is still unread here was not taken.
            if !refused.is_farewell() {
                read_on(body, CHECKED_PIECE).await;
            }
            refused.answer(speech)
        }
    }
}

impl Coming<'_> {
    async fn answer(&self, id: Option<UploadId>, body: &mut Body) -> Result<Response, Refused> {
        headers::check_version(&self.parts.headers)?;
        let Some(id) = id else {
            return match headers::method(&self.parts.method, &self.parts.headers)? {
                Method::POST => self.create(body).await,
                Method::GET => Ok(list::list(self.intake, self.submitter).await?),
                Method::OPTIONS => Ok(tell_options(self.intake.site().config.settings.submission_bytes)),
                _ => Err(Problem::WrongMethod.into()),
            };
        };
        let standing = self.intake.find(&self.submitter.submission, &id).await?;
        match headers::method(&self.parts.method, &self.parts.headers)? {
            Method::HEAD => self.stand(&id).await,
            Method::GET => Ok(list::one(self.intake, self.submitter, standing).await?),
            Method::PATCH => self.bring(&id, body).await,
            Method::DELETE => self.remove(standing).await,
            Method::OPTIONS => Ok(tell_options(self.intake.site().config.settings.submission_bytes)),
            _ => Err(Problem::WrongMethod.into()),
        }
    }

    async fn create(&self, body: &mut Body) -> Result<Response, Refused> {
        let given = &self.parts.headers;
        let length = headers::length_or_later(given)?;
        let metadata = Metadata::of(given)?;
        let piece = self.first_piece(length, body)?;
        let most = self.intake.site().config.settings.submission_bytes;
        if length.is_some_and(|length| length > most) {
            return Err(IntakeError::Limit(Limit::File).into());
        }
        let came_from = Some(self.client.keyed_today(self.intake.site(), self.began));
        let (name, once) = (metadata.file_name(), metadata.once());
        let creation = Creation { length, name, once, notes: metadata.raw, came_from };
        // In a task of its own, so that a caller who goes away leaves an upload with what they brought.
        let (intake, submission) = (self.intake.clone(), self.submitter.submission.clone());
        let body = std::mem::take(body);
        let has_piece = piece.is_some();
        let creating = tokio::spawn(async move {
            let (standing, fresh) = intake.create(&submission, creation).await.map_err(|error| intake.noted(error))?;
            match piece.filter(|_| fresh) {
                Some(piece) => bring_first(&intake, standing, &submission, piece, body).await,
                None => {
                    read_on(body, CHECKED_PIECE).await;
                    Ok(standing)
                }
            }
        });
        let standing = creating.await.map_err(|join| IntakeError::Spool(std::io::Error::other(join)))??;
        self.note_visit().await?;
        let mut response = answer(StatusCode::CREATED);
        set(response.headers_mut(), LOCATION, address(&standing.upload.id));
        match has_piece {
            true => set_standing(response.headers_mut(), &standing),
            false => set_expiry(response.headers_mut(), &standing),
        }
        Ok(response)
    }

    /// The piece that comes with the creation, if any does.
    fn first_piece(&self, length: Option<u64>, body: &Body) -> Result<Option<Piece>, Refused> {
        let given = &self.parts.headers;
        let announced = body.size_hint().exact();
        if !headers::has_piece(given)? {
            return if announced == Some(0) { Ok(None) } else { Err(Refused::MediaType) };
        }
        if length.is_some_and(|length| announced.unwrap_or(0) > length) {
            return Err(IntakeError::WrongLength.into());
        }
        Ok(Some(Piece { at: 0, length: None, announced, digest: headers::checksum(given)? }))
    }

    async fn stand(&self, id: &UploadId) -> Result<Response, Refused> {
        let standing = self.intake.stand(&self.submitter.submission, id).await?;
        let mut response = answer(StatusCode::OK);
        set_all(response.headers_mut(), &standing);
        Ok(response)
    }

    async fn bring(&self, id: &UploadId, body: &mut Body) -> Result<Response, Refused> {
        let given = &self.parts.headers;
        if !headers::has_piece(given)? {
            return Err(Refused::MediaType);
        }
        let (at, length, digest) = (headers::offset(given)?, headers::length(given)?, headers::checksum(given)?);
        let piece = Piece { at, length, announced: body.size_hint().exact(), digest };
        let body = std::mem::take(body);
        let standing = self.intake.bring(&self.submitter.submission, id, piece, body).await?;
        self.note_visit().await?;
        let mut response = answer(StatusCode::NO_CONTENT);
        set_standing(response.headers_mut(), &standing);
        Ok(response)
    }

    async fn remove(&self, standing: Standing) -> Result<Response, Refused> {
        if standing.sent {
            return Err(Problem::AlreadySent.into());
        }
        self.remove_item(&standing).await?;
        Ok(answer(StatusCode::NO_CONTENT))
    }

    async fn remove_item(&self, standing: &Standing) -> IntakeResult<()> {
        let site = self.intake.site();
        let item = &standing.upload.item;
        let mut tx = site.db.write().await?;
        if self.intake.remove_in(&mut tx, item).await? {
            let facts = json!({ "item": standing.upload.number, "was_sent": false });
            audit::record(&mut tx, site.clock.now(), "sender", "item_removed", "item", item.as_str(), facts).await?;
        }
        tx.commit().await?;
        self.intake.removed(item);
        Ok(())
    }

    /// Somebody whose file was arriving all the while was not idle.
    async fn note_visit(&self) -> IntakeResult<()> {
        let now = self.intake.site().clock.now();
        if now.since(self.began) > MINUTE {
            let mut tx = self.intake.site().db.write().await?;
            visit::seen(&mut tx, &self.submitter.visit, now).await?;
            tx.commit().await?;
        }
        Ok(())
    }
}

/// Takes the piece that came with a creation. The upload is there, so its sender must learn its address, whatever became
/// of the piece; only one whose bytes were wrong, or too many, is taken away again.
async fn bring_first(
    intake: &Intake,
    standing: Standing,
    submission: &crate::id::SubmissionId,
    piece: Piece,
    body: Body,
) -> IntakeResult<Standing> {
    let id = standing.upload.id.clone();
    match intake.bring(submission, &id, piece, body).await {
        Err(error @ (IntakeError::OtherBytes | IntakeError::WrongLength | IntakeError::Limit(_))) => {
            intake.remove(&standing.upload.item).await?;
            Err(error)
        }
        Err(error) => {
            tracing::warn!(upload = id.as_str(), cause = %error, "a first piece was not kept whole");
            intake.find(submission, &id).await
        }
        taken => taken,
    }
}
