//! Pictures and scans that are not PDF: upright, in ordinary colours, without what the file says about itself, in three
//! sizes.
//!
//! vips reads them where it is here: it knows colour profiles, turning and large pictures. What it does not read, ffmpeg
//! does, with our own reading of which way is up; photos from iPhones and drawings in SVG have programs of their own to
//! fall back on. A transparent picture is laid on white: that is what it was drawn on.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use std::time::{Duration, Instant};

use super::skew::Grey;
use super::{Cause, Early, FileClock, NewCopy, Note, Role, Says, Step, Work, words};
use crate::media::boxed::{Limits, Ran};
use crate::media::exif::{self, Exif};
use crate::media::tools::Tool;

/// The longest side of each size, in points.
const LARGE: u32 = 2400;
const MEDIUM: u32 = 1200;
const SMALL: u32 = 320;
/// What vips and the readers below it say of a file that ends too early.
const SAYS_CUT_OFF: [&str; 5] = ["remature end", "nexpected end", "not enough data", "truncated", "end of stream"];
/// What it says of a file of a kind that it does not know.
const SAYS_UNKNOWN: &str = "not a known file format";
/// Fewer bytes than the small picture of any page with a word on it.
pub const EMPTY_PAGE: u64 = 1000;
/// A page on which nothing is darker than this, of 255, is faint: pencil, or a scan that is too light.
const FAINT: f64 = 110.0;
/// More points than any camera or scanner of use gives.
const MOST_POINTS: u64 = 220_000_000;
/// More pages than anybody looks at.
pub(super) const MOST_PAGES: u32 = 300;
/// Pages that fail one after another before the rest is given up.
pub(super) const GIVE_UP: u32 = 3;
/// After so long, what pages there are must do.
pub(super) const LONG_ENOUGH: Duration = Duration::from_secs(10 * 60);

/// How programs call a media type: the loader in vips, the demuxer in ffmpeg where it has one.
fn names(media_type: &str) -> Option<(&'static str, Option<&'static str>)> {
    Some(match media_type {
        "image/jpeg" => ("jpegload", Some("jpeg_pipe")),
        "image/png" => ("pngload", Some("png_pipe")),
        "image/gif" => ("gifload", Some("gif")),
        "image/webp" => ("webpload", Some("webp_pipe")),
        "image/tiff" => ("tiffload", Some("tiff_pipe")),
        "image/bmp" => ("", Some("bmp_pipe")),
        "image/heic" | "image/heif" | "image/avif" => ("heifload", None),
        "image/svg+xml" => ("svgload", None),
        "image/jxl" => ("jxlload", None),
        _ => return None,
    })
}

/// What vips says of a picture.
#[derive(Debug, Default)]
struct Header {
    loader: String,
    points: u64,
    pages: u32,
}

/// A picture of one page.
pub(super) fn make(work: &mut Work<'_>) -> Step<()> {
    work.says = says(work.file);
    let (loader, demuxer) = names(work.recognised.media_type).ok_or(Cause::NoCopy)?;
    let header = header(work, loader)?;
    if header.as_ref().is_some_and(|header| header.pages > 1 && matches!(loader, "gifload" | "webpload")) {
        work.note(Note::Moves);
    }
    if !upright(work, header.as_ref(), demuxer, Shot { page: 0, role: Role::Picture, name: "picture.jpg" })? {
        return Err(Cause::CannotBeRead.into());
    }
    shrink(work, "picture.jpg", Shot { page: 0, role: Role::PictureMedium, name: "picture-medium.jpg" }, MEDIUM)?;
    shrink(work, "picture.jpg", Shot { page: 0, role: Role::PictureSmall, name: "picture-small.jpg" }, SMALL)
}

