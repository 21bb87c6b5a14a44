//! What lies on the disk, in the database and in the bucket shows no word of what was sent.

use std::path::Path;

use heard::evidence::ItemState;

use super::browser::File;
use super::family;
use super::outside;
use super::say;
use super::world::{Pair, World, on_every_pair};

/// Words that are sent, and must be nowhere in clear.
const WORDS: [&str; 4] = ["marmalade lighthouse", "quixotic-file-name", "periwinkle draft", "I waited two years"];

on_every_pair!(no_word_that_was_sent_lies_in_clear, |world: World| async move {
    let mut family = family::begin(&world).await;
    let text = format!("{} {}", WORDS[0], WORDS[3]).repeat(200);
    let page = family.browser.open("/tell/name").await;
    let naming = page.form_to("/tell/name").fill(say("tell.name_field"), WORDS[2]);
    family.browser.press(naming).await;
    family
        .send_files([File::held(&format!("{}.txt", WORDS[1]), "text/plain", text), File::fixture("letter.txt")])
        .await;
    let pages = [
        ("/tell/how", "how.save", "how.place_more"),
        ("/tell/communicate", "communicate.save", "communicate.ways"),
        ("/tell/helped/asked", "helped.save", "helped.showed"),
    ];
    for (path, button, label) in pages {
        let page = family.browser.open(path).await;
        family.browser.press(page.form(say(button)).fill(say(label), WORDS[0])).await;
    }
    let page = world.browser().open("/return/lost").await;
    let asking = page.form(say("lost.ask")).fill(say("lost.words"), WORDS[0]).fill(say("lost.reach"), WORDS[3]);
    world.browser().press(asking).await.must_be("/return/lost/asked", 200);
    world.run_jobs().await;
    world.prepare().await;
    let items = family.items(&world).await;
    let states: Vec<_> = items.iter().map(|item| item.state).collect();
    assert_eq!(states, [ItemState::Ready; 2], "safe copies of the words were made, and lie sealed too");
    let page = family.browser.open(&format!("/tell/items/{}/days", items[0].id)).await;
    family.browser.press(page.form(say("item.save")).fill("Day 1: what you did", WORDS[2])).await;
    let mut found = Vec::new();
    in_folder(world.folder(), &mut found);
    in_postgres(&world, &mut found).await;
    if matches!(world.pair, Pair::PostgresAndS3 | Pair::SqliteAndS3) {
        in_bucket(&world, &mut found).await;
    }
    assert!(found.is_empty(), "these lie in clear: {found:#?}");
});

fn look(place: &str, bytes: &[u8], found: &mut Vec<String>) {
    for word in WORDS {
        let hex = data_encoding::HEXLOWER.encode(word.as_bytes());
        for needle in [word.as_bytes(), hex.as_bytes()] {
            if bytes.windows(needle.len()).any(|window| window == needle) {
                found.push(format!("{place}: {word}"));
            }
        }
    }
}

fn in_folder(folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("it can be listed").path();
        look("a file's name", path.as_os_str().as_encoded_bytes(), found);
        if path.is_dir() {
            in_folder(&path, found);
        } else {
            let bytes = std::fs::read(&path).unwrap_or_default();
            look(&path.display().to_string(), &bytes, found);
        }
    }
}

async fn in_postgres(world: &World, found: &mut Vec<String>) {
    let heard::db::Db::Postgres(pool) = &world.site.db else { return };
    let tables: Vec<(String,)> =
        sqlx::query_as("select table_name::text from information_schema.tables where table_schema = 'public'")
            .fetch_all(pool)
            .await
            .expect("tables can be listed");
    assert!(tables.len() > 10);
    for (table,) in tables {
        let sql = sqlx::AssertSqlSafe(format!("select t::text from \"{table}\" t"));
        let rows: Vec<(String,)> = sqlx::query_as(sql).fetch_all(pool).await.expect("a table can be read");
        for (row,) in rows {
            look(&table, row.as_bytes(), found);
        }
    }
}

async fn in_bucket(world: &World, found: &mut Vec<String>) {
    let url = world.config.settings.storage_url.clone().expect("this pair has a bucket");
    let (client, bucket) = (outside::bucket_client(&url), outside::bucket_name(&url));
    let listed = client.list_objects_v2().bucket(bucket).send().await.expect("the bucket can be listed");
    let keys: Vec<String> = listed.contents().iter().filter_map(|object| object.key().map(str::to_owned)).collect();
    assert!(!keys.is_empty(), "what was sent is in the bucket");
    for key in keys {
        look("a key", key.as_bytes(), found);
        let object = client.get_object().bucket(bucket).key(&key).send().await.expect("an object can be read");
        let bytes = object.body.collect().await.expect("an object can be read").into_bytes();
        look(&key, &bytes, found);
    }
}
