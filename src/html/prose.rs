//! Text of several paragraphs from one words key, so that a page of words can be changed without Rust.
//!
//! A blank line ends a paragraph; lines that begin with `- ` are a list; `[label](address)` is a link to one of our own
//! pages, to an `https` page, to a mail address or to a phone number. Everything else is text and is escaped as such.

use maud::{Markup, html};

/// Paragraphs, lists and links.
///
/// WCAG 1.3.1: real lists; 2.4.9: the words file gives each link a label that says where it leads.
pub fn prose(text: &str) -> Markup {
    html! {
        @for block in text.split("\n\n").map(str::trim).filter(|block| !block.is_empty()) {
            @if block.starts_with("- ") {
                ul.list { @for item in list_items(block) { li { (line(&item)) } } }
            } @else {
                p { (line(block)) }
            }
        }
    }
}

/// The items of a list; a line that does not begin with `- ` goes on with the item before it.
fn list_items(block: &str) -> Vec<String> {
    let mut items: Vec<String> = Vec::new();
    for line in block.lines() {
        match (line.strip_prefix("- "), items.last_mut()) {
            (None, Some(item)) => {
                item.push(' ');
                item.push_str(line.trim());
            }
            (item, _) => items.push(item.unwrap_or(line).to_owned()),
        }
    }
    items
}

/// One line with its links.
pub fn line(text: &str) -> Markup {
    let mut rest = text;
    let mut pieces: Vec<Markup> = Vec::new();
    while let Some((before, label, address, after)) = next_link(rest) {
        pieces.push(html! { (before) a href=(address) { (label) } });
        rest = after;
    }
    html! { @for piece in pieces { (piece) } (rest) }
}

/// The text before the first link, its label, its address, and the text after it.
fn next_link(text: &str) -> Option<(&str, &str, &str, &str)> {
    let (before, after) = text.split_once('[')?;
    let (label, after) = after.split_once("](")?;
    let (address, after) = after.split_once(')')?;
    let is_ours = address.starts_with('/') && !address.starts_with("//");
    let is_known = ["https://", "mailto:", "tel:"].iter().any(|kind| address.starts_with(kind));
    (is_ours || is_known).then_some((before, label, address, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_lists_and_links_are_made_and_nothing_else() {
        let made = prose("One [help](/help) <b>x</b>.\n\n- a\n- b\n  goes on").into_string();
        assert_eq!(
            made,
            "<p>One <a href=\"/help\">help</a> &lt;b&gt;x&lt;/b&gt;.</p><ul class=\"list\"><li>a</li><li>b goes on</li></ul>"
        );
        assert!(!prose("[x](javascript:alert)").into_string().contains("<a"));
        assert!(!prose("[x](//other.example)").into_string().contains("<a"));
    }
}
