//! Work outside a request: erasing what was taken back, drafts that expire, news by mail, and sweeping up.
//!
//! | What | Kept until |
//! |---|---|
//! | a draft | `HEARD_DRAFT_DAYS` after it was last touched |
//! | what was taken back | 14 days, in which that can be undone |
//! | a visit | as long as a draft, after it was last used |
//! | keys of pressed forms, failed tries | 7 days |
//!
//! News goes only to a mail address whose owner asked for it and said that it is safe. It says that there is news and
//! nothing else: no area, no child, no name, no code, no link. Somebody else may read it.

use super::store;
use super::{Event, Field, State, erase, state};
use crate::clock::{DAY, HOUR};
use crate::id::SubmissionId;
use crate::intake::Intake;
use crate::jobs::{JobError, Registry};
use crate::mail::{self, Letter, SendLater};
use crate::words::{Speech, Wording, Words};

/// Erases what was taken back. Its subject is the submission's id.
pub const ERASE_TAKEN_BACK: &str = "erase_taken_back";
/// Tells the sender that it arrived, if they asked for news. Its subject is the submission's id.
pub const NEWS_OF_ARRIVAL: &str = "news_of_arrival";
/// Tells the sender that somebody has read it, if they asked for news. Its subject is the submission's id.
pub const NEWS_OF_READING: &str = "news_of_reading";

const EXPIRE_DRAFTS: &str = "expire_drafts";
const SWEEP: &str = "sweep_visits";

/// Names the handlers.
pub fn jobs(registry: Registry<Intake>) -> Registry<Intake> {
    registry
        .on(ERASE_TAKEN_BACK, erase_taken_back)
        .on(NEWS_OF_ARRIVAL, news)
        .on(NEWS_OF_READING, news)
        .every(EXPIRE_DRAFTS, 6 * HOUR, expire_drafts)
        .every(SWEEP, DAY, sweep)
}

async fn erase_taken_back(intake: Intake, subject: String) -> Result<(), JobError> {
    let now = intake.site().clock.now();
    let still = |row: &store::Submission| {
        row.state == State::Withdrawn && row.withdrawn_us.is_some_and(|withdrawn| now >= state::undo_until(withdrawn))
    };
    erase::erase(&intake, &SubmissionId(subject), Event::Erase, still, now).await?;
    Ok(())
}

async fn expire_drafts(intake: Intake, _: String) -> Result<(), JobError> {
    let site = intake.site();
    let now = site.clock.now();
    let before = now.plus(-site.config.settings.draft_days.saturating_mul(DAY));
    loop {
        let mut tx = site.db.read().await?;
        let old = store::list_old_drafts(&mut tx, before).await?;
        drop(tx);
        let mut gone = 0;
        for draft in &old {
            let still = |row: &store::Submission| row.state == State::Draft && row.touched_us < before;
            gone += usize::from(erase::erase(&intake, draft, Event::Expire, still, now).await?);
        }
        if gone == 0 {
            return Ok(());
        }
        tracing::info!(drafts = gone, "drafts expired");
    }
}

async fn sweep(intake: Intake, _: String) -> Result<(), JobError> {
    let site = intake.site();
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    let visits = now.plus(-site.config.settings.draft_days.saturating_mul(DAY));
    store::sweep(&mut tx, visits, now.plus(-7 * DAY)).await?;
    tx.commit().await?;
    Ok(())
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
