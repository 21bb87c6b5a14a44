//! The keys that everything kept is sealed with, and how they hang together.
//!
//! ```text
//! master key (a file outside the data)
//!   ├─ wraps service keys      csrf, pepper, staff, log, mail, failed-try
//!   └─ wraps submission keys   one each; seals what people wrote, column by column
//!        └─ wraps item keys    one each; seals an item's bytes (see `storage::seal`)
//! ```
//!
//! Wrapped keys lie in one table, `wrapped_key`, and as `keys/…` objects in the store (`storage::key_copies`), and
//! nowhere else. Deleting a wrapped key is what erasing means: the bytes it sealed can never be read again, wherever
//! copies of them lie. Changing the master key wraps keys again and touches no media.
//!
//! Sealing is AES-256-GCM with a random 96-bit nonce (NIST SP 800-38D, 8.2.2); what a key is used for is kept apart by
//! HKDF-SHA256 (RFC 5869). What a sealed value belongs to (table, column, row) goes in as associated data, each part
//! with its length before it, so that a value moved elsewhere does not open.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, RwLock};

use anyhow::{Context, Result, bail};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::{hkdf, hmac};

use super::master::{self, Master};
use crate::clock::Moment;
use crate::config::Config;
use crate::db::{self, Db, DbResult, Tx};
use crate::id::{SubmissionId, random};
use crate::jobs;

/// The service keys. A name not in this list does not exist.
pub const SERVICE_KEYS: [&str; 6] = ["csrf", "pepper", "staff", "log", "mail", "failed-try"];

/// The job that copies a wrapped key into the store. Its subject is the key's id.
pub const COPY_KEY: &str = "copy_key";
/// The job that takes a forgotten key's copy out of the store. Its subject is the key's id.
pub const ERASE_KEY_COPY: &str = "erase_key_copy";

const SEAL_VERSION: u8 = 1;

const INSERT: &str = "insert into wrapped_key (id, kind, parent, wrapped, master_id, created_us)
    values ($1, $2, $3, $4, $5, $6)
    on conflict (id) do nothing";
const FIND: &str = "select id, kind, parent, wrapped, master_id, created_us from wrapped_key where id = $1";
const LIST_WITH_CHILDREN: &str = "select id from wrapped_key where id = $1 or parent = $1";
const DELETE: &str = "delete from wrapped_key where id = $1";
const REPLACE: &str = "update wrapped_key set wrapped = $2, created_us = $3 where id = $1 and kind = 'item'";
const LIST_MASTERS: &str = "select distinct master_id from wrapped_key where master_id <> ''";

/// A sealed value that does not open: altered, moved from where it belongs, or sealed with another key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a sealed value does not open")]
pub struct SealBroken;

/// Why a wrapped key could not be had.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The database gave an error.
    #[error(transparent)]
    Db(#[from] db::DbError),
    /// The row is there and does not open: altered, or wrapped by a master key that we do not have.
    #[error("a wrapped key does not open")]
    Broken(#[from] SealBroken),
}

/// A wrapped key as it lies in the table.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct WrappedKey {
    /// `service/<name>`, a submission's id, or an item key's id.
    pub id: String,
    /// `service`, `submission` or `item`.
    pub kind: String,
    /// For an item key: the submission whose key wraps it.
    pub parent: Option<String>,
    /// The key, wrapped.
    pub wrapped: Vec<u8>,
    /// Which master key wrapped it; empty for item keys.
    pub master_id: String,
    /// When it was made.
    pub created_us: i64,
}

/// Every key that this process may use. Cheap to clone.
#[derive(Clone)]
pub struct Keys {
    pub(super) masters: Arc<RwLock<Masters>>,
    services: Arc<BTreeMap<&'static str, ServiceKey>>,
}

pub(super) struct Masters {
    pub(super) file: std::path::PathBuf,
    pub(super) stamp: Option<master::Stamp>,
    pub(super) current: Master,
    /// The master key before this one, while a rotation is under way.
    pub(super) previous: Option<Master>,
}

