//! `GET /assets/{name}`: our own style, scripts and pictures, kept by browsers for a year. `html::assets` names them.

use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::problem::Problem;
use super::{Route, Site, Who};
use crate::html::assets;

/// The one address of this room.
pub fn routes(site: &Site) -> Vec<Route> {
    vec![Route::get("/assets/{name}", Who::Anyone, serve, site)]
}

/// Sends one of our files; not found for any name that we did not make.
async fn serve(Path(name): Path<String>) -> Result<Response, Problem> {
    let (kind, bytes) = assets::find_file(&name).ok_or(Problem::NotFound)?;
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    Ok((headers, bytes).into_response())
}
