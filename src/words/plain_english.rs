//! The rules of plain English that every page and mail keeps, as a check that tests run.
//!
//! - at most 20 words in a sentence, 15 in the `short` and `pictures` wordings, 25 on staff pages;
//! - one idea in a sentence, as far as commas and joining words can show it;
//! - a reading grade by the Flesch-Kincaid formula (J. P. Kincaid and others, "Derivation of New Readability Formulas",
//!   Research Branch Report 8-75, 1975), our own implementation; a threshold belongs to one implementation only;
//! - no hard word that has an easy swap, no negative contraction ("can't" is easily misread as "can");
//! - abbreviations are explained on the page that uses them, where it first uses them;
//! - no promise that nobody can keep.
//!
//! Formulas reward short words, not sense: passing is needed and is not enough.

/// How strict to be, by who reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// Anybody, in plain words.
    Anybody,
    /// Somebody who chose short words.
    ShortWords,
    /// Staff, who read these words every day.
    Staff,
}

impl Reader {
    fn most_words(self) -> usize {
        match self {
            Reader::Anybody => 20,
            Reader::ShortWords => 15,
            Reader::Staff => 25,
        }
    }

    /// The most parts of a sentence, of more than two words each, between commas, "and", "but" and "which". Shorter parts
    /// are things in a list ("videos, sound, photos and files"), which are one idea.
    fn most_parts(self) -> usize {
        match self {
            Reader::Anybody => 3,
            Reader::ShortWords => 2,
            Reader::Staff => 4,
        }
    }

    /// The highest reading grade (a school year of the United States; 4 is age 9 to 10) for a page as a whole.
    pub fn most_grade(self) -> f64 {
        match self {
            Reader::Anybody => 5.0,
            Reader::ShortWords => 4.0,
            Reader::Staff => 9.0,
        }
    }
}

/// Hard words and what to write instead.
const SWAPS: &[(&str, &str)] = &[
    ("additional", "more"),
    ("approximately", "about"),
    ("ascertain", "find out"),
    ("assist", "help"),
    ("assistance", "help"),
    ("attempt", "try"),
    ("cease", "stop"),
    ("commence", "start"),
    ("concerning", "about"),
    ("consent", "permission, or say what is asked"),
    ("consequently", "so"),
    ("deliver", "give"),
    ("e.g", "for example"),
    ("ehcp", "EHC plan"),
    ("endeavour", "try"),
    ("ensure", "make sure"),
    ("etc", "and so on"),
    ("facilitate", "help"),
    ("furthermore", "also"),
    ("hereby", "leave it out"),
    ("i.e", "that is"),
    ("illegal", "say which limit and by how much"),
    ("in accordance with", "by"),
    ("in order to", "to"),
    ("in respect of", "about"),
    ("inform", "tell"),
    ("initiate", "start"),
    ("invalid", "say what is wrong with it"),
    ("notify", "tell"),
    ("obtain", "get"),
    ("persons", "people"),
    ("prior to", "before"),
    ("provision", "support"),
    ("purchase", "buy"),
    ("pursuant", "by"),
    ("receive", "get"),
    ("regarding", "about"),
    ("require", "need"),
    ("required", "needed"),
    ("sign posting", "who can help"),
    ("signposting", "who can help"),
    ("stakeholder", "say who"),
    ("stakeholders", "say who"),
    ("submission", "what you sent"),
    ("submit", "send"),
    ("subsequently", "later"),
    ("terminate", "end"),
    ("therefore", "so"),
    ("unlawful", "say how long it took and what the limit usually is"),
    ("utilise", "use"),
    ("via", "by"),
    ("whilst", "while"),
    ("click here", "say where the link leads"),
    ("suffering from", "say what the person has"),
    ("special needs", "SEND, explained"),
];

/// Staff use these words as terms.
const STAFF_TERMS: &[&str] = &["submission", "provision", "receive", "required", "submit"];

