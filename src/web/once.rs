//! One effect for a repeated POST: a double press, Back and send again, a phone that repeats a request by itself.
//!
//! A form that adds something carries a random key made with the page. The first request that uses it writes down where
//! it led, in the same transaction as its effect; a later one is led to the same place.

use data_encoding::BASE64URL_NOPAD;
use ring::digest::{SHA256, digest};

use crate::clock::Moment;
use crate::db::{self, DbResult, Tx};
use crate::id::random;

/// A key for one form on one page.
pub fn fresh_key() -> String {
    BASE64URL_NOPAD.encode(&random::<16>())
}

/// Whether a key is used for the first time.
#[derive(Debug, PartialEq, Eq)]
pub enum Once {
    /// Go on, and have the effect.
    First,
    /// It was done; this is where it led.
    Again(String),
}

const RECORD: &str = "insert into once (key_hash, went_to, at_us) values ($1, $2, $3) on conflict do nothing";
const FIND: &str = "select went_to from once where key_hash = $1";

/// Uses a key. An empty key (a form without one) always counts as first.
pub async fn use_key(tx: &mut Tx, key: &str, leads_to: &str, now: Moment) -> DbResult<Once> {
    if key.is_empty() {
        return Ok(Once::First);
    }
    let hash = digest(&SHA256, key.as_bytes()).as_ref().to_vec();
    if db::run!(tx, RECORD, hash.clone(), leads_to, now)? == 1 {
        return Ok(Once::First);
    }
    let (went_to,) = db::one!(tx, (String,), FIND, hash)?;
    Ok(Once::Again(went_to))
}
