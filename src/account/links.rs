//! One-time links: how somebody joins, or replaces a lost password or phone. A link works for 24 hours and once; only
//! the hash of its token is kept, and a newer link of the same kind ends the older ones.
//!
//! Opening a link changes nothing, because mail programs open links by themselves; its button spends it.

use data_encoding::BASE64URL_NOPAD;
use ring::digest::{SHA256, digest};

use crate::clock::{HOUR, Moment};
use crate::db::{self, DbResult, Tx};
use crate::id::StaffId;

/// How long a link works.
pub const LIFE: i64 = 24 * HOUR;

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkFor {
    /// Setting name, password and second step: an invitation.
    Joining,
    /// Setting a new password; the second step stays as it is and is asked for.
    NewPassword,
    /// Setting a new second step; the password stays as it is and is asked for.
    NewSecondStep,
}

impl LinkFor {
    const ALL: [LinkFor; 3] = [LinkFor::Joining, LinkFor::NewPassword, LinkFor::NewSecondStep];

    /// The name in the table and in forms.
    pub fn name(self) -> &'static str {
        match self {
            LinkFor::Joining => "join",
            LinkFor::NewPassword => "password",
            LinkFor::NewSecondStep => "second_step",
        }
    }

    /// The purpose of that name.
    pub fn parse(name: &str) -> Option<LinkFor> {
        LinkFor::ALL.into_iter().find(|purpose| purpose.name() == name)
    }
}

impl TryFrom<String> for LinkFor {
    type Error = String;

    fn try_from(name: String) -> Result<LinkFor, String> {
        LinkFor::parse(&name).ok_or(name)
    }
}

/// A link's secret: 32 random bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct Token([u8; 32]);

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token")
    }
}

impl Token {
    /// The token with these bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Token {
        Token(bytes)
    }

    /// Reads a token from an address.
    pub fn parse(text: &str) -> Option<Token> {
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
        Some(Token(bytes.try_into().ok()?))
    }

    /// The whole address of the link.
    pub fn address(&self, public_url: &str) -> String {
        format!("{public_url}/staff/join/{}", BASE64URL_NOPAD.encode(&self.0))
    }

    fn hash(&self) -> Vec<u8> {
        digest(&SHA256, &self.0).as_ref().to_vec()
    }
}

const END_OLDER: &str = "delete from staff_link where staff_id = $1 and purpose = $2 and spent_us is null";
const ADD: &str = "insert into staff_link (token_hash, staff_id, purpose, expires_us) values ($1, $2, $3, $4)";

/// Makes a link for somebody.
pub async fn add(tx: &mut Tx, staff: &StaffId, purpose: LinkFor, token: &Token, now: Moment) -> DbResult<()> {
    db::run!(tx, END_OLDER, staff, purpose.name())?;
    db::run!(tx, ADD, token.hash(), staff, purpose.name(), now.plus(LIFE))?;
    Ok(())
}

/// A link that works.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Link {
    /// Whose it is.
    #[sqlx(rename = "staff_id")]
    pub staff: StaffId,
    /// What it is for.
    #[sqlx(try_from = "String")]
    pub purpose: LinkFor,
    /// Until when it works.
    #[sqlx(rename = "expires_us")]
    pub expires: Moment,
}

const FIND: &str = "select l.staff_id, l.purpose, l.expires_us from staff_link l join staff t on t.id = l.staff_id
    where l.token_hash = $1 and l.spent_us is null and l.expires_us > $2 and t.disabled_us is null";

/// The link with this token, if it still works.
pub async fn find(tx: &mut Tx, token: &Token, now: Moment) -> DbResult<Option<Link>> {
    db::maybe!(tx, Link, FIND, token.hash(), now)
}

const SPEND: &str =
    "update staff_link set spent_us = $2 where token_hash = $1 and spent_us is null and expires_us > $2";

/// Spends a link. `false`: somebody was faster, or it is too old.
pub async fn spend(tx: &mut Tx, token: &Token, now: Moment) -> DbResult<bool> {
    Ok(db::run!(tx, SPEND, token.hash(), now)? == 1)
}

const END_ALL: &str = "delete from staff_link where staff_id = $1 and spent_us is null";

/// Ends every link of somebody that is not spent.
pub async fn end_all(tx: &mut Tx, staff: &StaffId) -> DbResult<()> {
    db::run!(tx, END_ALL, staff)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_survives_its_address_and_does_not_print() {
        let token = Token::from_bytes([255; 32]);
        let address = token.address("https://heard.example");
        let text = address.strip_prefix("https://heard.example/staff/join/").expect("the address of the door");
        assert_eq!(Token::parse(text), Some(token.clone()));
        assert_eq!(format!("{token:?}"), "Token");
        assert_eq!(Token::parse("short"), None);
    }
}
