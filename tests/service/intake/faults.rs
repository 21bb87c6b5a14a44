//! Disks that are full, that cannot sync, that lose bytes; stores that change them or do not answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use heard::evidence::ItemState;
use heard::intake::IntakeError;
use heard::storage::ObjectKey;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};

use super::place::{On, Place, noise, on, promise_store, sha256};
use crate::outside;

const MIB: usize = 1 << 20;

on!(a_full_disk_keeps_what_was_acknowledged, [SqliteDisk, PostgresS3], async |on: On| {
    let place = Place::begin(on).await;
    let bytes = noise(12 * MIB, 1);
    let upload = place.begin_upload().await;
    let mut writer = place.intake.writer(&upload.id).await.expect("a writer");
    writer.push(&bytes[..9 * MIB]).await.expect("is taken");
    place.intake.spool().faults.full_after.store(2, Ordering::SeqCst);
    let mut full = writer.push(&bytes[9 * MIB..]).await;
    if full.is_ok() {
        full = writer.end().await.map(drop);
    }
    assert!(matches!(full, Err(IntakeError::Full)), "{full:?}");
    let at = place.intake.offset(&upload.id).await.expect("stands") as usize;
    assert!(at >= 8 * MIB, "what was recorded stays: {at}");
    let mut writer = place.intake.writer_at(&upload.id, at as u64).await.expect("goes on");
    writer.push(&bytes[at..]).await.expect("is taken");
    writer.finish().await.expect("is whole");
    place.run_jobs().await;
    assert_eq!(place.item(&upload.item).await.sha256, Some(sha256(&bytes)));
});

on!(a_failed_sync_is_final_for_its_file, [SqliteDisk, PostgresS3], async |on: On| {
    let place = Place::begin(on).await;
    let bytes = noise(20 * MIB, 2);
    let upload = place.begin_upload().await;
    let mut writer = place.intake.writer(&upload.id).await.expect("a writer");
    writer.push(&bytes[..MIB + 100]).await.expect("is taken");
    let kept = writer.end().await.expect("is durable");
    let broken = place.row(&upload.id).await.spool;
    place.intake.spool().faults.sync_fails_after.store(1, Ordering::SeqCst);
    let mut writer = place.intake.writer_at(&upload.id, kept).await.expect("goes on");
    let mut failed = writer.push(&bytes[kept as usize..]).await;
    if failed.is_ok() {
        failed = writer.end().await.map(drop);
    }
    assert!(matches!(failed, Err(IntakeError::Spool(_))), "{failed:?}");
    assert_eq!(place.intake.offset(&upload.id).await.expect("stands"), kept);
    assert_ne!(place.row(&upload.id).await.spool, broken, "the file that failed is left");
    let mut writer = place.intake.writer_at(&upload.id, kept).await.expect("goes on");
    writer.push(&bytes[kept as usize..]).await.expect("is taken");
    writer.finish().await.expect("is whole");
    place.run_jobs().await;
    assert_eq!(place.item(&upload.item).await.sha256, Some(sha256(&bytes)));
    place.intake.tend_once().await;
    assert!(place.spool_files().is_empty(), "{:?}", place.spool_files());
});

on!(promised_bytes_that_are_missing_are_an_alarm, [SqliteDisk, PostgresDisk], async |on: On| {
    let place = Place::begin(on).await;
    let upload = place.begin_upload().await;
    let mut writer = place.intake.writer(&upload.id).await.expect("a writer");
    writer.push(&noise(MIB, 3)).await.expect("is taken");
    writer.end().await.expect("is durable");
    let body = place.body(&upload).await;
    std::fs::OpenOptions::new().write(true).open(&body).expect("is there").set_len(300_000).expect("is cut");
    let place = place.restarted().await;
    place.intake.recover().await;
    let row = place.row(&upload.id).await;
    assert_eq!((row.spooled, row.kept), (4 * 65536, 4 * 65536));
    assert_eq!(row.alarm.as_deref(), Some("promised bytes are missing"));
    let mut tx = place.intake.site().db.read().await.expect("tx");
    let rows = heard::audit::list_about(&mut tx, upload.item.as_str()).await.expect("asks");
    assert!(rows.iter().any(|row| row.action == "intake.bytes_missing"));
    drop(tx);
    // It goes on all the same, and comes back as it is sent now.
    let bytes = noise(MIB, 4);
    let mut writer = place.intake.writer_at(&upload.id, 4 * 65536).await.expect("goes on");
    writer.push(&bytes).await.expect("is taken");
    writer.finish().await.expect("is whole");
    place.run_jobs().await;
    assert!(place.item(&upload.item).await.verified_us.is_some());
});

