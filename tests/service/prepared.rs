//! `heard prepare`: right files become copies, odd ones are kept with a plain state, and nothing outside the box is read
//! or asked. `tests/prepare/table` does the same over many more kinds, made by tools.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::AtomicBool;

use heard::media::boxed::{Inside, Limits, Ran, Wall};
use heard::media::tools;
use serde_json::Value;

pub fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

/// What the command says and made of one file.
pub struct Done {
    pub code: i32,
    pub said: Value,
    _folder: tempfile::TempDir,
    pub out: PathBuf,
}

impl Done {
    pub fn roles(&self) -> Vec<&str> {
        let copies = self.said["renditions"].as_array().expect("a list");
        copies.iter().map(|copy| copy["role"].as_str().expect("a role")).collect()
    }

    /// The first copy of this role.
    pub fn copy(&self, role: &str) -> PathBuf {
        let copies = self.said["renditions"].as_array().expect("a list");
        let found = copies.iter().find(|copy| copy["role"] == role).unwrap_or_else(|| panic!("a {role}"));
        found["path"].as_str().expect("a path").into()
    }
}

pub fn prepare(file: &Path) -> Done {
    prepare_with(file, None)
}

/// The same with a program of the operator's that hears words.
fn prepare_with(file: &Path, listener: Option<&Path>) -> Done {
    let mut heard = Command::new(env!("CARGO_BIN_EXE_heard"));
    heard.envs(listener.map(|listener| ("HEARD_TRANSCRIBE_COMMAND", listener)));
    prepare_by(heard, file)
}

/// By a command that ends with our program.
pub fn prepare_by(mut heard: Command, file: &Path) -> Done {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("copies");
    heard.arg("prepare").args([file.as_os_str(), "--out".as_ref(), out.as_os_str()]);
    let Output { status, stdout, stderr } = heard.output().expect("it runs");
    let said = serde_json::from_slice(&stdout).unwrap_or_else(|error| {
        panic!("{}: {error}: {}", file.display(), String::from_utf8_lossy(&stderr));
    });
    Done { code: status.code().expect("it ends by itself"), said, _folder: folder, out }
}

/// A file of these bytes.
pub fn of_bytes(name: &str, bytes: &[u8]) -> Done {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    fs::write(&path, bytes).expect("writes");
    prepare(&path)
}

#[test]
fn right_files_become_copies_and_nothing_else_is_left() {
    for (name, roles) in [
        ("video.mov", &["video", "poster", "preview", "waveform"][..]),
        ("video.mp4", &["video", "poster"]),
        ("silent.mp4", &["video", "poster"]),
        ("video.webm", &["video", "waveform"]),
        ("video.3gp", &["video"]),
        ("voice.m4a", &["sound", "waveform"]),
        ("voice.amr", &["sound"]),
        ("voice-note.ogg", &["sound"]),
        ("photo.heic", &["picture", "picture_medium", "picture_small"]),
        ("photo.jpg", &["picture", "picture_medium", "picture_small"]),
        ("drawing.png", &["picture", "picture_small"]),
        ("scan.tiff", &["page", "page_small"]),
        ("scanned.pdf", &["page", "page_small"]),
        ("letter.txt", &["words"]),
        ("letter.docx", &["page", "page_small", "words"]),
        ("letter.odt", &["page", "page_small", "words"]),
    ] {
        let done = prepare(&fixture(name));
        assert_eq!((done.code, &done.said["state"]), (0, &Value::from("ready")), "{name}: {:#}", done.said);
        for role in roles {
            assert!(done.roles().contains(role), "{name} has no {role}: {:?}", done.roles());
        }
        let copies = done.said["renditions"].as_array().expect("a list");
        for copy in copies {
            let facts = fs::metadata(copy["path"].as_str().expect("a path")).expect("it is there");
            assert_eq!(copy["bytes"], facts.len(), "{name}");
        }
        let there = fs::read_dir(&done.out).expect("a folder").count();
        assert_eq!(there, copies.len(), "{name}: something else is left");
    }
}

