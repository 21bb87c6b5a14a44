//! The child's say: their own answer to "Is it OK for us to see this?", which can change at any time, and what it closes.
//!
//! ```text
//!   no answer, yes, not asked, could not tell ──▶ open
//!   no ──▶ waits, unplayed ──a lead writes why──▶ open for a named reason
//!                  │   ▲                              │
//!                  │   └──── the child says no again ─┘
//!                  └──a lead writes why──▶ stays closed
//!   a person in the film says no ──▶ closed for good: a cut without them takes its place
//! ```
//!
//! Only recordings wait: pictures, film and sound show or record somebody. Whoever tells us may still send their own words.
//!
//! Several answers may stand for one item: what the adult tells us, and what the child says with their own card. A no
//! wins, whoever tells it and in whatever order. Before sending, a sender who puts an answer right puts it right; after
//! that, a later yes opens nothing by itself: a lead decides. Every answer is kept with its day, for staff.
//!
//! [`store`] holds the SQL, [`routes`] and [`pages`] the sender's pages about answers that change. The people in a film are
//! [`super::film`]. Where bytes are served is `review/`; it asks [`Item::shut`].

use super::store::Item;
use super::voice::named;
use super::{Assent, Kind};
use crate::clock::Moment;

pub mod pages;
pub mod routes;
pub mod store;

pub use self::routes::routes;

named! {
    /// What the child says no to, with their own card.
    Wide {
        /// To everything that was sent about them.
        Everything = "everything",
        /// To being seen or heard in it.
        NotInIt = "not_in_it",
    }
}

/// Why nobody may be given the bytes of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shut {
    /// A person in it withdrew. No decision opens it.
    PersonLeft,
    /// The child said no, and no lead has decided since that it may be opened.
    ChildSaidNo,
}

impl Shut {
    /// The name in words files and audit rows.
    pub fn name(self) -> &'static str {
        match self {
            Shut::PersonLeft => "person_left",
            Shut::ChildSaidNo => "child_said_no",
        }
    }
}

/// Whether something of this kind and type shows or records somebody. A file of a communication aid may hold every word
/// that a child said with it.
pub fn is_recording(kind: Kind, media_type: &str) -> bool {
    shows_people(kind, media_type) || kind == Kind::Aac
}

/// Whether people may be seen or heard in it. What a sender calls it takes nothing away: a photo that is called paper is a
/// photo still. What we do not know may be a film.
pub fn shows_people(kind: Kind, media_type: &str) -> bool {
    let by_type = ["video/", "audio/", "image/"].iter().any(|start| media_type.starts_with(start));
    by_type || matches!(kind, Kind::Video | Kind::Audio | Kind::Image | Kind::Unknown)
}

impl Item {
    /// Whether it shows or records somebody.
    pub fn is_recording(&self) -> bool {
        is_recording(self.kind, &self.media_type)
    }

    /// Whether people may be seen or heard in it.
    pub fn shows_people(&self) -> bool {
        shows_people(self.kind, &self.media_type)
    }

    /// Since when the child's no stands, whoever told it.
    pub fn no_since(&self) -> Option<Moment> {
        let told = (self.assent() == Some(Assent::No)).then(|| self.sent_us.unwrap_or(self.created_us));
        self.no_us.or(told)
    }

    /// Whether a lead decided, after the child's last no, that it may be opened all the same.
    pub fn is_opened_by_lead(&self) -> bool {
        self.opened_us > self.no_since() && self.opened_us > self.shut_us
    }

    /// Whether a lead decided anything since the child's last no.
    pub fn is_decided(&self) -> bool {
        self.opened_us.max(self.shut_us) > self.no_since()
    }

    /// Why nobody may be given its bytes now, if so. Whoever serves bytes asks here, at every request.
    pub fn shut(&self) -> Option<Shut> {
        if self.left_us.is_some() {
            return Some(Shut::PersonLeft);
        }
        let waits = self.is_recording() && self.no_since().is_some() && !self.is_opened_by_lead();
        waits.then_some(Shut::ChildSaidNo)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{ItemState, Scan};
    use crate::id::{ItemId, SubmissionId};

    fn item(kind: Kind, media_type: &str) -> Item {
        Item {
            id: ItemId("i".into()),
            submission_id: SubmissionId("s".into()),
            number: 1,
            kind,
            media_type: media_type.into(),
            state: ItemState::Ready,
            state_reason: None,
            length: None,
            sha256: None,
            received_us: None,
            verified_us: None,
            scan: Scan::Clean,
            whose: None,
            reached: None,
            reached_by: None,
            assent: None,
            assent_on: None,
            language: None,
            name_sealed: None,
            what_sealed: None,
            assent_how_sealed: None,
            days_sealed: None,
            text_words: None,
            created_us: Moment(10),
            sent_us: Some(Moment(20)),
            closed_us: None,
            replaces_id: None,
            no_us: None,
            opened_us: None,
            shut_us: None,
            left_us: None,
        }
    }

    #[test]
    fn a_no_closes_recordings_and_leaves_writing_open() {
        for (kind, media_type, waits) in [
            (Kind::Video, "video/mp4", true),
            (Kind::Audio, "audio/ogg", true),
            (Kind::Image, "image/png", true),
            // What a sender calls it takes nothing away.
            (Kind::Scan, "image/jpeg", true),
            (Kind::Unknown, "application/octet-stream", true),
            (Kind::Aac, "application/x-obl", true),
            (Kind::Scan, "application/pdf", false),
            (Kind::Text, "text/plain", false),
        ] {
            let no = Item { no_us: Some(Moment(30)), ..item(kind, media_type) };
            assert_eq!(no.shut(), waits.then_some(Shut::ChildSaidNo), "{kind:?} {media_type}");
            assert_eq!(item(kind, media_type).shut(), None);
        }
    }

    #[test]
    fn an_answer_in_the_items_own_row_is_enough() {
        let no = Item { assent: Some("no".into()), ..item(Kind::Video, "video/mp4") };
        assert_eq!(no.shut(), Some(Shut::ChildSaidNo));
    }

    #[test]
    fn a_yes_of_the_adult_does_not_take_a_no_away() {
        let both = Item { assent: Some("yes".into()), no_us: Some(Moment(30)), ..item(Kind::Video, "video/mp4") };
        assert_eq!(both.shut(), Some(Shut::ChildSaidNo));
    }

    #[test]
    fn only_a_decision_after_the_last_no_opens_it_and_a_newer_one_closes_it_again() {
        let no = Item { no_us: Some(Moment(30)), ..item(Kind::Video, "video/mp4") };
        let before = Item { opened_us: Some(Moment(30)), ..no.clone() };
        assert!(before.shut().is_some() && !before.is_decided());
        let after = Item { opened_us: Some(Moment(31)), ..no.clone() };
        assert_eq!(after.shut(), None);
        let shut_again = Item { shut_us: Some(Moment(32)), ..after.clone() };
        assert!(shut_again.shut().is_some() && shut_again.is_decided());
        let said_again = Item { no_us: Some(Moment(40)), ..after };
        assert!(said_again.shut().is_some());
    }

    #[test]
    fn no_decision_opens_a_film_that_a_person_left() {
        let left = Item {
            left_us: Some(Moment(1)),
            no_us: Some(Moment(2)),
            opened_us: Some(Moment(3)),
            ..item(Kind::Video, "video/mp4")
        };
        assert_eq!(left.shut(), Some(Shut::PersonLeft));
    }
}
