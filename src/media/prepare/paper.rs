//! PDF files: a picture of each page, the words that are in the file, and where a page holds none, what a machine reads.
//!
//! What a machine reads is a draft and is never mixed with words that are in the file. Nothing in a PDF is carried out:
//! poppler knows no JavaScript and starts nothing, and the box has nothing to start.

use std::time::Instant;

use super::picture::{GIVE_UP, LONG_ENOUGH, MOST_PAGES, finish_page};
use super::writing::Words;
use super::{Cause, Early, NewCopy, Note, Role, Step, Work, words};
use crate::media::boxed::Limits;
use crate::media::tools::Tool;

/// Fewer letters than this on a page are a stamp or a number, and the page is read by machine all the same.
const FEW_LETTERS: usize = 12;

pub(super) fn make_pdf(work: &mut Work<'_>) -> Step<()> {
    let (Some(pdfinfo), Some(pdftoppm)) = (work.tools.pdfinfo.clone(), work.tools.pdftoppm.clone()) else {
        return Err(Cause::ToolMissing.into());
    };
    let pages = count(work, &pdfinfo)?;
    if pages > MOST_PAGES {
        work.note(Note::MorePages);
    }
    let in_file = words_in_file(work);
    let began = Instant::now();
    let mut failed_in_a_row = 0;
    for page in 1..=pages.min(MOST_PAGES) {
        let text = in_file.get(page as usize - 1).map_or("", String::as_str);
        match make_page(work, &pdftoppm, page, text) {
            Ok(true) => failed_in_a_row = 0,
            Ok(false) | Err(Early::Kept(_)) => {
                failed_in_a_row += 1;
                work.note(Note::PagesMissing);
            }
            Err(fault) => return Err(fault),
        }
        if page < pages && (failed_in_a_row >= GIVE_UP || began.elapsed() > LONG_ENOUGH) {
            work.note(Note::PagesMissing);
            break;
        }
    }
    Ok(())
}

fn count(work: &mut Work<'_>, pdfinfo: &Tool) -> Step<u32> {
    let file = work.inside.file();
    let ran = work.run(pdfinfo, &[file], Limits::LOOK)?;
    if ran.said.contains("Incorrect password") {
        return Err(Cause::Password.into());
    }
    let said = String::from_utf8_lossy(&ran.out);
    let pages = said.lines().find_map(|line| line.strip_prefix("Pages:")).and_then(|n| n.trim().parse::<u32>().ok());
    match pages {
        Some(pages @ 1..) if ran.is_well() => Ok(pages),
        _ => Err(Cause::CannotBeRead.into()),
    }
}

fn make_page(work: &mut Work<'_>, pdftoppm: &Tool, page: u32, text: &str) -> Step<bool> {
    let stem = format!("page-{page:03}");
    let name = format!("{stem}.jpg");
    let number = page.to_string();
    let (file, to) = (work.inside.file(), work.inside.result(&stem));
    let mut arguments = words(["-f", &number, "-l", &number, "-singlefile", "-scale-to", "2000", "-cropbox"]);
    arguments.extend(words(["-jpeg", "-jpegopt", "quality=85", &file, &to]));
    let ran = work.run(pdftoppm, &arguments, Limits::PAGE)?;
    let settings = &arguments;
    let copy = NewCopy {
        role: Role::Page,
        page,
        name: &name,
        media_type: "image/jpeg",
        plays_ms: None,
        tool: pdftoppm,
        settings,
    };
    if !work.take_in(copy, &ran)? {
        return Ok(false);
    }
    if text.chars().filter(|c| c.is_alphanumeric()).count() < FEW_LETTERS {
        return finish_page(work, page, &name).map(|()| true);
    }
    super::writing::write(work, Words { page, name: &format!("{stem}.txt"), text, settings: "pdftotext -layout" })?;
    super::picture::shrink_page(work, page, &name).map(|_| true)
}

