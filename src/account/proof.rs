//! "Is this really you?": a password, tried for an account, counted against guessing.

use super::password;
use super::slow_down::{self, MayTry, Try, Trying};
use super::store::{self, Email};
use crate::db::Tx;
use crate::id::StaffId;
use crate::web::client::ClientAddr;
use crate::web::{Problem, Site};

/// What a try showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// It is the password of this person, whose account is open.
    Right(StaffId),
    /// It is not. The answer is the same for an account that is closed, has not joined, or never was.
    Wrong,
}

/// Tries a password for the account with this address.
pub async fn by_email(site: &Site, from: ClientAddr, email: &str, password: &str) -> Result<Proof, Problem> {
    // What is no address is counted too, and takes as long.
    let hash = match Email::parse(email) {
        Some(email) => email.hash(&site.keys),
        None => site.keys.service("staff").hmac(&[b"no address", email.as_bytes()]).to_vec(),
    };
    let mut tx = site.db.write().await?;
    let tries = record_tries(&mut tx, site, from, &hash).await?;
    let found = store::find_credentials(&mut tx, hash.clone()).await?;
    tx.commit().await?;
    let (id, kept) = found.map_or((None, None), |found| (Some(found.id), found.password_hash));
    let right = password::is_right(&site.keys.service("staff"), password, kept).await?;
    match id.filter(|_| right) {
        Some(id) => {
            forget_tries(site, &hash, &tries).await?;
            Ok(Proof::Right(id))
        }
        None => Ok(Proof::Wrong),
    }
}

/// Tries a password for somebody whom we know already by a session or a link.
pub async fn of_person(site: &Site, from: ClientAddr, staff: &StaffId, password: &str) -> Result<Proof, Problem> {
    let mut tx = site.db.write().await?;
    let tries = record_tries(&mut tx, site, from, staff.as_str().as_bytes()).await?;
    let kept = store::find_password(&mut tx, staff).await?;
    tx.commit().await?;
    if !password::is_right(&site.keys.service("staff"), password, kept).await? {
        return Ok(Proof::Wrong);
    }
    forget_tries(site, staff.as_str().as_bytes(), &tries).await?;
    Ok(Proof::Right(staff.clone()))
}

async fn record_tries(tx: &mut Tx, site: &Site, from: ClientAddr, account: &[u8]) -> Result<Vec<Try>, Problem> {
    let now = site.clock.now();
    let account = slow_down::who(&site.keys, Trying::Account, account);
    let mut tries = Vec::new();
    for (trying, who) in [(Trying::Account, account), (Trying::Address, from.keyed(site))] {
        match slow_down::record(tx, trying, &who, now).await? {
            MayTry::Yes(tried) => tries.push(tried),
            MayTry::NotNow => return Err(Problem::SlowDown),
        }
    }
    Ok(tries)
}

async fn forget_tries(site: &Site, account: &[u8], tries: &[Try]) -> Result<(), Problem> {
    let mut tx = site.db.write().await?;
    for tried in tries {
        slow_down::take_back(&mut tx, tried).await?;
    }
    slow_down::clear(&mut tx, Trying::Account, &slow_down::who(&site.keys, Trying::Account, account)).await?;
    tx.commit().await?;
    Ok(())
}
