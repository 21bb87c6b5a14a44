//! The time limits in law, as dated data (`assets/data/limits.toml`), and how long something took.
//!
//! Everything is counted in civil days, never in moments. A page says "This took 30 weeks. The limit is usually 20 weeks.
//! Some delays are allowed." It never says that somebody broke the law: exceptions exist, and we do not know them.

use std::sync::OnceLock;

use jiff::ToSpan;
use jiff::civil::Date;

use super::dated::{Day, holds_on};
use super::names::Outcome;
use crate::submission::store::DatedStep;
use crate::web::typed_date::TypedDate;
use crate::words::Speech;

/// What a step that is measured by no limit has for a rule.
pub const OTHER: &str = "other";

/// How long something may usually take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// So many weeks.
    Weeks(i64),
    /// So many months of the calendar.
    Months(i64),
    /// So many days.
    Days(i64),
}

/// A limit in law, for as long as it holds.
#[derive(Clone, Debug)]
pub struct Limit {
    /// Its name: what a dated step is measured by.
    pub rule: String,
    /// How long it is.
    pub length: Length,
    /// Where it stands.
    pub source: String,
    /// The first day on which it holds.
    pub valid_from: Day,
    /// The last day, where there is one.
    pub valid_to: Option<Day>,
}

#[derive(serde::Deserialize)]
struct File {
    limit: Vec<Row>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    rule: String,
    weeks: Option<i64>,
    months: Option<i64>,
    days: Option<i64>,
    #[serde(rename = "from")]
    _from: String,
    #[serde(rename = "to")]
    _to: String,
    source: String,
    valid_from: Day,
    valid_to: Option<Day>,
}

impl Row {
    fn limit(self) -> Result<Limit, String> {
        let length = match (self.weeks, self.months, self.days) {
            (Some(weeks), None, None) => Length::Weeks(weeks),
            (None, Some(months), None) => Length::Months(months),
            (None, None, Some(days)) => Length::Days(days),
            _ => return Err(format!("{} needs one of weeks, months and days", self.rule)),
        };
        let Row { rule, source, valid_from, valid_to, .. } = self;
        Ok(Limit { rule, length, source, valid_from, valid_to })
    }
}

fn read(text: &str) -> Result<Vec<Limit>, String> {
    let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
    file.limit.into_iter().map(Row::limit).collect()
}

impl Limit {
    /// Every limit that ever held, in the order of the data.
    pub fn all() -> &'static [Limit] {
        static ALL: OnceLock<Vec<Limit>> = OnceLock::new();
        ALL.get_or_init(|| {
            read(include_str!("../../../assets/data/limits.toml"))
                .expect("a test reads the limits before they are released")
        })
    }

    /// The limits that hold on a day.
    pub fn on(day: Date) -> impl Iterator<Item = &'static Limit> {
        Limit::all().iter().filter(move |limit| limit.holds_on(day))
    }

    /// The limit of a rule on a day.
    pub fn find(rule: &str, day: Date) -> Option<&'static Limit> {
        Limit::on(day).find(|limit| limit.rule == rule)
    }

    fn holds_on(&self, day: Date) -> bool {
        holds_on(self.valid_from, self.valid_to, day)
    }

    /// The last day on which it is kept, counted from a day.
    pub fn last_day(&self, from: Date) -> Date {
        let span = match self.length {
            Length::Weeks(weeks) => weeks.weeks(),
            Length::Months(months) => months.months(),
            Length::Days(days) => days.days(),
        };
        from.saturating_add(span)
    }

    /// Its length in words.
    pub fn in_words(&self, speech: Speech) -> String {
        match self.length {
            Length::Weeks(weeks) => weeks_and_days(speech, weeks * 7),
            Length::Months(months) => speech.fill("dates.months", &[("number", &months.to_string())]),
            Length::Days(1) => speech.say("dates.days_one").to_owned(),
            Length::Days(days) => speech.fill("dates.days", &[("number", &days.to_string())]),
        }
    }
}

/// How long a step took, or takes so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Took {
    /// In days.
    pub days: i64,
    /// Whether they have answered.
    pub is_over: bool,
    /// Whether that is longer than its limit.
    pub is_longer: bool,
}

/// Counts a step's days: from asking to the answer, or to today where there is none yet. None where a day is missing.
pub fn took(step: &DatedStep, today: Date) -> Option<Took> {
    let whole = |text: &Option<String>| text.as_deref().and_then(|text| TypedDate::from_text(text).date());
    let asked = whole(&step.asked_on)?;
    let answered = whole(&step.answered_on);
    // An answer whose day nobody remembers cannot be counted, and is not "so far" either.
    if answered.is_none() && (step.answered_on.is_some() || outcome_of(step).is_some_and(Outcome::is_answer)) {
        return None;
    }
    let until = answered.unwrap_or(today);
    let days = i64::from(asked.until(until).ok()?.get_days());
    let limit = Limit::find(&step.rule, asked);
    let is_longer = limit.is_some_and(|limit| until > limit.last_day(asked));
    (days >= 0).then_some(Took { days, is_over: answered.is_some(), is_longer })
}

/// What they said, where it was told.
pub fn outcome_of(step: &DatedStep) -> Option<Outcome> {
    step.outcome.as_deref().and_then(Outcome::parse)
}

impl Outcome {
    /// Whether this is an answer at all.
    pub fn is_answer(self) -> bool {
        self != Outcome::NoAnswer
    }
}

