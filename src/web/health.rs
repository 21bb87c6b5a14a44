//! For the operator's monitor: is the process alive, and can it do its work?

use axum::extract::State;
use axum::http::StatusCode;

use super::route::{Route, Who};
use super::site::Site;

/// `GET /health/live` and `GET /health/ready`.
pub fn routes(site: &Site) -> Vec<Route> {
    vec![Route::get("/health/live", Who::Anyone, live, site), Route::get("/health/ready", Who::Anyone, ready, site)]
}

async fn live() -> &'static str {
    "alive\n"
}

/// Ready means that the database answers. A store that is down does not turn people away: what they send is kept here
/// until it is back.
async fn ready(State(site): State<Site>) -> (StatusCode, &'static str) {
    match site.db.read().await {
        Ok(_) => (StatusCode::OK, "ready\n"),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n"),
    }
}
