//! Every fixture is recognised as what it is, by what is in it.

use heard::media::sniff::{Kind, LOOKS_AT, recognise};

use super::browser::File;

const FIXTURES: [(&str, Kind, &str); 23] = [
    ("video.mov", Kind::Video, "video/quicktime"),
    ("video.mp4", Kind::Video, "video/mp4"),
    ("silent.mp4", Kind::Video, "video/mp4"),
    ("video.webm", Kind::Video, "video/webm"),
    ("video.3gp", Kind::Video, "video/3gpp"),
    ("voice.m4a", Kind::Audio, "audio/mp4"),
    ("voice.mp3", Kind::Audio, "audio/mpeg"),
    ("voice.wav", Kind::Audio, "audio/wav"),
    ("voice-note.ogg", Kind::Audio, "audio/ogg"),
    ("voice.amr", Kind::Audio, "audio/amr"),
    ("photo.jpg", Kind::Image, "image/jpeg"),
    ("photo.heic", Kind::Image, "image/heic"),
    ("drawing.png", Kind::Image, "image/png"),
    ("scan.tiff", Kind::Scan, "image/tiff"),
    ("scanned.pdf", Kind::Scan, "application/pdf"),
    ("letter.txt", Kind::Document, "text/plain"),
    ("letter.odt", Kind::Document, "application/vnd.oasis.opendocument.text"),
    ("letter.docx", Kind::Document, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("boards.obz", Kind::Aac, "application/x-obz"),
    ("board.obf", Kind::Aac, ""),
    ("said.obl", Kind::Aac, ""),
    ("unknown.xyz", Kind::Unknown, "application/octet-stream"),
    ("empty.mp4", Kind::Unknown, "application/x-empty"),
];

#[test]
fn every_fixture_is_recognised_by_what_is_in_it() {
    let mut faults = Vec::new();
    for (name, kind, media_type) in FIXTURES {
        let bytes: Vec<u8> = File::fixture(name).blocks().flatten().collect();
        let head = &bytes[..bytes.len().min(LOOKS_AT)];
        let tail = &bytes[bytes.len().saturating_sub(LOOKS_AT)..];
        let found = recognise(head, tail, bytes.len() as u64);
        if found.kind != kind || (!media_type.is_empty() && found.media_type != media_type) {
            faults.push(format!("{name}: {found:?}"));
        }
    }
    assert!(faults.is_empty(), "not recognised as what they are: {faults:#?}");
}

#[test]
fn a_file_that_lies_is_not_believed() {
    for name in ["page-that-says-photo.jpg", "playlist-that-says-video.mp4"] {
        let bytes: Vec<u8> = File::fixture(name).blocks().flatten().collect();
        let found = recognise(&bytes, &bytes, bytes.len() as u64);
        assert!(matches!(found.kind, Kind::Document | Kind::Unknown), "{name} is {found:?}");
        let shown_as_plain_text = found.media_type == "text/plain";
        assert!(!found.playable_in_browser || shown_as_plain_text, "{name} would be shown: {found:?}");
    }
}
