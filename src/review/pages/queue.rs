//! The queue of an inspection.

use maud::{Markup, html};

use super::{counted, grouped, language, named_or_not, time};
use crate::area::inspection::Inspection;
use crate::area::staff::senders::{Sender, counts};
use crate::evidence::{Kind, Whose};
use crate::html::{Choice, Field, button, checkbox, details, hidden, inset, list, next_page, select, table};
use crate::review::ReviewState;
use crate::review::needs::{self, Need};
use crate::review::queue::{Counts, Filter, KindLine, Left, Line, Tab};
use crate::submission::answers::names::Role;
use crate::web::typed_date::TypedDate;
use crate::words::Speech;

/// What the page shows.
pub struct QueuePage {
    /// The page's own address, without the query.
    pub path: String,
    /// The inspection.
    pub head: Inspection,
    /// What is left out.
    pub filter: Filter,
    /// How many there are.
    pub counts: Counts,
    /// What is left to hear.
    pub left: Left,
    /// Who sent it all, counted.
    pub senders: Vec<(Sender, i64)>,
    /// What needs an interpreter, by language.
    pub needs: Vec<Need>,
    /// How many submissions hold a translation that nobody has checked.
    pub unchecked: i64,
    /// The languages that can be chosen.
    pub languages: Vec<String>,
    /// The lines, each with what it holds and who claimed it.
    pub lines: Vec<QueueLine>,
    /// Where the next page begins, as an address.
    pub next: Option<String>,
    /// Where the list begins, as an address, where this is not the first page.
    pub start: Option<String>,
}

/// A line with what its row does not say.
pub struct QueueLine {
    /// The line.
    pub line: Line,
    /// What it holds.
    pub kinds: Vec<KindLine>,
    /// The languages in which it needs an interpreter.
    pub needs: Vec<String>,
    /// Who has claimed it.
    pub claimed_by: Option<String>,
}

/// The page's body.
pub fn page(speech: Speech, page: &QueuePage) -> Markup {
    let head = &page.head;
    html! {
        h1 { (speech.fill("queue.title", &[("inspection", &head.title)])) }
        p { (speech.fill("queue.area", &[("area", &head.area_name), ("day", &TypedDate::from_text(&head.opened_on).in_words())])) }
        @if let Some(day) = &head.reported_on {
            p { (speech.fill("queue.reported", &[("day", &TypedDate::from_text(day).in_words())])) }
        }
        (tabs(speech, page))
        (left(speech, &page.left))
        (counts(speech, &page.senders))
        (interpreters(speech, page))
        (filters(speech, page))
        (lines(speech, page))
    }
}

fn tabs(speech: Speech, page: &QueuePage) -> Markup {
    let number = |tab: Tab| match tab {
        Tab::Waiting => page.counts.waiting,
        Tab::Mine => page.counts.mine,
        Tab::All => page.counts.everything,
    };
    html! {
        nav.tabs aria-label=(speech.say("queue.tabs")) {
            ul {
                @for tab in Tab::ALL {
                    li {
                        a href={ (page.path) "?tab=" (tab.name()) } aria-current=[(*tab == page.filter.tab).then_some("page")] {
                            (speech.fill(&format!("queue.tab.{}", tab.name()), &[("number", &grouped(number(*tab)))]))
                        }
                    }
                }
            }
        }
    }
}

