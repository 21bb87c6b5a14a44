//! Who is told at once when a sender says that someone is not safe now; and what a service that the public can reach must
//! have before it starts.

use std::net::IpAddr;

use lettre::message::Mailboxes;

use super::{Config, UnsafeSettings};

/// Somebody who is told at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnCall {
    /// Their name, for the operator.
    pub name: String,
    /// Their mail address.
    pub email: String,
}

/// Reads `Name <mail>, Name <mail>`. Each has a name, so that an operator sees at a glance whether it is still right.
pub fn read(setting: Option<&str>) -> Result<Vec<OnCall>, UnsafeSettings> {
    let text = setting.unwrap_or_default().trim();
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let wrong = || {
        UnsafeSettings(
            "HEARD_ON_CALL cannot be read. Write each person as Name <mail>, with commas between them: \
             HEARD_ON_CALL='Sam Jones <sam@heard.example>, Ada Lee <ada@heard.example>'."
                .into(),
        )
    };
    let people: Mailboxes = text.trim_end_matches(',').parse().map_err(|_| wrong())?;
    let named = people.into_iter().map(|person| {
        let name = person.name.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).ok_or_else(wrong)?;
        Ok(OnCall { name, email: person.email.to_string() })
    });
    named.collect()
}

impl Config {
    /// Whether others than the people at this machine can reach it, by its public address.
    pub fn is_public(&self) -> bool {
        !is_loopback(&self.public_url)
    }

    /// A child may say here that someone is not safe now. Nobody may be able to say it to a service that tells no person,
    /// or that cannot say when anybody reads.
    pub fn refuse_public_without_people(&self) -> Result<(), UnsafeSettings> {
        if !self.is_public() {
            return Ok(());
        }
        let settings = &self.settings;
        let is_blank = |setting: &Option<String>| setting.as_ref().is_none_or(|text| text.trim().is_empty());
        let missing = [
            (
                self.on_call.is_empty(),
                "Set HEARD_ON_CALL to the people who are told at once: HEARD_ON_CALL='Sam Jones <sam@heard.example>'.",
            ),
            (
                is_blank(&settings.reading_hours),
                "Set HEARD_READING_HOURS to when somebody reads, such as \"Monday to Friday, 9am to 5pm\".",
            ),
            (is_blank(&settings.smtp_url), "Set HEARD_SMTP_URL to a mail server, so that they can be told."),
        ];
        let said: Vec<&str> = missing.iter().filter(|(is_missing, _)| *is_missing).map(|(_, say)| *say).collect();
        if said.is_empty() {
            return Ok(());
        }
        Err(UnsafeSettings(format!(
            "Anybody may say at {} that someone is not safe now, and nobody would be told in time. {}",
            self.public_url,
            said.join(" ")
        )))
    }
}

/// Whether an address leads to this very machine.
pub(super) fn is_loopback(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split('/').next().unwrap_or_default();
    let host = match authority.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::Settings;
    use super::*;

    fn checked(change: impl FnOnce(&mut Settings)) -> Config {
        let mut settings = Settings::for_testing(Path::new("/tmp/d"));
        settings.public_url = Some("https://heard.example".into());
        change(&mut settings);
        settings.check().expect("these settings can be read")
    }

    #[test]
    fn people_on_call_are_read_with_their_names() {
        let people = read(Some("Sam Jones <sam@heard.example>, \"Lee, Ada\" <ada@heard.example>,")).expect("they are");
        let named: Vec<(&str, &str)> = people.iter().map(|one| (one.name.as_str(), one.email.as_str())).collect();
        assert_eq!(named, [("Sam Jones", "sam@heard.example"), ("Lee, Ada", "ada@heard.example")]);
        assert_eq!(read(None), Ok(Vec::new()));
        assert_eq!(read(Some(" ")), Ok(Vec::new()));
        for wrong in ["sam@heard.example", "Sam <sam>", "Sam", "Sam <sam@heard.example> Ada <ada@heard.example>"] {
            assert!(read(Some(wrong)).expect_err(wrong).0.contains("Name <mail>"), "{wrong}");
        }
    }

    #[test]
    fn a_public_service_needs_people_hours_and_a_mail_server() {
        let refused = checked(|_| {}).refuse_public_without_people().expect_err("nobody is told").0;
        for said in ["https://heard.example", "HEARD_ON_CALL", "HEARD_READING_HOURS", "HEARD_SMTP_URL"] {
            assert!(refused.contains(said), "{said}: {refused}");
        }
        let only_hours = checked(|settings| {
            settings.on_call = Some("Sam Jones <sam@heard.example>".into());
            settings.smtp_url = Some("smtps://mail.example".into());
        });
        let refused = only_hours.refuse_public_without_people().expect_err("nobody knows when").0;
        assert!(refused.contains("HEARD_READING_HOURS") && !refused.contains("HEARD_ON_CALL"), "{refused}");
        let whole = checked(|settings| {
            settings.on_call = Some("Sam Jones <sam@heard.example>".into());
            settings.smtp_url = Some("smtps://mail.example".into());
            settings.reading_hours = Some("Monday to Friday".into());
        });
        assert_eq!(whole.refuse_public_without_people(), Ok(()));
    }

    #[test]
    fn a_try_on_this_machine_needs_nobody() {
        for here in ["http://127.0.0.1:8080", "https://localhost:8443", "http://[::1]:8080"] {
            let config = checked(|settings| settings.public_url = Some(here.into()));
            assert_eq!(config.refuse_public_without_people(), Ok(()), "{here}");
        }
        assert!(checked(|settings| settings.public_url = Some("https://localhost.example".into())).is_public());
    }
}
