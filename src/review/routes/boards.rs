//! What is in a file from a communication aid, as [`crate::prepare::inside`] reads it. The row that says who asked is written
//! before it is opened.

use axum::extract::{Path, Query, State};
use axum::response::IntoResponse;
use serde::Deserialize;
use serde_json::json;

use super::originals::find;
use super::page;
use crate::aac::Reading;
use crate::audit;
use crate::evidence::{device, has_inside};
use crate::prepare::inside::{self, Reader};
use crate::review::access::Openable;
use crate::review::media::as_file;
use crate::review::pages;
use crate::review::pages::board::{Asked, Shown};
use crate::review::reading;
use crate::web::door::staff_fields;
use crate::web::{Answer, Pressed, Problem, Site, Staff};
use crate::words::Speech;

/// The longest word or phrase that is looked for.
const LONGEST_WORD: usize = 200;

/// What a reader asks for in the address.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct InAddress {
    board: String,
    row: String,
    line: String,
    pages: String,
    word: String,
    personal: String,
}

impl From<InAddress> for Asked {
    fn from(address: InAddress) -> Asked {
        let number = |text: &str| text.parse::<u32>().unwrap_or(0);
        Asked {
            board: number(&address.board) as usize,
            row: number(&address.row),
            line: number(&address.line) as usize,
            pages: number(&address.pages) as usize,
            word: number(&address.word) as usize,
            find: String::new(),
            personal: address.personal == "yes",
        }
    }
}

/// `GET /staff/items/{id}/board`
pub(super) async fn show(
    State(site): State<Site>,
    staff: Staff,
    speech: Speech,
    Path(id): Path<String>,
    Query(address): Query<InAddress>,
) -> Answer {
    answer(&site, &staff, speech, id, Asked::from(address)).await
}

/// `POST /staff/items/{id}/board`: "Was there a word for …?" The word may be somebody's name, so that it stands in no
/// address.
pub(super) async fn look_for(pressed: Pressed<Staff>) -> Answer {
    let Pressed { site, by: staff, speech, about: id, form } = pressed;
    let find = form.get("find").chars().take(LONGEST_WORD).collect();
    answer(&site, &staff, speech, id, Asked { find, ..Asked::default() }).await
}

async fn answer(site: &Site, staff: &Staff, speech: Speech, id: String, asked: Asked) -> Answer {
    let found = open(site, staff, id, if asked.personal { "read_personal" } else { "read_board" }).await?;
    let item = found.item();
    let reading = inside::read(site, item, Reader::Staff).await?;
    let own = format!("/staff/items/{}/board", item.id);
    let device = declared(site, &found).await?;
    let body =
        pages::board::page(speech, &shown(&found, &reading, device.as_ref(), &own, asked), &staff_fields(site, staff));
    let title = speech.fill("board.title", &[("number", &item.number.to_string())]);
    let mut tx = site.db.read().await?;
    Ok(page(&mut tx, site, speech, staff, title, body).await?.into_response())
}

/// `GET /staff/items/{id}/board/page`: everything in it as a page to keep.
pub(super) async fn keep_page(
    State(site): State<Site>,
    staff: Staff,
    speech: Speech,
    Path(id): Path<String>,
) -> Answer {
    keep(&site, &staff, id, ("text/html; charset=utf-8", "html"), |shown| {
        pages::board_file::document(speech, shown).into_string()
    })
    .await
}

/// `GET /staff/items/{id}/board/text`: everything in it as plain text to keep.
pub(super) async fn keep_text(
    State(site): State<Site>,
    staff: Staff,
    speech: Speech,
    Path(id): Path<String>,
) -> Answer {
    keep(&site, &staff, id, ("text/plain; charset=utf-8", "txt"), |shown| pages::board_file::text(speech, shown)).await
}

async fn keep(
    site: &Site,
    staff: &Staff,
    id: String,
    (content_type, ending): (&'static str, &str),
    write: impl FnOnce(&Shown) -> String,
) -> Answer {
    let found = open(site, staff, id, "download_board").await?;
    let reading = inside::read(site, found.item(), Reader::Staff).await?;
    let device = declared(site, &found).await?;
    let body = write(&shown(&found, &reading, device.as_ref(), "", Asked::default()));
    let name = format!("{}-item-{}.{ending}", found.opened().facts.reference, found.item().number);
    Ok(as_file(body, content_type, &name))
}

/// An item whose inside this reader may read; that they do is written down before it is opened.
async fn open(site: &Site, staff: &Staff, id: String, action: &'static str) -> Answer<Openable> {
    let mut tx = site.db.write().await?;
    let found = find(&mut tx, staff, id).await?;
    let item = found.item();
    if !has_inside(item.kind, item.state) {
        return Err(Problem::NotFound);
    }
    audit::record(&mut tx, site.clock.now(), &staff.actor(), action, "item", item.id.as_str(), json!({})).await?;
    tx.commit().await?;
    Ok(found)
}

/// What the sender says of the device.
async fn declared(site: &Site, found: &Openable) -> Answer<Option<device::Told>> {
    let mut tx = site.db.read().await?;
    let key = reading::key(&mut tx, site, found.opened().id()).await?;
    Ok(device::find(&mut tx, &key, &found.item().id).await?)
}

fn shown<'a>(
    found: &'a Openable,
    reading: &'a Reading,
    device: Option<&'a device::Told>,
    address: &'a str,
    asked: Asked,
) -> Shown<'a> {
    let (reference, number) = (&found.opened().facts.reference, found.item().number);
    Shown { reference, number, address, reading, device, asked }
}