/// Every page of a TIFF, and the words on it.
pub(super) fn make_pages(work: &mut Work<'_>) -> Step<()> {
    work.says = says(work.file);
    let (loader, demuxer) = names(work.recognised.media_type).ok_or(Cause::NoCopy)?;
    let header = header(work, loader)?;
    let pages = match &header {
        Some(header) => header.pages,
        None => tiff_pages(work.file).unwrap_or(1),
    };
    if pages > MOST_PAGES {
        work.note(Note::MorePages);
    }
    let began = Instant::now();
    let mut failed_in_a_row = 0;
    for page in 1..=pages.min(MOST_PAGES) {
        let name = format!("page-{page:03}.jpg");
        let made = match upright(work, header.as_ref(), demuxer, Shot { page, role: Role::Page, name: &name }) {
            Err(Early::Kept(_)) => false,
            other => other?,
        };
        if made {
            failed_in_a_row = 0;
            finish_page(work, page, &name)?;
        } else {
            failed_in_a_row += 1;
            work.note(Note::PagesMissing);
        }
        if page < pages && (failed_in_a_row >= GIVE_UP || began.elapsed() > LONG_ENOUGH) {
            work.note(Note::PagesMissing);
            break;
        }
    }
    Ok(())
}

/// The small picture of a page, and what a machine reads on it.
pub(super) fn finish_page(work: &mut Work<'_>, page: u32, name: &str) -> Step<()> {
    let small = shrink_page(work, page, name)?;
    // An empty page makes next to nothing of a small picture; there is nothing to read on it.
    if work.inside.made(&small).is_some_and(|(_, bytes)| bytes < EMPTY_PAGE) {
        return Ok(());
    }
    let upright = turn_upright(work, page, name)?;
    let upright = upright.as_deref().unwrap_or(name);
    let level = unless_kept(straighten(work, page, upright))?.flatten();
    let level = level.as_deref().unwrap_or(upright);
    unless_kept(darken(work, page, level))?;
    super::paper::read_words(work, page, level)
}

/// A view beside a page that could not be made is not missed.
pub(super) fn unless_kept<T>(made: Step<T>) -> Step<Option<T>> {
    match made {
        Err(Early::Kept(_)) => Ok(None),
        other => other.map(Some),
    }
}

/// A page whose lines lean gets one more picture, in which they are level.
fn straighten(work: &mut Work<'_>, page: u32, name: &str) -> Step<Option<String>> {
    let Some(vips) = work.tools.vips.clone() else { return Ok(None) };
    let grey = "grey.pgm";
    // Half as large is large enough to see lines.
    let from = work.inside.result(name);
    let half = format!("{from}[shrink=2]");
    work.run(&vips, &words(["colourspace", &half, &work.inside.result(grey), "b-w"]), Limits::PAGE)?;
    let Some((path, _)) = work.inside.made(grey) else { return Ok(None) };
    let file = std::fs::read(path)?;
    let Some(angle) = Grey::parse(&file).and_then(Grey::skew) else { return Ok(None) };
    let straight = format!("page-{page:03}-straight.jpg");
    let to = work.inside.result(&straight) + JPEG;
    let angle = format!("{angle:.1}");
    let arguments = words(["rotate", "--background", "255 255 255", "--", &from, &to, &angle]);
    let ran = work.run(&vips, &arguments, Limits::PAGE)?;
    let made = take_in(work, Shot { page, role: Role::PageStraight, name: &straight }, &vips, &arguments, &ran)?;
    Ok(made.then_some(straight))
}

/// A faint page gets one more picture, in which what is on it is dark: white stays white, and a third below it is black.
fn darken(work: &mut Work<'_>, page: u32, name: &str) -> Step<()> {
    let Some(vips) = work.tools.vips.clone() else { return Ok(()) };
    let from = work.inside.result(name);
    let ran = work.run(&vips, &words(["min", &from]), Limits::PAGE)?;
    let darkest = String::from_utf8_lossy(&ran.out).trim().parse::<f64>().ok();
    if !ran.is_well() || darkest.is_none_or(|darkest| darkest < FAINT) {
        return Ok(());
    }
    let dark = format!("page-{page:03}-contrast.jpg");
    let arguments = words(["linear", "--uchar", &from, &(work.inside.result(&dark) + JPEG), "3", "--", "-510"]);
    let ran = work.run(&vips, &arguments, Limits::PAGE)?;
    take_in(work, Shot { page, role: Role::PageContrast, name: &dark }, &vips, &arguments, &ran).map(|_| ())
}

