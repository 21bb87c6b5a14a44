//! Lists stay quick with many rows: the plans of their queries use an index and walk through no whole table.

use heard::db::Db;
use sqlx::{AssertSqlSafe, Row};

use crate::queries::queries;

/// Tables that grow with what is sent.
const LARGE: [&str; 7] = ["submission", "review", "evidence_item", "submission_area", "flag", "note", "area_lane"];

#[tokio::test]
async fn no_list_walks_through_a_whole_table() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let db = Db::open_sqlite(&folder.path().join("plans.sqlite")).await.expect("SQLite opens");
    db.migrate().await.expect("the tables can be made");
    let Db::Sqlite { write, .. } = &db else { unreachable!("this is SQLite") };
    let mut faults = Vec::new();
    let ours = queries().into_iter().filter(|query| query.place.starts_with("src/review/"));
    let mut looked_at = 0;
    for query in ours.filter(|query| query.sql.starts_with("select")) {
        looked_at += 1;
        let plan = sqlx::query(AssertSqlSafe(format!("explain query plan {}", query.sql)));
        for row in plan.fetch_all(write).await.expect("a plan") {
            let step: String = row.get("detail");
            let table = step.strip_prefix("SCAN ").and_then(|rest| rest.split_whitespace().next()).map(str::to_owned);
            let Some(table) = table else { continue };
            // A scan of an index that holds only open rows, in the order of the list, is what that index is for.
            let by_partial_index = step.contains("flag_open") || step.contains("area_lane_open");
            let name = named(&query.sql, &table);
            if LARGE.contains(&name.as_str()) && !by_partial_index {
                faults.push(format!("{} {}: {step}", query.place, query.name));
            }
        }
    }
    assert!(looked_at > 15, "only {looked_at} queries were found");
    assert!(faults.is_empty(), "these walk through a whole table: {faults:#?}");
}

/// The table behind an alias, as the query names it: `from review r`.
fn named(sql: &str, alias: &str) -> String {
    let words: Vec<&str> = sql.split_whitespace().map(|word| word.trim_end_matches([',', ')'])).collect();
    let mut pairs = words.windows(2);
    let table = pairs.find(|pair| pair[1] == alias && LARGE.contains(&pair[0]));
    table.map_or(alias, |pair| pair[0]).to_owned()
}
