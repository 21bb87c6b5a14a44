//! Comparing database, spool and store: what is lost is said, what is found is kept, what is discarded goes after a day.

use heard::clock::{DAY, HOUR};
use heard::evidence::ItemState;
use heard::intake::reconcile::reconcile;
use heard::storage::ObjectKey;

use super::place::{On, Place, noise, on, promise_store, sha256};

const MIB: usize = 1 << 20;

on!(a_healthy_service_has_nothing_to_say, [SqliteDisk, PostgresS3], async |on: On| {
    let place = Place::begin_with(on, promise_store).await;
    place.send(b"one", 3).await;
    place.send(&noise(17 * MIB, 1), 70_000).await;
    let upload = place.begin_upload().await;
    let mut writer = place.intake.writer(&upload.id).await.expect("a writer");
    writer.push(&noise(9 * MIB + 5, 2)).await.expect("is taken");
    writer.end().await.expect("is durable");
    place.run_jobs().await;
    let report = reconcile(&place.intake).await.expect("compares");
    assert!(!report.needs_a_person(), "{report}");
    assert!(report.agreed >= 2);
    assert!(report.to_string().contains("Nothing needs a person."));
});

on!(what_is_missing_is_said, [SqliteDisk, PostgresS3], async |on: On| {
    let place = Place::begin(on).await;
    place.send(&noise(MIB, 1), 70_000).await;
    let upload = place.begin_upload().await;
    let mut writer = place.intake.writer(&upload.id).await.expect("a writer");
    writer.push(b"half").await.expect("is taken");
    writer.end().await.expect("is durable");
    let [path] = &place.objects("originals/").await[..] else { panic!("one object") };
    place.intake.site().store.delete(&path.parse::<ObjectKey>().expect("ours")).await.expect("is lost");
    std::fs::remove_file(place.body(&upload).await).expect("is lost");
    let report = reconcile(&place.intake).await.expect("compares");
    assert_eq!((report.missing.len(), report.lost_spool.len()), (1, 1), "{report}");
    assert!(report.needs_a_person());
});

on!(an_original_that_no_row_knows_is_an_item_again, [SqliteDisk, PostgresS3], async |on: On| {
    let place = Place::begin(on).await;
    let bytes = noise(9 * MIB, 1);
    let upload = place.send(&bytes, 70_000).await;
    // A database restored from before the upload's end: its rows are gone, its key came back with the key archive.
    let mut tx = place.intake.site().db.write().await.expect("tx");
    const GONE: [&str; 6] = [
        "delete from stored_object where upload_id = $1",
        "delete from upload_part where upload_id = $1",
        "delete from upload_digest where upload_id = $1",
        "delete from upload_run where upload_id = $1",
        "delete from job where subject = $1",
        "delete from upload where id = $1",
    ];
    for sql in GONE {
        heard::db::run!(&mut tx, sql, &upload.id).expect("is gone");
    }
    const ITEM: &str = "delete from evidence_item where id = $1";
    heard::db::run!(&mut tx, ITEM, &upload.item).expect("is gone");
    tx.commit().await.expect("commit");
    place.clock.advance(300 * DAY);
    let report = reconcile(&place.intake).await.expect("compares");
    assert_eq!((report.adopted.len(), report.unknown.len()), (1, 0), "{report}");
    place.run_jobs().await;
    let item = place.item(&upload.item).await;
    // Noise is of no kind that we know: it is kept, and not shown.
    assert_eq!((item.state, item.sha256), (ItemState::Kept, Some(sha256(&bytes))));
    assert!(place.original(&upload.item).await == Some(bytes));
    let again = reconcile(&place.intake).await.expect("compares");
    // With a bucket, the old spool file is still there, and nobody but a person may say that it can go.
    assert!(again.adopted.is_empty() && again.unknown.is_empty() && again.missing.is_empty(), "{again}");
});

on!(what_nobody_knows_is_reported_and_never_deleted, [SqliteDisk, PostgresS3], async |on: On| {
    let place = Place::begin(on).await;
    let store = &place.intake.site().store;
    for key in [ObjectKey::new_original(), ObjectKey::new_tail()] {
        store.put(&key, b"who put this here?".to_vec().into()).await.expect("puts");
    }
    std::fs::write(place.intake.spool().body("0190-nobody"), b"?").expect("writes");
    place.clock.advance(300 * DAY);
    let report = reconcile(&place.intake).await.expect("compares");
    assert_eq!((report.unknown.len(), report.unknown_spool.len(), report.deleted), (2, 1, 0), "{report}");
    place.intake.tend_once().await;
    place.run_jobs().await;
    assert_eq!(place.objects("originals/").await.len() + place.objects("tails/").await.len(), 2);
    assert_eq!(place.spool_files(), ["0190-nobody"]);
});

on!(only_what_a_row_discarded_a_day_ago_is_deleted, [SqliteDisk, PostgresS3], async |on: On| {
    let place = Place::begin(on).await;
    let upload = place.send(&noise(MIB, 1), 70_000).await;
    // What cleans up behind an arrival has a moment to end, so that it does not clean this up too.
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    place.intake.remove(&upload.item).await.expect("is removed");
    // The worker that would have deleted the bytes is down.
    place.clock.advance(23 * HOUR);
    assert_eq!(reconcile(&place.intake).await.expect("compares").deleted, 0);
    assert_eq!(place.objects("originals/").await.len(), 1);
    place.clock.advance(2 * HOUR);
    assert_eq!(reconcile(&place.intake).await.expect("compares").deleted, 1);
    assert!(place.objects("originals/").await.is_empty());
});
