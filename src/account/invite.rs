//! Making one-time links and getting them to people: by mail where a mail server is set, else by whoever made them.

use anyhow::Context;
use serde_json::json;

use super::links::{self, LIFE, LinkFor, Token};
use super::store::{self, Email, NewPerson};
use crate::audit;
use crate::clock::HOUR;
use crate::db::{self, DbResult, Tx};
use crate::id::{StaffId, random};
use crate::mail::{Letter, SendLater, send_later};
use crate::web::{Role, Site};
use crate::words::Speech;

/// How a link gets to its person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// Mail takes it there.
    ByMail,
    /// There is no mail: whoever made it passes it on.
    ShowIt,
}

/// Writes the mail with a link, if there is a mail server and an address.
pub async fn send(
    tx: &mut Tx,
    site: &Site,
    speech: Speech,
    staff: &StaffId,
    purpose: LinkFor,
    token: &Token,
) -> DbResult<Sent> {
    let Some(person) = store::find_person(tx, &site.keys, staff).await?.filter(|person| !person.email.is_empty())
    else {
        return Ok(Sent::ShowIt);
    };
    let (subject, text) = match purpose {
        LinkFor::Joining => ("account.mail.join_subject", "account.mail.join"),
        LinkFor::NewPassword => ("account.mail.password_subject", "account.mail.password"),
        LinkFor::NewSecondStep => ("account.mail.second_step_subject", "account.mail.second_step"),
    };
    let hours = (LIFE / HOUR).to_string();
    let link = token.address(&site.config.public_url);
    let letter = Letter {
        to: person.email,
        subject: speech.say(subject).to_owned(),
        text: speech.fill(text, &[("link", &link), ("hours", &hours)]),
    };
    Ok(match send_later(tx, &site.keys, &site.config, site.clock.now(), letter).await? {
        SendLater::WillBeSent => Sent::ByMail,
        SendLater::NoMailServer => Sent::ShowIt,
    })
}

/// What `heard staff invite` did.
#[derive(Debug, PartialEq, Eq)]
pub enum Invited {
    /// The link is on its way by mail.
    ByMail,
    /// This is the link; somebody must pass it on.
    Link(String),
}

/// Invites somebody from the command line. For an account that exists already it makes a new invitation, by which its
/// owner sets password and second step again: the way back in when every admin has lost theirs.
pub async fn invite_from_command_line(site: &Site, new: NewPerson) -> anyhow::Result<Invited> {
    let now = site.clock.now();
    let email: &Email = new.email.as_ref().context("an invitation needs an address")?;
    let mut tx = site.db.write().await?;
    let (id, action) = match store::find_by_email(&mut tx, &site.keys, email).await? {
        Some(id) => {
            store::enable(&mut tx, &id).await?;
            for code in &new.never {
                store::close_area(&mut tx, &id, code).await?;
            }
            (id, "staff.link_made")
        }
        None => {
            let id = store::add_person(&mut tx, &site.keys, &new, now).await?;
            (id.context("somebody made this account at the same moment; try again")?, "staff.invited")
        }
    };
    let token = Token::from_bytes(random());
    links::add(&mut tx, &id, LinkFor::Joining, &token, now).await?;
    let speech = site.words.speak(crate::words::Wording::Plain);
    let sent = send(&mut tx, site, speech, &id, LinkFor::Joining, &token).await?;
    audit::record(&mut tx, now, "operator", action, "staff", id.as_str(), json!({ "for": "join" })).await?;
    tx.commit().await?;
    Ok(match sent {
        Sent::ByMail => Invited::ByMail,
        Sent::ShowIt => Invited::Link(token.address(&site.config.public_url)),
    })
}

const JOINED: &str = "select count(*) from staff where password_hash is not null and totp_sealed is not null";
const FIRST: &str =
    "select id from staff where role = 'admin' and totp_sealed is null and disabled_us is null order by id limit 1";

/// The link that makes the first account, for `serve` to print: as long as nobody has joined, every start gives a fresh
/// one, because the last one may have scrolled away.
pub async fn first_link(site: &Site) -> anyhow::Result<Option<String>> {
    let mut tx = site.db.read().await?;
    if db::one!(&mut tx, (i64,), JOINED)?.0 > 0 {
        return Ok(None);
    }
    drop(tx);
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    // Writing to the chain first makes processes that start together wait for each other.
    audit::record(&mut tx, now, "service", "staff.first_link_made", "staff", "", json!({})).await?;
    let id = match db::maybe!(&mut tx, (StaffId,), FIRST)? {
        Some((id,)) => id,
        None => {
            let employer = site.config.settings.operator_name.clone().unwrap_or_default();
            let new = NewPerson { email: None, name: String::new(), role: Role::Admin, employer, never: Vec::new() };
            let id = store::add_person(&mut tx, &site.keys, &new, now).await?;
            id.context("an account without an address clashes with nothing")?
        }
    };
    let token = Token::from_bytes(random());
    links::add(&mut tx, &id, LinkFor::Joining, &token, now).await?;
    tx.commit().await?;
    Ok(Some(token.address(&site.config.public_url)))
}
