//! The connections that are open: how many there may be, which one is ended when there is no place left, and how many
//! were ended for what.
//!
//! A connection waits for the head of a request, or a request of it is at work (its head has come, its answer has not
//! gone). When all places are taken, a newcomer gets the place of the connection that has waited longest, if it had
//! [`A_MOMENT`] to say what it wants; where none waits, of the one whose body comes slowest and has come for
//! [`FAIR_TRY`]. So connections that are only held open keep nobody out, however many they are. A browser whose idle
//! connection was ended opens another, and an upload that was ended goes on where it stopped.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// How long a connection may wait before its place can be given away.
pub const A_MOMENT: Duration = Duration::from_secs(1);
/// How long a body may come before its place can be given away.
pub const FAIR_TRY: Duration = Duration::from_secs(10);

/// The connections of one listener. Cloning is cheap; all clones are the same.
#[derive(Clone, Debug)]
pub struct Connections(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    most: usize,
    open: Mutex<HashMap<u64, Arc<Line>>>,
    number: AtomicU64,
    freed: Notify,
    ended: Ended,
}

/// How many connections were ended for what, since the start.
#[derive(Debug, Default)]
pub struct Ended {
    /// Waited too long for a head, or for its next request.
    pub waiting: AtomicU64,
    /// Brought a body too slowly.
    pub slow: AtomicU64,
    /// Read an answer too slowly.
    pub unread: AtomicU64,
    /// Gave its place to another.
    pub for_another: AtomicU64,
}

/// One connection.
#[derive(Debug)]
pub struct Line {
    began: Instant,
    at_work: AtomicBool,
    /// Milliseconds after `began` at which it began to wait, or its request to work.
    since: AtomicU64,
    /// Bytes of the request's body that came.
    brought: AtomicU64,
    /// Whether the request's body is still coming.
    coming: AtomicBool,
    end: CancellationToken,
}

/// A connection's place; it is free again when this is dropped.
#[derive(Debug)]
pub struct Place {
    connections: Connections,
    number: u64,
    /// The connection.
    pub line: Arc<Line>,
}

/// What is open now, for the operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// Connections that wait for a request.
    pub waiting: usize,
    /// Connections with a request at work.
    pub at_work: usize,
    /// Most that there may be.
    pub most: usize,
}

impl Connections {
    /// Room for so many.
    pub fn new(most: usize) -> Connections {
        let inner = Inner {
            most: most.max(1),
            open: Mutex::default(),
            number: AtomicU64::new(0),
            freed: Notify::new(),
            ended: Ended::default(),
        };
        Connections(Arc::new(inner))
    }

    /// How many were ended for what.
    pub fn ended(&self) -> &Ended {
        &self.0.ended
    }

    /// What is open now.
    pub fn now(&self) -> Now {
        let open = self.open();
        let at_work = open.values().filter(|line| line.at_work.load(Ordering::Relaxed)).count();
        Now { waiting: open.len() - at_work, at_work, most: self.0.most }
    }

    /// A place for a new connection, another's if need be. Waits only where every request is at work and moves.
    pub async fn enter(&self) -> Place {
        loop {
            let freed = self.0.freed.notified();
            if let Some(place) = self.try_enter() {
                return place;
            }
            tokio::select! {
                () = freed => {}
                () = tokio::time::sleep(A_MOMENT / 10) => {}
            }
        }
    }

    fn try_enter(&self) -> Option<Place> {
        let mut open = self.open();
        if open.len() >= self.0.most {
            let worst = worst(&open, Instant::now())?;
            if let Some(line) = open.remove(&worst) {
                line.end.cancel();
                self.0.ended.for_another.fetch_add(1, Ordering::Relaxed);
            }
        }
        let number = self.0.number.fetch_add(1, Ordering::Relaxed);
        let line = Arc::new(Line::begin());
        open.insert(number, line.clone());
        Some(Place { connections: self.clone(), number, line })
    }

    /// Ends every connection that waits for a request.
    pub fn end_waiting(&self) {
        for line in self.open().values().filter(|line| !line.at_work.load(Ordering::Relaxed)) {
            line.end.cancel();
        }
    }

