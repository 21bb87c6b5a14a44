//! Several servers on one database and one store: any of them goes on exactly where any other stopped.

use heard::intake::{IntakeError, store};

use super::place::{On, Place, noise, on, promise_store, sha256};

const MIB: usize = 1 << 20;

on!(another_server_goes_on_where_the_first_died, [SqliteS3, PostgresS3, PostgresDisk], async |on: On| {
    let place = Place::begin_with(on, promise_store).await;
    let bytes = noise(37 * MIB + 4321, 1);
    let upload = place.begin_upload().await;
    let mut at = 0;
    for turn in 0..8 {
        let server = place.another_server(&format!("server-{turn}")).await;
        let told = server.intake.offset(&upload.id).await.expect("stands");
        assert!(told as usize >= at, "offsets never go backwards: {told} after {at}");
        at = told as usize;
        let end = (at + [100, MIB + 7, 9 * MIB, 65536, 8 * MIB, 1][turn % 6]).min(bytes.len());
        let mut writer = server.intake.writer_at(&upload.id, at as u64).await.expect("goes on");
        for piece in bytes[at..end].chunks(70_000) {
            writer.push(piece).await.expect("is taken");
        }
        at = writer.end().await.expect("is promised") as usize;
        assert_eq!(at, end);
        // More comes, and the server dies with it: none of it was acknowledged.
        let mut writer = server.intake.writer_at(&upload.id, at as u64).await.expect("goes on");
        writer.push(&bytes[at..(at + 10 * MIB).min(bytes.len())]).await.expect("is taken");
        drop(writer);
        server.intake.site().db.close().await;
    }
    let last = place.another_server("last").await;
    let at = last.intake.offset(&upload.id).await.expect("stands") as usize;
    let mut writer = last.intake.writer_at(&upload.id, at as u64).await.expect("goes on");
    writer.push(&bytes[at..]).await.expect("is taken");
    assert!(writer.finish().await.expect("is whole").stored);
    last.run_jobs().await;
    assert_eq!(place.item(&upload.item).await.sha256, Some(sha256(&bytes)));
    assert!(place.original(&upload.item).await == Some(bytes));
    assert!(place.objects("tails/").await.len() <= 1, "{:?}", place.objects("tails/").await);
});

on!(a_server_that_was_overtaken_records_nothing, [SqliteS3, PostgresS3], async |on: On| {
    let place = Place::begin_with(on, promise_store).await;
    let bytes = noise(30 * MIB, 2);
    let upload = place.begin_upload().await;
    let first = place.another_server("first").await;
    let second = place.another_server("second").await;
    let mut slow = first.intake.writer(&upload.id).await.expect("a writer");
    slow.push(&bytes[..MIB]).await.expect("is taken");
    let mut quick = second.intake.writer(&upload.id).await.expect("takes over");
    assert_eq!(quick.offset(), 0, "the slow one was told nothing yet");
    slow.must_let_go().await;
    let late = slow.end().await;
    assert!(matches!(late, Err(IntakeError::Superseded)), "{late:?}");
    quick.push(&bytes).await.expect("is taken");
    quick.finish().await.expect("is whole");
    assert!(place.original(&upload.item).await == Some(bytes));
    let mut tx = place.intake.site().db.read().await.expect("tx");
    let parts = store::list_parts(&mut tx, &upload.id, &place.row(&upload.id).await.multipart.expect("parts")).await;
    let mut end = 0;
    for part in parts.expect("parts") {
        assert_eq!(part.start, end, "parts follow each other");
        end = part.end();
    }
});

on!(whoever_is_there_completes_what_is_whole, [SqliteS3], async |on: On| {
    let place = Place::begin_with(on, promise_store).await;
    let upload = place.send(&noise(20 * MIB, 3), 100_000).await;
    // As if the server had died between its last commit and the store's confirmation.
    let mut tx = place.intake.site().db.write().await.expect("tx");
    const BACK: &str = "update upload set state = 'whole' where id = $1";
    const ITEM: &str = "update evidence_item set state = 'receiving' where id = $1";
    heard::db::run!(&mut tx, BACK, &upload.id).expect("is set back");
    heard::db::run!(&mut tx, ITEM, &upload.item).expect("is set back");
    tx.commit().await.expect("commit");
    let other = place.another_server("other").await;
    other.intake.tend_once().await;
    assert_eq!(place.row(&upload.id).await.state, "stored");
    other.run_jobs().await;
    assert!(place.item(&upload.item).await.verified_us.is_some());
});
