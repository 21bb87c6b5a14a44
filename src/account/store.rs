//! Staff rows: who they are, what they may do, what they prove themselves with. Names and addresses are sealed under
//! the service's own key; a keyed hash of the address finds the row.

use crate::clock::Moment;
use crate::db::{self, DbResult, Tx};
use crate::id::{StaffId, random};
use crate::storage::keys::Keys;
use crate::web::Role;

/// A member of staff, as colleagues see them.
#[derive(Clone, Debug)]
pub struct Person {
    /// Who it is.
    pub id: StaffId,
    /// Their name; empty until they have joined.
    pub name: String,
    /// Their e-mail address; empty for the first account until it has joined.
    pub email: String,
    /// What they are there to do.
    pub role: Role,
    /// Who employs them.
    pub employer: String,
    /// Whether they have set a password and a second step.
    pub joined: bool,
    /// Since when the account is closed, if it is.
    pub disabled: Option<Moment>,
    /// When the account was made.
    pub created: Moment,
}

impl Person {
    /// How pages name them: by name, or by address while there is no name.
    pub fn shown(&self) -> &str {
        match (self.name.as_str(), self.email.as_str()) {
            ("", "") => "-",
            ("", email) => email,
            (name, _) => name,
        }
    }
}

#[derive(sqlx::FromRow)]
struct PersonRow {
    id: StaffId,
    email_sealed: Vec<u8>,
    name_sealed: Vec<u8>,
    #[sqlx(try_from = "String")]
    role: Role,
    employer: String,
    joined: bool,
    disabled_us: Option<Moment>,
    created_us: Moment,
}

impl PersonRow {
    fn open(self, keys: &Keys) -> Person {
        Person {
            email: open(keys, "email", &self.id, &self.email_sealed),
            name: open(keys, "name", &self.id, &self.name_sealed),
            id: self.id,
            role: self.role,
            employer: self.employer,
            joined: self.joined,
            disabled: self.disabled_us,
            created: self.created_us,
        }
    }
}

fn seal(keys: &Keys, column: &str, staff: &StaffId, text: &str) -> Vec<u8> {
    keys.service("staff").seal(&format!("staff.{column} {staff}"), text.as_bytes())
}

/// A name that does not open is shown as none: the row was moved or altered, and the log says so.
fn open(keys: &Keys, column: &str, staff: &StaffId, sealed: &[u8]) -> String {
    let opened = keys.service("staff").open(&format!("staff.{column} {staff}"), sealed);
    match opened.map(String::from_utf8) {
        Ok(Ok(text)) => text,
        _ => {
            tracing::error!(staff = staff.as_str(), column, "a sealed column of a staff row does not open");
            String::new()
        }
    }
}

/// An e-mail address that looks like one: lower case, without spaces around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    /// Reads an address. Whether it exists only mail can tell.
    pub fn parse(text: &str) -> Option<Email> {
        let text = text.trim().to_lowercase();
        let (local, domain) = text.rsplit_once('@')?;
        let good = !local.is_empty()
            && !domain.is_empty()
            && !local.contains('@')
            && text.len() <= 254
            && !domain.starts_with('.')
            && !domain.ends_with('.')
            && !text.chars().any(|c| c.is_whitespace() || c.is_control() || "<>(),;:\\\"[]".contains(c));
        good.then_some(Email(text))
    }

    /// The address as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What finds the row.
    pub fn hash(&self, keys: &Keys) -> Vec<u8> {
        keys.service("staff").hmac(&[b"email", self.0.as_bytes()]).to_vec()
    }
}

/// Somebody who is to be invited.
#[derive(Clone, Debug)]
pub struct NewPerson {
    /// Their address. None only for the very first account, whose owner gives it while joining.
    pub email: Option<Email>,
    /// Their name, if known; they can change it while joining.
    pub name: String,
    /// What they will be there to do.
    pub role: Role,
    /// Who employs them.
    pub employer: String,
    /// Codes of areas that they must never see.
    pub never: Vec<String>,
}