#[test]
fn no_copy_says_where_or_by_whom_it_was_made() {
    for name in ["photo.jpg", "photo.heic", "video.mov", "scan.tiff"] {
        let done = prepare(&fixture(name));
        let said = Command::new("exiftool").args(["-r", "-a", "-s", "-G1"]).arg(&done.out).output();
        let said = String::from_utf8(said.expect("exiftool runs (tests/run installs it)").stdout).expect("text");
        assert!(said.contains("FileType"), "{name} was looked at");
        for line in said.lines().filter(|line| !line.starts_with("[System]")) {
            let lower = line.to_lowercase();
            for word in ["gps", "iso6709", "serial", "owner", "makernote", "a phone", "location"] {
                assert!(!lower.contains(word), "{name}: {line}");
            }
        }
    }
}

#[test]
fn a_film_that_lies_on_its_side_stands_upright() {
    let folder = tempfile::tempdir().expect("a folder");
    let turned = folder.path().join("turned.mp4");
    let made = Command::new("ffmpeg")
        .args(["-v", "error", "-i"])
        .arg(fixture("video.mp4"))
        .args(["-c", "copy", "-metadata:s:v", "rotate=90"])
        .arg(&turned)
        .status();
    assert!(made.expect("ffmpeg runs").success());
    let copy = prepare(&turned).copy_size("video");
    assert_eq!(copy, "240,320");
}

impl Done {
    /// Width and height of a copy, and how it is turned if it is.
    fn copy_size(&self, role: &str) -> String {
        let said = Command::new("ffprobe")
            .args(["-v", "error", "-select_streams", "v:0", "-show_entries", "stream=width,height:side_data=rotation"])
            .args(["-of", "csv=p=0"])
            .arg(self.copy(role))
            .output();
        String::from_utf8(said.expect("ffprobe runs").stdout).expect("text").trim().to_owned()
    }
}

/// A page of writing, turned by so many degrees clockwise.
pub fn page_of_writing(folder: &Path, turn: &str) -> PathBuf {
    let (page, turned) = (folder.join("page.png"), folder.join("turned.tiff"));
    let line = |text: &str, y: u32| format!(",drawtext=text='{text}':fontsize=50:x=100:y={y}:fontcolor=black");
    let paper = [
        "color=white:size=1240x1754:duration=0.1".to_owned(),
        line("I like my new school and my helper", 200),
        line("The bus is late every day of the week", 300),
        line("Please talk to me with pictures too", 400),
        line("Thank you for reading what I say", 500),
    ];
    let drawn = Command::new("ffmpeg")
        .args(["-v", "error", "-y", "-f", "lavfi", "-i", &paper.concat(), "-frames:v", "1"])
        .arg(&page)
        .status();
    assert!(drawn.expect("ffmpeg runs").success());
    let made = Command::new("vips").arg("rot").args([&page, &turned]).arg(turn).status();
    assert!(made.expect("vips runs (tests/run installs it)").success());
    turned
}

#[test]
fn a_page_on_its_side_is_turned_beside_the_one_that_was_sent_and_read() {
    let folder = tempfile::tempdir().expect("a folder");
    for turn in ["d90", "d180"] {
        let done = prepare(&page_of_writing(folder.path(), turn));
        assert!(done.roles().contains(&"page"), "{:?}", done.roles());
        assert!(done.roles().contains(&"page_turned"), "{:?}", done.roles());
        let draft = fs::read_to_string(done.copy("words_draft")).expect("a draft");
        assert!(draft.contains("my new school") && draft.contains("pictures too"), "{draft}");
    }
    let upright = prepare(&page_of_writing(folder.path(), "d0"));
    assert!(!upright.roles().contains(&"page_turned"), "{:?}", upright.roles());
}

