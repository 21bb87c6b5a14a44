//! The staff pages about areas and inspections: what is to do, opening an inspection, who is on it, and the areas that
//! somebody must never see.
//!
//! Leads and admins manage every inspection but those of areas they must never see; everybody else knows only of those
//! they are on. Managing shows nothing that was sent. Reading what was sent is `review/`.

use crate::account::door::INSPECTIONS;
use crate::web::{Role, Route, Site, Who};

pub mod home;
pub mod inspections;
pub mod members;
pub mod never;
mod pages;
pub mod senders;
pub mod store;

/// Who opens inspections and puts people on them.
pub const MANAGERS: &[Role] = &[Role::Lead, Role::Admin];

/// The addresses of these pages.
pub fn routes(site: &Site) -> Vec<Route> {
    const MANAGE: Who = Who::Staff(MANAGERS);
    const SEE: Who = Who::Staff(INSPECTIONS);
    const ADMIN: Who = Who::Staff(&[Role::Admin]);
    vec![
        Route::get("/staff", Who::Staff(Role::ALL), home::show, site),
        Route::get("/staff/inspections", SEE, inspections::list, site),
        Route::get("/staff/inspections/new", MANAGE, inspections::ask_new, site),
        Route::post("/staff/inspections/new", MANAGE, inspections::open, site),
        Route::get("/staff/inspections/{id}", SEE, inspections::show, site),
        Route::get("/staff/inspections/{id}/edit", MANAGE, inspections::ask_change, site),
        Route::post("/staff/inspections/{id}/edit", MANAGE, inspections::change, site),
        Route::post("/staff/inspections/{id}/members", MANAGE, members::put, site),
        Route::post("/staff/inspections/{id}/members/remove", MANAGE, members::take, site),
        Route::get("/staff/people/{id}/areas", ADMIN, never::show, site),
        Route::post("/staff/people/{id}/areas/add", ADMIN, never::add, site),
        Route::post("/staff/people/{id}/areas/remove", ADMIN, never::remove, site),
    ]
}
