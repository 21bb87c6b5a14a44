//! Logs of key presses: "LAM" logs (`hh:mm:ss CODE "text"`) and the logs of DynaVox devices. They hold presses, not
//! messages; what was deleted does not show. What the codes mean: the LAM Technical Guide of the AAC Institute.

use super::super::gather::Gather;
use super::super::reading::{Event, EventKind, TimeSource};
use super::super::when::When;

/// Whether a text looks like a LAM log: it says so, or most of its first lines are presses.
pub(in crate::aac) fn is_lam(text: &str) -> bool {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).take(60).collect();
    let presses = lines.iter().filter(|line| press(line).is_some()).count();
    let says = lines.iter().take(8).any(|line| line.contains("### CAUTION ###"));
    presses > 0 && (says || presses * 2 >= lines.len())
}

/// Whether a text looks like the log of a DynaVox device.
pub(in crate::aac) fn is_dynavox(text: &str) -> bool {
    let begin: String = text.chars().take(2_000).collect();
    begin.contains("#Start logfile") || begin.contains("#Logfile created by DynaVox")
}

/// Reads a LAM log. The file's order is the order of time; clocks are never used to change it.
pub(in crate::aac) fn read(text: &str, gather: &mut Gather) {
    let mut day: Option<String> = None;
    let mut told = 0;
    for (number, line) in text.lines().enumerate() {
        let line = line.trim_matches(|c: char| c == '\r' || c == '\0' || c == '\u{1a}').trim_start();
        if line.is_empty() {
            continue;
        }
        if let Some(date) = date_line(line) {
            day = Some(date);
            continue;
        }
        match press(line) {
            Some(press) => {
                told += 1;
                gather.event(press.event(day.as_deref()));
            }
            None if told > 0 && !line.starts_with(['*', '#']) => {
                let what = "This line is damaged, or of a kind that we do not know.";
                gather.problem(&format!("line {}", number + 1), what);
            }
            None => {}
        }
    }
}

/// `*[YY-MM-DD=21-05-13]*`
fn date_line(line: &str) -> Option<String> {
    let date = line.trim().strip_prefix("*[YY-MM-DD=")?.split(']').next()?;
    let mut parts = date.split('-').map(|part| part.parse::<u16>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    let year = if year < 100 { 2000 + year } else { year };
    Some(format!("{year:04}-{month:02}-{day:02}"))
}

struct Press<'a> {
    time: &'a str,
    code: &'a str,
    rest: &'a str,
}

fn press(line: &str) -> Option<Press<'_>> {
    let (time, rest) = line.split_once(char::is_whitespace)?;
    if !is_clock(time) {
        return None;
    }
    let rest = rest.trim_start();
    let (code, rest) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    let known =
        (2..=8).contains(&code.len()) && code.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '?');
    known.then_some(Press { time, code, rest })
}

fn is_clock(text: &str) -> bool {
    let (clock, thousandths) = text.split_once('.').unwrap_or((text, "0"));
    let parts: Vec<&str> = clock.split(':').collect();
    let two_digits = |part: &&str| (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    parts.len() == 3 && parts.iter().all(two_digits) && thousandths.bytes().all(|byte| byte.is_ascii_digit())
}

impl Press<'_> {
    fn event(&self, day: Option<&str>) -> Event {
        let words = in_quotes(self.rest);
        let kind = match (self.code, words) {
            ("SPE", Some(_)) => EventKind::Spelled,
            ("WPR" | "DWP", Some(_)) => EventKind::Predicted,
            ("LOC" | "CTL" | "RECORD" | "MEN", _) | (_, None) => EventKind::Device,
            _ => EventKind::Selected,
        };
        let text = match (kind, words) {
            (EventKind::Device, _) | (_, None) => format!("{} {}", self.code, self.rest.trim()).trim().to_owned(),
            (_, Some(words)) => words.to_owned(),
        };
        let at = match day {
            Some(day) => format!("{day}T{}", self.time),
            None => self.time.to_owned(),
        };
        Event { at: Some(at), time_source: TimeSource::DeviceClock, kind, text, modelled: None, order: None }
    }
}

/// What stands between the first and the last quote.
fn in_quotes(text: &str) -> Option<&str> {
    let from = text.find('"')? + 1;
    let to = text.rfind('"').filter(|to| *to >= from).unwrap_or(text.len());
    Some(&text[from..to])
}

/// Reads a DynaVox log: `T:18:21:15 O:"want" G:"page"`, with `-s` for a letter.
pub(in crate::aac) fn read_dynavox(text: &str, gather: &mut Gather) {
    let mut day: Option<String> = None;
    let mut told = 0;
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if let Some(date) = line.split_whitespace().last().filter(|_| line.contains("Time:")).and_then(american_day) {
            day = Some(date);
        }
        let Some(time) = line.split_whitespace().find_map(|word| word.strip_prefix("T:")).filter(|time| is_clock(time))
        else {
            if !line.is_empty() && !line.starts_with(['#', '$']) && !line.contains("Time:") && told > 0 {
                gather.problem(
                    &format!("line {}", number + 1),
                    "This line is damaged, locked, or of a kind that we do not know.",
                );
            }
            continue;
        };
        told += 1;
        let words = line.find("O:\"").and_then(|at| line[at + 3..].split('"').next());
        let kind = match words {
            None => EventKind::Device,
            Some(_) if line.split_whitespace().any(|word| word == "-s") => EventKind::Spelled,
            Some(_) => EventKind::Selected,
        };
        let at = day.as_ref().map_or_else(|| time.to_owned(), |day| format!("{day}T{time}"));
        gather.event(Event {
            at: Some(at),
            time_source: TimeSource::DeviceClock,
            kind,
            text: words.unwrap_or(line).to_owned(),
            modelled: None,
            order: None,
        });
    }
    if told == 0 {
        gather.problem("the log", "Its lines cannot be read. Logs of this device can be locked with a password.");
    }
}

/// `mm/dd/yyyy`, as the device's maker writes it.
fn american_day(text: &str) -> Option<String> {
    let mut parts = text.split('/').map(|part| part.parse::<u16>().ok());
    let (month, day, year) = (parts.next()??, parts.next()??, parts.next()??);
    (year >= 1900 && month <= 12).then(|| When::from_iso(&format!("{year:04}-{month:02}-{day:02}")).shown)
}
