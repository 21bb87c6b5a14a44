//! Readers of sound, pictures, video and documents: bytes in, a value out. No SQL, no HTTP, nothing of ours imported.

pub mod sniff;