#[test]
fn a_page_whose_lines_lean_is_made_level_beside_the_one_that_was_sent_and_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let level = page_of_writing(folder.path(), "d0");
    assert!(!prepare(&level).roles().contains(&"page_straight"), "it is level");
    let leaning = folder.path().join("leaning.tiff");
    // Further than the machine that reads words can bear.
    for degrees in ["6", "-9.5", "1.2"] {
        let made = Command::new("vips")
            .args(["rotate", "--background", "255 255 255", "--"])
            .args([&level, &leaning])
            .arg(degrees)
            .status();
        assert!(made.expect("vips runs").success());
        let done = prepare(&leaning);
        assert!(done.roles().contains(&"page") && done.roles().contains(&"page_straight"), "{:?}", done.roles());
        let draft = fs::read_to_string(done.copy("words_draft")).expect("a draft");
        assert!(draft.contains("my new school") && draft.contains("pictures too"), "{degrees}: {draft}");
    }
}

#[test]
fn what_is_faint_on_a_page_is_made_dark_beside_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let dark = page_of_writing(folder.path(), "d0");
    assert!(!prepare(&dark).roles().contains(&"page_contrast"), "it is dark enough");
    let faint = folder.path().join("faint.tiff");
    // Pencil: 255 stays white, 0 becomes 200.
    let made = Command::new("vips").args(["linear", "--uchar"]).args([&dark, &faint]).args(["0.2157", "200"]).status();
    assert!(made.expect("vips runs").success());
    let done = prepare(&faint);
    let darkest = |role: &str| -> f64 {
        let said = Command::new("vips").arg("min").arg(done.copy(role)).output().expect("vips runs").stdout;
        String::from_utf8_lossy(&said).trim().parse().expect("a number")
    };
    assert!(darkest("page") > 150.0 && darkest("page_contrast") < 110.0, "{:?}", done.roles());
    assert!(done.roles().contains(&"words_draft"), "{:?}", done.roles());
}

#[test]
fn what_a_file_says_of_itself_is_told_apart_from_its_copies() {
    for (name, has_location) in [("photo.jpg", true), ("photo.heic", true), ("video.mov", true), ("drawing.png", false)]
    {
        let said = prepare(&fixture(name)).said;
        assert_eq!(said["the_file_says"]["has_location"], has_location, "{name}: {said:#}");
    }
    // A photo with a time and its zone, which a program wrote again.
    let folder = tempfile::tempdir().expect("a folder");
    let again = folder.path().join("again.jpg");
    fs::copy(fixture("photo.jpg"), &again).expect("copies");
    let tags =
        ["-DateTimeOriginal=2026:07:01 10:00:00", "-OffsetTimeOriginal=+01:00", "-Software=Adobe Photoshop 25.0"];
    let told = Command::new("exiftool").args(["-q", "-overwrite_original"]).args(tags).arg(&again).status();
    assert!(told.expect("exiftool runs").success());
    let says = |file: &Path| prepare(file).said["the_file_says"].clone();
    let (photo, again) = (says(&fixture("photo.jpg")), says(&again));
    assert_eq!((&photo["clock"], &photo["origin"]), (&serde_json::Value::Null, &"camera".into()), "{photo:#}");
    assert_eq!((&again["clock"], &again["origin"]), (&"zone".into(), &"written_again".into()), "{again:#}");
    assert_eq!(
        (&again["made"], &again["has_content_credentials"]),
        (&"2026:07:01 10:00:00 +01:00".into(), &false.into())
    );
}

