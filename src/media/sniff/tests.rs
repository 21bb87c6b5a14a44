//! Files as phones, recorders, scanners and communication devices make them, cut down to the bytes that matter.

use proptest::prelude::*;

use super::*;

fn look(bytes: &[u8]) -> Recognised {
    let head = &bytes[..bytes.len().min(LOOKS_AT)];
    let tail = &bytes[bytes.len().saturating_sub(LOOKS_AT)..];
    recognise(head, tail, bytes.len() as u64)
}

fn seen(bytes: &[u8]) -> (Kind, &'static str, bool) {
    let found = look(bytes);
    (found.kind, found.media_type, found.playable_in_browser)
}

fn boxed(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
    [&(body.len() as u32 + 8).to_be_bytes()[..], name, body].concat()
}

fn brand(major: &[u8; 4], others: &[&[u8; 4]]) -> Vec<u8> {
    let mut body = [&major[..], &[0, 0, 2, 0]].concat();
    others.iter().for_each(|other| body.extend_from_slice(*other));
    boxed(b"ftyp", &body)
}

fn moov(handlers: &[(&[u8; 4], &[u8; 4])]) -> Vec<u8> {
    let mut body = boxed(b"mvhd", &[0; 100]);
    for (handler, codec) in handlers {
        let hdlr = boxed(b"hdlr", &[&[0; 8][..], &handler[..], &[0; 13]].concat());
        let stsd = boxed(b"stsd", &boxed(codec, &[0; 60]));
        body.extend_from_slice(&boxed(b"trak", &[hdlr, stsd].concat()));
    }
    boxed(b"moov", &body)
}

