//! JSON as it comes from devices: with a mark or a notice before it, with comments, a comma too many, cut off in the
//! middle. It is kept as a tape, one small record for each value, so that a file of many values stays small in memory;
//! words are unescaped only when somebody asks for them. What a cut-off file held up to there can be read.

use std::borrow::Cow;

/// How deep values may stand inside each other.
const DEEPEST: usize = 128;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Null,
    True,
    False,
    Number,
    Text,
    List,
    Object,
}

/// A value, from `start` to `end` of the text; `after` is the place on the tape after it and all that is inside it.
#[derive(Clone, Copy, Debug)]
struct Node {
    kind: Kind,
    /// Whether the file goes on to its end.
    whole: bool,
    start: u32,
    end: u32,
    after: u32,
}

/// Why the tape stops before the file does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::aac) enum Stopped {
    /// The file ends in the middle.
    Early,
    /// Something at this byte is not JSON.
    Damaged(usize),
    /// Values stand too deep inside each other.
    TooDeep,
    /// There are too many values.
    TooMany,
}

/// A text and where its values are.
#[derive(Debug)]
pub(in crate::aac) struct Tape<'a> {
    text: &'a str,
    nodes: Vec<Node>,
    /// Where and why reading stopped, when not at the end.
    pub(in crate::aac) stopped: Option<Stopped>,
}

impl<'a> Tape<'a> {
    /// Reads at most `most` values.
    pub(in crate::aac) fn read(text: &'a str, most: usize) -> Tape<'a> {
        let mut reader = Reader { text, bytes: text.as_bytes(), at: 0, nodes: Vec::new(), most, depth: 0 };
        let stopped = reader.value().err();
        Tape { text, nodes: reader.nodes, stopped }
    }

    /// The outermost value.
    pub(in crate::aac) fn root(&'a self) -> Option<Value<'a>> {
        (!self.nodes.is_empty()).then_some(Value { tape: self, at: 0 })
    }
}

struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    nodes: Vec<Node>,
    most: usize,
    depth: usize,
}

impl Reader<'_> {
    fn value(&mut self) -> Result<(), Stopped> {
        match self.next_byte()? {
            b'{' => self.inside(Kind::Object, b'}'),
            b'[' => self.inside(Kind::List, b']'),
            b'"' => self.text_value(),
            b'-' | b'+' | b'0'..=b'9' | b'.' => self.number(),
            _ => self.word(),
        }
    }

    /// The next byte that is neither space nor comment; it stays where it is.
    fn next_byte(&mut self) -> Result<u8, Stopped> {
        loop {
            let rest = &self.bytes[self.at..];
            match rest {
                [] => return Err(Stopped::Early),
                [b' ' | b'\t' | b'\r' | b'\n', ..] => self.at += 1,
                [0xEF, 0xBB, 0xBF, ..] => self.at += 3,
                [b'/', b'*', ..] => self.at += rest.windows(2).position(|two| two == b"*/").ok_or(Stopped::Early)? + 2,
                [b'/', b'/', ..] => self.at += rest.iter().position(|byte| *byte == b'\n').ok_or(Stopped::Early)?,
                [byte, ..] => return Ok(*byte),
            }
        }
    }

    fn open(&mut self, kind: Kind, start: usize) -> Result<usize, Stopped> {
        if self.nodes.len() >= self.most {
            return Err(Stopped::TooMany);
        }
        let number = |size: usize| u32::try_from(size).map_err(|_| Stopped::TooMany);
        let here = self.nodes.len();
        let whole = !matches!(kind, Kind::List | Kind::Object);
        self.nodes.push(Node { kind, whole, start: number(start)?, end: number(start)?, after: number(here + 1)? });
        Ok(here)
    }

    /// Ends the value at `node` here; what was read inside it is inside it.
    fn close(&mut self, node: usize, end: usize) {
        let after = self.nodes.len() as u32;
        self.nodes[node].end = end as u32;
        self.nodes[node].after = after;
    }

    fn inside(&mut self, kind: Kind, ends: u8) -> Result<(), Stopped> {
        let node = self.open(kind, self.at)?;
        self.at += 1;
        self.depth += 1;
        let came = if self.depth > DEEPEST { Err(Stopped::TooDeep) } else { self.members(kind, ends) };
        self.depth -= 1;
        self.close(node, self.at);
        self.nodes[node].whole = came.is_ok();
        came
    }

    fn members(&mut self, kind: Kind, ends: u8) -> Result<(), Stopped> {
        loop {
            match self.next_byte()? {
                byte if byte == ends => {
                    self.at += 1;
                    return Ok(());
                }
                b',' => self.at += 1,
                _ if kind == Kind::Object => self.member()?,
                _ => self.value()?,
            }
        }
    }

    /// A name and its value; a name whose value never came is taken back.
    fn member(&mut self) -> Result<(), Stopped> {
        let before = self.nodes.len();
        let named = self.name_and_colon();
        if named.is_ok() {
            let had = self.nodes.len();
            let came = self.value();
            if self.nodes.len() > had {
                return came;
            }
            self.nodes.truncate(before);
            return came;
        }
        self.nodes.truncate(before);
        named
    }

