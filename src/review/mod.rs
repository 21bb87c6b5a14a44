//! Reading and using what was sent: the queue of an inspection, claims, notes, flags, and the custody of each item.
//!
//! A review belongs to a pair: one submission, one inspection. A submission with two areas is in both queues.
//!
//! ```text
//!              claim                reviewed              used
//!   waiting ──────────▶ claimed ──────────────▶ reviewed ──────▶ used
//!      ▲  ◀──────────      │                       │
//!      │  release, or      └───────────┬───────────┘
//!      │  it lapsed                    ▼
//!      │                            set_aside
//!      │
//!      └── put back, or something was added: from reviewed, used and set_aside ("new since you read it")
//! ```
//!
//! Who sees it: in every state the people on that inspection, as long as the submission is sent and not taken back, no
//! area of it is closed to them, and nobody has pressed "I should not be seeing this". Taking it back hides it at once.
//! What carries a flag stays visible to safeguarding. A claim lapses at the end of the next working day; notes never do.
//!
//! [`decide`] is the one function that moves a review; `store` writes what it decides. Lists are `queue`, one submission
//! is `reading` and its pages, what a browser is shown of an item `copies`, bytes `media`, flags are `flags` (mail about them `alert`), what needs an interpreter
//! is `needs`, recordings of a child who said no are `decisions`, an item's history is `custody`. What a submission
//! says is read through `submission` and `evidence`; who may read it is `account::scope`.

use crate::clock::Moment;
use crate::id::StaffId;

pub mod access;
pub mod alert;
pub mod copies;
pub mod decisions;
pub mod flags;
pub mod jobs;
pub mod lane;
pub mod links;
pub mod media;
pub mod needs;
pub mod notes;
pub mod pages;
pub mod queue;
pub mod reading;
pub mod requests;
mod routes;
pub mod store;

pub use self::routes::routes;

/// Where a submission is for one inspection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReviewState {
    /// Nobody is reading it.
    Waiting,
    /// Somebody took it to read.
    Claimed,
    /// It was read.
    Reviewed,
    /// It is used in this inspection.
    Used,
    /// It was read, and is not for this inspection.
    SetAside,
}

impl ReviewState {
    /// Every state, in the order of a review's life.
    pub const ALL: &'static [ReviewState] =
        &[ReviewState::Waiting, ReviewState::Claimed, ReviewState::Reviewed, ReviewState::Used, ReviewState::SetAside];

    /// The name in tables, addresses and words files.
    pub fn name(self) -> &'static str {
        match self {
            ReviewState::Waiting => "waiting",
            ReviewState::Claimed => "claimed",
            ReviewState::Reviewed => "reviewed",
            ReviewState::Used => "used",
            ReviewState::SetAside => "set_aside",
        }
    }

    /// The state of that name.
    pub fn parse(name: &str) -> Option<ReviewState> {
        ReviewState::ALL.iter().copied().find(|state| state.name() == name)
    }

    /// Whether somebody has read it to the end.
    pub fn is_read(self) -> bool {
        matches!(self, ReviewState::Reviewed | ReviewState::Used | ReviewState::SetAside)
    }
}

impl TryFrom<String> for ReviewState {
    type Error = String;

    fn try_from(name: String) -> Result<ReviewState, String> {
        ReviewState::parse(&name).ok_or(name)
    }
}

/// Why something is set aside: names from a list, so that they can be counted and hold nothing private.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// It is about another area.
    OtherArea,
    /// It is not about support for special needs or disability.
    OtherSubject,
    /// It is the same as something else that was sent.
    Again,
    /// There is nothing in it to read, see or hear.
    Empty,
    /// Another reason; a note says which.
    Other,
}

impl Why {
    /// Every reason, in the order in which the page offers them.
    pub const ALL: &'static [Why] = &[Why::OtherArea, Why::OtherSubject, Why::Again, Why::Empty, Why::Other];

