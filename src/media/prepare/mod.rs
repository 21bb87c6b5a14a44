//! One file in, copies that are safe to see, hear and read out.
//!
//! What a file is, its content says ([`super::sniff`]) and the tool that reads it says again: where the two do not agree,
//! nothing is shown. Every copy is made anew, never cut out of the original, but a video whose pictures already play
//! everywhere: those are carried over without what else was in the file. A document that only its own program draws right
//! is drawn by another, which its copies say ([`Note::Drawn`]). What no copy can be made of is *kept*, with the
//! [`Cause`]; that is an answer and not a fault. Nothing here panics over what a file holds, and nothing runs for ever:
//! see [`super::boxed`] for the box and its limits.
//!
//! It blocks: whoever is asynchronous gives it a thread of its own.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::atomic::AtomicBool;

use super::boxed::{Ended, Inside, Limits, Ran};
use super::sniff::{self, Kind, Recognised};
use super::tools::{Tool, Tools};

mod film;
mod heard;
mod levels;
mod office;
mod paper;
mod picture;
mod probe;
mod rich;
mod says;
mod skew;
mod still;
mod writing;

pub use self::picture::EMPTY_PAGE;
pub use self::says::{FileClock, Origin, Says};

/// What is to be done, and with what.
#[derive(Debug)]
pub struct Order<'a> {
    /// The programs that are here.
    pub tools: &'a Tools,
    /// The file: a plain one, that nobody writes to meanwhile.
    pub file: &'a Path,
    /// An empty folder for the copies.
    pub folder: &'a Path,
    /// When it says true, the work ends soon.
    pub stop: &'a AtomicBool,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// What it is, as far as it could be told.
    pub kind: Kind,
    /// Its media type, by its content.
    pub media_type: &'static str,
    /// Copies, or why there are none.
    pub outcome: Outcome,
    /// What somebody who sees the copies should know of them.
    pub notes: Vec<Note>,
    /// What the file says about itself; no copy says it.
    pub says: Says,
    /// The most memory that a tool was seen to use, in bytes.
    pub peak_memory: u64,
}

/// Copies, or why there are none.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// These were made; there is at least one.
    Ready(Vec<Rendition>),
    /// We have the file and cannot show it.
    Kept(Cause),
}

/// A safe copy.
#[derive(Clone, Debug)]
pub struct Rendition {
    /// What it is for.
    pub role: Role,
    /// Which page, from 1, of something with pages.
    pub page: u32,
    /// Its name in the folder.
    pub name: String,
    /// What it is served as.
    pub media_type: &'static str,
    /// Its length.
    pub bytes: u64,
    /// How long making it took.
    pub seconds: f64,
    /// How long it plays, in milliseconds.
    pub plays_ms: Option<i64>,
    /// The tool that made it, in its version.
    pub tool: String,
    /// What the tool was told.
    pub settings: String,
}

/// What a copy is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// The video, with its sound as it was sent.
    Video,
    /// The video with its sound made louder or softer.
    VideoLevelled,
    /// The video for slow lines.
    VideoSmall,
    /// The sound as it was sent.
    Sound,
    /// The sound made louder or softer.
    SoundLevelled,
    /// One picture out of a video.
    Poster,
    /// Ten small pictures out of a video, side by side.
    Preview,
    /// What the sound looks like.
    Waveform,
    /// A picture, large enough for a screen.
    Picture,
    /// The same, half as large.
    PictureMedium,
    /// The same, small.
    PictureSmall,
    /// A page of paper.
    Page,
    /// The same, small.
    PageSmall,
    /// The same page, turned upright by a machine that looked at its letters.
    PageTurned,
    /// The same page, upright, with its lines made level by a machine.
    PageStraight,
    /// The same page, upright, with what is faint on it made dark.
    PageContrast,
    /// Words that are in the file itself.
    Words,
    /// Words that a machine read from the picture of a page: a draft.
    WordsDraft,
    /// How sure the machine was of each of those words.
    WordsSure,
}

