//! The speech history of Grid 3 (`history.sqlite`): phrases, and the moments when they were spoken. Words in angle
//! brackets are words. The zone of its clock is not known.

use std::collections::HashMap;

use super::super::gather::Gather;
use super::super::raw::sqlite::{Database, Value};
use super::super::raw::xml::Tree;
use super::super::reading::{Event, EventKind, PersonalKind, TimeSource};
use super::super::when::When;
use super::gridset::written;

/// Whether a database is a speech history.
pub(in crate::aac) fn is_history(database: &Database<'_>) -> bool {
    database.has("PhraseHistory") && database.has("Phrases")
}

/// Reads the history.
pub(in crate::aac) fn read(database: &Database<'_>, gather: &mut Gather) {
    let phrases = database.rows("Phrases", &["Id", "Text", "Content"], gather.limits.events);
    let spoken =
        database.rows("PhraseHistory", &["PhraseId", "Timestamp", "Latitude", "Longitude"], gather.event_room() + 1);
    if phrases.damaged || phrases.more {
        gather.problem("the table of phrases", "Some phrases could not be read.");
    }
    if spoken.damaged {
        gather.problem("the table of times", "Some of the times when phrases were spoken could not be read.");
    }
    let texts: HashMap<i64, String> =
        phrases.rows.iter().filter_map(|row| Some((row[0].integer()?, words(row)?))).collect();
    for row in &spoken.rows {
        let Some(ticks) = row[1].integer().filter(|ticks| *ticks != 0) else { continue };
        if let (Value::Real(latitude), Value::Real(longitude)) = (&row[2], &row[3]) {
            gather.personal(PersonalKind::Place, &format!("{latitude}, {longitude}"));
        }
        let Some(text) = row[0].integer().and_then(|id| texts.get(&id)) else {
            gather.problem("the table of times", "Something was spoken whose words are not in the file.");
            continue;
        };
        let mut event = Event {
            at: None,
            time_source: TimeSource::None,
            kind: EventKind::Spoken,
            text: text.clone(),
            modelled: None,
            order: None,
        };
        match When::from_ticks(ticks) {
            Some(when) => when.tell(&mut event),
            None => gather.problem("the table of times", "One time is damaged."),
        }
        gather.event(event);
    }
}

/// The runs of the content where it has any, else the text as it is.
fn words(row: &[Value]) -> Option<String> {
    let text = row[1].text();
    let content = row[2].text().filter(|content| content.trim_start().starts_with('<'));
    let runs = content.and_then(|content| {
        let tree = Tree::read(&content, 10_000);
        let root = tree.root().filter(|_| tree.stopped.is_none())?;
        root.all("r").next().is_some().then(|| written(root))
    });
    runs.filter(|words| !words.trim().is_empty()).or(text)
}