on!(a_changed_object_is_never_called_verified, [SqliteDisk], async |on: On| {
    let place = Place::begin(on).await;
    let upload = place.send(&noise(MIB, 5), 100_000).await;
    let [path] = &place.objects("originals/").await[..] else { panic!("one object") };
    let file = place.folder.path().join("store/objects").join(path);
    let mut bytes = std::fs::read(&file).expect("is there");
    bytes[200_000] ^= 1;
    std::fs::write(&file, bytes).expect("is changed");
    place.run_jobs().await;
    let item = place.item(&upload.item).await;
    assert_eq!((item.state, item.verified_us), (ItemState::Failed, None));
    assert_eq!(place.row(&upload.id).await.alarm.as_deref(), Some("the read-back did not match"));
});

on!(a_bucket_that_changed_bytes_gets_them_again, [SqliteS3, PostgresS3], async |on: On| {
    let place = Place::begin(on).await;
    let bytes = noise(9 * MIB, 6);
    let upload = place.send(&bytes, 100_000).await;
    let [path] = &place.objects("originals/").await[..] else { panic!("one object") };
    let key: ObjectKey = path.parse().expect("ours");
    let store = &place.intake.site().store;
    let mut object = store.get_small(&key, 1 << 30).await.expect("is there").to_vec();
    object[8 * MIB + 200_000] ^= 1;
    store.put(&key, object.into()).await.expect("is changed");
    place.run_jobs().await;
    assert_eq!(place.item(&upload.item).await.verified_us, None);
    assert_eq!(place.row(&upload.id).await.state, "whole", "it is on its way again");
    // At once, if this is the first time: a bucket that forgot its parts on the way here (a real one does, now and then,
    // when it is busy) has been sent everything again before, and is given time.
    place.clock.advance(heard::clock::MINUTE);
    place.intake.tend_once().await;
    place.run_jobs().await;
    let item = place.item(&upload.item).await;
    // Noise is of no kind that we know: it is kept, and not shown.
    assert_eq!((item.state, item.sha256), (ItemState::Kept, Some(sha256(&bytes))));
    assert_eq!(place.row(&upload.id).await.alarm, None);
    assert!(place.original(&upload.item).await == Some(bytes));
});

on!(a_bucket_that_keeps_changing_bytes_is_given_time, [SqliteS3, PostgresS3], async |on: On| {
    let place = Place::begin(on).await;
    let bytes = noise(MIB, 16);
    let upload = place.send(&bytes, 100_000).await;
    let store = &place.intake.site().store;
    for again in 1..=3 {
        let key: ObjectKey = place.row(&upload.id).await.object_key.expect("a place").parse().expect("ours");
        let mut object = store.get_small(&key, 1 << 30).await.expect("is there").to_vec();
        object[200_000] ^= 1;
        store.put(&key, object.into()).await.expect("is changed");
        place.run_jobs().await;
        let row = place.row(&upload.id).await;
        assert_eq!((row.state.as_str(), row.sent_again), ("whole", again));
        place.intake.tend_once().await;
        if again > 1 {
            assert_eq!(place.row(&upload.id).await.state, "whole", "not at once again");
            place.clock.advance(heard::clock::MINUTE);
            place.intake.tend_once().await;
        }
        assert_eq!(place.row(&upload.id).await.state, "stored");
    }
    place.run_jobs().await;
    let row = place.row(&upload.id).await;
    assert_eq!((row.alarm, row.sent_again), (None, 0));
    assert!(place.original(&upload.item).await == Some(bytes));
});

/// A way to the bucket that can be cut.
async fn gate(target: String) -> (String, Arc<AtomicBool>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("a port").to_string();
    let open = Arc::new(AtomicBool::new(true));
    let gate = open.clone();
    tokio::spawn(async move {
        while let Ok((mut near, _)) = listener.accept().await {
            let (target, gate) = (target.clone(), gate.clone());
            tokio::spawn(async move {
                let Ok(mut far) = TcpStream::connect(target).await else { return };
                tokio::select! {
                    _ = copy_bidirectional(&mut near, &mut far) => {}
                    () = async { while gate.load(Ordering::SeqCst) { tokio::time::sleep(std::time::Duration::from_millis(5)).await } } => {}
                }
            });
        }
    });
    (address, open)
}

