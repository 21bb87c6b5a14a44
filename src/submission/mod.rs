//! A submission: one act of telling us, from the first press of "Start" to a receipt, and back out again.
//!
//! - [`start`] and [`public_pages`] are the pages before it; [`contacts`] says who else can help.
//! - [`state`] is its life: one enum, one function that moves it, and what may be shown to whom.
//! - [`code`] makes, reads and finds return codes; [`reference`] makes public references; [`tries`] slows guessing down.
//! - [`begin`] makes a draft, [`come_back`] opens it again, [`leave`] closes it; [`code_page`] shows its code.
//! - [`tell`] is the list of things to tell us. [`whole`] loads a submission with everything in it.
//! - [`answers`] are the pages of the answers, one subject each.
//! - [`field`] names the sealed answers; [`store`] holds the SQL of submissions and their answers.
//!
//! What an evidence item is and says belongs to `evidence/`; how its bytes arrive to `intake/`; what inspectors do with
//! a submission to `review/`.

use crate::web::{Route, Site, Who};

pub mod answers;
pub mod begin;
pub mod code;
pub mod code_page;
pub mod come_back;
pub mod contacts;
pub mod field;
pub mod leave;
pub mod public_pages;
pub mod reference;
pub mod start;
pub mod state;
pub mod store;
pub mod tell;
pub mod tries;
pub mod whole;

pub use self::field::Field;
pub use self::state::{Event, State};

/// The addresses of this room.
pub fn routes(site: &Site) -> Vec<Route> {
    vec![
        Route::post("/begin", Who::Anyone, begin::begin, site),
        Route::get("/tell", Who::Draft, tell::show, site),
        Route::get("/tell/name", Who::Draft, tell::ask_name, site),
        Route::post("/tell/name", Who::Draft, tell::save_name, site),
        Route::get("/tell/phone", Who::Sender, tell::ask_phone, site),
        Route::post("/tell/phone", Who::Sender, tell::save_phone, site),
        Route::get("/tell/code", Who::Sender, code_page::show, site),
        Route::get("/tell/code/file", Who::Sender, code_page::file, site),
        Route::get("/return", Who::Anyone, come_back::ask, site),
        Route::post("/return", Who::Anyone, come_back::come_back, site),
        Route::post("/leave", Who::Anyone, leave::leave, site),
        Route::get("/finish", Who::Sender, leave::ask, site),
        Route::post("/finish", Who::Sender, leave::finish, site),
        Route::get("/finished", Who::Anyone, leave::finished, site),
    ]
}