impl Role {
    /// Every role.
    pub const ALL: [Role; 19] = [
        Role::Video,
        Role::VideoLevelled,
        Role::VideoSmall,
        Role::Sound,
        Role::SoundLevelled,
        Role::Poster,
        Role::Preview,
        Role::Waveform,
        Role::Picture,
        Role::PictureMedium,
        Role::PictureSmall,
        Role::Page,
        Role::PageSmall,
        Role::PageTurned,
        Role::PageStraight,
        Role::PageContrast,
        Role::Words,
        Role::WordsDraft,
        Role::WordsSure,
    ];

    /// Its name in tables and addresses.
    pub fn name(self) -> &'static str {
        match self {
            Role::Video => "video",
            Role::VideoLevelled => "video_levelled",
            Role::VideoSmall => "video_small",
            Role::Sound => "sound",
            Role::SoundLevelled => "sound_levelled",
            Role::Poster => "poster",
            Role::Preview => "preview",
            Role::Waveform => "waveform",
            Role::Picture => "picture",
            Role::PictureMedium => "picture_medium",
            Role::PictureSmall => "picture_small",
            Role::Page => "page",
            Role::PageSmall => "page_small",
            Role::PageTurned => "page_turned",
            Role::PageStraight => "page_straight",
            Role::PageContrast => "page_contrast",
            Role::Words => "words",
            Role::WordsDraft => "words_draft",
            Role::WordsSure => "words_sure",
        }
    }

    /// The role of that name.
    pub fn parse(name: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.name() == name)
    }
}

impl TryFrom<String> for Role {
    type Error = String;

    fn try_from(name: String) -> Result<Role, String> {
        Role::parse(&name).ok_or(name)
    }
}

/// Why there is no copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cause {
    /// It holds nothing.
    Empty,
    /// It is of no kind that we know.
    UnknownType,
    /// It is of a kind that we know and make no copy of.
    NoCopy,
    /// It is from a communication device, which other readers are for.
    ForDevice,
    /// What reads it finds it broken, cut off, or something else than it seems.
    CannotBeRead,
    /// It asks for a password.
    Password,
    /// It is too large, too long or has too many pages.
    TooLarge,
    /// Reading it took more time or memory than we give.
    TooMuchWork,
    /// The program that reads it is not here.
    ToolMissing,
}

impl Cause {
    /// Every cause.
    pub const ALL: [Cause; 9] = [
        Cause::Empty,
        Cause::UnknownType,
        Cause::NoCopy,
        Cause::ForDevice,
        Cause::CannotBeRead,
        Cause::Password,
        Cause::TooLarge,
        Cause::TooMuchWork,
        Cause::ToolMissing,
    ];

    /// Its name in tables and words files.
    pub fn name(self) -> &'static str {
        match self {
            Cause::Empty => "empty",
            Cause::UnknownType => "unknown_type",
            Cause::NoCopy => "no_copy",
            Cause::ForDevice => "for_device",
            Cause::CannotBeRead => "cannot_be_read",
            Cause::Password => "password",
            Cause::TooLarge => "too_large",
            Cause::TooMuchWork => "too_much_work",
            Cause::ToolMissing => "tool_missing",
        }
    }
}

/// What somebody who sees the copies should know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Note {
    /// It seems to be cut off: less of it could be read than it says it holds.
    CutOff,
    /// Only the first pages were made.
    MorePages,
    /// Some pages could not be made.
    PagesMissing,
    /// It moves; the copy shows where it begins.
    Moves,
    /// No sound was heard in it.
    Silent,
    /// The program that reads words from pictures is not here.
    NoReader,
    /// Only its words are shown, without its pictures and its look.
    WordsOnly,
    /// Its pages were drawn by another program than the one it was written in.
    Drawn,
}

impl Note {
    /// Its name in tables and words files.
    pub fn name(self) -> &'static str {
        match self {
            Note::CutOff => "cut_off",
            Note::MorePages => "more_pages",
            Note::PagesMissing => "pages_missing",
            Note::Moves => "moves",
            Note::Silent => "silent",
            Note::NoReader => "no_reader",
            Note::WordsOnly => "words_only",
            Note::Drawn => "drawn",
        }
    }
}

/// Why the work did not come to an end. Neither is the file's fault.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// We were told to stop.
    #[error("stopped")]
    Stopped,
    /// The file, the folder or a program could not be used.
    #[error("a file or program could not be used: {0}")]
    Io(#[from] std::io::Error),
}