impl Keys {
    /// Reads the master key and loads the service keys. On the very first start it makes both.
    ///
    /// A master key that is missing or wrong while wrapped keys exist is refused: a new one would make everything that
    /// was ever sent unreadable, and nobody would notice until it was needed.
    pub async fn open(config: &Config, db: &Db, now: Moment) -> Result<Keys> {
        let mut tx = db.read().await.context("reading which master key is in use")?;
        let in_use: Vec<(String,)> = db::all!(&mut tx, (String,), LIST_MASTERS)?;
        drop(tx);
        let file = config.master_key_file.clone();
        let masters = if in_use.is_empty() { master::read_or_make(&file)? } else { master::read(&file)? };
        for (id,) in &in_use {
            if masters.by_id(id).is_none() {
                bail!(master::wrong_key(&file));
            }
        }
        let services = load_services(db, &masters, now).await?;
        Ok(Keys { masters: Arc::new(RwLock::new(masters)), services: Arc::new(services) })
    }

    /// The service key of this name, which is one of [`SERVICE_KEYS`].
    pub fn service(&self, name: &'static str) -> ServiceKey {
        self.services.get(name).cloned().unwrap_or_else(|| panic!("{name} is not in SERVICE_KEYS"))
    }

    /// Makes the key of a new submission. Without it nothing of that submission can be sealed.
    pub async fn make_submission_key(
        &self,
        tx: &mut Tx,
        submission: &SubmissionId,
        now: Moment,
    ) -> DbResult<SubmissionKey> {
        let secret = random();
        self.read_again_if_changed();
        let (master_id, wrapped) = {
            let masters = self.masters.read().expect("no thread panics while it holds the master keys");
            let context = key_context("submission", submission.as_str(), "");
            (masters.current.id.clone(), masters.current.wrapping.seal(&context, &secret))
        };
        insert(tx, submission.as_str(), "submission", None, wrapped, &master_id, now).await?;
        Ok(SubmissionKey::from_secret(&secret))
    }

    /// The key of a submission; none once it was erased.
    pub async fn submission(&self, tx: &mut Tx, submission: &SubmissionId) -> Result<Option<SubmissionKey>, KeyError> {
        let Some(row) = find(tx, submission.as_str()).await? else { return Ok(None) };
        if row.kind != "submission" {
            return Err(SealBroken.into());
        }
        let secret = self.unwrap_by_master(&row)?;
        Ok(Some(SubmissionKey::from_secret(&secret)))
    }

    /// Makes the key of one item's bytes, wrapped by its submission's key.
    pub async fn make_item_key(
        &self,
        tx: &mut Tx,
        parent: &SubmissionKey,
        submission: &SubmissionId,
        key_id: &str,
        now: Moment,
    ) -> DbResult<ItemKey> {
        let secret = random();
        let context = key_context("item", key_id, submission.as_str());
        let wrapped = parent.wrapping.seal(&context, &secret);
        insert(tx, key_id, "item", Some(submission.as_str()), wrapped, "", now).await?;
        Ok(ItemKey { secret })
    }

    /// The key of one item's bytes; none once it was erased.
    pub async fn item(&self, tx: &mut Tx, parent: &SubmissionKey, key_id: &str) -> Result<Option<ItemKey>, KeyError> {
        let Some(row) = find(tx, key_id).await? else { return Ok(None) };
        let context = key_context(&row.kind, &row.id, row.parent.as_deref().unwrap_or(""));
        let secret = to_secret(&parent.wrapping.open(&context, &row.wrapped)?)?;
        Ok(Some(ItemKey { secret }))
    }

