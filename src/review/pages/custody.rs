//! The custody slip of one item: a page that can be printed.

use data_encoding::HEXLOWER;
use maud::{Markup, html};

use super::{copies, decisions, grouped, time};
use crate::clock::Moment;
use crate::evidence::Kind;
use crate::evidence::copies::Rendition;
use crate::evidence::left_out;
use crate::evidence::say::store::Said;
use crate::evidence::store::Item;
use crate::html::{SummaryRow, summary_list, table, their_words};
use crate::media::prepare::{Origin, Says};
use crate::review::decisions::Decision;
use crate::review::reading::Names;
use crate::words::Speech;

/// What the slip shows.
pub struct Slip {
    /// The reference of what the item is inside.
    pub reference: String,
    /// The item.
    pub item: Item,
    /// Every answer of the child about it, oldest first.
    pub said: Vec<Said>,
    /// What leads decided about it.
    pub decisions: Vec<Decision>,
    /// Who opened it: when, their name, and what they did.
    pub seen: Vec<Seen>,
    /// How many rows are shown at most, where some were left out.
    pub cut: Option<usize>,
    /// When the slip was made, and for whom.
    pub made: (Moment, String),
    /// The names of those who decided.
    pub names: Names,
    /// What the file says of itself, where it was looked at.
    pub says: Option<Says>,
    /// Whether the page on which people record themselves says that it made the file.
    pub recorded_here: bool,
    /// The safe copies that were made of it.
    pub copies: Vec<Rendition>,
    /// What its sender left out of it.
    pub left_out: Option<left_out::Row>,
}

/// One act about an item.
pub struct Seen {
    /// When.
    pub at: Moment,
    /// Who.
    pub who: String,
    /// What they did, as the audit names it.
    pub action: String,
}

/// The slip's body.
pub fn page(speech: Speech, slip: &Slip) -> Markup {
    let number = slip.item.number.to_string();
    let (made, name) = &slip.made;
    html! {
        h1 { (speech.fill("custody.title", &[("reference", &slip.reference), ("number", &number)])) }
        p { (speech.say("custody.intro")) }
        p { (speech.fill("custody.made", &[("when", &made.in_london()), ("name", name)])) }
        h2 { (speech.say("custody.facts")) }
        (facts(speech, &slip.item))
        @if let Some(row) = &slip.left_out { (parts_left_out(speech, row)) }
        (childs_say(speech, slip))
        @if let Some(says) = &slip.says { (the_file_says(speech, says, slip.recorded_here)) }
        @if !slip.copies.is_empty() { (safe_copies(speech, &slip.copies)) }
        h2 { (speech.say("custody.seen_title")) }
        (seen(speech, slip))
        p { a href={ "/staff/submissions/" (slip.reference) "#item-" (number) } {
            (speech.fill("custody.back", &[("reference", &slip.reference)]))
        } }
    }
}

fn facts(speech: Speech, item: &Item) -> Markup {
    let when = |at: Option<Moment>, missing: &str| match at {
        Some(at) => time(at),
        None => html! { (speech.say(missing)) },
    };
    let mut rows = vec![("custody.kind", html! { (speech.name_of("reading.kind.", item.kind.name())) })];
    rows.push(("custody.sent", when(item.sent_us, "reading.not_answered")));
    if item.kind == Kind::Text {
        rows.push(("custody.media_type", html! { (speech.say("custody.writing")) }));
    } else {
        let length = item.length.map(|bytes| speech.fill("custody.bytes", &[("number", &grouped(bytes))]));
        let digest = item.sha256.as_ref().map(|sha256| HEXLOWER.encode(sha256));
        let or_missing = |text: Option<String>| html! { (text.as_deref().unwrap_or(speech.say("custody.no_digest"))) };
        rows.push(("custody.media_type", html! { (item.media_type) }));
        rows.push(("custody.received", when(item.received_us, "custody.not_received")));
        rows.push(("custody.length", or_missing(length)));
        let of = if item.media_type == left_out::COPY_TYPE { "custody.sha256_cut" } else { "custody.sha256" };
        rows.push((of, html! { span.digest { (or_missing(digest)) } }));
        rows.push(("custody.verified", when(item.verified_us, "custody.not_verified")));
        rows.push(("custody.scan", html! { (speech.name_of("custody.scan_said.", item.scan.name())) }));
    }
    let rows = rows.into_iter().map(|(key, value)| SummaryRow { key: speech.say(key), value, change: None });
    summary_list(speech, rows.collect())
}

