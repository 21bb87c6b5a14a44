//! `heard check`: what works, what is missing, and what that means for the people who use the service.

use std::path::Path;

use crate::app;
use crate::clock::Clock;
use crate::config::{Config, StorageChoice};
use crate::db::Db;
use crate::web::Site;

/// How one line of the report came out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Works,
    Missing,
    Broken,
}

struct Report {
    broken: bool,
}

impl Report {
    fn line(&mut self, mark: Mark, what: &str, meaning: &str) {
        let word = match mark {
            Mark::Works => "works  ",
            Mark::Missing => "missing",
            Mark::Broken => "BROKEN ",
        };
        self.broken |= mark == Mark::Broken;
        println!("{word}  {what}: {meaning}");
    }
}

pub(super) async fn run(config: Config) -> anyhow::Result<u8> {
    let mut report = Report { broken: false };
    match app::open(config, Clock::System).await {
        Err(error) => report.line(Mark::Broken, "start", &format!("{error:#}")),
        Ok(site) => {
            check_site(&site, &mut report).await;
            site.db.close().await;
        }
    }
    Ok(u8::from(report.broken))
}

async fn check_site(site: &Site, report: &mut Report) {
    let settings = &site.config.settings;
    let engine = match &site.db {
        Db::Sqlite { .. } => "SQLite in the data folder, commits are synced",
        Db::Postgres(_) => "PostgreSQL, commits are synced",
    };
    report.line(Mark::Works, "database", engine);
    let place = match &site.config.storage {
        StorageChoice::Disk(_) => "a folder on this machine",
        StorageChoice::S3 { .. } => "an S3 bucket",
    };
    match site.store.check().await {
        Ok(()) => {
            report.line(Mark::Works, "storage", &format!("{place}; a small object was written, read and deleted"))
        }
        Err(error) => report.line(Mark::Broken, "storage", &format!("{place}: {:#}", anyhow::Error::new(error))),
    }
    report.line(
        Mark::Works,
        "master key",
        "found, and it opens what was sealed. Keep a copy of it apart from the data",
    );
    check_room(&site.config, report);
    match &settings.smtp_url {
        Some(_) => report.line(Mark::Works, "mail", "a mail server is set"),
        None => report.line(Mark::Missing, "mail", "no mail is sent; staff links are printed. Set HEARD_SMTP_URL"),
    }
    match &settings.clamd {
        Some(_) => report.line(Mark::Works, "virus scanner", "its address is set"),
        None => report.line(Mark::Missing, "virus scanner", "pages say \"not checked for viruses\". Set HEARD_CLAMD"),
    }
    match &settings.operator_name {
        Some(_) => report.line(Mark::Works, "operator", "families read who runs this service"),
        None => report.line(Mark::Missing, "operator", "families cannot see who runs this. Set HEARD_OPERATOR_NAME"),
    }
    match &settings.inspectorate_statement {
        Some(_) => report.line(Mark::Works, "statement", "families read what Ofsted and CQC agreed to"),
        None => report.line(
            Mark::Missing,
            "statement",
            "pages say that Ofsted and CQC have not agreed to read what is sent. Set HEARD_INSPECTORATE_STATEMENT once they have",
        ),
    }
    match &settings.reading_hours {
        Some(_) => report.line(Mark::Works, "reading hours", "families read when somebody looks"),
        None => report.line(
            Mark::Missing,
            "reading hours",
            "families cannot see when somebody looks. Set HEARD_READING_HOURS",
        ),
    }
    if !site.config.https {
        report.line(
            Mark::Missing,
            "https",
            "for trying on this machine only. Set HEARD_PUBLIC_URL to an https:// address",
        );
    }
    let files = rustix::process::getrlimit(rustix::process::Resource::Nofile).maximum.unwrap_or(u64::MAX);
    let enough = files > settings.connections as u64 + 256;
    let mark = if enough { Mark::Works } else { Mark::Missing };
    report.line(
        mark,
        "open files",
        &format!("at most {files}; {} connections are taken at once", settings.connections),
    );
    check_jobs(site, report).await;
    check_tools(report);
}

async fn check_jobs(site: &Site, report: &mut Report) {
    let counted = async {
        let mut tx = site.db.read().await?;
        crate::jobs::count(&mut tx).await
    };
    match counted.await {
        Ok(counts) if counts.failed == 0 => {
            report.line(Mark::Works, "background work", &format!("{} waiting", counts.open));
        }
        Ok(counts) => {
            let meaning = format!("{} waiting, {} need a person", counts.open, counts.failed);
            report.line(Mark::Missing, "background work", &meaning);
        }
        Err(error) => report.line(Mark::Broken, "background work", &format!("{error:#}")),
    }
}

fn check_room(config: &Config, report: &mut Report) {
    for (name, folder) in [("room for arriving files", config.spool()), ("room for data", config.data().to_owned())] {
        match free_bytes(&folder) {
            Some(free) => {
                let mark = if free > 4 << 30 { Mark::Works } else { Mark::Missing };
                report.line(mark, name, &format!("{} GiB free", free >> 30));
            }
            None => report.line(Mark::Broken, name, "the folder cannot be read"),
        }
    }
}

fn free_bytes(folder: &Path) -> Option<u64> {
    let facts = rustix::fs::statvfs(folder).ok()?;
    Some(facts.f_bavail.saturating_mul(facts.f_frsize))
}

/// The outside tools that prepare safe copies. Without one, the original is still received and kept.
fn check_tools(report: &mut Report) {
    let tools = [
        ("ffmpeg", "videos and sound"),
        ("pdftoppm", "pages of scanned paper"),
        ("heif-convert", "photos from iPhones"),
        ("tesseract", "words on scanned paper"),
        ("bwrap", "running the others in a closed box"),
    ];
    let folders: Vec<_> =
        std::env::var_os("PATH").map(|path| std::env::split_paths(&path).collect()).unwrap_or_default();
    for (tool, purpose) in tools {
        let found = folders.iter().any(|folder: &std::path::PathBuf| folder.join(tool).is_file());
        let mark = if found { Mark::Works } else { Mark::Missing };
        let meaning = if found { "found" } else { "not found; originals are kept, safe copies are not made" };
        report.line(mark, tool, &format!("for {purpose}: {meaning}"));
    }
}