/// Promises that nobody can keep.
const PROMISES: &[&str] = &[
    "nobody else will ever",
    "nobody will ever",
    "no one will ever",
    "no-one will ever",
    "only we will ever",
    "completely safe",
    "completely private",
    "completely anonymous",
    "totally private",
    "totally safe",
    "100% safe",
    "we guarantee",
    "guaranteed",
    "we promise",
    "always be safe",
    "always safe",
    "always private",
    "nobody can find out",
    "no one can find out",
    "nobody will find out",
    "no one will find out",
    "nobody will know",
    "no one will know",
    "nobody can ever",
    "no one can ever",
    "will never be seen",
    "will never see",
    "never be lost",
    "cannot be lost",
    "cannot be hacked",
    "cannot be traced",
    "confidential",
    "in confidence",
    "we will fix",
    "we will sort",
    "we will make sure",
    "we will always",
    "we will never",
    "you will get",
    "this will change",
    "things will get better",
];

/// Abbreviations and the words that explain them; one of the words must be on the same page.
const ABBREVIATIONS: &[(&str, &str)] = &[
    ("SEND", "special educational needs"),
    ("AAC", "communication aid"),
    ("AI", "computer"),
    ("EHC", "education, health and care"),
    ("BSL", "british sign language"),
    ("CQC", "care quality commission"),
    ("SENDIASS", "special educational needs"),
    ("ICO", "information commissioner"),
    ("LGSCO", "local government and social care ombudsman"),
    ("PALS", "patient advice"),
    ("IPSEA", "independent provider of special education advice"),
    ("NSPCC", "national society for the prevention of cruelty to children"),
    ("TOTP", "six numbers"),
];

/// Names in capitals that stand for themselves or that everybody knows.
const KNOWN_CAPITALS: &[&str] = &[
    "NHS", "UK", "GB", "MB", "KB", "QR", "TV", "PDF", "HRD", "URL", "AA", "WCAG", "GSS", "SHA", "OK", "ID", "CSV",
    "UTC",
];

/// Something about a text that a reader may stumble over, as a sentence for whoever writes the words.
pub type Finding = String;

/// Looks at one text.
pub fn check_text(text: &str, reader: Reader) -> Vec<Finding> {
    let text = &without_addresses(text);
    let mut findings = Vec::new();
    for sentence in sentences(text) {
        let count = words_of(&sentence).count();
        if count > reader.most_words() {
            findings.push(format!("{count} words, at most {}: {sentence}", reader.most_words()));
        }
        let parts = parts_of(&sentence);
        if parts > reader.most_parts() {
            findings.push(format!("{parts} parts, at most {}; say one idea: {sentence}", reader.most_parts()));
        }
    }
    let spaced = spaced_lower(text);
    for (hard, swap) in SWAPS {
        if reader == Reader::Staff && STAFF_TERMS.contains(hard) {
            continue;
        }
        if spaced.contains(&format!(" {hard} ")) {
            findings.push(format!("\"{hard}\", write instead: {swap}. In: {text}"));
        }
    }
    for promise in PROMISES {
        if spaced.contains(&format!(" {promise} ")) {
            findings.push(format!("nobody can promise \"{promise}\": {text}"));
        }
    }
    for word in words_of(text) {
        if word.to_lowercase().replace('’', "'").ends_with("n't") {
            findings.push(format!("write \"{word}\" as two words: {text}"));
        }
        if is_capitals(word)
            && !KNOWN_CAPITALS.contains(&word)
            && !ABBREVIATIONS.iter().any(|(short, _)| *short == word)
        {
            findings.push(format!("\"{word}\" is an abbreviation that nobody explains: {text}"));
        }
    }
    findings
}

