//! What somebody said, as a plain text file that opens on anything: who, when, and each answer under its question. Their
//! own words stand in it exactly as they came.

use super::Held;
use super::timeline::Timeline;
use crate::submission::told::{self, Line, Said, Section};
use crate::words::Speech;

/// The text, with the line ends that every system's editor shows.
pub(super) fn text(speech: Speech, held: &Held, sections: &[Section]) -> String {
    let row = &held.whole.row;
    let mut text = heading(speech.say("copy.title"), '=');
    if let Some(sent) = row.sent_us {
        text += &format!("{} {}\n", speech.say("receipt.reference"), row.reference);
        text += &format!("{} {}\n\n", speech.say("receipt.sent_on"), sent.in_london());
    } else {
        text += &format!("{}\n\n", speech.say("frame.not_sent"));
    }
    text += &heading(speech.say("copy.timeline_title"), '-');
    for happened in &Timeline::of(speech, &held.whole).0 {
        text += &format!("{}: {}\n", happened.when, happened.what);
        text += &happened.theirs.as_deref().map(indented).unwrap_or_default();
    }
    text += &format!("\n{}", heading(speech.say("check.items_title"), '-'));
    for told in held.items() {
        let number = speech.fill("check.item_number", &[("number", &told.item.number.to_string())]);
        text += &format!("{number} {}\n", told::item_name(speech, told));
        text += &told.text.as_deref().map(indented).unwrap_or_default();
        text += &lines(&told::item_lines(speech, told));
        text.push('\n');
    }
    for section in sections.iter().filter(|section| section.is_answered()) {
        text += &heading(speech.say(section.title), '-');
        text += &lines(&section.lines);
        text.push('\n');
    }
    text.replace('\n', "\r\n")
}

fn heading(title: &str, under: char) -> String {
    format!("{title}\n{}\n\n", under.to_string().repeat(title.chars().count()))
}

/// The answered lines, each answer under its question.
fn lines(lines: &[Line]) -> String {
    let mut text = String::new();
    for line in lines.iter().filter(|line| line.is_answered()) {
        text += &format!("{}\n", line.asked);
        for said in &line.said {
            match said {
                Said::Nothing => {}
                Said::Ours(words) | Said::Theirs(words) => text += &indented(words),
            }
        }
    }
    text
}

/// Each line of somebody's words, set in, so that nobody takes ours for theirs.
fn indented(words: &str) -> String {
    words.lines().map(|line| format!("    {line}\n")).collect()
}
