//! A line as phones have it: slow, late, losing packets, and cut again and again.
//!
//! It is a model and not a network. Packets wait for their turn, so that so many bytes pass in a second; each arrives half
//! a round trip later; one that was lost arrives a round trip after that, and everything behind it waits for it, since
//! TCP lets nothing overtake. What a cut catches in the queue is gone.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Mutex, mpsc, watch};
use tokio::time::Instant;

use crate::kills::dice;

/// Bytes of a packet on a slow line.
const PACKET: usize = 1_400;
/// Bytes that are carried at once on a line that does not slow them.
const GULP: usize = 64 * 1024;
/// Packets that wait in a slow line, in each direction.
const QUEUE: usize = 64;
/// How long the service hears nothing of a cut that nobody tells it.
const SILENCE: Duration = Duration::from_secs(30);

/// How a line is.
#[derive(Clone, Copy, Debug)]
pub struct Weather {
    /// Bytes in a second, each way; as many as there are where it is none.
    pub bytes_per_second: Option<u64>,
    /// How long a question and its answer are on their way.
    pub round_trip: Duration,
    /// Of a thousand packets, those that are lost.
    pub lost: u64,
}

impl Weather {
    /// A line that is only cut.
    pub const FAIR: Weather = Weather { bytes_per_second: None, round_trip: Duration::ZERO, lost: 0 };
}

/// Who learns of a cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// Both sides.
    Loud,
    /// Only the phone: the service waits for bytes that never come.
    Silent,
}

/// A line to a service.
pub struct BadLine {
    address: SocketAddr,
    state: Arc<State>,
}

struct State {
    weather: std::sync::RwLock<Weather>,
    cuts: watch::Sender<(u64, Cut)>,
    carried: AtomicU64,
    cut_at: AtomicU64,
    packets: AtomicU64,
    lost: AtomicU64,
    /// When the line is free for the next packet, up and down.
    free: [Mutex<Instant>; 2],
}

impl BadLine {
    /// A line to a port of this machine.
    pub async fn to(port: u16, weather: Weather) -> BadLine {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = listener.local_addr().expect("the port has a number");
        let state = Arc::new(State {
            weather: std::sync::RwLock::new(weather),
            cuts: watch::Sender::new((0, Cut::Loud)),
            carried: AtomicU64::new(0),
            cut_at: AtomicU64::new(u64::MAX),
            packets: AtomicU64::new(0),
            lost: AtomicU64::new(0),
            free: [Mutex::new(Instant::now()), Mutex::new(Instant::now())],
        });
        let of_all = state.clone();
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let state = of_all.clone();
                tokio::spawn(async move {
                    if let Ok(far) = TcpStream::connect(("127.0.0.1", port)).await {
                        carry(near, far, state).await;
                    }
                });
            }
        });
        BadLine { address, state }
    }

    /// The address that a browser goes to.
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From now on the line is like this.
    pub fn becomes(&self, weather: Weather) {
        *self.state.weather.write().unwrap_or_else(PoisonError::into_inner) = weather;
    }

    /// Cuts every connection that there is. The next one is let through.
    pub fn cut(&self, cut: Cut) {
        self.state.cut(cut);
    }

    /// Cuts every connection after so many more bytes to the service.
    pub fn cut_after(&self, bytes: u64) {
        self.state.cut_at.store(self.state.carried.load(Ordering::SeqCst) + bytes, Ordering::SeqCst);
    }

    /// How often it was cut.
    pub fn cuts(&self) -> u64 {
        self.state.cuts.borrow().0
    }

    /// Bytes that went to the service.
    pub fn carried(&self) -> u64 {
        self.state.carried.load(Ordering::SeqCst)
    }

    /// Packets that were carried, and those of them that were lost and sent again.
    pub fn packets(&self) -> (u64, u64) {
        (self.state.packets.load(Ordering::SeqCst), self.state.lost.load(Ordering::SeqCst))
    }
}

impl State {
    fn cut(&self, cut: Cut) {
        self.cuts.send_modify(|cuts| *cuts = (cuts.0 + 1, cut));
    }

