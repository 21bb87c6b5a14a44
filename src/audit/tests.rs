//! Every way of tampering is found, and found where it is.

use super::*;

const NOW: Moment = Moment(1_795_288_980_000_000);

async fn with_rows(rows: i64) -> (tempfile::TempDir, Db) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let db = Db::open_sqlite(&folder.path().join("db")).await.expect("a database");
    db.migrate().await.expect("tables");
    let mut tx = db.write().await.expect("tx");
    for number in 1..=rows {
        let detail = serde_json::json!({ "number": number });
        record(&mut tx, NOW.plus(number), "staff-1", "play_item", "item", "item-1", detail).await.expect("records");
    }
    tx.commit().await.expect("commit");
    (folder, db)
}

async fn tampered(sql: &'static str) -> Verdict {
    let (_folder, db) = with_rows(20).await;
    let mut tx = db.write().await.expect("tx");
    for statement in sql.split(';').map(str::trim).filter(|statement| !statement.is_empty()) {
        assert!(db::run!(&mut tx, statement).expect("tampers") > 0, "{statement}");
    }
    tx.commit().await.expect("commit");
    verify(&db, None).await.expect("walks")
}

fn broken_at(seq: i64, how: Break) -> Verdict {
    Verdict::Broken { seq, how }
}

#[tokio::test]
async fn an_untouched_chain_is_whole_and_so_is_an_empty_one() {
    let (_folder, db) = with_rows(0).await;
    assert_eq!(verify(&db, None).await.expect("walks"), Verdict::Whole { head: Head { seq: 0, hash: Vec::new() } });
    let (_folder, db) = with_rows(2500).await;
    let Verdict::Whole { head } = verify(&db, None).await.expect("walks") else { panic!("it is whole") };
    assert_eq!(head.seq, 2500);
    assert_eq!(head.to_string().parse(), Ok(head));
}

#[tokio::test]
async fn an_edited_field_is_found() {
    for sql in [
        "update audit set actor = 'staff-2' where seq = 7",
        "update audit set action = 'play_itemitem', object_kind = '' where seq = 7",
        "update audit set at_us = at_us + 1 where seq = 7",
        "update audit set detail = '{}' where seq = 7",
        "update audit set object_id = 'item-2' where seq = 7",
        "update audit set hash = x'00' where seq = 7",
        "update audit set previous = x'00' where seq = 7",
    ] {
        assert_eq!(tampered(sql).await, broken_at(7, Break::Changed), "{sql}");
    }
}

#[tokio::test]
async fn deleted_reordered_and_cut_off_rows_are_found() {
    assert_eq!(tampered("delete from audit where seq = 7").await, broken_at(7, Break::Missing));
    assert_eq!(tampered("delete from audit where seq > 15").await, broken_at(16, Break::CutOff));
    let closed_up = "delete from audit where seq = 7; update audit set seq = seq - 1 where seq = 8";
    assert_eq!(tampered(closed_up).await, broken_at(7, Break::Changed));
    let swapped = "update audit set seq = 99 where seq = 7; update audit set seq = 7 where seq = 8;
        update audit set seq = 8 where seq = 99";
    assert_eq!(tampered(swapped).await, broken_at(7, Break::Changed));
}

#[tokio::test]
async fn cutting_the_head_too_is_found_against_a_head_from_elsewhere() {
    let (_folder, db) = with_rows(20).await;
    let mut tx = db.read().await.expect("tx");
    let known = head(&mut tx).await.expect("head");
    drop(tx);
    let mut tx = db.write().await.expect("tx");
    db::run!(&mut tx, "delete from audit where seq > 10").expect("tampers");
    let cut = "update audit_head set seq = 10, hash = (select hash from audit where seq = 10)";
    db::run!(&mut tx, cut).expect("tampers");
    tx.commit().await.expect("commit");
    assert!(matches!(verify(&db, None).await.expect("walks"), Verdict::Whole { .. }), "nothing shows it from inside");
    assert_eq!(verify(&db, Some(&known)).await.expect("walks"), broken_at(11, Break::CutOff));

    // Written again to the same length, it is still another chain.
    let mut tx = db.write().await.expect("tx");
    for _ in 0..10 {
        record(&mut tx, NOW, "staff-1", "play_item", "item", "item-9", serde_json::json!({})).await.expect("records");
    }
    tx.commit().await.expect("commit");
    assert_eq!(verify(&db, Some(&known)).await.expect("walks"), broken_at(20, Break::NotTheHead));
}
