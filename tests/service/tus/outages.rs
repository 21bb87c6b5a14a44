//! `kill -9` of the servers that Heard stands on, at random moments, while several programs send by tus: the bucket's
//! server and the database's, each a real one with folders of its own.
//!
//! The short form kills three times; `HEARD_TEST_LONG=1` kills fifty times while at least 2,000 files are acknowledged,
//! and prints the figures.

use std::path::Path;
use std::time::Duration;

use super::sender::{Plan, send_under};
use crate::kills::{self, Place, dice, is_long, must_agree};
use crate::outside;
use crate::own_servers::OwnServer;
use crate::world::run;

fn plan() -> Plan {
    match is_long() {
        true => Plan { blows: 50, uploads: 2_000, drafts: 10, lanes: 6, large: 5 }.asked_for(),
        false => Plan { blows: 3, uploads: 30, drafts: 1, lanes: 3, large: 5 },
    }
}

/// Sends while a server is killed and started again on what it left.
async fn send_while_it_dies(place: &Place, what: &str, server: &mut OwnServer) {
    let process = place.start();
    send_under(place, what, plan(), async |number| {
        server.kill();
        tokio::time::sleep(Duration::from_millis(dice(!number) % 1_500)).await;
        server.start().await;
    })
    .await;
    process.stop();
    must_agree(place);
}

async fn place(folder: &Path, database: Option<&str>, bucket: &str, promise: &str) -> Place {
    let place = kills::place(folder, false, false, promise).await.with("HEARD_STORAGE_URL", bucket);
    match database {
        Some(database) => place.with("HEARD_DATABASE_URL", database),
        None => place,
    }
}

#[test]
fn the_bucket_is_killed_and_answers_promise_this_disk() {
    run(|| async {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut garage = OwnServer::garage(folder.path()).await;
        let place = place(folder.path(), None, &garage.url, "disk").await;
        send_while_it_dies(&place, "Garage killed, promise disk", &mut garage).await;
    });
}

#[test]
fn the_bucket_is_killed_and_answers_promise_the_bucket() {
    run(|| async {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut garage = OwnServer::garage(folder.path()).await;
        let database = outside::fresh_postgres().await;
        let place = place(folder.path(), Some(&database), &garage.url, "store").await;
        send_while_it_dies(&place, "Garage killed, promise store", &mut garage).await;
    });
}

#[test]
fn the_database_is_killed() {
    run(|| async {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut postgres = OwnServer::postgres(folder.path()).await;
        let bucket = outside::fresh_garage_bucket().await;
        let place = place(folder.path(), Some(&postgres.url), &bucket, "store").await;
        send_while_it_dies(&place, "PostgreSQL killed", &mut postgres).await;
    });
}
