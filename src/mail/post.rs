//! Handing one letter to the mail server, and what its answer means for the job.

use std::net::IpAddr;
use std::time::{Duration, SystemTime};

use anyhow::anyhow;
use lettre::message::header::{ContentType, HeaderName, HeaderValue, MIME_VERSION_1_0};
use lettre::message::{Mailbox, Message};
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};

use super::Letter;
use crate::clock::Moment;
use crate::id::MailId;
use crate::jobs::JobError;

/// How long the server may take for each answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// Why a letter could not be handed over. Never holds the address or the text.
#[derive(Debug, thiserror::Error)]
pub enum PostError {
    /// The server does not answer, or asks to try again later.
    #[error("the mail server does not take mail just now")]
    Later(#[source] anyhow::Error),
    /// The letter cannot be sent: a broken address, or the server refuses it for good.
    #[error("the letter cannot be sent: {0}")]
    Never(String),
    /// The mail settings are wrong.
    #[error("HEARD_SMTP_URL or HEARD_MAIL_FROM is wrong: {0}")]
    Settings(String),
}

impl From<PostError> for JobError {
    fn from(error: PostError) -> JobError {
        match error {
            // An operator mends settings; the letter waits until then.
            PostError::Later(_) | PostError::Settings(_) => JobError::Wait(error.into()),
            PostError::Never(_) => JobError::Fail(error.into()),
        }
    }
}

pub(super) async fn post(server: &str, from: &str, id: &MailId, now: Moment, letter: Letter) -> Result<(), PostError> {
    let from: Mailbox = from.parse().map_err(|_| PostError::Settings("HEARD_MAIL_FROM is not an address".into()))?;
    let to: Mailbox = letter.to.parse().map_err(|_| PostError::Never("the address is not one".into()))?;
    let message_id = format!("<{id}@{}>", from.email.domain());
    let date = SystemTime::UNIX_EPOCH + Duration::from_micros(u64::try_from(now.0).unwrap_or(0));
    let mut message = Message::builder()
        .message_id(Some(message_id))
        .date(date)
        .from(from)
        .to(to)
        .subject(letter.subject)
        .header(MIME_VERSION_1_0)
        .header(ContentType::TEXT_PLAIN)
        .body(letter.text)
        .map_err(|error| PostError::Never(error.to_string()))?;
    // RFC 3834: nobody's "I am away" answers a machine.
    let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
    message.headers_mut().insert_raw(HeaderValue::new(automatic, "auto-generated".into()));
    let transport = transport(server)?;
    let sent = transport.send(message).await;
    transport.shutdown().await;
    match sent {
        Ok(_) => Ok(()),
        // The server's words may hold the address, so only its code is kept.
        Err(error) if error.is_permanent() => Err(PostError::Never(match error.status() {
            Some(code) => format!("the mail server answered {code}"),
            None => "the mail server refused it".into(),
        })),
        Err(error) => Err(PostError::Later(match error.status() {
            Some(code) => anyhow!("it answered {code}"),
            None => anyhow!("it could not be reached, or the connection broke"),
        })),
    }
}

/// Mail leaves this machine only encrypted: `smtps://`, or `smtp://` with STARTTLS required. A server on this machine
/// may be spoken to plainly.
fn transport(server: &str) -> Result<AsyncSmtpTransport<Tokio1Executor>, PostError> {
    let address = if server.starts_with("smtps://") || is_loopback(server) {
        server.to_owned()
    } else {
        let whole = server.split(['?', '#']).next().unwrap_or_default();
        format!("{whole}?tls=required")
    };
    // The error may repeat the address, and with it the password.
    let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(&address)
        .map_err(|_| PostError::Settings("write smtp://user:password@host:587 or smtps://…".into()))?;
    Ok(builder.timeout(Some(PATIENCE)).build())
}

fn is_loopback(server: &str) -> bool {
    let rest = server.trim_start_matches("smtp://");
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = match host.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_server_on_this_machine_may_be_spoken_to_plainly() {
        assert!(is_loopback("smtp://127.0.0.1:2525"));
        assert!(is_loopback("smtp://user:pass@localhost"));
        assert!(is_loopback("smtp://[::1]:25"));
        assert!(!is_loopback("smtp://mail.example:587"));
        assert!(!is_loopback("smtp://127.0.0.1@mail.example:587"));
        assert!(!is_loopback("smtp://localhost.example"));
    }

    #[tokio::test]
    async fn a_wrong_address_of_the_server_never_shows_its_password() {
        let said = format!("{:#}", transport("mail://user:hunter2@host").expect_err("wrong scheme"));
        assert!(said.contains("HEARD_SMTP_URL") && !said.contains("hunter2"), "{said}");
        assert!(transport("smtp://user:hunter2@mail.example:587").is_ok());
    }
}
