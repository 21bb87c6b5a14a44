//! XML without trust: no document type, no entity but the five of XML itself, nothing fetched. The elements lie on one
//! tape that borrows the file's letters; where the file breaks, what came before stands.

use std::borrow::Cow;

use xmlparser::{ElementEnd, Token, Tokenizer};

/// How deep elements may stand inside each other.
const DEEPEST: usize = 64;

#[derive(Clone, Copy, Debug)]
enum What<'a> {
    Element {
        name: &'a str,
        attributes: (u32, u32),
        after: u32,
    },
    Text(&'a str),
    /// Letters that stand for themselves.
    Verbatim(&'a str),
}

/// Why reading stopped before the file's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::aac) enum Stopped {
    /// It is damaged or ends early.
    Damaged,
    /// It has a document type, which honest files of this kind never have.
    DocumentType,
    /// Elements stand too deep inside each other.
    TooDeep,
    /// There are too many elements.
    TooMany,
}

/// The elements of a file.
#[derive(Debug, Default)]
pub(in crate::aac) struct Tree<'a> {
    whats: Vec<What<'a>>,
    attributes: Vec<(&'a str, &'a str)>,
    ends_in_text: bool,
    /// Why reading stopped early.
    pub(in crate::aac) stopped: Option<Stopped>,
}

impl<'a> Tree<'a> {
    /// Reads at most `most` elements and pieces of text.
    pub(in crate::aac) fn read(text: &'a str, most: usize) -> Tree<'a> {
        let mut tree = Tree::default();
        let mut open: Vec<usize> = Vec::new();
        tree.stopped = tree.fill(text, most, &mut open).err();
        // Half a word is another word.
        if !open.is_empty() && tree.ends_in_text {
            tree.whats.pop();
        }
        while let Some(element) = open.pop() {
            tree.close(element);
            tree.stopped = tree.stopped.or(Some(Stopped::Damaged));
        }
        tree
    }

    fn fill(&mut self, text: &'a str, most: usize, open: &mut Vec<usize>) -> Result<(), Stopped> {
        for token in Tokenizer::from(text) {
            if self.whats.len() >= most || self.attributes.len() >= most {
                return Err(Stopped::TooMany);
            }
            let token = token.map_err(|_| Stopped::Damaged)?;
            self.ends_in_text = matches!(token, Token::Text { .. });
            match token {
                Token::DtdStart { .. } | Token::EmptyDtd { .. } | Token::EntityDeclaration { .. } => {
                    return Err(Stopped::DocumentType);
                }
                Token::ElementStart { local, .. } => {
                    if open.len() >= DEEPEST {
                        return Err(Stopped::TooDeep);
                    }
                    open.push(self.whats.len());
                    let none = self.attributes.len() as u32;
                    self.whats.push(What::Element { name: local.as_str(), attributes: (none, none), after: 0 });
                }
                Token::Attribute { local, value, .. } => {
                    self.attributes.push((local.as_str(), value.as_str()));
                    if let Some(What::Element { attributes, .. }) = open.last().and_then(|at| self.whats.get_mut(*at)) {
                        attributes.1 = self.attributes.len() as u32;
                    }
                }
                Token::ElementEnd { end: ElementEnd::Open, .. } => {}
                Token::ElementEnd { .. } => {
                    let element = open.pop().ok_or(Stopped::Damaged)?;
                    self.close(element);
                }
                Token::Text { text } => self.whats.push(What::Text(text.as_str())),
                Token::Cdata { text, .. } => self.whats.push(What::Verbatim(text.as_str())),
                _ => {}
            }
        }
        Ok(())
    }

    fn close(&mut self, element: usize) {
        let here = self.whats.len() as u32;
        if let Some(What::Element { after, .. }) = self.whats.get_mut(element) {
            *after = here;
        }
    }

    /// The outermost element.
    pub(in crate::aac) fn root(&'a self) -> Option<Element<'a>> {
        let at = self.whats.iter().position(|what| matches!(what, What::Element { .. }))?;
        Some(Element { tree: self, at })
    }
}

/// One element.
#[derive(Clone, Copy, Debug)]
pub(in crate::aac) struct Element<'a> {
    tree: &'a Tree<'a>,
    at: usize,
}

impl<'a> Element<'a> {
    fn after(self) -> usize {
        match self.tree.whats[self.at] {
            What::Element { after, .. } => after as usize,
            _ => self.at + 1,
        }
    }

