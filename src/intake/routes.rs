//! `POST /tell/evidence`, and `POST /tell/one` for one thing: files by an ordinary form, without JavaScript, streamed to
//! the spool as they come.
//!
//! The form's token and draft come before its files and are checked before a byte of a file is kept. Each file is an
//! upload of its own: what came whole is kept, whatever happens to the next one. A file that is refused is read past
//! (within bounds), so that the files after it are kept and the browser shows a page instead of a broken connection.
//!
//! The work runs in a task of its own: when the phone goes away, what it brought is still made durable.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use axum::body::{Body, BodyDataStream, Bytes};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Redirect, Response};
use futures_util::{Stream, StreamExt};
use hyper::body::Body as _;
use multer::{Field, Multipart};

use super::{Asked, Finished, Intake, IntakeError, Limit, Writer};
use crate::evidence::one::{ABOUT, Missing, ONE, one_page};
use crate::evidence::pages::Refusal;
use crate::evidence::routes::{address, evidence_page};
use crate::id::ItemId;
use crate::web::client::ClientAddr;
use crate::web::{Answer, Form, Problem, Route, Submitter, Who, csrf};
use crate::words::Speech;

/// Most bytes in a field that is not a file: a token, a draft's id.
const FIELD_BYTES: usize = 4 * 1024;
/// Most fields, files among them.
const FIELDS: usize = 500;

/// The addresses.
pub fn routes(intake: &Intake) -> Vec<Route> {
    let held = intake.clone();
    let several = move |submitter: Submitter, client: ClientAddr, speech: Speech, request: Request| {
        take_files(held.clone(), submitter, client, speech, request, Page::Evidence)
    };
    let held = intake.clone();
    let one = move |submitter: Submitter, client: ClientAddr, speech: Speech, request: Request| {
        take_files(held.clone(), submitter, client, speech, request, Page::One)
    };
    let mut routes = vec![
        Route::post("/tell/evidence", Who::SenderOrCard, several, intake.site()),
        Route::post(ONE, Who::Draft, one, intake.site()),
    ];
    routes.extend(super::tus::routes(intake));
    routes.extend(super::watch::routes(intake));
    routes
}

/// From which page files come, and so where their sender goes next.
#[derive(Clone, Copy)]
enum Page {
    /// The page on which files are chosen.
    Evidence,
    /// "Just say one thing".
    One,
}

async fn take_files(
    intake: Intake,
    submitter: Submitter,
    client: ClientAddr,
    speech: Speech,
    request: Request,
    from: Page,
) -> Answer {
    let asked = Asked {
        expected: request.body().size_hint().exact(),
        came_from: Some(client.keyed_today(intake.site(), intake.site().clock.now())),
    };
    let content_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let boundary = multer::parse_boundary(content_type);
    let body = SharedBody::new(request.into_body());
    let Ok(boundary) = boundary else {
        body.read_past(intake.most_read_past()).await;
        return Err(Problem::Unreadable);
    };
    let (working, whose) = (intake.clone(), submitter.clone());
    let form = tokio::spawn(async move {
        let outcome = FormInTransit::new(&working, &whose, asked).take(body.clone(), boundary).await;
        if outcome.is_err() {
            body.read_past(working.most_read_past()).await;
        }
        outcome
    });
    let taken = form.await.map_err(anyhow::Error::from)??;
    answer(&intake, &submitter, speech, taken, from).await
}

/// To what each new file is, or to the page with what went wrong and the list of what arrived.
async fn answer(intake: &Intake, submitter: &Submitter, speech: Speech, taken: Taken, from: Page) -> Answer {
    if let Some(refusal) = taken.refusal {
        let site = intake.site();
        let mut page: Response = match from {
            Page::Evidence => evidence_page(site, submitter, speech, Some(refusal)).await?,
            Page::One => one_page(site, submitter, speech, Some(Missing::File(refusal))).await?.into_response(),
        };
        *page.status_mut() = match refusal {
            Refusal::TooLarge | Refusal::TooMany | Refusal::TooMuch => StatusCode::PAYLOAD_TOO_LARGE,
            Refusal::NothingChosen | Refusal::Empty => StatusCode::UNPROCESSABLE_ENTITY,
            Refusal::BrokenOff => StatusCode::BAD_REQUEST,
        };
        return Ok(page);
    }
    let next = match from {
        Page::Evidence => taken.first.as_ref().map_or_else(|| "/tell/evidence".to_owned(), address),
        Page::One => ABOUT.to_owned(),
    };
    Ok(Redirect::to(&next).into_response())
}