#[test]
fn odd_files_are_kept_with_a_plain_state() {
    let jpeg = fs::read(fixture("photo.jpg")).expect("reads");
    let film = fs::read(fixture("video.mov")).expect("reads");
    let pdf = fs::read(fixture("scanned.pdf")).expect("reads");
    for (name, bytes, cause) in [
        ("nothing.mp4", &b""[..], "empty"),
        ("noise.bin", &[7_u8, 200, 0, 1, 99, 254, 3][..], "unknown_type"),
        ("cut.mov", &film[..film.len() / 2], "cannot_be_read"),
        ("begun.jpg", &jpeg[..20], "cannot_be_read"),
        ("begun.pdf", &pdf[..20], "cannot_be_read"),
        ("page.html", b"<!doctype html><script>alert(1)</script>", "no_copy"),
        ("claims.webm", b"\x1A\x45\xDF\xA3\x9F\x42\x86\x81\x01webm and then nothing of the kind", "cannot_be_read"),
    ] {
        let done = of_bytes(name, bytes);
        assert_eq!((done.code, &done.said["state"]), (3, &Value::from("kept")), "{name}: {:#}", done.said);
        assert_eq!(done.said["cause"], cause, "{name}");
        assert!(done.said["message"].as_str().is_some_and(|message| message.ends_with('.')), "{name}");
        assert_eq!(done.roles().len(), 0);
    }
    assert_eq!(prepare(&fixture("boards.obz")).said["cause"], "for_device");
    let missing = prepare(Path::new("/nowhere/at/all.mp4"));
    assert_eq!((missing.code, &missing.said["state"]), (1, &Value::from("failed")));
}

#[test]
fn the_test_file_of_virus_scanners_is_held() {
    let virus = concat!("X5O!P%@AP[4\\PZX54(P^)7CC)7}$", "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!", "$H+H*");
    let photo = fs::read(fixture("photo.jpg")).expect("reads");
    for bytes in [virus.as_bytes().to_vec(), [photo, virus.as_bytes().to_vec()].concat()] {
        let done = of_bytes("file", &bytes);
        assert_eq!((done.code, &done.said["state"]), (4, &Value::from("held")), "{:#}", done.said);
        assert_eq!(done.roles().len(), 0);
    }
}

/// What comes of a file, with every file that is looked for or opened, every connection, and every program that is started,
/// as strace sees it; of us, of bubblewrap, and of each tool.
pub fn traced(file: &Path) -> (Done, Vec<String>) {
    let folder = tempfile::tempdir().expect("a folder");
    let trace = folder.path().join("trace");
    let mut strace = Command::new("strace");
    strace.args(["-f", "-qq", "-e", "trace=%file,connect", "-o"]).arg(&trace).arg(env!("CARGO_BIN_EXE_heard"));
    let done = prepare_by(strace, file);
    let calls = fs::read_to_string(&trace).expect("what strace saw (tests/run installs it)");
    assert!(calls.contains(&*file.to_string_lossy()), "{}: strace saw nothing", file.display());
    (done, calls.lines().map(str::to_owned).collect())
}

#[test]
fn a_list_of_other_files_that_calls_itself_a_video_is_not_followed() {
    let folder = tempfile::tempdir().expect("a folder");
    let secret = folder.path().join("secret.txt");
    fs::write(&secret, "a secret").expect("writes");
    let place = secret.display();
    let lists = [
        (
            "hls.mp4",
            format!("#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{place}\n#EXTINF:9,\nhttp://127.0.0.1:9/x\n"),
        ),
        ("concat.mp4", format!("ffconcat version 1.0\nfile {place}\n")),
        (
            "script.svg",
            format!(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" width=\"9\" \
                 height=\"9\"><script>fetch('http://127.0.0.1:9')</script><image xlink:href=\"file://{place}\" width=\"9\" \
                 height=\"9\"/><image xlink:href=\"http://127.0.0.1:9/x.png\" width=\"9\" height=\"9\"/></svg>"
            ),
        ),
    ];
    for (name, bytes) in lists {
        let file = folder.path().join(name);
        fs::write(&file, bytes).expect("writes");
        let (Done { said, .. }, calls) = traced(&file);
        assert!(matches!(said["state"].as_str(), Some("ready" | "kept")), "{name}: {said:#}");
        for call in calls {
            assert!(!call.contains("secret.txt"), "{name}: {call}");
            assert!(!(call.contains("connect(") && call.contains("AF_INET")), "{name}: {call}");
        }
    }
}

