//! Dates as people type them, in three fields, of which any may be left empty: "14 May 2026", "5 26", only a year.
//!
//! A date that somebody half remembers is still worth telling. It is kept as `2026-05-14`, `2026-05` or `2026`, never as
//! a moment.

use jiff::civil::Date;

use super::form::Form;
use crate::clock::{long_date, month_name};
use crate::html::DateValue;

/// What was typed into a date's three fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypedDate {
    /// Nothing.
    Empty,
    /// A year, with a month and a day as far as they were given.
    Known {
        /// The year.
        year: i16,
        /// The month.
        month: Option<i8>,
        /// The day.
        day: Option<i8>,
    },
    /// Something that is no date.
    Wrong,
}

impl TypedDate {
    /// Reads the fields `name-day`, `name-month` and `name-year` of a form.
    pub fn read(form: &Form, name: &str) -> TypedDate {
        let part = |part: &str| form.get(&format!("{name}-{part}")).to_owned();
        TypedDate::from_parts(&part("day"), &part("month"), &part("year"))
    }

    /// Reads the three fields.
    pub fn from_parts(day: &str, month: &str, year: &str) -> TypedDate {
        if day.is_empty() && month.is_empty() && year.is_empty() {
            return TypedDate::Empty;
        }
        let Some(year) = read_year(year) else { return TypedDate::Wrong };
        let month = match month {
            "" => None,
            typed => match read_month(typed) {
                Some(month) => Some(month),
                None => return TypedDate::Wrong,
            },
        };
        let day = match (day, month) {
            ("", _) => None,
            (typed, Some(month)) => match typed.parse().ok().filter(|day| Date::new(year, month, *day).is_ok()) {
                Some(day) => Some(day),
                None => return TypedDate::Wrong,
            },
            (_, None) => return TypedDate::Wrong,
        };
        TypedDate::Known { year, month, day }
    }

    /// As rows keep it: none where nothing readable was typed.
    pub fn to_text(self) -> Option<String> {
        match self {
            TypedDate::Known { year, month: Some(month), day: Some(day) } => {
                Some(format!("{year:04}-{month:02}-{day:02}"))
            }
            TypedDate::Known { year, month: Some(month), .. } => Some(format!("{year:04}-{month:02}")),
            TypedDate::Known { year, .. } => Some(format!("{year:04}")),
            TypedDate::Empty | TypedDate::Wrong => None,
        }
    }

    /// Reads what [`TypedDate::to_text`] wrote.
    pub fn from_text(text: &str) -> TypedDate {
        let mut parts = text.split('-');
        let mut next = || parts.next().unwrap_or("");
        let (year, month, day) = (next(), next(), next());
        TypedDate::from_parts(day, month, year)
    }

    /// The day, where all of it is known.
    pub fn date(self) -> Option<Date> {
        match self {
            TypedDate::Known { year, month: Some(month), day: Some(day) } => Date::new(year, month, day).ok(),
            _ => None,
        }
    }

    /// Whether all of it, or what is known of it, lies after this day.
    pub fn is_after(self, today: Date) -> bool {
        match self {
            TypedDate::Known { year, month, day } => {
                let known = (year, month.unwrap_or(1), day.unwrap_or(1));
                known > (today.year(), today.month(), today.day())
            }
            TypedDate::Empty | TypedDate::Wrong => false,
        }
    }

    /// As people read it: "14 May 2026", "May 2026", "2026". Empty where nothing is known.
    pub fn in_words(self) -> String {
        match self {
            TypedDate::Known { year, month: Some(month), day: None } => format!("{} {year}", month_name(month)),
            TypedDate::Known { year, month: None, .. } => year.to_string(),
            known => known.date().map(long_date).unwrap_or_default(),
        }
    }

