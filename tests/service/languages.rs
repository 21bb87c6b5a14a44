//! Pages in another language: adding one is adding a folder. What a folder does not say is said in English, and marked.

use std::path::Path;

use super::say;
use super::world::{Pair, World, on_each_pair, run};

/// A folder with a little of a made-up translation. Nobody's language: it only shows what pages do.
fn a_folder(folder: &Path) {
    let ours = folder.join("ar");
    std::fs::create_dir_all(&ours).expect("a folder can be made");
    let words = "[frame]\nskip = \"تجربة\"\n[start.title]\nplain = \"عنوان للتجربة\"\n";
    std::fs::write(ours.join("language.toml"), "[language]\nown = \"لغة للتجربة\"\ndirection = \"rtl\"\n")
        .expect("written");
    std::fs::write(ours.join("words.toml"), words).expect("written");
}

#[test]
fn a_reader_chooses_a_language_and_staff_read_english() {
    run(|| async {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        a_folder(folder.path());
        let world =
            World::begin_with(Pair::SqliteAndDisk, |settings| settings.words = Some(folder.path().into())).await;
        let mut reader = world.browser();
        let page = reader.open("/").await;
        assert_eq!(page.all("html")[0].attribute("lang"), Some("en"));
        let page = reader.press(page.form("لغة للتجربة")).await;
        let html = &page.all("html")[0];
        assert_eq!((html.attribute("lang"), html.attribute("dir")), (Some("ar"), Some("rtl")));
        assert_eq!(page.heading(), "عنوان للتجربة");
        let marked = ["p", "h2", "span"].into_iter().flat_map(|tag| page.all(tag));
        let english = marked.filter(|element| element.attribute("lang") == Some("en"));
        let english: Vec<_> = english.collect();
        assert!(english.len() > 10 && english.iter().all(|one| one.attribute("dir") == Some("ltr")));
        assert!(!String::from_utf8_lossy(&page.body).contains(['\u{fdd0}', '\u{fdd1}']), "no mark is left");
        // The choice stays, on every page, and there is a way back.
        let page = reader.open("/privacy").await;
        assert_eq!(page.all("html")[0].attribute("dir"), Some("rtl"));
        let staff = reader.open("/staff/sign-in").await;
        assert_eq!(staff.all("html")[0].attribute("lang"), Some("en"));
        let missing = reader.open("/no-such-page").await;
        assert_eq!(missing.all("html")[0].attribute("lang"), Some("ar"));
        let page = reader.open("/").await;
        let page = reader.press(page.form("English")).await;
        assert_eq!(page.heading(), say("start.title"));
    });
}

on_each_pair!(one_language_alone_is_no_choice, |world: World| async move {
    let page = world.browser().open("/").await;
    page.must_not_say(say("frame.language_title"));
});
