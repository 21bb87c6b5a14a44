//! Names for rows, and randomness.
//!
//! A row's id is a UUIDv7 in text: made here, never by a database, and sorting in the order of making. Each kind of
//! row has a type of its own, so that a note's id cannot be passed for an item's. Ids are not secrets.

use ring::rand::{SecureRandom, SystemRandom};

use crate::clock::Moment;

/// `N` random bytes from the operating system.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).expect("the operating system gives random bytes or nothing works");
    bytes
}

/// A fresh UUIDv7 for the given moment.
pub fn uuid_v7(now: Moment) -> String {
    let millis = u64::try_from(now.0 / 1000).unwrap_or(0);
    let mut bytes: [u8; 16] = random();
    bytes[..6].copy_from_slice(&millis.to_be_bytes()[2..]);
    uuid::Builder::from_custom_bytes(bytes).with_version(uuid::Version::SortRand).into_uuid().to_string()
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, sqlx::Type, serde::Serialize, serde::Deserialize)]
        #[sqlx(transparent)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            /// A new id, made at this moment.
            pub fn new(now: Moment) -> Self {
                Self(uuid_v7(now))
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }
    )*};
}

ids! {
    /// One act of telling us, from draft to erased.
    SubmissionId;
    /// One thing inside a submission.
    ItemId;
    /// One arrival of bytes, which becomes an item's original.
    UploadId;
    /// A piece of background work.
    JobId;
    /// A mail to be sent.
    MailId;
    /// A member of staff.
    StaffId;
    /// An inspection of one area.
    InspectionId;
    /// An inspector's remark.
    NoteId;
    /// An item's words in another language.
    TranslationId;
    /// An item's words, written down.
    TranscriptId;
    /// A reason for a person to look today.
    FlagId;
    /// A try of the standard questions with people.
    QuestionTryId;
    /// A dated step that a sender told us of.
    DatedStepId;
    /// Somebody without their code asks us to take something back.
    RequestId;
    /// Two submissions that are about one child.
    LinkId;
    /// A question to a sender, which waits behind their code.
    AskedId;
    /// A safe copy of an original.
    RenditionId;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_in_the_order_of_making() {
        let first = ItemId::new(Moment(1_700_000_000_000_000));
        let second = ItemId::new(Moment(1_700_000_000_002_000));
        assert!(first < second);
        assert_eq!(first.as_str().len(), 36);
    }
}
