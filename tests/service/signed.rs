//! Pages in British Sign Language: shown where the operator has a video with captions of that very page, and nowhere else.

use super::browser::Page;
use super::say;
use super::world::{Pair, World, run};

const CAPTIONS: &str = "WEBVTT\n\n00:00.000 --> 00:01.000\nThis page helps you.\n";

/// A folder with a made video for each of these pages.
pub fn a_folder_with(pages: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let video = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/video.mp4");
    for page in pages.split(' ') {
        std::fs::copy(video, folder.path().join(format!("{page}.mp4"))).expect("a video can be copied");
        std::fs::write(folder.path().join(format!("{page}.vtt")), CAPTIONS).expect("captions can be written");
    }
    folder
}

fn signs(page: &Page) -> usize {
    page.all("video").len()
}

#[test]
fn a_page_with_a_video_shows_it_and_every_other_page_says_nothing() {
    run(|| async {
        let folder = a_folder_with("help tell-questions-1");
        let signed = folder.path().to_owned();
        let world = World::begin_with(Pair::SqliteAndDisk, |settings| settings.signed = Some(signed)).await;
        let mut browser = world.browser();
        let page = browser.open("/help").await;
        page.must_say(say("signed.open")).must_say("This page helps you.");
        let video = &page.all("video")[0];
        assert!(video.has("controls") && !video.has("autoplay") && !video.has("poster"));
        assert_eq!(video.attribute("preload"), Some("none"));
        let captions = &page.all("track")[0];
        assert_eq!((captions.attribute("kind"), captions.has("default")), (Some("captions"), true));
        let captions = browser.get(captions.attribute("src").unwrap_or_default(), &[]).await;
        assert_eq!((captions.status, String::from_utf8_lossy(&captions.body).as_ref()), (200, CAPTIONS));

        let whole = browser.get("/signed/help.mp4", &[]).await;
        assert_eq!((whole.header("content-type"), whole.header("accept-ranges")), (Some("video/mp4"), Some("bytes")));
        let part = browser.get("/signed/help.mp4", &[("range", "bytes=4-7")]).await;
        assert_eq!((part.status, &part.body[..]), (206, b"ftyp".as_slice()));
        let place = format!("bytes 4-7/{}", whole.body.len());
        assert_eq!(part.header("content-range"), Some(place.as_str()));
        assert_eq!(browser.get("/signed/help.mp4", &[("range", "bytes=99999999-")]).await.status, 416);
        for other in ["/signed/start.mp4", "/signed/help.jpg", "/signed/..%2Fhelp.mp4", "/signed/help"] {
            assert_eq!(browser.get(other, &[]).await.status, 404, "{other}");
        }

        assert_eq!(signs(&browser.open("/privacy").await), 0);
        browser.open("/privacy").await.must_not_say("British Sign Language (BSL)");
        assert_eq!(signs(&browser.open("/questions").await), 1, "the video of one question");
    });
}

#[test]
fn a_video_that_no_page_would_show_is_refused_at_the_start() {
    run(|| async {
        let (folder, data) = (a_folder_with("hlep"), tempfile::tempdir().expect("a temporary folder"));
        let mut settings = heard::config::Settings::for_testing(&data.path().join("data"));
        settings.signed = Some(folder.path().to_owned());
        let config = settings.check().expect("the settings are safe");
        let refused = heard::app::open(config, heard::clock::Clock::standing_at(super::world::BEGINNING)).await;
        assert!(refused.err().is_some_and(|error| format!("{error:#}").contains("hlep")));
    });
}
