//! Word, OpenDocument and RTF files: pages as LibreOffice draws them, where it is here, and else the words of the text.
//!
//! LibreOffice makes a PDF, and its pages go the way of every PDF ([`super::paper`]). It gets a profile that is made for this
//! one file and goes with it, in which no macro runs and nothing is fetched that the file only points at. Where it is not
//! here or does not manage, a document is its words, which we read ourselves: nothing waits for it.
//!
//! Words that stand on a page are read there, page by page. The words that we took from the text stand beside them only
//! where a page lacks one of them, or where something is crossed out: a page's words do not tell that it is.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use super::picture::unless_kept;
use super::writing::{MOST, Words, plain, read, words_of_xml, write};
use super::{Cause, Early, Note, Role, Step, Work, paper, words};
use crate::media::boxed::{Ended, Limits};
use crate::media::tools::Tool;

const RTF: &str = "application/rtf";
const ODT: &str = "application/vnd.oasis.opendocument.text";
const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

/// A page takes a second and a quarter of this memory, ten large photos four seconds.
const DRAWING: Limits = Limits { cpu: 60, wall: 120, memory: 2 << 30, output: 64 << 20 };
/// How LibreOffice ends when it wants to be started once more, as it does with every new profile.
const ONCE_MORE: Ended = Ended::Code(81);
/// Its profile, in the folder for results.
const PROFILE: &str = "profile";
/// What the profile says: no macros; nothing from where a document points; no link is brought up to date. Word and
/// OpenDocument files then look for nothing. RTF looks for pictures by their path all the same, and finds none in the box.
const SETTINGS: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop>
<prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop>
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop>
</item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update">
<prop oor:name="Link" oor:op="fuse"><value>0</value></prop>
</item>
</oor:items>
"#;

/// How LibreOffice calls a type that it is given. It reads a file as nothing else.
pub(super) fn filter(media_type: &str) -> Option<&'static str> {
    match media_type {
        RTF => Some("Rich Text Format"),
        ODT => Some("writer8"),
        DOCX => Some("MS Word 2007 XML"),
        _ => None,
    }
}

pub(super) fn make(work: &mut Work<'_>) -> Step<()> {
    let text = read_text(work);
    if may_be_drawn(work, &text) && draw(work)? {
        work.note(Note::Drawn);
        return match text {
            Ok(text) if text.crosses_out || !is_on_pages(work, &text.words) => put(work, &text),
            _ => Ok(()),
        };
    }
    let text = text?;
    work.note(Note::WordsOnly);
    put(work, &text)
}

fn put(work: &mut Work<'_>, text: &Text) -> Step<()> {
    write(work, Words { page: 0, name: "words.txt", text: &text.words, settings: "the words of its text" })
}

/// The words of a document.
struct Text {
    words: String,
    /// Whether the document keeps words that its writer crossed out.
    crosses_out: bool,
}

fn read_text(work: &mut Work<'_>) -> Step<Text> {
    let text = match work.recognised.media_type {
        RTF => Text { words: plain(&super::rich::words_of(&read(work)?)), crosses_out: false },
        ODT => read_part(work, "content.xml")?,
        _ => read_part(work, "word/document.xml")?,
    };
    match text.words.chars().any(char::is_alphanumeric) {
        true => Ok(text),
        false => Err(Cause::NoCopy.into()),
    }
}

/// The words of the one part that holds them.
fn read_part(work: &mut Work<'_>, part: &str) -> Step<Text> {
    let unzip = work.tools.unzip.clone().ok_or(Cause::ToolMissing)?;
    let file = work.inside.file();
    let ran = work.run(&unzip, &words(["-p", &file, part]), Limits::LOOK)?;
    if ran.out.is_empty() {
        return Err(Cause::CannotBeRead.into());
    }
    if ran.out.len() as u64 >= MOST {
        return Err(Cause::TooLarge.into());
    }
    let xml = String::from_utf8_lossy(&ran.out);
    let crosses_out = ["<w:del ", "<w:moveFrom ", "<text:tracked-changes"].iter().any(|tag| xml.contains(tag));
    Ok(Text { words: plain(&words_of_xml(&xml)), crosses_out })
}