/// Looks at a page as a whole: every sentence, the abbreviations, and the grade.
pub fn check_page(text: &str, reader: Reader) -> Vec<Finding> {
    let mut findings = check_text(text, reader);
    findings.extend(unexplained_at_first_use(text));
    let grade = grade(text);
    if words_of(text).count() >= 60 && grade > reader.most_grade() {
        findings.push(format!("the reading grade is {grade:.1}, at most {:.1}", reader.most_grade()));
    }
    findings
}

/// Abbreviations that a page uses and does not explain.
pub fn unexplained(text: &str) -> Vec<Finding> {
    let lower = text.to_lowercase();
    let used = |short: &str| words_of(text).any(|word| word == short);
    ABBREVIATIONS
        .iter()
        .filter(|(short, long)| used(short) && !lower.contains(long))
        .map(|(short, long)| format!("{short} is used and not explained: say \"{long}\" where it is first used"))
        .collect()
}

/// Abbreviations that a page does not explain by the end of the block after the one that first uses them.
pub fn unexplained_at_first_use(text: &str) -> Vec<Finding> {
    let lines: Vec<&str> = text.lines().collect();
    let late = |(short, long): &&(&str, &str)| {
        let used = lines.iter().position(|line| words_of(line).any(|word| word == *short));
        used.is_some_and(|at| !lines.iter().take(at + 2).any(|line| line.to_lowercase().contains(long)))
    };
    let found = ABBREVIATIONS.iter().filter(late);
    found.map(|(short, long)| format!("{short} is not explained at first use: say \"{long}\" there")).collect()
}

/// The Flesch-Kincaid grade of a text.
pub fn grade(text: &str) -> f64 {
    let sentence_count = sentences(text).len();
    let (mut word_count, mut syllable_count) = (0_usize, 0_usize);
    for word in words_of(text).filter(|word| word.chars().any(char::is_alphabetic)) {
        word_count += 1;
        syllable_count += syllables(word);
    }
    if word_count == 0 || sentence_count == 0 {
        return 0.0;
    }
    // Counts of a page are far below 2^52, so these are exact.
    let (words, sentences, syllables) = (word_count as f64, sentence_count as f64, syllable_count as f64);
    0.39 * (words / sentences) + 11.8 * (syllables / words) - 15.59
}

/// The words that a reader meets on a rendered page, a line for each block. What a person wrote is left out, and
/// so are the six words of a code, the names of laws and other works, and the list of all councils.
pub fn text_of_page(html: &str) -> String {
    const INLINE: &[&str] = &["a", "strong", "em", "b", "i", "span", "bdi", "abbr", "label", "time", "cite"];
    let mut text = String::new();
    let mut rest = html;
    while let Some((before, after)) = rest.split_once('<') {
        text.push_str(before);
        let (tag, after) = after.split_once('>').unwrap_or((after, ""));
        rest = after;
        let name: String = tag.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
        if !INLINE.contains(&name.as_str()) {
            text.push('\n');
        }
        let skipped_to = match name.as_str() {
            _ if tag.starts_with('/') => None,
            "script" => Some("</script>"),
            "style" => Some("</style>"),
            "textarea" => Some("</textarea>"),
            "bdi" => Some("</bdi>"),
            "cite" => Some("</cite>"),
            "select" if tag.contains("name=\"area\"") => Some("</select>"),
            "div" if tag.contains("their-words") => Some("</div>"),
            "ol" if tag.contains("code-words") => Some("</ol>"),
            _ => None,
        };
        if let Some(end) = skipped_to {
            rest = rest.split_once(end).map_or("", |(_, after)| after);
        }
    }
    text.push_str(rest);
    let text = text.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

/// The text with the label of each `[label](address)` alone.
fn without_addresses(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("](") {
        plain.push_str(before);
        rest = after.split_once(')').map_or("", |(_, after)| after);
    }
    plain.push_str(rest);
    plain.replace('[', "")
}

/// How long the longest sentence is, in words.
pub fn longest_sentence(text: &str) -> usize {
    sentences(text).iter().map(|sentence| words_of(sentence).count()).max().unwrap_or_default()
}

/// The number of words.
pub fn count_words(text: &str) -> usize {
    words_of(text).count()
}

/// Sentences end with a stop and a space, or with the line.
fn sentences(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in text.lines() {
        let mut sentence = String::new();
        for word in line.split_whitespace() {
            sentence.push_str(word);
            sentence.push(' ');
            if word.trim_end_matches(['"', '”', ')', '’']).ends_with(['.', '!', '?', ':']) {
                found.push(std::mem::take(&mut sentence));
            }
        }
        found.push(sentence);
    }
    found.retain(|sentence| words_of(sentence).next().is_some());
    found
}

/// Words without the marks around them. A place such as `{number}` counts as one word.
fn words_of(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || matches!(c, '/' | '–' | '—' | '-'))
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
        .filter(|word| !word.is_empty())
}

