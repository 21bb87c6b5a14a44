//! The web's rough edges: who is there, forms, tokens, one effect for a repeated press, ranges, and plain answers when
//! something did not work. Features are built from these; nothing here knows a feature.

pub mod accept;
pub mod address_day;
pub mod assets;
pub mod client;
pub mod connections;
pub mod cookies;
pub mod csrf;
pub mod door;
pub mod form;
pub mod given_back;
pub mod guard;
pub mod headers;
pub mod health;
pub mod journal;
pub mod once;
pub mod patience;
pub mod pressed;
pub mod problem;
pub mod range;
pub mod read_aloud;
pub mod render;
pub mod route;
pub mod signed;
pub mod site;
pub mod staff_session;
pub mod typed_date;
pub mod visit;
pub mod who;
pub mod wording;

pub use self::form::Form;
pub use self::pressed::Pressed;
pub use self::problem::{Answer, Problem};
pub use self::route::{Route, Who};
pub use self::site::Site;
pub use self::who::{MaybeSubmitter, Role, Staff, Stage, Submitter};
