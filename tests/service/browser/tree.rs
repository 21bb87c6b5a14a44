//! HTML as a tree that can be asked for roles and names, as a screen reader asks.
//!
//! The parser gives a flat list without entities decoded; this makes an owned tree with parents out of it.

use std::rc::Rc;

/// A document: every node in the order of the page.
#[derive(Debug)]
pub struct Tree {
    nodes: Vec<Node>,
}

#[derive(Debug)]
struct Node {
    parent: Option<usize>,
    end: usize,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Element { tag: String, attributes: Vec<(String, String)> },
    Text(String),
}

/// One element of a tree.
#[derive(Clone, Debug)]
pub struct Element {
    tree: Rc<Tree>,
    at: usize,
}

/// Reads a document.
pub fn read(html: &str) -> Rc<Tree> {
    let html = with_values(html);
    let dom = tl::parse(&html, tl::ParserOptions::default()).expect("a page is HTML that can be parsed");
    let mut tree = Tree { nodes: Vec::new() };
    for child in dom.children() {
        add(&mut tree, dom.parser(), *child, None);
    }
    Rc::new(tree)
}

/// The same document with `=""` behind every attribute that has no value: the parser (tl 0.7) loses the first letter of
/// whatever follows one.
fn with_values(html: &str) -> String {
    let mut made = String::with_capacity(html.len() + html.len() / 50);
    let mut pieces = html.split('<');
    made.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        made.push('<');
        let tag_ends = if piece.starts_with(['!', '/']) { 0 } else { piece.find('>').unwrap_or(0) };
        let (tag, text) = piece.split_at(tag_ends);
        for (at, part) in tag.split('"').enumerate() {
            let in_quotes = at % 2 == 1;
            made.push_str(if at > 0 { "\"" } else { "" });
            for (place, word) in part.split(' ').enumerate() {
                let is_alone = !in_quotes && (at, place) != (0, 0) && word.chars().any(char::is_alphanumeric);
                made.push_str(if place > 0 { " " } else { "" });
                made.push_str(word);
                made.push_str(if is_alone && !word.contains('=') { "=\"\"" } else { "" });
            }
        }
        made.push_str(text);
    }
    made
}

#[test]
fn what_follows_an_attribute_without_a_value_is_read() {
    let tree = read("<p>a open b</p><audio controls preload=\"none\" src=\"/a b\" hidden></audio><br/>");
    let audio = elements(&tree).into_iter().find(|element| element.tag() == "audio").expect("an audio element");
    let read = ["controls", "preload", "src", "hidden"].map(|name| audio.attribute(name).unwrap_or("-").to_owned());
    assert_eq!(read, ["", "none", "/a b", ""]);
    assert_eq!(with_values("<p>a open b<br/><!DOCTYPE html>"), "<p>a open b<br/><!DOCTYPE html>");
}

fn add(tree: &mut Tree, parser: &tl::Parser<'_>, handle: tl::NodeHandle, parent: Option<usize>) {
    let at = tree.nodes.len();
    match handle.get(parser) {
        Some(tl::Node::Tag(tag)) => {
            let attributes = tag
                .attributes()
                .iter()
                .map(|(name, value)| (name.to_ascii_lowercase(), decode(&value.unwrap_or_default())))
                .collect();
            let kind = Kind::Element { tag: tag.name().as_utf8_str().to_ascii_lowercase(), attributes };
            tree.nodes.push(Node { parent, end: at, kind });
            for child in tag.children().top().iter() {
                add(tree, parser, *child, Some(at));
            }
        }
        Some(tl::Node::Raw(text)) => {
            tree.nodes.push(Node { parent, end: at, kind: Kind::Text(decode(&text.as_utf8_str())) });
        }
        Some(tl::Node::Comment(_)) | None => return,
    }
    let end = tree.nodes.len();
    tree.nodes[at].end = end;
}

/// Replaces the character references that our pages use.
pub fn decode(text: &str) -> String {
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('&') {
        decoded.push_str(&rest[..start]);
        rest = &rest[start..];
        let end = rest.bytes().take(12).position(|byte| byte == b';');
        match end.and_then(|end| Some((reference(&rest[1..end])?, end))) {
            Some((character, end)) => {
                decoded.push(character);
                rest = &rest[end + 1..];
            }
            None => {
                decoded.push('&');
                rest = &rest[1..];
            }
        }
    }
    decoded.push_str(rest);
    decoded
}

