//! The life of a submission: one enum, and one function that moves it.
//!
//! ```text
//!   draft ──send──▶ sent ──take back──▶ withdrawn ──erase (after 14 days)──▶ erased
//!     │  │           ▲                  │   ▲
//!     │  │           └──undo────────────┘   │
//!     │  └──take back (undo leads back to draft)
//!     └──expire──▶ expired
//! ```
//!
//! | State | Its sender sees, with the code | Inspectors see |
//! |---|---|---|
//! | draft | everything, and may change it | nothing, not even that it is there |
//! | sent | the receipt, the status and a list; the content only where the sender chose "Let me look at it again"; may add and remove | everything that was sent |
//! | withdrawn | that it was taken back, until when that can be undone, and nothing of the content | nothing, at once |
//! | erased | nothing: the code finds nothing | nothing; a row without content says that something was erased |
//! | expired | nothing: the code finds nothing | nothing; it was never sent |
//!
//! What lies in the safeguarding lane stays there, restricted, when its sender takes it back; the sender's pages are
//! the same whether or not it does. Sending again after adding something is not a change of state.
//!
//! A draft may be taken back too, by the same page: somebody who decides not to tell us must be able to take it all
//! away, and to think again for 14 days.

use crate::clock::{DAY, Moment};

/// How long taking back can be undone.
pub const UNDO: i64 = 14 * DAY;

/// Where a submission is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Being made. Nobody reads it.
    Draft,
    /// Sent. Inspectors may read it.
    Sent,
    /// A draft that was not touched for long. Its content is gone.
    Expired,
    /// Taken back, and hidden at once.
    Withdrawn,
    /// Taken back for good. Its content is gone.
    Erased,
}

/// Something that happens to a submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Its maker sends it.
    Send,
    /// It was not touched for the time that the settings give.
    Expire,
    /// Its sender takes it back.
    TakeBack,
    /// Its sender changed their mind about taking it back.
    Undo {
        /// Whether it had been sent before it was taken back.
        was_sent: bool,
    },
    /// The time for changing their mind is over.
    Erase,
}

/// An event that makes no sense in a state. Nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a submission that is {} does not take the event {event:?}", from.name())]
pub struct NotNow {
    /// Where the submission is.
    pub from: State,
    /// What was to happen.
    pub event: Event,
}

impl State {
    /// Every state.
    pub const ALL: &'static [State] = &[State::Draft, State::Sent, State::Expired, State::Withdrawn, State::Erased];

    /// The only way from one state to the next.
    pub fn after(self, event: Event) -> Result<State, NotNow> {
        match (self, event) {
            (State::Draft, Event::Send) => Ok(State::Sent),
            (State::Draft, Event::Expire) => Ok(State::Expired),
            (State::Draft | State::Sent, Event::TakeBack) => Ok(State::Withdrawn),
            (State::Withdrawn, Event::Undo { was_sent: true }) => Ok(State::Sent),
            (State::Withdrawn, Event::Undo { was_sent: false }) => Ok(State::Draft),
            (State::Withdrawn, Event::Erase) => Ok(State::Erased),
            (from, event) => Err(NotNow { from, event }),
        }
    }

    /// Whether its sender may add to it or take things out of it.
    pub fn is_open(self) -> bool {
        matches!(self, State::Draft | State::Sent)
    }

    /// The name in tables.
    pub fn name(self) -> &'static str {
        match self {
            State::Draft => "draft",
            State::Sent => "sent",
            State::Expired => "expired",
            State::Withdrawn => "withdrawn",
            State::Erased => "erased",
        }
    }

    /// The state of that name.
    pub fn parse(name: &str) -> Option<State> {
        State::ALL.iter().copied().find(|state| state.name() == name)
    }
}

impl TryFrom<String> for State {
    type Error = String;

    fn try_from(name: String) -> Result<State, String> {
        State::parse(&name).ok_or(name)
    }
}

/// Until when taking back can be undone.
pub fn undo_until(withdrawn: Moment) -> Moment {
    withdrawn.plus(UNDO)
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVENTS: [Event; 6] = [
        Event::Send,
        Event::Expire,
        Event::TakeBack,
        Event::Undo { was_sent: true },
        Event::Undo { was_sent: false },
        Event::Erase,
    ];

    #[test]
    fn what_is_gone_stays_gone() {
        for event in EVENTS {
            assert!(State::Erased.after(event).is_err());
            assert!(State::Expired.after(event).is_err());
        }
    }

    #[test]
    fn nothing_that_was_sent_becomes_a_draft_again_or_expires() {
        for event in EVENTS {
            assert_ne!(State::Sent.after(event), Ok(State::Draft));
            assert_ne!(State::Sent.after(event), Ok(State::Expired));
        }
    }

    #[test]
    fn taking_back_can_be_undone_and_leads_where_it_came_from() {
        for (state, was_sent) in [(State::Draft, false), (State::Sent, true)] {
            let withdrawn = state.after(Event::TakeBack).expect("it can be taken back");
            assert_eq!(withdrawn.after(Event::Undo { was_sent }), Ok(state));
        }
    }

    #[test]
    fn every_state_has_a_name_of_its_own() {
        for state in State::ALL {
            assert_eq!(State::parse(state.name()), Some(*state));
        }
    }
}
