//! Staff accounts: how somebody is invited, proves who they are in two steps, and what they may then see.
//!
//! Nobody who sends has an account. A member of staff comes in by a one-time link ([`invite`], [`join`]), signs in with
//! a password and a code ([`sign_in`]), looks after their own account ([`own`]); an admin looks after everybody's
//! ([`people`]). What they may read is [`scope`]; the frame of every staff page is [`door`]; what was done is
//! [`audit_trail`].
//!
//! An account is *invited* (a row, no password), *open* (joined: password and second step), or *closed*. Closing ends
//! its sessions and links in the same transaction, and every request asks the database whose session it is, so nothing
//! works a moment longer. Rows are never deleted: notes and audit rows name them.

pub mod audit_trail;
pub mod door;
pub mod entry;
pub mod factors;
pub mod from_cookie;
pub mod invite;
pub mod join;
pub mod links;
pub mod own;
mod pages;
pub mod password;
pub mod people;
pub mod proof;
pub mod scope;
pub mod second_step;
pub mod sign_in;
pub mod slow_down;
pub mod store;

pub use self::invite::first_link;

use crate::web::{Role, Route, Site, Who};

const ALL: Who = Who::Staff(Role::ALL);
const ADMIN: Who = Who::Staff(&[Role::Admin]);

/// The addresses of staff accounts.
pub fn routes(site: &Site) -> Vec<Route> {
    [entry_routes(site), own_routes(site), people_routes(site), audit_routes(site)].into_iter().flatten().collect()
}

fn entry_routes(site: &Site) -> Vec<Route> {
    vec![
        Route::get("/staff/sign-in", Who::Anyone, sign_in::ask, site),
        Route::post("/staff/sign-in", Who::Anyone, sign_in::sign_in, site),
        Route::get("/staff/sign-in/code", Who::HalfSignedIn, sign_in::ask_code, site),
        Route::post("/staff/sign-in/code", Who::HalfSignedIn, sign_in::try_code, site),
        Route::get("/staff/sign-in/recovery", Who::HalfSignedIn, sign_in::ask_recovery, site),
        Route::post("/staff/sign-in/recovery", Who::HalfSignedIn, sign_in::try_recovery, site),
        Route::post("/staff/sign-out", Who::HalfSignedIn, sign_in::sign_out, site),
        Route::get("/staff/join/{token}", Who::Anyone, join::show, site),
        Route::post("/staff/join/{token}", Who::Anyone, join::spend, site),
        Route::get("/staff/setup/password", Who::HalfSignedIn, join::ask_password, site),
        Route::post("/staff/setup/password", Who::HalfSignedIn, join::set_password, site),
        Route::get("/staff/setup/second-step", Who::HalfSignedIn, join::ask_second_step, site),
        Route::post("/staff/setup/second-step", Who::HalfSignedIn, join::set_second_step, site),
    ]
}

fn own_routes(site: &Site) -> Vec<Route> {
    vec![
        Route::get("/staff/account", ALL, own::show, site),
        Route::post("/staff/account/sessions/end", ALL, own::end_session, site),
        Route::get("/staff/account/password", ALL, own::ask_password, site),
        Route::post("/staff/account/password", ALL, own::change_password, site),
        Route::get("/staff/account/recovery-codes", ALL, own::recovery_codes, site),
        Route::post("/staff/account/recovery-codes", ALL, own::renew_recovery_codes, site),
        Route::post("/staff/account/recovery-codes/kept", ALL, own::keep_recovery_codes, site),
    ]
}

fn people_routes(site: &Site) -> Vec<Route> {
    vec![
        Route::get("/staff/people", ADMIN, people::list, site),
        Route::get("/staff/people/new", ADMIN, people::ask_new, site),
        Route::post("/staff/people/new", ADMIN, people::invite, site),
        Route::get("/staff/people/{id}", ADMIN, people::show, site),
        Route::post("/staff/people/{id}/details", ADMIN, people::set_details, site),
        Route::post("/staff/people/{id}/link", ADMIN, people::new_link, site),
        Route::get("/staff/people/{id}/link", ADMIN, people::show_link, site),
        Route::get("/staff/people/{id}/close", ADMIN, people::ask_close, site),
        Route::post("/staff/people/{id}/close", ADMIN, people::close, site),
        Route::post("/staff/people/{id}/reopen", ADMIN, people::reopen, site),
        Route::post("/staff/people/{id}/sessions/end", ADMIN, people::end_sessions, site),
    ]
}

fn audit_routes(site: &Site) -> Vec<Route> {
    const SEE: Who = Who::Staff(door::AUDIT);
    vec![
        Route::get("/staff/audit", SEE, audit_trail::show, site),
        Route::get("/staff/audit/check", SEE, audit_trail::check, site),
    ]
}