/// What became of a form's files.
#[derive(Default)]
struct Taken {
    /// The first file that the store has confirmed.
    first: Option<ItemId>,
    /// Files that came whole.
    files: usize,
    /// What a person should read about, the gravest last seen.
    refusal: Option<Refusal>,
}

/// How one file ended.
enum FileEnd {
    Whole(ItemId, Finished),
    NotChosen,
    Refused(Refusal),
    BrokenOff,
}

/// A form while it comes in.
struct FormInTransit<'a> {
    intake: &'a Intake,
    submitter: &'a Submitter,
    /// The room that the whole form asks for, and who asks.
    asked: Asked,
    fields: Vec<(String, String)>,
    checked: bool,
    taken: Taken,
}

impl<'a> FormInTransit<'a> {
    fn new(intake: &'a Intake, submitter: &'a Submitter, asked: Asked) -> FormInTransit<'a> {
        FormInTransit { intake, submitter, asked, fields: Vec::new(), checked: false, taken: Taken::default() }
    }

    async fn take(mut self, body: SharedBody, boundary: String) -> Answer<Taken> {
        let mut parts = Multipart::new(body, boundary);
        for _ in 0..FIELDS {
            let field = match parts.next_field().await {
                Ok(Some(field)) => field,
                Ok(None) => return self.finished(),
                Err(_) => return self.broken_off(),
            };
            if field.name() != Some("file") {
                if !self.take_small(field).await? {
                    return self.broken_off();
                }
                continue;
            }
            self.check()?;
            match self.take_file(field).await? {
                FileEnd::Whole(item, finished) => self.note_whole(item, finished),
                FileEnd::NotChosen => {}
                FileEnd::Refused(refusal) => self.taken.refusal = Some(refusal),
                FileEnd::BrokenOff => return self.broken_off(),
            }
        }
        Err(Problem::TooLarge)
    }

    /// The form's own token and draft, before anything is kept.
    fn check(&mut self) -> Result<(), Problem> {
        if !self.checked {
            let form = Form::from_fields(std::mem::take(&mut self.fields));
            form.check_submitter(self.intake.site(), self.submitter)?;
            self.checked = true;
        }
        Ok(())
    }

    fn note_whole(&mut self, item: ItemId, finished: Finished) {
        self.taken.files += 1;
        if finished.length == 0 {
            self.taken.refusal = Some(Refusal::Empty);
        }
        if finished.stored && self.taken.first.is_none() {
            self.taken.first = Some(item);
        }
    }

    fn finished(mut self) -> Answer<Taken> {
        self.check()?;
        if self.taken.files == 0 && self.taken.refusal.is_none() {
            self.taken.refusal = Some(Refusal::NothingChosen);
        }
        Ok(self.taken)
    }

    /// The body ended in the middle. Before any file it is no form at all.
    fn broken_off(mut self) -> Answer<Taken> {
        if !self.checked {
            return Err(Problem::Unreadable);
        }
        self.taken.refusal = Some(Refusal::BrokenOff);
        Ok(self.taken)
    }

    /// A small field. False when the body broke off in it.
    async fn take_small(&mut self, mut field: Field<'_>) -> Answer<bool> {
        let name = field.name().unwrap_or_default().to_owned();
        let mut value = Vec::new();
        loop {
            match field.chunk().await {
                Ok(Some(chunk)) if value.len() + chunk.len() <= FIELD_BYTES => value.extend_from_slice(&chunk),
                Ok(Some(_)) => return Err(Problem::TooLarge),
                Ok(None) => break,
                Err(_) => return Ok(false),
            }
        }
        if [csrf::TOKEN, csrf::DRAFT].contains(&name.as_str()) {
            self.fields.push((name, String::from_utf8_lossy(&value).into_owned()));
        }
        Ok(true)
    }

    async fn take_file(&mut self, mut field: Field<'_>) -> Answer<FileEnd> {
        // Browsers write a quotation mark in a file's name as %22 (WHATWG HTML, multipart/form-data).
        let name = field.file_name().unwrap_or_default().replace("%22", "\"");
        let Ok(first) = first_bytes(&mut field).await else {
            return Ok(FileEnd::BrokenOff);
        };
        if first.is_none() && name.is_empty() {
            return Ok(FileEnd::NotChosen);
        }
        // The room for the whole form is asked for with its first file.
        let asked = Asked { expected: self.asked.expected.take(), ..self.asked.clone() };
        let upload = match self.intake.begin_from(&self.submitter.submission, None, &name, asked).await {
            Ok(upload) => upload,
            Err(error) => match self.intake.noted(error) {
                IntakeError::Limit(limit) => return self.refuse(field, refusal_of(limit)).await,
                error => return Err(error.into()),
            },
        };
        let settings = &self.intake.site().config.settings;
        let room = self.intake.room_left(&self.submitter.submission).await?;
        let most = settings.form_file_bytes.min(room);
        let mut writer = self.intake.writer(&upload.id).await.map_err(|error| self.intake.noted(error))?;
        let mut next = first;
        while let Some(chunk) = next {
            if writer.offset() + chunk.len() as u64 > most {
                drop(writer);
                self.intake.remove(&upload.item).await?;
                let limit = if room < settings.form_file_bytes { Limit::Submission } else { Limit::File };
                self.intake.noted(IntakeError::Limit(limit));
                return self.refuse(field, refusal_of(limit)).await;
            }
            writer.push(&chunk).await.map_err(|error| self.intake.noted(error))?;
            next = tokio::select! {
                chunk = field.chunk() => match chunk {
                    Ok(chunk) => chunk,
                    Err(_) => {
                        self.intake.noted(IntakeError::BrokenOff);
                        return keep_what_came(writer).await;
                    }
                },
                () = writer.must_let_go() => return Err(let_go(writer).await),
            };
        }
        let finished = writer.finish().await.map_err(|error| self.intake.noted(error))?;
        Ok(FileEnd::Whole(upload.item, finished))
    }

    /// Reads past the rest of a file that is not taken, so that what follows it is.
    async fn refuse(&self, mut field: Field<'_>, refusal: Refusal) -> Answer<FileEnd> {
        let mut left = self.intake.most_read_past();
        loop {
            match field.chunk().await {
                Ok(Some(chunk)) => match left.checked_sub(chunk.len() as u64) {
                    Some(less) => left = less,
                    None => return Err(Problem::TooLarge),
                },
                Ok(None) => return Ok(FileEnd::Refused(refusal)),
                Err(_) => return Ok(FileEnd::BrokenOff),
            }
        }
    }
}