/// How the making of copies ends early.
#[derive(Debug)]
enum Early {
    Kept(Cause),
    Fault(Fault),
}

impl From<Fault> for Early {
    fn from(fault: Fault) -> Early {
        Early::Fault(fault)
    }
}

impl From<std::io::Error> for Early {
    fn from(error: std::io::Error) -> Early {
        Early::Fault(Fault::Io(error))
    }
}

impl From<Cause> for Early {
    fn from(cause: Cause) -> Early {
        Early::Kept(cause)
    }
}

type Step<T> = Result<T, Early>;

/// Looks at a file's first and last bytes and says what it is.
pub fn look(path: &Path) -> std::io::Result<(Recognised, u64)> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    let mut head = Vec::new();
    file.by_ref().take(sniff::LOOKS_AT as u64).read_to_end(&mut head)?;
    file.seek(SeekFrom::Start(length.saturating_sub(sniff::LOOKS_AT as u64)))?;
    let mut tail = Vec::new();
    file.take(sniff::LOOKS_AT as u64).read_to_end(&mut tail)?;
    Ok((sniff::recognise(&head, &tail, length), length))
}

/// Makes every copy of a file that can be made. What it returns as [`Fault`] may go right another time.
pub fn prepare(order: &Order<'_>) -> Result<Prepared, Fault> {
    let (recognised, length) = look(order.file)?;
    let mut work = Work::new(order, recognised, length)?;
    let outcome = match work.make() {
        // A page that could not be made is passed over; where there is no other, this was why.
        Ok(()) if work.made.is_empty() && work.met_a_limit => Outcome::Kept(Cause::TooMuchWork),
        Ok(()) if work.made.is_empty() || !work.are_there_still() => Outcome::Kept(Cause::CannotBeRead),
        Ok(()) => Outcome::Ready(std::mem::take(&mut work.made)),
        Err(Early::Kept(cause)) => Outcome::Kept(cause),
        Err(Early::Fault(fault)) => return Err(fault),
    };
    work.clear_away(&outcome);
    work.says.has_credentials = says::has_credentials(order.file, length)?;
    if matches!(outcome, Outcome::Kept(_)) {
        work.notes.clear();
    }
    Ok(Prepared {
        kind: work.kind,
        media_type: recognised.media_type,
        outcome,
        notes: work.notes,
        says: work.says,
        peak_memory: work.peak_memory,
    })
}

/// One file on its way.
struct Work<'a> {
    tools: &'a Tools,
    file: &'a Path,
    folder: &'a Path,
    inside: Inside<'a>,
    recognised: Recognised,
    kind: Kind,
    length: u64,
    /// A tool was ended for what it took.
    met_a_limit: bool,
    made: Vec<Rendition>,
    notes: Vec<Note>,
    says: Says,
    peak_memory: u64,
    /// While the tools are given pages that a program drew of the file in its place: that program, and what it was told.
    drawn: Option<(String, String)>,
}