fn left(speech: Speech, left: &Left) -> Markup {
    let mut lines = Vec::new();
    let unknown = left.videos - left.videos_known + left.sounds - left.sounds_known + left.papers - left.papers_known;
    let moving = [
        ("video", left.videos, left.videos_known, left.video_ms),
        ("audio", left.sounds, left.sounds_known, left.sound_ms),
    ];
    for (kind, number, known, ms) in moving.into_iter().filter(|(_, number, ..)| *number > 0) {
        let length = (ms > 0).then(|| length_in_words(speech, ms));
        lines.push(measured(speech, &counted(speech, kind, number), length, number - known, "moving"));
    }
    if left.papers > 0 {
        let pages = (left.pages > 0).then(|| counted(speech, "page", left.pages));
        let number = counted(speech, "paper", left.papers);
        lines.push(measured(speech, &number, pages, left.papers - left.papers_known, "papers"));
    }
    if left.writings > 0 {
        let (writings, words) = (counted(speech, "text", left.writings), counted(speech, "words", left.words));
        lines.push(speech.fill("queue.left.words", &[("writings", &writings), ("words", &words)]));
    }
    if left.pictures > 0 {
        lines.push(counted(speech, "image", left.pictures));
    }
    if left.others > 0 {
        lines.push(counted(speech, "other", left.others));
    }
    html! {
        h2 { (speech.say("queue.left.title")) }
        @if lines.is_empty() {
            p { (speech.say("queue.left.nothing")) }
        } @else {
            p { (speech.say("queue.left.intro")) }
            (list(lines.iter().map(|line| html! { (line) })))
            @if unknown > 0 { p.hint { (speech.say("queue.left.why")) } }
        }
    }
}

/// So many things and what is known of their size; and of how many it is not known yet.
fn measured(speech: Speech, number: &str, size: Option<String>, unknown: i64, what: &str) -> String {
    let rest = grouped(unknown);
    match size {
        None if unknown == 0 => number.to_owned(),
        None => speech.fill(&format!("queue.left.{what}"), &[("number", number)]),
        Some(size) if unknown == 0 => speech.fill("queue.left.measured", &[("number", number), ("size", &size)]),
        Some(size) => {
            speech.fill("queue.left.partly_measured", &[("number", number), ("size", &size), ("rest", &rest)])
        }
    }
}

/// How long something plays, in whole minutes, rounded up: "1 hour 5 minutes".
fn length_in_words(speech: Speech, ms: i64) -> String {
    let minutes = (ms + 59_999) / 60_000;
    let (hours, minutes) = (minutes / 60, minutes % 60);
    let parts = [("hours", hours), ("minutes", minutes)].into_iter().filter(|(_, number)| *number > 0);
    parts.map(|(what, number)| counted(speech, what, number)).collect::<Vec<_>>().join(" ")
}

/// What needs an interpreter, by language: each leads to the list of those submissions.
fn interpreters(speech: Speech, page: &QueuePage) -> Markup {
    if page.needs.is_empty() && page.unchecked == 0 {
        return html! {};
    }
    let link = |needs: &str, words: String| html! { a href={ (page.path) "?tab=all&needs=" (needs) } { (words) } };
    let line = |need: &Need| {
        let number = counted(speech, "submissions", need.submissions);
        let waiting = grouped(need.waiting);
        let places = [("language", language(&need.language)), ("number", number), ("waiting", waiting)];
        let words = speech.fill("queue.needs.line", &places.each_ref().map(|(place, value)| (*place, value.as_str())));
        link(&need.language, words)
    };
    let mut lines: Vec<Markup> = page.needs.iter().map(line).collect();
    if page.unchecked > 0 {
        let number = counted(speech, "submissions", page.unchecked);
        lines.push(link(needs::UNCHECKED, speech.fill("queue.needs.unchecked_line", &[("number", &number)])));
    }
    html! {
        h2 id="needs" { (speech.say("queue.needs.title")) }
        (list(lines.into_iter()))
    }
}

