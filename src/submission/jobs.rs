//! Work outside a request: news by mail. What goes when its time is over is `retention/`.
//!
//! News goes only to a mail address whose owner asked for it and said that it is safe. It says that there is news and
//! nothing else: no area, no child, no name, no code, no link. Somebody else may read it.

use super::lost::{MATCH_REQUEST, match_request};
use super::store;
use super::{Field, State};
use crate::id::SubmissionId;
use crate::intake::Intake;
use crate::jobs::{JobError, Registry};
use crate::mail::{self, Letter, SendLater};
use crate::words::{Speech, Wording, Words};

/// Tells the sender that it arrived, if they asked for news. Its subject is the submission's id.
pub const NEWS_OF_ARRIVAL: &str = "news_of_arrival";
/// Tells the sender that somebody has read it, if they asked for news. Its subject is the submission's id.
pub const NEWS_OF_READING: &str = "news_of_reading";
/// Tells the sender that a question waits, if they asked for news. Its subject is the submission's id.
pub const NEWS_OF_QUESTION: &str = "news_of_question";

/// Names the handlers.
pub fn jobs(registry: Registry<Intake>) -> Registry<Intake> {
    registry
        .on(NEWS_OF_ARRIVAL, news)
        .on(NEWS_OF_READING, news)
        .on(NEWS_OF_QUESTION, news)
        .on(MATCH_REQUEST, match_request)
}

async fn news(intake: Intake, subject: String) -> Result<(), JobError> {
    let site = intake.site();
    let id = SubmissionId(subject);
    let mut tx = site.db.write().await?;
    let Some(row) = store::find(&mut tx, &id).await?.filter(|row| row.state == State::Sent) else { return Ok(()) };
    let Some(key) = site.keys.submission(&mut tx, &id).await.map_err(anyhow::Error::from)? else { return Ok(()) };
    let answers = store::load_answers(&mut tx, &key, &id).await.map_err(anyhow::Error::from)?;
    let Some(to) = safe_address(&answers) else { return Ok(()) };
    let letter = letter(Words::embedded().speak(Wording::parse(&row.wording).unwrap_or_default()), to);
    if mail::send_later(&mut tx, &site.keys, &site.config, site.clock.now(), letter).await? == SendLater::NoMailServer {
        tracing::warn!("somebody asked for news, and no mail server is set (HEARD_SMTP_URL)");
    }
    tx.commit().await?;
    site.jobs.wake();
    Ok(())
}

/// The mail address for news, where it was asked for and said to be safe.
fn safe_address(answers: &store::Answers) -> Option<&str> {
    let asked = answers.get(Field::ContactNews) == "yes" && answers.get(Field::ContactWay) == "email";
    let safe = answers.get(Field::ContactSafe) == "yes";
    answers.some(Field::ContactAddress).filter(|address| asked && safe && mail::is_address(address))
}

fn letter(speech: Speech, to: &str) -> Letter {
    let text = format!("{}\n\n{}\n", speech.say("mail.news"), speech.say("mail.how"));
    Letter { to: to.to_owned(), subject: speech.say("mail.subject").to_owned(), text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_says_nothing_that_somebody_else_should_not_read() {
        for wording in Wording::ALL {
            let letter = letter(Words::embedded().speak(wording), "a@b.example");
            let all = format!("{}\n{}", letter.subject, letter.text).to_lowercase();
            for word in ["http", "inspector", "child", "council", "heard", "hrd-", "ofsted", "school", "area"] {
                assert!(!all.contains(word), "{word} in {all}");
            }
        }
    }
}
