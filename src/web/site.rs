//! What every handler and job stands on: the settings, the database, the store, the keys, the clock, the words.

use std::ops::Deref;
use std::sync::Arc;

use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::jobs::JobQueue;
use crate::storage::Store;
use crate::storage::keys::Keys;
use crate::words::Words;
use crate::words::aloud::Aloud;
use crate::words::languages::Languages;
use crate::words::signed::Signed;

/// One running Heard. Cloning is cheap; all clones are the same site.
#[derive(Clone)]
pub struct Site(Arc<Parts>);

/// The parts of a [`Site`].
pub struct Parts {
    /// The settings, checked.
    pub config: Config,
    /// The database.
    pub db: Db,
    /// Where sealed bytes are kept.
    pub store: Store,
    /// The keys that everything is sealed under.
    pub keys: Keys,
    /// Where the time comes from.
    pub clock: Clock,
    /// Every word on every page, in English: what staff read, and what is sent by mail.
    pub words: &'static Words,
    /// The same in every language that families may choose.
    pub languages: &'static Languages,
    /// What reads families' pages to them.
    pub aloud: &'static Aloud,
    /// The operator's videos of pages in British Sign Language.
    pub signed: &'static Signed,
    /// Wakes the workers of this process when work was added.
    pub jobs: JobQueue,
}

impl Site {
    /// Puts the parts together.
    pub fn new(parts: Parts) -> Site {
        Site(Arc::new(parts))
    }
}

impl Deref for Site {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}
