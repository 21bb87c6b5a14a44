//! How easy each page of the senders' side is, as a table in `accessibility/grades.md`, and the limits that hold for it.

use std::collections::BTreeMap;
use std::fmt::Write;

use heard::words::Wording;
use heard::words::plain_english::{count_words, grade, longest_sentence};

use super::Reading;

/// What is written down of one page in one wording.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Figures {
    words: usize,
    /// Words in whole sentences, which the grade is of.
    said: usize,
    grade: f64,
    longest: usize,
}

/// By page and state, then by wording.
pub type Table = BTreeMap<(String, &'static str), [Figures; 3]>;

/// Below so many words a grade says nothing: one name of a place changes it.
const FEW: usize = 30;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/accessibility/grades.md");
const WRITE: &str = "HEARD_TEST_WRITE_WORDS=1 cargo test --locked plain_words";

/// Where a page is seen twice in one state, the harder one counts.
pub fn of(reading: &Reading) -> Table {
    let mut table = Table::new();
    for seen in &reading.seen {
        let sentences = sentences_of(&seen.main);
        let (words, longest) = (count_words(&seen.main), longest_sentence(&seen.main));
        let figures = Figures { words, said: count_words(&sentences), grade: grade(&sentences), longest };
        let row = table.entry((seen.page.clone(), seen.state)).or_default();
        let at = &mut row[at(seen.wording)];
        if figures.grade >= at.grade {
            *at = figures;
        }
    }
    table
}

/// Whole sentences alone: names of buttons, links and fields would make a page look easier than what it says.
fn sentences_of(text: &str) -> String {
    let is_said = |line: &&str| line.trim_end_matches(['"', '”', '’', ')']).ends_with(['.', '!', '?']);
    text.lines().filter(is_said).collect::<Vec<_>>().join("\n")
}

fn at(wording: Wording) -> usize {
    Wording::ALL.iter().position(|one| *one == wording).expect("it is one of them")
}

fn grades(table: &Table, wording: Wording) -> Vec<f64> {
    let measured = table.values().map(|row| row[at(wording)]).filter(|figures| figures.said >= FEW);
    let mut grades: Vec<f64> = measured.map(|figures| figures.grade).collect();
    grades.sort_by(f64::total_cmp);
    grades
}

fn median_and_highest(table: &Table, wording: Wording) -> (f64, f64) {
    let grades = grades(table, wording);
    (grades[grades.len() / 2], grades[grades.len() - 1])
}

/// `short` and `pictures` at most 4 on each page; `plain` at most 5 in the middle and 6 anywhere.
pub fn must_hold(table: &Table) {
    for (wording, middle, most) in
        [(Wording::Plain, 5.0, 6.0), (Wording::Short, 4.0, 4.0), (Wording::Pictures, 4.0, 4.0)]
    {
        let (median, highest) = median_and_highest(table, wording);
        assert!(median <= middle && highest <= most, "{wording:?}: median {median:.1}, highest {highest:.1}");
    }
}

/// The file, as it should be.
fn written(table: &Table) -> String {
    let mut text = String::from(HEAD);
    text.push_str(
        "\n| Wording | Pages and states | Median grade | Highest grade | Longest sentence |\n|---|--:|--:|--:|--:|\n",
    );
    for wording in Wording::ALL {
        let (median, highest) = median_and_highest(table, wording);
        let longest = table.values().map(|row| row[at(wording)].longest).max().unwrap_or_default();
        let name = wording.name();
        let _ = writeln!(text, "| `{name}` | {} | {median:.1} | {highest:.1} | {longest} |", table.len());
    }
    text.push_str("\nEach cell: words in the main part, grade, words in its longest sentence.\n");
    text.push_str("\n| Page | State | `plain` | `short` | `pictures` |\n|---|---|--:|--:|--:|\n");
    for ((page, state), row) in table {
        let cell = |one: &Figures| match one.said >= FEW {
            true => format!("{} · {:.1} · {}", one.words, one.grade, one.longest),
            false => format!("{} · – · {}", one.words, one.longest),
        };
        let _ = writeln!(text, "| `{page}` | {state} | {} | {} | {} |", cell(&row[0]), cell(&row[1]), cell(&row[2]));
    }
    text
}

const HEAD: &str = "\
# How easy the pages are to read

Every page of the senders' side, as it is rendered, in its main states and in each wording: the main part of the page, without
what people wrote themselves and the six words of a code. The grade is of its whole sentences alone: names of buttons, links
and fields would make a page look easier than what it says. Where fewer than 30 words stand in sentences, there is no grade.

The grade is a school year of the United States by the Flesch-Kincaid formula (J. P. Kincaid and others, Research Branch
Report 8-75, 1975), our own implementation in `src/words/plain_english.rs`: 4 is age 9 to 10. A figure of one program cannot
be compared with another's, and a formula rewards short words, not sense. It shows that a page grew harder; only people can
say that it is easy, and **nobody with a learning disability has been asked yet**.

Limits, which a test holds here: `short` and `pictures` at most 4 on each page; `plain` a median of at most 5, and at most 6 on
any page. Beside them each page as a whole, with all that stands around it, keeps at most 5 in `plain` and 4 in the others.
Sentences: 20 words, 15 in `short` and `pictures`.

Write it anew with `HEARD_TEST_WRITE_WORDS=1 cargo test --locked plain_words`. A test fails when a page or state is missing
here, and when a figure is further off than a small change of words would make it (a tenth of the words and 12 more, 0.4 of a
grade, 4 words of a sentence).
";

/// Writes the file where that was asked for; fails where it is too far from what pages say now.
pub fn keep_or_compare(table: &Table) {
    let now = written(table);
    if std::env::var_os("HEARD_TEST_WRITE_WORDS").is_some() {
        std::fs::write(FILE, &now).expect("the table can be written");
        return;
    }
    let there = rows(&std::fs::read_to_string(FILE).unwrap_or_default());
    let mut stale = Vec::new();
    for (name, wanted) in rows(&now) {
        match there.get(&name) {
            None => stale.push(format!("{name} is not in the table")),
            Some(found) if !found.iter().zip(&wanted).all(|(found, wanted)| is_near(found, wanted)) => {
                stale.push(format!("{name}: the table says {found:?}, the page is {wanted:?}"));
            }
            Some(_) => {}
        }
    }
    stale.extend(there.keys().filter(|name| !rows(&now).contains_key(*name)).map(|name| format!("{name} is gone")));
    assert!(
        stale.is_empty(),
        "accessibility/grades.md is out of date. Write it anew with:\n{WRITE}\n{}",
        stale.join("\n")
    );
}

fn is_near(found: &Figures, wanted: &Figures) -> bool {
    // What is read from the file knows no `said`: a cell without a grade reads as 0.
    let both = found.grade != 0.0 && wanted.grade != 0.0;
    found.words.abs_diff(wanted.words) <= 12 + wanted.words / 10
        && (!both || (found.grade - wanted.grade).abs() <= 0.4)
        && found.longest.abs_diff(wanted.longest) <= 4
}

/// The rows of a file: page and state, and what is written in each wording.
fn rows(text: &str) -> BTreeMap<String, Vec<Figures>> {
    let mut rows = BTreeMap::new();
    for line in text.lines().filter(|line| line.starts_with("| `/") || line.starts_with("| `a ")) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [page, state, figures @ ..] = cells.as_slice() else { continue };
        rows.insert(format!("{page} {state}"), figures.iter().map(|cell| read_figures(cell)).collect());
    }
    rows
}

fn read_figures(cell: &str) -> Figures {
    let mut parts = cell.split(" · ");
    let mut next = || parts.next().unwrap_or_default();
    Figures {
        words: next().parse().unwrap_or_default(),
        said: 0,
        grade: next().parse().unwrap_or_default(),
        longest: next().parse().unwrap_or_default(),
    }
}