fn reference(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some('\u{a0}'),
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

/// Every element of a document, in its order.
pub fn elements(tree: &Rc<Tree>) -> Vec<Element> {
    within(tree, 0, tree.nodes.len())
}

/// What is in a `template` is no part of the page until script makes something of it.
fn within(tree: &Rc<Tree>, from: usize, to: usize) -> Vec<Element> {
    let mut found = Vec::new();
    let mut at = from;
    while at < to {
        let node = &tree.nodes[at];
        at = match &node.kind {
            Kind::Element { tag, .. } => {
                found.push(Element { tree: tree.clone(), at });
                if tag == "template" { node.end } else { at + 1 }
            }
            Kind::Text(_) => at + 1,
        };
    }
    found
}

impl PartialEq for Element {
    fn eq(&self, other: &Element) -> bool {
        self.at == other.at && Rc::ptr_eq(&self.tree, &other.tree)
    }
}

impl Element {
    /// The tag, in lower case.
    pub fn tag(&self) -> &str {
        match &self.tree.nodes[self.at].kind {
            Kind::Element { tag, .. } => tag,
            Kind::Text(_) => unreachable!("only elements are given out"),
        }
    }

    /// An attribute's value; empty where it has none.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        match &self.tree.nodes[self.at].kind {
            Kind::Element { attributes, .. } => {
                attributes.iter().find(|(attribute, _)| attribute == name).map(|(_, value)| value.as_str())
            }
            Kind::Text(_) => None,
        }
    }

    /// Whether an attribute is there.
    pub fn has(&self, name: &str) -> bool {
        self.attribute(name).is_some()
    }

    /// The elements inside, in their order.
    pub fn inside(&self) -> Vec<Element> {
        within(&self.tree, self.at + 1, self.tree.nodes[self.at].end)
    }

    /// The elements inside that have this tag.
    pub fn all(&self, tag: &str) -> Vec<Element> {
        self.inside().into_iter().filter(|element| element.tag() == tag).collect()
    }

    /// The elements around, from the nearest to the furthest.
    pub fn around(&self) -> Vec<Element> {
        let mut around = Vec::new();
        let mut at = self.tree.nodes[self.at].parent;
        while let Some(parent) = at {
            around.push(Element { tree: self.tree.clone(), at: parent });
            at = self.tree.nodes[parent].parent;
        }
        around
    }

    /// The nearest element around with this tag.
    pub fn closest(&self, tag: &str) -> Option<Element> {
        self.around().into_iter().find(|element| element.tag() == tag)
    }

    /// The text inside, as it was written, without what is hidden from everyone.
    pub fn raw_text(&self) -> String {
        let mut text = String::new();
        let mut at = self.at;
        let end = self.tree.nodes[self.at].end;
        while at < end {
            let node = &self.tree.nodes[at];
            match &node.kind {
                Kind::Text(words) => text.push_str(words),
                Kind::Element { tag, attributes } => {
                    let hidden = at != self.at && attributes.iter().any(|(name, _)| name == "hidden");
                    if hidden || matches!(tag.as_str(), "script" | "style" | "template") {
                        at = node.end;
                        continue;
                    }
                    if let Some((_, alt)) = attributes.iter().find(|(name, _)| tag == "img" && name == "alt") {
                        text.push_str(alt);
                    }
                    if is_block(tag) && !text.ends_with('\n') {
                        text.push('\n');
                    }
                }
            }
            at += 1;
        }
        text
    }

    /// The text inside, with white space folded.
    pub fn text(&self) -> String {
        fold(&self.raw_text())
    }

    /// The name that a screen reader gives this element.
    pub fn name(&self) -> String {
        if let Some(ids) = self.attribute("aria-labelledby") {
            let parts = ids.split_whitespace().filter_map(|id| self.by_id(id)).map(|element| element.text());
            return fold(&parts.collect::<Vec<_>>().join(" "));
        }
        if let Some(label) = self.attribute("aria-label") {
            return fold(label);
        }
        match self.tag() {
            "input" if matches!(self.kind(), "submit" | "button") => fold(self.attribute("value").unwrap_or("Submit")),
            "input" | "select" | "textarea" => self.label().map(|label| label.text()).unwrap_or_default(),
            "fieldset" => self.all("legend").first().map(Element::text).unwrap_or_default(),
            _ => self.text(),
        }
    }

    /// The label of a field.
    pub fn label(&self) -> Option<Element> {
        let everywhere = elements(&self.tree);
        if let Some(id) = self.attribute("id")
            && let Some(label) =
                everywhere.into_iter().find(|element| element.tag() == "label" && element.attribute("for") == Some(id))
        {
            return Some(label);
        }
        self.closest("label")
    }

    /// What kind of input it is.
    pub fn kind(&self) -> &str {
        match self.tag() {
            "input" => self.attribute("type").unwrap_or("text"),
            "button" => self.attribute("type").unwrap_or("submit"),
            other => other,
        }
    }

    /// Whether pressing this sends its form.
    pub fn sends(&self) -> bool {
        matches!((self.tag(), self.kind()), ("button", "submit") | ("input", "submit" | "image"))
    }

    /// Whether a browser leaves this field out because it, or a fieldset around it, is disabled.
    pub fn is_disabled(&self) -> bool {
        self.has("disabled")
            || self.around().iter().any(|element| element.tag() == "fieldset" && element.has("disabled"))
    }

    /// The form that a field or button belongs to.
    pub fn form(&self) -> Option<Element> {
        match self.attribute("form") {
            Some(id) => self.by_id(id),
            None => self.closest("form"),
        }
    }

    fn by_id(&self, id: &str) -> Option<Element> {
        elements(&self.tree).into_iter().find(|element| element.attribute("id") == Some(id))
    }
}

/// White space folded to single spaces, and none at the ends.
pub fn fold(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_block(tag: &str) -> bool {
    matches!(
        tag,
        "p" | "div"
            | "li"
            | "ul"
            | "ol"
            | "dl"
            | "dt"
            | "dd"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "tr"
            | "td"
            | "th"
            | "br"
            | "section"
            | "header"
            | "footer"
            | "main"
            | "nav"
            | "form"
            | "fieldset"
            | "legend"
            | "label"
            | "option"
            | "article"
            | "aside"
            | "summary"
            | "details"
            | "table"
            | "blockquote"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_named_by_their_labels() {
        let tree = read(
            "<form><label for=a>Your <b>name</b></label><input id=a name=n>\
             <fieldset><legend>Who?</legend><label><input type=radio name=w value=p> A parent</label></fieldset></form>",
        );
        let named: Vec<String> =
            elements(&tree).iter().filter(|element| element.tag() == "input").map(Element::name).collect();
        assert_eq!(named, ["Your name", "A parent"]);
    }

    #[test]
    fn character_references_are_read() {
        assert_eq!(decode("a &lt;b&gt; &amp; &#39;c&#x27; & d &unknown;"), "a <b> & 'c' & d &unknown;");
    }
}
