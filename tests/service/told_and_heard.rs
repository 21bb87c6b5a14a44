//! The main job, end to end: a family tells without an account and without JavaScript, Heard keeps it, an inspector finds
//! it in the queue, claims it, reads and plays it, and writes a note. Whoever is not on the inspection knows of nothing.

use heard::evidence::{Kind, copies};
use heard::id::ItemId;
use heard::web::Role;

use super::browser::{Browser, File, Page};
use super::colleagues::{self, Colleague};
use super::family::{self, Family};
use super::say;
use super::world::{World, on_every_pair};

const WRITING: &str = "We waited two years for a plan. <b>Nobody</b> asked him. שלום 🙂";

on_every_pair!(a_family_tells_and_an_inspector_hears, |world: World| async move {
    let lead = colleagues::join(&world, Role::Lead).await;
    let mut inspector = colleagues::join(&world, Role::Inspector).await;
    let mut stranger = colleagues::join(&world, Role::Inspector).await;
    let inspection = open_inspection(lead, &inspector).await;

    let video = long_video();
    let mut family = family::begin(&world).await;
    tell(&mut family).await;
    let names = ["photo.heic", "voice.m4a", "boards.obz", "scanned.pdf", "drawing.png"];
    let files: Vec<File> = names.iter().map(|name| File::fixture(name)).chain([video.clone()]).collect();
    family.send_files(files.clone()).await;
    world.run_jobs().await;
    let reference = send(&mut family, &files).await;
    world.run_jobs().await;
    world.prepare().await;

    let page = inspector.browser.open(&format!("/staff/inspections/{inspection}/queue")).await;
    page.must_say(&reference);
    let submission = format!("/staff/submissions/{reference}");
    let page = inspector.browser.open(&submission).await;
    page.must_be(&submission, 200)
        .must_say("We waited two years for a plan.")
        .must_say("<b>Nobody</b>")
        .must_say("שלום");
    let page = inspector.browser.press(page.form(say("reading.review.claim"))).await;
    page.must_be(&submission, 200);
    let note = page.form_to(&format!("{submission}/notes")).fill(say("notes.text"), "Ask about the two years");
    inspector.browser.press(note).await.must_say("Ask about the two years");

    for (item, file) in family.items(&world).await.iter().filter(|item| item.kind != Kind::Text).zip(&files) {
        let address = format!("/staff/media/{}", item.id);
        is_kept_as_it_came(&world, &item.id, file).await;
        if file.name == video.name || file.name == "drawing.png" {
            plays_from_the_middle(&world, &mut inspector.browser, &item.id, file).await;
        }
        let custody = inspector.browser.open(&format!("/staff/items/{}/custody", item.id)).await;
        custody.must_say(&file.sha256_hex()[..8]);
        assert_eq!(stranger.browser.get(&address, &[]).await.status, 404);
    }
    for address in [submission.clone(), format!("/staff/inspections/{inspection}/queue")] {
        assert_eq!(stranger.browser.open(&address).await.status, 404, "{address}");
    }
    assert_eq!(family.browser.open(&submission).await.heading(), say("sign_in.title"));
});

/// A video with noise after its end, so that it is long.
fn long_video() -> File {
    let start: Vec<u8> = File::fixture("video.mp4").blocks().next().expect("it has bytes").to_vec();
    File::made("our video.mp4", "video/mp4", start, 3, 9 * 1024 * 1024 + 17)
}

/// Whatever copies were made of it: the original is what was sent, byte for byte.
async fn is_kept_as_it_came(world: &World, item: &ItemId, file: &File) {
    let original = world.intake.open_original(item).await.expect("opens").expect("is there");
    let found = original.read_back().await.expect("is what was sealed");
    assert_eq!(original.length, file.length(), "{}", file.name);
    assert_eq!(data_encoding::HEXLOWER.encode(&found.whole), file.sha256_hex(), "{}", file.name);
}

async fn open_inspection(mut lead: Colleague, inspector: &Colleague) -> String {
    let page = lead.browser.open("/staff/inspections/new").await;
    let filling = colleagues::fill_in_an_inspection(page.form_to("/staff/inspections/new"), "Leeds");
    let page = lead.browser.press(filling).await;
    let id = page.path().trim_start_matches("/staff/inspections/").to_owned();
    let put = page.form_to(&format!("/staff/inspections/{id}/members"));
    lead.browser
        .press(put.select_value(say("inspections.person"), inspector.id.as_str()))
        .await
        .must_say(&inspector.name);
    id
}

async fn tell(family: &mut Family) {
    let browser = &mut family.browser;
    let page = browser.open("/tell/who").await;
    browser.press(page.form_to("/tell/who").choose(say("who.role_is.parent"))).await;
    let page = browser.open("/tell/area").await;
    let page = browser.press(page.form(say("area.find")).fill(say("area.search"), "Leeds")).await;
    browser.press(page.form(say("area.confirm_yes"))).await;
    let page = browser.open("/tell/write").await;
    browser.press(page.form_to("/tell/write").fill(say("write.text"), WRITING)).await;
}

/// Checks everything on one page, sends it, and gives the reference on the receipt.
async fn send(family: &mut Family, files: &[File]) -> String {
    let page = family.browser.open("/tell/check").await;
    page.must_say("We waited two years for a plan.").must_say("Leeds");
    for file in files {
        page.must_say(&file.name);
    }
    let page = family.browser.press(page.form_to("/tell/send")).await;
    page.must_be("/sent", 200);
    for file in files {
        page.must_say(&file.name);
    }
    reference_on(&page)
}

fn reference_on(page: &Page) -> String {
    let text = page.text();
    let from = text.find("HRD-").unwrap_or_else(|| panic!("the receipt names a reference:\n{text}"));
    text[from..].chars().take("HRD-7K4P-2M9X".len()).collect()
}

/// An inspector gets the safe copy, whole and from the middle, and not what was sent.
async fn plays_from_the_middle(world: &World, browser: &mut Browser, item: &ItemId, file: &File) {
    let mut tx = world.site.db.read().await.expect("tx");
    let copies = copies::list(&mut tx, item).await.expect("copies can be listed");
    drop(tx);
    let address = format!("/staff/media/{item}");
    let whole = browser.get(&address, &[]).await;
    assert_eq!(whole.status, 200, "{address}");
    let bytes = whole.body.clone();
    let digest = ring::digest::digest(&ring::digest::SHA256, &bytes);
    let copy = copies.iter().find(|copy| copy.sha256 == digest.as_ref()).expect("these bytes are a copy of it");
    assert_eq!(whole.header("content-type"), Some(copy.media_type.as_str()));
    assert_ne!(data_encoding::HEXLOWER.encode(digest.as_ref()), file.sha256_hex(), "{} is not as it came", file.name);
    let (from, to) = (bytes.len() / 2, bytes.len() / 2 + 999.min(bytes.len() / 2 - 1));
    let page = browser.get(&address, &[("range", &format!("bytes={from}-{to}"))]).await;
    assert_eq!(page.status, 206, "{address}");
    assert_eq!(page.body, bytes[from..=to], "{} plays from the middle", file.name);
    assert_eq!(page.header("content-range"), Some(format!("bytes {from}-{to}/{}", bytes.len()).as_str()));
    assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
    let policy = page.header("content-security-policy").unwrap_or_default();
    assert!(policy.contains("sandbox") && policy.contains("default-src 'none'"), "{policy}");
}
