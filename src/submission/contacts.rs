//! Who can help, from dated data: `assets/data/contacts.toml`, and what the operator has confirmed since. What they are
//! called and do is in the words files.
//!
//! A number that nobody could compare with a source is not shown before an operator has confirmed it: `heard contacts
//! confirm` writes a row with who compared it with what, and when. The newest row of a contact counts, unless a newer
//! release has checked the entry later. Services that each area has its own of (SENDIASS) have a row for each area.

use std::sync::OnceLock;

use jiff::civil::Date;
use serde::Deserialize;

use crate::clock::Moment;
use crate::db::{self, DbResult, Tx};
use crate::id::uuid_v7;

/// The list of contacts as it is in the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    contact: Vec<Contact>,
}

/// Where on the page a contact stands: by what went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Section {
    /// To talk to someone now.
    Now,
    /// Help with one's own case.
    Case,
    /// Something went wrong at a school or college.
    School,
    /// Something went wrong at the council.
    Council,
    /// Something went wrong in health care.
    Health,
    /// The council decided something about a plan.
    Tribunal,
    /// They were asked, and it is still not right.
    Ombudsman,
    /// It is about the whole area.
    Area,
    /// It is about what somebody keeps about you.
    Privacy,
}

impl Section {
    /// Every section, in the order of the page.
    pub const ALL: [Section; 9] = [
        Section::Now,
        Section::Case,
        Section::School,
        Section::Council,
        Section::Health,
        Section::Tribunal,
        Section::Ombudsman,
        Section::Area,
        Section::Privacy,
    ];

    /// The name in the data, in the words files, and as a place on the page.
    pub fn name(self) -> &'static str {
        match self {
            Section::Now => "now",
            Section::Case => "case",
            Section::School => "school",
            Section::Council => "council",
            Section::Health => "health",
            Section::Tribunal => "tribunal",
            Section::Ombudsman => "ombudsman",
            Section::Area => "area",
            Section::Privacy => "privacy",
        }
    }
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
    phone: Option<String>,
    /// Mail address.
    email: Option<String>,
    /// Website.
    website: Option<String>,
    /// The day on which somebody compared this entry with its source; none means it is not shown.
    #[serde(default)]
    checked: Option<String>,
    /// What it was compared with.
    #[serde(default)]
    source: Option<String>,
    /// Phone numbers that nobody could compare with a source, or that contradict each other.
    #[serde(default)]
    pub unconfirmed: Vec<String>,
    /// Why they are not confirmed.
    #[serde(default)]
    pub why: Option<String>,
    /// Whether each area has its own, with a row for each that the operator has confirmed.
    #[serde(default)]
    pub each_area: bool,
}

impl Contact {
    /// The day on which it was checked, if it was and if we know against what.
    fn checked(&self) -> Option<Date> {
        self.source.as_ref()?;
        self.checked.as_ref()?.parse().ok()
    }
}

/// The phone number of one of them, where somebody has checked it.
pub fn phone_of(id: &str) -> Option<&'static str> {
    find(id).filter(|contact| contact.checked().is_some())?.phone.as_deref()
}

/// Every contact of the file, in its order.
pub fn all() -> &'static [Contact] {
    static CONTACTS: OnceLock<Vec<Contact>> = OnceLock::new();
    CONTACTS.get_or_init(|| {
        let file: File = toml::from_str(include_str!("../../assets/data/contacts.toml"))
            .expect("a test reads the contacts before they are released");
        file.contact
    })
}

/// The contact of this name.
pub fn find(id: &str) -> Option<&'static Contact> {
    all().iter().find(|contact| contact.id == id)
}

/// What an operator confirmed of one contact.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Confirmed {
    /// The contact.
    pub contact_id: String,
    /// The area whose own it is, and its name.
    pub area_code: Option<String>,
    /// The area's name.
    pub area: Option<String>,
    /// Phone number.
    pub phone: Option<String>,
    /// Mail address.
    pub email: Option<String>,
    /// Website.
    pub website: Option<String>,
    /// The day of the check, `YYYY-MM-DD`.
    pub checked_on: String,
}

const LIST: &str = "select c.contact_id, c.area_code, a.name as area, c.phone, c.email, c.website, c.checked_on
    from contact_check c
    left join area a on a.code = c.area_code
    where not exists (
        select 1 from contact_check n
        where n.contact_id = c.contact_id and coalesce(n.area_code, '') = coalesce(c.area_code, '')
            and (n.recorded_us > c.recorded_us or (n.recorded_us = c.recorded_us and n.id > c.id)))
    order by a.name, c.contact_id";

/// What operators have confirmed: the newest row of each contact and area.
pub async fn list_confirmed(tx: &mut Tx) -> DbResult<Vec<Confirmed>> {
    db::all!(tx, Confirmed, LIST)
}

/// Something that an operator confirms.
#[derive(Debug)]
pub struct NewCheck<'a> {
    /// Of this contact.
    pub contact: &'a str,
    /// The area whose own it is.
    pub area: Option<&'a str>,
    /// Phone number.
    pub phone: Option<&'a str>,
    /// Mail address.
    pub email: Option<&'a str>,
    /// Website.
    pub website: Option<&'a str>,
    /// Who compared it.
    pub by: &'a str,
    /// With what.
    pub source: &'a str,
    /// When.
    pub on: Date,
}