/// The first bytes of a file, if it has any: the parser also gives a piece of no bytes for a field that is empty, which
/// is how a browser says that no file was chosen.
async fn first_bytes(field: &mut Field<'_>) -> multer::Result<Option<Bytes>> {
    loop {
        match field.chunk().await? {
            Some(chunk) if chunk.is_empty() => {}
            other => return Ok(other),
        }
    }
}

impl Intake {
    /// How much of a body that is refused is read, so that the browser shows the page.
    fn most_read_past(&self) -> u64 {
        self.site().config.settings.form_file_bytes
    }
}

fn refusal_of(limit: Limit) -> Refusal {
    match limit {
        Limit::File | Limit::Piece => Refusal::TooLarge,
        Limit::Files => Refusal::TooMany,
        Limit::Submission => Refusal::TooMuch,
    }
}

/// The phone went away in the middle of a file: what came is durable, and the list says that it is not finished.
async fn keep_what_came(writer: Writer) -> Answer<FileEnd> {
    writer.end().await?;
    Ok(FileEnd::BrokenOff)
}

/// A newer request has come, or the item was removed.
async fn let_go(writer: Writer) -> Problem {
    match writer.end().await {
        Ok(_) => IntakeError::Superseded.into(),
        Err(error) => error.into(),
    }
}

/// A request's body that can be read on after the form's reader gave up. It gives one piece for each time it is asked,
/// so that the reader, which takes all there is, never gathers more than a piece.
#[derive(Clone)]
struct SharedBody {
    stream: Arc<Mutex<BodyDataStream>>,
    paused: Arc<Mutex<bool>>,
}

impl SharedBody {
    fn new(body: Body) -> SharedBody {
        SharedBody { stream: Arc::new(Mutex::new(body.into_data_stream())), paused: Arc::default() }
    }

    /// Reads and forgets up to `most` bytes.
    async fn read_past(mut self, most: u64) {
        let mut left = most;
        while let Some(Ok(chunk)) = self.next().await {
            match left.checked_sub(chunk.len() as u64) {
                Some(less) => left = less,
                None => return,
            }
        }
    }
}

impl Stream for SharedBody {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut paused = self.paused.lock().unwrap_or_else(PoisonError::into_inner);
        if std::mem::take(&mut *paused) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let piece = self.stream.lock().unwrap_or_else(PoisonError::into_inner).poll_next_unpin(cx);
        *paused = matches!(piece, Poll::Ready(Some(_)));
        piece
    }
}