/// The parts of a sentence that are more than things in a list.
fn parts_of(sentence: &str) -> usize {
    let spaced = sentence.to_lowercase().replace([',', ';'], " , ");
    let mut parts = vec![0];
    for word in words_and_commas(&spaced) {
        match word {
            "," | "and" | "but" | "which" => parts.push(0),
            _ => *parts.last_mut().expect("there is always a part") += 1,
        }
    }
    parts.iter().filter(|words| **words > 2).count()
}

fn words_and_commas(text: &str) -> impl Iterator<Item = &str> {
    text.split_whitespace()
        .map(|word| if word == "," { word } else { word.trim_matches(|c: char| !c.is_alphanumeric()) })
        .filter(|word| !word.is_empty())
}

fn is_capitals(word: &str) -> bool {
    word.len() >= 2 && word.chars().all(|c| c.is_ascii_uppercase())
}

fn spaced_lower(text: &str) -> String {
    let plain = text.split_whitespace().map(|word| word.trim_matches(|c: char| !c.is_alphanumeric() && c != '%'));
    format!(" {} ", plain.collect::<Vec<_>>().join(" ").to_lowercase())
}

/// Groups of vowels, less a silent e: right for most words, near enough for the rest.
fn syllables(word: &str) -> usize {
    let word: String = word.to_lowercase().chars().filter(|c| c.is_ascii_alphabetic()).collect();
    let is_vowel = |c: char| matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y');
    let mut count = 0;
    let mut before = false;
    for letter in word.chars() {
        if is_vowel(letter) && !before {
            count += 1;
        }
        before = is_vowel(letter);
    }
    let silent = (word.ends_with('e') && !word.ends_with("le"))
        || (word.ends_with("es") && !word.ends_with("ses") && !word.ends_with("ches") && !word.ends_with("ies"))
        || (word.ends_with("ed") && !word.ends_with("ted") && !word.ends_with("ded"));
    if silent && count > 1 {
        count -= 1;
    }
    count.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Words;

    #[test]
    fn long_sentences_hard_words_and_promises_are_found() {
        let long = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen.";
        assert!(check_text(long, Reader::Anybody).is_empty());
        assert_eq!(check_text(long, Reader::ShortWords).len(), 1);
        assert_eq!(check_text("You can’t do this.", Reader::Anybody).len(), 1);
        assert_eq!(check_text("We will assist you.", Reader::Anybody).len(), 1);
        assert_eq!(check_text("Nobody else will ever see this.", Reader::Anybody).len(), 1);
        assert_eq!(check_text("This was unlawful.", Reader::Staff).len(), 1);
        assert_eq!(check_text("Ask the LANO.", Reader::Anybody).len(), 1);
        assert!(check_text("It is 9.30am. We are here to help you.", Reader::ShortWords).is_empty());
    }

    #[test]
    fn a_sentence_says_one_idea_and_a_list_of_things_is_one() {
        let two = "We keep it safe, but you can take it back.";
        let three = "We keep it safe, you can take it back and nobody asks you why.";
        assert!(check_text(two, Reader::ShortWords).is_empty());
        assert!(check_text(three, Reader::Anybody).is_empty());
        assert_eq!(check_text(three, Reader::ShortWords).len(), 1);
        assert!(check_text("Videos, sound, photos, symbols and files", Reader::ShortWords).is_empty());
    }

    #[test]
    fn an_abbreviation_is_explained_where_it_is_first_used() {
        let late = "We look at SEND.\nWe visit.\nSEND means special educational needs and disabilities.";
        assert_eq!(unexplained_at_first_use(late).len(), 1);
        assert!(unexplained(late).is_empty());
        assert!(unexplained_at_first_use("About SEND\nSEND means special educational needs.").is_empty());
    }

    #[test]
    fn an_abbreviation_is_explained_on_the_page_that_uses_it() {
        assert_eq!(unexplained("We look at SEND.").len(), 1);
        assert!(unexplained("SEND means special educational needs and disabilities.").is_empty());
    }

    #[test]
    fn the_grade_knows_easy_from_hard() {
        let easy = "We want to hear you. You can talk to us. You can send a film. You can stop at any time.";
        let hard = "The authority shall, notwithstanding the aforementioned provisions, endeavour to facilitate \
                    consideration of representations concerning individual circumstances.";
        assert!(grade(easy) < 2.0, "{}", grade(easy));
        assert!(grade(hard) > 15.0, "{}", grade(hard));
    }

    #[test]
    fn a_page_is_read_without_its_tags_and_without_what_a_person_wrote() {
        let page = "<main><h1>Check</h1><p>You said <a href=\"x\">this</a>.</p><p>From: <cite>The Act</cite>.</p>\
                    <div class=\"their-words\" dir=\"auto\">we can't utilise it</div><p>Fish &amp; chips</p></main>";
        assert_eq!(text_of_page(page), "Check\nYou said this.\nFrom: .\nFish & chips");
    }

    /// Every words file keeps the rules, in every wording.
    #[test]
    fn every_words_file_is_in_plain_english() {
        let mut findings = Vec::new();
        let mut groups: std::collections::BTreeMap<(&str, bool), String> = std::collections::BTreeMap::new();
        for (key, entry) in &Words::embedded().entries {
            let group = key.split('.').next().unwrap_or(key);
            let reader = if STAFF_GROUPS.contains(&group) { Reader::Staff } else { Reader::Anybody };
            let mut look = |text: &str, reader: Reader| {
                findings.extend(check_text(text, reader).into_iter().map(|finding| format!("{key}: {finding}")));
            };
            look(&entry.plain, reader);
            let short = [&entry.short, &entry.pictures].into_iter().flatten();
            short.for_each(|text| look(text, Reader::ShortWords));
            for (short, text) in [(false, Some(&entry.plain)), (true, entry.short.as_ref())] {
                let Some(text) = text else { continue };
                let all = groups.entry((group, short)).or_default();
                all.push_str(text);
                all.push('\n');
            }
        }
        for ((group, short), text) in &groups {
            findings.extend(unexplained(text).into_iter().map(|finding| format!("{group}: {finding}")));
            let reader = match (STAFF_GROUPS.contains(group), short) {
                (true, _) => Reader::Staff,
                (false, true) => Reader::ShortWords,
                (false, false) => Reader::Anybody,
            };
            let grade = grade(text);
            if words_of(text).count() >= 60 && grade > reader.most_grade() {
                findings.push(format!("{group}: the reading grade is {grade:.1}, at most {:.1}", reader.most_grade()));
            }
        }
        assert!(findings.is_empty(), "{} findings:\n{}", findings.len(), findings.join("\n"));
    }

    /// Groups of words that only staff read.
    const STAFF_GROUPS: &[&str] = &[
        "staff",
        "account",
        "audit",
        "inspection",
        "queue",
        "lane",
        "reading",
        "notes",
        "flags",
        "custody",
        "board",
        "translation",
        "question_try",
    ];
}
