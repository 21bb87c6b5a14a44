//! Who can help, from dated data: `assets/data/contacts.toml`. What they are called and do is in the words files.

use std::sync::OnceLock;

use jiff::civil::Date;
use serde::Deserialize;

/// The list of contacts as it is in the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    contact: Vec<Contact>,
}

/// Where on the page a contact stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Section {
    /// To talk to someone now.
    Now,
    /// Help with one's own case.
    Case,
    /// When something went wrong.
    Complain,
}

/// One organisation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// Its name in the words files.
    pub id: String,
    /// Where on the page it stands.
    pub section: Section,
    /// Phone number.
    pub phone: Option<String>,
    /// Mail address.
    pub email: Option<String>,
    /// Website.
    pub website: Option<String>,
    /// The day on which somebody compared this entry with its source; none means it is not shown.
    #[serde(default)]
    checked: Option<String>,
    /// What it was compared with.
    #[serde(default)]
    source: Option<String>,
}

impl Contact {
    /// The day on which it was checked, if it was and if we know against what.
    pub fn checked(&self) -> Option<Date> {
        self.source.as_ref()?;
        self.checked.as_ref()?.parse().ok()
    }
}

/// The contacts of one section that somebody has checked, in the file's order.
pub fn list_checked(section: Section) -> impl Iterator<Item = &'static Contact> {
    all().iter().filter(move |contact| contact.section == section && contact.checked().is_some())
}

/// The phone number of one of them, where somebody has checked it.
pub fn phone_of(id: &str) -> Option<&'static str> {
    all().iter().find(|contact| contact.id == id && contact.checked().is_some())?.phone.as_deref()
}

fn all() -> &'static [Contact] {
    static CONTACTS: OnceLock<Vec<Contact>> = OnceLock::new();
    CONTACTS.get_or_init(|| {
        let file: File = toml::from_str(include_str!("../../assets/data/contacts.toml"))
            .expect("a test reads the contacts before they are released");
        file.contact
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_contact_that_is_shown_has_words_a_date_and_a_source() {
        for section in [Section::Now, Section::Case, Section::Complain] {
            assert!(list_checked(section).count() > 0);
            for contact in list_checked(section) {
                let words = crate::words::Words::embedded();
                assert!(words.has(&format!("organisation.{}", contact.id)), "{}", contact.id);
                assert!(words.has(&format!("organisation.{}_what", contact.id)), "{}", contact.id);
            }
        }
    }

    #[test]
    fn what_nobody_has_checked_is_not_shown() {
        assert!(all().iter().any(|contact| contact.checked.is_none()));
        let shown: Vec<&Contact> =
            [Section::Now, Section::Case, Section::Complain].map(list_checked).into_iter().flatten().collect();
        assert!(shown.iter().all(|contact| contact.checked.is_some()));
    }
}
