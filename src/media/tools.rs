//! The outside programs that make safe copies: which are here, and what they call themselves.
//!
//! All are optional. They are looked for once, when a program starts, in the system's own folders only: what the box shows
//! to a tool is `/usr`.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::boxed::{self, Wall};

/// One program that was found.
#[derive(Clone, Debug)]
pub struct Tool {
    /// What it is called.
    pub name: &'static str,
    /// Where it is.
    pub path: PathBuf,
    /// The first line that it says about its version.
    pub version: String,
}

/// Everything that was found, and how it is shut in.
#[derive(Clone, Debug)]
pub struct Tools {
    /// The program that sets limits and then becomes the tool.
    pub own: PathBuf,
    /// The wall around each tool.
    pub wall: Wall,
    /// Facts about video and sound.
    pub ffprobe: Option<Tool>,
    /// Video and sound, and pictures that vips does not read.
    pub ffmpeg: Option<Tool>,
    /// Pictures.
    pub vips: Option<Tool>,
    /// Facts about pictures.
    pub vipsheader: Option<Tool>,
    /// Photos from iPhones where vips is not here.
    pub heif_convert: Option<Tool>,
    /// Drawings in SVG where vips is not here.
    pub rsvg_convert: Option<Tool>,
    /// Facts about a PDF.
    pub pdfinfo: Option<Tool>,
    /// Pages of a PDF.
    pub pdftoppm: Option<Tool>,
    /// Words that are in a PDF.
    pub pdftotext: Option<Tool>,
    /// Words in a picture of a page.
    pub tesseract: Option<Tool>,
    /// Parts of an office document.
    pub unzip: Option<Tool>,
    /// Pages of an office document.
    pub soffice: Option<Tool>,
    /// Words in sound: a program that the operator named.
    pub listener: Option<Tool>,
}

/// What each program is for, and the Debian package that brings it.
pub const PURPOSES: [(&str, &str, &str); 13] = [
    ("bwrap", "bubblewrap", "running the others in a closed box"),
    ("ffprobe", "ffmpeg", "looking at videos and sound"),
    ("ffmpeg", "ffmpeg", "videos and sound"),
    ("vips", "libvips-tools", "pictures"),
    ("vipsheader", "libvips-tools", "looking at pictures"),
    ("heif-convert", "libheif-examples", "photos from iPhones, where vips is not here"),
    ("rsvg-convert", "librsvg2-bin", "drawings in SVG, where vips is not here"),
    ("pdfinfo", "poppler-utils", "looking at PDF files"),
    ("pdftoppm", "poppler-utils", "pages of PDF files"),
    ("pdftotext", "poppler-utils", "words that are in PDF files"),
    ("tesseract", "tesseract-ocr", "words on scanned paper"),
    ("unzip", "unzip", "words in office documents"),
    (
        "soffice",
        "libreoffice-writer-nogui",
        "pages of Word, OpenDocument and RTF files, of which only words are shown without it",
    ),
];

impl Tools {
    /// Looks for every program. `own` is this very program, which sets the limits: `/proc/self/exe`, but in tests.
    /// `listener` is the operator's own program for speech, if there is one.
    pub fn look(own: &Path, listener: Option<&Path>) -> Tools {
        let wall = boxed::wall(own);
        Tools {
            own: own.to_owned(),
            soffice: soffice(&wall),
            wall,
            ffprobe: tool("ffprobe", "-version"),
            ffmpeg: tool("ffmpeg", "-version"),
            vips: tool("vips", "--version"),
            vipsheader: tool("vipsheader", "--version"),
            heif_convert: tool("heif-convert", "--help"),
            rsvg_convert: tool("rsvg-convert", "--version"),
            pdfinfo: tool("pdfinfo", "-v"),
            pdftoppm: tool("pdftoppm", "-v"),
            pdftotext: tool("pdftotext", "-v"),
            tesseract: tool("tesseract", "--version"),
            unzip: tool("unzip", "-v"),
            listener: listener.filter(|path| path.is_file()).and_then(named_by_operator),
        }
    }
}

impl Tools {
    /// The names of those that are here.
    pub fn names(&self) -> String {
        let all = [
            &self.ffprobe,
            &self.ffmpeg,
            &self.vips,
            &self.vipsheader,
            &self.heif_convert,
            &self.rsvg_convert,
            &self.pdfinfo,
            &self.pdftoppm,
            &self.pdftotext,
            &self.tesseract,
            &self.unzip,
            &self.soffice,
            &self.listener,
        ];
        all.into_iter().flatten().map(|tool| tool.name).collect::<Vec<_>>().join(",")
    }
}

fn tool(name: &'static str, ask: &str) -> Option<Tool> {
    ask_version(name, find(name)?, ask)
}

/// LibreOffice's program itself: what stands in /usr/bin is a script that starts it. The largest of the tools is used in the
/// stronger box alone; behind Landlock it would not start either, because it wants a socket in /tmp.
fn soffice(wall: &Wall) -> Option<Tool> {
    let path = find("soffice")?.canonicalize().ok()?.with_file_name("soffice.bin");
    let may_run = matches!(wall, Wall::Bubblewrap(_)) && path.starts_with("/usr") && path.is_file();
    may_run.then(|| ask_version("soffice", path, "--version"))?
}

fn ask_version(name: &'static str, path: PathBuf, ask: &str) -> Option<Tool> {
    // It is asked outside the box, and finds nobody's home to write to.
    let said = Command::new(&path).arg(ask).env_clear().env("HOME", "/dev/null").stdin(Stdio::null()).output().ok()?;
    let text = [said.stdout, said.stderr].concat();
    let text = String::from_utf8_lossy(&text);
    let line = text.lines().map(str::trim).find(|line| line.chars().any(|c| c.is_ascii_digit())).unwrap_or(name);
    let version = line.split(" Copyright").next().unwrap_or(line).chars().take(80).collect();
    Some(Tool { name, path, version })
}

/// It says nothing about its version in a way that we could know: its file's name stands for it. A relative path, or a
/// program in the root folder, is none: the folder that it lies in is shown to it in the box.
fn named_by_operator(path: &Path) -> Option<Tool> {
    let version = path.file_name()?.to_string_lossy().into_owned();
    let folder = path.parent().filter(|folder| folder.is_absolute() && folder.parent().is_some());
    folder.map(|_| Tool { name: "listener", path: path.to_owned(), version })
}

/// Where a program is, in the system's own folders.
pub fn find(name: &str) -> Option<PathBuf> {
    ["/usr/bin", "/usr/local/bin", "/bin"].iter().map(|folder| Path::new(folder).join(name)).find(|path| path.is_file())
}