    /// The name in tables, forms and words files.
    pub fn name(self) -> &'static str {
        match self {
            Why::OtherArea => "other_area",
            Why::OtherSubject => "other_subject",
            Why::Again => "again",
            Why::Empty => "empty",
            Why::Other => "other",
        }
    }

    /// The reason of that name.
    pub fn parse(name: &str) -> Option<Why> {
        Why::ALL.iter().copied().find(|why| why.name() == name)
    }
}

/// What somebody wants to do with a review.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// Take it, so that nobody else reads it at the same time.
    Claim,
    /// Give it back unread.
    Release,
    /// Say that it was read.
    Review,
    /// Say that it is used in this inspection.
    Use,
    /// Set it aside, with a reason.
    SetAside(Why),
    /// Put it back into the queue.
    PutBack,
}

impl Move {
    /// The move that a form asks for.
    pub fn parse(name: &str, why: &str) -> Option<Move> {
        match name {
            "claim" => Some(Move::Claim),
            "release" => Some(Move::Release),
            "review" => Some(Move::Review),
            "use" => Some(Move::Use),
            "set_aside" => Why::parse(why).map(Move::SetAside),
            "put_back" => Some(Move::PutBack),
            _ => None,
        }
    }

    /// The name in forms and audit rows.
    pub fn name(self) -> &'static str {
        match self {
            Move::Claim => "claim",
            Move::Release => "release",
            Move::Review => "review",
            Move::Use => "use",
            Move::SetAside(_) => "set_aside",
            Move::PutBack => "put_back",
        }
    }
}

/// A review as its row tells it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Review {
    /// The state in the row; a claim may have lapsed since: see [`Review::state_at`].
    #[sqlx(try_from = "String")]
    pub state: ReviewState,
    /// Who claimed it last.
    pub claimed_by: Option<StaffId>,
    /// Until when that claim holds.
    pub claimed_until_us: Option<Moment>,
    /// When it was last moved, and by whom; nobody where the service moved it.
    pub changed_us: Moment,
    /// Who moved it last.
    pub changed_by: Option<StaffId>,
    /// The name of the reason why it was set aside.
    pub set_aside_why: Option<String>,
    /// What was there up to this moment has been read.
    pub read_us: Option<Moment>,
    /// When something was added that nobody has read for this inspection.
    pub new_since_us: Option<Moment>,
    /// Counted up by each move.
    pub version: i64,
}

impl Review {
    /// Where it is at this moment: a claim that lapsed counts as waiting.
    pub fn state_at(&self, now: Moment) -> ReviewState {
        let lapsed = self.claimed_until_us.is_none_or(|until| until <= now);
        if self.state == ReviewState::Claimed && lapsed { ReviewState::Waiting } else { self.state }
    }

    /// Whether this person may finish reading it: they hold it, or held it and nobody has taken it since.
    fn is_with(&self, staff: &StaffId) -> bool {
        self.state == ReviewState::Claimed && self.claimed_by.as_ref() == Some(staff)
    }
}

/// Why a review was not moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It is there already: a second press, or Back and again.
    Already,
    /// Somebody else has claimed it.
    HeldBy(StaffId),
    /// It must be claimed first.
    NotClaimed,
    /// It makes no sense where the review is.
    NotNow(ReviewState),
}