    /// How many of these bytes pass before a cut.
    fn before_cut(&self, bytes: usize) -> usize {
        let left = self.cut_at.load(Ordering::SeqCst).saturating_sub(self.carried.load(Ordering::SeqCst));
        bytes.min(usize::try_from(left).unwrap_or(usize::MAX))
    }

    fn weather(&self) -> Weather {
        *self.weather.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Bytes that pass at once.
    fn packet(&self) -> usize {
        self.weather().bytes_per_second.map_or(GULP, |rate| PACKET.min(usize::try_from(rate).unwrap_or(PACKET)))
    }

    /// Waits for a packet's turn, and gives the moment at which it arrives.
    async fn turn(&self, way: usize, bytes: usize) -> Instant {
        let weather = self.weather();
        let Some(rate) = weather.bytes_per_second else { return Instant::now() };
        let mut free = self.free[way].lock().await;
        let passed = (*free).max(Instant::now()) + Duration::from_micros(bytes as u64 * 1_000_000 / rate);
        *free = passed;
        drop(free);
        tokio::time::sleep_until(passed).await;
        let mut arrives = passed + weather.round_trip / 2;
        let mut random = dice(self.packets.fetch_add(1, Ordering::SeqCst));
        while random % 1_000 < weather.lost {
            self.lost.fetch_add(1, Ordering::SeqCst);
            arrives += weather.round_trip;
            random = dice(random);
        }
        arrives
    }
}

/// Carries a connection until an end of it closes, or it is cut.
async fn carry(near: TcpStream, far: TcpStream, state: Arc<State>) {
    let mut cuts = state.cuts.subscribe();
    let ((near_in, near_out), (far_in, far_out)) = (near.into_split(), far.into_split());
    let (up, held) = mpsc::channel(QUEUE);
    let (down, told) = mpsc::channel(QUEUE);
    let mut far_out = Some(far_out);
    let mut far_in = Some(far_in);
    {
        let (to_far, from_far) = (far_out.as_mut().expect("is here"), far_in.as_mut().expect("is here"));
        let mut near_in = near_in;
        let mut near_out = near_out;
        let upwards = async { tokio::join!(take(&mut near_in, up, 0, &state), give(to_far, held, Some(&state))) };
        let downwards = async { tokio::join!(take(from_far, down, 1, &state), give(&mut near_out, told, None)) };
        tokio::select! {
            _ = async { tokio::join!(upwards, downwards) } => return,
            _ = cuts.changed() => {}
        }
    }
    if cuts.borrow().1 == Cut::Silent {
        tokio::time::sleep(SILENCE).await;
        drop((far_in, far_out));
    }
}

type Packet = (Instant, Vec<u8>);

/// Takes bytes from one side into the line.
async fn take(from: &mut OwnedReadHalf, line: mpsc::Sender<Packet>, way: usize, state: &State) {
    let mut room = vec![0; GULP];
    while let Ok(count @ 1..) = from.read(&mut room[..state.packet()]).await {
        let arrives = state.turn(way, count).await;
        if line.send((arrives, room[..count].to_vec())).await.is_err() {
            return;
        }
    }
}

/// Gives what comes out of the line to the other side, nothing before what was sent first.
async fn give(to: &mut OwnedWriteHalf, mut line: mpsc::Receiver<Packet>, upwards: Option<&State>) {
    while let Some((arrives, bytes)) = line.recv().await {
        tokio::time::sleep_until(arrives).await;
        let count = upwards.map_or(bytes.len(), |state| state.before_cut(bytes.len()));
        if to.write_all(&bytes[..count]).await.is_err() {
            return;
        }
        let Some(state) = upwards else { continue };
        state.carried.fetch_add(count as u64, Ordering::SeqCst);
        if count < bytes.len() {
            state.cut_at.store(u64::MAX, Ordering::SeqCst);
            state.cut(Cut::Loud);
            std::future::pending::<()>().await;
        }
    }
    let _ = to.shutdown().await;
}
