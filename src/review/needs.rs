//! What needs somebody who knows a language: items in BSL or another language than English without a translation beside
//! them, and translations that no second person has checked. Two views say which (`migrations/*/0018_languages.sql`).
//!
//! Every count counts submissions, and only those that its reader may see.

use crate::clock::Moment;
use crate::db::{self, DbResult, Tx};
use crate::evidence::language::{Language, SIGNED};
use crate::id::{InspectionId, StaffId, SubmissionId};

/// A filter: with an item that needs an interpreter, whatever its language.
pub const ANY: &str = "any";
/// A filter: with a translation that nobody has checked.
pub const UNCHECKED: &str = "unchecked";

/// The filter that an address asks for: [`ANY`], [`UNCHECKED`] or a language that we know.
pub fn parse(text: &str) -> Option<String> {
    let known = matches!(text, ANY | UNCHECKED | SIGNED) || Language::find(text).is_some();
    known.then(|| text.to_owned())
}

/// How many submissions of a queue hold something in this language that needs an interpreter.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Need {
    /// The language.
    pub language: String,
    /// Submissions, whatever became of their review.
    pub submissions: i64,
    /// Of these, the ones that nobody is reading yet.
    pub waiting: i64,
}

const COUNT: &str = "select n.language,
        count(distinct r.submission_id) as submissions,
        count(distinct case
            when r.state = 'waiting' or (r.state = 'claimed' and r.claimed_until_us <= $3) then r.submission_id
        end) as waiting
    from review r
    join submission s on s.id = r.submission_id
    join needs_interpreter n on n.submission_id = r.submission_id
    where r.inspection_id = $1
        and s.state = 'sent'
        and not exists (select 1 from staff_refused x where x.staff_id = $2 and x.submission_id = r.submission_id)
        and not exists (
            select 1 from flag c where c.submission_id = r.submission_id and c.item_id is null and c.seals)
    group by n.language
    order by 2 desc, n.language";

/// What needs an interpreter in a queue, by language, the most needed first.
pub async fn count(tx: &mut Tx, inspection: &InspectionId, reader: &StaffId, now: Moment) -> DbResult<Vec<Need>> {
    db::all!(tx, Need, COUNT, inspection, reader, now)
}

const COUNT_UNCHECKED: &str = "select count(distinct r.submission_id)
    from review r
    join submission s on s.id = r.submission_id
    join translation_unchecked u on u.submission_id = r.submission_id
    where r.inspection_id = $1
        and s.state = 'sent'
        and not exists (select 1 from staff_refused x where x.staff_id = $2 and x.submission_id = r.submission_id)
        and not exists (
            select 1 from flag c where c.submission_id = r.submission_id and c.item_id is null and c.seals)";

/// How many submissions of a queue hold a translation that no second person has checked.
pub async fn count_unchecked(tx: &mut Tx, inspection: &InspectionId, reader: &StaffId) -> DbResult<i64> {
    Ok(db::one!(tx, (i64,), COUNT_UNCHECKED, inspection, reader)?.0)
}

const LANGUAGES: &str = "select distinct language from needs_interpreter where submission_id = $1 order by language";

/// The languages in which a submission needs an interpreter, for its line in a list.
pub async fn list_languages(tx: &mut Tx, submission: &SubmissionId) -> DbResult<Vec<String>> {
    let rows = db::all!(tx, (String,), LANGUAGES, submission)?;
    Ok(rows.into_iter().map(|(language,)| language).collect())
}

/// Whether an item in this language, which reached us in this way, needs an interpreter, and for which language: the
/// same rule as the view's, for a page that has the item at hand.
pub fn language_of(language: Option<&str>, is_signed: bool) -> Option<&str> {
    match language {
        None | Some("und") if is_signed => Some(SIGNED),
        Some("en" | "und" | "zxx") | None => None,
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_known_language_is_a_filter() {
        for known in [ANY, UNCHECKED, SIGNED, "bfi", "ur"] {
            assert_eq!(parse(known).as_deref(), Some(known));
        }
        for other in ["", "xx", "' or 1=1", "english"] {
            assert_eq!(parse(other), None, "{other}");
        }
    }

    #[test]
    fn bsl_and_urdu_need_an_interpreter_and_english_does_not() {
        assert_eq!(language_of(Some("bfi"), true), Some("bfi"));
        assert_eq!(language_of(Some("ur"), false), Some("ur"));
        assert_eq!(language_of(None, true), Some(SIGNED));
        for (language, signed) in [(Some("en"), true), (Some("und"), false), (Some("zxx"), false), (None, false)] {
            assert_eq!(language_of(language, signed), None);
        }
    }
}