    /// Gives the key of one item's bytes the secret of another: from now on it opens what that one seals. Its own secret is
    /// gone, and with it whatever it sealed. The other key stays.
    pub async fn replace_item_key(
        &self,
        tx: &mut Tx,
        (parent, submission): (&SubmissionKey, &SubmissionId),
        key_id: &str,
        with: &str,
        now: Moment,
    ) -> Result<(), KeyError> {
        let other = self.item(tx, parent, with).await?.ok_or(SealBroken)?;
        let wrapped = parent.wrapping.seal(&key_context("item", key_id, submission.as_str()), &other.secret);
        if db::run!(&mut *tx, REPLACE, key_id, wrapped, now)? == 0 {
            return Err(SealBroken.into());
        }
        jobs::enqueue(tx, COPY_KEY, key_id, now, now).await?;
        Ok(())
    }

    /// Erases a key and all that it wraps, and asks for the copies in the store to go too. Forgetting what is not there
    /// is not an error.
    pub async fn forget(&self, tx: &mut Tx, key_id: &str, now: Moment) -> DbResult<()> {
        let rows: Vec<(String,)> = db::all!(&mut *tx, (String,), LIST_WITH_CHILDREN, key_id)?;
        for (id,) in rows {
            db::run!(&mut *tx, DELETE, id.as_str())?;
            jobs::enqueue(tx, ERASE_KEY_COPY, &id, now, now).await?;
        }
        Ok(())
    }

    /// Reads the master key again when another process has put a new one in its place, so that nothing is wrapped by
    /// one that is on its way out.
    pub(super) fn read_again_if_changed(&self) {
        let (file, known) = {
            let masters = self.masters.read().expect("no thread panics while it holds the master keys");
            (masters.file.clone(), masters.stamp)
        };
        if master::stamp(&file) != known
            && let Ok(fresh) = master::read(&file)
        {
            *self.masters.write().expect("no thread panics while it holds the master keys") = fresh;
        }
    }

    /// Opens a key that a master key wrapped. When another process has changed the master key meanwhile, the files are
    /// read again.
    fn unwrap_by_master(&self, row: &WrappedKey) -> Result<[u8; 32], SealBroken> {
        if let Some(secret) = self.masters.read().expect("no thread panics while it holds the master keys").unwrap(row)
        {
            return secret;
        }
        let mut masters = self.masters.write().expect("no thread panics while it holds the master keys");
        if let Ok(fresh) = master::read(&masters.file.clone()) {
            *masters = fresh;
        }
        masters.unwrap(row).unwrap_or(Err(SealBroken))
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys(..)")
    }
}

impl Masters {
    /// The master key with this id, if we have it.
    pub(super) fn by_id(&self, id: &str) -> Option<&Master> {
        std::iter::once(&self.current).chain(&self.previous).find(|master| master.id == id)
    }

    /// Opens a wrapped service or submission key; none when we do not have its master.
    pub(super) fn unwrap(&self, row: &WrappedKey) -> Option<Result<[u8; 32], SealBroken>> {
        let master = self.by_id(&row.master_id)?;
        let context = key_context(&row.kind, &row.id, "");
        Some(master.wrapping.open(&context, &row.wrapped).and_then(|secret| to_secret(&secret)))
    }
}

async fn load_services(db: &Db, masters: &Masters, now: Moment) -> Result<BTreeMap<&'static str, ServiceKey>> {
    let mut services = BTreeMap::new();
    let mut tx = db.write().await?;
    for name in SERVICE_KEYS {
        let id = format!("service/{name}");
        let row = match find(&mut tx, &id).await? {
            Some(row) => row,
            None => {
                let wrapped = masters.current.wrapping.seal(&key_context("service", &id, ""), &random::<32>());
                insert(&mut tx, &id, "service", None, wrapped, &masters.current.id, now).await?;
                // Read back: another process may have made it a moment before.
                find(&mut tx, &id).await?.context("a service key that was just written is not there")?
            }
        };
        let Some(secret) = masters.unwrap(&row) else { bail!(master::wrong_key(&masters.file)) };
        services.insert(name, ServiceKey::from_secret(&secret.context("a service key does not open")?));
    }
    tx.commit().await?;
    Ok(services)
}

