//! `GET /tell/copy/file`: the copy as a zip file, in bounded memory whatever was sent.
//!
//! Everything about the file is known before its first byte (lengths and CRC-32 of originals come from their read-back),
//! so its length is said, and a download that broke off goes on where it stopped (RFC 9110, ranges; `If-Range` with an
//! entity tag of all that is inside). Originals are opened one after the other, segment by segment; one that was removed
//! meanwhile breaks the download off, so that half a file is never taken for a whole one.

use std::collections::BTreeMap;
use std::io;

use axum::body::Body;
use axum::extract::State;
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::http::{Response, StatusCode};
use bytes::Bytes;
use futures_util::stream::{self, BoxStream, StreamExt, TryStreamExt};
use ring::digest::{Context, SHA256};
use serde_json::json;

use super::names::safe;
use super::text::text;
use super::zip::{Archive, Entry, Part, Source};
use super::{FILE_NAME, Held};
use crate::audit;
use crate::evidence::{Kind, store as evidence};
use crate::id::ItemId;
use crate::prepare::inside::open_as_sent;
use crate::submission::told;
use crate::web::range::{Asked, asked};
use crate::web::{Answer, Problem, Site, Submitter};
use crate::words::Speech;

/// `GET /tell/copy/file`
pub async fn send(State(site): State<Site>, submitter: Submitter, speech: Speech, headers: HeaderMap) -> Answer {
    let mut tx = site.db.read().await?;
    let held = Held::load(&site, &mut tx, &submitter).await?;
    let known = evidence::list_crcs(&mut tx, &submitter.submission).await?;
    drop(tx);
    let entries = entries(&site, speech, &held, known).await?;
    let tag = tag(&entries);
    let archive = Archive::new(entries);
    let is_other = headers.get(header::IF_RANGE).is_some_and(|named| named.as_bytes() != tag.as_bytes());
    let wanted = if is_other { Asked::Whole } else { asked(&headers, archive.length) };
    if !matches!(wanted, Asked::Part { start: 1.., .. }) {
        let now = site.clock.now();
        let mut tx = site.db.write().await?;
        let about = submitter.submission.as_str();
        audit::record(&mut tx, now, "sender", "copied", "submission", about, json!({})).await?;
        tx.commit().await?;
    }
    Ok(answer(site, &archive, wanted, &tag))
}

/// What the file holds: what was said as text, each piece of writing, each file that is all here.
async fn entries(site: &Site, speech: Speech, held: &Held, known: BTreeMap<ItemId, u32>) -> Answer<Vec<Entry<ItemId>>> {
    let row = &held.whole.row;
    let sections = told::sections(speech, &held.whole, site.clock.now().date_in_london());
    let said = text(speech, held, &sections);
    let made = row.added_us.or(row.sent_us).unwrap_or(row.created_us);
    let mut entries = vec![ours(safe(0, speech.say("copy.text_name"), "text.txt"), made, said)];
    for told in held.items().filter(|told| told.item.kind == Kind::Text) {
        let name = safe(told.item.number, speech.say("copy.writing_name"), "text.txt");
        entries.push(ours(name, told.item.created_us, told.text.clone().unwrap_or_default()));
    }
    for (told, length) in held.files() {
        let item = &told.item;
        let cut = held.cut_of(told);
        let crc = match known.get(&item.id) {
            // What is known is the whole file's, until the copy has its place.
            Some(crc) if cut.is_none_or(|row| row.replaced_us.is_some()) => *crc,
            _ => read_crc(site, &item.id, cut.is_none()).await?,
        };
        let ending = if cut.is_some() { ".json" } else { "" };
        let name = safe(item.number, &format!("{}{ending}", told::item_name(speech, told)), "file");
        let source = Source::There(item.id.clone());
        entries.push(Entry { name, made: item.received_us.unwrap_or(item.created_us), length, crc, source });
    }
    Ok(entries)
}

fn ours(name: String, made: crate::clock::Moment, text: String) -> Entry<ItemId> {
    let bytes = Bytes::from(text);
    let crc = crc32fast::hash(&bytes);
    Entry { name, made, length: bytes.len() as u64, crc, source: Source::Here(bytes) }
}

