//! Pages and questions in British Sign Language: videos of the operator's (`HEARD_SIGNED`), looked at once when the service
//! starts. We have none ourselves, and a page without one says nothing about it.
//!
//! A folder with three files for each page: `<page>.mp4`, `<page>.vtt` with its captions, and, if there is one, a picture
//! to begin with, `<page>.jpg`. A page is called by its address with `-` for `/`: `tell-who`, `privacy`, and `start` for the
//! first one; a question is `tell-questions-3`. A video without captions is refused: who cannot see it, or cannot sign,
//! would be left out.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The videos of one site.
#[derive(Debug, Default)]
pub struct Signed {
    pages: BTreeMap<String, Video>,
}

/// One page's video.
#[derive(Debug)]
pub struct Video {
    /// Its name, such as `tell-who`.
    pub name: String,
    /// Whether there is a picture to begin with.
    pub has_poster: bool,
    /// What its captions say, a paragraph each.
    pub words: Vec<String>,
    folder: PathBuf,
}

impl Signed {
    /// Looks at every file of a folder. The error says which file, and what to do.
    pub fn open(folder: &Path) -> Result<Signed, String> {
        let files = std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let mut names: Vec<String> = files.flatten().filter_map(|file| file.file_name().into_string().ok()).collect();
        names.retain(|name| !name.starts_with('.'));
        names.sort();
        let mut pages = BTreeMap::new();
        for file in &names {
            let (name, kind) = file.rsplit_once('.').unwrap_or((file.as_str(), ""));
            let is_name =
                !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
            let has = |kind: &str| names.contains(&format!("{name}.{kind}"));
            match kind {
                _ if !is_name => return Err(format!("{file}: a name has small letters, numbers and - only")),
                "mp4" if !has("vtt") => return Err(format!("{file}: its captions are missing, {name}.vtt")),
                "mp4" => _ = pages.insert(name.to_owned(), read(folder, name, has("jpg"))?),
                "vtt" | "jpg" if !has("mp4") => return Err(format!("{file}: its video is missing, {name}.mp4")),
                "vtt" | "jpg" => {}
                _ => return Err(format!("{file}: only .mp4, .vtt and .jpg are known here")),
            }
        }
        Ok(Signed { pages })
    }

    /// The video of the page with this address.
    pub fn of_page(&self, path: &str) -> Option<&Video> {
        self.pages.get(&name_of(path))
    }

    /// The names of all videos.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.pages.keys().map(String::as_str)
    }

    /// The file that is served under this name, with its type; none for any name that is not one of ours.
    pub fn find_file(&self, file: &str) -> Option<(PathBuf, &'static str)> {
        let (name, kind) = file.rsplit_once('.')?;
        let video = self.pages.get(name)?;
        let content_type = match kind {
            "mp4" => "video/mp4",
            "vtt" => "text/vtt; charset=utf-8",
            "jpg" if video.has_poster => "image/jpeg",
            _ => return None,
        };
        Some((video.folder.join(format!("{name}.{kind}")), content_type))
    }
}

/// What the page with this address is called: `/tell/who` is `tell-who`.
pub fn name_of(path: &str) -> String {
    match path.trim_matches('/') {
        "" => "start".to_owned(),
        inside => inside.replace('/', "-"),
    }
}

fn read(folder: &Path, name: &str, has_poster: bool) -> Result<Video, String> {
    let at = |kind: &str| folder.join(format!("{name}.{kind}"));
    let mut beginning = [0; 12];
    let opened = std::fs::File::open(at("mp4"));
    let read = opened.and_then(|mut file| std::io::Read::read_exact(&mut file, &mut beginning));
    read.map_err(|error| format!("{name}.mp4: {error}"))?;
    if beginning[4..8] != *b"ftyp" {
        return Err(format!("{name}.mp4: this is no MP4 video"));
    }
    let captions = std::fs::read_to_string(at("vtt")).map_err(|error| format!("{name}.vtt: {error}"))?;
    let words = words_of(&captions).ok_or_else(|| format!("{name}.vtt: these are no captions, or they say nothing"))?;
    Ok(Video { name: name.to_owned(), has_poster, words, folder: folder.to_owned() })
}

