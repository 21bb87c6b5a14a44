//! Days in data files, written `"2026-11-01"`, and whether something holds on a day.

use jiff::civil::Date;

/// A day in a data file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize)]
#[serde(try_from = "String")]
pub struct Day(pub Date);

impl TryFrom<String> for Day {
    type Error = String;

    fn try_from(text: String) -> Result<Day, String> {
        text.parse().map(Day).map_err(|_| format!("{text:?} is not a day"))
    }
}

/// Whether a day lies between the first and the last day, both included.
pub fn holds_on(first: Day, last: Option<Day>, day: Date) -> bool {
    first.0 <= day && last.is_none_or(|last| day <= last.0)
}
