//! What staff do with what was sent: finding, claiming, reading, playing, noting, flagging. And what they never see.

mod boards;
mod claims;
mod lanes;
mod media;
mod plans;
mod reading;
pub mod sent;
pub mod strip;
mod transcripts;
mod translations;
mod unopened;
mod unseen;
