//! A file's way in, as it should be: any length, any number of requests, newer requests and removal at any moment.

use heard::evidence::ItemState;
use heard::intake::{Arrival, IntakeError, Limit};

use super::place::{On, Place, noise, on, promise_store, sha256};

const MIB: usize = 1 << 20;
const SEGMENT: usize = 64 * 1024;

on!(every_length_comes_back_as_it_was, [SqliteDisk, SqliteS3, PostgresDisk, PostgresS3], async |on: On| {
    let place = Place::begin(on).await;
    let lengths =
        [0, 1, SEGMENT - 1, SEGMENT, SEGMENT + 1, 4 * SEGMENT, 8 * MIB - 1, 8 * MIB, 8 * MIB + 1, 21 * MIB + 777];
    let mut sent = Vec::new();
    for (seed, length) in lengths.into_iter().enumerate() {
        let bytes = noise(length, seed as u64);
        let piece = [1, 7_000, 64 * 1024, 300_000][seed % 4].max(length / 40 + 1);
        sent.push((place.send(&bytes, piece).await, bytes));
    }
    for (upload, bytes) in &sent {
        let item = place.item(&upload.item).await;
        assert_eq!((item.state, item.length), (ItemState::Received, Some(bytes.len() as i64)));
        assert_eq!(item.verified_us, None);
        assert!(place.original(&upload.item).await.as_ref() == Some(bytes), "{} bytes", bytes.len());
    }
    place.run_jobs().await;
    for (upload, bytes) in &sent {
        let item = place.item(&upload.item).await;
        assert!(item.verified_us.is_some(), "{} bytes are verified", bytes.len());
        assert_eq!(item.sha256, Some(sha256(bytes)));
    }
    assert!(place.objects("tails/").await.is_empty());
    assert_eq!(place.objects("originals/").await.len(), sent.len());
});

on!(many_requests_and_restarts_make_one_file, [SqliteDisk, PostgresS3], async |on: On| {
    let mut place = Place::begin(on).await;
    let bytes = noise(19 * MIB + 4321, 7);
    let upload = place.begin_upload().await;
    let (mut at, mut turn) = (0, 0usize);
    while at < bytes.len() {
        let most = [1, 100, SEGMENT - 1, SEGMENT, 3 * MIB + 5, 5 * MIB][turn % 6];
        let end = (at + most).min(bytes.len());
        let mut writer = place.intake.writer_at(&upload.id, at as u64).await.expect("goes on where it stopped");
        for piece in bytes[at..end].chunks(50_000) {
            writer.push(piece).await.expect("is taken");
        }
        assert_eq!(writer.end().await.expect("is durable"), end as u64);
        at = end;
        turn += 1;
        if turn.is_multiple_of(3) {
            place = place.restarted().await;
        }
        assert_eq!(place.intake.offset(&upload.id).await.expect("stands"), at as u64);
    }
    let writer = place.intake.writer(&upload.id).await.expect("a writer");
    assert!(writer.finish().await.expect("is whole").stored);
    place.run_jobs().await;
    assert_eq!(place.item(&upload.item).await.sha256, Some(sha256(&bytes)));
    assert!(place.original(&upload.item).await == Some(bytes));
});

on!(a_request_at_the_wrong_place_is_told_the_right_one, [SqliteDisk], async |on: On| {
    let place = Place::begin(on).await;
    let upload = place.begin_upload().await;
    let mut writer = place.intake.writer(&upload.id).await.expect("a writer");
    writer.push(b"the bus").await.expect("is taken");
    writer.end().await.expect("is durable");
    for wrong in [0, 6, 8] {
        let told = place.intake.writer_at(&upload.id, wrong).await;
        assert!(matches!(told, Err(IntakeError::WrongOffset { kept: 7 })));
    }
});

on!(a_newer_request_wins_and_the_older_keeps_what_it_got, [SqliteDisk, PostgresS3], async |on: On| {
    let place = Place::begin(on).await;
    let upload = place.begin_upload().await;
    let bytes = noise(2 * MIB, 3);
    let mut older = place.intake.writer(&upload.id).await.expect("a writer");
    older.push(&bytes[..MIB]).await.expect("is taken");
    let intake = place.intake.clone();
    let id = upload.id.clone();
    let newer = tokio::spawn(async move { intake.writer(&id).await });
    older.must_let_go().await;
    assert_eq!(older.end().await.expect("keeps what it got"), MIB as u64);
    let mut newer = newer.await.expect("runs").expect("is the writer now");
    assert_eq!(newer.offset(), MIB as u64);
    newer.push(&bytes[MIB..]).await.expect("is taken");
    newer.finish().await.expect("is whole");
    assert!(place.original(&upload.item).await == Some(bytes));
});

