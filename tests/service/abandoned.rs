//! Uploads that somebody began and never finished go with their draft, wherever their bytes lie; what is finished, and what
//! is still worked on, stays. And no bucket may take them away before that.

use aws_sdk_s3::types::{
    AbortIncompleteMultipartUpload, BucketLifecycleConfiguration, ExpirationStatus, LifecycleRule, LifecycleRuleFilter,
};
use futures_util::TryStreamExt;
use heard::clock::DAY;
use heard::config::Promise;
use heard::retention;
use heard::storage::Store;

use super::browser::File;
use super::family;
use super::intake::place::noise;
use super::process::Place;
use super::sending::{code_on, come_back};
use super::tus::client::Client;
use super::world::{Pair, World, run};
use super::{outside, say};

const MIB: usize = 1 << 20;
const KEYS: &str = "select count(*) from wrapped_key where id = $1 or parent = $1";

/// Begins a file of 20 MiB and brings the first 9 and a bit: a part, and a piece after it.
async fn begin_and_stop(world: &World) -> (Client, String) {
    let mut client = Client::begin(world).await;
    let at = client.create(20 * MIB as u64, "holiday.mov").await;
    assert_eq!(client.patch(&at, 0, noise(9 * MIB + 5, 1)).await.status, 204);
    (client, at)
}

/// What lies in the spool and in the store: files, originals, tails, and unfinished multipart uploads.
async fn what_lies_there(world: &World) -> (usize, usize, usize, usize) {
    let list = |folder: &'static str| world.site.store.list(folder).try_collect::<Vec<_>>();
    let parts = match &world.site.store {
        Store::S3(s3) => s3.list_uploads("originals/").await.expect("lists").len(),
        Store::Disk(_) => 0,
    };
    let spool = world.intake.spool().list().expect("lists").iter().filter(|(name, _)| !name.contains('.')).count();
    (spool, list("originals/").await.expect("lists").len(), list("tails/").await.expect("lists").len(), parts)
}

