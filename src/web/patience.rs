//! How long we wait for the other end of a connection: for the bytes of a body, and for it to read what we say.
//!
//! A body that brings less than [`SLOWEST`] bytes a second over any window of time is ended with an error, as if it had
//! broken off; a connection that takes nothing of an answer for as long is ended. Only the other end's time counts: while
//! nobody here asks for the next piece, or has anything to say, no time runs. A slow phone passes easily.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep};

use super::connections::{Connections, Line};

/// The least bytes of a body in a second.
pub const SLOWEST: u64 = 128;

/// A body that is ended when it comes too slowly.
pub struct AtLeast {
    body: Incoming,
    line: Arc<Line>,
    connections: Connections,
    window: Duration,
    end_of_window: Pin<Box<Sleep>>,
    bytes: u64,
}

/// A body that came too slowly.
#[derive(Debug, thiserror::Error)]
#[error("the body came too slowly")]
pub struct TooSlow;

impl AtLeast {
    /// Watches over a body of this connection.
    pub fn new(body: Incoming, line: Arc<Line>, connections: Connections, window: Duration) -> AtLeast {
        line.is_coming(!body.is_end_stream());
        AtLeast { body, line, connections, window, end_of_window: Box::pin(sleep(window)), bytes: 0 }
    }

    fn start_window(&mut self) {
        self.bytes = 0;
        self.end_of_window.as_mut().reset(Instant::now() + self.window);
    }

    fn note(&mut self, frame: Option<&Result<Frame<Bytes>, hyper::Error>>) {
        match frame {
            Some(Ok(frame)) => {
                let bytes = frame.data_ref().map_or(0, Bytes::len);
                self.bytes += bytes as u64;
                self.line.brought(bytes);
            }
            _ => self.line.is_coming(false),
        }
        // The time in which nobody asked for the next piece is ours, not the sender's.
        if self.end_of_window.deadline() <= Instant::now() {
            self.start_window();
        }
    }
}

impl Body for AtLeast {
    type Data = Bytes;
    type Error = axum::BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) {
            self.note(frame.as_ref());
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        if self.end_of_window.as_mut().poll(cx).is_ready() {
            if self.bytes < SLOWEST * self.window.as_secs() {
                self.line.is_coming(false);
                self.connections.ended().slow.fetch_add(1, Ordering::Relaxed);
                return Poll::Ready(Some(Err(TooSlow.into())));
            }
            self.start_window();
            let _ = self.end_of_window.as_mut().poll(cx);
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

/// A connection that is ended when the other end takes nothing of what we say.
pub struct Patient {
    stream: TcpStream,
    connections: Connections,
    window: Duration,
    unread: Option<Pin<Box<Sleep>>>,
}

impl Patient {
    /// Watches over a connection.
    pub fn new(stream: TcpStream, connections: Connections, window: Duration) -> Patient {
        Patient { stream, connections, window, unread: None }
    }

    /// Lets time run while the other end takes nothing.
    fn watch<T>(&mut self, cx: &mut Context<'_>, taken: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if taken.is_ready() {
            self.unread = None;
            return taken;
        }
        let window = self.window;
        if self.unread.get_or_insert_with(|| Box::pin(sleep(window))).as_mut().poll(cx).is_pending() {
            return Poll::Pending;
        }
        self.connections.ended().unread.fetch_add(1, Ordering::Relaxed);
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Patient {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, room: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, room)
    }
}

impl AsyncWrite for Patient {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let taken = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.watch(cx, taken)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let taken = Pin::new(&mut self.stream).poll_write_vectored(cx, pieces);
        self.watch(cx, taken)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