/// The words of each page that are in the file. None of them is needed for a picture of it.
fn words_in_file(work: &mut Work<'_>) -> Vec<String> {
    let Some(pdftotext) = work.tools.pdftotext.clone() else { return Vec::new() };
    let last = MOST_PAGES.to_string();
    let arguments = words(["-l", &last, "-layout", "-enc", "UTF-8", &work.inside.file(), "-"]);
    let ran = match work.run(&pdftotext, &arguments, Limits::PAGE) {
        Ok(ran) => ran,
        Err(_) => return Vec::new(),
    };
    // A sign of its own stands between two pages.
    String::from_utf8_lossy(&ran.out).split('\u{c}').map(super::writing::plain).collect()
}

/// How sure the reader must be before a page is turned.
const SURE: f64 = 3.0;

/// How a page must be turned to stand upright, as its letters say; none where it stands, or nobody can tell.
pub(super) fn lies(work: &mut Work<'_>, name: &str) -> Step<Option<&'static str>> {
    let Some(tesseract) = work.tools.tesseract.clone() else { return Ok(None) };
    let arguments = words([&work.inside.result(name), "-", "--psm", "0"]);
    let ran = match work.run(&tesseract, &arguments, Limits::PAGE) {
        Err(Early::Kept(_)) => return Ok(None),
        other => other?,
    };
    Ok(turn_said(&String::from_utf8_lossy(&ran.out)))
}

fn turn_said(said: &str) -> Option<&'static str> {
    let value = |name: &str| said.lines().find_map(|line| line.trim().strip_prefix(name)?.trim().parse::<f64>().ok());
    if value("Orientation confidence:")? < SURE {
        return None;
    }
    match value("Rotate:")? as i64 {
        90 => Some("d90"),
        180 => Some("d180"),
        270 => Some("d270"),
        _ => None,
    }
}

/// What a machine reads on the picture of a page: the words, and how sure it is of each. A page that it cannot read is
/// still a picture.
pub(super) fn read_words(work: &mut Work<'_>, page: u32, name: &str) -> Step<()> {
    let Some(tesseract) = work.tools.tesseract.clone() else {
        work.note(Note::NoReader);
        return Ok(());
    };
    let stem = format!("read-{page:03}");
    let arguments =
        words([&work.inside.result(name), &work.inside.result(&stem), "-l", "eng", "--psm", "3", "txt", "tsv"]);
    let ran = match work.run(&tesseract, &arguments, Limits { output: 8 << 20, ..Limits::PAGE }) {
        Err(Early::Kept(_)) => return Ok(()),
        other => other?,
    };
    let (draft, sure) = (format!("{stem}.txt"), format!("{stem}.tsv"));
    let Some((path, _)) = work.inside.made(&draft) else { return Ok(()) };
    let text = std::fs::read(path)?;
    if !ran.is_well() || !String::from_utf8_lossy(&text).chars().any(char::is_alphanumeric) {
        return Ok(());
    }
    let settings = &arguments;
    for (role, name, media_type) in
        [(Role::WordsDraft, &draft, "text/plain"), (Role::WordsSure, &sure, "text/tab-separated-values")]
    {
        work.take_in(NewCopy { role, page, name, media_type, plays_ms: None, tool: &tesseract, settings }, &ran)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_turned_only_by_a_reader_who_is_sure() {
        let said = |turn: &str, sure: &str| {
            format!("Page number: 0\nOrientation in degrees: 270\nRotate: {turn}\nOrientation confidence: {sure}\n")
        };
        assert_eq!(turn_said(&said("90", "8.21")), Some("d90"));
        assert_eq!(turn_said(&said("180", "3.5")), Some("d180"));
        assert_eq!(turn_said(&said("0", "8")), None);
        assert_eq!(turn_said(&said("90", "0.4")), None);
        assert_eq!(turn_said(""), None);
    }
}
