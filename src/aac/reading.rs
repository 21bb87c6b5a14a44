//! The one reading for every format: what could be said (boards) and, apart from it, what was said or pressed (events),
//! with a list of what could not be read. A board is never evidence that something was said.

use serde::{Deserialize, Serialize};

use super::cut::LeftOut;

/// What a reader found in a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// Which kind of file it is.
    pub format: Format,
    /// What could be said: the pages, in the file's order, the start page first where the file names it.
    pub boards: Vec<Board>,
    /// What was said or pressed, in time order.
    pub events: Vec<Event>,
    /// What could not be read.
    pub problems: Vec<Problem>,
    /// How much of it can be shown.
    pub said: Said,
    /// The same in a plain sentence or two.
    pub message: String,
    /// What the file calls itself.
    #[serde(skip)]
    pub name: Option<String>,
    /// Facts about people, places and devices that a page hides until somebody asks for them.
    #[serde(skip)]
    pub personal: Vec<Personal>,
    /// How much its sender left out of it.
    #[serde(skip)]
    pub left_out: LeftOut,
}

/// A page of buttons.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Board {
    /// Its name inside the file.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// Its language, as the file tells it.
    pub language: Option<String>,
    /// How many rows of buttons it has.
    pub rows: u32,
    /// How many columns.
    pub columns: u32,
    /// Its buttons in grid order, row by row; those without a place come last.
    pub cells: Vec<Cell>,
}

/// A button.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    /// Its row, from 0; nothing for a button that the file puts nowhere.
    pub row: Option<u32>,
    /// Its column, from 0.
    pub column: Option<u32>,
    /// What is written on it.
    pub label: String,
    /// What it says or writes when pressed; nothing for a button that says nothing.
    pub spoken: Option<String>,
    /// Whether it is hidden from the person who uses the board.
    pub hidden: bool,
    /// The id of the page that it opens.
    pub goes_to: Option<String>,
    /// Whether it opens a page that the sender left out. Then `goes_to` does not say which.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub opens_left_out: bool,
    /// Whether it shows a picture, and whether that is in the file.
    #[serde(skip)]
    pub picture: Attached,
    /// Whether it plays a recording, and whether that is in the file.
    #[serde(skip)]
    pub recording: Attached,
}

/// Something that belongs to a button.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Attached {
    /// There is none.
    #[default]
    None,
    /// It is in the file.
    Inside,
    /// The file only names it; it is never fetched.
    Elsewhere,
}

/// Something that was said, pressed or noted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// When, as the file tells it: ISO 8601 where it can be read as that, else the file's own letters.
    pub at: Option<String>,
    /// Where the time comes from.
    pub time_source: TimeSource,
    /// What happened.
    pub kind: EventKind,
    /// The words.
    pub text: String,
    /// Whether a supporter pressed it to show how; nothing where the file does not tell.
    pub modelled: Option<bool>,
    /// The moment, for putting events in order.
    #[serde(skip)]
    pub order: Option<i64>,
}

/// Where an event's time comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TimeSource {
    /// The clock of the device; nobody knows whether it was right.
    #[serde(rename = "device clock")]
    DeviceClock,
    /// The dates were moved on purpose; only the distances are true.
    #[serde(rename = "shifted")]
    Shifted,
    /// There is no time.
    #[serde(rename = "none")]
    None,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EventKind {
    /// A message was spoken or kept.
    Spoken,
    /// A word or phrase was chosen.
    Selected,
    /// Letters were typed.
    Spelled,
    /// A word that the device offered was chosen.
    Predicted,
    /// Something was taken away.
    Deleted,
    /// Somebody wrote a note about it.
    Note,
    /// A test that was made with the person.
    Assessment,
    /// Something that the device did, or a button that says nothing.
    Device,
    /// The file does not tell.
    Unknown,
}

/// Something that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Where in the file.
    #[serde(rename = "where")]
    pub place: String,
    /// What is wrong, in plain words.
    pub what: String,
}

/// A fact about a person, a place or a device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Personal {
    /// What kind of fact.
    pub kind: PersonalKind,
    /// The fact.
    pub text: String,
}

/// What kind of fact about somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PersonalKind {
    /// Where something was said.
    Place,
    /// The address of a device in a network, or of the network.
    Network,
    /// The device.
    Device,
    /// Who uses the device.
    Person,
    /// Who made the board or wrote a note.
    Author,
}

/// How much of a file can be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Said {
    /// All of it.
    All,
    /// Part of it.
    Part,
    /// None of it.
    None,
}

/// The kinds of file that are known by name, read or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "each is the name of a kind of file, and `in_words` says it in full")]
pub enum Format {
    Obf,
    Obz,
    Obl,
    CoughdropExport,
    Lam,
    DynavoxLog,
    SpeakForYourself,
    Csv,
    Text,
    Gridset,
    Grid3History,
    Grid2,
    Snap,
    Touchchat,
    AstericsGrid,
    Cboard,
    CommunicatorPhrases,
    Gridsetx,
    Proloquo2go,
    Picto4me,
    Obfset,
    Widgit,
    Boardmaker,
    Zip,
    Other,
    Unknown,
}