async fn gated(on: On, promise: bool) -> (Place, Arc<AtomicBool>) {
    let url = outside::fresh_garage_bucket().await;
    let (near, open) = gate(outside::endpoint_of(&url)).await;
    let url = outside::through(&url, &near);
    let place = Place::begin_with(on, |settings| {
        settings.storage_url = Some(url);
        if promise {
            promise_store(settings);
        }
    })
    .await;
    (place, open)
}

on!(a_store_that_is_down_delays_and_loses_nothing, [SqliteS3], async |on: On| {
    let (place, open) = gated(on, false).await;
    let bytes = noise(17 * MIB, 8);
    let upload = place.begin_upload().await;
    let mut writer = place.intake.writer(&upload.id).await.expect("a writer");
    writer.push(&bytes[..10 * MIB]).await.expect("is taken");
    open.store(false, Ordering::SeqCst);
    writer.push(&bytes[10 * MIB..]).await.expect("is taken without the store");
    let finished = writer.finish().await.expect("is whole");
    assert!(!finished.stored, "the store cannot have confirmed");
    assert_eq!(place.row(&upload.id).await.state, "whole");
    assert_eq!(place.item(&upload.item).await.state, ItemState::Receiving);
    place.intake.tend_once().await;
    open.store(true, Ordering::SeqCst);
    let place = place.restarted().await;
    place.intake.tend_once().await;
    place.run_jobs().await;
    assert_eq!(place.item(&upload.item).await.sha256, Some(sha256(&bytes)));
});

on!(with_several_servers_nothing_is_promised_while_the_store_is_down, [SqliteS3], async |on: On| {
    let (place, open) = gated(on, true).await;
    let bytes = noise(3 * MIB, 9);
    let upload = place.begin_upload().await;
    let mut writer = place.intake.writer(&upload.id).await.expect("a writer");
    writer.push(&bytes[..MIB]).await.expect("is taken");
    assert_eq!(writer.end().await.expect("is in the store"), MIB as u64);
    open.store(false, Ordering::SeqCst);
    let mut writer = place.intake.writer(&upload.id).await.expect("a writer");
    writer.push(&bytes[MIB..2 * MIB]).await.expect("is taken");
    assert!(matches!(writer.end().await, Err(IntakeError::Store(_))));
    assert_eq!(place.row(&upload.id).await.kept, MIB as i64, "only what the store has is promised");
    open.store(true, Ordering::SeqCst);
    assert_eq!(place.intake.offset(&upload.id).await.expect("stands"), 2 * MIB as u64);
    let mut writer = place.intake.writer(&upload.id).await.expect("a writer");
    writer.push(&bytes[2 * MIB..]).await.expect("is taken");
    writer.finish().await.expect("is whole");
    assert!(place.original(&upload.item).await == Some(bytes));
});

on!(
    a_database_that_is_down_ends_the_request_and_keeps_what_was_acknowledged,
    [SqliteDisk, PostgresDisk],
    async |on: On| {
        let place = Place::begin(on).await;
        let bytes = noise(17 * MIB, 10);
        let upload = place.begin_upload().await;
        let mut writer = place.intake.writer(&upload.id).await.expect("a writer");
        writer.push(&bytes[..MIB]).await.expect("is taken");
        let kept = writer.end().await.expect("is durable");
        let mut writer = place.intake.writer(&upload.id).await.expect("a writer");
        place.intake.site().db.close().await;
        let mut down = writer.push(&bytes[kept as usize..]).await;
        if down.is_ok() {
            down = writer.end().await.map(drop);
        }
        assert!(matches!(down, Err(IntakeError::Db(_))), "{down:?}");
        let place = place.restarted().await;
        let at = place.intake.offset(&upload.id).await.expect("stands");
        assert!(at >= kept);
        let mut writer = place.intake.writer_at(&upload.id, at).await.expect("goes on");
        writer.push(&bytes[at as usize..]).await.expect("is taken");
        writer.finish().await.expect("is whole");
        assert!(place.original(&upload.item).await == Some(bytes));
    }
);