/// A wrapped key as it lies in the table.
pub(super) async fn find(tx: &mut Tx, id: &str) -> DbResult<Option<WrappedKey>> {
    db::maybe!(tx, WrappedKey, FIND, id)
}

async fn insert(
    tx: &mut Tx,
    id: &str,
    kind: &str,
    parent: Option<&str>,
    wrapped: Vec<u8>,
    master_id: &str,
    now: Moment,
) -> DbResult<()> {
    let added = db::run!(&mut *tx, INSERT, id, kind, parent, wrapped, master_id, now)?;
    if added == 1 {
        jobs::enqueue(tx, COPY_KEY, id, now, now).await?;
    }
    Ok(())
}

/// What a wrapped key belongs to, so that it does not open under another name, kind or parent.
pub(super) fn key_context(kind: &str, id: &str, parent: &str) -> Vec<u8> {
    framed(&[b"wrapped_key", kind.as_bytes(), id.as_bytes(), parent.as_bytes()])
}

pub(super) fn to_secret(bytes: &[u8]) -> Result<[u8; 32], SealBroken> {
    bytes.try_into().map_err(|_| SealBroken)
}

/// Parts put together so that no two lists of parts give the same bytes.
pub fn framed(parts: &[&[u8]]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(parts.iter().map(|part| part.len() + 8).sum());
    for part in parts {
        bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
        bytes.extend_from_slice(part);
    }
    bytes
}

/// 32 bytes from a secret, for one purpose (RFC 5869).
pub(super) fn derive(secret: &[u8; 32], salt: &[u8], purpose: &[&[u8]]) -> [u8; 32] {
    let prk = hkdf::Salt::new(hkdf::HKDF_SHA256, salt).extract(secret);
    let info = framed(purpose);
    let mut derived = [0; 32];
    prk.expand(&[&info], hkdf::HKDF_SHA256)
        .and_then(|okm| okm.fill(&mut derived))
        .expect("HKDF gives up to 255 times its hash length, and 32 bytes are asked for");
    derived
}

/// Seals short values with random nonces: up to 2^32 values under one key are safe.
#[derive(Clone)]
pub(super) struct Sealer(Arc<LessSafeKey>);

impl Sealer {
    pub(super) fn new(key: &[u8; 32]) -> Sealer {
        let key = UnboundKey::new(&AES_256_GCM, key).expect("an AES-256 key has 32 bytes");
        Sealer(Arc::new(LessSafeKey::new(key)))
    }

    pub(super) fn seal(&self, context: &[u8], plain: &[u8]) -> Vec<u8> {
        let nonce: [u8; NONCE_LEN] = random();
        let mut sealed = Vec::with_capacity(1 + NONCE_LEN + plain.len() + AES_256_GCM.tag_len());
        sealed.push(SEAL_VERSION);
        sealed.extend_from_slice(&nonce);
        let mut body = plain.to_vec();
        self.0
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(context), &mut body)
            .expect("AES-GCM refuses only values above 64 GiB");
        sealed.append(&mut body);
        sealed
    }

    pub(super) fn open(&self, context: &[u8], sealed: &[u8]) -> Result<Vec<u8>, SealBroken> {
        let (&version, rest) = sealed.split_first().ok_or(SealBroken)?;
        let (nonce, body) = rest.split_at_checked(NONCE_LEN).ok_or(SealBroken)?;
        if version != SEAL_VERSION {
            return Err(SealBroken);
        }
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| SealBroken)?;
        let mut body = body.to_vec();
        let length = self.0.open_in_place(nonce, Aad::from(context), &mut body).map_err(|_| SealBroken)?.len();
        body.truncate(length);
        Ok(body)
    }
}

/// A key for one purpose of the service itself: hashing what must be found again, sealing what is not a submission's.
#[derive(Clone)]
pub struct ServiceKey {
    sealer: Sealer,
    mac: hmac::Key,
}

