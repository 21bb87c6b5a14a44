//! `heard check`: what works, what is missing, and what that means for the people who use the service.
//!
//! It makes nothing: in a folder where Heard never ran it says what the first start will make, and whether it can.

use std::path::Path;

use super::contacts::{areas_of, in_words};
use crate::account::store::{self as accounts, Email};
use crate::app;
use crate::clock::Clock;
use crate::config::{Config, DatabaseChoice, StorageChoice};
use crate::db::Db;
use crate::malware::{ScanError, Scanner};
use crate::media::boxed::{self, Wall};
use crate::media::tools;
use crate::storage::lifecycle::{self, Rules};
use crate::submission::contacts;
use crate::web::{Role, Site};

/// How one line of the report came out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Works,
    Later,
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
            Mark::Later => "later  ",
            Mark::Missing => "missing",
            Mark::Broken => "BROKEN ",
        };
        self.broken |= mark == Mark::Broken;
        println!("{word}  {what}: {meaning}");
    }
}

pub(super) async fn run(config: Config) -> anyhow::Result<u8> {
    let mut report = Report { broken: false };
    if is_before_the_first_start(&config) {
        check_first_start(&config, &mut report);
    } else {
        match app::open(config.clone(), Clock::System).await {
            Err(error) => report.line(Mark::Broken, "start", &format!("{error:#}")),
            Ok(site) => {
                check_site(&site, &mut report).await;
                site.db.close().await;
            }
        }
    }
    check_room(&config, &mut report);
    check_settings(&config, &mut report).await;
    check_tools(&config, &mut report);
    Ok(u8::from(report.broken))
}

/// Whether nothing of Heard is here yet: no data, no key, and no server that would have either.
fn is_before_the_first_start(config: &Config) -> bool {
    let holds_nothing = |folder: &Path| std::fs::read_dir(folder).map_or(true, |mut entries| entries.next().is_none());
    let local = matches!(config.storage, StorageChoice::Disk(_));
    match &config.database {
        DatabaseChoice::Sqlite(file) => {
            local && !file.exists() && !config.master_key_file.exists() && holds_nothing(config.data())
        }
        DatabaseChoice::Postgres(_) => false,
    }
}

fn check_first_start(config: &Config, report: &mut Report) {
    println!(
        "Heard has not run here yet. `heard` makes what is missing, and prints a link for the first staff account."
    );
    for (what, place) in [("data folder", config.data()), ("master key", config.master_key_file.as_path())] {
        let above = that_exists(place);
        let may_write = rustix::fs::access(above, rustix::fs::Access::WRITE_OK).is_ok();
        match may_write {
            true => report.line(Mark::Later, what, &format!("the first start makes {}", place.display())),
            false => {
                report.line(Mark::Broken, what, &format!("cannot be made: {} may not be written to", above.display()));
            }
        }
    }
    let listen = config.settings.listen;
    match std::net::TcpListener::bind(listen) {
        Ok(_) => report.line(Mark::Works, "address", &format!("{listen} is free")),
        Err(error) => {
            let meaning = format!("{listen} cannot be used ({error}). HEARD_LISTEN chooses another");
            report.line(Mark::Broken, "address", &meaning);
        }
    }
}