on!(an_older_request_that_is_dropped_lets_go, [SqliteDisk], async |on: On| {
    let place = Place::begin(on).await;
    let upload = place.begin_upload().await;
    let mut older = place.intake.writer(&upload.id).await.expect("a writer");
    older.push(&noise(9 * MIB, 1)).await.expect("is taken");
    drop(older);
    let offset = place.intake.offset(&upload.id).await.expect("stands");
    assert!(offset >= 8 * MIB as u64, "what was recorded stays: {offset}");
});

on!(removing_while_it_arrives_ends_the_request, [SqliteDisk, PostgresS3], async |on: On| {
    let place = Place::begin(on).await;
    let upload = place.begin_upload().await;
    let mut writer = place.intake.writer(&upload.id).await.expect("a writer");
    writer.push(&noise(9 * MIB, 1)).await.expect("is taken");
    assert!(place.intake.remove(&upload.item).await.expect("is removed"));
    assert!(!place.intake.remove(&upload.item).await.expect("is gone already"));
    writer.must_let_go().await;
    assert!(matches!(writer.end().await, Err(IntakeError::Gone)));
    assert!(matches!(place.intake.writer(&upload.id).await, Err(IntakeError::Gone)));
    place.run_jobs().await;
    place.intake.tend_once().await;
    assert!(place.spool_files().is_empty(), "{:?}", place.spool_files());
    assert!(place.objects("originals/").await.is_empty());
});

on!(removing_what_arrived_takes_bytes_and_key, [SqliteDisk, PostgresS3], async |on: On| {
    let place = Place::begin(on).await;
    let kept = place.send(b"stays", 5).await;
    let upload = place.send(&noise(9 * MIB, 1), 100_000).await;
    place.intake.remove(&upload.item).await.expect("is removed");
    assert_eq!(place.original(&upload.item).await, None);
    place.run_jobs().await;
    assert_eq!(place.objects("originals/").await.len(), 1);
    assert_eq!(place.original(&kept.item).await.as_deref(), Some(b"stays".as_slice()));
    assert_eq!(place.item(&upload.item).await.state, ItemState::Removed);
});

on!(arrivals_are_told_as_they_are, [SqliteDisk], async |on: On| {
    let place = Place::begin(on).await;
    let stopped = place.begin_upload().await;
    let mut writer = place.intake.writer(&stopped.id).await.expect("a writer");
    writer.push(b"half").await.expect("is taken");
    assert_eq!(arrival(&place, &stopped).await, Some(Arrival::Arriving));
    writer.end().await.expect("is durable");
    assert_eq!(arrival(&place, &stopped).await, Some(Arrival::Unfinished { kept: 4 }));
    let here = place.send(b"whole", 5).await;
    assert_eq!(arrival(&place, &here).await, Some(Arrival::Here { checked: false }));
    place.run_jobs().await;
    assert_eq!(arrival(&place, &here).await, Some(Arrival::Here { checked: true }));
    place.intake.remove(&here.item).await.expect("is removed");
    assert_eq!(arrival(&place, &here).await, None);
});

async fn arrival(place: &Place, upload: &heard::intake::Upload) -> Option<Arrival> {
    let mut tx = place.intake.site().db.read().await.expect("tx");
    place.intake.arrival(&mut tx, &upload.item).await.expect("is told")
}

on!(limits_and_declared_lengths_hold, [SqliteDisk], async |on: On| {
    let place = Place::begin_with(on, |settings| {
        settings.submission_files = 2;
        settings.submission_bytes = 1000;
    })
    .await;
    let intake = &place.intake;
    let too_much = intake.begin(&place.submission, Some(1001), "a").await;
    assert!(matches!(too_much, Err(IntakeError::Limit(Limit::Submission))));
    let upload = intake.begin(&place.submission, Some(10), "a").await.expect("begins");
    let mut writer = intake.writer(&upload.id).await.expect("a writer");
    writer.push(b"12345").await.expect("is taken");
    assert!(matches!(writer.push(b"678901").await, Err(IntakeError::WrongLength)));
    assert!(matches!(writer.finish().await, Err(IntakeError::WrongLength)));
    intake.begin(&place.submission, None, "b").await.expect("begins");
    let too_many = intake.begin(&place.submission, None, "c").await;
    assert!(matches!(too_many, Err(IntakeError::Limit(Limit::Files))));
});

on!(a_whole_upload_takes_nothing_more, [SqliteDisk, PostgresS3], async |on: On| {
    let place = Place::begin_with(on, promise_store).await;
    let upload = place.send(b"all of it", 3).await;
    assert!(matches!(place.intake.writer(&upload.id).await, Err(IntakeError::Whole)));
    assert_eq!(place.intake.offset(&upload.id).await.expect("stands"), 9);
});
