//! Where an object lives in the store, and how a browser would have to treat it.
//!
//! One enum says it all: path, content type, disposition. A path is the same on disk and in a bucket. Names are random
//! and never used twice, so an object at a path is never another attempt's; that it exists proves nothing by itself.

use std::fmt;
use std::str::FromStr;

use data_encoding::HEXLOWER;

use crate::id::random;

/// The place of one object.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ObjectKey {
    /// An original, sealed whole.
    Original(ObjectName),
    /// The sealed bytes at the end of an upload that is not yet whole, for another server to go on from.
    Tail(ObjectName),
    /// A safe copy made from an original, sealed.
    Rendition(ObjectName),
    /// A copy of a wrapped key: its id (without slashes), and the master key that wrapped it, or `item`.
    KeyCopy {
        /// The key's id, with `/` written as `.`.
        key: String,
        /// Which master key wrapped it.
        master: String,
    },
}

/// A random name: 128 bits as 32 hex digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectName(String);

impl ObjectName {
    fn random() -> ObjectName {
        ObjectName(HEXLOWER.encode(&random::<16>()))
    }
}

/// A path that is not one of ours.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the path of an object of ours")]
pub struct ForeignPath;

impl ObjectKey {
    /// A place for a new original.
    pub fn new_original() -> ObjectKey {
        ObjectKey::Original(ObjectName::random())
    }

    /// A place for a new tail.
    pub fn new_tail() -> ObjectKey {
        ObjectKey::Tail(ObjectName::random())
    }

    /// A place for a new rendition.
    pub fn new_rendition() -> ObjectKey {
        ObjectKey::Rendition(ObjectName::random())
    }

    /// The place of a wrapped key's copy.
    pub fn key_copy(key_id: &str, master_id: &str) -> ObjectKey {
        let master = if master_id.is_empty() { "item" } else { master_id };
        ObjectKey::KeyCopy { key: key_id.replace('/', "."), master: master.to_owned() }
    }

    /// The folder that holds every copy of one wrapped key.
    pub fn key_copies_prefix(key_id: &str) -> String {
        format!("keys/{}/", key_id.replace('/', "."))
    }

    /// Everything in the store is sealed, so nothing has a type that a browser would open.
    pub fn content_type(&self) -> &'static str {
        "application/octet-stream"
    }

    /// Nobody is meant to fetch from the store; whoever does gets a download.
    pub fn disposition(&self) -> &'static str {
        "attachment"
    }

    /// The path, with `/` between its parts.
    pub fn path(&self) -> String {
        self.to_string()
    }
}

impl fmt::Display for ObjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ObjectKey::Original(ObjectName(name)) => write!(f, "originals/{}/{name}", &name[..2]),
            ObjectKey::Tail(ObjectName(name)) => write!(f, "tails/{}/{name}", &name[..2]),
            ObjectKey::Rendition(ObjectName(name)) => write!(f, "renditions/{}/{name}", &name[..2]),
            ObjectKey::KeyCopy { key, master } => write!(f, "keys/{key}/{master}"),
        }
    }
}

impl FromStr for ObjectKey {
    type Err = ForeignPath;

    /// Reads a path back, from a row or a listing. A path from anywhere else is refused.
    fn from_str(path: &str) -> Result<ObjectKey, ForeignPath> {
        let mut parts = path.split('/');
        let (Some(room), Some(middle), Some(last), None) = (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(ForeignPath);
        };
        let key = match room {
            "keys" if is_plain(middle) && is_plain(last) => {
                return Ok(ObjectKey::KeyCopy { key: middle.to_owned(), master: last.to_owned() });
            }
            "originals" => ObjectKey::Original,
            "tails" => ObjectKey::Tail,
            "renditions" => ObjectKey::Rendition,
            _ => return Err(ForeignPath),
        };
        let is_hex = last.len() == 32 && last.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        if is_hex && last.starts_with(middle) && middle.len() == 2 {
            Ok(key(ObjectName(last.to_owned())))
        } else {
            Err(ForeignPath)
        }
    }
}

fn is_plain(part: &str) -> bool {
    !part.is_empty()
        && !part.starts_with('.')
        && part.len() <= 200
        && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_reads_back_and_nothing_else_does() {
        for key in [
            ObjectKey::new_original(),
            ObjectKey::new_tail(),
            ObjectKey::new_rendition(),
            ObjectKey::key_copy("service/csrf", "00ff"),
            ObjectKey::key_copy("0190-item", ""),
        ] {
            assert_eq!(key.path().parse(), Ok(key));
        }
        for foreign in ["", "originals/ab/cd", "originals/../x/../etc/passwd", "keys/../x", "keys/a/../b", "spool/a/b"]
        {
            assert_eq!(foreign.parse::<ObjectKey>(), Err(ForeignPath), "{foreign}");
        }
        assert_ne!(ObjectKey::new_original(), ObjectKey::new_original());
    }
}
