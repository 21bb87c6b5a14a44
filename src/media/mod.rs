//! Readers of sound, pictures, video and documents: bytes in, a value out. No SQL, no HTTP, nothing of ours imported.
//!
//! [`sniff`] says what a file is. [`prepare`] makes copies of it that are safe to see and hear, with outside programs
//! ([`tools`]) that each run in a closed box ([`boxed`]).

pub mod boxed;
pub mod exif;
pub mod prepare;
pub mod sniff;
pub mod tools;
