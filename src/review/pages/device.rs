//! What the sender says of the device that a file came from: declared, not checked. What was skipped is said to be.

use maud::{Markup, html};

use crate::evidence::device::{Answered, Told};
use crate::html::{SummaryRow, summary_list, their_words};
use crate::words::Speech;

/// On the page of the file.
pub(super) fn declared(speech: Speech, told: Option<&Told>) -> Markup {
    let row = |(asked, answered)| {
        let value = match answered {
            Answered::Nothing => html! { (speech.say("reading.not_answered")) },
            Answered::Ours(words) => html! { (words) },
            Answered::Theirs(words) => their_words(words, None),
        };
        SummaryRow { key: speech.say(asked), value, change: None }
    };
    html! {
        h2 #device { (speech.say("board.device")) }
        @match told {
            Some(told) => {
                p { (speech.say("board.declared")) }
                (summary_list(speech, told.lines(speech).map(row).into()))
            }
            None => { p { (speech.say("reading.not_answered")) } }
        }
        p { (speech.say("board.elsewhere")) }
    }
}

/// The same line by line, for a file to keep.
pub(super) fn in_lines(speech: Speech, told: Option<&Told>) -> Vec<String> {
    let Some(told) = told else { return vec![speech.say("reading.not_answered").to_owned()] };
    let lines = told.lines(speech).map(|(asked, answered)| match answered {
        Answered::Nothing => format!("{} {}", speech.say(asked), speech.say("reading.not_answered")),
        Answered::Ours(words) => format!("{} {words}", speech.say(asked)),
        Answered::Theirs(words) => format!("{} “{words}”", speech.say(asked)),
    });
    std::iter::once(speech.say("board.declared").to_owned()).chain(lines).collect()
}
