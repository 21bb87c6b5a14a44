//! The guard in front of every address: who is there, and may they come here?
//!
//! It reads the cookie of the address's own door, asks the database once, and leaves [`Submitter`] or [`Staff`] with the
//! request. Whoever may not come gets the page that helps them on; at the staff door, a page that does not exist.

use axum::body::Body;
use axum::extract::Request;
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use futures_util::StreamExt;

use super::cookies::{self, Door};
use super::form::NeedsDraft;
use super::given_back::{self, Typed};
use super::problem::Problem;
use super::route::Who;
use super::site::Site;
use super::who::{Staff, Submitter};
use super::{staff_session, visit};
use crate::clock::{MINUTE, Moment};

/// How much is read past where a program was refused: a part of a file as our own page sends it.
const PROGRAM_BYTES: u64 = 8 << 20;

/// Lets a request through to its handler, or answers it; and gives back what was typed where that comes to nothing.
pub async fn guard(site: Site, who: Who, request: Request, next: Next) -> Response {
    let (mut request, typed) = match given_back::keep(request).await {
        Ok(kept) => kept,
        Err(problem) => return problem.into_response(),
    };
    let admitted = match who {
        Who::HalfSignedIn | Who::Staff(_) => admit_staff(&site, who, &mut request, &typed).await,
        Who::Anyone | Who::Draft | Who::Sender | Who::SenderOrCard | Who::Card | Who::Uploader => {
            admit_submitter(&site, who, &mut request).await
        }
    };
    let response = match admitted {
        Ok(()) => next.run(request).await,
        Err(response) => {
            let most = match who {
                Who::Uploader => PROGRAM_BYTES,
                _ => site.config.settings.form_file_bytes,
            };
            read_past(request.into_body(), most).await;
            response
        }
    };
    given_back::give_back(response, typed)
}

/// Reads past what a refused request still brings, within bounds: a browser shows an answer only after it has sent its
/// body, and otherwise a broken connection.
async fn read_past(body: Body, most: u64) {
    let mut pieces = body.into_data_stream();
    let mut left = most;
    while let Some(Ok(piece)) = pieces.next().await {
        match left.checked_sub(piece.len() as u64) {
            Some(less) => left = less,
            None => return,
        }
    }
}

async fn admit_submitter(site: &Site, who: Who, request: &mut Request) -> Result<(), Response> {
    let now = site.clock.now();
    let found = match cookies::secret(request.headers(), Door::Submitter, site.config.https) {
        Some(secret) => find_visit(site, secret, now).await.map_err(IntoResponse::into_response)?,
        None => None,
    };
    let idle = matches!(found, Some((_, true)));
    let submitter = found.map(|(submitter, _)| submitter);
    if who == Who::Anyone {
        // A page for anyone greets whoever is there, but shows nothing of an idle visit.
        if let Some(submitter) = submitter.filter(|_| !idle) {
            request.extensions_mut().insert(submitter);
        }
        return Ok(());
    }
    let Some(submitter) = submitter else {
        return Err(Problem::NoVisit.into_response());
    };
    if idle && *request.method() == Method::GET && who == Who::Uploader {
        return Err(Problem::Idle.into_response());
    }
    if idle && who != Who::Uploader && matches!(*request.method(), Method::GET | Method::HEAD) {
        return Err(Redirect::to("/return?idle=yes").into_response());
    }
    if let Some(refused) = at_the_wrong_door(who, &submitter, request.method()) {
        return Err(refused);
    }
    if who == Who::Draft && !submitter.is_draft() {
        let looks = matches!(*request.method(), Method::GET | Method::HEAD);
        return Err(if looks { Redirect::to("/sent").into_response() } else { Problem::AlreadySent.into_response() });
    }
    request.extensions_mut().insert(NeedsDraft);
    request.extensions_mut().insert(submitter);
    Ok(())
}

/// A child's own card opens its small door and never the pages of whoever made it; nobody else comes to that door.
fn at_the_wrong_door(who: Who, submitter: &Submitter, method: &Method) -> Option<Response> {
    let by_card = submitter.card_of.is_some();
    let refused = match who {
        Who::Card => !by_card,
        Who::Draft | Who::Sender => by_card,
        _ => false,
    };
    let looks = matches!(*method, Method::GET | Method::HEAD);
    match (refused, by_card && looks) {
        (false, _) => None,
        (true, true) => Some(Redirect::to("/own").into_response()),
        (true, false) => Some(Problem::NotFound.into_response()),
    }
}

async fn find_visit(
    site: &Site,
    secret: super::who::Secret,
    now: Moment,
) -> Result<Option<(Submitter, bool)>, Problem> {
    let mut tx = site.db.read().await?;
    let (found, seen) = visit::find(&mut tx, secret, now).await?;
    drop(tx);
    Ok(match found {
        visit::Found::Nobody => None,
        visit::Found::Idle(submitter) => Some((submitter, true)),
        visit::Found::Here(submitter) => {
            if now.since(seen) > MINUTE {
                let mut tx = site.db.write().await?;
                visit::seen(&mut tx, &submitter.visit, now).await?;
                tx.commit().await?;
            }
            Some((submitter, false))
        }
    })
}

async fn admit_staff(site: &Site, who: Who, request: &mut Request, typed: &Typed) -> Result<(), Response> {
    let now = site.clock.now();
    let sign_in = sign_in_and_come_back(request, typed);
    let Some(secret) = cookies::secret(request.headers(), Door::Staff, site.config.https) else {
        return Err(sign_in);
    };
    let staff = find_staff(site, &secret, now).await.map_err(IntoResponse::into_response)?;
    match (who, staff) {
        (Who::HalfSignedIn, Some(staff)) => {
            request.extensions_mut().insert(staff);
            Ok(())
        }
        (Who::Staff(roles), Some(staff)) if staff.is_signed_in() => {
            if !roles.contains(&staff.role) {
                return Err(Problem::NotFound.into_response());
            }
            request.extensions_mut().insert(staff);
            Ok(())
        }
        _ => Err(sign_in),
    }
}

async fn find_staff(site: &Site, secret: &super::who::Secret, now: Moment) -> Result<Option<Staff>, Problem> {
    let mut tx = site.db.read().await?;
    let found = staff_session::find(&mut tx, secret, now).await?;
    drop(tx);
    let Some((staff, seen)) = found else {
        return Ok(None);
    };
    if staff.is_signed_in() && now.since(seen) > MINUTE {
        let mut tx = site.db.write().await?;
        staff_session::seen(&mut tx, &staff.session, now).await?;
        tx.commit().await?;
    }
    Ok(Some(staff))
}

/// To the sign-in page, which comes back here afterwards: an item's address opens there after sign-in. Whoever wrote
/// something, such as a note, gets their words back first.
fn sign_in_and_come_back(request: &Request, typed: &Typed) -> Response {
    if *request.method() != Method::GET {
        return match typed.words().is_empty() {
            true => Redirect::to("/staff/sign-in").into_response(),
            false => Problem::SignedOut.into_response(),
        };
    }
    let path = request.uri().path_and_query().map_or("/staff", |path| path.as_str());
    let next = percent_encoding::utf8_percent_encode(path, percent_encoding::NON_ALPHANUMERIC);
    Redirect::to(&format!("/staff/sign-in?next={next}")).into_response()
}