/// A document without words may be pictures. A text that is too large for us goes to no larger program; but of RTF, where
/// pictures stand among the words, nobody can tell. What waits for a program waits for that one alone.
fn may_be_drawn(work: &Work<'_>, text: &Step<Text>) -> bool {
    match text {
        Ok(_) | Err(Early::Kept(Cause::NoCopy | Cause::CannotBeRead)) => true,
        Err(Early::Kept(Cause::TooLarge)) => work.recognised.media_type == RTF,
        Err(_) => false,
    }
}

/// Makes pages. False where there are none: then all is as it was before.
fn draw(work: &mut Work<'_>) -> Step<bool> {
    let Some(soffice) = work.tools.soffice.clone() else { return Ok(false) };
    let Some(pdf) = unless_kept(make_pdf(work, &soffice))?.flatten() else { return Ok(false) };
    let (made, notes) = (work.made.len(), work.notes.len());
    let around_pdf = work.inside.around(&pdf);
    let around_original = std::mem::replace(&mut work.inside, around_pdf);
    work.drawn = Some((soffice.version.clone(), format!("{} ORIGINAL", told(work).join(" "))));
    let pages = unless_kept(paper::make_pdf(work));
    work.inside = around_original;
    work.drawn = None;
    pages?;
    let has_pages = work.made[made..].iter().any(|copy| copy.role == Role::Page);
    if !has_pages {
        work.made.truncate(made);
        work.notes.truncate(notes);
    }
    Ok(has_pages)
}

/// What LibreOffice is told, but for where things lie.
fn told(work: &Work<'_>) -> Vec<String> {
    let filter = format!("--infilter={}", filter(work.recognised.media_type).unwrap_or_default());
    words(["--headless", "--norestore", "--nologo", &filter, "--convert-to", "pdf:writer_pdf_Export"])
}

/// The document as a PDF: its name in the folder.
fn make_pdf(work: &mut Work<'_>, soffice: &Tool) -> Step<Option<String>> {
    make_profile(work)?;
    let file = work.inside.file();
    let mut arguments = words([&format!("-env:UserInstallation=file://{}", work.inside.result(PROFILE))]);
    arguments.extend(told(work));
    arguments.extend(words(["--outdir", &work.inside.result(""), &file]));
    let mut ran = work.run(soffice, &arguments, DRAWING)?;
    if ran.ended == ONCE_MORE {
        ran = work.run(soffice, &arguments, DRAWING)?;
    }
    let stem = Path::new(&file).file_stem().unwrap_or_default().to_string_lossy();
    let name = format!("{stem}.pdf");
    let Some((path, _)) = work.inside.made(&name).filter(|_| ran.is_well()) else { return Ok(None) };
    let (is, _) = super::look(&path)?;
    Ok((is.media_type == "application/pdf").then_some(name))
}

/// Nothing of it may be there yet: see [`write`].
fn make_profile(work: &Work<'_>) -> std::io::Result<()> {
    let profile = work.folder.join(PROFILE);
    fs::create_dir(&profile)?;
    let user = profile.join("user");
    fs::create_dir(&user)?;
    File::create_new(user.join("registrymodifications.xcu"))?.write_all(SETTINGS.as_bytes())
}

/// Whether each of the words stands on a page.
fn is_on_pages(work: &Work<'_>, text: &str) -> bool {
    let of_pages = work.made.iter().filter(|copy| copy.role == Role::Words);
    let pages: Vec<String> =
        of_pages.filter_map(|copy| fs::read_to_string(work.inside.made(&copy.name)?.0).ok()).collect();
    let on_pages: HashSet<&str> = pages.iter().flat_map(|page| each_word(page)).collect();
    each_word(text).all(|word| on_pages.contains(word))
}

fn each_word(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}