    fn name_and_colon(&mut self) -> Result<(), Stopped> {
        if self.next_byte()? != b'"' {
            return Err(Stopped::Damaged(self.at));
        }
        self.text_value()?;
        if self.next_byte()? != b':' {
            return Err(Stopped::Damaged(self.at));
        }
        self.at += 1;
        Ok(())
    }

    /// A word in quotes; one that is cut off is not kept, for half a word is another word.
    fn text_value(&mut self) -> Result<(), Stopped> {
        let start = self.at + 1;
        // A picture is one long word: the quote that ends it is sought many bytes at a time.
        let quote = start + self.text.get(start..).and_then(|rest| rest.find('"')).ok_or(Stopped::Early)?;
        let escape = self.bytes[start..quote].contains(&b'\\');
        let mut end = if escape { start } else { quote };
        loop {
            match self.bytes.get(end) {
                None => return Err(Stopped::Early),
                Some(b'"') => break,
                Some(b'\\') => end += 2,
                Some(_) => end += 1,
            }
        }
        let node = self.open(Kind::Text, start)?;
        self.close(node, end);
        self.at = end + 1;
        Ok(())
    }

    fn number(&mut self) -> Result<(), Stopped> {
        let rest = &self.bytes[self.at..];
        let length =
            rest.iter().take_while(|byte| matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9')).count();
        if length == rest.len() && self.depth > 0 {
            return Err(Stopped::Early);
        }
        let node = self.open(Kind::Number, self.at)?;
        self.at += length;
        self.close(node, self.at);
        Ok(())
    }

    fn word(&mut self) -> Result<(), Stopped> {
        for (word, kind) in [("true", Kind::True), ("false", Kind::False), ("null", Kind::Null), ("NaN", Kind::Null)] {
            let rest = &self.text.as_bytes()[self.at..];
            if rest.starts_with(word.as_bytes()) {
                let node = self.open(kind, self.at)?;
                self.at += word.len();
                self.close(node, self.at);
                return Ok(());
            }
            if word.as_bytes().starts_with(rest) {
                return Err(Stopped::Early);
            }
        }
        Err(Stopped::Damaged(self.at))
    }
}

/// One value.
#[derive(Clone, Copy, Debug)]
pub(in crate::aac) struct Value<'a> {
    tape: &'a Tape<'a>,
    at: u32,
}

impl<'a> Value<'a> {
    fn node(self) -> Node {
        self.tape.nodes[self.at as usize]
    }

    pub(in crate::aac) fn is_object(self) -> bool {
        self.node().kind == Kind::Object
    }

    /// Whether it is an object, and all of it is there. Half a line of a log, or half a button, could lack the word that
    /// changes its meaning: that a supporter pressed it, that it was hidden.
    pub(in crate::aac) fn is_whole_object(self) -> bool {
        self.is_object() && self.node().whole
    }

    pub(in crate::aac) fn is_list(self) -> bool {
        self.node().kind == Kind::List
    }

    /// The members of a list; none for anything else.
    pub(in crate::aac) fn items(self) -> impl Iterator<Item = Value<'a>> {
        let ends = if self.is_list() { self.node().after } else { 0 };
        Walk { tape: self.tape, at: self.at + 1, ends }
    }

    /// The members of an object with their names; none for anything else.
    pub(in crate::aac) fn fields(self) -> impl Iterator<Item = (Cow<'a, str>, Value<'a>)> {
        let ends = if self.is_object() { self.node().after } else { 0 };
        let mut walk = Walk { tape: self.tape, at: self.at + 1, ends };
        std::iter::from_fn(move || Some((walk.next()?.unescaped(), walk.next()?)))
    }

    /// The member of this name.
    pub(in crate::aac) fn get(self, name: &str) -> Option<Value<'a>> {
        let ends = if self.is_object() { self.node().after } else { 0 };
        let mut walk = Walk { tape: self.tape, at: self.at + 1, ends };
        while let (Some(key), Some(value)) = (walk.next(), walk.next()) {
            if key.is_named(name) {
                return Some(value);
            }
        }
        None
    }

    fn is_named(self, name: &str) -> bool {
        let raw = self.raw();
        raw == name || (raw.contains('\\') && self.unescaped() == name)
    }

    fn raw(self) -> &'a str {
        let node = self.node();
        self.tape.text.get(node.start as usize..node.end as usize).unwrap_or_default()
    }

    /// The letters of a text or a number; nothing for anything else.
    pub(in crate::aac) fn text(self) -> Option<Cow<'a, str>> {
        match self.node().kind {
            Kind::Text => Some(self.unescaped()),
            Kind::Number => Some(Cow::Borrowed(self.raw())),
            _ => None,
        }
    }

    /// A number, also where it stands in quotes.
    pub(in crate::aac) fn number(self) -> Option<f64> {
        let number: f64 = self.text()?.trim().parse().ok()?;
        number.is_finite().then_some(number)
    }

    /// A count from 0 on.
    pub(in crate::aac) fn count(self) -> Option<u32> {
        let number = self.number()?;
        (0.0..=4_000_000_000.0).contains(&number).then_some(number as u32)
    }

    /// Yes or no, also as 1 and 0 and in quotes.
    pub(in crate::aac) fn truth(self) -> Option<bool> {
        match self.node().kind {
            Kind::True => Some(true),
            Kind::False => Some(false),
            Kind::Number | Kind::Text => match self.text()?.trim() {
                "true" | "True" | "1" | "yes" => Some(true),
                "false" | "False" | "0" | "no" => Some(false),
                _ => None,
            },
            _ => None,
        }
    }

    fn unescaped(self) -> Cow<'a, str> {
        let raw = self.raw();
        if raw.contains('\\') { Cow::Owned(unescape(raw)) } else { Cow::Borrowed(raw) }
    }
}

