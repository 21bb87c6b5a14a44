//! No (key, nonce) pair ever seals two plaintexts, and nothing that was sent shows where bytes lie.
//!
//! A watcher keeps every sealed segment that was ever seen in the spool, by the salt that sealed it and its number: a
//! segment that is sealed again, with the same bytes or with others, must have another salt.

use std::collections::HashMap;

use heard::intake::{Upload, store};
use heard::storage::seal::{ObjectId, Opener, Run, RunTable, SEALED_SEGMENT};

use super::place::{On, Place, copy_folder, noise, on, promise_store};

const MIB: usize = 1 << 20;
const SEGMENT: usize = 64 * 1024;

/// Every sealed segment that was ever seen: (salt, number) → its bytes' digest.
#[derive(Default)]
struct Watcher {
    seen: HashMap<([u8; 32], u64), Vec<u8>>,
    sealed_again: usize,
}

impl Watcher {
    /// Looks at a spool file, with all runs that were ever begun for it.
    async fn look(&mut self, place: &Place, upload: &Upload, every_run: &mut Vec<Run>) {
        let site = place.intake.site();
        let row = place.row(&upload.id).await;
        let mut tx = site.db.read().await.expect("tx");
        for (first, salt) in store::list_runs(&mut tx, &upload.id).await.expect("runs") {
            let run = Run { first: first as u64, salt: salt.try_into().expect("32 bytes") };
            if !every_run.contains(&run) {
                every_run.push(run);
            }
        }
        let parent = site.keys.submission(&mut tx, &place.submission).await.expect("asks").expect("a key");
        let key = site.keys.item(&mut tx, &parent, upload.item.as_str()).await.expect("asks").expect("a key");
        let object = ObjectId::parse(&row.object_id).expect("an id");
        let Ok(bytes) = std::fs::read(place.intake.spool().body(&row.spool)) else { return };
        for (number, sealed) in bytes.chunks_exact(SEALED_SEGMENT).enumerate() {
            let number = number as u64;
            for run in every_run.iter() {
                let table = RunTable::in_order_of_beginning([Run { first: 0, ..*run }]);
                let opens = Opener::new(&key, &object, table).open(number, &mut sealed.to_vec()).is_ok();
                if !opens {
                    continue;
                }
                match self.seen.insert((run.salt, number), sealed.to_vec()) {
                    Some(before) => assert_eq!(before, sealed, "segment {number} was sealed twice under one salt"),
                    None => {
                        self.sealed_again += usize::from(self.seen.keys().filter(|(_, n)| *n == number).count() > 1)
                    }
                }
            }
        }
    }
}

on!(other_bytes_after_a_crash_are_sealed_under_another_key, [SqliteDisk, PostgresS3], async |on: On| {
    let mut place = Place::begin_with(on, promise_store).await;
    let upload = place.begin_upload().await;
    let (mut watcher, mut runs) = (Watcher::default(), Vec::new());
    let first = noise(MIB / 2 + 99, 1);
    let mut writer = place.intake.writer(&upload.id).await.expect("a writer");
    writer.push(&first).await.expect("is taken");
    let kept = writer.end().await.expect("is durable") as usize;
    let mut last = Vec::new();
    for attempt in 0..6 {
        // More than was acknowledged reaches the disk; then the process dies, and the client sends other bytes.
        let other = noise(MIB, 100 + attempt);
        let mut writer = place.intake.writer_at(&upload.id, kept as u64).await.expect("stands where it was promised");
        writer.push(&other).await.expect("is taken");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        watcher.look(&place, &upload, &mut runs).await;
        drop(writer);
        last = other;
        place = place.restarted().await;
        // What was written and not acknowledged may be found again; a client that asks is told, and this one starts
        // over from what it was promised before: the engine under it must forget the rest.
        forget_unacknowledged(&place, &upload, kept as i64).await;
    }
    let mut writer = place.intake.writer_at(&upload.id, kept as u64).await.expect("stands");
    writer.push(&last).await.expect("is taken");
    writer.end().await.expect("is durable");
    watcher.look(&place, &upload, &mut runs).await;
    assert!(watcher.sealed_again >= 6, "segments were sealed again {} times", watcher.sealed_again);
    let writer = place.intake.writer(&upload.id).await.expect("a writer");
    writer.finish().await.expect("is whole");
    assert!(place.original(&upload.item).await == Some([first, last].concat()));
});

/// As if the crash had come before the last blocks reached the disk: the spool is cut back to what was promised.
async fn forget_unacknowledged(place: &Place, upload: &Upload, kept: i64) {
    let body = place.body(upload).await;
    let file = std::fs::OpenOptions::new().write(true).open(body).expect("the spool file is there");
    file.set_len((kept as usize / SEGMENT * SEALED_SEGMENT) as u64).expect("is cut");
}

on!(a_restored_older_database_never_uses_a_key_again, [SqliteDisk], async |on: On| {
    let mut place = Place::begin(on).await;
    let upload = place.begin_upload().await;
    let (mut watcher, mut runs) = (Watcher::default(), Vec::new());
    let mut writer = place.intake.writer(&upload.id).await.expect("a writer");
    writer.push(&noise(MIB, 1)).await.expect("is taken");
    writer.end().await.expect("is durable");
    watcher.look(&place, &upload, &mut runs).await;
    let backup = place.folder.path().join("backup");
    place.intake.site().db.close().await;
    copy_folder(place.config.data(), &backup);
    for attempt in 0..4 {
        place = place.restarted().await;
        let at = place.intake.offset(&upload.id).await.expect("stands");
        let mut writer = place.intake.writer_at(&upload.id, at).await.expect("a writer");
        writer.push(&noise(MIB, 50 + attempt)).await.expect("is taken");
        writer.end().await.expect("is durable");
        watcher.look(&place, &upload, &mut runs).await;
        place.intake.site().db.close().await;
        // The spool stays as it is; only the database is older.
        for name in ["heard.sqlite", "heard.sqlite-wal", "heard.sqlite-shm"] {
            let _ = std::fs::remove_file(place.config.data().join(name));
            let _ = std::fs::copy(backup.join(name), place.config.data().join(name));
        }
    }
    assert!(watcher.sealed_again > 0, "the same places were sealed again");
});

on!(nothing_that_was_sent_shows_on_disk, [SqliteDisk, SqliteS3], async |on: On| {
    let place = Place::begin(on).await;
    let words = b"nobody asked me about the taxi ";
    place.send(&words.repeat(20_000), 5_000).await;
    let stopped = place.begin_upload().await;
    let mut writer = place.intake.writer(&stopped.id).await.expect("a writer");
    writer.push(&words.repeat(5_000)).await.expect("is taken");
    writer.end().await.expect("is durable");
    place.intake.site().db.close().await;
    let mut files = 0;
    for file in files_below(place.folder.path()) {
        let bytes = std::fs::read(&file).expect("reads");
        for word in [&b"the taxi"[..], b"holiday.mov"] {
            assert!(!bytes.windows(word.len()).any(|window| window == word), "{} shows it", file.display());
        }
        files += 1;
    }
    assert!(files > 4);
});

fn files_below(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}