impl<'a> Work<'a> {
    fn new(order: &Order<'a>, recognised: Recognised, length: u64) -> std::io::Result<Work<'a>> {
        let Order { tools, file, folder, stop } = *order;
        Ok(Work {
            tools,
            file,
            folder,
            inside: Inside::new(&tools.own, &tools.wall, file, folder, stop)?,
            recognised,
            kind: recognised.kind,
            length,
            met_a_limit: false,
            made: Vec::new(),
            notes: Vec::new(),
            says: Says::default(),
            peak_memory: 0,
            drawn: None,
        })
    }

    fn make(&mut self) -> Step<()> {
        let media_type = self.recognised.media_type;
        match self.kind {
            _ if self.length == 0 => Err(Cause::Empty.into()),
            Kind::Video | Kind::Audio => film::make(self),
            Kind::Image | Kind::Scan | Kind::Document if media_type == "application/pdf" => paper::make_pdf(self),
            Kind::Scan => picture::make_pages(self),
            Kind::Image => picture::make(self),
            Kind::Document if writing::is_plain(media_type) => writing::make(self),
            Kind::Document if office::filter(media_type).is_some() => office::make(self),
            Kind::Document => Err(Cause::NoCopy.into()),
            Kind::Aac => Err(Cause::ForDevice.into()),
            Kind::Unknown => Err(Cause::UnknownType.into()),
        }
    }

    /// Runs a tool on the file. Ending for a limit is an answer about the file; not starting is a fault.
    fn run(&mut self, tool: &Tool, arguments: &[String], limits: Limits) -> Step<Ran> {
        let ran = self.inside.run(&tool.path, arguments, limits)?;
        self.peak_memory = self.peak_memory.max(ran.peak_memory);
        match ran.ended {
            Ended::Stopped => Err(Fault::Stopped.into()),
            Ended::TooLong | Ended::TooMuch | Ended::Signal(9 | 24 | 25) => {
                self.met_a_limit = true;
                Err(Cause::TooMuchWork.into())
            }
            Ended::Code(_) | Ended::Signal(_) => Ok(ran),
        }
    }

    /// Takes a result in as a copy, if it is there and is what it should be.
    fn take_in(&mut self, new: NewCopy<'_>, ran: &Ran) -> Step<bool> {
        let Some((path, bytes)) = self.inside.made(new.name) else { return Ok(false) };
        let (is, _) = look(&path)?;
        if !may_be(new.media_type, is.media_type) {
            return Ok(false);
        }
        // Where things lay while they were made says nothing to anybody.
        let (file, told) = (self.inside.file(), new.settings.join(" "));
        let called = if self.drawn.is_some() { "PDF" } else { "ORIGINAL" };
        let settings = told.replace(&file, called).replace(&self.inside.result(""), "");
        let (tool, settings) = match told.contains(&file) {
            true => self.after_drawing(new.tool.version.clone(), settings),
            false => (new.tool.version.clone(), settings),
        };
        self.made.push(Rendition {
            role: new.role,
            page: new.page,
            name: new.name.to_owned(),
            media_type: new.media_type,
            bytes,
            seconds: ran.seconds,
            plays_ms: new.plays_ms,
            tool,
            settings,
        });
        Ok(true)
    }

    /// The tool and settings of a copy that was made from the file, with those of the program that drew it, if one did.
    fn after_drawing(&self, tool: String, settings: String) -> (String, String) {
        match &self.drawn {
            Some((by, told)) => (format!("{by}, then {tool}"), format!("{told}, then {settings}")),
            None => (tool, settings),
        }
    }

    fn note(&mut self, note: Note) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// Whether every copy is still what was taken in. A tool that a copy has taken over could have put a link to a file of
    /// ours in its place, for us to read and hand on.
    fn are_there_still(&self) -> bool {
        self.made.iter().all(|copy| self.inside.made(&copy.name).is_some_and(|(_, bytes)| bytes == copy.bytes))
    }

    /// Leaves nothing in the folder but the copies.
    fn clear_away(&self, outcome: &Outcome) {
        let made: &[Rendition] = if let Outcome::Ready(made) = outcome { made } else { &[] };
        let Ok(entries) = fs::read_dir(self.folder) else { return };
        for entry in entries.flatten() {
            let is_copy = made.iter().any(|copy| entry.file_name() == *copy.name);
            if !is_copy && fs::remove_file(entry.path()).is_err() {
                let _ = fs::remove_dir_all(entry.path());
            }
        }
    }
}

/// A result that is to be taken in.
struct NewCopy<'a> {
    role: Role,
    page: u32,
    name: &'a str,
    media_type: &'static str,
    plays_ms: Option<i64>,
    tool: &'a Tool,
    settings: &'a [String],
}

/// Whether a result that should be of one type may be what its content shows.
fn may_be(wanted: &str, is: &str) -> bool {
    match wanted {
        "audio/mp4" => matches!(is, "audio/mp4" | "video/mp4"),
        // Words may look like anything that is text.
        "text/plain" | "text/tab-separated-values" => !is.starts_with("image/") && !is.starts_with("video/"),
        _ => wanted == is,
    }
}

/// Arguments for a tool, from words.
fn words<const N: usize>(list: [&str; N]) -> Vec<String> {
    list.map(String::from).to_vec()
}
