//! Our own accept loop, because axum's has no deadline for headers, no cap on connections and no minimum rate.
//!
//! A connection may take [`HEADERS`] to send the head of each request; a body that brings less than [`SLOWEST`] bytes
//! in any [`WINDOW`] is ended as broken off, so that slow connections cannot hold others up. An upload over a slow phone
//! network passes easily. Stopping waits for running requests, for at most [`FAREWELL`].

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::{Frame, Incoming, SizeHint};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::Instant;
use tower::ServiceExt;

use super::client::Peer;

/// How long the head of a request may take, and how long a connection may wait for its next request.
pub const HEADERS: Duration = Duration::from_secs(20);
/// The stretch of time over which a body's rate is measured.
pub const WINDOW: Duration = Duration::from_secs(60);
/// The least bytes of a body in a window: an eighth of a kilobyte a second.
pub const SLOWEST: u64 = 7_680;
/// How long running requests have to end when the server stops.
pub const FAREWELL: Duration = Duration::from_secs(25);

/// Serves until `stop` is done, then lets running requests end.
pub async fn serve(listener: TcpListener, app: Router, most: usize, stop: impl Future<Output = ()>) {
    let places = Arc::new(Semaphore::new(most));
    let graceful = GracefulShutdown::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        let place = tokio::select! {
            place = places.clone().acquire_owned() => place,
            () = &mut stop => break,
        };
        let Ok(place) = place else { break };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Too many open files, or a connection that went away: others wait a moment rather than fail.
                tracing::warn!(cause = %error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let connection = graceful.watch(connection(stream, peer, app.clone()));
        tokio::spawn(async move {
            // A connection that breaks is the phone's business; what it sent is kept by whoever read it.
            let _ = connection.await;
            drop(place);
        });
    }
    drop(listener);
    tokio::select! {
        () = graceful.shutdown() => {}
        () = tokio::time::sleep(FAREWELL) => tracing::warn!("some requests did not end in time and were cut off"),
    }
}

fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    app: Router,
) -> hyper::server::conn::http1::Connection<
    TokioIo<TcpStream>,
    impl hyper::service::HttpService<Incoming, ResBody = Body, Error = std::convert::Infallible, Future: Send>,
> {
    let _ = stream.set_nodelay(true);
    let service = hyper::service::service_fn(move |request: hyper::Request<Incoming>| {
        let mut request = request.map(|body| Body::new(AtLeast::new(body)));
        request.extensions_mut().insert(Peer(peer));
        app.clone().oneshot(request)
    });
    hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS)
        .max_buf_size(64 * 1024)
        .serve_connection(TokioIo::new(stream), service)
}

/// A body that is ended with an error when it brings less than [`SLOWEST`] bytes in a [`WINDOW`].
struct AtLeast {
    body: Incoming,
    window: Pin<Box<tokio::time::Sleep>>,
    bytes: u64,
}

/// A body that came too slowly.
#[derive(Debug, thiserror::Error)]
#[error("the body came too slowly")]
struct TooSlow;

impl AtLeast {
    fn new(body: Incoming) -> AtLeast {
        AtLeast { body, window: Box::pin(tokio::time::sleep(WINDOW)), bytes: 0 }
    }
}

impl hyper::body::Body for AtLeast {
    type Data = Bytes;
    type Error = axum::BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) {
            if let Some(Ok(data)) = frame.as_ref().map(|frame| frame.as_ref().map(|frame| frame.data_ref())) {
                self.bytes += data.map_or(0, |data| data.len() as u64);
            }
            // The time in which nobody asked for the next piece is ours, not the sender's.
            if self.window.deadline() <= Instant::now() {
                self.start_window();
            }
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        if self.window.as_mut().poll(cx).is_ready() {
            if self.bytes < SLOWEST {
                return Poll::Ready(Some(Err(TooSlow.into())));
            }
            self.start_window();
            let _ = self.window.as_mut().poll(cx);
        }
        Poll::Pending
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl AtLeast {
    fn start_window(&mut self) {
        self.bytes = 0;
        self.window.as_mut().reset(Instant::now() + WINDOW);
    }
}

/// Reads and forgets at most `most` bytes of a body, so that a browser whose form was refused gets to see the page.
pub async fn read_on(body: Body, most: u64) {
    let mut body = body;
    let mut seen = 0;
    while let Some(Ok(frame)) = body.frame().await {
        seen += frame.data_ref().map_or(0, |data| data.len() as u64);
        if seen > most {
            break;
        }
    }
}