/// Reads an original that was read back before its CRC-32 was kept, or was not read back yet, and keeps it. A copy without
/// what is left out may be another tomorrow, so that its CRC-32 is not kept.
async fn read_crc(site: &Site, item: &ItemId, keep: bool) -> Answer<u32> {
    let original = open_as_sent(site, item).await?.ok_or(Problem::Unavailable)?;
    let mut pieces = std::pin::pin!(original.range(0..original.length));
    let mut hasher = crc32fast::Hasher::new();
    while let Some(piece) = pieces.try_next().await? {
        hasher.update(&piece);
    }
    let crc = hasher.finalize();
    if !keep {
        return Ok(crc);
    }
    let mut tx = site.db.write().await?;
    evidence::record_crc(&mut tx, item, crc).await?;
    tx.commit().await?;
    Ok(crc)
}

/// The entity tag: another one as soon as anything inside is another.
fn tag(entries: &[Entry<ItemId>]) -> String {
    let mut digest = Context::new(&SHA256);
    for entry in entries {
        digest.update(&(entry.name.len() as u64).to_be_bytes());
        digest.update(entry.name.as_bytes());
        digest.update(&entry.made.0.to_be_bytes());
        digest.update(&entry.length.to_be_bytes());
        digest.update(&entry.crc.to_be_bytes());
        match &entry.source {
            Source::Here(bytes) => digest.update(bytes),
            Source::There(item) => digest.update(item.as_str().as_bytes()),
        }
    }
    format!("\"{}\"", data_encoding::HEXLOWER.encode(&digest.finish().as_ref()[..16]))
}

fn answer(site: Site, archive: &Archive<ItemId>, wanted: Asked, tag: &str) -> axum::response::Response {
    let (status, range) = match wanted {
        Asked::Whole => (StatusCode::OK, 0..archive.length),
        Asked::Part { start, end } => (StatusCode::PARTIAL_CONTENT, start..end),
        Asked::Outside => (StatusCode::RANGE_NOT_SATISFIABLE, 0..0),
    };
    let (length, whole) = (range.end - range.start, archive.length);
    let content_range = match wanted {
        Asked::Whole => None,
        Asked::Part { start, end } => Some(format!("bytes {start}-{}/{whole}", end.saturating_sub(1))),
        Asked::Outside => Some(format!("bytes */{whole}")),
    };
    let mut response = Response::new(body(site, archive.range(range)));
    *response.status_mut() = status;
    let mut set = |name: HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(name, value);
        }
    };
    if let Some(content_range) = content_range {
        set(header::CONTENT_RANGE, &content_range);
    }
    set(header::CONTENT_LENGTH, &length.to_string());
    set(header::CONTENT_TYPE, "application/zip");
    set(header::CONTENT_DISPOSITION, &format!("attachment; filename=\"{FILE_NAME}\""));
    set(header::ETAG, tag);
    set(header::ACCEPT_RANGES, "bytes");
    set(header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'");
    set(header::CACHE_CONTROL, "no-store");
    response
}

fn body(site: Site, parts: Vec<Part<ItemId>>) -> Body {
    let pieces = stream::iter(parts).then(move |part| bytes_of(site.clone(), part)).try_flatten();
    Body::from_stream(pieces)
}

/// The bytes of one part. An original is opened when its turn has come, and not before.
async fn bytes_of(site: Site, part: Part<ItemId>) -> io::Result<BoxStream<'static, io::Result<Bytes>>> {
    let (item, range) = match part {
        Part::Ours(bytes) => return Ok(stream::once(std::future::ready(Ok(bytes))).boxed()),
        Part::Theirs(item, range) => (item, range),
    };
    let original = open_as_sent(&site, &item).await.map_err(io::Error::other)?;
    let original = original.ok_or_else(|| io::Error::other("it was removed while it was copied"))?;
    Ok(original.range(range).map_err(io::Error::other).boxed())
}