/// A page that lies on its side or on its head gets a second picture that stands upright: the letters say how it lies. The
/// first stays as it was sent.
fn turn_upright(work: &mut Work<'_>, page: u32, name: &str) -> Step<Option<String>> {
    let (Some(way), Some(vips)) = (super::paper::lies(work, name)?, work.tools.vips.clone()) else { return Ok(None) };
    let turned = format!("page-{page:03}-turned.jpg");
    let to = work.inside.result(&turned) + JPEG;
    let arguments = words(["rot", &work.inside.result(name), &to, way]);
    let ran = match work.run(&vips, &arguments, Limits::PAGE) {
        Err(Early::Kept(_)) => return Ok(None),
        other => other?,
    };
    let made = take_in(work, Shot { page, role: Role::PageTurned, name: &turned }, &vips, &arguments, &ran)?;
    Ok(made.then_some(turned))
}

/// The small picture of a page.
pub(super) fn shrink_page(work: &mut Work<'_>, page: u32, name: &str) -> Step<String> {
    let small = format!("page-{page:03}-small.jpg");
    shrink(work, name, Shot { page, role: Role::PageSmall, name: &small }, SMALL)?;
    Ok(small)
}

/// A picture that is to be made.
#[derive(Clone, Copy)]
struct Shot<'a> {
    page: u32,
    role: Role,
    name: &'a str,
}

/// What vips makes of the file; none where it does not read it, or is not here. A file that vips reads as another kind
/// than its first bytes say is not shown.
fn header(work: &mut Work<'_>, loader: &str) -> Step<Option<Header>> {
    let Some(vipsheader) = work.tools.vipsheader.clone().filter(|_| !loader.is_empty()) else { return Ok(None) };
    let file = work.inside.file();
    let ran = work.run(&vipsheader, &words(["-a", &file]), Limits::LOOK)?;
    if !ran.is_well() {
        // What vips knows and cannot read is broken: nobody waits for a program that would find the same.
        let is_known = !ran.said.contains(SAYS_UNKNOWN);
        return if is_known && has_no_other(work) { Err(Cause::CannotBeRead.into()) } else { Ok(None) };
    }
    let header = read_header(&String::from_utf8_lossy(&ran.out));
    if header.points > MOST_POINTS {
        return Err(Cause::TooLarge.into());
    }
    if header.loader != loader {
        return Err(Cause::CannotBeRead.into());
    }
    Ok(Some(header))
}

fn read_header(said: &str) -> Header {
    // What the file says about itself comes after what vips says, and may look like it: the first of a name counts.
    let value = |name: &str| said.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    let number = |name: &str| value(name).and_then(|value| value.trim().parse::<u64>().ok());
    let pages = number("n-pages").unwrap_or(1).clamp(1, 100_000);
    Header {
        loader: value("vips-loader").unwrap_or_default().trim().to_owned(),
        points: number("width").unwrap_or_default().saturating_mul(number("height").unwrap_or_default()),
        pages: u32::try_from(pages).unwrap_or(1),
    }
}

/// One upright picture out of the file, by whichever program can.
fn upright(work: &mut Work<'_>, header: Option<&Header>, demuxer: Option<&str>, shot: Shot<'_>) -> Step<bool> {
    let media_type = work.recognised.media_type;
    if header.is_some() && by_vips(work, media_type, shot)? {
        return Ok(true);
    }
    if let Some(demuxer) = demuxer {
        return by_ffmpeg(work, demuxer, &work.inside.file(), shot, true);
    }
    if header.is_some() && has_no_other(work) {
        return Ok(false);
    }
    match media_type {
        "image/heic" | "image/heif" | "image/avif" => {
            by_own_program(work, work.tools.heif_convert.clone(), shot, |file, to| words(["-q", "95", file, to]))
        }
        "image/svg+xml" => by_own_program(work, work.tools.rsvg_convert.clone(), shot, |file, to| {
            words([
                "--width",
                "1600",
                "--height",
                "1600",
                "--keep-aspect-ratio",
                "--background-color",
                "white",
                "-o",
                to,
                file,
            ])
        }),
        _ if work.tools.vips.is_none() => Err(Cause::ToolMissing.into()),
        _ => Ok(false),
    }
}

/// Whether no program but vips is here that could read the file.
fn has_no_other(work: &Work<'_>) -> bool {
    let media_type = work.recognised.media_type;
    let own = match media_type {
        "image/heic" | "image/heif" | "image/avif" => &work.tools.heif_convert,
        "image/svg+xml" => &work.tools.rsvg_convert,
        _ => &None,
    };
    own.is_none() && names(media_type).is_none_or(|(_, demuxer)| demuxer.is_none())
}

