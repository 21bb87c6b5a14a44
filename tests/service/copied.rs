//! "My copy": everything somebody told us, as a page and as a zip file that any program reads.

use std::path::Path;
use std::process::Command;

use http_body_util::BodyExt;

use super::browser::File;
use super::family::{self, Family};
use super::process::Place;
use super::say;
use super::world::{World, on_each_pair, run};

const WRITING: &str = "We waited two years. שלום 🙂 <b>Nobody</b> asked.";

/// What Python's own reader finds in a file: names, lengths, digests; and that every checksum is right.
fn unpack(bytes: &[u8], folder: &Path) -> String {
    let file = folder.join("papers.zip");
    std::fs::write(&file, bytes).expect("written");
    let script = "import hashlib, sys, zipfile\nz = zipfile.ZipFile(sys.argv[1])\nassert z.testzip() is None\n\
        for i in z.infolist(): print(i.filename, '|', i.file_size, '|', hashlib.sha256(z.read(i)).hexdigest())\n\
        print(z.read(z.infolist()[0]).decode())";
    let output = Command::new("python3").args(["-c", script]).arg(&file).output().expect("python3 is there");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

async fn tell(family: &mut Family) -> Vec<File> {
    let browser = &mut family.browser;
    let page = browser.open("/tell/write").await;
    browser.press(page.form(say("write.save")).write_into_it(WRITING)).await;
    let page = browser.open("/tell/dates/add").await;
    let filling = page.form_to("/tell/dates").fill(say("dates.what"), "A plan for my son");
    browser.press(filling).await.must_be("/tell/dates", 200);
    let files = vec![
        File::fixture("video.mp4").named("../../our film 🙂.mp4"),
        File::fixture("photo.jpg").named("same.jpg"),
        File::fixture("drawing.png").named("same.jpg"),
        File::fixture("empty.mp4"),
    ];
    family.send_files(files.clone()).await;
    files
}

on_each_pair!(a_copy_holds_everything_before_it_is_sent_and_after_for_those_who_chose, |world: World| async move {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut family = family::begin(&world).await;
    let files = tell(&mut family).await;
    // Before the read-back, after it, and after sending: the same file.
    for now in ["at once", "checked", "sent"] {
        let page = family.browser.open("/tell/copy").await;
        page.must_say(WRITING).must_say("A plan for my son").must_say("our film 🙂.mp4");
        page.must_say("Anyone who uses it can open the file.");
        let answer = family.browser.get("/tell/copy/file", &[]).await;
        assert_eq!(answer.status, 200, "{now}");
        assert_eq!(answer.header("content-disposition"), Some("attachment; filename=\"papers.zip\""));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("content-length"), Some(answer.body.len().to_string().as_str()));
        let read = unpack(&answer.body, folder.path());
        for (number, file) in files.iter().enumerate().filter(|(_, file)| file.length() > 0) {
            let name = file.name.rsplit('/').next().expect("a name");
            let line = format!("{} {name} | {} | {}", number + 2, file.length(), file.sha256_hex());
            assert!(read.contains(&line), "{now}: {line} is not in\n{read}");
        }
        assert!(read.contains(WRITING) && read.contains("A plan for my son"), "{read}");
        assert!(!read.contains(".."), "no name is a path");
        goes_on(&mut family, &answer.body, answer.header("etag").expect("a tag")).await;
        world.run_jobs().await;
        if now == "checked" {
            let page = family.browser.open("/tell/check").await;
            let sending = page.form_to("/tell/send").choose(say("check.look_again"));
            family.browser.press(sending).await.must_be("/sent", 200);
        }
    }
    let page = family.browser.open("/sent/look").await;
    family.browser.press(page.form(say("receipt.hide"))).await;
    for address in ["/tell/copy", "/tell/copy/file"] {
        assert_eq!(family.browser.get(address, &[]).await.status, 404, "{address}: the code shows no content");
    }
});

/// A download that broke off goes on; not with bytes of another file.
async fn goes_on(family: &mut Family, whole: &[u8], tag: &str) {
    let half = whole.len() / 2;
    let range = format!("bytes={half}-");
    let rest = family.browser.get("/tell/copy/file", &[("range", &range), ("if-range", tag)]).await;
    assert_eq!((rest.status, &rest.body[..]), (206, &whole[half..]));
    assert_eq!(
        rest.header("content-range"),
        Some(format!("bytes {half}-{}/{}", whole.len() - 1, whole.len()).as_str())
    );
    let other = family.browser.get("/tell/copy/file", &[("range", &range), ("if-range", "\"other\"")]).await;
    assert_eq!((other.status, other.body.len()), (200, whole.len()));
    let beyond = format!("bytes={}-", whole.len());
    assert_eq!(family.browser.get("/tell/copy/file", &[("range", &beyond)]).await.status, 416);
}

on_each_pair!(somebody_without_that_choice_gets_no_copy_after_sending, |world: World| async move {
    let mut family = family::begin(&world).await;
    family.send_files([File::fixture("voice.m4a")]).await;
    world.run_jobs().await;
    let page = family.browser.open("/tell/check").await;
    assert!(page.has_link(say("copy.make")), "before sending it is for everybody");
    let page = family.browser.press(page.form_to("/tell/send")).await;
    page.must_be("/sent", 200);
    assert!(!page.has_link(say("copy.make")));
    for address in ["/tell/copy", "/tell/copy/file"] {
        assert_eq!(family.browser.get(address, &[]).await.status, 404, "{address}");
    }
});

#[test]
fn a_large_copy_needs_little_memory() {
    run(|| async {
        let bytes = if std::env::var_os("HEARD_TEST_LONG").is_some() { (4 << 30) + 77 } else { 300 << 20 };
        let folder = tempfile::tempdir().expect("a temporary folder");
        let place = Place::new(folder.path());
        let service = place.start();
        let mut browser = service.browser();
        let page = browser.open("/").await;
        browser.press(page.form_to("/begin")).await.must_be("/tell", 200);
        let page = browser.open("/tell/evidence").await;
        let start: Vec<u8> = File::fixture("video.mp4").blocks().next().expect("it has bytes").to_vec();
        let film = File::made("long.mp4", "video/mp4", start, 5, bytes);
        browser.press(page.form_to("/tell/evidence").attach_to_it(film.clone())).await;
        // Once everything around it has been used.
        browser.get("/tell/copy/file", &[("range", "bytes=0-1000")]).await;
        service.forget_peak_memory();
        let before = service.memory();
        let mut answer = browser.download("/tell/copy/file", &[]).await;
        let (mut came, mut longest) = (0u64, 0);
        while let Some(frame) = answer.body_mut().frame().await {
            let piece = frame.expect("it does not break off").into_data().unwrap_or_default();
            came += piece.len() as u64;
            longest = longest.max(piece.len());
        }
        assert!(came > bytes && answer.status() == 200, "{came} bytes came");
        let grown = service.peak_memory().saturating_sub(before);
        println!("{came} bytes came in pieces of at most {longest}; memory grew by {} KiB", grown / 1024);
        assert!(grown < 24 << 20, "memory grew by {grown} bytes");
    });
}
