//! Memory that goes back to the system when it is freed.
//!
//! What is freed below 32 MiB the C library keeps for the thread that had it (mallopt(3), `M_MMAP_THRESHOLD`): a few dozen
//! threads that each worked with some megabytes once would hold hundreds that nobody uses. Whoever works with megabytes
//! for a moment asks for [`GOES_BACK`] bytes; what is not touched costs nothing.

/// Bytes to ask for, so that they go back at once.
pub const GOES_BACK: usize = 33 << 20;