const ADD: &str = "insert into staff (id, email_hash, email_sealed, name_sealed, role, employer, created_us)
    values ($1, $2, $3, $4, $5, $6, $7) on conflict (email_hash) do nothing";

/// Makes a row for somebody new. `None`: there is an account with this address.
pub async fn add_person(tx: &mut Tx, keys: &Keys, new: &NewPerson, now: Moment) -> DbResult<Option<StaffId>> {
    let id = StaffId::new(now);
    // Without an address yet, the hash is random: unique, and found by nothing.
    let hash = new.email.as_ref().map_or_else(|| random::<32>().to_vec(), |email| email.hash(keys));
    let email = seal(keys, "email", &id, new.email.as_ref().map_or("", Email::as_str));
    let name = seal(keys, "name", &id, &new.name);
    if db::run!(tx, ADD, &id, hash, email, name, new.role.name(), &new.employer, now)? == 0 {
        return Ok(None);
    }
    for code in &new.never {
        close_area(tx, &id, code).await?;
    }
    Ok(Some(id))
}

const CLOSE_AREA: &str =
    "insert into staff_never_area (staff_id, area_code) values ($1, $2) on conflict (staff_id, area_code) do nothing";
const REOPEN_AREA: &str = "delete from staff_never_area where staff_id = $1 and area_code = $2";

/// Closes an area to somebody, who must never see it. `false`: it was closed already.
pub async fn close_area(tx: &mut Tx, staff: &StaffId, code: &str) -> DbResult<bool> {
    Ok(db::run!(tx, CLOSE_AREA, staff, code)? == 1)
}

/// Takes back that an area is closed to somebody. `false`: it was not.
pub async fn reopen_area(tx: &mut Tx, staff: &StaffId, code: &str) -> DbResult<bool> {
    Ok(db::run!(tx, REOPEN_AREA, staff, code)? == 1)
}

const NEVER_NAMES: &str = "select n.area_code, coalesce(a.name, n.area_code) as name
    from staff_never_area n left join area a on a.code = n.area_code
    where n.staff_id = $1 order by name, n.area_code";

/// The areas that somebody must never see: code and name.
pub async fn list_never_area_names(tx: &mut Tx, staff: &StaffId) -> DbResult<Vec<(String, String)>> {
    db::all!(tx, (String, String), NEVER_NAMES, staff)
}

const FIND: &str = "select id, email_sealed, name_sealed, role, employer,
        (password_hash is not null and totp_sealed is not null) as joined, disabled_us, created_us
    from staff where id = $1";

/// One member of staff.
pub async fn find_person(tx: &mut Tx, keys: &Keys, staff: &StaffId) -> DbResult<Option<Person>> {
    Ok(db::maybe!(tx, PersonRow, FIND, staff)?.map(|row| row.open(keys)))
}

const FIND_BY_EMAIL: &str = "select id from staff where email_hash = $1";

/// Whose address this is.
pub async fn find_by_email(tx: &mut Tx, keys: &Keys, email: &Email) -> DbResult<Option<StaffId>> {
    Ok(db::maybe!(tx, (StaffId,), FIND_BY_EMAIL, email.hash(keys))?.map(|(id,)| id))
}

const LIST: &str = "select id, email_sealed, name_sealed, role, employer,
        (password_hash is not null and totp_sealed is not null) as joined, disabled_us, created_us
    from staff where id > $1 order by id limit $2";

/// Staff in the order of their accounts' making, after this id.
pub async fn list_people(tx: &mut Tx, keys: &Keys, after: &str, most: i64) -> DbResult<Vec<Person>> {
    let rows = db::all!(tx, PersonRow, LIST, after, most)?;
    Ok(rows.into_iter().map(|row| row.open(keys)).collect())
}

const NAME: &str = "select name_sealed, employer from staff where id = $1";

/// How pages show who did something: name and employer. Empty where there is no such person.
pub async fn name_of(tx: &mut Tx, keys: &Keys, staff: &StaffId) -> DbResult<String> {
    let row = db::maybe!(tx, (Vec<u8>, String), NAME, staff)?;
    Ok(row.map_or_else(String::new, |(sealed, employer)| {
        let name = open(keys, "name", staff, &sealed);
        if employer.is_empty() { name } else { format!("{name} ({employer})") }
    }))
}