/// What a page says about a step's time: one sentence each.
pub fn sentences(speech: Speech, step: &DatedStep, today: Date) -> Vec<String> {
    let Some(took) = took(step, today) else {
        return Vec::new();
    };
    let time = weeks_and_days(speech, took.days);
    let key = if took.is_over { "dates.took" } else { "dates.so_far" };
    let mut said = vec![speech.fill(key, &[("time", &time)])];
    let asked = step.asked_on.as_deref().and_then(|text| TypedDate::from_text(text).date());
    if let Some(limit) = asked.and_then(|asked| Limit::find(&step.rule, asked)) {
        said.push(speech.fill("dates.limit", &[("limit", &limit.in_words(speech))]));
        if took.is_longer {
            said.push(speech.say("dates.delays").to_owned());
        }
    }
    said
}

/// "30 weeks", "11 weeks and 2 days", "1 day".
pub fn weeks_and_days(speech: Speech, days: i64) -> String {
    let counted = |number: i64, one: &str, many: &str| match number {
        1 => speech.say(one).to_owned(),
        _ => speech.fill(many, &[("number", &number.to_string())]),
    };
    let (weeks, rest) = (days / 7, days % 7);
    match (weeks, rest) {
        (0, rest) => counted(rest, "dates.days_one", "dates.days"),
        (weeks, 0) => counted(weeks, "dates.weeks_one", "dates.weeks"),
        (weeks, rest) => {
            let weeks = counted(weeks, "dates.weeks_one", "dates.weeks");
            let days = counted(rest, "dates.days_one", "dates.days");
            speech.fill("dates.and", &[("weeks", &weeks), ("days", &days)])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Moment;
    use crate::id::DatedStepId;
    use crate::words::{Wording, Words};
    use jiff::civil::date;

    fn speech() -> Speech {
        Words::embedded().speak(Wording::Plain)
    }

    fn step(rule: &str, asked: &str, answered: Option<&str>) -> DatedStep {
        DatedStep {
            id: DatedStepId::new(Moment(0)),
            rule: rule.to_owned(),
            asked_on: Some(asked.to_owned()),
            outcome: None,
            answered_on: answered.map(str::to_owned),
            what: None,
            how_known: None,
        }
    }

    const TODAY: Date = date(2026, 4, 19);

    #[test]
    fn thirty_weeks_are_said_with_the_usual_limit() {
        let plan = step("final_plan", "2025-09-02", Some("2026-03-31"));
        assert_eq!(took(&plan, TODAY), Some(Took { days: 210, is_over: true, is_longer: true }));
        let said = sentences(speech(), &plan, TODAY).join(" ");
        assert_eq!(said, "This took 30 weeks. The limit is usually 20 weeks. Some delays are allowed.");
    }

    #[test]
    fn days_beyond_whole_weeks_are_said_too() {
        let decision = step("assessment_decision", "2025-09-02", Some("2025-11-20"));
        let said = sentences(speech(), &decision, TODAY).join(" ");
        assert_eq!(said, "This took 11 weeks and 2 days. The limit is usually 6 weeks. Some delays are allowed.");
    }

    #[test]
    fn within_the_limit_nothing_is_said_about_delays() {
        let decision = step("assessment_decision", "2026-01-05", Some("2026-02-16"));
        let said = sentences(speech(), &decision, TODAY).join(" ");
        assert_eq!(said, "This took 6 weeks. The limit is usually 6 weeks.");
    }

    #[test]
    fn what_is_still_waited_for_is_counted_until_today() {
        let waiting = step("final_plan", "2026-01-25", None);
        let said = sentences(speech(), &waiting, TODAY).join(" ");
        assert_eq!(said, "It has been 12 weeks so far. The limit is usually 20 weeks.");
    }

    #[test]
    fn months_are_those_of_the_calendar() {
        let in_time = step("yearly_review", "2025-03-31", Some("2026-03-31"));
        assert!(!took(&in_time, TODAY).expect("both days are known").is_longer);
        let late = step("yearly_review", "2025-03-31", Some("2026-04-01"));
        assert!(took(&late, TODAY).expect("both days are known").is_longer);
    }

    #[test]
    fn half_known_days_are_not_counted() {
        assert_eq!(took(&step("final_plan", "2025-09", Some("2026-03-31")), TODAY), None);
        assert_eq!(took(&step("final_plan", "2025-09-02", Some("2026")), TODAY), None);
        let answered_some_day = DatedStep { outcome: Some("yes".to_owned()), ..step("final_plan", "2025-09-02", None) };
        assert_eq!(took(&answered_some_day, TODAY), None);
    }

    #[test]
    fn a_limit_counts_only_while_it_holds() {
        let before = step("final_plan", "2010-01-01", Some("2011-01-01"));
        assert_eq!(sentences(speech(), &before, TODAY).len(), 1);
        assert!(Limit::find("final_plan", date(2014, 8, 31)).is_none());
        assert!(Limit::find("final_plan", date(2014, 9, 1)).is_some());
    }

    #[test]
    fn every_limit_can_be_read_and_has_words() {
        let limits = read(include_str!("../../../assets/data/limits.toml")).expect("the limits can be read");
        assert!(limits.len() >= 8);
        for limit in limits {
            assert!(speech().has(&format!("dates.rule_is.{}", limit.rule)), "{}", limit.rule);
            assert!(speech().has(&format!("dates.law.{}", limit.rule)), "{}", limit.rule);
        }
    }
}
