//! One act of telling us: the pages before, while and after it.

pub mod contacts;
pub mod public_pages;
pub mod start;
