//! Read to me: on every page of the submitter door in every wording, on no page of the staff door; what sounds is the
//! page's own words, in one file that players can seek in, and nothing is kept of who listened to what.

use std::process::Stdio;

use heard::web::Role;
use hyper::body::Bytes;
use tokio::io::AsyncWriteExt;

use super::browser::{Browser, Page};
use super::world::{Pair, World, on_each_pair, run};
use super::{colleagues, family, say};

/// Where the page's own sound is.
fn sound_of(page: &Page) -> String {
    let players = page.all("audio");
    let own = players.iter().find(|one| one.attribute("aria-label") == Some(say("aloud.page")));
    own.unwrap_or_else(|| panic!("{} cannot be read aloud", page.url)).attribute("src").unwrap_or_default().to_owned()
}

async fn sound(browser: &mut Browser, page: &Page) -> Bytes {
    let answer = browser.get(&sound_of(page), &[]).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("audio/mpeg")), "{}", page.url);
    answer.body.clone()
}

on_each_pair!(every_page_of_a_family_can_be_read_to_them, |world: World| async move {
    let mut family = family::begin(&world).await;
    for wording in ["plain", "short", "pictures"] {
        family.browser.jar.take(&format!("heard-words={wording}; Path=/"));
        for path in ["/", "/help", "/privacy", "/questions", "/tell", "/tell/who", "/tell/check", "/tell/questions/1"] {
            let page = family.browser.open(path).await;
            let heard = sound(&mut family.browser, &page).await;
            assert!(heard.len() > 72 * 50, "{path} says only {} bytes in {wording} words", heard.len());
            for player in page.all("audio") {
                assert!(player.has("controls") && !player.has("autoplay"), "{path} sounds by itself");
                assert_eq!(player.attribute("preload"), Some("none"), "{path} fetches what nobody asked for");
            }
        }
    }
});

#[test]
fn a_page_is_one_sound_that_players_can_seek_in_and_browsers_do_not_keep() {
    run(|| async {
        let world = World::begin(Pair::SqliteAndDisk).await;
        let mut browser = world.browser();
        let page = browser.open("/help").await;
        let address = sound_of(&page);
        assert_eq!(sound_of(&browser.open("/help").await), address, "the same page has the same sound");
        let whole = browser.get(&address, &[]).await;
        assert_eq!((whole.header("cache-control"), whole.header("accept-ranges")), (Some("no-store"), Some("bytes")));
        assert_eq!(browser.jar.all().count(), 0, "listening leaves no cookie");
        let part = browser.get(&address, &[("range", "bytes=72-143")]).await;
        let place = format!("bytes 72-143/{}", whole.body.len());
        assert_eq!((part.status, part.header("content-range")), (206, Some(place.as_str())));
        assert_eq!(part.body, whole.body[72..144]);
        let outside = browser.get(&address, &[("range", "bytes=99999999-")]).await;
        assert_eq!(outside.status, 416);
        // What stands in the address tells nobody what the page says.
        for wrong in [address.replace("/read-aloud/", "/read-aloud/A"), "/read-aloud/x.mp3".into()] {
            assert_eq!(browser.get(&wrong, &[]).await.status, 404, "{wrong}");
        }
        // Every frame says 36 milliseconds, and a decoder that we did not write agrees.
        let decoded = decode(&whole.body).await;
        assert_eq!(decoded.len() / 2, whole.body.len() / 72 * 576, "samples of 16 bits");
        assert!(decoded.chunks_exact(2).any(|pair| i16::from_le_bytes([pair[0], pair[1]]).unsigned_abs() > 3_000));
    });
}

