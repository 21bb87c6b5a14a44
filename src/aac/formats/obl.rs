//! Logs in the Open Board Log format (`.obl`, and `.obla` with words hidden and dates moved).

use super::super::gather::Gather;
use super::super::raw::json::Value;
use super::super::reading::{Event, EventKind, PersonalKind, TimeSource};
use super::super::when::When;

/// Whether a value looks like a log.
pub(in crate::aac) fn is_log(value: Value<'_>) -> bool {
    let format = value.get("format").and_then(Value::text);
    format.is_some_and(|format| format.to_ascii_lowercase().starts_with("open-board-log"))
        || value.get("sessions").is_some_and(Value::is_list)
}

/// Reads the log.
pub(in crate::aac) fn read(value: Value<'_>, gather: &mut Gather) {
    person(value, "user_name", PersonalKind::Person, gather);
    let moved = value.get("anonymized").and_then(Value::truth).unwrap_or(false);
    let Some(sessions) = value.get("sessions").filter(|sessions| sessions.is_list()) else {
        gather.problem("the log", "The list of its sessions is missing.");
        return;
    };
    for (number, session) in sessions.items().enumerate() {
        let place = format!("session {}", number + 1);
        if !session.is_object() {
            gather.problem(&place, "This session is damaged.");
            continue;
        }
        read_session(session, moved, &place, gather);
    }
}

fn person(value: Value<'_>, name: &str, kind: PersonalKind, gather: &mut Gather) {
    if let Some(text) = value.get(name).and_then(Value::text) {
        gather.personal(kind, &text);
    }
}

fn read_session(session: Value<'_>, moved: bool, place: &str, gather: &mut Gather) {
    let kind = session.get("type").and_then(Value::text).unwrap_or_default().to_ascii_lowercase();
    let shifted = session.get("anonymizations").into_iter().flat_map(Value::items).filter_map(Value::text);
    let moved = moved || shifted.into_iter().any(|what| what.contains("timestamp") || what.contains("date"));
    let started = session.get("started").and_then(Value::text).map(|text| text.into_owned());
    for (name, what) in [
        ("geo", PersonalKind::Place),
        ("ip_address", PersonalKind::Network),
        ("ssid", PersonalKind::Network),
        ("device_id", PersonalKind::Device),
    ] {
        person(session, name, what, gather);
    }
    for event in session.get("events").into_iter().flat_map(Value::items) {
        if gather.event_room() == 0 {
            // Says once that there is more.
            gather.event(blank());
            return;
        }
        if !event.is_whole_object() {
            gather.problem(place, "One of its lines is damaged.");
            continue;
        }
        personal_of(event, gather);
        let told = read_event(event, &kind, started.as_deref(), moved);
        match told.text.is_empty() && !has_words(event) {
            true => gather.problem(place, "One of its lines is damaged, or of a kind that we do not know."),
            false => gather.event(told),
        }
    }
}

/// Whether the line has any of what lines have words in; a picture can have an empty label.
fn has_words(event: Value<'_>) -> bool {
    ["label", "vocalization", "text", "action", "correct"].iter().any(|name| event.get(name).is_some())
}

fn blank() -> Event {
    Event {
        at: None,
        time_source: TimeSource::None,
        kind: EventKind::Unknown,
        text: String::new(),
        modelled: None,
        order: None,
    }
}

fn personal_of(event: Value<'_>, gather: &mut Gather) {
    for (name, kind) in [
        ("ip_address", PersonalKind::Network),
        ("ssid", PersonalKind::Network),
        ("author_name", PersonalKind::Author),
        ("author_email", PersonalKind::Author),
        ("author_url", PersonalKind::Author),
    ] {
        person(event, name, kind, gather);
    }
    let geo: Vec<_> = event.get("geo").into_iter().flat_map(Value::items).filter_map(Value::text).collect();
    if !geo.is_empty() {
        gather.personal(PersonalKind::Place, &geo.join(", "));
    }
    person(event, "geo", PersonalKind::Place, gather);
}

fn read_event(event: Value<'_>, session: &str, started: Option<&str>, moved: bool) -> Event {
    let text = |name: &str| event.get(name).and_then(Value::text).filter(|text| !text.is_empty());
    let named = text("type").unwrap_or_default().to_ascii_lowercase();
    let action = text("action");
    let words = text("text");
    let (kind, said) = match named.as_str() {
        "button" => (EventKind::Selected, text("vocalization").or_else(|| text("label")).or(words)),
        "utterance" => (EventKind::Spoken, words.or_else(|| text("vocalization")).or_else(|| text("label"))),
        "action" => of_action(action, words),
        "note" => (EventKind::Note, words),
        _ if event.get("correct").is_some() || session == "assessment" => {
            let right = event.get("correct").and_then(Value::truth);
            let told = match right {
                Some(true) => "correct",
                Some(false) => "not correct",
                None => "",
            };
            (EventKind::Assessment, words.or(Some(told.into())))
        }
        _ if session == "note" || event.get("author_name").is_some() => (EventKind::Note, words),
        _ => (EventKind::Unknown, words.or_else(|| text("vocalization")).or_else(|| text("label")).or(action)),
    };
    let marked = event.get("modeling").or_else(|| event.get("modelling")).and_then(Value::truth);
    let mut told = Event {
        at: None,
        time_source: TimeSource::None,
        kind,
        text: shown(&said.unwrap_or_default()),
        modelled: marked.filter(|_| kind != EventKind::Note),
        order: None,
    };
    if let Some(time) = text("timestamp").as_deref().or(started) {
        let when = match time.parse::<f64>().ok().and_then(When::from_unix) {
            Some(when) => when,
            None => When::from_iso(time),
        };
        let moved = moved || time.starts_with("2000-");
        when.tell(&mut told);
        told.time_source = if moved { TimeSource::Shifted } else { TimeSource::DeviceClock };
    }
    told
}

type Said<'a> = Option<std::borrow::Cow<'a, str>>;

fn of_action<'a>(action: Said<'a>, words: Said<'a>) -> (EventKind, Said<'a>) {
    let name = action.as_deref().unwrap_or_default();
    if let Some(letters) = name.strip_prefix('+') {
        return (EventKind::Spelled, Some(letters.to_owned().into()));
    }
    match name {
        ":completion" | ":prediction" | ":auto_complete" => (EventKind::Predicted, words.or(action)),
        ":space" => (EventKind::Spelled, Some(" ".into())),
        ":clear" | ":backspace" => (EventKind::Deleted, words.or(action)),
        ":speak" => (EventKind::Spoken, words.or(action)),
        _ => (EventKind::Device, words.or(action)),
    }
}

/// A word that was replaced before the file was made is shown as hidden, not as the letters that stand for it.
fn shown(text: &str) -> String {
    let hashed = text.len() >= 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let hidden = hashed || text == "redacted" || (text.len() >= 3 && text.bytes().all(|byte| byte == b'?'));
    if hidden { "(word hidden)".to_owned() } else { text.to_owned() }
}