/// The path itself, or the nearest folder above it that is there.
fn that_exists(path: &Path) -> &Path {
    let above = path.ancestors().find(|above| above.exists());
    above.filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

async fn check_site(site: &Site, report: &mut Report) {
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
    check_rules(site, report).await;
    report.line(
        Mark::Works,
        "master key",
        "found, and it opens what was sealed. Keep a copy of it apart from the data",
    );
    check_accounts_on_call(site, report).await;
    check_jobs(site, report).await;
    check_contacts(site, report).await;
}

async fn check_rules(site: &Site, report: &mut Report) {
    match lifecycle::look(&site.store, site.config.settings.draft_days).await {
        Rules::NotABucket => {}
        Rules::Harmless => report.line(Mark::Works, "bucket's rules", "none takes away what Heard keeps"),
        Rules::NotTold(why) => {
            let meaning = format!(
                "the bucket does not tell its lifecycle rules ({why}). See that none gives up unfinished uploads \
                 (AbortIncompleteMultipartUpload) within {} days, and that none deletes objects",
                site.config.settings.draft_days
            );
            report.line(Mark::Missing, "bucket's rules", &meaning);
        }
        Rules::Harmful(harms) => {
            for harm in harms {
                report.line(Mark::Broken, "bucket's rules", &harm.to_string());
            }
        }
    }
}

async fn check_settings(config: &Config, report: &mut Report) {
    let settings = &config.settings;
    match &settings.smtp_url {
        Some(_) => report.line(Mark::Works, "mail", "a mail server is set"),
        None => report.line(Mark::Missing, "mail", "no mail is sent; staff links are printed. Set HEARD_SMTP_URL"),
    }
    match &settings.clamd {
        Some(setting) => match asked(&Scanner::from_setting(setting)).await {
            Ok((version, true)) => report.line(Mark::Works, "virus scanner", &format!("it answers: {version}")),
            Ok((_, false)) => report.line(
                Mark::Missing,
                "virus scanner",
                "it calls clean what it did not look at (too large, or too deep inside another file). Write \
                 AlertExceedsMax yes into its clamd.conf",
            ),
            Err(_) => report.line(
                Mark::Broken,
                "virus scanner",
                "it does not answer at HEARD_CLAMD. What arrives is kept, and waits to be checked",
            ),
        },
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
    check_on_call(config, report);
    match &settings.privacy_text {
        Some(_) => report.line(Mark::Works, "privacy", "families read the operator's own words on the privacy page"),
        None => report.line(
            Mark::Missing,
            "privacy",
            "the privacy page cannot say which law is used, how long things are kept and whom to ask. Set HEARD_PRIVACY_TEXT",
        ),
    }
    if !config.https {
        report.line(
            Mark::Missing,
            "https",
            "for trying on this machine only. Set HEARD_PUBLIC_URL to an https:// address",
        );
    }
    if config.https && settings.trusted_proxies.is_empty() {
        report.line(
            Mark::Missing,
            "visitors' addresses",
            "all seem to come from the proxy in front, and share what one address may have. Set HEARD_TRUSTED_PROXIES",
        );
    }
    match settings.metrics_listen {
        Some(address) if address.ip().is_loopback() => {
            report.line(Mark::Works, "metrics", &format!("told at http://{address}/metrics"));
        }
        Some(address) => {
            let meaning = format!("told at http://{address}/metrics to everybody who reaches it. Is that meant?");
            report.line(Mark::Missing, "metrics", &meaning);
        }
        None => report.line(Mark::Missing, "metrics", "a monitor has nothing to read. Set HEARD_METRICS_LISTEN"),
    }
    let files = rustix::process::getrlimit(rustix::process::Resource::Nofile).maximum.unwrap_or(u64::MAX);
    let enough = files > settings.connections as u64 + 256;
    let mark = if enough { Mark::Works } else { Mark::Missing };
    report.line(
        mark,
        "open files",
        &format!("at most {files}; {} connections are taken at once", settings.connections),
    );
}

/// The scanner's version, and whether it says so when it did not look at all of a file.
async fn asked(scanner: &Scanner) -> Result<(String, bool), ScanError<std::io::Error>> {
    Ok((scanner.version().await?, scanner.owns_up().await?))
}

/// Who is told at once, and whether a service that the public can reach may start.
fn check_on_call(config: &Config, report: &mut Report) {
    let names: Vec<&str> = config.on_call.iter().map(|person| person.name.as_str()).collect();
    match names.is_empty() {
        true => report.line(
            Mark::Missing,
            "on call",
            "nobody is told at once when a sender says that someone is not safe now. Set HEARD_ON_CALL",
        ),
        false => report.line(
            Mark::Works,
            "on call",
            &format!("told at once when a sender says that someone is not safe now: {}", names.join("; ")),
        ),
    }
    if let Err(unsafe_settings) = config.refuse_public_without_people() {
        report.line(Mark::Broken, "public address", &format!("`heard serve` does not start. {unsafe_settings}"));
    }
}

/// Whether those on call can open what their letter leads to.
async fn check_accounts_on_call(site: &Site, report: &mut Report) {
    for person in &site.config.on_call {
        match may_open_flags(site, &person.email).await {
            Ok(true) => {}
            Ok(false) => {
                let meaning = format!(
                    "{} has no staff account that opens the safeguarding lane. `heard staff invite` makes one",
                    person.name
                );
                report.line(Mark::Missing, "on call", &meaning);
            }
            Err(error) => report.line(Mark::Broken, "on call", &format!("{error:#}")),
        }
    }
}

async fn may_open_flags(site: &Site, email: &str) -> anyhow::Result<bool> {
    let Some(email) = Email::parse(email) else { return Ok(false) };
    let mut tx = site.db.read().await?;
    let Some(id) = accounts::find_by_email(&mut tx, &site.keys, &email).await? else { return Ok(false) };
    let person = accounts::find_person(&mut tx, &site.keys, &id).await?;
    Ok(person.is_some_and(|person| person.role == Role::Safeguarding && person.joined && person.disabled.is_none()))
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

/// Numbers that nobody could compare with a source are not on the page before an operator has.
async fn check_contacts(site: &Site, report: &mut Report) {
    let listed = async {
        let mut tx = site.db.read().await?;
        contacts::list_confirmed(&mut tx).await
    };
    let confirmed = match listed.await {
        Ok(confirmed) => confirmed,
        Err(error) => return report.line(Mark::Broken, "who can help", &format!("{error:#}")),
    };
    for contact in contacts::unconfirmed(&confirmed) {
        let meaning = format!(
            "not shown to families: {}. `heard contacts confirm {} --by NAME --source …` shows it",
            in_words(contact),
            contact.id
        );
        report.line(Mark::Missing, "who can help", &meaning);
    }
    for contact in contacts::all().iter().filter(|contact| contact.each_area) {
        let number = areas_of(contact, &confirmed);
        let meaning = format!(
            "{}: {number} areas have a link of their own. `heard contacts confirm {} --area CODE --website …` adds one",
            contact.id, contact.id
        );
        report.line(if number > 0 { Mark::Works } else { Mark::Missing }, "who can help", &meaning);
    }
}

fn check_room(config: &Config, report: &mut Report) {
    let folders = [
        ("room for arriving files", config.spool()),
        ("room for making copies", config.workshops()),
        ("room for data", config.data().to_owned()),
    ];
    for (name, folder) in folders {
        match free_bytes(that_exists(&folder)) {
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
fn check_tools(config: &Config, report: &mut Report) {
    for (tool, package, purpose) in tools::PURPOSES.into_iter().filter(|(tool, ..)| *tool != "bwrap") {
        match tools::find(tool) {
            Some(_) => report.line(Mark::Works, tool, &format!("for {purpose}: found")),
            None => {
                let meaning = format!("for {purpose}: not found; originals are kept. The package {package} brings it");
                report.line(Mark::Missing, tool, &meaning);
            }
        }
    }
    check_wall(report);
    if matches!(config.database, DatabaseChoice::Postgres(_)) {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let found = std::env::split_paths(&path).any(|folder| folder.join("pg_dump").is_file());
        let (mark, meaning) = match found {
            true => (Mark::Works, "found"),
            false => (Mark::Missing, "not found; `heard backup` needs it. Install PostgreSQL's client programs"),
        };
        report.line(mark, "pg_dump", &format!("for backups of PostgreSQL: {meaning}"));
    }
}

/// What stands between the tools and everything else.
fn check_wall(report: &mut Report) {
    match boxed::wall(Path::new("/proc/self/exe")) {
        Wall::Bubblewrap(_) => {
            report.line(Mark::Works, "closed box", "each tool runs in bubblewrap: one file, no network");
        }
        Wall::Landlock => {
            let meaning = "bubblewrap (bwrap) is not here or may not run; tools run with limits, and behind Landlock \
                           where the kernel has it. That is a weaker box, and LibreOffice is not run in it. Install \
                           the package bubblewrap";
            report.line(Mark::Missing, "closed box", meaning);
        }
    }
}