const JPEG: &str = "[Q=88,strip,background=255,optimize_coding]";

fn by_vips(work: &mut Work<'_>, media_type: &str, shot: Shot<'_>) -> Step<bool> {
    let Some(vips) = work.tools.vips.clone() else { return Ok(false) };
    let page =
        if media_type == "image/tiff" { format!("[page={}]", shot.page.saturating_sub(1)) } else { String::new() };
    let (side, way) = if media_type == "image/svg+xml" { (1600, "both") } else { (LARGE, "down") };
    let from = work.inside.file() + &page;
    let to = work.inside.result(shot.name) + JPEG;
    thumbnail(work, &vips, &from, &to, side, way, shot)
}

fn thumbnail(
    work: &mut Work<'_>,
    vips: &Tool,
    from: &str,
    to: &str,
    side: u32,
    way: &str,
    shot: Shot<'_>,
) -> Step<bool> {
    let side = side.to_string();
    let arguments = words(["thumbnail", from, to, &side, "--height", &side, "--size", way, "--export-profile", "srgb"]);
    let ran = work.run(vips, &arguments, Limits::PAGE)?;
    if SAYS_CUT_OFF.iter().any(|words| ran.said.contains(words)) {
        work.note(Note::CutOff);
    }
    take_in(work, shot, vips, &arguments, &ran)
}

/// By ffmpeg, with the way up that the file tells where the picture is the file itself.
fn by_ffmpeg(work: &mut Work<'_>, demuxer: &str, from: &str, shot: Shot<'_>, is_original: bool) -> Step<bool> {
    let Some(ffmpeg) = work.tools.ffmpeg.clone() else { return Err(Cause::ToolMissing.into()) };
    let mut arguments = words(["-nostdin", "-hide_banner", "-v", "error", "-y", "-threads", "1", "-noautorotate"]);
    arguments.extend(words(["-protocol_whitelist", "file,pipe", "-format_whitelist", demuxer, "-f", demuxer]));
    arguments.extend(words(["-max_pixels", &MOST_POINTS.to_string()]));
    if demuxer == "tiff_pipe" && shot.page > 1 {
        arguments.extend(words(["-page", &shot.page.to_string()]));
    }
    let turn = if is_original { turned(work.file) } else { "" };
    let side = match shot.role {
        Role::PictureMedium => MEDIUM,
        Role::PictureSmall | Role::PageSmall => SMALL,
        _ => LARGE,
    };
    // Laid on white; never made larger.
    let filter = format!(
        "[0:v]{turn}scale='min({side},iw)':'min({side},ih)':force_original_aspect_ratio=decrease,format=rgba,split[a][b];\
         [a]lutrgb=r=255:g=255:b=255:a=255[w];[w][b]overlay=format=rgb,format=yuvj444p"
    );
    arguments.extend(words(["-i", from, "-filter_complex", &filter, "-frames:v", "1", "-map_metadata", "-1"]));
    arguments.extend(words(["-flags", "+bitexact", "-q:v", "3", "-c:v", "mjpeg", "-f", "image2", "-update", "1"]));
    arguments.push(work.inside.result(shot.name));
    let ran = work.run(&ffmpeg, &arguments, Limits::PAGE)?;
    take_in(work, shot, &ffmpeg, &arguments, &ran)
}

/// By a program that makes a picture of its own, which is then made again in our sizes.
fn by_own_program(
    work: &mut Work<'_>,
    tool: Option<Tool>,
    shot: Shot<'_>,
    arguments: impl FnOnce(&str, &str) -> Vec<String>,
) -> Step<bool> {
    let Some(tool) = tool else { return Err(Cause::ToolMissing.into()) };
    let between = work.inside.result("between.png");
    let arguments = arguments(&work.inside.file(), &between);
    work.run(&tool, &arguments, Limits::PAGE)?;
    if work.inside.made("between.png").is_none() {
        return Ok(false);
    }
    match work.tools.vips.clone() {
        Some(vips) => thumbnail(work, &vips, &between, &(work.inside.result(shot.name) + JPEG), LARGE, "down", shot),
        None => by_ffmpeg(work, "png_pipe", &between, shot, false),
    }
}

