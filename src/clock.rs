//! Moments in time, and where they come from.
//!
//! Nothing else in the program reads the system's time: a [`Clock`] comes in with the site, so that a test can set it.
//! The database holds moments as microseconds since 1970 UTC; pages show them in Europe/London.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

pub mod working_day;

/// Microseconds in one second.
pub const SECOND: i64 = 1_000_000;
/// Microseconds in one minute.
pub const MINUTE: i64 = 60 * SECOND;
/// Microseconds in one hour.
pub const HOUR: i64 = 60 * MINUTE;
/// Microseconds in one day of 24 hours.
pub const DAY: i64 = 24 * HOUR;

/// A moment: microseconds since 1970-01-01T00:00:00 UTC.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, sqlx::Type, serde::Serialize, serde::Deserialize,
)]
#[sqlx(transparent)]
pub struct Moment(pub i64);

impl Moment {
    /// The moment `micros` microseconds later.
    pub fn plus(self, micros: i64) -> Moment {
        Moment(self.0.saturating_add(micros))
    }

    /// Microseconds from `earlier` to this moment; negative when `earlier` is later.
    pub fn since(self, earlier: Moment) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// As people in England read it: `21 November 2026, 7:23pm`.
    pub fn in_london(self) -> String {
        let zoned = self.zoned();
        let hour = match zoned.hour() % 12 {
            0 => 12,
            other => other,
        };
        let half = if zoned.hour() < 12 { "am" } else { "pm" };
        format!("{}, {hour}:{:02}{half}", long_date(zoned.date()), zoned.minute())
    }

    /// The day in England, as people read it: `21 November 2026`.
    pub fn day_in_london(self) -> String {
        long_date(self.zoned().date())
    }

    /// The day in England, for working with dates that people typed.
    pub fn date_in_london(self) -> Date {
        self.zoned().date()
    }

    /// RFC 3339 in UTC to the second, for `datetime` attributes (HTML takes at most three digits of a fraction), logs
    /// and exports.
    pub fn rfc3339(self) -> String {
        self.timestamp().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
    }

    /// As HTTP headers write it (RFC 9110, 5.6.7): `Sat, 21 Nov 2026 19:23:00 GMT`.
    pub fn http_date(self) -> String {
        let printer = jiff::fmt::rfc2822::DateTimePrinter::new();
        printer.timestamp_to_rfc9110_string(&self.timestamp()).unwrap_or_default()
    }

    /// Day and time in England, for formats that know no time zone.
    pub fn civil_in_london(self) -> jiff::civil::DateTime {
        self.zoned().datetime()
    }

    fn timestamp(self) -> Timestamp {
        Timestamp::from_microsecond(self.0).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    fn zoned(self) -> jiff::Zoned {
        let zone = TimeZone::get("Europe/London").unwrap_or(TimeZone::UTC);
        self.timestamp().to_zoned(zone)
    }
}

/// A date as people read it: `2 September 2026`.
pub fn long_date(date: Date) -> String {
    format!("{} {} {}", date.day(), month_name(date.month()), date.year())
}

/// The name of a month, 1 to 12.
pub fn month_name(month: i8) -> &'static str {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    usize::try_from(month - 1).ok().and_then(|index| MONTHS.get(index)).copied().unwrap_or_default()
}

/// Where the program takes the time from.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// A clock that a test moves by hand.
    Set(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at `moment` until [`Clock::advance`] moves it.
    pub fn standing_at(moment: Moment) -> Clock {
        Clock::Set(Arc::new(AtomicI64::new(moment.0)))
    }

    /// The time now.
    pub fn now(&self) -> Moment {
        match self {
            Clock::System => Moment(Timestamp::now().as_microsecond()),
            Clock::Set(micros) => Moment(micros.load(Ordering::SeqCst)),
        }
    }

    /// Moves a set clock forward by `micros`; the machine's clock does not move.
    pub fn advance(&self, micros: i64) {
        if let Clock::Set(now) = self {
            now.fetch_add(micros, Ordering::SeqCst);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summer_and_winter_read_as_london_time() {
        assert_eq!(Moment(1_784_455_200 * SECOND).in_london(), "19 July 2026, 11:00am");
        assert_eq!(Moment(1_795_288_980 * SECOND).in_london(), "21 November 2026, 7:23pm");
    }

    #[test]
    fn a_set_clock_moves_only_by_hand() {
        let clock = Clock::standing_at(Moment(5));
        clock.advance(DAY);
        assert_eq!(clock.now(), Moment(5 + DAY));
    }
}
