//! The pages of reviewing: prepared data in, markup out.
//!
//! What a person sent is always inside `their_words`, with its language and `dir=auto`; what staff wrote stands beside
//! it, named. Lists never show pictures or words of what was sent.

pub mod asking;
pub mod board;
pub mod board_file;
mod copies;
pub mod custody;
pub mod decisions;
mod device;
pub mod item;
pub mod lanes;
pub mod links;
pub mod queue;
pub mod requests;
pub mod strip;
pub mod submission;
pub mod transcript;
pub mod translation;
pub mod work;

use crate::evidence::language::Language;
pub(super) use crate::html::time;
use crate::words::Speech;

/// The words of a name that may be missing: what is not answered is said to be not answered.
pub(super) fn named_or_not(speech: Speech, group: &str, name: Option<&str>) -> String {
    match name {
        Some(name) => speech.name_of(group, name),
        None => speech.say("reading.not_answered").to_owned(),
    }
}

/// A language's name.
pub(super) fn language(tag: &str) -> String {
    Language::name_of(tag)
}

/// A count in words: `queue.count.video_one` or `queue.count.video` with the number.
pub(super) fn counted(speech: Speech, what: &str, number: i64) -> String {
    match number {
        1 => speech.say(&format!("queue.count.{what}_one")).to_owned(),
        _ => speech.fill(&format!("queue.count.{what}"), &[("number", &grouped(number))]),
    }
}

/// A number with commas between thousands: `12,345`.
pub(super) fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if number < 0 {
        text.push('-');
    }
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_as_people_read_them() {
        assert_eq!(grouped(7), "7");
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(grouped(-1000), "-1,000");
    }
}
