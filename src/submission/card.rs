//! A card for the child or young person: `/tell/card` makes a second code, for them alone, and shows it once.
//!
//! What comes by that card is a submission of its own, with its own key, receipt and end, so that nothing on the pages of
//! whoever made the card can show it, count it or end it. They are never told that the card was used, and the child's door
//! ([`super::own`]) shows nothing that they sent. Staff see whose card something came by.
//!
//! The card's code keeps the rules of every return code. It is shown in the visit that made it and nowhere else: nobody
//! can read it again afterwards, but another card can be made.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde_json::json;

use super::begin::Fresh;
use super::code::Code;
use super::{code_page, pace};
use crate::audit;
use crate::db::{self, DbResult, Tx};
use crate::evidence::Whose;
use crate::html::{self, Door, Page};
use crate::id::SubmissionId;
use crate::web::client::ClientAddr;
use crate::web::{Answer, Form, Problem, Site, Submitter, address_day, door, visit};
use crate::words::Speech;

/// Where a card is made.
pub const CARD: &str = "/tell/card";
/// Most cards for one submission.
const MOST: i64 = 20;

/// `GET /tell/card`
pub async fn show(State(site): State<Site>, submitter: Submitter, speech: Speech) -> Answer<Page> {
    let mut tx = site.db.read().await?;
    let opened = door::open(&site, &mut tx, &submitter).await?;
    let code = of_visit(&mut tx, &submitter).await?;
    let hidden = door::submitter_fields(&site, &submitter);
    let shown = Shown { code: code.as_ref(), url: &site.config.public_url, is_draft: submitter.is_draft() };
    Ok(page(speech, opened.door, &hidden, &shown))
}

async fn of_visit(tx: &mut Tx, submitter: &Submitter) -> Answer<Option<Code>> {
    Ok(visit::card_code(tx, submitter).await?.and_then(|text| Code::read(&text).ok()))
}

struct Shown<'a> {
    code: Option<&'a Code>,
    url: &'a str,
    is_draft: bool,
}

fn page(speech: Speech, door: Door, hidden: &Markup, shown: &Shown) -> Page {
    let body = html! {
        (html::heading(speech, "card.title"))
        p.lead { (speech.say("card.lead")) }
        @match shown.code {
            Some(code) => {
                (code_page::card(speech, code, Some(shown.url)))
                p { (speech.say("card.give")) }
                p.no-print { a href={ (CARD) "/file" } download="six-words.txt" { (speech.say("code.file")) } }
                (html::warning(speech, html! { p { (speech.say("card.once")) } }))
                div.no-print {
                    h2 { (speech.say("card.another_title")) }
                    (html::form(CARD, hidden, html::secondary_button(speech.say("card.another"), "another", "yes")))
                }
            }
            None => {
                (html::list([
                    html! { (speech.say("card.what_words")) },
                    html! { (speech.say("card.what_mind")) },
                    html! { (speech.say("card.what_nothing")) },
                    html! { (speech.say("card.what_not_told")) },
                ]))
                (html::form(CARD, hidden, html::button_of(speech, "card.make")))
            }
        }
    };
    let back = if shown.is_draft { "/tell" } else { "/sent" };
    Page::new(speech, door, speech.say("code.tab"), body).path(CARD).back(back)
}

const COUNT: &str = "select count(*) from submission where card_of = $1";
const LINK: &str = "update submission set card_of = $2 where id = $1";

/// `POST /tell/card`: makes a card. A second press shows the one that was made, until another is asked for.
pub async fn make(
    State(site): State<Site>,
    submitter: Submitter,
    client: ClientAddr,
    speech: Speech,
    form: Form,
) -> Answer {
    let mut tx = site.db.read().await?;
    let (cards,) = db::one!(&mut tx, (i64,), COUNT, &submitter.submission)?;
    let has_one = of_visit(&mut tx, &submitter).await?.is_some() && form.get("another") != "yes";
    drop(tx);
    if !matches!(submitter.state.as_str(), "draft" | "sent") || has_one {
        return Ok(Redirect::to(CARD).into_response());
    }
    if cards >= MOST {
        return Err(Problem::SlowDown);
    }
    let who = client.keyed_today(&site, site.clock.now());
    pace::slow_down(&site, &who).await?;
    let now = site.clock.now();
    let fresh = Fresh::make(&site, now).await?;
    let mut tx = site.db.write().await?;
    address_day::count_draft(&mut tx, &who, now).await?;
    fresh.insert(&site, &mut tx, speech.wording().name(), false, now).await?;
    db::run!(&mut tx, LINK, &fresh.id, &submitter.submission)?;
    visit::keep_card_code(&mut tx, &submitter, &fresh.code.text()).await?;
    audit::record(&mut tx, now, "sender", "card_made", "submission", fresh.id.as_str(), json!({})).await?;
    tx.commit().await?;
    Ok(Redirect::to(CARD).into_response())
}

/// `GET /tell/card/file`: the card as a small file, under a name that says nothing.
pub async fn file(State(site): State<Site>, submitter: Submitter, speech: Speech) -> Answer {
    let mut tx = site.db.read().await?;
    let code = of_visit(&mut tx, &submitter).await?.ok_or(Problem::NotFound)?;
    let text = code_page::file_text(speech, &code, &format!("{}/return", site.config.public_url));
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"six-words.txt\""),
    ];
    Ok::<Response, Problem>((headers, text).into_response())
}

const WHOSE: &str =
    "update evidence_item set whose = $2, reached = case when kind = 'text' then 'written' else reached end
    where submission_id = $1 and state <> 'removed'";
const AREAS: &str = "insert into submission_area (submission_id, area_code, relation)
    select cast($1 as text), a.area_code, a.relation from submission_area a where a.submission_id = $2
    on conflict do nothing";
const KNOWN: &str = "update submission set area_state = 'known'
    where id = $1 and exists (select 1 from submission_area a where a.submission_id = submission.id)";

/// What is sent by a card is in the child's own words, and goes to the queues of the area that the card's maker gave.
pub(super) async fn take_as_own(tx: &mut Tx, own: &SubmissionId, maker: &SubmissionId) -> DbResult<()> {
    db::run!(&mut *tx, WHOSE, own, Whose::ChildOrYoungPerson.name())?;
    db::run!(&mut *tx, AREAS, own, maker)?;
    db::run!(tx, KNOWN, own)?;
    Ok(())
}

const HIDE: &str = "update submission set place_hidden = true
    where (id = $1 or card_of = $1) and exists (
        select 1 from submission m where m.place_hidden and (m.id = $1 or m.id = submission.card_of))";

/// Where one of them says that nobody may find out where the child lives, it holds for what came by the child's card too,
/// in whatever order they are sent.
pub(super) async fn hide_together(tx: &mut Tx, sent: &SubmissionId) -> DbResult<()> {
    db::run!(tx, HIDE, sent)?;
    Ok(())
}

const SENT_BY_CARDS: &str = "select id from submission where card_of = $1 and state = 'sent' order by sent_us, id";

/// What was sent by the cards that were made here: for staff alone.
pub async fn list_sent(tx: &mut Tx, maker: &SubmissionId) -> DbResult<Vec<SubmissionId>> {
    let rows = db::all!(tx, (SubmissionId,), SENT_BY_CARDS, maker)?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Whether something may still be said about what the card's maker told us: it is there, and not erased.
pub(super) async fn is_there(tx: &mut Tx, maker: &SubmissionId) -> DbResult<bool> {
    let row = super::store::find(tx, maker).await?;
    Ok(row.is_some_and(|row| !matches!(row.state, super::State::Expired | super::State::Erased)))
}
