//! Marks around English that stands in a page of another language, because nobody has translated it yet.
//!
//! A text from the words files is plain text for whoever uses it, so it cannot carry markup. It carries two
//! noncharacters of Unicode instead (U+FDD0 and U+FDD1, which are for use inside a program and never in text), and
//! [`show`] turns them into `lang="en" dir="ltr"` when the page is whole: on a paragraph, heading or the like that is
//! English through and through, so that a sentence with a link in it keeps its order; else on a span. In attributes,
//! titles, choices of a list and other places that hold no markup they are taken out.

const BEGIN: char = '\u{fdd0}';
const END: char = '\u{fdd1}';

/// Elements that hold text only.
const TEXT_ONLY: [&str; 5] = ["title", "option", "textarea", "script", "style"];

/// Elements that hold a sentence or more.
const BLOCKS: [&str; 14] = ["p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "dt", "dd", "th", "td", "caption", "legend"];

/// Elements inside a sentence, which nobody's own words stand in.
const INSIDE: [&str; 10] = ["a", "strong", "em", "b", "i", "br", "img", "code", "small", "abbr"];

/// A text, marked as English.
pub fn in_english(text: &str) -> String {
    format!("{BEGIN}{text}{END}")
}

/// A text without any marks: for what is no page.
pub fn without(text: &str) -> String {
    text.replace([BEGIN, END], "")
}

/// A whole page, with its marks shown to browsers. Marks that do not belong together (somebody may type anything) mark
/// too much or too little, and never change what is said.
pub fn show(page: &str) -> String {
    let mut shown = String::with_capacity(page.len() + page.len() / 4);
    let (mut is_english, mut inside): (bool, Option<&str>) = (false, None);
    let mut rest = page;
    while !rest.is_empty() {
        let (piece, after) = next_piece(rest);
        rest = after;
        if !piece.starts_with('<') {
            is_english = push_text(&mut shown, piece, is_english, inside.is_some());
        } else if let Some((whole, then)) = whole_in_english(piece, after, is_english).filter(|_| inside.is_none()) {
            shown.push_str(piece.trim_end_matches('>'));
            shown.push_str(" lang=\"en\" dir=\"ltr\">");
            shown.push_str(&without(whole));
            (is_english, rest) = (then, &after[whole.len()..]);
        } else {
            shown.push_str(&without(piece));
            inside = after_tag(piece, inside);
        }
    }
    shown
}

/// The next tag, or the text up to it, and what comes after. A tag's attributes are escaped, so it ends at the first `>`.
fn next_piece(page: &str) -> (&str, &str) {
    let end = match page.starts_with('<') {
        true => page.find('>').map_or(page.len(), |at| at + 1),
        false => page.find('<').unwrap_or(page.len()),
    };
    page.split_at(end)
}

fn name_of(tag: &str) -> &str {
    tag.trim_start_matches(['<', '/']).split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default()
}

/// Whether what follows a text is English, given whether its last stretch began as such.
fn after_text(text: &str, is_english: bool) -> bool {
    match text.chars().last() {
        Some(BEGIN) => true,
        Some(END) => false,
        _ => is_english,
    }
}

/// What stands inside the element that this tag opens, if it is a sentence or more of which every word is English; and
/// whether English goes on after it.
fn whole_in_english<'a>(tag: &str, after: &'a str, mut is_english: bool) -> Option<(&'a str, bool)> {
    let name = name_of(tag);
    let is_block = !tag.starts_with("</") && BLOCKS.contains(&name);
    if !is_block || [" lang=", " dir="].iter().any(|has| tag.contains(has)) || tag.contains([BEGIN, END]) {
        return None;
    }
    let whole = &after[..after.find(&format!("</{name}>"))?];
    let (mut rest, mut has_words) = (whole, false);
    while !rest.is_empty() {
        let (piece, then) = next_piece(rest);
        rest = then;
        if piece.starts_with('<') {
            if !INSIDE.contains(&name_of(piece)) {
                return None;
            }
            continue;
        }
        for text in piece.split_inclusive([BEGIN, END]) {
            let is_said = !text.trim_end_matches([BEGIN, END]).trim().is_empty();
            if is_said && !is_english {
                return None;
            }
            has_words |= is_said;
            is_english = after_text(text, is_english);
        }
    }
    has_words.then_some((whole, is_english))
}

