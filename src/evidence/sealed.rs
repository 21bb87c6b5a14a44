//! An item's texts, sealed under their submission's key: each opens in its own column of its own row and nowhere else.

use super::store::Item;
use crate::id::ItemId;
use crate::storage::keys::SubmissionKey;

/// Which text of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemText {
    /// The name the sender's device gave the file.
    Name,
    /// The answer to "What does it show or say?".
    What,
    /// How the child was asked, and how they showed their answer.
    AssentHow,
    /// When its words were given, and on which days, as JSON.
    Days,
    /// The writing itself.
    Writing,
}

impl ItemText {
    fn column(self) -> &'static str {
        match self {
            ItemText::Name => "name_sealed",
            ItemText::What => "what_sealed",
            ItemText::AssentHow => "assent_how_sealed",
            ItemText::Days => "days_sealed",
            ItemText::Writing => "text_sealed",
        }
    }

    /// Seals a text of this item. An empty one is none.
    pub fn seal(self, key: &SubmissionKey, item: &ItemId, text: &str) -> Option<Vec<u8>> {
        (!text.is_empty()).then(|| key.seal_text("evidence_item", self.column(), item.as_str(), text))
    }

    /// Opens a text of this item. A text that does not open is none, and a log line: a page must still be shown.
    pub fn open(self, key: &SubmissionKey, item: &ItemId, sealed: Option<&[u8]>) -> Option<String> {
        match key.open_text("evidence_item", self.column(), item.as_str(), sealed?) {
            Ok(text) => Some(text),
            Err(_) => {
                tracing::error!(item = %item, column = self.column(), "a sealed text does not open");
                None
            }
        }
    }
}

impl Item {
    /// The file's name, as the sender's device gave it.
    pub fn name(&self, key: &SubmissionKey) -> Option<String> {
        ItemText::Name.open(key, &self.id, self.name_sealed.as_deref())
    }

    /// The answer to "What does it show or say?".
    pub fn what(&self, key: &SubmissionKey) -> Option<String> {
        ItemText::What.open(key, &self.id, self.what_sealed.as_deref())
    }

    /// How the child was asked, and how they showed their answer.
    pub fn assent_how(&self, key: &SubmissionKey) -> Option<String> {
        ItemText::AssentHow.open(key, &self.id, self.assent_how_sealed.as_deref())
    }
}