    pub(in crate::aac) fn name(self) -> &'a str {
        match self.tree.whats[self.at] {
            What::Element { name, .. } => name,
            _ => "",
        }
    }

    /// The elements right inside it.
    pub(in crate::aac) fn children(self) -> impl Iterator<Item = Element<'a>> {
        let (tree, ends) = (self.tree, self.after());
        let mut at = self.at + 1;
        std::iter::from_fn(move || {
            while at < ends {
                let here = Element { tree, at };
                at = here.after().max(at + 1);
                if !here.name().is_empty() {
                    return Some(here);
                }
            }
            None
        })
    }

    /// The first element right inside it with this name; letters' case makes no difference.
    pub(in crate::aac) fn child(self, name: &str) -> Option<Element<'a>> {
        self.children().find(|child| child.name().eq_ignore_ascii_case(name))
    }

    /// The elements right inside it with this name.
    pub(in crate::aac) fn named(self, name: &'a str) -> impl Iterator<Item = Element<'a>> {
        self.children().filter(move |child| child.name().eq_ignore_ascii_case(name))
    }

    /// Every element inside it with this name, at any depth.
    pub(in crate::aac) fn all(self, name: &'a str) -> impl Iterator<Item = Element<'a>> {
        let (tree, ends) = (self.tree, self.after());
        (self.at + 1..ends)
            .map(move |at| Element { tree, at })
            .filter(move |inside| inside.name().eq_ignore_ascii_case(name))
    }

    pub(in crate::aac) fn attribute(self, name: &str) -> Option<Cow<'a, str>> {
        let What::Element { attributes: (from, to), .. } = self.tree.whats[self.at] else { return None };
        let attributes = self.tree.attributes.get(from as usize..to as usize)?;
        let (_, value) = attributes.iter().find(|(key, _)| key.eq_ignore_ascii_case(name))?;
        Some(resolved(value))
    }

    /// All letters inside it, in order.
    pub(in crate::aac) fn text(self) -> String {
        self.letters(|letters| letters)
    }

    /// All letters inside it without the line ends and spaces that only lay out the file.
    pub(in crate::aac) fn text_without_layout(self) -> String {
        self.letters(|letters| if letters.contains('\n') { letters.trim() } else { letters })
    }

    fn letters(self, part: fn(&str) -> &str) -> String {
        let mut text = String::new();
        for what in &self.tree.whats[self.at + 1..self.after().max(self.at + 1)] {
            match what {
                What::Text(letters) => text.push_str(&resolved(part(letters))),
                What::Verbatim(letters) => text.push_str(letters),
                What::Element { .. } => {}
            }
        }
        text
    }
}

/// The five entities of XML and letters by number; anything else after `&` stands as it was written.
fn resolved(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut done = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        done.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.bytes().take(12).position(|byte| byte == b';');
        match end.and_then(|end| Some((letter_named(&rest[1..end])?, end))) {
            Some((letter, end)) => {
                done.push(letter);
                rest = &rest[end + 1..];
            }
            None => {
                done.push('&');
                rest = &rest[1..];
            }
        }
    }
    done.push_str(rest);
    Cow::Owned(done)
}

fn letter_named(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_attributes_and_text_are_read() {
        let tree = Tree::read(
            "<?xml version=\"1.0\"?><a x:y=\"1 &lt; 2\"><b>one<![CDATA[ & ]]>two</b><B/><c><b>&#233;&nbsp;</b></c></a>",
            100,
        );
        assert_eq!(tree.stopped, None);
        let root = tree.root().expect("there is an element");
        assert_eq!(root.attribute("Y").as_deref(), Some("1 < 2"));
        let texts: Vec<_> = root.all("b").map(Element::text).collect();
        assert_eq!(texts, ["one & two", "", "é&nbsp;"]);
        assert_eq!(root.named("b").count(), 2);
    }

    #[test]
    fn a_document_type_ends_it_and_damage_keeps_what_came_before() {
        let evil = "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>";
        assert_eq!(Tree::read(evil, 100).stopped, Some(Stopped::DocumentType));
        let cut = Tree::read("<a><b>one</b><b>two</b><b>thr", 100);
        assert_eq!(cut.stopped, Some(Stopped::Damaged));
        let texts: Vec<_> = cut.root().expect("the root is there").named("b").map(Element::text).collect();
        assert_eq!(texts, ["one", "two", ""]);
        let deep = "<a>".repeat(1000);
        assert_eq!(Tree::read(&deep, 10_000).stopped, Some(Stopped::TooDeep));
    }
}