#[test]
fn a_tool_gives_way_to_whatever_else_wants_the_processor() {
    let niceness = |command: &mut Command| -> i32 {
        let said = command.output().expect("runs").stdout;
        String::from_utf8_lossy(&said).trim().parse().expect("nice(1) without a command says a number")
    };
    let outside = niceness(&mut Command::new("nice"));
    let mut boxed = Command::new(env!("CARGO_BIN_EXE_heard"));
    boxed.args(["boxed", "--cpu", "10", "--memory", "1000000000", "--output", "1000000", "--", "/usr/bin/nice"]);
    assert_eq!(niceness(&mut boxed), (outside + 10).min(19));
}

/// What a tool says of a file, in each of the two boxes.
fn in_each_box(file: &Path, folder: &Path) -> [std::io::Result<Ran>; 2] {
    let own = Path::new(env!("CARGO_BIN_EXE_heard"));
    let bubblewrap = Wall::Bubblewrap(tools::find("bwrap").expect("tests/run installs it"));
    [bubblewrap, Wall::Landlock].map(|wall| {
        let never = AtomicBool::new(false);
        let inside = Inside::new(own, &wall, file, folder, &never)?;
        inside.run(Path::new("/usr/bin/wc"), &["-c".to_owned(), inside.file()], Limits::LOOK)
    })
}

#[test]
fn a_path_that_begins_where_one_stands_is_the_same_file_in_the_box() {
    let folder = tempfile::tempdir().expect("a folder");
    // Tests stand in the project's folder.
    let file = Path::new("tests/fixtures/photo.jpg");
    let length = fs::metadata(file).expect("is there").len().to_string();
    for ran in in_each_box(file, folder.path()) {
        let ran = ran.expect("runs");
        assert!(ran.is_well() && String::from_utf8_lossy(&ran.out).starts_with(&length), "{ran:?}");
    }
}

#[test]
fn a_box_that_cannot_be_made_says_nothing_about_the_file() {
    let folder = tempfile::tempdir().expect("a folder");
    for ran in in_each_box(&fixture("photo.jpg"), &folder.path().join("is-not-there")) {
        assert!(ran.is_err(), "{ran:?}");
    }
}

/// A program that stands for one that hears words. It uses what lies beside it, and looks for what it must not reach.
const LISTENER: &str = r#"#!/bin/sh
cd "$(dirname "$0")" || exit 1
[ "$(head -c 4 "$1")" = RIFF ] || exit 1
[ -e /etc/passwd ] && exit 1
[ "$(tail -n +3 /proc/net/dev 2>/dev/null | grep -vc 'lo:')" = 0 ] || exit 1
printf 'WEBVTT\n\n00:00.000 --> 00:01.000\n'
cat model.txt
"#;

#[test]
fn a_program_of_the_operators_hears_words_in_the_box_and_they_are_a_draft() {
    let folder = tempfile::tempdir().expect("a folder");
    let listener = folder.path().join("listen");
    fs::write(&listener, LISTENER).expect("writes");
    fs::set_permissions(&listener, fs::Permissions::from_mode(0o755)).expect("may run");
    fs::write(folder.path().join("model.txt"), "I like my bus\n").expect("writes");
    for (name, hears) in [("voice.m4a", true), ("video.mov", true), ("silent.mp4", false), ("photo.jpg", false)] {
        let done = prepare_with(&fixture(name), Some(&listener));
        assert_eq!(done.said["state"], "ready", "{name}: {}", done.said);
        assert_eq!(done.roles().contains(&"words_draft"), hears, "{name}: {}", done.said);
        if hears {
            let text = fs::read_to_string(done.copy("words_draft")).expect("reads");
            assert!(text.contains("I like my bus"), "{text}");
        }
    }
    // One that fails takes nothing else with it.
    fs::write(&listener, "#!/bin/sh\necho half\nexit 1\n").expect("writes");
    let done = prepare_with(&fixture("voice.m4a"), Some(&listener));
    assert!(done.said["state"] == "ready" && !done.roles().contains(&"words_draft"), "{}", done.said);
}
