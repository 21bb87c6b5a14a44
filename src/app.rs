//! The assembly: opens the parts of a site, puts the whole address table together, and names every job's handler.

use std::fs;

use anyhow::Context;
use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::csrf::CsrfLayer;

use crate::clock::Clock;
use crate::config::{Config, DatabaseChoice};
use crate::db::Db;
use crate::intake::{self, Intake};
use crate::jobs::{JobQueue, Registry};
use crate::mail;
use crate::prepare;
use crate::retention;
use crate::review::alert::tell_of_flag;
use crate::review::jobs as review;
use crate::storage::Store;
use crate::storage::key_copies;
use crate::storage::keys::{COPY_KEY, ERASE_KEY_COPY, Keys};
use crate::submission::not_safe::TELL_OF_FLAG;
use crate::web::guard::guard;
use crate::web::headers::Headers;
use crate::web::journal::journal;
use crate::web::problem::Problem;
use crate::web::render::render;
use crate::web::site::Parts;
use crate::web::{Route, Site, assets, health, read_aloud, signed};
use crate::words::aloud::Aloud;
use crate::words::languages::Languages;
use crate::words::own_pictures::OwnPictures;
use crate::words::signed::{Signed, name_of};

/// Opens everything that a site stands on: makes the folders and the master key on the first start, and brings the
/// tables up to date.
pub async fn open(config: Config, clock: Clock) -> anyhow::Result<Intake> {
    let db = open_database(&config).await?;
    let store = Store::open(&config).await?;
    let keys = Keys::open(&config, &db, clock.now()).await?;
    let own_pictures = match &config.settings.pictures {
        Some(folder) => Some(OwnPictures::read(folder).context("a picture of HEARD_PICTURES cannot be used")?),
        None => None,
    };
    let languages = match (&config.settings.words, own_pictures) {
        (None, None) => Languages::embedded(),
        (folder, own) => Languages::with(folder.as_deref(), own).context("a language of HEARD_WORDS cannot be used")?,
    };
    let signed = match &config.settings.signed {
        Some(folder) => Signed::open(folder).map_err(anyhow::Error::msg).context("HEARD_SIGNED cannot be used")?,
        None => Signed::default(),
    };
    // One for each site that a process opens, which is one.
    let aloud: &'static Aloud = Box::leak(Box::new(Aloud::new(&keys.service("csrf").hmac(&[b"read aloud"]))));
    let site = Site::new(Parts {
        config,
        db,
        store,
        keys,
        clock,
        words: languages.find("en"),
        languages,
        aloud,
        signed: Box::leak(Box::new(signed)),
        jobs: JobQueue::default(),
    });
    crate::area::load_reference_data(&site).await?;
    let intake = Intake::open(site).await?;
    each_video_has_its_page(&intake)?;
    Ok(intake)
}

/// Refuses a video that no page would ever show: its name has a slip.
fn each_video_has_its_page(intake: &Intake) -> anyhow::Result<()> {
    let pages: Vec<&str> = addresses(intake).into_iter().map(|route| route.path).collect();
    let question =
        |name: &str| name.strip_prefix("tell-questions-").is_some_and(|number| number.parse::<u32>().is_ok());
    for name in intake.site().signed.names() {
        let is_page = pages.iter().any(|path| !path.starts_with("/staff") && name_of(path) == name);
        anyhow::ensure!(is_page || question(name), "HEARD_SIGNED has a video called {name}, and no page is called so");
    }
    Ok(())
}

/// Opens the database alone, and brings its tables up to date.
pub async fn open_database(config: &Config) -> anyhow::Result<Db> {
    make_private_folder(config.data())?;
    let db = match &config.database {
        DatabaseChoice::Sqlite(path) => {
            let folder = path.parent().context("the database's path names no folder")?;
            make_private_folder(folder)?;
            Db::open_sqlite(path).await?
        }
        DatabaseChoice::Postgres(url) => Db::open_postgres(url).await?,
    };
    db.migrate().await?;
    Ok(db)
}

/// Makes a folder that only this program's user can read.
fn make_private_folder(folder: &std::path::Path) -> anyhow::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    if folder.exists() {
        return Ok(());
    }
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .with_context(|| format!("the folder {} cannot be made", folder.display()))
}

/// The whole address table, feature by feature.
pub fn addresses(intake: &Intake) -> Vec<Route> {
    let site = intake.site();
    [
        health::routes(site),
        assets::routes(site),
        read_aloud::routes(site),
        signed::routes(site),
        crate::account::routes(site),
        crate::area::routes(site),
        crate::evidence::routes(site),
        intake::routes(intake),
        prepare::routes(site),
        crate::submission::public_pages::routes(site),
        crate::submission::question_set_pages::routes(site),
        crate::submission::routes(intake),
        crate::review::routes(site),
        crate::submission::answers::routes(site),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The handlers of every kind of job but those of [`preparing`].
pub fn jobs() -> Registry<Intake> {
    retention::jobs(crate::submission::jobs::jobs(intake::jobs(Registry::new())))
        .on(COPY_KEY, |site: Intake, id: String| async move { key_copies::copy(&site.db, &site.store, &id).await })
        .on(ERASE_KEY_COPY, |site: Intake, id: String| async move { Ok(key_copies::erase(&site.store, &id).await?) })
        .on(mail::SEND_MAIL, |site: Intake, id: String| async move {
            mail::send(&site.db, &site.keys, &site.config, &site.clock, &id).await
        })
        .on(review::QUEUE_SUBMISSION, |intake: Intake, id| review::queue_submission(intake.site().clone(), id))
        .on(TELL_OF_FLAG, |intake: Intake, id| tell_of_flag(intake.site().clone(), id))
        .on(review::OPEN_INSPECTION, |intake: Intake, id| review::open_inspection(intake.site().clone(), id))
}

/// The handlers of the work on safe copies: each registry has a worker of its own, so that nothing waits for a film.
pub fn preparing() -> [Registry<Intake>; 2] {
    [prepare::quick_jobs(), prepare::long_jobs()]
}

/// What answers requests: every address behind its guard, and around it what every answer needs.
pub fn router(intake: &Intake) -> Router {
    let site = intake.site().clone();
    let mut router = Router::new();
    for route in addresses(intake) {
        let (site, who) = (site.clone(), route.who);
        let guarded =
            route.answer.layer(from_fn(move |request: Request, next: Next| guard(site.clone(), who, request, next)));
        router = router.route(route.path, guarded);
    }
    let headers = Headers::new(&site.config);
    // A proxy may give us another Host than people see: a form that comes from the public address is ours all the same.
    let ours_only = CsrfLayer::new()
        .add_trusted_origin(&site.config.public_url)
        .expect("the settings keep the public address as an origin")
        .with_rejection_response(|_| Problem::ExpiredForm.into_response());
    router
        .fallback(async || Problem::NotFound)
        .layer(ours_only)
        .layer(CatchPanicLayer::custom(|_| -> Response { Problem::Fault.into_response() }))
        .layer(from_fn_with_state(site, render))
        .layer(axum::middleware::map_response(move |mut response: Response| {
            headers.add_to(response.headers_mut());
            std::future::ready(response)
        }))
        .layer(from_fn(journal))
}