#[test]
fn pictures() {
    assert_eq!(seen(b"\xFF\xD8\xFF\xE1\0\x10Exif\0\0"), (Kind::Image, "image/jpeg", true));
    assert_eq!(seen(b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR"), (Kind::Image, "image/png", true));
    assert_eq!(seen(b"GIF89a\x01\0\x01\0"), (Kind::Image, "image/gif", true));
    assert_eq!(seen(b"RIFF\x10\0\0\0WEBPVP8 "), (Kind::Image, "image/webp", true));
    assert_eq!(seen(b"II*\0\x08\0\0\0"), (Kind::Scan, "image/tiff", false));
    assert_eq!(seen(b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0"), (Kind::Image, "image/bmp", true));
    assert_eq!(seen(&brand(b"heic", &[b"mif1", b"heic"])), (Kind::Image, "image/heic", false));
    assert_eq!(seen(&brand(b"mif1", &[b"mif1", b"heic"])), (Kind::Image, "image/heic", false));
    assert_eq!(seen(&brand(b"mif1", &[b"avif", b"miaf"])), (Kind::Image, "image/avif", true));
    assert_eq!(seen(b"<svg xmlns='http://www.w3.org/2000/svg'/>"), (Kind::Image, "image/svg+xml", false));
    assert_eq!(seen(b"<?xml version='1.0'?>\n<svg/>"), (Kind::Image, "image/svg+xml", false));
}

#[test]
fn films_from_phones() {
    let media = boxed(b"mdat", &[7; 300]);
    let hevc = moov(&[(b"vide", b"hvc1"), (b"soun", b"mp4a")]);
    let avc = moov(&[(b"vide", b"avc1"), (b"soun", b"mp4a")]);
    let iphone = [brand(b"qt  ", &[b"qt  "]), boxed(b"wide", &[]), media.clone(), hevc.clone()].concat();
    assert_eq!(seen(&iphone), (Kind::Video, "video/quicktime", false));
    let android = [brand(b"mp42", &[b"isom", b"mp42"]), media.clone(), avc.clone()].concat();
    assert_eq!(seen(&android), (Kind::Video, "video/mp4", true));
    let streaming = [brand(b"isom", &[b"iso2"]), avc, media.clone()].concat();
    assert_eq!(seen(&streaming), (Kind::Video, "video/mp4", true));
    let new_android = [brand(b"mp42", &[]), media.clone(), hevc].concat();
    assert_eq!(seen(&new_android), (Kind::Video, "video/mp4", false));
    let silent = [brand(b"isom", &[]), media.clone(), moov(&[(b"vide", b"avc1")])].concat();
    assert_eq!(seen(&silent), (Kind::Video, "video/mp4", true));
    let old_phone = [brand(b"3gp4", &[b"3gp4"]), media.clone(), moov(&[(b"vide", b"s263")])].concat();
    assert_eq!(seen(&old_phone), (Kind::Video, "video/3gpp", false));
    assert_eq!(seen(&[boxed(b"mdat", &[1; 64]), moov(&[(b"vide", b"mp4v")])].concat()).0, Kind::Video);
    assert_eq!(seen(b"RIFF\x10\0\0\0AVI LIST"), (Kind::Video, "video/x-msvideo", false));
}

#[test]
fn sound_in_a_film_container_is_sound() {
    let media = boxed(b"mdat", &[7; 200_000]);
    let sound = moov(&[(b"soun", b"mp4a")]);
    let memo = [brand(b"M4A ", &[b"M4A ", b"mp42"]), media.clone(), sound.clone()].concat();
    assert_eq!(seen(&memo), (Kind::Audio, "audio/mp4", true));
    let recorder = [brand(b"mp42", &[b"isom"]), media.clone(), sound.clone()].concat();
    assert_eq!(seen(&recorder), (Kind::Audio, "audio/mp4", true));
    let note = [brand(b"3gp4", &[]), media.clone(), moov(&[(b"soun", b"samr")])].concat();
    assert_eq!(seen(&note), (Kind::Audio, "audio/3gpp", false));
    // The list of tracks cannot be seen: the brand decides.
    let hidden = [brand(b"mp42", &[]), media].concat();
    assert_eq!(seen(&hidden).0, Kind::Video);
    let webm = b"\x1A\x45\xDF\xA3\x9F\x42\x82\x84webm\x16\x54\xAE\x6B\x86\x86A_OPUS";
    assert_eq!(seen(webm), (Kind::Audio, "audio/webm", true));
}

#[test]
fn sound_and_browser_recordings() {
    assert_eq!(seen(b"\x1A\x45\xDF\xA3\x42\x82\x84webm\x86\x85V_VP8\x86\x86A_OPUS"), (Kind::Video, "video/webm", true));
    assert_eq!(seen(b"\x1A\x45\xDF\xA3\x42\x82\x88matroska\x86\x8FV_MPEG4/ISO/AVC").1, "video/x-matroska");
    assert_eq!(seen(b"OggS\0\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0OpusHead"), (Kind::Audio, "audio/ogg", true));
    assert_eq!(seen(b"OggS\0\x02\0\0\0\0\0\0\0\0\x80theora\x03"), (Kind::Video, "video/ogg", false));
    assert_eq!(seen(b"ID3\x04\0\0\0\0\0\x21TSSE\0"), (Kind::Audio, "audio/mpeg", true));
    assert_eq!(seen(&[0xFF, 0xFB, 0x90, 0x64, 0, 0, 0, 0]), (Kind::Audio, "audio/mpeg", true));
    assert_eq!(seen(b"RIFF\x10\0\0\0WAVEfmt "), (Kind::Audio, "audio/wav", true));
    assert_eq!(seen(b"fLaC\0\0\0\x22"), (Kind::Audio, "audio/flac", true));
    assert_eq!(seen(b"#!AMR\n\x3C\x91"), (Kind::Audio, "audio/amr", false));
    assert_eq!(seen(b"#!AMR-WB\n\x3C"), (Kind::Audio, "audio/amr-wb", false));
}

#[test]
fn paper_and_writing() {
    assert_eq!(
        seen(b"%PDF-1.7\n1 0 obj<</Type/Page/Resources<</Font 3 0 R>>>>"),
        (Kind::Document, "application/pdf", false)
    );
    assert_eq!(seen(b"%PDF-1.4\n<</Subtype/Image/Filter/DCTDecode>>"), (Kind::Scan, "application/pdf", false));
    assert_eq!(seen(b"{\\rtf1\\ansi Hello}"), (Kind::Document, "application/rtf", false));
    assert_eq!(seen("We waited for months. Nobody came. – Ana".as_bytes()), (Kind::Document, "text/plain", true));
    assert_eq!(seen(b"Caf\xE9 at noon, with my teacher"), (Kind::Document, "text/plain", true));
    assert_eq!(seen(b"WEBVTT\n\n00:01.000 --> 00:02.000\nHi"), (Kind::Document, "text/vtt", false));
    assert_eq!(seen(b"<!DOCTYPE html><script>alert(1)</script>"), (Kind::Document, "text/html", false));
    assert_eq!(seen(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\0\0").0, Kind::Document);
}

fn zipped(names: &[&str]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut list = Vec::new();
    for name in names {
        let length = (name.len() as u16).to_le_bytes();
        bytes.extend_from_slice(&[b"PK\x03\x04" as &[u8], &[0; 22], &length, &[0, 0], name.as_bytes(), b"x"].concat());
        list.extend_from_slice(&[b"PK\x01\x02" as &[u8], &[0; 24], &length, &[0; 16], name.as_bytes()].concat());
    }
    [bytes, list, b"PK\x05\x06".to_vec(), vec![0; 18]].concat()
}

#[test]
fn zips_by_their_entries() {
    assert_eq!(seen(&zipped(&["[Content_Types].xml", "word/document.xml"])).0, Kind::Document);
    assert_eq!(seen(&zipped(&["manifest.json", "boards/1.obf"])), (Kind::Aac, "application/x-obz", false));
    assert_eq!(seen(&zipped(&["Settings0/settings.xml", "Grids/Home/grid.xml"])).1, "application/x-gridset");
    assert_eq!(seen(&zipped(&["Manifest.c4i", "vocab.c4v"])).1, "application/x-touchchat");
    assert_eq!(seen(&zipped(&["photo.jpg"])), (Kind::Unknown, "application/zip", false));
    let mut odt = b"PK\x03\x04".to_vec();
    odt.extend_from_slice(&[0; 26]);
    odt.extend_from_slice(b"mimetypeapplication/vnd.oasis.opendocument.textPK");
    assert_eq!(seen(&odt), (Kind::Document, "application/vnd.oasis.opendocument.text", false));
}

#[test]
fn communication_devices() {
    assert_eq!(seen(b"SQLite format 3\0\x10\0"), (Kind::Aac, "application/vnd.sqlite3", false));
    assert_eq!(seen(br#"{"format":"open-board-0.1","buttons":[]}"#), (Kind::Aac, "application/x-obf", false));
    assert_eq!(seen(b"/* NOTICE */{\"format\":\"open-board-log-0.1\"}").1, "application/x-obl");
    assert_eq!(seen("\u{FEFF}{\"grids\":[{\"gridElements\":[]}]}".as_bytes()).1, "application/x-asterics-grid");
    assert_eq!(seen(b"### CAUTION ###\r\nThe following data").0, Kind::Aac);
    let buttons = r#"{"label":"word"},"#.repeat(20_000);
    let turned = format!(r#"{{"buttons":[{buttons}{{}}],"format":"open-board-0.1"}}"#);
    assert_eq!(seen(turned.as_bytes()).1, "application/x-obf");
    let said = format!(r#"{{"events":[{buttons}{{}}],"format":"open-board-log-0.1"}}"#);
    assert_eq!(seen(said.as_bytes()).1, "application/x-obl");
    assert_eq!(seen(br#"{"a":1}"#), (Kind::Document, "application/json", false));
}

#[test]
fn nothing_and_unknown() {
    assert_eq!(look(b""), Recognised::EMPTY);
    assert_eq!(seen(&[0, 1, 2, 3, 4, 5, 6, 7]), (Kind::Unknown, "application/octet-stream", false));
    assert_eq!(seen(b"MZ\x90\0\x03\0\0\0").0, Kind::Unknown);
}

proptest! {
    #[test]
    fn noise_never_panics(head in prop::collection::vec(any::<u8>(), 0..300), magic in 0usize..6) {
        let magics = [&b""[..], b"\0\0\0\x18ftypisom", b"PK\x03\x04", b"\x1A\x45\xDF\xA3", b"OggS", b"\xFF\xF1"];
        look(&[magics[magic], &head].concat());
    }
}