impl Format {
    /// The kind of file in words.
    pub fn in_words(self) -> &'static str {
        match self {
            Format::Obf => "a page in the Open Board Format",
            Format::Obz => "a set of pages in the Open Board Format",
            Format::Obl => "a log in the Open Board Log format",
            Format::CoughdropExport => "an export of a CoughDrop account",
            Format::Lam => "a log of key presses (LAM)",
            Format::DynavoxLog => "a log of a DynaVox device",
            Format::SpeakForYourself => "a history of Speak for Yourself",
            Format::Csv => "a table of words",
            Format::Text => "lines of text",
            Format::Gridset => "a grid set of Grid 3",
            Format::Grid3History => "a speech history of Grid 3",
            Format::Grid2 => "a page of The Grid 2",
            Format::Snap => "a page set of Snap by Tobii Dynavox",
            Format::Touchchat => "a vocabulary of TouchChat",
            Format::AstericsGrid => "a grid of AsTeRICS Grid",
            Format::Cboard => "boards of Cboard",
            Format::CommunicatorPhrases => "phrases of Communicator",
            Format::Gridsetx => "a locked grid set of Grid 3",
            Format::Proloquo2go => "a backup of Proloquo2Go",
            Format::Picto4me => "a board of Picto4Me",
            Format::Obfset => "boards whose words are replaced by numbers",
            Format::Widgit => "a file of Widgit",
            Format::Boardmaker => "a file of Boardmaker",
            Format::Zip => "a zip file",
            Format::Other => "another kind of file",
            Format::Unknown => "a kind of file that we do not know",
        }
    }
}

/// Why nothing of a file can be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Its maker locks it, or it needs a password.
    Locked,
    /// It is damaged, or stops early.
    Damaged,
    /// We do not know this kind of file.
    Unknown,
    /// We know what it is and cannot read it.
    CannotRead,
    /// It may be unsafe.
    Unsafe,
    /// It holds nothing that could be shown.
    Empty,
    /// It is too large, or takes too long.
    TooLarge,
}

impl Kept {
    /// The plain sentences for the person who sent it.
    pub fn message(self) -> &'static str {
        match self {
            Kept::Locked => {
                "We kept your file. We cannot show it, because it is locked. A PDF, photos or a video of the screen would help."
            }
            Kept::Damaged => {
                "We kept your file. We cannot show it: it looks damaged, or it stops early. Saving it again on the device may help."
            }
            Kept::Unknown => {
                "We kept your file. We do not know this kind of file, so we cannot show it. A PDF, photos or a video of the screen would help."
            }
            Kept::CannotRead => {
                "We kept your file. We know what it is, and cannot show it. A PDF, photos or a video of the screen would help."
            }
            Kept::Unsafe => "We kept your file. It may be unsafe, so we did not open it. A person will look at it.",
            Kept::Empty => "We kept your file. We opened it and found no words in it.",
            Kept::TooLarge => {
                "We kept your file. It is too large for us to show. A person will look at it. A PDF or a video of the screen would help."
            }
        }
    }
}

impl Reading {
    /// Nothing can be shown, and why.
    pub fn kept(format: Format, why: Kept, problems: Vec<Problem>) -> Reading {
        Reading {
            format,
            boards: Vec::new(),
            events: Vec::new(),
            problems,
            said: Said::None,
            message: why.message().to_owned(),
            name: None,
            personal: Vec::new(),
            left_out: LeftOut::default(),
        }
    }

    /// The plain sentences, for somebody who did not send the file.
    pub fn message_for_readers(&self) -> String {
        self.message.replace("your file", "the file")
    }

    /// The first sentence says how much can be shown, the second what the file does not hold; `count` is how many things
    /// could not be read, also those that are not listed.
    pub(super) fn tell(&mut self, count: usize) {
        let first = match (self.left_out.is_any(), self.said, count) {
            (true, Said::All, _) => "Parts of this file were left out before it was sent.".to_owned(),
            (true, ..) => {
                "Parts of this file were left out before it was sent. Some of it could not be read.".to_owned()
            }
            (_, Said::All, _) => "We kept your file and can show all of it.".to_owned(),
            (_, _, 1) => "We kept your file and can show part of it. One thing in it could not be read.".to_owned(),
            _ => format!("We kept your file and can show part of it. {count} things in it could not be read."),
        };
        let second = match (self.boards.is_empty(), self.events.is_empty()) {
            (_, true) if self.left_out.is_said() => " All of what was said was left out.",
            (false, true) => " It shows what could be said. This file holds no record of what was said.",
            (true, false) if self.format == Format::Text => {
                " These are lines of text. The file does not tell who wrote them, or when."
            }
            _ => "",
        };
        self.message = format!("{first}{second}");
    }
}