/// What the sender left out before sending, and what is known of the whole file.
fn parts_left_out(speech: Speech, row: &left_out::Row) -> Markup {
    let what = left_out::in_words(speech, row.left_out());
    let length = speech.fill("custody.bytes", &[("number", &grouped(row.whole_length))]);
    let rows = [
        ("custody.left_out_what", html! { (what) }),
        ("custody.left_out_when", html! { @if let Some(when) = row.replaced_us { (time(when)) } }),
        ("custody.left_out_length", html! { (length) }),
        ("custody.left_out_digest", html! { span.digest { (HEXLOWER.encode(&row.whole_sha256)) } }),
    ];
    html! {
        h2 { (speech.say("custody.left_out_title")) }
        p { (speech.say("custody.left_out")) }
        (summary_list(speech, rows.map(|(key, value)| SummaryRow { key: speech.say(key), value, change: None }).into()))
    }
}

/// A claim and never a proof; and never the place itself.
fn the_file_says(speech: Speech, says: &Says, recorded_here: bool) -> Markup {
    let place = if says.has_location { "custody.says_place_yes" } else { "custody.says_place_no" };
    let theirs = |text: &Option<String>| text.as_ref().map(|text| their_words(text, None));
    let clock = says.clock.map(|clock| speech.say_in("custody.says_clock_is", clock.name()));
    let origin = speech.say_in("custody.says_origin_is", says.origin().map_or("not_said", Origin::name));
    let told = [
        ("custody.says_place", Some(html! { (speech.say(place)) })),
        ("custody.says_made", theirs(&says.made)),
        ("custody.says_clock", clock.map(|clock| html! { (clock) })),
        ("custody.says_device", theirs(&says.device)),
        ("custody.says_software", theirs(&says.software)),
        ("custody.says_origin", Some(html! { (origin) })),
        (
            "custody.says_credentials",
            says.has_credentials.then(|| html! { (speech.say("custody.says_credentials_yes")) }),
        ),
        ("custody.says_recorded", recorded_here.then(|| html! { (speech.say("custody.says_recorded_yes")) })),
    ];
    let told = told.into_iter().filter_map(|(key, value)| Some((key, value?)));
    let rows = told.map(|(key, value)| SummaryRow { key: speech.say(key), value, change: None }).collect();
    html! {
        h2 { (speech.say("custody.says_title")) }
        p { (speech.say("custody.says_note")) }
        (summary_list(speech, rows))
    }
}

fn safe_copies(speech: Speech, made: &[Rendition]) -> Markup {
    let heads =
        ["custody.copy_what", "custody.copy_made", "custody.copy_how", "custody.copy_length", "custody.copy_digest"];
    let rows = made.iter().map(|copy| {
        vec![
            html! { (copies::name_of(speech, copy)) },
            time(copy.created_us),
            html! { bdi { (copy.tool) } br; bdi.digest { (copy.settings) } },
            html! { (speech.fill("custody.bytes", &[("number", &grouped(copy.length))])) },
            html! { span.digest { (HEXLOWER.encode(&copy.sha256)) } },
        ]
    });
    html! {
        h2 { (speech.say("custody.copies_title")) }
        (table(speech.say("custody.copies_caption"), &heads.map(|key| speech.say(key)), rows.collect()))
    }
}

/// The child's answers and what leads decided, side by side for good.
fn childs_say(speech: Speech, slip: &Slip) -> Markup {
    let answers = decisions::answers(speech, &slip.said, &slip.item);
    html! {
        @if let Some(answers) = answers {
            h2 { (speech.say("said_no.answers")) }
            @if let Some(shut) = slip.item.shut() { p { strong { (speech.say_in("said_no.shut", shut.name())) } } }
            (answers)
        }
        @for decision in slip.decisions.iter().filter(|decision| decision.item == slip.item.id) {
            (decisions::decision_markup(speech, &slip.names, decision))
        }
    }
}

fn seen(speech: Speech, slip: &Slip) -> Markup {
    let heads = ["custody.seen_when", "custody.seen_who", "custody.seen_what"].map(|key| speech.say(key));
    let action = |name: &str| {
        let key = format!("custody.action.{name}");
        speech.say(if speech.has(&key) { &key } else { "custody.action.other" })
    };
    let rows = slip
        .seen
        .iter()
        .map(|seen| vec![time(seen.at), html! { bdi { (seen.who) } }, html! { (action(&seen.action)) }]);
    html! {
        @if let Some(most) = slip.cut {
            p { (speech.fill("custody.seen_cut", &[("number", &most.to_string())])) }
        }
        @if slip.seen.is_empty() {
            p { (speech.say("custody.seen_nobody")) }
        } @else {
            (table(speech.say("custody.seen_caption"), &heads, rows.collect()))
        }
    }
}
