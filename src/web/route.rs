//! The address table's rows. Each feature lists its own; `app.rs` puts them together, guards each by who may come, and
//! the access matrix test fails for a row that it does not know.

use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{MethodFilter, MethodRouter};

use super::who::Role;

/// Who may come to an address. Whoever may not is answered as if the address did not exist, or led to the door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Anyone at all.
    Anyone,
    /// Somebody whose visit has a draft that is not sent.
    Draft,
    /// Somebody whose visit has a submission, sent or not.
    Sender,
    /// The same, or somebody with a child's own card: what belongs to their own submission, and shows nothing of another.
    SenderOrCard,
    /// Somebody with a child's own card.
    Card,
    /// Somebody whose visit has a submission, by a program on their page that sends bytes: what it is refused is a plain
    /// line of text and no page, and a visit that was idle may still go on with what it was sending.
    Uploader,
    /// Somebody at the staff door who is on the way in: half signed in, or setting up with a one-time link. The handler
    /// looks at the stage.
    HalfSignedIn,
    /// Signed-in staff of these roles. Rows and objects are narrowed further by the queries themselves.
    Staff(&'static [Role]),
}

/// One address and method.
pub struct Route {
    /// GET or POST, and for uploads PATCH, HEAD, DELETE, OPTIONS.
    pub method: Method,
    /// The template, such as `/tell/items/{id}/remove`. Logs hold this and never the address itself.
    pub path: &'static str,
    /// Who may come.
    pub who: Who,
    /// What answers.
    pub answer: MethodRouter,
}

impl Route {
    /// A page to look at.
    pub fn get<H, T, S>(path: &'static str, who: Who, handler: H, state: &S) -> Route
    where
        H: Handler<T, S>,
        T: 'static,
        S: Clone + Send + Sync + 'static,
    {
        Route { method: Method::GET, path, who, answer: axum::routing::get(handler).with_state(state.clone()) }
    }

    /// An address for programs, with any method.
    pub fn on<H, T, S>(method: Method, path: &'static str, who: Who, handler: H, state: &S) -> Route
    where
        H: Handler<T, S>,
        T: 'static,
        S: Clone + Send + Sync + 'static,
    {
        let filter =
            MethodFilter::try_from(method.clone()).expect("the methods of the address table are the usual ones");
        Route { method, path, who, answer: axum::routing::on(filter, handler).with_state(state.clone()) }
    }

    /// Something to do.
    pub fn post<H, T, S>(path: &'static str, who: Who, handler: H, state: &S) -> Route
    where
        H: Handler<T, S>,
        T: 'static,
        S: Clone + Send + Sync + 'static,
    {
        Route { method: Method::POST, path, who, answer: axum::routing::post(handler).with_state(state.clone()) }
    }
}