/// A smaller one of a picture that we made.
fn shrink(work: &mut Work<'_>, from: &str, shot: Shot<'_>, side: u32) -> Step<()> {
    let from = work.inside.result(from);
    let made = match work.tools.vips.clone() {
        Some(vips) => thumbnail(work, &vips, &from, &(work.inside.result(shot.name) + JPEG), side, "down", shot),
        None => by_ffmpeg(work, "jpeg_pipe", &from, shot, false),
    };
    match made {
        // The large one is enough.
        Ok(_) | Err(Early::Kept(_)) => Ok(()),
        Err(fault) => Err(fault),
    }
}

fn take_in(work: &mut Work<'_>, shot: Shot<'_>, tool: &Tool, settings: &[String], ran: &Ran) -> Step<bool> {
    let Shot { page, role, name } = shot;
    work.take_in(NewCopy { role, page, name, media_type: "image/jpeg", plays_ms: None, tool, settings }, ran)
}

/// What Exif says in the file's first bytes.
fn exif_of(file: &Path) -> Option<Exif> {
    let mut head = Vec::new();
    File::open(file).and_then(|file| file.take(exif::LOOKS_AT as u64).read_to_end(&mut head)).ok()?;
    exif::read(&head)
}

fn says(file: &Path) -> Says {
    let Some(Exif { has_location, made, zone, device, software, .. }) = exif_of(file) else { return Says::default() };
    let clock = made.is_some().then_some(if zone.is_some() { FileClock::Zone } else { FileClock::Device });
    let made = made.map(|made| [Some(made), zone].into_iter().flatten().collect::<Vec<_>>().join(" "));
    Says { has_location, made, clock, device, software, has_credentials: false }
}

/// The filter that turns a picture upright, for each way that Exif knows.
fn turned(file: &Path) -> &'static str {
    let way = exif_of(file).and_then(|facts| facts.orientation);
    match way {
        Some(2) => "hflip,",
        Some(3) => "hflip,vflip,",
        Some(4) => "vflip,",
        Some(5) => "transpose=cclock_flip,",
        Some(6) => "transpose=clock,",
        Some(7) => "transpose=clock_flip,",
        Some(8) => "transpose=cclock,",
        _ => "",
    }
}

/// How many pages a TIFF has: its directories, each of which tells where the next one is.
fn tiff_pages(path: &Path) -> std::io::Result<u32> {
    let mut file = File::open(path)?;
    let mut first = [0; 8];
    file.read_exact(&mut first)?;
    let big = first[0] == b'M';
    let four = |bytes: [u8; 4]| if big { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) };
    let mut at = four([first[4], first[5], first[6], first[7]]);
    let mut pages = 0;
    let mut seen = BTreeSet::new();
    // A page that was there before is the beginning of a circle.
    while at != 0 && pages <= MOST_PAGES && seen.insert(at) {
        pages += 1;
        file.seek(SeekFrom::Start(u64::from(at)))?;
        let mut count = [0; 2];
        let mut next = [0; 4];
        file.read_exact(&mut count)?;
        let entries = if big { u16::from_be_bytes(count) } else { u16::from_le_bytes(count) };
        file.seek(SeekFrom::Current(i64::from(entries) * 12))?;
        if file.read_exact(&mut next).is_err() {
            break;
        }
        at = four(next);
    }
    Ok(pages.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_a_name_counts() {
        let said = "/in/original: 800x600 uchar\nwidth: 800\nheight: 600\nvips-loader: heifload\nn-pages: 2\n\
                    exif-ifd0-ImageDescription: x\nvips-loader: pngload\nwidth: 1\n";
        let header = read_header(said);
        assert_eq!((header.loader.as_str(), header.points, header.pages), ("heifload", 480_000, 2));
        assert_eq!(read_header("").pages, 1);
    }

    #[test]
    fn a_circle_of_pages_ends() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("round.tiff");
        std::fs::write(&path, b"II*\0\x08\0\0\0\0\0\x08\0\0\0").expect("writes");
        assert_eq!(tiff_pages(&path).expect("reads"), 1);
    }
}
