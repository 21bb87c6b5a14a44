//! The service, walked through its front doors, one file per journey; and what must hold for the source as a whole.
//!
//! [`world`] starts a service of its own for each test, on each pair of database and storage; [`process`] starts the real
//! program, for tests that kill it; [`browser`] is a phone's browser without JavaScript. PostgreSQL, Garage and the mail
//! server come from `tests/run`; where they are missing a test fails, never skips.

mod aac_sender;
mod abandoned;
mod answers;
mod asked;
mod at_once;
mod at_rest;
mod bad_input;
mod bad_line;
mod behind;
#[allow(dead_code, reason = "a browser can do more than today's journeys ask of it")]
mod browser;
mod checks;
mod childs_say;
#[allow(dead_code, reason = "journeys choose what they need of a colleague")]
mod colleagues;
mod columns;
mod copied;
mod documents;
mod fairness;
mod false_bucket;
#[allow(dead_code, reason = "journeys choose what they need of a family")]
mod family;
mod fixtures;
mod floors;
mod front_door;
mod full_disk;
mod hostile;
#[allow(dead_code, reason = "each of its files uses a part of the place")]
mod intake;
mod kills;
mod languages;
mod linked;
mod looked_after;
mod looks;
mod lost_code;
mod mailbox;
mod malware;
mod matrix;
mod news;
mod nobody_is_told;
mod not_safe;
mod one_thing;
#[allow(dead_code, reason = "it offers every server to every test")]
mod outside;
mod own_card;
mod own_servers;
mod own_words;
mod plain_words;
mod prepared;
mod preparing;
#[allow(dead_code, reason = "the real program, for tests that kill it")]
mod process;
#[allow(dead_code, reason = "a line to cut")]
mod provenance;
mod proxy;
mod queries;
mod questions_open;
mod read_aloud;
mod read_file;
mod retention;
mod review;
mod same_pages;
mod scanned;
mod sending;
mod sends;
mod sends_files;
mod signed;
mod slow_lines;
mod staff_door;
mod staff_forms;
mod staff_inspections;
mod stopping;
mod stores;
mod told_and_heard;
#[allow(dead_code, reason = "each of its files uses a part of the client")]
mod tus;
mod watched;
mod who_can_help;
mod who_reads;
#[allow(dead_code, reason = "journeys choose what they need of a world")]
mod world;

/// What a page says under this key, in plain words: tests look for what is on the page, and do not fail when somebody
/// finds a better word for it.
fn say(key: &str) -> &'static str {
    heard::words::Words::embedded().speak(heard::words::Wording::Plain).say(key)
}