    fn open(&self) -> MutexGuard<'_, HashMap<u64, Arc<Line>>> {
        self.0.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The connection that can best be spared, if any can.
fn worst(open: &HashMap<u64, Arc<Line>>, now: Instant) -> Option<u64> {
    let waits = |line: &Line| !line.at_work.load(Ordering::Relaxed) && line.so_far(now) >= A_MOMENT;
    let comes = |line: &Line| line.coming.load(Ordering::Relaxed) && line.so_far(now) >= FAIR_TRY;
    let longest = open.iter().filter(|(_, line)| waits(line)).max_by_key(|(_, line)| line.so_far(now));
    let slowest = || open.iter().filter(|(_, line)| comes(line)).min_by_key(|(_, line)| line.rate(now));
    longest.or_else(slowest).map(|(number, _)| *number)
}

impl Place {
    /// Among which it is.
    pub fn connections(&self) -> &Connections {
        &self.connections
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.connections.open().remove(&self.number);
        self.connections.0.freed.notify_one();
    }
}

impl Line {
    fn begin() -> Line {
        Line {
            began: Instant::now(),
            at_work: AtomicBool::new(false),
            since: AtomicU64::new(0),
            brought: AtomicU64::new(0),
            coming: AtomicBool::new(false),
            end: CancellationToken::new(),
        }
    }

    /// Done when the connection must end.
    pub async fn must_end(&self) {
        self.end.cancelled().await;
    }

    /// A request's head has come. It is at work until the guard is dropped.
    pub fn work(self: &Arc<Line>) -> AtWork {
        self.brought.store(0, Ordering::Relaxed);
        self.mark(true);
        AtWork(self.clone())
    }

    /// So many bytes of the body came.
    pub fn brought(&self, bytes: usize) {
        self.brought.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// Whether more of the body is to come.
    pub fn is_coming(&self, coming: bool) {
        self.coming.store(coming, Ordering::Relaxed);
    }

    fn mark(&self, at_work: bool) {
        self.mark_at(self.began.elapsed(), at_work);
    }

    fn mark_at(&self, since: Duration, at_work: bool) {
        self.since.store(since.as_millis() as u64, Ordering::Relaxed);
        self.at_work.store(at_work, Ordering::Relaxed);
    }

    /// How long it has waited, or its request worked.
    fn so_far(&self, now: Instant) -> Duration {
        now.saturating_duration_since(self.began)
            .saturating_sub(Duration::from_millis(self.since.load(Ordering::Relaxed)))
    }

    /// Bytes of the body in a second.
    fn rate(&self, now: Instant) -> u64 {
        self.brought.load(Ordering::Relaxed) / self.so_far(now).as_secs().max(1)
    }
}

/// A request of a connection is at work while this is here.
#[derive(Debug)]
pub struct AtWork(Arc<Line>);

impl Drop for AtWork {
    fn drop(&mut self) {
        self.0.is_coming(false);
        self.0.mark(false);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_has_waited_longest_gives_their_place() {
        let connections = Connections::new(3);
        let (busy, first, second) = (connections.enter().await, connections.enter().await, connections.enter().await);
        let working = busy.line.work();
        let began = first.line.began;
        first.line.mark_at(Duration::from_secs(2), false);
        second.line.mark_at(Duration::from_secs(1), false);
        let at = |seconds: u64| worst(&connections.open(), began + Duration::from_secs(seconds));
        assert_eq!((at(1), at(9)), (None, Some(second.number)), "each has a moment to say what it wants");
        assert_eq!(connections.now(), Now { waiting: 2, at_work: 1, most: 3 });
        first.line.mark_at(Duration::ZERO, false);
        assert_eq!(at(9), Some(first.number));
        drop(working);
        assert_eq!(connections.now(), Now { waiting: 3, at_work: 0, most: 3 });
    }

    #[tokio::test]
    async fn a_newcomer_enters_where_all_places_are_taken() {
        let connections = Connections::new(2);
        let (first, second) = (connections.enter().await, connections.enter().await);
        let _at_work = second.line.work();
        let newcomer = connections.enter().await;
        assert!(first.line.end.is_cancelled() && !second.line.end.is_cancelled());
        assert_eq!(connections.ended().for_another.load(Ordering::Relaxed), 1);
        drop((first, newcomer));
        assert_eq!(connections.now(), Now { waiting: 0, at_work: 1, most: 2 });
    }

    #[tokio::test]
    async fn where_all_are_at_work_the_slowest_body_goes_and_no_answer_is_cut() {
        let connections = Connections::new(3);
        let places = [connections.enter().await, connections.enter().await, connections.enter().await];
        let _at_work = places.each_ref().map(|place| place.line.work());
        for (place, bytes) in places.iter().zip([9_000, 2_000]) {
            place.line.is_coming(true);
            place.line.brought(bytes);
        }
        let began = places[2].line.began;
        assert_eq!(worst(&connections.open(), began + FAIR_TRY / 2), None, "each has its fair try");
        assert_eq!(worst(&connections.open(), began + FAIR_TRY * 2), Some(places[1].number));
    }
}
