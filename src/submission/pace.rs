//! How fast one address begins drafts. A school or a hospital has one address for many families, so nobody is refused for
//! what others began: past so many drafts in a day (`HEARD_ADDRESS_DRAFTS`) each further one only waits a little first.
//!
//! The wait grows by [`STEP`] with each draft, up to [`LONGEST`]. Whoever waits holds a place among [`WAITING`] of this
//! process and nothing else: no connection to the database, no turn to hash a code. 128 places that are held for four
//! seconds are 32 drafts a second, less than half of what the hashing of codes lets through, so that a flood from one
//! address leaves others their turn. Only where all places are held (128 people at once behind addresses that have each
//! begun hundreds) the answer is "Wait a minute": a flood does that, and it is the only way to hold no end of requests.

use std::time::Duration;

use tokio::sync::Semaphore;

use crate::web::{Answer, Problem, Site, address_day};

/// How much longer each further draft waits.
const STEP: Duration = Duration::from_millis(10);
/// The longest that one waits.
const LONGEST: Duration = Duration::from_secs(4);
/// Requests of one process that wait at the same time.
const WAITING: usize = 128;

/// Lets the request wait that wants to begin a draft, where its address has begun many today.
pub async fn slow_down(site: &Site, who: &[u8]) -> Answer<()> {
    static PLACES: Semaphore = Semaphore::const_new(WAITING);
    let begun = {
        let mut tx = site.db.read().await?;
        address_day::drafts(&mut tx, who).await?
    };
    let wait = wait(begun, site.config.settings.address_drafts);
    if wait > Duration::ZERO {
        let _place = PLACES.try_acquire().map_err(|_| Problem::Unavailable)?;
        tokio::time::sleep(wait).await;
    }
    Ok(())
}

/// How long the next draft waits, after so many.
fn wait(begun: i64, free: u32) -> Duration {
    let further = begun.saturating_add(1).saturating_sub(i64::from(free)).clamp(0, i64::from(u16::MAX));
    STEP.saturating_mul(further as u32).min(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_hundred_are_free_and_then_each_waits_a_little_longer() {
        let waits: Vec<u128> = [0, 499, 500, 501, 599, 899, 900, 1_000_000, i64::MAX]
            .into_iter()
            .map(|begun| wait(begun, 500).as_millis())
            .collect();
        assert_eq!(waits, [0, 0, 10, 20, 1_000, 4_000, 4_000, 4_000, 4_000]);
    }
}
