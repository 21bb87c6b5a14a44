//! Times as devices write them. What cannot be read as a time stays in the file's own letters and puts nothing in order.

use jiff::civil::DateTime;
use jiff::{Timestamp, tz::TimeZone};

use super::reading::{Event, TimeSource};

/// A time: as it is shown, and for putting events in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct When {
    pub shown: String,
    pub order: Option<i64>,
}

impl When {
    /// ISO 8601, with or without a zone; else the letters as they are.
    pub(super) fn from_iso(text: &str) -> When {
        let text = text.trim();
        let moment = text.parse::<Timestamp>().ok().map(Timestamp::as_microsecond);
        When { shown: text.to_owned(), order: moment.or_else(|| text.parse().ok().and_then(order_of)) }
    }

    /// Hundreds of nanoseconds since the beginning of the year 1, on the device's clock.
    pub(super) fn from_ticks(ticks: i64) -> Option<When> {
        const UNIX_EPOCH: i64 = 621_355_968_000_000_000;
        let since = ticks.checked_sub(UNIX_EPOCH)?;
        // The two highest bits tell the kind of clock in one way of writing it.
        let since = if ticks < 0 { (ticks & 0x3FFF_FFFF_FFFF_FFFF).checked_sub(UNIX_EPOCH)? } else { since };
        let moment = Timestamp::from_nanosecond(i128::from(since) * 100).ok()?;
        let local = TimeZone::UTC.to_datetime(moment);
        Some(When { shown: local.to_string(), order: order_of(local) })
    }

    /// Seconds, or thousandths of them, since 1970.
    pub(super) fn from_unix(number: f64) -> Option<When> {
        let seconds = if number.abs() > 1e11 { number / 1000.0 } else { number };
        let moment = Timestamp::from_microsecond((seconds * 1e6) as i64).ok()?;
        (seconds > 1e8).then(|| When { shown: moment.to_string(), order: Some(moment.as_microsecond()) })
    }

    /// "Oct 3, 2024 9:15:02 AM", "3 Oct 2024 at 09:15", "2024-10-03 09:15:02"; else the letters as they are.
    pub(super) fn from_words(text: &str) -> When {
        let text = text.trim();
        let iso = When::from_iso(text);
        if iso.order.is_some() {
            return iso;
        }
        match with_month_name(text) {
            Some(local) => When { shown: local.to_string(), order: order_of(local) },
            None => When { shown: text.to_owned(), order: None },
        }
    }

    /// Puts the time of a device into an event.
    pub(super) fn tell(self, event: &mut Event) {
        event.time_source = TimeSource::DeviceClock;
        event.at = Some(self.shown);
        event.order = self.order;
    }
}

fn order_of(local: DateTime) -> Option<i64> {
    TimeZone::UTC.to_timestamp(local).ok().map(Timestamp::as_microsecond)
}

/// A day of which the month is a word, so that it cannot be taken for another day.
fn with_month_name(text: &str) -> Option<DateTime> {
    let words: Vec<&str> =
        text.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty()).collect();
    let month = words.iter().find_map(|word| month_named(word))?;
    let numbers = || words.iter().filter_map(|word| word.parse::<i16>().ok());
    let year = numbers().find(|number| *number >= 1900)?;
    let day = numbers().find(|number| (1..=31).contains(number))?;
    let clock = words.iter().find(|word| word.contains(':')).copied().unwrap_or("0:00");
    let (clock, ends_in) = match clock.find(|c: char| c.is_alphabetic()) {
        Some(at) => clock.split_at(at),
        None => (clock, ""),
    };
    let mut parts = clock.split(':').map(|part| part.parse::<i8>().ok());
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next().unwrap_or(Some(0))?);
    let half = words.iter().copied().chain([ends_in]).find_map(half_of_the_day);
    let hour = match half {
        Some(afternoon) if (1..=12).contains(&hour) => hour % 12 + if afternoon { 12 } else { 0 },
        _ => hour,
    };
    DateTime::new(year, month, i8::try_from(day).ok()?, hour, minute, second, 0).ok()
}

fn half_of_the_day(word: &str) -> Option<bool> {
    match word.to_ascii_lowercase().trim_matches('.') {
        "am" | "a.m" => Some(false),
        "pm" | "p.m" => Some(true),
        _ => None,
    }
}

fn month_named(word: &str) -> Option<i8> {
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let word = word.to_ascii_lowercase();
    let begin = word.get(..3)?;
    let whole = word.chars().all(|c| c.is_ascii_alphabetic() || c == '.');
    MONTHS.iter().position(|month| whole && *month == begin).map(|at| at as i8 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_devices_write_them() {
        let ticks = When::from_ticks(638_635_437_000_000_000).expect("a time");
        assert_eq!(ticks.shown, "2024-10-03T09:15:00");
        for (words, shown) in [
            ("Oct 3, 2024 9:15:02 AM", "2024-10-03T09:15:02"),
            ("Oct 3, 2024 at 9:15:02\u{202F}PM", "2024-10-03T21:15:02"),
            ("3 October 2024 12:00", "2024-10-03T12:00:00"),
            ("Oct 3, 2024 12:00:05 AM", "2024-10-03T00:00:05"),
            ("03/10/2024 9:15", "03/10/2024 9:15"),
            ("nonsense", "nonsense"),
        ] {
            assert_eq!(When::from_words(words).shown, shown);
        }
        assert!(When::from_iso("2024-10-03T09:15:00Z").order < When::from_iso("2024-10-03T09:15:00.5Z").order);
        assert_eq!(When::from_ticks(i64::MIN), None);
        assert_eq!(When::from_ticks(i64::MAX), None);
    }
}
