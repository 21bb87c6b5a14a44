//! What browsers' recorders give: WebM (VP8, VP9, Opus) from Chrome and Firefox, Ogg from Firefox, fragmented MP4 from
//! Safari and Chrome. Each comes as the recorder's page sends it, whole and cut off in the middle; each is recognised for
//! what it is and kept as it came, and the copy that a reader's browser gets can be decoded: as much of it as was sent.
//!
//! The files are made by ffmpeg in the shape that the recorders write: MP4 in fragments of two seconds with nothing in its
//! first list of samples, WebM as a live stream. Safari itself was not run.

use std::path::Path;
use std::process::Command;

use heard::evidence::Kind;
use heard::web::Role;

use super::client::Client;
use crate::world::{World, on_each_pair};
use crate::{colleagues, say};

/// How long each recording is, in seconds.
const SECONDS: &str = "6";
const FRAGMENTS: &[&str] = &["-movflags", "frag_keyframe+empty_moov+default_base_moof", "-frag_duration", "2000000"];
const LIVE: &[&str] = &["-f", "webm", "-live", "1", "-cluster_time_limit", "1000"];

/// A browser's recording.
struct Take {
    name: &'static str,
    film: &'static [&'static str],
    sound: &'static [&'static str],
    shape: &'static [&'static str],
    kind: Kind,
    media_type: &'static str,
}

const TAKES: [Take; 6] = [
    Take {
        name: "Recording.webm",
        film: &["-c:v", "libvpx", "-deadline", "realtime", "-g", "30"],
        sound: &["-c:a", "libopus"],
        shape: LIVE,
        kind: Kind::Video,
        media_type: "video/webm",
    },
    Take {
        name: "Recording vp9.webm",
        film: &["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-g", "30"],
        sound: &["-c:a", "libopus"],
        shape: LIVE,
        kind: Kind::Video,
        media_type: "video/webm",
    },
    Take {
        name: "Recording.mp4",
        film: &["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "30"],
        sound: &["-c:a", "aac"],
        shape: FRAGMENTS,
        kind: Kind::Video,
        media_type: "video/mp4",
    },
    Take {
        name: "Sound recording.webm",
        film: &[],
        sound: &["-c:a", "libopus"],
        shape: LIVE,
        kind: Kind::Audio,
        media_type: "audio/webm",
    },
    Take {
        name: "Sound recording.m4a",
        film: &[],
        sound: &["-c:a", "aac"],
        shape: FRAGMENTS,
        kind: Kind::Audio,
        media_type: "audio/mp4",
    },
    Take {
        name: "Sound recording.ogg",
        film: &[],
        sound: &["-c:a", "libopus"],
        shape: &["-f", "ogg"],
        kind: Kind::Audio,
        media_type: "audio/ogg",
    },
];

impl Take {
    fn make(&self, folder: &Path) -> Vec<u8> {
        let path = folder.join(format!("made.{}", self.name.rsplit('.').next().unwrap_or("bin")));
        let mut ffmpeg = Command::new("ffmpeg");
        ffmpeg.args(["-v", "error", "-y"]);
        if !self.film.is_empty() {
            ffmpeg.args(["-f", "lavfi", "-i", "testsrc2=size=320x240:rate=15"]);
        }
        ffmpeg.args(["-f", "lavfi", "-i", "sine=frequency=330:sample_rate=48000", "-t", SECONDS]);
        if self.name.ends_with("mp4") || self.name.ends_with("m4a") {
            ffmpeg.args(["-f", "mp4"]);
        }
        let made = ffmpeg.args(self.film).args(self.sound).args(self.shape).arg(&path).status();
        assert!(made.expect("ffmpeg runs (tests/run installs it)").success(), "{}", self.name);
        std::fs::read(&path).expect("what ffmpeg made")
    }
}

/// Seconds of film and of sound that can be decoded.
fn plays(bytes: &[u8], folder: &Path, stream: &str) -> f64 {
    let path = folder.join("played");
    std::fs::write(&path, bytes).expect("the folder can be written to");
    let ffprobe = Command::new("ffprobe")
        .args(["-v", "fatal", "-select_streams", stream, "-show_entries", "frame=best_effort_timestamp_time"])
        .args(["-of", "csv=p=0"])
        .arg(&path)
        .output()
        .expect("ffprobe runs (tests/run installs it)");
    let text = String::from_utf8_lossy(&ffprobe.stdout).into_owned();
    let times: Vec<f64> = text.lines().filter_map(|line| line.split(',').next()?.parse().ok()).collect();
    match (times.first(), times.last()) {
        (Some(first), Some(last)) => last - first,
        _ => 0.0,
    }
}

on_each_pair!(every_browser_s_recording_is_taken_recognised_and_plays, |world: World| async move {
    let mut triage = colleagues::join(&world, Role::Triage).await;
    let mut client = Client::begin(&world).await;
    let mut cut = Vec::new();
    for take in &TAKES {
        let bytes = take.make(world.folder());
        for kept in [bytes.len(), bytes.len() * 2 / 3] {
            bring(&mut client, take.name, &bytes[..kept]).await;
            cut.push((take, bytes[..kept].to_vec()));
        }
    }
    world.run_jobs().await;
    let page = client.browser().open("/tell/check").await;
    client.browser().press(page.form(say("check.send"))).await.must_be("/sent", 200);
    world.run_jobs().await;
    world.prepare().await;

    for (item, (take, bytes)) in client.family.items(&world).await.iter().zip(&cut) {
        let what = format!("{}, {} bytes", take.name, bytes.len());
        assert_eq!((item.kind, item.media_type.as_str()), (take.kind, take.media_type), "{what}");
        let served = triage.browser.get(&format!("/staff/media/{}", item.id), &[]).await;
        let copy_type = if take.kind == Kind::Video { "video/mp4" } else { "audio/mp4" };
        assert_eq!((served.status, served.header("content-type")), (200, Some(copy_type)), "{what}");
        assert_ne!(served.body, bytes, "{what} is a copy");
        let original = world.intake.open_original(&item.id).await.expect("opens").expect("is there");
        let sent = ring::digest::digest(&ring::digest::SHA256, bytes);
        assert_eq!(original.read_back().await.expect("is whole").whole[..], sent.as_ref()[..], "{what}");
        let least = if bytes.len() == cut_from(&cut, take) { 5.0 } else { 2.0 };
        assert!(plays(&served.body, world.folder(), "a") >= least, "{what}: sound");
        if take.kind == Kind::Video {
            assert!(plays(&served.body, world.folder(), "v") >= least, "{what}: film");
        }
    }
});

/// The length of the whole recording that a piece was cut from.
fn cut_from(all: &[(&Take, Vec<u8>)], take: &Take) -> usize {
    all.iter().filter(|(other, _)| other.name == take.name).map(|(_, bytes)| bytes.len()).max().unwrap_or(0)
}

/// As the recorder's page does it: begun with no length, piece after piece, the length at the end.
async fn bring(client: &mut Client, name: &str, bytes: &[u8]) {
    let at = client.create(None, name).await;
    let mut offset = 0;
    for piece in bytes.chunks(60_000) {
        assert_eq!(client.patch(&at, offset, piece).await.status, 204, "{name}");
        offset += piece.len() as u64;
    }
    let length = offset.to_string();
    assert_eq!(client.patch_with(&at, offset, &[("upload-length", &length)], "").await.status, 204, "{name}");
}
