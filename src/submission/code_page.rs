//! The return code's card: on the page, on paper, as a file, as a QR code.
//!
//! The QR code holds the address of `/return` with the words after `#`. A browser never sends that part to a server, so
//! the code is in no log; the script of that page puts the words into the field and wipes them from the address.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use qrcode::{Color, EcLevel, QrCode};

use super::code::Code;
use super::store::{self, Submission};
use crate::html::{self, Door, Page};
use crate::web::{Answer, Problem, Site, Submitter, door, visit};
use crate::words::{Speech, marks};

/// `GET /tell/code`
pub async fn show(State(site): State<Site>, submitter: Submitter, speech: Speech) -> Answer<Page> {
    let mut tx = site.db.read().await?;
    let opened = door::open(&site, &mut tx, &submitter).await?;
    let code = of_visit(&mut tx, &submitter).await?;
    let days = site.config.settings.draft_days;
    let sent = match submitter.is_draft() {
        true => None,
        false => store::find(&mut tx, &submitter.submission).await?,
    };
    Ok(page(speech, opened.door, code.as_ref(), &site.config.public_url, days, sent.as_ref()))
}

/// `GET /tell/code/file`: the card as a small file, under a name that says nothing.
pub async fn file(State(site): State<Site>, submitter: Submitter, speech: Speech) -> Answer {
    let mut tx = site.db.read().await?;
    let code = of_visit(&mut tx, &submitter).await?.ok_or(Problem::NotFound)?;
    let address = format!("{}/return", site.config.public_url);
    // A file holds no markup, so nothing in it can be marked as English.
    let text = marks::without(&file_text(speech, &code, &address));
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"six-words.txt\""),
    ];
    Ok::<Response, Problem>((headers, text).into_response())
}

/// The code that this visit holds.
pub(super) async fn of_visit(tx: &mut crate::db::Tx, submitter: &Submitter) -> Answer<Option<Code>> {
    Ok(visit::code(tx, submitter).await?.and_then(|text| Code::read(&text).ok()))
}

/// The page; with what was `sent`, where it was: then it is the receipt to keep on paper, with the code in large print.
fn page(
    speech: Speech,
    door: Door,
    code: Option<&Code>,
    public_url: &str,
    days: i64,
    sent: Option<&Submission>,
) -> Page {
    let back = if sent.is_none() { "/tell" } else { "/sent" };
    let body = html! {
        (html::heading(speech, "code.title"))
        @if let Some(row) = sent { (super::sent::reference(speech, row)) }
        @if let Some(code) = code {
            p { (speech.say("code.what")) }
            (card(speech, code, Some(public_url)))
            @if sent.is_none() {
                p { (speech.fill("code.how_long", &[("days", &days.to_string())])) }
            }
            h2 { (speech.say("code.keep_title")) }
            (html::prose(speech.say("code.keep")))
            p.no-print { a href="/tell/code/file" download="six-words.txt" { (speech.say("code.file")) } }
            (html::warning(speech, html! { p { (speech.say("code.secret")) } }))
            p.no-print { a href=(super::lost::LOST) { (speech.say("code.lost")) } }
        } @else {
            p { (speech.say("code.not_here")) }
        }
        (html::link_button(back, speech.say("code.go_on")))
    };
    Page::new(speech, door, speech.say("code.tab"), body).path("/tell/code").back(back).neutral()
}

/// The card itself; with a QR code where the site's address is given.
pub(super) fn card(speech: Speech, code: &Code, public_url: Option<&str>) -> Markup {
    let drawing = public_url.and_then(|url| qr(speech, &qr_address(url, code)));
    let note = html! {
        @if let Some(url) = public_url {
            p { (speech.say("code.where")) " " strong { (url) "/return" } }
        }
    };
    html::code_card(speech.say("code.card_title"), code.words(), note, drawing)
}

/// What the QR code holds. The words are after `#`, which is never sent to a server.
fn qr_address(public_url: &str, code: &Code) -> String {
    format!("{public_url}/return#{}", code.words().join("-"))
}

/// The QR code as a drawing with a name of its own. Quiet zone of four modules, as the standard asks (ISO/IEC 18004).
fn qr(speech: Speech, address: &str) -> Option<Markup> {
    let code = QrCode::with_error_correction_level(address, EcLevel::M).ok()?;
    let width = code.width();
    let mut path = String::new();
    for (at, color) in code.to_colors().into_iter().enumerate() {
        if color == Color::Dark {
            path.push_str(&format!("M{} {}h1v1h-1z", at % width + 4, at / width + 4));
        }
    }
    let size = width + 8;
    Some(html! {
        svg.qr role="img" aria-label=(speech.say("code.qr")) viewBox={ "0 0 " (size) " " (size) }
            width="240" height="240" shape-rendering="crispEdges" {
            rect width=(size) height=(size) fill="#fff" {}
            path d=(path) fill="#000" {}
        }
    })
}

pub(super) fn file_text(speech: Speech, code: &Code, address: &str) -> String {
    let mut text = format!("{}\r\n\r\n", speech.say("code.card_title"));
    for (index, word) in code.words().iter().enumerate() {
        text.push_str(&format!("{}. {word}\r\n", index + 1));
    }
    text.push_str(&format!("\r\n{} {address}\r\n{}\r\n", speech.say("code.where"), speech.say("code.secret")));
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::{Wording, Words};

    #[test]
    fn the_words_are_behind_the_hash_and_nowhere_before_it() {
        let code = Code::fresh();
        let address = qr_address("https://heard.example", &code);
        let (sent, kept) = address.split_once('#').expect("there is a hash");
        assert_eq!(sent, "https://heard.example/return");
        assert_eq!(Code::read(kept), Ok(code));
    }

    #[test]
    fn the_card_and_its_file_can_be_read_back() {
        let (speech, code) = (Words::embedded().speak(Wording::Plain), Code::fresh());
        let card = card(speech, &code, Some("https://heard.example")).into_string();
        assert!(code.words().iter().all(|word| card.contains(&format!("<li>{word}</li>"))));
        assert!(card.contains("<svg") && !card.contains("style="));
        let file = file_text(speech, &code, "https://heard.example/return");
        let typed: Vec<&str> = file.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_digit())).collect();
        assert_eq!(Code::read(&typed.join(" ")), Ok(code));
    }
}