/// What somebody proves themselves with at sign-in.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// Who it is.
    pub id: StaffId,
    /// The kept password; none until they have joined.
    pub password_hash: Option<String>,
}

const CREDENTIALS: &str = "select id, password_hash from staff where email_hash = $1 and disabled_us is null";
const OWN_CREDENTIALS: &str = "select id, password_hash from staff where id = $1 and disabled_us is null";

/// What the account with this address, if it is open, proves itself with.
pub async fn find_credentials(tx: &mut Tx, email_hash: Vec<u8>) -> DbResult<Option<Credentials>> {
    let row = db::maybe!(tx, (StaffId, Option<String>), CREDENTIALS, email_hash)?;
    Ok(row.map(|(id, password_hash)| Credentials { id, password_hash }))
}

/// The kept password of somebody whose account is open.
pub async fn find_password(tx: &mut Tx, staff: &StaffId) -> DbResult<Option<String>> {
    let row = db::maybe!(tx, (StaffId, Option<String>), OWN_CREDENTIALS, staff)?;
    Ok(row.and_then(|(_, hash)| hash))
}

const SET_PASSWORD: &str = "update staff set password_hash = $2 where id = $1 and disabled_us is null";

/// Keeps a new password.
pub async fn set_password(tx: &mut Tx, staff: &StaffId, hash: &str) -> DbResult<bool> {
    Ok(db::run!(tx, SET_PASSWORD, staff, hash)? == 1)
}

const SET_NAME: &str = "update staff set name_sealed = $2 where id = $1";

/// Keeps a name.
pub async fn set_name(tx: &mut Tx, keys: &Keys, staff: &StaffId, name: &str) -> DbResult<()> {
    db::run!(tx, SET_NAME, staff, seal(keys, "name", staff, name))?;
    Ok(())
}

const SET_EMAIL: &str = "update staff set email_hash = $2, email_sealed = $3
    where id = $1 and not exists (select 1 from staff other where other.email_hash = $2 and other.id <> $1)";

/// Keeps an address. `false`: another account has it.
pub async fn set_email(tx: &mut Tx, keys: &Keys, staff: &StaffId, email: &Email) -> DbResult<bool> {
    let sealed = seal(keys, "email", staff, email.as_str());
    Ok(db::run!(tx, SET_EMAIL, staff, email.hash(keys), sealed)? == 1)
}

const SET_ROLE: &str = "update staff set role = $2, employer = $3 where id = $1";

/// Sets what somebody is there to do, and who employs them.
pub async fn set_role(tx: &mut Tx, staff: &StaffId, role: Role, employer: &str) -> DbResult<()> {
    db::run!(tx, SET_ROLE, staff, role.name(), employer)?;
    Ok(())
}

const DISABLE: &str = "update staff set disabled_us = $2 where id = $1 and disabled_us is null";
const ENABLE: &str = "update staff set disabled_us = null where id = $1 and disabled_us is not null";

/// Closes an account. `false`: it was closed already.
pub async fn disable(tx: &mut Tx, staff: &StaffId, now: Moment) -> DbResult<bool> {
    Ok(db::run!(tx, DISABLE, staff, now)? == 1)
}

/// Opens an account again. `false`: it was open.
pub async fn enable(tx: &mut Tx, staff: &StaffId) -> DbResult<bool> {
    Ok(db::run!(tx, ENABLE, staff)? == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_forgivingly_and_refused_when_it_cannot_be_one() {
        assert_eq!(Email::parse("  Sam@Example.ORG ").expect("an address").as_str(), "sam@example.org");
        for wrong in ["", "sam", "@example.org", "sam@", "a@b@c", "sam@.org", "sam <s@example.org>", "sam\u{0}@x.org"] {
            assert_eq!(Email::parse(wrong), None, "{wrong}");
        }
    }
}
