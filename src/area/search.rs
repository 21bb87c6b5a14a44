//! Finds an area by any name that people may type, and forgives spelling.
//!
//! Names and question are folded alike ([`fold`]): case, accents, punctuation and words such as "council" play no part.
//! Then, from strict to kind: the same name; a name that begins with it; a name that has it inside, or is inside it ("I
//! live in Guildford"); a name that is a few slips away.

use super::{Area, Areas};

/// Most areas that a search shows.
pub const MOST_FOUND: usize = 10;

/// How near a name is to what was typed. Smaller is nearer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Nearness {
    /// The same.
    Exact,
    /// The name begins with it.
    Begins,
    /// One is inside the other, in whole words.
    Within,
    /// This many slips away.
    Slips(usize),
}

/// An area that was found.
#[derive(Clone, Debug)]
pub struct Found<'a> {
    /// The area.
    pub area: &'a Area,
    /// The name by which it was found.
    pub by: &'a str,
    /// How near that name is.
    pub nearness: Nearness,
}

impl Areas {
    /// The areas that may be meant, nearest first. Slips are forgiven only where nothing nearer was found.
    pub fn search(&self, typed: &str) -> Vec<Found<'_>> {
        let question = fold(typed);
        if question.is_empty() {
            return Vec::new();
        }
        let mut found = self.found_by(|name| nearness(&question, name));
        if found.is_empty() {
            found = self.found_by(|name| slips(&question, name).map(Nearness::Slips));
        }
        found.sort_by(|a, b| (a.nearness, &a.area.name).cmp(&(b.nearness, &b.area.name)));
        let best = found.first().map(|best| best.nearness);
        found.retain(|one| match (best, one.nearness) {
            (Some(Nearness::Slips(least)), Nearness::Slips(slips)) => slips <= least + 1,
            _ => true,
        });
        found.truncate(MOST_FOUND);
        found
    }

    /// Each area that has a name which is near, by its nearest name.
    fn found_by(&self, near: impl Fn(&str) -> Option<Nearness>) -> Vec<Found<'_>> {
        let mut found: Vec<Found> = Vec::new();
        for name in &self.names {
            let Some(nearness) = near(&name.folded) else { continue };
            let Some(area) = self.find(&name.area_code) else { continue };
            match found.iter_mut().find(|earlier| earlier.area.code == area.code) {
                Some(earlier) if earlier.nearness <= nearness => {}
                Some(earlier) => *earlier = Found { area, by: &name.name, nearness },
                None => found.push(Found { area, by: &name.name, nearness }),
            }
        }
        found
    }
}

/// Whether this looks like a postcode, whole or the first half: we do not use postcodes, and pages say so.
pub fn looks_like_postcode(typed: &str) -> bool {
    let text: String = typed.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_uppercase();
    let outward = match text.len() {
        5..=7 if text.is_ascii() => {
            let (outward, inward) = text.split_at(text.len() - 3);
            let bytes = inward.as_bytes();
            if !(bytes[0].is_ascii_digit() && bytes[1..].iter().all(u8::is_ascii_uppercase)) {
                return false;
            }
            outward.to_owned()
        }
        2..=4 => text,
        _ => return false,
    };
    let letters = outward.chars().take_while(char::is_ascii_uppercase).count();
    let rest = &outward.as_bytes()[letters..];
    (1..=2).contains(&letters) && rest.first().is_some_and(u8::is_ascii_digit) && rest.len() <= 2
}

/// Words that say what kind of body it is, and so tell no two areas apart.
const SAY_NOTHING: [&str; 16] = [
    "council",
    "councils",
    "borough",
    "district",
    "metropolitan",
    "county",
    "city",
    "royal",
    "unitary",
    "authority",
    "corporation",
    "the",
    "of",
    "la",
    "mbc",
    "cc",
];

/// A name as searches compare it.
pub fn fold(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        match c {
            '&' => plain.push_str(" and "),
            '\'' | '’' | '.' => {}
            c if c.is_alphanumeric() => push_without_accent(&mut plain, c),
            // A mark that stands on the letter before it.
            '\u{300}'..='\u{36f}' => {}
            _ => plain.push(' '),
        }
    }
    let words: Vec<&str> = plain.split_whitespace().map(|word| if word == "saint" { "st" } else { word }).collect();
    let telling = |words: &[&str]| -> Vec<String> {
        words
            .iter()
            .enumerate()
            .filter(|(at, word)| !SAY_NOTHING.contains(word) && !is_london_of_a_borough(words, *at))
            .map(|(_, word)| (*word).to_owned())
            .collect()
    };
    let kept = telling(&words);
    if kept.is_empty() { words.join(" ") } else { kept.join(" ") }
}

/// "London Borough of Camden", "Camden London Borough": the place is Camden.
fn is_london_of_a_borough(words: &[&str], at: usize) -> bool {
    words[at] == "london" && words.get(at + 1) == Some(&"borough")
}

fn push_without_accent(plain: &mut String, c: char) {
    let base = match c {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' | 'ă' | 'ą' => "a",
        'ç' | 'ć' | 'č' => "c",
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ę' | 'ě' => "e",
        'ì' | 'í' | 'î' | 'ï' | 'ī' => "i",
        'ł' => "l",
        'ñ' | 'ń' | 'ň' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ō' => "o",
        'ś' | 'š' | 'ş' | 'ș' => "s",
        'ţ' | 'ț' => "t",
        'ù' | 'ú' | 'û' | 'ü' | 'ū' => "u",
        'ý' | 'ÿ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        'ß' => "ss",
        other => return plain.push(other),
    };
    plain.push_str(base);
}

fn nearness(question: &str, name: &str) -> Option<Nearness> {
    if question == name {
        return Some(Nearness::Exact);
    }
    if name.starts_with(question) && question.chars().count() >= 2 {
        return Some(Nearness::Begins);
    }
    let run_together = question.replace(' ', "");
    if run_together.chars().count() >= 5 && name.replace(' ', "").starts_with(&run_together) {
        return Some(Nearness::Begins);
    }
    let within = has_words(name, question) || (has_words(question, name) && name.chars().count() >= 4);
    within.then_some(Nearness::Within)
}

/// Whether `inner` stands in `outer` at the beginning of a word, and ends with one.
fn has_words(outer: &str, inner: &str) -> bool {
    inner.chars().count() >= 3 && format!(" {outer} ").contains(&format!(" {inner} "))
}

/// How many slips make the one from the other, if they are few for its length: in the whole, with spaces left out, or
/// word by word where every word that was typed is near a word of the name.
fn slips(question: &str, name: &str) -> Option<usize> {
    let whole = few(question, name);
    let run_together = few(&question.replace(' ', ""), &name.replace(' ', ""));
    let by_words = question.split(' ').map(|typed| name.split(' ').filter_map(|word| few(typed, word)).min()).sum();
    [whole, run_together, by_words].into_iter().flatten().min()
}

fn few(typed: &str, name: &str) -> Option<usize> {
    let allowed = match typed.chars().count().min(name.chars().count()) {
        0..=3 => 0,
        4..=5 => 1,
        6..=8 => 2,
        _ => 3,
    };
    let slips = strsim::osa_distance(typed, name);
    (slips <= allowed).then_some(slips)
}
