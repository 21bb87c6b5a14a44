//! The lines of a transcript, as people type them: one for each thing that is said, with the time at which it begins where
//! that is known (`1:05 It was loud.`).
//!
//! Captions for a player are made of them (WebVTT, <https://www.w3.org/TR/webvtt1/>). Captions that somebody has already,
//! as WebVTT or as SubRip (`.srt`), are read into them.

use std::fmt::Write as _;

use crate::evidence::at::At;

/// The longest that one line is shown as a caption, in milliseconds.
const LONGEST_SHOWN: i64 = 10_000;

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// When it begins.
    pub at: Option<At>,
    /// The words.
    pub text: String,
}

/// A line whose time is before the time above it: the line's number, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backwards(pub usize);

/// The lines of a text; empty ones are left out.
pub fn lines(text: &str) -> Vec<Line> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(line).collect()
}

fn line(typed: &str) -> Line {
    let (first, rest) = typed.split_once(char::is_whitespace).unwrap_or((typed, ""));
    // A number alone is a word, such as in "3 of us".
    match first.contains(':').then(|| At::parse(first)).flatten() {
        Some(at) => Line { at: Some(at), text: rest.trim().to_owned() },
        None => Line { at: None, text: typed.to_owned() },
    }
}

/// What is kept of what somebody typed or pasted: captions become lines, and the times must not run backwards.
pub fn tidy(typed: &str) -> Result<String, Backwards> {
    let text = match is_captions(typed) {
        true => from_captions(typed),
        false => typed.trim().lines().map(str::trim_end).collect::<Vec<_>>().join("\n"),
    };
    let mut last = 0;
    for (number, typed) in text.lines().enumerate() {
        if let Some(at) = line(typed.trim()).at {
            if at.ms < last {
                return Err(Backwards(number + 1));
            }
            last = at.ms;
        }
    }
    Ok(text)
}

fn is_captions(text: &str) -> bool {
    text.trim_start_matches('\u{feff}').trim_start().starts_with("WEBVTT") || text.lines().any(|l| begin(l).is_some())
}

/// When a cue begins, in a line such as `00:01:05.000 --> 00:01:07.500`. SubRip has a comma for the point.
fn begin(line: &str) -> Option<At> {
    let (from, to) = line.split_once("-->")?;
    let whole = |time: &str| At::parse(time.trim().split(['.', ',']).next()?);
    whole(to.split_whitespace().next()?)?;
    whole(from)
}

fn from_captions(text: &str) -> String {
    let mut lines = String::new();
    let mut all = text.lines();
    while let Some(line) = all.next() {
        let Some(at) = begin(line) else { continue };
        let said: Vec<String> = all.by_ref().map(str::trim).take_while(|said| !said.is_empty()).map(words).collect();
        let said = said.join(" ");
        if !said.trim().is_empty() {
            let _ = writeln!(lines, "{at} {}", said.trim());
        }
    }
    lines.trim_end().to_owned()
}

/// The words of a cue's line: who speaks (`<v Sam>`) comes before them, other marks are left out.
fn words(cue: &str) -> String {
    let mut plain = String::new();
    let mut rest = cue;
    while let Some((before, after)) = rest.split_once('<') {
        plain.push_str(before);
        let Some((mark, after)) = after.split_once('>') else { return plain + "<" + after };
        if let Some(name) = mark.strip_prefix("v ") {
            let _ = write!(plain, "{}: ", name.trim());
        }
        rest = after;
    }
    plain.push_str(rest);
    // The ampersand last, so that nothing is read twice.
    [("&lt;", "<"), ("&gt;", ">"), ("&nbsp;", " "), ("&lrm;", ""), ("&rlm;", ""), ("&amp;", "&")]
        .into_iter()
        .fold(plain, |plain, (mark, is)| plain.replace(mark, is))
}

/// The lines that have a time as WebVTT; a line without one goes on with the line above it. None where no line has a time.
/// Each is shown until the next begins, and 10 seconds at most.
pub fn captions(lines: &[Line]) -> Option<String> {
    let mut cues: Vec<(i64, String)> = Vec::new();
    for line in lines {
        match (line.at, cues.last_mut()) {
            (Some(at), Some((begin, text))) if at.ms == *begin => add(text, &line.text),
            (Some(at), _) => cues.push((at.ms, line.text.clone())),
            (None, Some((_, text))) => add(text, &line.text),
            (None, None) => {}
        }
    }
    let ends = cues.iter().skip(1).map(|(begin, _)| *begin).chain([i64::MAX]).collect::<Vec<_>>();
    let mut vtt = "WEBVTT\n".to_owned();
    for ((begin, text), next) in cues.iter().zip(ends) {
        let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let _ = write!(vtt, "\n{} --> {}\n{text}\n", stamp(*begin), stamp(next.min(begin + LONGEST_SHOWN)));
    }
    (!cues.is_empty()).then_some(vtt)
}

fn add(text: &mut String, more: &str) {
    text.push('\n');
    text.push_str(more);
}

fn stamp(ms: i64) -> String {
    format!("{:02}:{:02}:{:02}.{:03}", ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60, ms % 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Option<At> {
        Some(At { ms: seconds * 1000 })
    }

    #[test]
    fn a_line_begins_with_a_time_or_with_words() {
        let found = lines("0:03 I like the bus.\n\n3 of us go\n1:02:03   [laughs]\n10:99 is no time\n");
        let found: Vec<_> = found.iter().map(|line| (line.at, line.text.as_str())).collect();
        let meant =
            [(at(3), "I like the bus."), (None, "3 of us go"), (at(3723), "[laughs]"), (None, "10:99 is no time")];
        assert_eq!(found, meant);
    }

    #[test]
    fn times_do_not_run_backwards() {
        assert_eq!(tidy("0:05 a\nb\n0:04 c"), Err(Backwards(3)));
        assert_eq!(tidy("  0:05 a  \nb\n0:05 c\n"), Ok("0:05 a\nb\n0:05 c".to_owned()));
    }

    #[test]
    fn captions_that_somebody_has_become_lines() {
        let vtt = "WEBVTT\n\nNOTE made at home\n\n1\n00:00:01.000 --> 00:00:03.000 line:0\n<v Sam>I <i>like</i> it &amp; you\n\n00:07.500 --> 00:09.000\nTwo\nlines &lt;3\n";
        assert_eq!(tidy(vtt), Ok("00:01 Sam: I like it & you\n00:07 Two lines <3".to_owned()));
        let srt = "1\r\n00:00:01,000 --> 00:00:03,000\r\nHello\r\n\r\n2\r\n01:00:04,000 --> 01:00:05,000\r\nBye\r\n";
        assert_eq!(tidy(srt), Ok("00:01 Hello\n1:00:04 Bye".to_owned()));
        assert_eq!(tidy("he said --> go"), Ok("he said --> go".to_owned()), "an arrow alone is no caption");
    }

    #[test]
    fn captions_end_where_the_next_begin_and_hold_no_marks() {
        let made = captions(&lines("before\n0:01 one <b>\nmore\n0:03 two --> three\n1:00 last")).expect("has times");
        let meant = "WEBVTT\n\n00:00:01.000 --> 00:00:03.000\none &lt;b&gt;\nmore\n\n00:00:03.000 --> 00:00:13.000\ntwo --&gt; three\n\n00:01:00.000 --> 00:01:10.000\nlast\n";
        assert_eq!(made, meant);
        assert_eq!(captions(&lines("no times here")), None);
    }
}