#[test]
fn staff_pages_and_pages_in_another_language_are_not_read_aloud() {
    run(|| async {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let polish = folder.path().join("pl");
        std::fs::create_dir(&polish).expect("a folder can be made");
        let facts = "[language]\nown = \"Polski\"\ndirection = \"ltr\"\n";
        std::fs::write(polish.join("language.toml"), facts).expect("a file can be written");
        let words = folder.path().to_owned();
        let world = World::begin_with(Pair::SqliteAndDisk, |settings| settings.words = Some(words)).await;
        let mut colleague = colleagues::join(&world, Role::Inspector).await;
        assert!(colleague.browser.open("/staff").await.all("audio").is_empty());
        let mut browser = world.browser();
        assert!(!browser.open("/").await.all("audio").is_empty());
        browser.jar.take("heard-language=pl; Path=/");
        let page = browser.open("/").await;
        assert_eq!(page.all("html")[0].attribute("lang"), Some("pl"));
        assert!(page.all("audio").is_empty(), "an English voice must not read a page that is not in English");
    });
}

/// What ffmpeg hears.
async fn decode(mp3: &[u8]) -> Vec<u8> {
    let mut ffmpeg = tokio::process::Command::new("ffmpeg")
        .args(["-v", "error", "-xerror", "-f", "mp3", "-i", "-", "-f", "s16le", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("ffmpeg is here");
    let (mut input, bytes) = (ffmpeg.stdin.take().expect("it has an input"), mp3.to_vec());
    let writing = tokio::spawn(async move { input.write_all(&bytes).await });
    let output = ffmpeg.wait_with_output().await.expect("ffmpeg ends");
    writing.await.expect("writing ends").expect("ffmpeg takes everything");
    assert!(output.status.success());
    output.stdout
}

/// The command that makes the sound, with the real espeak-ng and ffmpeg, on three words files' worth of nothing.
#[test]
fn one_command_makes_what_is_missing_and_a_recording_takes_the_place_of_the_made_voice() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let at = |name: &str| folder.path().join(name);
    for name in ["words", "packs", "recordings"] {
        std::fs::create_dir(at(name)).expect("a folder can be made");
    }
    let words = |title: &str| {
        let text = format!("[start]\ntitle = \"{title}\"\n[who_can_help]\ncall = \"Call {{phone}}\"\n");
        std::fs::write(at("words/a.toml"), text).expect("a file can be written");
    };
    let make = |more: &[&str]| {
        let mut heard = std::process::Command::new(env!("CARGO_BIN_EXE_heard"));
        heard.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).args([
            "read-aloud",
            "make",
            "--words",
        ]);
        heard.arg(at("words")).arg("--folder").arg(at("packs")).args(more);
        let output = heard.output().expect("the program runs");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        (output.status.success(), said, String::from_utf8_lossy(&output.stderr).into_owned())
    };
    words("Tell us.");
    assert!(!make(&["--check"]).0, "something is missing");
    let (worked, _, problem) = make(&[]);
    assert!(worked, "{problem}");
    let first = std::fs::read(at("packs/start.pack")).expect("there is a pack");
    let (worked, said, _) = make(&["--check"]);
    assert!(worked && said.contains("0 to make, 0 no longer needed"), "{said}");

    words("Tell us more.");
    let (_, said, _) = make(&["--check"]);
    assert!(said.contains("1 to make, 1 no longer needed") && said.contains("Tell us more."), "{said}");
    assert!(make(&[]).0);
    let second = std::fs::read(at("packs/start.pack")).expect("there is a pack");
    assert_ne!(first, second);

    let hash = heard::words::aloud::texts::hash("Tell us more.").name();
    let fixture = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/voice.wav");
    std::fs::copy(fixture, at(&format!("recordings/{hash}.wav"))).expect("a recording can be copied");
    let (worked, said, problem) = make(&["--recordings", &at("recordings").display().to_string()]);
    assert!(worked && said.contains("1 to make"), "{said}{problem}");
    let third = std::fs::read(at("packs/start.pack")).expect("there is a pack");
    let clips = heard::words::aloud::pack::read(third.clone().into()).expect("it can be read");
    assert!(clips.values().all(|clip| clip.stamp.starts_with('r') && clip.bytes.len() % 72 == 0));
    assert!(make(&[]).0);
    let fourth = std::fs::read(at("packs/start.pack")).expect("there is a pack");
    assert_eq!(third, fourth, "a recording stays when its folder is not given again");
}
