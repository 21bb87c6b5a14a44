//! What one address did today, for sharing fairly what all need. The address itself stands nowhere: it is known by
//! [`ClientAddr::keyed_today`], a digest that is another one tomorrow, and its row goes within a day.
//!
//! The rows are in the database, so that several servers count together.

use super::client::ClientAddr;
use super::site::Site;
use crate::clock::{DAY, Moment};
use crate::db::{self, DbResult, Tx};

const HOLD: &str = "insert into address_day (who, drafts, at_us) values ($1, 0, $2)
    on conflict (who) do update set drafts = address_day.drafts";
const COUNT: &str = "insert into address_day (who, drafts, at_us) values ($1, 1, $2)
    on conflict (who) do update set drafts = address_day.drafts + 1";
const DRAFTS: &str = "select drafts from address_day where who = $1";

impl ClientAddr {
    /// A keyed digest of the address and the day, good for counting today and for nothing else.
    pub fn keyed_today(self, site: &Site, now: Moment) -> Vec<u8> {
        let day = now.0.div_euclid(DAY).to_be_bytes();
        site.keys.service("failed-try").hmac(&[b"address of a day", &day, &self.home()]).to_vec()
    }
}

/// Makes others that come from the same address wait until this transaction ends.
pub async fn hold(tx: &mut Tx, who: &[u8], now: Moment) -> DbResult<()> {
    db::run!(tx, HOLD, who, now)?;
    Ok(())
}

/// Counts a draft that is begun.
pub async fn count_draft(tx: &mut Tx, who: &[u8], now: Moment) -> DbResult<()> {
    db::run!(tx, COUNT, who, now)?;
    Ok(())
}

/// How many drafts were begun from there today.
pub async fn drafts(tx: &mut Tx, who: &[u8]) -> DbResult<i64> {
    Ok(db::maybe!(tx, (i64,), DRAFTS, who)?.map_or(0, |(drafts,)| drafts))
}
