//! `heard prepare FILE --out FOLDER`: what the pipeline makes of one file, outside the service, told as JSON.
//!
//! It runs the same checks and makes the same copies as the worker. Exit code: 0 `ready`, 3 `kept`, 4 `held`; anything
//! else is a fault of ours or of the call.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use anyhow::Context;
use serde_json::{Value, json};
use tokio_util::io::ReaderStream;

use crate::config::Config;
use crate::id::random;
use crate::malware::{self, Scanner, Verdict};
use crate::media::prepare::{self, Cause, FileClock, Note, Order, Origin, Outcome, Prepared, Rendition, Says};
use crate::media::sniff::Kind;
use crate::media::tools::Tools;

#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// The file to prepare.
    file: PathBuf,
    /// Folder for the copies. It is made if it is not there.
    #[arg(long)]
    out: PathBuf,
}

/// What is said of a file.
struct Told {
    kind: Kind,
    media_type: &'static str,
    scan: &'static str,
    message: String,
    notes: Vec<Note>,
    says: Says,
    peak_memory: u64,
    end: End,
}

enum End {
    Ready(Vec<Rendition>),
    Kept(&'static str),
    Held(&'static str),
}

pub(super) async fn run(config: Config, options: Options) -> anyhow::Result<u8> {
    let began = Instant::now();
    match tell(&config, &options).await {
        Ok(told) => {
            let (state, code) = match &told.end {
                End::Ready(_) => ("ready", 0),
                End::Kept(_) => ("kept", 3),
                End::Held(_) => ("held", 4),
            };
            println!("{:#}", as_json(&told, state, &options.out, began));
            Ok(code)
        }
        Err(error) => {
            let message = format!("{error:#}");
            println!(
                "{:#}",
                json!({ "kind": "unknown", "media_type": null, "state": "failed", "message": message, "renditions": [] })
            );
            Ok(1)
        }
    }
}

async fn tell(config: &Config, options: &Options) -> anyhow::Result<Told> {
    let facts = fs::metadata(&options.file).context("the file cannot be read")?;
    anyhow::ensure!(facts.is_file(), "that is not a file");
    let (recognised, _) = prepare::look(&options.file).context("the file cannot be read")?;
    let (kind, media_type) = (recognised.kind, recognised.media_type);
    let held = |scan, cause, message: &str| Told {
        kind,
        media_type,
        scan,
        message: message.to_owned(),
        notes: Vec::new(),
        says: Says::default(),
        peak_memory: 0,
        end: End::Held(cause),
    };
    let scan = match scan(config, &options.file).await? {
        Scanned::Found => return Ok(held("found", "malware", "Known malware is in this file. A person must look.")),
        Scanned::NotYet => {
            let message = "The virus scanner does not answer, so this file is not scanned. Try again.";
            return Ok(held("not_yet", "scanner_down", message));
        }
        Scanned::Clean => "clean",
        Scanned::TooBig => "too_big",
        Scanned::NoScanner => "no_scanner",
    };
    let (file, out) = (options.file.clone(), options.out.clone());
    let stop = Arc::new(AtomicBool::new(false));
    tokio::spawn(stop_when_told(stop.clone()));
    // A thread of its own: tools end with the thread that started them.
    let (send, receive) = tokio::sync::oneshot::channel();
    let listener = config.settings.transcribe_command.clone();
    let work = move || drop(send.send(make(&file, &out, listener.as_deref(), &stop)));
    std::thread::Builder::new().spawn(work).context("no thread")?;
    let prepared = receive.await.context("the work stopped")??;
    Ok(from_prepared(prepared, scan))
}

/// An operator who presses Ctrl-C leaves no tool and no half copy behind.
async fn stop_when_told(stop: Arc<AtomicBool>) {
    super::work::stop_signal().await;
    stop.store(true, Ordering::Relaxed);
}

enum Scanned {
    Clean,
    Found,
    TooBig,
    NoScanner,
    NotYet,
}

async fn scan(config: &Config, file: &Path) -> anyhow::Result<Scanned> {
    let open = tokio::fs::File::open(file).await.context("the file cannot be read")?;
    if malware::holds_test_file(open).await.context("the file cannot be read")? {
        return Ok(Scanned::Found);
    }
    let Some(setting) = &config.settings.clamd else { return Ok(Scanned::NoScanner) };
    let open = tokio::fs::File::open(file).await.context("the file cannot be read")?;
    Ok(match Scanner::from_setting(setting).scan(ReaderStream::new(open)).await {
        Ok(Verdict::Clean) => Scanned::Clean,
        Ok(Verdict::Found(_)) => Scanned::Found,
        Ok(Verdict::TooBig) => Scanned::TooBig,
        Err(_) => Scanned::NotYet,
    })
}

/// Works in a folder of its own inside `out`, so that what is there already is in nobody's way.
fn make(file: &Path, out: &Path, listener: Option<&Path>, stop: &AtomicBool) -> anyhow::Result<Prepared> {
    fs::create_dir_all(out).context("the folder cannot be made")?;
    let out = fs::canonicalize(out)?;
    let work = out.join(format!(".heard-{}", data_encoding::HEXLOWER.encode(&random::<8>())));
    let result = make_in(file, (&out, &work), listener, stop);
    let cleared = fs::remove_dir_all(&work);
    let prepared = result?;
    cleared.context("the folder for work cannot be removed")?;
    Ok(prepared)
}

fn make_in(
    file: &Path,
    (out, work): (&Path, &Path),
    listener: Option<&Path>,
    stop: &AtomicBool,
) -> anyhow::Result<Prepared> {
    let folder = work.join("copies");
    fs::create_dir_all(&folder)?;
    // A name of ours: the sender's own could mean something to a tool.
    let original = work.join("original");
    std::os::unix::fs::symlink(fs::canonicalize(file)?, &original)?;
    let tools = Tools::look(Path::new("/proc/self/exe"), listener);
    let prepared = prepare::prepare(&Order { tools: &tools, file: &original, folder: &folder, stop })?;
    if let Outcome::Ready(copies) = &prepared.outcome {
        for copy in copies {
            fs::rename(folder.join(&copy.name), out.join(&copy.name))?;
        }
    }
    Ok(prepared)
}

fn from_prepared(prepared: Prepared, scan: &'static str) -> Told {
    let Prepared { kind, media_type, outcome, notes, says, peak_memory } = prepared;
    let (end, mut message) = match outcome {
        Outcome::Ready(copies) => {
            (End::Ready(copies), "Copies that are safe to see, hear or read were made.".to_owned())
        }
        Outcome::Kept(cause) => (End::Kept(cause.name()), why_kept(cause).to_owned()),
    };
    for note in &notes {
        message.push(' ');
        message.push_str(what_to_know(*note));
    }
    Told { kind, media_type, scan, message, notes, says, peak_memory, end }
}

fn as_json(told: &Told, state: &str, out: &Path, began: Instant) -> Value {
    let out = std::path::absolute(out).unwrap_or_else(|_| out.to_owned());
    let (copies, cause) = match &told.end {
        End::Ready(copies) => (copies.as_slice(), None),
        End::Kept(cause) | End::Held(cause) => (&[] as &[Rendition], Some(*cause)),
    };
    let renditions: Vec<Value> = copies.iter().map(|copy| rendition(copy, &out)).collect();
    json!({
        "kind": told.kind.name(),
        "media_type": told.media_type,
        "state": state,
        "cause": cause,
        "message": told.message,
        "notes": told.notes.iter().map(|note| note.name()).collect::<Vec<_>>(),
        "scan": told.scan,
        "the_file_says": {
            "has_location": told.says.has_location,
            "made": told.says.made,
            "clock": told.says.clock.map(FileClock::name),
            "device": told.says.device,
            "software": told.says.software,
            "origin": told.says.origin().map(Origin::name),
            "has_content_credentials": told.says.has_credentials,
        },
        "renditions": renditions,
        "seconds": rounded(began.elapsed().as_secs_f64()),
        "peak_memory": told.peak_memory,
    })
}

fn rendition(copy: &Rendition, out: &Path) -> Value {
    json!({
        "path": out.join(&copy.name),
        "role": copy.role.name(),
        "page": (copy.page > 0).then_some(copy.page),
        "media_type": copy.media_type,
        "bytes": copy.bytes,
        "seconds": rounded(copy.seconds),
        "plays_seconds": copy.plays_ms.map(|ms| ms as f64 / 1000.0),
        "tool": copy.tool,
        "settings": copy.settings,
    })
}

fn rounded(seconds: f64) -> f64 {
    (seconds * 1000.0).round() / 1000.0
}

/// For operators; pages have words of their own.
fn why_kept(cause: Cause) -> &'static str {
    match cause {
        Cause::Empty => "This file is empty.",
        Cause::UnknownType => "We do not know this kind of file. It is kept as it is.",
        Cause::NoCopy => "We make no copy of this kind of file. It is kept as it is.",
        Cause::ForDevice => "This file is from a communication device. It is kept as it is.",
        Cause::CannotBeRead => "This file is broken, cut off, or not what it seems. It is kept as it is.",
        Cause::Password => "This file asks for a password. It is kept as it is.",
        Cause::TooLarge => "This file is too large or too long to make a copy of. It is kept as it is.",
        Cause::TooMuchWork => "Reading this file takes more time or memory than we give. It is kept as it is.",
        Cause::ToolMissing => "The program that reads this kind of file is not here. `heard check` says which.",
    }
}

fn what_to_know(note: Note) -> &'static str {
    match note {
        Note::CutOff => "Its end seems to be missing.",
        Note::MorePages => "It has more pages than are shown.",
        Note::PagesMissing => "Some pages could not be made.",
        Note::Moves => "It moves; the copy shows where it begins.",
        Note::Silent => "No sound was heard in it.",
        Note::NoReader => "Words on its pages were not read: tesseract is not here.",
        Note::WordsOnly => "Only its words are shown, without its pictures and its look.",
        Note::Drawn => "A program drew these pages. They may look otherwise than where it was written.",
    }
}