/// Whether what follows this tag stands inside an element that holds text only.
fn after_tag<'a>(tag: &'a str, inside: Option<&'a str>) -> Option<&'a str> {
    let name = name_of(tag);
    match inside {
        Some(open) if tag.starts_with("</") && name == open => None,
        Some(open) => Some(open),
        None if !tag.starts_with("</") && TEXT_ONLY.contains(&name) => Some(name),
        None => None,
    }
}

/// Writes a text between two tags; whether it ends inside English.
fn push_text(shown: &mut String, text: &str, mut is_english: bool, is_bare: bool) -> bool {
    for piece in text.split_inclusive([BEGIN, END]) {
        let words = piece.trim_end_matches([BEGIN, END]);
        let is_marked = is_english && !is_bare && !words.trim().is_empty();
        if is_marked {
            shown.push_str("<span lang=\"en\" dir=\"ltr\">");
        }
        shown.push_str(words);
        if is_marked {
            shown.push_str("</span>");
        }
        is_english = after_text(piece, is_english);
    }
    is_english
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(template: &str) -> String {
        show(&template.replace('[', &BEGIN.to_string()).replace(']', &END.to_string()))
    }

    #[test]
    fn english_is_marked_where_markup_may_stand() {
        assert_eq!(shown("<p>سلام [Hello]</p>"), "<p>سلام <span lang=\"en\" dir=\"ltr\">Hello</span></p>");
        assert_eq!(
            shown("<div>[See <a href=\"/x\">this</a>]</div>"),
            "<div><span lang=\"en\" dir=\"ltr\">See </span><a href=\"/x\"><span lang=\"en\" dir=\"ltr\">this</span></a></div>"
        );
        assert_eq!(shown("<title>[Error] x</title>"), "<title>Error x</title>");
        assert_eq!(shown("<img alt=\"[A bus]\">"), "<img alt=\"A bus\">");
        assert_eq!(shown("<option value=\"a\">[Any]</option><p>[x]"), {
            "<option value=\"a\">Any</option><p><span lang=\"en\" dir=\"ltr\">x</span>"
        });
    }

    #[test]
    fn a_sentence_that_is_english_through_and_through_is_marked_as_one() {
        assert_eq!(
            shown("<p class=\"lead\">[<a href=\"/x\">People</a> who can help.]</p>"),
            "<p class=\"lead\" lang=\"en\" dir=\"ltr\"><a href=\"/x\">People</a> who can help.</p>"
        );
        // A text of several paragraphs begins in the first and ends in the last.
        assert_eq!(
            shown("<p>[One.</p><p>Two.]</p><p>سلام</p>"),
            "<p lang=\"en\" dir=\"ltr\">One.</p><p lang=\"en\" dir=\"ltr\">Two.</p><p>سلام</p>"
        );
        assert_eq!(shown("<h2>[A] [b]</h2>"), "<h2 lang=\"en\" dir=\"ltr\">A b</h2>");
        // Somebody's own words are never called English.
        assert!(shown("<p>[Called:] <bdi>بس</bdi></p>").starts_with("<p><span"));
        assert!(shown("<li><div>[A]</div></li>").starts_with("<li><div><span"));
    }

    #[test]
    fn marks_that_do_not_belong_together_never_break_a_page() {
        assert_eq!(shown("<p>a ] b [ c</p><div>d</div>").matches("<span").count(), 2);
        assert!(!shown("<p>[a</p>").contains([BEGIN, END]));
    }

    proptest! {
        #[test]
        fn a_page_without_marks_is_left_as_it_is(text in "[a-z<>/\" &;\\n]{0,80}") {
            prop_assert_eq!(show(&text), text);
        }

        #[test]
        fn no_mark_is_left_and_nothing_that_is_said_is_lost(text in "[a-z\\[\\] ]{0,60}") {
            let paragraph = shown(&format!("<p>{text}</p>"));
            let tags = [" lang=\"en\" dir=\"ltr\"", "<p>", "</p>", "<span>", "</span>"];
            let bare = tags.iter().fold(paragraph, |page, tag| page.replace(tag, ""));
            prop_assert_eq!(bare, text.replace(['[', ']'], ""));
            let made = shown(&text);
            prop_assert!(!made.contains([BEGIN, END]));
            let said = made.replace("<span lang=\"en\" dir=\"ltr\">", "").replace("</span>", "");
            prop_assert_eq!(said, text.replace(['[', ']'], ""));
        }
    }
}
