//! The interim way to see, hear and watch an original in the browser, until renditions exist.
//!
//! This must go when renditions come: then an inspector's browser gets only copies that were made again from the
//! original, and an original is only ever downloaded. Until then the containers below are played as they came, with a
//! type that we fix, sandboxed, and marked "not yet prepared" on the page. `tests/service` says so too, and fails when
//! renditions exist and this is still here.

/// How a page shows something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Show {
    /// With the browser's player for moving pictures.
    Video,
    /// With the browser's player for sound.
    Sound,
    /// As a picture.
    Picture,
}

/// How an original of this media type is shown, and the type that it is served with; none for a download only.
///
/// The media type is what the content showed, never what a sender called it. A phone's QuickTime film is the same
/// family of container as MP4, and plays in most browsers under that name.
pub fn shown_as(media_type: &str) -> Option<(Show, &'static str)> {
    Some(match media_type {
        "video/mp4" | "video/quicktime" => (Show::Video, "video/mp4"),
        "video/webm" => (Show::Video, "video/webm"),
        "audio/mp4" => (Show::Sound, "audio/mp4"),
        "audio/mpeg" => (Show::Sound, "audio/mpeg"),
        "audio/wav" => (Show::Sound, "audio/wav"),
        "audio/ogg" => (Show::Sound, "audio/ogg"),
        "audio/webm" => (Show::Sound, "audio/webm"),
        "image/png" => (Show::Picture, "image/png"),
        "image/jpeg" => (Show::Picture, "image/jpeg"),
        _ => return None,
    })
}

/// The end of a file's name for a media type, for downloads. Never the end of the sender's own name for it.
pub fn file_ending(media_type: &str) -> &'static str {
    match media_type {
        "video/mp4" => "mp4",
        "video/quicktime" => "mov",
        "video/webm" | "audio/webm" => "webm",
        "video/3gpp" | "audio/3gpp" => "3gp",
        "video/x-msvideo" => "avi",
        "video/x-matroska" | "audio/x-matroska" => "mkv",
        "audio/mp4" => "m4a",
        "audio/mpeg" => "mp3",
        "audio/wav" => "wav",
        "audio/ogg" | "video/ogg" => "ogg",
        "audio/amr" | "audio/amr-wb" => "amr",
        "audio/aac" => "aac",
        "audio/flac" => "flac",
        "image/png" => "png",
        "image/jpeg" => "jpg",
        "image/heic" => "heic",
        "image/gif" => "gif",
        "image/webp" => "webp",
        "image/tiff" => "tif",
        "application/pdf" => "pdf",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document" => "docx",
        "application/vnd.oasis.opendocument.text" => "odt",
        "application/rtf" => "rtf",
        "text/plain" => "txt",
        "application/x-obz" => "obz",
        "application/x-obf" => "obf",
        "application/zip" => "zip",
        _ => "bin",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_can_hold_a_script_is_shown() {
        for media_type in ["image/svg+xml", "text/html", "application/pdf", "application/xml", "text/plain", ""] {
            assert_eq!(shown_as(media_type), None, "{media_type}");
        }
    }

    #[test]
    fn a_served_type_is_always_one_of_ours() {
        for media_type in ["video/mp4", "video/quicktime", "audio/ogg", "image/png"] {
            let (_, served) = shown_as(media_type).expect("this is shown");
            assert!(shown_as(served).is_some());
        }
        assert_eq!(file_ending("../../etc"), "bin");
    }
}
