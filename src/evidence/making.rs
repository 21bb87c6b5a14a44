//! What the sender of a file is told of the work on it: that a film is being made ready, which nobody needs to wait for; and,
//! before it is sent, whether the file says where it was made.

use maud::{Markup, html};

use super::copies::{Preparation, Standing};
use super::store::Item;
use super::{ItemState, Kind};
use crate::html::with_picture;
use crate::words::Speech;

/// What there is to tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Making {
    /// What is being made ready: a film or sound.
    pub getting_ready: Option<Kind>,
    /// Whether the file says where it was made.
    pub place: Place,
}

/// Whether a file says where it was made, as far as we know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// It does not, or is of a kind that does not.
    #[default]
    Nothing,
    /// It does.
    Says,
    /// We have not looked yet.
    NotLooked,
    /// The program that looks is not here, or came to nothing.
    CannotLook,
}

impl Place {
    /// The key of what is said of it.
    fn key(self) -> Option<&'static str> {
        match self {
            Place::Nothing => None,
            Place::Says => Some("evidence.place.says"),
            Place::NotLooked => Some("evidence.place.not_looked"),
            Place::CannotLook => Some("evidence.place.cannot_look"),
        }
    }
}

impl Making {
    /// From an item and the work on it. What is held says nothing: its sender's page must not tell what its readers saw.
    pub fn of(item: &Item, work: Option<&Preparation>) -> Making {
        let standing = work.map(Preparation::standing);
        let waits = matches!(item.state, ItemState::Received | ItemState::Checking | ItemState::Preparing);
        let going = waits && matches!(standing, None | Some(Standing::Going));
        Making {
            getting_ready: Some(item.kind).filter(|kind| going && matches!(kind, Kind::Video | Kind::Audio)),
            place: match standing {
                _ if item.kind.lane().is_none() => Place::Nothing,
                Some(Standing::Ended) if work.is_some_and(|work| work.has_place) => Place::Says,
                _ if going => Place::NotLooked,
                Some(Standing::LacksTool | Standing::NeedsPerson) if waits => Place::CannotLook,
                _ => Place::Nothing,
            },
        }
    }

    /// "We are getting your video ready."
    pub fn ready_markup(self, speech: Speech) -> Markup {
        html! {
            @if let Some(kind) = self.getting_ready {
                @let key = format!("evidence.getting_ready.{}", kind.name());
                (with_picture(speech, &key, html! { p { (speech.say(&key)) } }))
            }
        }
    }

    /// What is said of the place before the file is sent; taking it out stands beside it.
    pub fn place_markup(self, speech: Speech) -> Markup {
        html! {
            @if let Some(key) = self.place.key() {
                (with_picture(speech, key, html! { p { (speech.say(key)) } }))
            }
        }
    }
}
