//! The pages of the answers, as a whole.