struct Walk<'a> {
    tape: &'a Tape<'a>,
    at: u32,
    ends: u32,
}

impl<'a> Iterator for Walk<'a> {
    type Item = Value<'a>;

    fn next(&mut self) -> Option<Value<'a>> {
        let node = self.tape.nodes.get(self.at as usize).filter(|_| self.at < self.ends)?;
        let value = Value { tape: self.tape, at: self.at };
        self.at = node.after;
        Some(value)
    }
}

fn unescape(raw: &str) -> String {
    let mut text = String::with_capacity(raw.len());
    let mut letters = raw.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            text.push(letter);
            continue;
        }
        match letters.next() {
            Some('n') => text.push('\n'),
            Some('t') => text.push('\t'),
            Some('r') => text.push('\r'),
            Some('b') => text.push('\u{8}'),
            Some('f') => text.push('\u{c}'),
            Some('u') => text.push(by_number(&mut letters)),
            Some(other) => text.push(other),
            None => {}
        }
    }
    text
}

/// The letter of `\uXXXX`, or of two of them for the letters beyond the first 65,536.
fn by_number(letters: &mut std::str::Chars<'_>) -> char {
    let Some(first) = four_digits(letters) else { return char::REPLACEMENT_CHARACTER };
    if let Some(letter) = char::from_u32(first) {
        return letter;
    }
    let mut ahead = letters.clone();
    let second = match (ahead.next(), ahead.next()) {
        (Some('\\'), Some('u')) => four_digits(&mut ahead).filter(|second| (0xDC00..0xE000).contains(second)),
        _ => None,
    };
    if let Some(second) = second {
        *letters = ahead;
        let joined = 0x1_0000 + ((first & 0x3FF) << 10) + (second & 0x3FF);
        return char::from_u32(joined).unwrap_or(char::REPLACEMENT_CHARACTER);
    }
    char::REPLACEMENT_CHARACTER
}

fn four_digits(letters: &mut std::str::Chars<'_>) -> Option<u32> {
    let mut ahead = letters.clone();
    let mut number = 0;
    for _ in 0..4 {
        number = number * 16 + ahead.next()?.to_digit(16)?;
    }
    *letters = ahead;
    Some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_with_a_notice_comments_and_a_comma_too_many_is_read_whole() {
        let tape = Tape::read("/* NOTICE */ {\"a\": [1, \"two\", ], // so\n \"b\\u0021\": {\"c\": true}}", 100);
        assert_eq!(tape.stopped, None);
        let root = tape.root().expect("there is a value");
        let words: Vec<_> = root.get("a").expect("a is there").items().filter_map(Value::text).collect();
        assert_eq!(words, ["1", "two"]);
        let c = root.get("b!").and_then(|b| b.get("c")).and_then(Value::truth);
        assert_eq!(c, Some(true));
    }

    #[test]
    fn what_stands_before_the_cut_can_be_read() {
        let whole = r#"{"words": [{"label": "one"}, {"label": "two"}, {"label": "thr"#;
        let tape = Tape::read(whole, 100);
        assert_eq!(tape.stopped, Some(Stopped::Early));
        let words = tape.root().and_then(|root| root.get("words")).expect("the list is there");
        let labels: Vec<_> = words.items().filter_map(|item| item.get("label")).filter_map(Value::text).collect();
        assert_eq!(labels, ["one", "two"]);
    }

    #[test]
    fn depth_and_number_have_limits() {
        let deep = "[".repeat(100_000);
        assert_eq!(Tape::read(&deep, 1_000_000).stopped, Some(Stopped::TooDeep));
        let many = format!("[{}0]", "0,".repeat(1000));
        assert_eq!(Tape::read(&many, 100).stopped, Some(Stopped::TooMany));
        assert_eq!(Tape::read("", 10).stopped, Some(Stopped::Early));
        assert_eq!(Tape::read("{\"a\" 1}", 10).stopped, Some(Stopped::Damaged(5)));
    }

    #[test]
    fn letters_are_unescaped() {
        let tape = Tape::read(r#""\ud83d\ude00 \"caf\u00e9\" \ud83d x""#, 10);
        assert_eq!(tape.root().and_then(Value::text).as_deref(), Some("😀 \"café\" \u{FFFD} x"));
    }
}
