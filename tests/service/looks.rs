//! How pages look to one reader: what they chose stands on every page until they leave, says nothing of who they are, and
//! leads nobody elsewhere; and the operator's pictures stand in the place of ours.

use super::say;
use super::world::{Pair, World, run};

#[test]
fn what_a_reader_chooses_stands_on_every_page_until_they_leave() {
    run(|| async {
        let world = World::begin(Pair::SqliteAndDisk).await;
        let mut reader = world.browser();
        let page = reader.open("/privacy").await;
        let page = reader.follow(&page, say("look.to_look")).await;
        assert_eq!(page.all("html")[0].attribute("data-size"), None);
        let page = reader.press(page.form(say("look.size_is.largest"))).await;
        page.must_say(say("look.done")).must_say(say("look.size_is.largest"));
        let page = reader.press(page.form(say("look.colours_is.dark"))).await;
        assert_eq!(reader.jar.get("heard-look").map(|cookie| cookie.value.as_str()), Some("largest.dark.even.system"));
        let back = page.link(say("look.go_back"));
        assert_eq!(back, "/privacy");
        for path in ["/privacy", "/no-such-page", "/staff/sign-in"] {
            let page = reader.open(path).await;
            let html = &page.all("html")[0];
            assert_eq!((html.attribute("data-size"), html.attribute("data-colours")), (Some("largest"), Some("dark")));
            assert_eq!(html.attribute("data-font"), None, "what nobody chose is not there");
        }
        let page = reader.open("/look?back=//evil.example").await;
        assert_eq!(page.link(say("look.go_back")), "/");
        let page = reader.press(page.form(say("look.as_it_was"))).await;
        assert_eq!(page.all("html")[0].attribute("data-size"), None);
    });
}

#[test]
fn the_operator_s_pictures_take_the_place_of_ours() {
    run(|| async {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let drawn = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 9 9\"><circle r=\"4\"/></svg>";
        std::fs::write(folder.path().join("speak.svg"), drawn).expect("written");
        let pictures = folder.path().to_owned();
        let world = World::begin_with(Pair::SqliteAndDisk, |settings| settings.pictures = Some(pictures)).await;
        let mut reader = world.browser();
        reader.jar.take("heard-words=pictures; Path=/; HttpOnly; SameSite=Lax");
        let page = reader.open("/").await;
        let shown: Vec<String> =
            page.all("img").iter().filter_map(|image| image.attribute("src").map(str::to_owned)).collect();
        let theirs = shown.iter().find(|address| address.starts_with("/assets/speak-own.")).expect("theirs is shown");
        assert!(!shown.iter().any(|address| address.starts_with("/assets/speak.")), "ours is not: {shown:?}");
        assert!(shown.iter().any(|address| address.starts_with("/assets/video.")), "the others are ours: {shown:?}");
        for address in [theirs, shown.iter().find(|address| address.starts_with("/assets/video.")).expect("ours")] {
            let picture = reader.get(address, &[]).await;
            assert_eq!((picture.status, picture.header("content-type")), (200, Some("image/svg+xml")));
            let policy = picture.header("content-security-policy").unwrap_or_default().to_owned();
            assert!(
                policy.contains("default-src 'none'") && policy.ends_with("sandbox"),
                "nothing in it runs: {policy}"
            );
        }
        assert_eq!(reader.get(theirs, &[]).await.body.as_ref(), drawn.as_bytes());
    });
}