/// Where a move leads, or why it may not be made. Nothing else moves a review.
pub fn decide(review: &Review, by: &StaffId, wanted: Move, now: Moment) -> Result<ReviewState, Refused> {
    use ReviewState::{Claimed, Reviewed, SetAside, Used, Waiting};
    let state = review.state_at(now);
    let held_by_other = || match (&review.claimed_by, state) {
        (Some(holder), Claimed) if holder != by => Some(Refused::HeldBy(holder.clone())),
        _ => None,
    };
    let end = match wanted {
        Move::Claim => Claimed,
        Move::Release | Move::PutBack => Waiting,
        Move::Review => Reviewed,
        Move::Use => Used,
        Move::SetAside(_) => SetAside,
    };
    if let Some(refused) = held_by_other() {
        return Err(refused);
    }
    if state == end {
        return Err(Refused::Already);
    }
    match (state, wanted) {
        (Waiting, Move::Claim) | (Claimed, Move::Release | Move::Review) => Ok(end),
        (Claimed | Reviewed, Move::Use | Move::SetAside(_)) => Ok(end),
        (Reviewed | Used | SetAside, Move::PutBack) => Ok(end),
        // A claim that lapsed and that nobody else took: what was done is not lost because somebody was slow.
        (Waiting, Move::Review | Move::Use | Move::SetAside(_)) if review.is_with(by) => Ok(end),
        (Waiting, Move::Review | Move::Use | Move::SetAside(_)) => Err(Refused::NotClaimed),
        (state, _) => Err(Refused::NotNow(state)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Moment = Moment(1_000);

    fn staff(name: &str) -> StaffId {
        StaffId(name.to_owned())
    }

    fn review(state: ReviewState, claimed_by: Option<&str>, until: i64) -> Review {
        Review {
            state,
            claimed_by: claimed_by.map(staff),
            claimed_until_us: claimed_by.map(|_| Moment(until)),
            changed_us: Moment(0),
            changed_by: None,
            set_aside_why: None,
            read_us: None,
            new_since_us: None,
            version: 1,
        }
    }

    #[test]
    fn the_usual_life_leads_from_waiting_to_used() {
        let ana = staff("ana");
        let waiting = review(ReviewState::Waiting, None, 0);
        assert_eq!(decide(&waiting, &ana, Move::Claim, NOW), Ok(ReviewState::Claimed));
        let claimed = review(ReviewState::Claimed, Some("ana"), 2_000);
        assert_eq!(decide(&claimed, &ana, Move::Review, NOW), Ok(ReviewState::Reviewed));
        let reviewed = review(ReviewState::Reviewed, Some("ana"), 2_000);
        assert_eq!(decide(&reviewed, &staff("ben"), Move::Use, NOW), Ok(ReviewState::Used));
    }

    #[test]
    fn what_somebody_holds_nobody_else_moves() {
        let claimed = review(ReviewState::Claimed, Some("ana"), 2_000);
        for wanted in [Move::Claim, Move::Release, Move::Review, Move::Use, Move::SetAside(Why::Again), Move::PutBack] {
            assert_eq!(decide(&claimed, &staff("ben"), wanted, NOW), Err(Refused::HeldBy(staff("ana"))));
        }
    }

    #[test]
    fn a_second_press_is_not_a_second_effect() {
        let claimed = review(ReviewState::Claimed, Some("ana"), 2_000);
        assert_eq!(decide(&claimed, &staff("ana"), Move::Claim, NOW), Err(Refused::Already));
        let used = review(ReviewState::Used, Some("ana"), 2_000);
        assert_eq!(decide(&used, &staff("ana"), Move::Use, NOW), Err(Refused::Already));
    }

    #[test]
    fn a_lapsed_claim_is_free_to_take_and_not_lost_to_its_holder() {
        let lapsed = review(ReviewState::Claimed, Some("ana"), 1_000);
        assert_eq!(lapsed.state_at(NOW), ReviewState::Waiting);
        assert_eq!(decide(&lapsed, &staff("ben"), Move::Claim, NOW), Ok(ReviewState::Claimed));
        assert_eq!(decide(&lapsed, &staff("ana"), Move::Review, NOW), Ok(ReviewState::Reviewed));
        assert_eq!(decide(&lapsed, &staff("ben"), Move::Review, NOW), Err(Refused::NotClaimed));
    }

    #[test]
    fn nothing_is_read_without_being_claimed() {
        let waiting = review(ReviewState::Waiting, None, 0);
        for wanted in [Move::Review, Move::Use, Move::SetAside(Why::Empty)] {
            assert_eq!(decide(&waiting, &staff("ana"), wanted, NOW), Err(Refused::NotClaimed));
        }
    }

    #[test]
    fn names_lead_back_to_their_cases() {
        for state in ReviewState::ALL {
            assert_eq!(ReviewState::parse(state.name()), Some(*state));
        }
        for why in Why::ALL {
            assert_eq!(Move::parse("set_aside", why.name()), Some(Move::SetAside(*why)));
        }
        assert_eq!(Move::parse("set_aside", ""), None);
    }
}
