//! Our own accept loop, because axum's has no deadline for headers, no cap on connections and no minimum rate.
//!
//! A connection may take [`Limits::headers`] to send the head of each request; a body that comes too slowly is ended as
//! broken off ([`super::patience`]); when all places are taken, newcomers get the place of whoever can best be spared
//! ([`super::connections`]). So slow connections cannot hold others up, however many they are. Stopping waits for running
//! requests, for at most [`FAREWELL`]; connections that send half a head are not waited for.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::Ordering;
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
use tower::ServiceExt;

use super::client::Peer;
use super::connections::{AtWork, Connections, Place};
use super::patience::{AtLeast, Patient};
use crate::config::Settings;

/// How long running requests have to end when the server stops.
pub const FAREWELL: Duration = Duration::from_secs(25);
/// How long a head that is on its way has when the server stops.
const HALF_A_HEAD: Duration = Duration::from_secs(2);

/// How long we wait for whoever is at the other end.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How long the head of a request may take, and how long a connection may wait for its next request.
    pub headers: Duration,
    /// The stretch of time over which the rate of a body is measured, and for which an answer may stay unread.
    pub window: Duration,
}

impl Limits {
    /// As the settings say.
    pub fn of(settings: &Settings) -> Limits {
        let seconds = |seconds: u64| Duration::from_secs(seconds.max(1));
        Limits { headers: seconds(settings.header_seconds), window: seconds(settings.body_seconds) }
    }
}

/// Serves until `stop` is done, then lets running requests end.
pub async fn serve(
    listener: TcpListener,
    app: Router,
    connections: Connections,
    limits: Limits,
    stop: impl Future<Output = ()>,
) {
    let graceful = GracefulShutdown::new();
    let mut stop = std::pin::pin!(stop);
    loop {
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
        let place = tokio::select! {
            place = connections.enter() => place,
            () = &mut stop => break,
        };
        let (line, connections) = (place.line.clone(), connections.clone());
        let connection = graceful.watch(connection(stream, peer, app.clone(), place, limits));
        tokio::spawn(async move {
            tokio::select! {
                ended = connection => match ended {
                    Err(error) if error.is_timeout() => {
                        connections.ended().waiting.fetch_add(1, Ordering::Relaxed);
                    }
                    // A connection that breaks is the phone's business; what it sent is kept by whoever read it.
                    _ => {}
                },
                () = line.must_end() => {}
            }
        });
    }
    drop(listener);
    let half_heads = async {
        tokio::time::sleep(HALF_A_HEAD).await;
        connections.end_waiting();
        std::future::pending().await
    };
    tokio::select! {
        () = graceful.shutdown() => {}
        () = half_heads => {}
        () = tokio::time::sleep(FAREWELL) => tracing::warn!("some requests did not end in time and were cut off"),
    }
}

fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    app: Router,
    place: Place,
    limits: Limits,
) -> hyper::server::conn::http1::Connection<
    TokioIo<Patient>,
    impl hyper::service::HttpService<Incoming, ResBody = Body, Error = Infallible, Future: Send>,
> {
    let _ = stream.set_nodelay(true);
    let connections = place.connections().clone();
    let stream = Patient::new(stream, connections.clone(), limits.window);
    let service = hyper::service::service_fn(move |request: hyper::Request<Incoming>| {
        let at_work = place.line.work();
        let (line, connections) = (place.line.clone(), connections.clone());
        let mut request = request.map(|body| Body::new(AtLeast::new(body, line, connections, limits.window)));
        request.extensions_mut().insert(Peer(peer));
        let answer = app.clone().oneshot(request);
        async move { Ok::<_, Infallible>(answer.await?.map(|body| Body::new(Answering { body, _at_work: at_work }))) }
    });
    hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.headers)
        .max_buf_size(64 * 1024)
        .serve_connection(TokioIo::new(stream), service)
}

/// An answer's body, until it has gone out or is given up.
struct Answering {
    body: Body,
    _at_work: AtWork,
}

impl hyper::body::Body for Answering {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
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