fn filters(speech: Speech, page: &QueuePage) -> Markup {
    let filter = &page.filter;
    let any = || (String::new(), speech.say("queue.filter.any").to_owned());
    let options = |names: Vec<&str>, group: &str| -> Vec<(String, String)> {
        let named = names.into_iter().map(|name| (name.to_owned(), speech.name_of(group, name)));
        std::iter::once(any()).chain(named).collect()
    };
    let state_word = |state: &ReviewState| match state {
        ReviewState::Claimed => speech.say("queue.state.claimed_word"),
        other => speech.say(&format!("queue.state.{}", other.name())),
    };
    let kinds = options(Kind::ALL.iter().map(|kind| kind.name()).collect(), "reading.kind.");
    let whose = options(Whose::ALL.iter().map(|whose| whose.name()).collect(), "reading.whose.");
    let roles = options(Role::ALL.iter().map(|role| role.name()).collect(), "reading.role.");
    let senders = options(Sender::ALL.iter().map(|sender| sender.name()).collect(), "queue.sender_is.");
    let states: Vec<(String, String)> = std::iter::once(any())
        .chain(ReviewState::ALL.iter().map(|state| (state.name().to_owned(), state_word(state).to_owned())))
        .collect();
    let languages: Vec<(String, String)> =
        std::iter::once(any()).chain(page.languages.iter().map(|tag| (tag.clone(), language(tag)))).collect();
    let needs = needs_options(speech, page);
    let body = html! {
        form.form action=(page.path) method="get" {
            (hidden("tab", filter.tab.name()))
            (choose(speech, "kind", "queue.filter.kind", &kinds, filter.kind.map(Kind::name)))
            (choose(speech, "whose", "queue.filter.whose", &whose, filter.whose.map(Whose::name)))
            (choose(speech, "role", "queue.filter.role", &roles, filter.role.as_deref()))
            (choose(speech, "sender", "queue.filter.sender", &senders, filter.sender.map(Sender::name)))
            (choose(speech, "state", "queue.filter.state", &states, filter.state.map(ReviewState::name)))
            (choose(speech, "language", "queue.filter.language", &languages, filter.language.as_deref()))
            (choose(speech, "needs", "queue.filter.needs", &needs, filter.needs.as_deref()))
            (checkbox(speech, &Field::new("flag", speech.say("queue.filter.flagged")), filter.flagged))
            (checkbox(speech, &Field::new("new", speech.say("queue.filter.unseen")), filter.unseen))
            (button(speech.say("queue.filter.show")))
        }
    };
    html! {
        @if filter.is_narrow() {
            (details(speech.say("queue.filter.open"), body))
            p { a href={ (page.path) "?tab=" (filter.tab.name()) } { (speech.say("queue.filter.clear")) } }
        } @else {
            (details(speech.say("queue.filter.title"), body))
        }
    }
}

/// Any, whatever needs an interpreter, each language that does, and what waits for a second person.
fn needs_options(speech: Speech, page: &QueuePage) -> Vec<(String, String)> {
    let mut options = vec![(String::new(), speech.say("queue.filter.any").to_owned())];
    options.push((needs::ANY.to_owned(), speech.say("queue.needs.any").to_owned()));
    options.extend(page.needs.iter().map(|need| (need.language.clone(), language(&need.language))));
    options.push((needs::UNCHECKED.to_owned(), speech.say("queue.needs.unchecked").to_owned()));
    // What was chosen stays chosen, also when nothing is left that needs it.
    if let Some(chosen) = page.filter.needs.as_ref().filter(|chosen| !options.iter().any(|(value, _)| value == *chosen))
    {
        options.push((chosen.clone(), language(chosen)));
    }
    options
}

fn choose(speech: Speech, name: &str, label: &str, options: &[(String, String)], now: Option<&str>) -> Markup {
    let choices: Vec<Choice> = options.iter().map(|(value, label)| Choice::new(value, label)).collect();
    select(speech, &Field::new(name, speech.say(label)).value(now.unwrap_or("")), &choices)
}

fn lines(speech: Speech, page: &QueuePage) -> Markup {
    let heads = ["reference", "sent", "role", "holds", "whose", "state"];
    let heads = heads.map(|head| speech.say(&format!("queue.head.{head}")));
    html! {
        @if page.lines.is_empty() {
            @let key = if page.filter.is_narrow() { "queue.nothing_filtered" } else { "queue.nothing" };
            (inset(html! { p { (speech.say(key)) } }))
        } @else {
            (table(speech.say("queue.caption"), &heads, page.lines.iter().map(|line| row(speech, line)).collect()))
        }
        @if let Some(start) = &page.start { p { a href=(start) { (speech.say("queue.from_start")) } } }
        (next_page(speech, page.next.as_deref()))
    }
}

