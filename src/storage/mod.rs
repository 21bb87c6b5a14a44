//! Where bytes are kept and what they are sealed with.
//!
//! [`keys`] holds the keys. What an original is (which upload, which item) belongs to the features above.

pub mod keys;
mod master;
pub mod seal;
