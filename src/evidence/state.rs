//! The life of an evidence item: one enum, and one function that moves it.
//!
//! ```text
//!   receiving ──arrived──▶ received ──check──▶ checking ──passed──▶ preparing ──prepared──▶ ready
//!       │ ◀────sent_again─────┤                   │  ▲                  │
//!       │                     │      cannot_show──┼──┼──────────────────┤
//!       │                     │            ▼      │  └──released──┐     │
//!       │                     │          kept ────┼──hold─────────┴── held   (hold: also from received, preparing,
//!       │                     │                   │                                  ready and kept)
//!       └──────broke──────────┴───────────────────┴──broke──▶ failed ──mended──▶ received
//!
//!   from any state: ──remove──▶ removed (for good)
//! ```
//!
//! | State | What it means | The sender sees | Inspectors see |
//! |---|---|---|---|
//! | receiving | bytes are on their way, or stopped on their way; or, with a length, all of them are safe and on their way to the store | "Still arriving", "Not finished: choose it again"; "All of it is safe" | that something was not finished |
//! | received | all bytes are stored | "We have it" | a line in the list, nothing to open |
//! | checking | being read back and scanned | "We have it" | a line in the list, nothing to open |
//! | preparing | the original is safe; a copy to show is not made yet | "We have it", "We checked it" once read back | "We are getting it ready", or why that cannot be ([`copies`](super::copies)); a download, marked as an original |
//! | ready | safe copies are there | the same | the copies; a download, marked as an original |
//! | kept | we have it and no copy of it can be made | the same, and "we cannot open this kind of file" | why; a download, marked as an original |
//! | held | malware, or a person must decide | "We have it" | that it is held, nothing to open |
//! | failed | a fault of ours: a person must mend it | "We have a problem with this file" | that it failed |
//! | removed | taken away by its sender | nothing | nothing; only its number stays used |
//!
//! What was read back (`verified`) and what a virus scan found ([`Scan`]) are facts beside the state, each about one
//! digest. The state of sending (a draft's item, or sent) is the submission's.

/// Where an item is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemState {
    /// Bytes are on their way.
    Receiving,
    /// All bytes are stored.
    Received,
    /// Being read back and scanned.
    Checking,
    /// Safe; a copy to show is not made yet.
    Preparing,
    /// Can be seen and heard.
    Ready,
    /// We have it and cannot show it.
    Kept,
    /// Malware, or a person must decide.
    Held,
    /// A fault of ours.
    Failed,
    /// Taken away.
    Removed,
}

/// Something that happens to an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The store has confirmed all bytes.
    Arrived,
    /// The store gave back other bytes than it was given. We have them all still, and send them again.
    SentAgain,
    /// The checks begin.
    Check,
    /// It was read back and matched, and nothing was found that forbids going on.
    Passed,
    /// A copy that is safe to show is there. Writing on our own page needs no copy.
    Prepared,
    /// No copy can be made from this kind of file.
    CannotShow,
    /// Malware was found, or a person must decide.
    Hold,
    /// A person decided that it may go on.
    Release,
    /// A fault of ours: the bytes do not match, or the work failed for good.
    Broke,
    /// The fault is mended: the bytes are stored again.
    Mended,
    /// Its sender takes it away, or the submission is erased.
    Remove,
}

/// An event that makes no sense in a state. Nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an item that is {from} does not take the event {event:?}")]
pub struct NotNow {
    /// Where the item is.
    pub from: ItemState,
    /// What was to happen.
    pub event: Event,
}

impl ItemState {
    /// Every state.
    pub const ALL: &'static [ItemState] = &[
        ItemState::Receiving,
        ItemState::Received,
        ItemState::Checking,
        ItemState::Preparing,
        ItemState::Ready,
        ItemState::Kept,
        ItemState::Held,
        ItemState::Failed,
        ItemState::Removed,
    ];

    /// The only way from one state to the next.
    pub fn after(self, event: Event) -> Result<ItemState, NotNow> {
        use ItemState::*;
        match (self, event) {
            (_, Event::Remove) => Ok(Removed),
            (Receiving, Event::Arrived) | (Failed, Event::Mended) => Ok(Received),
            (Received, Event::SentAgain) => Ok(Receiving),
            (Received, Event::Check) | (Held, Event::Release) => Ok(Checking),
            (Checking, Event::Passed) => Ok(Preparing),
            (Preparing, Event::Prepared) => Ok(Ready),
            (Checking | Preparing, Event::CannotShow) => Ok(Kept),
            (Received | Checking | Preparing | Ready | Kept, Event::Hold) => Ok(Held),
            (Receiving | Received | Checking | Preparing, Event::Broke) => Ok(Failed),
            (from, event) => Err(NotNow { from, event }),
        }
    }

    /// The name in tables and words files.
    pub fn name(self) -> &'static str {
        match self {
            ItemState::Receiving => "receiving",
            ItemState::Received => "received",
            ItemState::Checking => "checking",
            ItemState::Preparing => "preparing",
            ItemState::Ready => "ready",
            ItemState::Kept => "kept",
            ItemState::Held => "held",
            ItemState::Failed => "failed",
            ItemState::Removed => "removed",
        }
    }

    /// The state of that name.
    pub fn parse(name: &str) -> Option<ItemState> {
        ItemState::ALL.iter().copied().find(|state| state.name() == name)
    }

    /// Whether we have all of its bytes: what a receipt may call "We have it".
    pub fn is_had(self) -> bool {
        !matches!(self, ItemState::Receiving | ItemState::Failed | ItemState::Removed)
    }

    /// Whether its sender sees it in lists.
    pub fn is_shown_to_sender(self) -> bool {
        self != ItemState::Removed
    }

    /// Whether inspectors may open it in a page: its copies, or what a reader of ours says of it. Never the original.
    pub fn may_be_opened(self) -> bool {
        matches!(self, ItemState::Preparing | ItemState::Ready)
    }

    /// Whether inspectors may download the original, marked as one.
    pub fn may_be_downloaded(self) -> bool {
        matches!(self, ItemState::Preparing | ItemState::Ready | ItemState::Kept)
    }
}