fn row(speech: Speech, entry: &QueueLine) -> Vec<Markup> {
    let line = &entry.line;
    let first = html! {
        a href={ "/staff/submissions/" (line.reference) } { span.reference { (line.reference) } }
        @if line.said_no { (tag(speech.say("said_no.the_child_said_no"))) }
        @if line.by_card { (tag(speech.say("said_no.own_card"))) }
        @if line.made_up { (tag(speech.say("queue.made_up"))) }
        @if line.is_new_since() { (tag(speech.say("queue.new_since"))) }
        @else if line.seen_us.is_none() { (tag(speech.say("queue.not_opened"))) }
        @if line.flagged { (tag(speech.say("queue.flagged"))) }
        @for needed in &entry.needs {
            (tag(&speech.fill("queue.needs.tag", &[("language", &language(needed))])))
        }
    };
    vec![
        first,
        time(line.sent_us),
        sent_by(speech, line),
        html! { (holds(speech, &entry.kinds)) },
        html! { (whose(speech, &entry.kinds)) },
        html! { (state(speech, entry)) },
    ]
}

/// The role, and a word where somebody works for those who are inspected.
fn sent_by(speech: Speech, line: &Line) -> Markup {
    let also = match Sender::parse(&line.sender) {
        Some(Sender::Both) => Some("queue.sender.also_works"),
        Some(Sender::Professional) if line.role.as_deref() != Some(Role::Professional.name()) => {
            Some("queue.sender.works")
        }
        _ => None,
    };
    html! {
        (named_or_not(speech, "reading.role.", line.role.as_deref()))
        @if let Some(key) = also { (tag(speech.say(key))) }
    }
}

/// A short word beside a line. A word, never a colour alone.
fn tag(word: &str) -> Markup {
    html! { br; strong.tag { (word) } }
}

/// What a submission holds: "2 videos, 1 piece of writing (340 words)".
pub(super) fn holds(speech: Speech, kinds: &[KindLine]) -> String {
    let mut parts = Vec::new();
    for kind in Kind::ALL {
        let of_kind = kinds.iter().filter(|line| line.kind == *kind);
        let (items, words) = of_kind.fold((0, 0), |(items, words), line| (items + line.items, words + line.words));
        if items > 0 {
            let words = if words > 0 { format!(" ({})", counted(speech, "words", words)) } else { String::new() };
            parts.push(format!("{}{words}", counted(speech, kind.name(), items)));
        }
    }
    if parts.is_empty() { speech.say("queue.count.nothing").to_owned() } else { parts.join(", ") }
}

fn whose(speech: Speech, kinds: &[KindLine]) -> String {
    let mut said: Vec<&str> = kinds.iter().filter_map(|line| line.whose.as_deref()).collect();
    said.sort_unstable();
    said.dedup();
    match said.is_empty() {
        true => speech.say("reading.not_answered").to_owned(),
        false => said.iter().map(|name| speech.name_of("reading.whose.", name)).collect::<Vec<_>>().join(", "),
    }
}

fn state(speech: Speech, entry: &QueueLine) -> String {
    let line = &entry.line;
    match (line.state, &entry.claimed_by, line.claimed_until_us) {
        (ReviewState::Claimed, Some(name), Some(until)) => {
            speech.fill("queue.state.claimed", &[("name", name), ("until", &until.in_london())])
        }
        (ReviewState::Claimed, ..) => speech.say("queue.state.claimed_word").to_owned(),
        (state, ..) => speech.say(&format!("queue.state.{}", state.name())).to_owned(),
    }
}
