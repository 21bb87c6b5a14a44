//! `GET /assets/{name}`: our own style, scripts and pictures, kept by browsers for a year. `html::assets` names them.

use axum::extract::{Path, State};
use axum::http::HeaderValue;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::problem::Problem;
use super::{Route, Site, Who};
use crate::html::assets;

const SVG: &str = "image/svg+xml";
/// A picture is a document too, for whoever opens its address: nothing in it runs, and it loads nothing.
const OF_PICTURES: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/// The one address of this room.
pub fn routes(site: &Site) -> Vec<Route> {
    vec![Route::get("/assets/{name}", Who::Anyone, serve, site)]
}

/// Sends one of our files; not found for any name that we did not make.
async fn serve(State(site): State<Site>, Path(name): Path<String>) -> Result<Response, Problem> {
    let own = || Some((SVG, site.words.own_picture(&format!("/assets/{name}"))?));
    let (kind, bytes) = assets::find_file(&name).or_else(own).ok_or(Problem::NotFound)?;
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    let mut answer = (headers, bytes).into_response();
    if kind == SVG {
        answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(OF_PICTURES));
    }
    Ok(answer)
}
