//! Bytes on their way in, below every page: the engine itself, on each pair of database and storage.
//!
//! Nothing acknowledged is lost or altered, offsets never go backwards, no (key, nonce) pair seals two plaintexts: whatever
//! a client sends again, whoever dies, and whichever disk, store or database fails.

mod faults;
mod life;
pub(crate) mod place;
mod reconciled;
mod sealing;
mod servers;