/// Waits until what is deleted behind an answer is gone.
async fn must_lie_there(world: &World, expected: (usize, usize, usize, usize)) {
    for _ in 0..50 {
        world.run_jobs().await;
        if what_lies_there(world).await == expected {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert_eq!(what_lies_there(world).await, expected);
}

async fn keys_of(world: &World, client: &Client) -> i64 {
    let mut tx = world.site.db.read().await.expect("tx");
    heard::db::one!(&mut tx, (i64,), KEYS, &client.family.submission).expect("counts").0
}

async fn abandoned_uploads_go_with_their_draft(pair: Pair) {
    let world = World::begin_with(pair, |settings| {
        if pair == Pair::PostgresAndS3 {
            settings.upload_promise = Promise::Store;
        }
    })
    .await;
    let in_bucket = usize::from(pair == Pair::PostgresAndS3);
    // One was sent, one is left lying, one is gone back to.
    let mut sent = family::begin(&world).await;
    sent.send_files([File::fixture("voice.m4a")]).await;
    let page = sent.browser.open("/tell/check").await;
    sent.browser.press(page.form(say("check.send"))).await.must_be("/sent", 200);
    let (abandoned, left) = begin_and_stop(&world).await;
    let (mut kept, half) = begin_and_stop(&world).await;
    must_lie_there(&world, (2, 1, 2 * in_bucket, 2 * in_bucket)).await;
    let code = code_on(&kept.browser().open("/tell/code").await);
    assert_eq!(keys_of(&world, &abandoned).await, 2);

    world.clock.advance(100 * DAY);
    assert_eq!(kept.patch(&half, 9 * MIB as u64 + 5, noise(100, 2)).await.status, 204);
    world.clock.advance(81 * DAY);
    assert_eq!(retention::run_now(&world.intake).await.expect("runs").drafts, 1);
    must_lie_there(&world, (1, 1, in_bucket, in_bucket)).await;
    assert_eq!(keys_of(&world, &abandoned).await, 0);
    let mut gone = abandoned;
    assert!([403, 404, 410].contains(&gone.head(&left).await.status));

    // The others are whole: one is still there, the other is finished now.
    let bytes = noise(11 * MIB - 105, 3);
    come_back(kept.browser(), &code).await.must_be("/tell", 200);
    assert_eq!(kept.offset(&half).await, 9 * MIB as u64 + 105);
    assert_eq!(kept.patch(&half, 9 * MIB as u64 + 105, bytes).await.status, 204);
    must_lie_there(&world, (0, 2, 0, 0)).await;
    for family in [&sent, &kept.family] {
        let items = family.items(&world).await;
        assert!(items.len() == 1 && items[0].verified_us.is_some(), "{items:?}");
        assert!(world.intake.open_original(&items[0].id).await.expect("opens").is_some());
    }
}

#[test]
fn abandoned_uploads_go_with_their_draft_on_sqlite_and_a_folder() {
    run(|| abandoned_uploads_go_with_their_draft(Pair::SqliteAndDisk));
}

#[test]
fn abandoned_uploads_go_with_their_draft_on_postgres_and_s3() {
    run(|| abandoned_uploads_go_with_their_draft(Pair::PostgresAndS3));
}

/// Gives a bucket a rule that gives up unfinished uploads after so many days.
async fn set_rule(bucket: &str, days: i32) {
    let rule = LifecycleRule::builder()
        .id("tidy up")
        .status(ExpirationStatus::Enabled)
        .filter(LifecycleRuleFilter::builder().prefix("").build())
        .abort_incomplete_multipart_upload(
            AbortIncompleteMultipartUpload::builder().days_after_initiation(days).build(),
        )
        .build()
        .expect("a rule");
    let rules = BucketLifecycleConfiguration::builder().rules(rule).build().expect("rules");
    let client = outside::bucket_client(bucket);
    let asked = client.put_bucket_lifecycle_configuration().bucket(outside::bucket_name(bucket));
    asked.lifecycle_configuration(rules).send().await.expect("the bucket takes rules");
}

#[test]
fn a_bucket_that_would_give_up_unfinished_uploads_is_refused() {
    run(|| async {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let bucket = outside::fresh_garage_bucket().await;
        let place = Place::new(folder.path()).with("HEARD_STORAGE_URL", bucket.clone());
        place.start().stop();
        let checked = || String::from_utf8(place.run(&["check"]).stdout).expect("text");
        assert!(checked().contains("works    bucket's rules"), "{}", checked());

        set_rule(&bucket, 7).await;
        let refused = place.run(&["serve"]);
        let said = String::from_utf8(refused.stderr).expect("text");
        assert_eq!(refused.status.code(), Some(1), "{said}");
        for words in ["\"tidy up\"", "after 7 days", "live 180 days", "Take AbortIncompleteMultipartUpload out"] {
            assert!(said.contains(words), "{said}");
        }
        let said = checked();
        assert!(said.contains("BROKEN   bucket's rules") && said.contains("after 7 days"), "{said}");

        // A rule that waits long enough is the operator's own affair.
        set_rule(&bucket, 400).await;
        place.start().stop();
        assert!(checked().contains("works    bucket's rules"));
    });
}

#[test]
fn a_bucket_that_does_not_tell_its_rules_is_said_and_not_refused() {
    run(|| async {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let place = Place::new(folder.path())
            .with("HEARD_STORAGE_URL", outside::fresh_garage_bucket().await)
            .with("AWS_SECRET_ACCESS_KEY", "0".repeat(64));
        let process = place.start();
        assert!(process.log().contains("does not tell its lifecycle rules"), "{}", process.log());
        process.stop();
        let said = String::from_utf8(place.run(&["check"]).stdout).expect("text");
        assert!(said.contains("missing  bucket's rules") && said.contains("AbortIncompleteMultipartUpload"), "{said}");
    });
}
