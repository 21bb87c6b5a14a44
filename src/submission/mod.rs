//! A submission: one act of telling us, from the first press of "Start" to a receipt, and back out again.
//!
//! - [`start`] and [`public_pages`] are the pages before it, with the choice of how pages look; [`contacts`] and [`help_pages`] say who else can help.
//! - [`state`] is its life: one enum, one function that moves it, and what may be shown to whom.
//! - [`code`] makes, reads and finds return codes; [`reference`] makes public references; [`tries`] slows guessing down.
//! - [`begin`] makes a draft, [`come_back`] opens it again, [`leave`] closes it; [`code_page`] shows its code; [`lost`] is
//!   for whoever has it no more.
//! - [`tell`] is the list of things to tell us. [`whole`] loads a submission with everything in it.
//! - [`answers`] are the pages of the answers, one subject each; [`communicate`] is "How I communicate". [`question_set`]
//!   says who tried the standard questions.
//! - [`field`] names the sealed answers; [`store`] holds the SQL of submissions and their answers.
//! - [`told`] says it line by line: on the page to [`check`] before [`send`]ing, and when it is looked at again.
//! - [`not_safe`] asks whether someone is not safe now, and raises the flag when that is sent.
//! - [`copy`] is the sender's own copy, on a page and as a file.
//! - [`asked`] is a question that waits for the sender behind the code.
//! - [`card`] makes a card for the child or young person, and [`own`] is the small door that it opens.
//! - [`inside`] shows what is in a file from a communication aid, and leaves parts of it out.
//! - [`leave_out`] takes out what shows or records a child who said no.
//! - [`sent`] is the receipt ([`receipt`] keeps its versions); [`remove`] and [`take_back`] lead out again; `retention/`
//!   ends it; [`jobs`] is work outside a request.
//!
//! What an evidence item is and says belongs to `evidence/`; how its bytes arrive to `intake/`; what inspectors do with
//! a submission to `review/`.

use axum::Extension;

use crate::evidence::say::routes::LEAVE_OUT;
use crate::intake::Intake;
use crate::web::{Route, Who};

pub mod answers;
pub mod asked;
pub mod begin;
pub mod card;
pub mod check;
pub mod code;
pub mod code_page;
pub mod come_back;
pub mod communicate;
pub mod contacts;
pub mod copy;
pub mod field;
pub mod help_pages;
pub mod inside;
pub mod jobs;
pub mod leave;
pub mod leave_out;
mod look_page;
pub mod lost;
pub mod not_safe;
pub mod own;
mod pace;
pub mod public_pages;
pub mod question_set;
pub mod question_set_pages;
pub mod receipt;
pub mod reference;
pub mod remove;
pub mod send;
pub mod sent;
pub mod start;
pub mod state;
pub mod store;
pub mod take_back;
pub mod tell;
pub mod told;
pub mod tries;
pub mod whole;

pub use self::field::Field;
pub use self::state::{Event, State};

/// The addresses of this room.
pub fn routes(intake: &Intake) -> Vec<Route> {
    let site = intake.site();
    let routes = vec![
        Route::post("/begin", Who::Anyone, begin::begin, site),
        Route::get("/tell", Who::Draft, tell::show, site),
        Route::get("/tell/name", Who::Draft, tell::ask_name, site),
        Route::post("/tell/name", Who::Draft, tell::save_name, site),
        Route::get("/tell/phone", Who::Sender, tell::ask_phone, site),
        Route::post("/tell/phone", Who::Sender, tell::save_phone, site),
        Route::get("/tell/code", Who::SenderOrCard, code_page::show, site),
        Route::get("/tell/code/file", Who::SenderOrCard, code_page::file, site),
        Route::get(card::CARD, Who::Sender, card::show, site),
        Route::post(card::CARD, Who::Sender, card::make, site),
        Route::get("/tell/card/file", Who::Sender, card::file, site),
        Route::get(own::OWN, Who::Card, own::show, site),
        Route::get("/own/changed", Who::Card, own::ask, site),
        Route::post("/own/changed", Who::Card, own::change, site),
        Route::get("/tell/communicate", Who::Draft, communicate::show, site),
        Route::post("/tell/communicate", Who::Draft, communicate::save, site),
        Route::get("/tell/communicate/paper", Who::Draft, communicate::paper, site),
        Route::get("/tell/communicate/before", Who::Draft, communicate::ask_before, site),
        Route::post("/tell/communicate/before", Who::Draft, communicate::use_before, site),
        Route::get("/tell/check", Who::Sender, check::show, site),
        Route::get(copy::COPY, Who::Sender, copy::show, site),
        Route::get(copy::FILE, Who::Sender, copy::file::send, site),
        Route::post("/tell/send", Who::SenderOrCard, send::send, site),
        Route::get("/tell/items/{id}/remove", Who::SenderOrCard, remove::ask, site),
        Route::post("/tell/items/{id}/remove", Who::SenderOrCard, remove::remove, site),
        Route::get("/tell/items/{id}/inside", Who::Sender, inside::show, site),
        Route::post("/tell/items/{id}/inside", Who::Sender, inside::save, site),
        Route::get(LEAVE_OUT, Who::Sender, leave_out::ask, site),
        Route::post(LEAVE_OUT, Who::Sender, leave_out::take_out, site),
        Route::get("/tell/take-back", Who::Sender, take_back::ask, site),
        Route::post("/tell/take-back", Who::Sender, take_back::take_back, site),
        Route::post("/tell/take-back/undo", Who::SenderOrCard, take_back::undo, site),
        Route::get("/sent", Who::Sender, sent::show, site),
        Route::get("/sent/questions/{id}", Who::Sender, asked::show, site),
        Route::post("/sent/questions/{id}", Who::Sender, asked::answer, site),
        Route::get("/sent/look", Who::Sender, sent::look, site),
        Route::post("/sent/look", Who::Sender, sent::hide, site),
        Route::get("/return", Who::Anyone, come_back::ask, site),
        Route::post("/return", Who::Anyone, come_back::come_back, site),
        Route::get(lost::LOST, Who::Anyone, lost::show, site),
        Route::post(lost::LOST, Who::Anyone, lost::ask, site),
        Route::get("/return/lost/asked", Who::Anyone, lost::asked, site),
        Route::post("/leave", Who::Anyone, leave::leave, site),
        Route::get("/finish", Who::SenderOrCard, leave::ask, site),
        Route::post("/finish", Who::SenderOrCard, leave::finish, site),
        Route::get("/finished", Who::Anyone, leave::finished, site),
    ];
    routes.into_iter().map(|route| Route { answer: route.answer.layer(Extension(intake.clone())), ..route }).collect()
}