impl std::fmt::Display for ItemState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl TryFrom<String> for ItemState {
    type Error = String;

    fn try_from(name: String) -> Result<ItemState, String> {
        ItemState::parse(&name).ok_or(name)
    }
}

/// What a virus scan said about one digest. Not the item's state: an item that was not scanned is still received.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scan {
    /// Nobody has looked yet, or the scanner does not answer.
    NotYet,
    /// Nothing was found.
    Clean,
    /// Malware; the item is then held.
    Found,
    /// Larger than the scanner takes.
    TooBig,
    /// This service has no scanner.
    NoScanner,
}

impl Scan {
    /// Every answer.
    pub const ALL: &'static [Scan] = &[Scan::NotYet, Scan::Clean, Scan::Found, Scan::TooBig, Scan::NoScanner];

    /// The name in tables and words files.
    pub fn name(self) -> &'static str {
        match self {
            Scan::NotYet => "not_yet",
            Scan::Clean => "clean",
            Scan::Found => "found",
            Scan::TooBig => "too_big",
            Scan::NoScanner => "no_scanner",
        }
    }

    /// Whether pages must say "not checked for viruses", and a download needs a lead and a reason.
    pub fn is_unchecked(self) -> bool {
        matches!(self, Scan::NotYet | Scan::TooBig | Scan::NoScanner)
    }
}

impl TryFrom<String> for Scan {
    type Error = String;

    fn try_from(name: String) -> Result<Scan, String> {
        Scan::ALL.iter().copied().find(|scan| scan.name() == name).ok_or(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVENTS: [Event; 11] = [
        Event::Arrived,
        Event::SentAgain,
        Event::Check,
        Event::Passed,
        Event::Prepared,
        Event::CannotShow,
        Event::Hold,
        Event::Release,
        Event::Broke,
        Event::Mended,
        Event::Remove,
    ];

    #[test]
    fn the_usual_life_leads_to_ready() {
        let usual = [Event::Arrived, Event::Check, Event::Passed, Event::Prepared];
        let end = usual.into_iter().try_fold(ItemState::Receiving, ItemState::after);
        assert_eq!(end, Ok(ItemState::Ready));
    }

    #[test]
    fn removal_is_possible_at_any_moment_and_nothing_comes_after_it() {
        for state in ItemState::ALL {
            assert_eq!(state.after(Event::Remove), Ok(ItemState::Removed));
        }
        for event in EVENTS.into_iter().filter(|event| *event != Event::Remove) {
            assert!(ItemState::Removed.after(event).is_err(), "a removed item took {event:?}");
        }
    }

    #[test]
    fn nothing_skips_the_checks() {
        for state in [ItemState::Receiving, ItemState::Received, ItemState::Held, ItemState::Failed] {
            for event in EVENTS {
                let next = state.after(event);
                assert!(!next.is_ok_and(ItemState::may_be_opened), "{state} could be opened after {event:?}");
            }
        }
    }

    #[test]
    fn what_is_held_can_neither_be_opened_nor_downloaded() {
        assert!(!ItemState::Held.may_be_opened() && !ItemState::Held.may_be_downloaded());
        assert_eq!(ItemState::Ready.after(Event::Hold), Ok(ItemState::Held));
        assert_eq!(ItemState::Held.after(Event::Release), Ok(ItemState::Checking));
    }

    #[test]
    fn names_lead_back_to_their_states() {
        for state in ItemState::ALL {
            assert_eq!(ItemState::parse(state.name()), Some(*state));
        }
    }
}