/// What captions in WebVTT say (<https://www.w3.org/TR/webvtt1/>), without the times and marks.
fn words_of(captions: &str) -> Option<Vec<String>> {
    let text = captions.trim_start_matches('\u{FEFF}').replace("\r\n", "\n");
    let mut blocks = text.split("\n\n");
    blocks.next().filter(|head| head.starts_with("WEBVTT"))?;
    let words: Vec<String> = blocks
        .filter_map(|block| block.split_once("-->").and_then(|(_, cue)| cue.split_once('\n')))
        .map(|(_, cue)| without_marks(cue).split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|words| !words.is_empty())
        .collect();
    (!words.is_empty()).then_some(words)
}

fn without_marks(cue: &str) -> String {
    let mut plain = String::new();
    let mut rest = cue;
    while let Some((before, after)) = rest.split_once('<') {
        plain.push_str(before);
        rest = after.split_once('>').map_or("", |(_, after)| after);
    }
    plain.push_str(rest);
    plain.replace("&lt;", "<").replace("&gt;", ">").replace("&nbsp;", " ").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    const CAPTIONS: &str = "WEBVTT\n\n1\n00:00.000 --> 00:01.000\n<v Ann>Tell us\nanything.\n\n00:01.000 --> 00:02.000\n\n\
                            NOTE nothing\n\n00:02.000 --> 00:03.000 line:0\nFish &amp; chips\n";
    const VIDEO: &[u8] = b"\0\0\0\x18ftypisom and more";

    fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for (name, bytes) in files {
            std::fs::write(folder.path().join(name), bytes).expect("a file can be written");
        }
        folder
    }

    #[test]
    fn a_page_has_a_video_only_where_its_files_are_there() {
        let files: [(&str, &[u8]); 3] =
            [("tell-who.mp4", VIDEO), ("tell-who.vtt", CAPTIONS.as_bytes()), ("tell-who.jpg", b"x".as_slice())];
        let folder = folder(&files);
        let signed = Signed::open(folder.path()).expect("the folder is well formed");
        let video = signed.of_page("/tell/who").expect("there is a video");
        assert_eq!((video.has_poster, video.words.join("|").as_str()), (true, "Tell us anything.|Fish & chips"));
        assert!(signed.of_page("/").is_none() && signed.of_page("/tell").is_none());
        assert_eq!(signed.find_file("tell-who.mp4").map(|(_, kind)| kind), Some("video/mp4"));
        for other in ["../tell-who.mp4", "tell-who.txt", "tell-who", "start.mp4"] {
            assert!(signed.find_file(other).is_none(), "{other}");
        }
        assert_eq!((name_of("/").as_str(), name_of("/tell/questions/3").as_str()), ("start", "tell-questions-3"));
    }

    #[test]
    fn a_folder_with_a_mistake_is_refused_with_the_file() {
        let refused = |files: &[(&str, &[u8])]| Signed::open(folder(files).path()).expect_err("it is refused");
        assert!(refused(&[("start.mp4", VIDEO)]).contains("start.vtt"));
        assert!(refused(&[("start.vtt", CAPTIONS.as_bytes())]).contains("start.mp4"));
        assert!(refused(&[("start.mp4", VIDEO), ("start.vtt", b"hello".as_slice())]).contains("no captions"));
        assert!(
            refused(&[("start.mp4", b"0123456789abcdef".as_slice()), ("start.vtt", CAPTIONS.as_bytes())])
                .contains("no MP4")
        );
        assert!(refused(&[("Start.mp4", VIDEO)]).contains("small letters"));
        assert!(refused(&[("start.avi", VIDEO)]).contains("start.avi"));
    }
}
