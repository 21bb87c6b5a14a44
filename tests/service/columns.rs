//! Both engines have the same tables with the same columns after migrating, and every migration has its twin.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use heard::db::Db;

use super::outside;

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Column {
    kind: &'static str,
    required: bool,
}

type Tables = BTreeMap<(String, String), Column>;

#[tokio::test]
async fn both_engines_have_the_same_columns() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let db = Db::open_sqlite(&folder.path().join("columns.sqlite")).await.expect("SQLite opens");
    db.migrate().await.expect("the tables can be made");
    let sqlite = of_sqlite(&db).await;

    let db = Db::open_postgres(&outside::fresh_postgres().await).await.expect("PostgreSQL answers");
    let postgres = of_postgres(&db).await;

    let names = |tables: &Tables| tables.keys().cloned().collect::<BTreeSet<_>>();
    let only = |here: &Tables, there: &Tables| names(here).difference(&names(there)).cloned().collect::<Vec<_>>();
    assert_eq!(only(&sqlite, &postgres), Vec::new(), "columns that only SQLite has");
    assert_eq!(only(&postgres, &sqlite), Vec::new(), "columns that only PostgreSQL has");
    for (name, column) in &sqlite {
        assert_eq!(column, &postgres[name], "{name:?}: SQLite's is left, PostgreSQL's right");
    }
    assert!(sqlite.len() > 100, "the tables were looked at");
}

#[test]
fn every_migration_has_its_twin() {
    assert_eq!(numbers("migrations/sqlite"), numbers("migrations/postgres"));
}

fn numbers(folder: &str) -> BTreeSet<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let files = std::fs::read_dir(path).expect("the folder is there");
    files.map(|file| file.expect("it can be listed").file_name().to_string_lossy().into_owned()).collect()
}

async fn of_sqlite(db: &Db) -> Tables {
    let Db::Sqlite { read, .. } = db else { unreachable!("this is SQLite") };
    // Tables that serve full-text search are each engine's own.
    let rows: Vec<(String, String, String, i64, i64)> = sqlx::query_as(
        "select m.name, c.name, case m.type when 'view' then 'view' else lower(c.type) end, c.\"notnull\", c.pk
         from sqlite_master m join pragma_table_info(m.name) c
         where m.type in ('table', 'view') and m.name not like 'sqlite_%' and m.name not like '%fts%' and m.name not like '_sqlx%'",
    )
    .fetch_all(read)
    .await
    .expect("SQLite lists its columns");
    let column = |(table, name, kind, required, key): (String, String, String, i64, i64)| {
        let kind = match kind.as_str() {
            "view" => "of a view",
            "text" => "text",
            "blob" => "bytes",
            "bigint" | "integer" => "number",
            "boolean" => "yes or no",
            "real" | "double precision" => "real",
            other => panic!("{table}.{name} is of the type {other}"),
        };
        ((table, name), Column { kind, required: required == 1 || key > 0 })
    };
    rows.into_iter().map(column).collect()
}

async fn of_postgres(db: &Db) -> Tables {
    let Db::Postgres(pool) = db else { unreachable!("this is PostgreSQL") };
    let rows: Vec<(String, String, String, String, String)> = sqlx::query_as(
        "select table_name::text, column_name::text,
                (case table_type when 'VIEW' then 'view' else data_type end)::text,
                (case table_type when 'VIEW' then 'YES' else is_nullable end)::text,
                coalesce(collation_name, '')::text
         from information_schema.columns join information_schema.tables using (table_schema, table_name)
         where table_schema = 'public' and table_name not like '%fts%' and table_name not like '\\_sqlx%'
           and data_type <> 'tsvector'",
    )
    .fetch_all(pool)
    .await
    .expect("PostgreSQL lists its columns");
    let column = |(table, name, kind, nullable, collation): (String, String, String, String, String)| {
        let is_cursor = name == "id" && kind == "text";
        assert!(!is_cursor || collation == "C", "{table}.{name} must sort by bytes: collate \"C\"");
        let kind = match kind.as_str() {
            "view" => "of a view",
            "text" => "text",
            "bytea" => "bytes",
            "bigint" => "number",
            "boolean" => "yes or no",
            "double precision" => "real",
            other => panic!("{table}.{name} is of the type {other}"),
        };
        ((table, name), Column { kind, required: nullable == "NO" })
    };
    rows.into_iter().map(column).collect()
}