const CONFIRM: &str = "insert into contact_check
        (id, contact_id, area_code, phone, email, website, checked_by, source, checked_on, recorded_us)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

/// Writes down what an operator confirmed. From the next page on, it is shown.
pub async fn confirm(tx: &mut Tx, new: NewCheck<'_>, now: Moment) -> DbResult<()> {
    let (id, on) = (uuid_v7(now), new.on.to_string());
    db::run!(tx, CONFIRM, id, new.contact, new.area, new.phone, new.email, new.website, new.by, new.source, on, now)?;
    Ok(())
}

/// A contact as the page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Its name in the words files.
    pub id: &'static str,
    /// Where it stands.
    pub section: Section,
    /// Phone number.
    pub phone: Option<String>,
    /// Mail address.
    pub email: Option<String>,
    /// Website.
    pub website: Option<String>,
    /// When it was last checked.
    pub checked: Date,
    /// Each area's own, where areas have their own.
    pub areas: Vec<Confirmed>,
}

/// Every contact that somebody has checked, with what operators have confirmed, in the order of the page.
pub fn shown(confirmed: &[Confirmed]) -> Vec<Shown> {
    all().iter().filter_map(|contact| show(contact, confirmed)).collect()
}

fn show(contact: &'static Contact, confirmed: &[Confirmed]) -> Option<Shown> {
    let mut ours = confirmed.iter().filter(|one| one.contact_id == contact.id);
    let areas = ours.clone().filter(|one| one.area.is_some()).cloned().collect();
    let newer = ours.find(|one| one.area_code.is_none()).and_then(|one| Some((one, one.checked_on.parse().ok()?)));
    let newer = newer.filter(|(_, day): &(_, Date)| contact.checked().is_none_or(|checked| checked <= *day));
    let one_of = |new: Option<&String>, old: &Option<String>| new.or(old.as_ref()).cloned();
    let row = newer.map(|(row, _)| row);
    Some(Shown {
        id: &contact.id,
        section: contact.section,
        phone: one_of(row.and_then(|row| row.phone.as_ref()), &contact.phone),
        email: one_of(row.and_then(|row| row.email.as_ref()), &contact.email),
        website: one_of(row.and_then(|row| row.website.as_ref()), &contact.website),
        checked: newer.map(|(_, day)| day).or_else(|| contact.checked())?,
        areas,
    })
}

/// The contacts of which no number is confirmed yet, for `heard check`.
pub fn unconfirmed(confirmed: &[Confirmed]) -> Vec<&'static Contact> {
    let has_number = |contact: &Contact| {
        confirmed.iter().any(|one| one.contact_id == contact.id && one.area_code.is_none() && one.phone.is_some())
    };
    all().iter().filter(|contact| !contact.unconfirmed.is_empty() && !has_number(contact)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Words;

    fn confirmed(id: &str, phone: &str, day: &str) -> Confirmed {
        Confirmed {
            contact_id: id.to_owned(),
            area_code: None,
            area: None,
            phone: Some(phone.to_owned()),
            email: None,
            website: None,
            checked_on: day.to_owned(),
        }
    }

    fn find_shown(shown: Vec<Shown>, id: &str) -> Option<Shown> {
        shown.into_iter().find(|one| one.id == id)
    }

    #[test]
    fn every_contact_has_words_and_every_section_a_contact() {
        let words = Words::embedded();
        for contact in all() {
            assert!(words.has(&format!("organisation.{}", contact.id)), "{}", contact.id);
            assert!(words.has(&format!("organisation.{}_what", contact.id)), "{}", contact.id);
            assert!(contact.unconfirmed.is_empty() || contact.why.is_some(), "{} says no reason", contact.id);
        }
        for section in Section::ALL {
            assert!(shown(&[]).iter().any(|one| one.section == section), "{}", section.name());
        }
    }

    #[test]
    fn a_number_is_shown_once_an_operator_has_confirmed_it() {
        assert_eq!(find_shown(shown(&[]), "contact_charity"), None);
        assert_eq!(find_shown(shown(&[]), "tribunal").expect("it has an address").phone, None);
        let rows = [confirmed("contact_charity", "0808 808 3555", "2026-11-22")];
        let charity = find_shown(shown(&rows), "contact_charity").expect("it is confirmed");
        assert_eq!(charity.phone.as_deref(), Some("0808 808 3555"));
        assert_eq!(charity.checked.to_string(), "2026-11-22");
        assert!(unconfirmed(&[]).iter().any(|contact| contact.id == "contact_charity"));
        assert!(!unconfirmed(&rows).iter().any(|contact| contact.id == "contact_charity"));
    }

    #[test]
    fn a_later_check_of_a_release_counts_more_than_an_earlier_one_here() {
        let before = find_shown(shown(&[confirmed("lgsco", "0300 000 0000", "2025-01-01")]), "lgsco");
        assert_eq!(before.expect("it is there").phone.as_deref(), Some("0300 061 0614"));
        let after = find_shown(shown(&[confirmed("lgsco", "0300 000 0000", "2027-01-01")]), "lgsco");
        assert_eq!(after.expect("it is there").phone.as_deref(), Some("0300 000 0000"));
    }
}
