//! `kill -9` of the service at random moments while several programs send by tus.
//!
//! The short form kills a few times for each pair of database and store; `HEARD_TEST_LONG=1` kills 200 times while at
//! least 20,000 files are acknowledged, and prints the figures.

use super::sender::{Plan, send_under};
use crate::kills::{Place, in_every_place, is_long, must_agree};

fn plan() -> Plan {
    match is_long() {
        true => Plan { blows: 200, uploads: 20_000, drafts: 10, lanes: 12, large: 1 }.asked_for(),
        false => Plan { blows: 3, uploads: 40, drafts: 1, lanes: 3, large: 1 },
    }
}

async fn story(place: Place) {
    let mut process = Some(place.start());
    let kill = async |_| {
        process.take().expect("it runs").kill();
        process = Some(place.start());
    };
    send_under(&place, "heard killed", plan(), kill).await;
    process.take().expect("it runs").stop();
    must_agree(&place);
}

in_every_place!(story);