impl ServiceKey {
    pub(super) fn from_secret(secret: &[u8; 32]) -> ServiceKey {
        ServiceKey {
            sealer: Sealer::new(&derive(secret, b"", &[b"heard service seal"])),
            mac: hmac::Key::new(hmac::HMAC_SHA256, &derive(secret, b"", &[b"heard service hmac"])),
        }
    }

    /// A keyed hash over the parts, each with its length.
    pub fn hmac(&self, parts: &[&[u8]]) -> [u8; 32] {
        let tag = hmac::sign(&self.mac, &framed(parts));
        tag.as_ref().try_into().expect("HMAC-SHA256 gives 32 bytes")
    }

    /// Whether `tag` is the keyed hash over the parts; takes the same time whatever the answer.
    pub fn verify(&self, parts: &[&[u8]], tag: &[u8]) -> bool {
        hmac::verify(&self.mac, &framed(parts), tag).is_ok()
    }

    /// Seals a value for one place; `context` names the place.
    pub fn seal(&self, context: &str, plain: &[u8]) -> Vec<u8> {
        self.sealer.seal(&framed(&[b"service", context.as_bytes()]), plain)
    }

    /// Opens a value that was sealed for this place.
    pub fn open(&self, context: &str, sealed: &[u8]) -> Result<Vec<u8>, SealBroken> {
        self.sealer.open(&framed(&[b"service", context.as_bytes()]), sealed)
    }
}

impl fmt::Debug for ServiceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ServiceKey(..)")
    }
}

/// The key of one submission: seals what its people wrote, and wraps its items' keys.
#[derive(Clone)]
pub struct SubmissionKey {
    columns: Sealer,
    wrapping: Sealer,
}

impl SubmissionKey {
    fn from_secret(secret: &[u8; 32]) -> SubmissionKey {
        SubmissionKey {
            columns: Sealer::new(&derive(secret, b"", &[b"heard submission columns"])),
            wrapping: Sealer::new(&derive(secret, b"", &[b"heard submission wrapping"])),
        }
    }

    /// Seals one value of one column of one row. It opens there and nowhere else.
    pub fn seal(&self, table: &str, column: &str, row: &str, plain: &[u8]) -> Vec<u8> {
        self.columns.seal(&column_context(table, column, row), plain)
    }

    /// Opens the value of one column of one row.
    pub fn open(&self, table: &str, column: &str, row: &str, sealed: &[u8]) -> Result<Vec<u8>, SealBroken> {
        self.columns.open(&column_context(table, column, row), sealed)
    }

    /// Seals a text.
    pub fn seal_text(&self, table: &str, column: &str, row: &str, plain: &str) -> Vec<u8> {
        self.seal(table, column, row, plain.as_bytes())
    }

    /// Opens a text.
    pub fn open_text(&self, table: &str, column: &str, row: &str, sealed: &[u8]) -> Result<String, SealBroken> {
        String::from_utf8(self.open(table, column, row, sealed)?).map_err(|_| SealBroken)
    }
}

impl fmt::Debug for SubmissionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SubmissionKey(..)")
    }
}

fn column_context(table: &str, column: &str, row: &str) -> Vec<u8> {
    framed(&[b"column", table.as_bytes(), column.as_bytes(), row.as_bytes()])
}

/// The key of one item's bytes. It seals nothing itself: the sealing format derives a key for every run from it.
#[derive(Clone)]
pub struct ItemKey {
    secret: [u8; 32],
}

impl ItemKey {
    /// A key of known bytes, for test vectors of the sealing format.
    pub fn from_secret(secret: [u8; 32]) -> ItemKey {
        ItemKey { secret }
    }

    /// A key for one purpose, such as one run of one object.
    pub fn derive(&self, salt: &[u8], purpose: &[&[u8]]) -> [u8; 32] {
        derive(&self.secret, salt, purpose)
    }
}

impl fmt::Debug for ItemKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ItemKey(..)")
    }
}

#[cfg(test)]
mod tests;
