//! Evidence items: the things inside a submission, each with one original that is never changed.
//!
//! - [`state`] holds an item's life: one enum, one function that moves it, and what may be shown to whom.
//! - [`voice`] holds whose words an item carries, how they reached us, and the child's own answer (assent).
//! - [`store`] holds the SQL. Free text and file names reach it already sealed under the submission's key.
//! - [`sealed`] seals and opens them.
//! - [`copies`] holds the safe copies of an item, and where the making of them stands.
//! - [`making`] is what a sender is told of the work on their file.
//! - [`transcript`] holds an item's words, written down; [`at`] is a moment in sound or video.
//! - [`left_out`] holds what a sender leaves out of a file from a communication aid.
//! - [`device`] holds what a sender says of the device that such a file came from.
//! - [`translation`] holds an item's words in another language, beside the item.
//! - [`language`] holds the languages on offer, [`size`] says sizes in words.
//! - [`say`] is what the child says to each, which can change, and what it closes; [`film`] the people in a film.
//! - [`one`] is "Just say one thing", as far as it is about a recording, a file or a few words.
//! - [`routes`] and [`pages`] are the submitter's side: choosing files, and saying what each one is.
//!
//! How bytes become an original is `intake/`; answers that belong to no item are `submission/`; what inspectors do with
//! an item is `review/`.

pub mod at;
pub mod copies;
pub mod days;
pub mod device;
pub mod film;
pub mod language;
pub mod left_out;
pub mod making;
pub mod one;
pub mod pages;
mod record;
pub mod routes;
pub mod say;
pub mod sealed;
mod sending;
pub mod size;
pub mod state;
pub mod store;
pub mod transcript;
pub mod translation;
pub mod voice;

pub use self::routes::routes;
pub use self::state::{Event, ItemState, Scan};
pub use self::voice::{Assent, Reached, ReadBy, Voice, Whose};

/// What an item is. Content decides it, never a file's name; the sender may say that a picture or document is paper that
/// was scanned, or that a file came from a communication device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Moving pictures, with sound or silent.
    Video,
    /// Sound.
    Audio,
    /// A photo, a drawing or another picture.
    Image,
    /// A file from a communication device (AAC: augmentative and alternative communication).
    Aac,
    /// Paper that was scanned or photographed.
    Scan,
    /// A document with text in it.
    Document,
    /// Writing done on our own page.
    Text,
    /// We keep it, and do not know what it is.
    Unknown,
}

impl Kind {
    /// Every kind, in the order in which lists show them.
    pub const ALL: &'static [Kind] =
        &[Kind::Video, Kind::Audio, Kind::Image, Kind::Aac, Kind::Scan, Kind::Document, Kind::Text, Kind::Unknown];

    /// The name in tables, addresses and words files.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Video => "video",
            Kind::Audio => "audio",
            Kind::Image => "image",
            Kind::Aac => "aac",
            Kind::Scan => "scan",
            Kind::Document => "document",
            Kind::Text => "text",
            Kind::Unknown => "unknown",
        }
    }

    /// The kind of that name.
    pub fn parse(name: &str) -> Option<Kind> {
        Kind::ALL.iter().copied().find(|kind| kind.name() == name)
    }

    /// The kinds among which the sender may choose, given what the content showed (`media_type`): the one it was taken
    /// for is always among them, and it is one only where there is nothing to ask.
    pub fn choices(self, media_type: &str) -> &'static [Kind] {
        match self {
            Kind::Video | Kind::Audio | Kind::Text => &[],
            _ if media_type == left_out::COPY_TYPE => &[Kind::Aac],
            _ if media_type.starts_with("video/") => &[Kind::Video],
            _ if media_type.starts_with("image/") => &[Kind::Image, Kind::Scan],
            Kind::Scan | Kind::Document => &[Kind::Document, Kind::Scan],
            Kind::Aac | Kind::Unknown | Kind::Image => &[Kind::Unknown, Kind::Aac, Kind::Document],
        }
    }
}

/// Whether there is a page about what is inside something: a file from a communication aid that was checked.
pub fn has_inside(kind: Kind, state: ItemState) -> bool {
    kind == Kind::Aac && state.may_be_opened()
}

impl TryFrom<String> for Kind {
    type Error = String;

    fn try_from(name: String) -> Result<Kind, String> {
        Kind::parse(&name).ok_or(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_name_of_its_own() {
        for kind in Kind::ALL {
            assert_eq!(Kind::parse(kind.name()), Some(*kind));
        }
        assert_eq!(Kind::parse("captions"), None);
    }

    #[test]
    fn a_photo_may_be_called_scanned_paper_and_a_video_stays_a_video() {
        assert!(Kind::Image.choices("image/heic").contains(&Kind::Scan));
        assert!(Kind::Scan.choices("image/jpeg").contains(&Kind::Image));
        assert!(Kind::Video.choices("video/quicktime").is_empty());
        assert!(Kind::Unknown.choices("application/octet-stream").contains(&Kind::Aac));
    }
}
