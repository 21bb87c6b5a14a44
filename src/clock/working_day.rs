//! Working days in England: a claim lapses at the end of the next one, and nothing that was sent should wait unopened for
//! longer than one.
//!
//! Weekends are known; bank holidays are data (`assets/data/bank-holidays.toml`), because they move by proclamation.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::{DAY, Moment};

const FILE: &str = include_str!("../../assets/data/bank-holidays.toml");

#[derive(serde::Deserialize)]
struct Holidays {
    england: Vec<String>,
}

fn bank_holidays() -> &'static BTreeSet<Date> {
    static DAYS: OnceLock<BTreeSet<Date>> = OnceLock::new();
    DAYS.get_or_init(|| {
        let holidays: Holidays = toml::from_str(FILE).expect("a test reads the bank holidays before a release");
        holidays.england.iter().map(|day| day.parse().expect("a test reads every day")).collect()
    })
}

/// Whether people are at work on this day.
pub fn is_working_day(day: Date) -> bool {
    !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) && !bank_holidays().contains(&day)
}

/// The end of the first working day after today: midnight in England.
pub fn end_of_next_working_day(now: Moment) -> Moment {
    next_working_day(now.date_in_london()).and_then(midnight_after).unwrap_or_else(|| now.plus(DAY))
}

/// One working day after a moment: the same time on the next working day. What came on a day on which nobody works has
/// until the end of the first day on which somebody does.
pub fn one_working_day_after(moment: Moment) -> Moment {
    let zoned = moment.zoned();
    if !is_working_day(zoned.date()) {
        return end_of_next_working_day(moment);
    }
    let same_time = next_working_day(zoned.date()).and_then(|day| {
        let then = day.to_datetime(zoned.time()).to_zoned(zoned.time_zone().clone()).ok()?;
        Some(Moment(then.timestamp().as_microsecond()))
    });
    same_time.unwrap_or_else(|| moment.plus(DAY))
}

/// The first working day after this one.
fn next_working_day(mut day: Date) -> Option<Date> {
    loop {
        day = day.checked_add(1.day()).ok()?;
        if is_working_day(day) {
            return Some(day);
        }
    }
}

fn midnight_after(day: Date) -> Option<Moment> {
    let zone = TimeZone::get("Europe/London").unwrap_or(TimeZone::UTC);
    let next = day.checked_add(1.day()).ok()?;
    let midnight: Timestamp = next.to_zoned(zone).ok()?.timestamp();
    Some(Moment(midnight.as_microsecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Moment {
        Moment(text.parse::<Timestamp>().expect("a moment").as_microsecond())
    }

    #[test]
    fn a_claim_holds_to_the_end_of_the_next_working_day() {
        // A Tuesday in winter, then one in summer, when London's midnight is 23:00 UTC.
        assert_eq!(end_of_next_working_day(at("2026-11-24T10:00:00Z")), at("2026-11-26T00:00:00Z"));
        assert_eq!(end_of_next_working_day(at("2026-07-14T10:00:00Z")), at("2026-07-15T23:00:00Z"));
    }

    #[test]
    fn weekends_and_bank_holidays_do_not_count() {
        // Friday and Saturday both hold to the end of Monday.
        assert_eq!(end_of_next_working_day(at("2026-11-20T10:00:00Z")), at("2026-11-24T00:00:00Z"));
        assert_eq!(end_of_next_working_day(at("2026-11-21T10:00:00Z")), at("2026-11-24T00:00:00Z"));
        // Christmas Eve 2026 is a Thursday; Friday and Monday are bank holidays.
        assert_eq!(end_of_next_working_day(at("2026-12-24T10:00:00Z")), at("2026-12-30T00:00:00Z"));
        // The Thursday before Easter 2027.
        assert_eq!(end_of_next_working_day(at("2027-03-25T10:00:00Z")), at("2027-03-30T23:00:00Z"));
    }

    #[test]
    fn one_working_day_ends_at_the_same_time_of_the_next() {
        // A Tuesday; a Friday; a Saturday, which has until the end of Monday; and over the change of clocks in March.
        assert_eq!(one_working_day_after(at("2026-11-24T10:00:00Z")), at("2026-11-25T10:00:00Z"));
        assert_eq!(one_working_day_after(at("2026-11-20T10:00:00Z")), at("2026-11-23T10:00:00Z"));
        assert_eq!(one_working_day_after(at("2026-11-21T10:00:00Z")), at("2026-11-24T00:00:00Z"));
        assert_eq!(one_working_day_after(at("2027-03-25T10:00:00Z")), at("2027-03-30T09:00:00Z"));
    }

    #[test]
    fn every_bank_holiday_is_a_weekday() {
        assert_eq!(bank_holidays().len(), 24);
        for day in bank_holidays() {
            assert!(!matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday), "{day}");
        }
    }
}
