//! The `heard` executable.

fn main() {}
