//! A recording whose end was never told: nobody has kept it. It is there for its sender, who can keep it or wipe it; it is
//! not sent, and no reader hears of it.

use heard::id::ItemId;
use heard::web::Role;
use hyper::Method;

use super::client::Client;
use crate::say;
use crate::world::{World, on_each_pair};
use crate::{colleagues, family::Family};

const SAID: &str = "what somebody said";

on_each_pair!(a_recording_that_nobody_kept_is_not_sent, |world: World| async move {
    let mut triage = colleagues::join(&world, Role::Triage).await;
    let mut client = Client::begin(&world).await;
    let at = client.create(None, "Recording.webm").await;
    assert_eq!(client.patch(&at, 0, SAID).await.status, 204);

    // Nothing else is there: there is nothing to send.
    let page = client.browser().open("/tell/check").await;
    page.must_say(say("check.not_kept")).must_say(say("check.nothing_to_send"));
    client.browser().open("/tell").await.must_say(say("tell.not_finished"));

    let page = client.browser().open("/tell/write").await;
    client.browser().press(page.form_to("/tell/write").fill(say("write.text"), "We waited.")).await;
    let page = client.browser().open("/tell/check").await;
    let page = client.browser().press(page.form(say("check.send"))).await;
    page.must_be("/sent", 200).must_not_say("Recording.webm");
    world.run_jobs().await;

    let reference = client.family.reference(&world).await;
    let submission = format!("/staff/submissions/{reference}");
    triage.browser.open(&submission).await.must_be(&submission, 200).must_say("We waited.").must_not_say("Item 1");
    let take = client.family.items(&world).await.remove(0);
    assert!(take.sent_us.is_none());
    for address in ["/staff/media/", "/staff/originals/", "/staff/items/"] {
        let end = if address.ends_with("items/") { "/custody" } else { "" };
        assert_eq!(triage.browser.open(&format!("{address}{}{end}", take.id)).await.status, 404, "{address}");
    }

    // It is still theirs to keep, and then to send.
    let end = SAID.len().to_string();
    let kept = client.patch_with(&at, SAID.len() as u64, &[("upload-length", &end)], "").await;
    assert_eq!(kept.status, 204);
    world.run_jobs().await;
    let page = client.browser().open("/tell/check").await;
    let page = client.browser().press(page.form(say("check.send_more"))).await;
    page.must_be("/sent", 200).must_say("Recording.webm");
    world.run_jobs().await;
    triage.browser.open(&submission).await.must_say("Item 1");
    // Whoever reads it is told that it was recorded on our page, as the page said.
    world.prepare().await;
    let slip = triage.browser.open(&format!("/staff/items/{}/custody", take.id)).await;
    slip.must_say(say("custody.says_recorded")).must_say(say("custody.says_recorded_yes"));
});

on_each_pair!(a_recording_that_is_wiped_is_erased_by_its_key, |world: World| async move {
    let mut client = Client::begin(&world).await;
    let at = client.create(None, "Recording.webm").await;
    assert_eq!(client.patch(&at, 0, SAID).await.status, 204);
    let take = client.family.items(&world).await.remove(0).id;
    assert!(has_key(&world, &take, &client.family).await, "it can be read");
    assert_eq!(client.ask(Method::DELETE, &at, &[], "").await.status, 204);
    // At once, before any job has run: without its key nobody can read its bytes, wherever they lie.
    assert!(!has_key(&world, &take, &client.family).await);
    assert_eq!(client.head(&at).await.status, 410);
});

/// Whether the key of the family's first item is there.
async fn has_key(world: &World, take: &ItemId, family: &Family) -> bool {
    let keys = &world.site.keys;
    let mut tx = world.site.db.read().await.expect("the database answers");
    let parent = keys.submission(&mut tx, &family.submission).await.expect("asks").expect("the draft has a key");
    keys.item(&mut tx, &parent, take.as_str()).await.expect("asks").is_some()
}
