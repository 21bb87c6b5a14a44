//! "Someone is not safe now": the question on three pages, what was chosen, and the flag that sending it raises.
//!
//! The answer is sealed like any other and can be changed until it is sent. It is kept under the number of the receipt
//! that comes before its sending (0 in a draft), so that it is asked afresh of what is added later, and is never chosen
//! for anybody. With the sending a flag stands in the safeguarding lane, in the same transaction: it was raised by nobody,
//! because the sender said it. Telling people by mail is a job; `review/` does it.
//!
//! The sender's pages are the same whether or not a flag was raised. Before anything is sent they say what must be passed
//! on, and that nobody reads it at once ([`start::danger`]).

use maud::{Markup, html};
use serde_json::json;

use super::Field;
use super::start::{self, Statements};
use super::store::{Answers, save_answer};
use crate::audit;
use crate::clock::Moment;
use crate::db::{self, DbResult, Tx};
use crate::html::{self, Choice};
use crate::id::{FlagId, SubmissionId};
use crate::jobs;
use crate::storage::keys::SubmissionKey;
use crate::web::Form;
use crate::words::Speech;

/// The job that tells people of a flag by mail. Its subject is the flag's id.
pub const TELL_OF_FLAG: &str = "tell_of_flag";

/// The name in forms.
const NAME: &str = "not_safe";
const YES: &str = "yes";
const NO: &str = "no";
/// Takes an answer back.
const NOT_SAID: &str = crate::evidence::pages::NOT_SAID;

/// The question, alone: for a page that has said already what must be said before it.
pub fn question(speech: Speech, said: &str) -> Markup {
    let choice = |value, key: &str| Choice::new(value, speech.say(key)).picture(speech.picture(key));
    let choices = [choice(YES, "not_safe.yes"), choice(NO, "not_safe.no"), choice(NOT_SAID, "not_safe.not_said")];
    let field = html::Field::new(NAME, speech.say("not_safe.ask"))
        .hint(speech.say("not_safe.hint"))
        .picture(speech.picture("not_safe.ask"))
        .value(said);
    html::radios(speech, &field, &choices)
}

/// The question, after what to do in danger and when somebody reads this.
pub fn question_with_danger(speech: Speech, said: &str, statements: Statements) -> Markup {
    html! {
        (start::danger(speech, statements))
        (question(speech, said))
    }
}

/// What was answered, in our words; none for what no page offers.
pub fn in_words(speech: Speech, said: &str) -> Option<&'static str> {
    match said {
        YES => Some(speech.say("not_safe.yes")),
        NO => Some(speech.say("not_safe.no")),
        _ => None,
    }
}

/// Keeps what a form chose, sealed, for the sending after `receipts` receipts. A form in which nothing was chosen changes
/// nothing: somebody may have answered in another tab. True where it may have changed.
pub async fn keep(
    tx: &mut Tx,
    key: &SubmissionKey,
    (submission, receipts): (&SubmissionId, i64),
    form: &Form,
    now: Moment,
) -> DbResult<bool> {
    let said = match form.get(NAME) {
        YES => YES,
        NO => NO,
        NOT_SAID => "",
        _ => return Ok(false),
    };
    save_answer(tx, key, submission, (Field::NotSafe, receipts), said, now).await?;
    Ok(true)
}

/// Whether the sender says that someone is not safe, in what is sent after `receipts` receipts.
pub fn is_said(answers: &Answers, receipts: i64) -> bool {
    answers.part(Field::NotSafe, receipts) == YES
}

const RAISE: &str = "insert into flag (id, submission_id, kind, raised_us) values ($1, $2, 'safeguarding', $3)";

/// Raises the flag that the sender asked for, and writes down that people must be told.
pub async fn raise_flag(tx: &mut Tx, submission: &SubmissionId, now: Moment) -> DbResult<()> {
    let flag = FlagId::new(now);
    db::run!(&mut *tx, RAISE, &flag, submission, now)?;
    let detail = json!({ "flag": flag, "kind": "safeguarding" });
    audit::record(tx, now, "sender", "raise_flag", "submission", submission.as_str(), detail).await?;
    jobs::enqueue(tx, TELL_OF_FLAG, flag.as_str(), now, now).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::plain_english::{Reader, check_page, text_of_page};
    use crate::words::{Wording, Words};

    #[test]
    fn every_wording_asks_it_plainly_and_chooses_nothing() {
        for wording in Wording::ALL {
            let speech = Words::embedded().speak(wording);
            let hours = Statements { reading_hours: Some("Monday to Friday, 9am to 5pm"), ..Statements::default() };
            let asked = question_with_danger(speech, "", hours).into_string();
            assert!(!asked.contains("checked"), "nothing is chosen beforehand");
            for said in ["999", "0800 1111", "Nobody reads this", "Monday to Friday, 9am to 5pm", "must tell"] {
                assert!(asked.contains(said), "{said} in {wording:?}");
            }
            let reader = if wording == Wording::Plain { Reader::Anybody } else { Reader::ShortWords };
            let findings = check_page(&text_of_page(&asked), reader);
            assert!(findings.is_empty(), "{findings:#?}");
        }
    }

    #[test]
    fn what_was_chosen_stays_chosen() {
        let speech = Words::embedded().speak(Wording::Plain);
        assert_eq!(question(speech, YES).into_string().matches(" checked").count(), 1);
        assert!(question(speech, NO).into_string().contains("checked"));
    }
}
