//! What the keys promise: first start makes them, later starts find them or refuse, erasing is final.

use std::os::unix::fs::PermissionsExt;

use super::*;
use crate::config::Settings;
use crate::storage::{key_archive, rotation};

const NOW: Moment = Moment(1_795_288_980_000_000);

async fn fresh() -> (tempfile::TempDir, Config, Db) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let config = Settings::for_testing(&folder.path().join("data")).check().expect("safe settings");
    std::fs::create_dir_all(config.data()).expect("a data folder");
    let db = Db::open_sqlite(&config.data().join("heard.sqlite")).await.expect("a database");
    db.migrate().await.expect("tables");
    (folder, config, db)
}

#[tokio::test]
async fn the_first_start_makes_a_key_that_only_its_owner_reads_and_later_starts_use_it() {
    let (_folder, config, db) = fresh().await;
    let first = Keys::open(&config, &db, NOW).await.expect("first start");
    let mode = std::fs::metadata(&config.master_key_file).expect("the key file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let again = Keys::open(&config, &db, NOW).await.expect("second start");
    let tag = first.service("pepper").hmac(&[b"a", b"b"]);
    assert!(again.service("pepper").verify(&[b"a", b"b"], &tag));
    assert!(!again.service("pepper").verify(&[b"ab", b""], &tag), "parts cannot be shifted");
    assert!(!again.service("csrf").verify(&[b"a", b"b"], &tag));
}

#[tokio::test]
async fn a_missing_or_wrong_master_key_refuses_to_start_and_is_not_made_anew() {
    let (_folder, config, db) = fresh().await;
    Keys::open(&config, &db, NOW).await.expect("first start");
    let kept = std::fs::read(&config.master_key_file).expect("the key");

    std::fs::remove_file(&config.master_key_file).expect("removed");
    let said = Keys::open(&config, &db, NOW).await.expect_err("no key").to_string();
    assert!(said.contains("Put the file back"), "{said}");
    assert!(!config.master_key_file.exists());

    master::make(&config.master_key_file).expect("another key");
    let said = Keys::open(&config, &db, NOW).await.expect_err("wrong key").to_string();
    assert!(said.contains("is not the one"), "{said}");

    std::fs::write(&config.master_key_file, &kept[..31]).expect("a short key");
    let said = Keys::open(&config, &db, NOW).await.expect_err("short key").to_string();
    assert!(said.contains("exactly 32 bytes"), "{said}");

    std::fs::write(&config.master_key_file, &kept).expect("the right key");
    Keys::open(&config, &db, NOW).await.expect("the right key opens");

    let readable = std::fs::Permissions::from_mode(0o640);
    std::fs::set_permissions(&config.master_key_file, readable).expect("permissions");
    let said = Keys::open(&config, &db, NOW).await.expect_err("open to others").to_string();
    assert!(said.contains("chmod 600"), "{said}");
}

#[tokio::test]
async fn a_column_opens_only_where_it_belongs() {
    let (_folder, config, db) = fresh().await;
    let keys = Keys::open(&config, &db, NOW).await.expect("keys");
    let (one, two) = (SubmissionId::new(NOW), SubmissionId::new(NOW));
    let mut tx = db.write().await.expect("tx");
    let key = keys.make_submission_key(&mut tx, &one, NOW).await.expect("key");
    let other = keys.make_submission_key(&mut tx, &two, NOW).await.expect("key");
    tx.commit().await.expect("commit");

    let sealed = key.seal_text("answer", "sealed", "row", "Die Schule ist laut 🎈");
    let mut tx = db.read().await.expect("tx");
    let found = keys.submission(&mut tx, &one).await.expect("reads").expect("is there");
    assert_eq!(found.open_text("answer", "sealed", "row", &sealed).as_deref(), Ok("Die Schule ist laut 🎈"));
    assert_eq!(found.open("answer", "sealed", "rox", &sealed), Err(SealBroken));
    assert_eq!(found.open("answers", "ealed", "row", &sealed), Err(SealBroken));
    assert_eq!(other.open("answer", "sealed", "row", &sealed), Err(SealBroken));
    for place in 0..sealed.len() {
        let mut altered = sealed.clone();
        altered[place] ^= 1;
        assert_eq!(found.open("answer", "sealed", "row", &altered), Err(SealBroken));
        assert_eq!(found.open("answer", "sealed", "row", &sealed[..place]), Err(SealBroken));
    }
    assert_ne!(sealed, key.seal_text("answer", "sealed", "row", "Die Schule ist laut 🎈"), "nonces are random");
}

#[tokio::test]
async fn forgetting_a_submission_forgets_its_items_and_asks_for_the_copies_to_go() {
    let (_folder, config, db) = fresh().await;
    let keys = Keys::open(&config, &db, NOW).await.expect("keys");
    let submission = SubmissionId::new(NOW);
    let mut tx = db.write().await.expect("tx");
    let key = keys.make_submission_key(&mut tx, &submission, NOW).await.expect("key");
    let item = keys.make_item_key(&mut tx, &key, &submission, "item-key", NOW).await.expect("item key");
    let found = keys.item(&mut tx, &key, "item-key").await.expect("reads").expect("is there");
    assert_eq!(item.derive(b"salt", &[b"run"]), found.derive(b"salt", &[b"run"]));
    assert_ne!(item.derive(b"salt", &[b"run"]), found.derive(b"salt", &[b"ru", b"n"]));

    keys.forget(&mut tx, submission.as_str(), NOW).await.expect("forgets");
    assert!(keys.submission(&mut tx, &submission).await.expect("reads").is_none());
    assert!(keys.item(&mut tx, &key, "item-key").await.expect("reads").is_none());
    let erasing: (i64,) =
        db::one!(&mut tx, (i64,), "select count(*) from job where kind = 'erase_key_copy'").expect("counts");
    assert_eq!(erasing.0, 2);
}

#[tokio::test]
async fn a_wrapped_key_under_another_name_does_not_open() {
    let (_folder, config, db) = fresh().await;
    let keys = Keys::open(&config, &db, NOW).await.expect("keys");
    let (one, two) = (SubmissionId::new(NOW), SubmissionId::new(NOW));
    let mut tx = db.write().await.expect("tx");
    keys.make_submission_key(&mut tx, &one, NOW).await.expect("key");
    db::run!(&mut tx, "update wrapped_key set id = $1 where id = $2", two.as_str(), one.as_str()).expect("renamed");
    assert!(matches!(keys.submission(&mut tx, &two).await, Err(KeyError::Broken(SealBroken))));
}

#[tokio::test]
async fn a_new_master_key_wraps_everything_again_while_servers_run() {
    let (folder, config, db) = fresh().await;
    let server = Keys::open(&config, &db, NOW).await.expect("a server");
    let file = &config.master_key_file;
    let before = std::fs::read(file).expect("the key");
    let one = SubmissionId::new(NOW);
    let mut tx = db.write().await.expect("tx");
    let key = server.make_submission_key(&mut tx, &one, NOW).await.expect("key");
    server.make_item_key(&mut tx, &key, &one, "item-key", NOW).await.expect("key");
    tx.commit().await.expect("commit");
    let sealed = key.seal_text("answer", "sealed", "row", "still readable");

    rotation::prepare(file).expect("a new key");
    assert!(rotation::prepare(file).expect_err("one at a time").to_string().contains("under way"));
    assert_ne!(std::fs::read(file).expect("the new key"), before);

    // The running server wraps with the new key at once, and reads what is still wrapped by the old one.
    let two = SubmissionId::new(NOW);
    let mut tx = db.write().await.expect("tx");
    server.make_submission_key(&mut tx, &two, NOW).await.expect("key");
    assert!(server.submission(&mut tx, &one).await.expect("reads").is_some());
    tx.commit().await.expect("commit");

    let operator = Keys::open(&config, &db, NOW).await.expect("both keys are there");
    let said = rotation::finish(&operator, &db, file).await.expect_err("too early").to_string();
    assert!(said.contains("still wrapped by the old master key"), "{said}");
    let services = SERVICE_KEYS.len() as u64;
    assert_eq!(rotation::rewrap(&operator, &db, NOW).await.expect("wraps again"), services + 1);
    let said = rotation::finish(&operator, &db, file).await.expect_err("copies are to come").to_string();
    assert!(said.contains("copies of keys"), "{said}");
    let mut tx = db.write().await.expect("tx");
    db::run!(&mut tx, "delete from job").expect("a worker ran");
    tx.commit().await.expect("commit");
    rotation::finish(&operator, &db, file).await.expect("finishes");

    for keys in [server, Keys::open(&config, &db, NOW).await.expect("starts with the new key alone")] {
        let mut tx = db.read().await.expect("tx");
        let key = keys.submission(&mut tx, &one).await.expect("reads").expect("is there");
        assert_eq!(key.open_text("answer", "sealed", "row", &sealed).as_deref(), Ok("still readable"));
        assert!(keys.item(&mut tx, &key, "item-key").await.expect("reads").is_some());
    }
    std::fs::write(file, &before).expect("the old key");
    assert!(Keys::open(&config, &db, NOW).await.is_err(), "the old key opens nothing any more");
    drop(folder);
}

#[tokio::test]
async fn an_archive_brings_back_the_keys_that_it_has_and_a_cut_off_one_none() {
    let (folder, config, db) = fresh().await;
    let keys = Keys::open(&config, &db, NOW).await.expect("keys");
    let one = SubmissionId::new(NOW);
    let mut tx = db.write().await.expect("tx");
    keys.make_submission_key(&mut tx, &one, NOW).await.expect("key");
    tx.commit().await.expect("commit");

    let path = folder.path().join("keys.jsonl");
    let mut tx = db.read().await.expect("tx");
    let written = key_archive::write(&mut tx, &path).await.expect("writes");
    drop(tx);
    assert_eq!(written, SERVICE_KEYS.len() as u64 + 1);
    assert_eq!(std::fs::metadata(&path).expect("is there").permissions().mode() & 0o777, 0o600);

    let mut tx = db.write().await.expect("tx");
    db::run!(&mut tx, "delete from wrapped_key").expect("lost");
    assert_eq!(key_archive::read_into(&mut tx, &path, NOW).await.expect("reads"), written);
    assert_eq!(key_archive::read_into(&mut tx, &path, NOW).await.expect("reads again"), 0);
    assert!(keys.submission(&mut tx, &one).await.expect("reads").is_some());

    let text = std::fs::read_to_string(&path).expect("reads");
    let cut = folder.path().join("cut.jsonl");
    let lines: Vec<&str> = text.lines().collect();
    std::fs::write(&cut, lines[..lines.len() - 2].join("\n")).expect("writes");
    let said = key_archive::read_into(&mut tx, &cut, NOW).await.expect_err("cut off").to_string();
    assert!(said.contains("cut off"), "{said}");
}
