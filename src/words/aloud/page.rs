//! Cuts a rendered part of a page into the sentences that a voice can say, in the order in which a screen reader comes to
//! them. What is a person's own (their words, a name, a file's name, a code) is one mark, without what it says.

/// One thing to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// A sentence, or words without an end such as a heading.
    Sentence(String),
    /// Something that is not among our words; what it says is not kept.
    NotOurs,
    /// The end of a line.
    LineEnd,
}

/// Elements that go on in the line that they stand in.
const INLINE: &[&str] =
    &["a", "strong", "em", "b", "i", "span", "bdi", "abbr", "label", "time", "code", "small", "wbr"];
/// Elements that hold what a person wrote or chose, or a code.
const NOT_OURS: &[&str] = &["bdi", "textarea", "code", "time"];
/// The same by class.
const NOT_OURS_BY_CLASS: &[&str] = &["their-words", "code-words", "reference"];
/// Elements that say nothing.
const SILENT: &[&str] = &["script", "style", "template", "noscript", "svg", "audio", "video"];
/// Long lists of names that people know: `select`; what is on paper only; our own button.
const LEFT_OUT_BY_CLASS: &[&str] = &["room-to-draw", "read-aloud"];
/// Elements without an end.
const VOID: &[&str] = &["img", "input", "br", "hr", "meta", "link", "wbr", "source", "track"];

/// What stands for a person's own while a line is put together. It is in no text of ours.
const MARK: char = '\u{FFFC}';

/// The pieces of a rendered part of a page.
pub fn pieces(html: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for line in lines(html) {
        let parts: Vec<&str> = line.split(MARK).collect();
        for (index, part) in parts.iter().enumerate() {
            if index > 0 {
                pieces.push(Piece::NotOurs);
            }
            pieces.extend(sentences(part).into_iter().map(Piece::Sentence));
        }
        pieces.push(Piece::LineEnd);
    }
    pieces
}

/// The sentences of a text, with single spaces. A sentence ends with a stop and a space, with " / ", or with the text; what has no
/// letter and no digit is none.
pub fn sentences(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut sentence = String::new();
    for word in text.split_whitespace() {
        // Between things to choose from.
        if word == "/" {
            found.push(std::mem::take(&mut sentence));
            continue;
        }
        if !sentence.is_empty() {
            sentence.push(' ');
        }
        sentence.push_str(word);
        if word.trim_end_matches(['"', '”', ')', '’']).ends_with(['.', '!', '?']) {
            found.push(std::mem::take(&mut sentence));
        }
    }
    found.push(sentence);
    found.retain(|sentence| sentence.chars().any(char::is_alphanumeric));
    found
}

/// The lines of a rendered part of a page; a person's own is one [`MARK`].
fn lines(html: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut rest = html;
    // Two inline elements side by side, with nothing between them, are two things to say.
    let mut closed_just_now = false;
    while let Some((before, after)) = rest.split_once('<') {
        push(&mut lines, before);
        closed_just_now &= before.is_empty();
        let (tag, after) = after.split_once('>').unwrap_or((after, ""));
        rest = after;
        let name = name_of(tag);
        let closes = tag.starts_with('/');
        if !INLINE.contains(&name) || (closed_just_now && !closes) {
            lines.push(String::new());
        }
        closed_just_now = closes;
        if closes || VOID.contains(&name) {
            continue;
        }
        match what_is(name, tag) {
            Kind::Ours => {}
            Kind::NotOurs => {
                push(&mut lines, &MARK.to_string());
                rest = after_element(rest, name);
                closed_just_now = true;
            }
            Kind::Silent => {
                rest = after_element(rest, name);
                lines.push(String::new());
            }
        }
    }
    push(&mut lines, rest);
    lines.retain(|line| line.contains(MARK) || line.chars().any(char::is_alphanumeric));
    lines
}

enum Kind {
    Ours,
    NotOurs,
    Silent,
}

fn what_is(name: &str, tag: &str) -> Kind {
    let has_class = |classes: &[&str]| {
        let given =
            tag.split_once("class=\"").and_then(|(_, rest)| rest.split_once('"')).map_or("", |(given, _)| given);
        given.split(' ').any(|class| classes.contains(&class))
    };
    let is_hidden = tag.split_whitespace().any(|word| word == "hidden" || word.starts_with("hidden="));
    match () {
        () if SILENT.contains(&name) || is_hidden || has_class(LEFT_OUT_BY_CLASS) || name == "select" => Kind::Silent,
        () if NOT_OURS.contains(&name) || has_class(NOT_OURS_BY_CLASS) => Kind::NotOurs,
        () => Kind::Ours,
    }
}

fn name_of(tag: &str) -> &str {
    let name = tag.trim_start_matches('/');
    &name[..name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len())]
}

/// What follows the end of the element that has just begun.
fn after_element<'a>(html: &'a str, name: &str) -> &'a str {
    let mut depth = 1;
    let mut rest = html;
    while let Some((_, after)) = rest.split_once('<') {
        let (tag, after) = after.split_once('>').unwrap_or((after, ""));
        rest = after;
        match name_of(tag) == name {
            true if tag.starts_with('/') => depth -= 1,
            true => depth += 1,
            false => {}
        }
        if depth == 0 {
            return rest;
        }
    }
    ""
}

fn push(lines: &mut [String], text: &str) {
    let Some(line) = lines.last_mut() else { return };
    let plain = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
    line.push_str(&plain);
}