    /// What stands in the three fields when they are shown again.
    pub fn parts(self) -> [String; 3] {
        let shown = |part: Option<i8>| part.map(|part| part.to_string()).unwrap_or_default();
        match self {
            TypedDate::Known { year, month, day } => [shown(day), shown(month), year.to_string()],
            TypedDate::Empty | TypedDate::Wrong => Default::default(),
        }
    }
}

/// The three fields of a form as they were typed, to show them again.
pub fn typed_parts(form: &Form, name: &str) -> [String; 3] {
    ["day", "month", "year"].map(|part| form.get(&format!("{name}-{part}")).to_owned())
}

/// The parts as the component takes them.
pub fn date_value(parts: &[String; 3]) -> DateValue<'_> {
    DateValue { day: &parts[0], month: &parts[1], year: &parts[2] }
}

/// Two figures mean this century. Before 1900 or after 2100 is a slip.
fn read_year(typed: &str) -> Option<i16> {
    let year: i16 = typed.parse().ok()?;
    let year = if (0..100).contains(&year) && typed.len() <= 2 { 2000 + year } else { year };
    (1900..=2100).contains(&year).then_some(year)
}

/// A number, or a name of at least three letters.
fn read_month(typed: &str) -> Option<i8> {
    if let Ok(month) = typed.parse::<i8>() {
        return (1..=12).contains(&month).then_some(month);
    }
    let typed = typed.trim_end_matches('.').to_lowercase();
    let is_it = |month: &i8| typed.chars().count() >= 3 && month_name(*month).to_lowercase().starts_with(&typed);
    (1..=12).find(is_it).or_else(|| (typed == "sept").then_some(9))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn read(day: &str, month: &str, year: &str) -> TypedDate {
        TypedDate::from_parts(day, month, year)
    }

    #[test]
    fn dates_are_read_as_people_type_them() {
        let expected = Some(date(2026, 9, 2));
        for (day, month, year) in
            [("2", "9", "2026"), ("02", "09", "26"), ("2", "Sept", "2026"), ("2", "september", "2026")]
        {
            assert_eq!(read(day, month, year).date(), expected, "{day} {month} {year}");
        }
        assert_eq!(read("", "May", "2026").in_words(), "May 2026");
        assert_eq!(read("", "", "2025").in_words(), "2025");
        assert_eq!(read("2", "9", "2026").in_words(), "2 September 2026");
        assert_eq!(read("", "", ""), TypedDate::Empty);
    }

    #[test]
    fn what_is_no_date_is_said_so() {
        for (day, month, year) in [
            ("31", "2", "2026"),
            ("1", "13", "2026"),
            ("1", "", "2026"),
            ("1", "1", ""),
            ("1", "1", "20266"),
            ("x", "1", "2026"),
            ("1", "Ma", "2026"),
        ] {
            assert_eq!(read(day, month, year), TypedDate::Wrong, "{day} {month} {year}");
        }
    }

    #[test]
    fn days_to_come_are_known_as_such() {
        let today = date(2026, 11, 21);
        assert!(read("22", "11", "2026").is_after(today));
        assert!(!read("21", "11", "2026").is_after(today));
        assert!(!read("", "11", "2026").is_after(today));
        assert!(read("", "", "2027").is_after(today));
    }

    proptest! {
        #[test]
        fn what_is_kept_reads_back_as_it_was(year in 1900i16..=2100, month in proptest::option::of(1i8..=12), day in proptest::option::of(1i8..=28)) {
            let known = TypedDate::Known { year, month, day: day.filter(|_| month.is_some()) };
            prop_assert_eq!(TypedDate::from_text(&known.to_text().expect("it is known")), known);
            let [day, month, year] = known.parts();
            prop_assert_eq!(TypedDate::from_parts(&day, &month, &year), known);
        }

        #[test]
        fn nothing_that_is_typed_makes_it_stumble(day in ".{0,8}", month in ".{0,12}", year in ".{0,8}") {
            let _ = TypedDate::from_parts(&day, &month, &year).in_words();
        }
    }
}
