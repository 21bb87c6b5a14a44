//! The list for the page's script: what is there, how far, and by which digests a file that is chosen again is known.

use data_encoding::HEXLOWER;
use hyper::Method;
use serde_json::{Value, json};

use super::client::{Client, body_of};
use super::newest;
use crate::browser::File;
use crate::intake::place::{noise, sha256};
use crate::world::{World, on_each_pair};

const PART: usize = 8 << 20;

async fn get(client: &mut Client, url: &str) -> Value {
    let page = client.ask(Method::GET, url, &[], "").await;
    assert_eq!((page.status, page.header("content-type")), (200, Some("application/json")), "{}", body_of(&page));
    assert_eq!(page.header("cache-control"), Some("no-store"));
    serde_json::from_slice(&page.body).expect("is JSON")
}

fn hex(bytes: &[u8]) -> String {
    HEXLOWER.encode(&sha256(bytes))
}

on_each_pair!(what_is_there, |world: World| async move {
    let mut client = Client::begin(&world).await;
    let none = get(&mut client, "/uploads").await;
    assert_eq!(none["part"], PART);
    assert_eq!(none["uploads"], json!([]));
    let limits =
        json!({ "files": 50, "bytes": 10_737_418_240_u64, "files_left": 50, "bytes_left": 10_737_418_240_u64 });
    assert_eq!(none["limits"], limits);

    let bytes = noise(2 * PART + 100_000, 1);
    let half = client.create(bytes.len() as u64, "half <b>🎬&.mp4").await;
    client.patch(&half, 0, &bytes[..PART + 70_001]).await;
    let recording = client.create(None, "recording.webm").await;
    client.patch(&recording, 0, &bytes[..10]).await;
    let whole = client.create(5, "").await;
    client.patch(&whole, 0, "12345").await;
    client.family.send_files([File::fixture("voice.m4a")]).await;
    world.run_jobs().await;

    let all = get(&mut client, "/uploads").await;
    let uploads = all["uploads"].as_array().expect("a list");
    assert_eq!(uploads.len(), 4);
    assert_eq!(uploads[0]["address"], half);
    assert_eq!(uploads[0]["name"], "half <b>🎬&.mp4");
    assert_eq!(uploads[0]["length"], bytes.len());
    assert_eq!(uploads[0]["kept"], PART + 70_001);
    assert_eq!(uploads[0]["state"], "unfinished");
    assert_eq!(uploads[0]["sha256"], json!([hex(&bytes[..PART])]));
    assert_eq!((&uploads[1]["length"], &uploads[1]["sha256"]), (&Value::Null, &json!([])));
    assert_eq!((&uploads[2]["name"], &uploads[2]["state"]), (&Value::Null, &json!("checked")));
    assert_eq!(uploads[2]["sha256"], json!([hex(b"12345")]));
    assert_eq!((&uploads[3]["name"], &uploads[3]["state"]), (&json!("voice.m4a"), &json!("checked")));
    let items: Vec<String> =
        client.family.items(&world).await.iter().map(|item| format!("/tell/items/{}", item.id)).collect();
    assert_eq!(uploads.iter().map(|upload| upload["item"].as_str().unwrap_or_default()).collect::<Vec<_>>(), items);
    let used = bytes.len() as u64 + 10 + 5 + File::fixture("voice.m4a").length();
    assert_eq!(all["limits"]["bytes_left"], 10_737_418_240 - used, "a file counts with the length that it will have");
    assert_eq!(all["limits"]["files_left"], 46);

    // One upload: with the piece after its last whole part. Asking does not move it.
    let one = get(&mut client, &half).await;
    assert_eq!(one["sha256"], json!([hex(&bytes[..PART]), hex(&bytes[PART..PART + 70_001])]));
    assert_eq!((&one["kept"], &one["state"]), (&json!(PART + 70_001), &json!("unfinished")));
    assert_eq!(get(&mut client, &recording).await["sha256"], json!([hex(&bytes[..10])]));
    assert_eq!(get(&mut client, &whole).await["sha256"], json!([hex(b"12345")]));
    let page = client.patch(&half, (PART + 70_001) as u64, &bytes[PART + 70_001..]).await;
    assert_eq!(page.status, 204);
    assert_eq!(get(&mut client, &half).await["sha256"].as_array().map(Vec::len), Some(3));

    // Removed ones are not there, and another family sees nothing of it.
    client.ask(Method::DELETE, &recording, &[], "").await;
    assert_eq!(get(&mut client, "/uploads").await["uploads"].as_array().map(Vec::len), Some(3));
    let mut other = Client::begin(&world).await;
    assert_eq!(get(&mut other, "/uploads").await["uploads"], json!([]));
});

on_each_pair!(while_it_arrives, |world: World| async move {
    let mut client = Client::begin(&world).await;
    let at = client.create(300_000, "a").await;
    let (running, mut pipe) = newest::slow_patch(&client, &at, 0);
    pipe.send(noise(100_000, 1)).await;
    newest::until_written(&world, &at).await;
    assert_eq!(get(&mut client, "/uploads").await["uploads"][0]["state"], "arriving");
    assert_eq!(get(&mut client, &at).await["state"], "arriving", "asking for the list disturbs nobody");
    pipe.send(noise(200_000, 2)).await;
    drop(pipe);
    assert_eq!(running.await.expect("it ends").status, 204);
});

on_each_pair!(what_was_sent_is_listed_no_more, |world: World| async move {
    let mut client = Client::begin(&world).await;
    let at = client.create(5, "sent.txt").await;
    client.patch(&at, 0, "12345").await;
    world.run_jobs().await;
    let page = client.browser().open("/tell/check").await;
    client.browser().press(page.form_to("/tell/send")).await.must_be("/sent", 200);
    assert_eq!(get(&mut client, "/uploads").await["uploads"], json!([]));
    assert_eq!(client.ask(Method::GET, &at, &[], "").await.status, 404);
    let more = client.create(5, "more.txt").await;
    assert_eq!(get(&mut client, "/uploads").await["uploads"][0]["address"], more);
});
