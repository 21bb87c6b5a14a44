//! Telling people by mail that somebody must look: the job that every new flag writes down.
//!
//! The colleagues who look after flags are told of each one. The people on call (`HEARD_ON_CALL`) are told where the sender
//! said that someone is not safe now, and where nobody in safeguarding could be told. A letter says nothing of what was
//! sent, by whom or about whom; it names the page that shows the flags, and whoever opens it must sign in.

use std::collections::BTreeMap;

use super::flags::{self, Flag, FlagKind};
use crate::account;
use crate::account::door;
use crate::db::{self, DbResult, Tx};
use crate::id::{StaffId, SubmissionId};
use crate::jobs::JobError;
use crate::mail::{Letter, SendLater, send_later};
use crate::web::Site;
use crate::words::{Speech, Wording};

/// Does `tell_of_flag`. A flag that was closed in the meantime needs nobody.
pub async fn tell_of_flag(site: Site, subject: String) -> Result<(), JobError> {
    let mut tx = site.db.write().await?;
    let Some(flag) = flags::find(&mut tx, &subject).await?.filter(|flag| flag.closed_us.is_none()) else {
        return Ok(());
    };
    let mut told = 0;
    for address in addresses(&mut tx, &site, &flag).await? {
        let letter = letter(site.words.speak(Wording::Plain), &flag, &site.config.public_url, address);
        if send_later(&mut tx, &site.keys, &site.config, site.clock.now(), letter).await? == SendLater::WillBeSent {
            told += 1;
        }
    }
    tx.commit().await?;
    site.jobs.wake();
    if told == 0 {
        tracing::warn!("a flag was raised and nobody could be told by mail; it waits in the safeguarding lane");
    }
    Ok(())
}

/// The addresses of whoever must be told; somebody who looks after flags and is on call gets one letter.
async fn addresses(tx: &mut Tx, site: &Site, flag: &Flag) -> DbResult<Vec<String>> {
    let mut addresses = safeguarding(tx, site, &flag.submission_id).await?;
    let nobody = addresses.is_empty() && flag.kind == FlagKind::Safeguarding;
    if is_urgent(flag) || nobody {
        addresses.extend(site.config.on_call.iter().map(|person| person.email.clone()));
    }
    let each_once: BTreeMap<String, String> =
        addresses.into_iter().map(|address| (address.to_lowercase(), address)).collect();
    Ok(each_once.into_values().collect())
}

/// Whether the sender said that someone is not safe now. Only such a flag was raised by nobody.
fn is_urgent(flag: &Flag) -> bool {
    flag.raised_by.is_none()
}

const SAFEGUARDING: &str = "select t.id
    from staff t
    where t.role = 'safeguarding' and t.disabled_us is null
        and not exists (select 1 from staff_refused x where x.staff_id = t.id and x.submission_id = $1)
    order by t.id";

async fn safeguarding(tx: &mut Tx, site: &Site, submission: &SubmissionId) -> DbResult<Vec<String>> {
    let mut addresses = Vec::new();
    for (id,) in db::all!(&mut *tx, (StaffId,), SAFEGUARDING, submission)? {
        let person = account::store::find_person(tx, &site.keys, &id).await?;
        addresses.extend(person.map(|person| person.email).filter(|email| !email.is_empty()));
    }
    Ok(addresses)
}

fn letter(speech: Speech, flag: &Flag, public_url: &str, to: String) -> Letter {
    let address = format!("{public_url}{}", door::FLAGS);
    let (subject, text) = match is_urgent(flag) {
        true => ("flags.mail_now.subject", "flags.mail_now.text"),
        false => ("flags.mail.subject", "flags.mail.text"),
    };
    let text = speech.fill(text, &[("address", &address)]).trim_start().to_owned();
    Letter { to, subject: speech.say(subject).to_owned(), text }
}
