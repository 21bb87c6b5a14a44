//! A bucket's server with faults: a double in front of the real Garage, which does to each question what a test wants.
//!
//! It passes everything on as it came, signatures with it, so that what is not a fault is the real server's own answer.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use http_body_util::{BodyExt, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::header::CONTENT_LENGTH;
use hyper::http::request::Parts;
use hyper::service::service_fn;
use hyper::{Method, Request, Response};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::{TcpListener, TcpStream};

use crate::browser::{Body, full};

/// What is asked of the bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// A part is sent.
    Part,
    /// An object is to be made of its parts.
    Complete,
    /// Bytes are read.
    Read,
    /// Anything else.
    Other,
}

/// What the bucket does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Does {
    /// What it should.
    Right,
    /// Nothing: 503.
    Busy,
    /// Nothing, and says 200 with an error inside.
    ErrorInside,
    /// What it should, and says 200 with an error inside.
    RightAndErrorInside,
    /// What it should, and the answer is lost.
    LosesAnswer,
    /// It says how many bytes come, and gives fewer.
    BreaksOff,
    /// It gives fewer bytes, and says so.
    Shortens,
    /// The line breaks, and the question is delivered when the test says so.
    Late,
}

/// What was read of the bucket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Got {
    /// How often bytes were asked for.
    pub questions: u64,
    /// How often without saying which.
    pub whole: u64,
    /// How many came.
    pub bytes: u64,
}

type Rule = Arc<dyn Fn(Asked, u64) -> Does + Send + Sync>;

/// The double.
pub struct FalseBucket {
    address: SocketAddr,
    state: Arc<State>,
}

struct State {
    real: String,
    client: Client<HttpConnector, Body>,
    rule: Mutex<Rule>,
    asked: AtomicU64,
    faults: AtomicU64,
    got: Mutex<Got>,
    late: Mutex<Vec<(Parts, Bytes)>>,
}

impl FalseBucket {
    /// A double before the server at `real`, such as `127.0.0.1:3900`.
    pub async fn before(real: &str) -> FalseBucket {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = listener.local_addr().expect("the port has a number");
        let state = Arc::new(State {
            real: real.to_owned(),
            client: Client::builder(TokioExecutor::new()).build_http(),
            rule: Mutex::new(Arc::new(|_, _| Does::Right)),
            asked: AtomicU64::new(0),
            faults: AtomicU64::new(0),
            got: Mutex::default(),
            late: Mutex::default(),
        });
        let of_all = state.clone();
        tokio::spawn(async move {
            while let Ok((line, _)) = listener.accept().await {
                tokio::spawn(serve(line, of_all.clone()));
            }
        });
        FalseBucket { address, state }
    }

    /// Where it listens.
    pub fn address(&self) -> String {
        self.address.to_string()
    }

    /// From now on, this decides what the bucket does, from what is asked and a number that counts the questions.
    pub fn does(&self, rule: impl Fn(Asked, u64) -> Does + Send + Sync + 'static) {
        *self.state.rule.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(rule);
    }

    /// From now on, it does what it should.
    pub fn is_well(&self) {
        self.does(|_, _| Does::Right);
    }

    /// How many questions met a fault.
    pub fn faults(&self) -> u64 {
        self.state.faults.load(Ordering::SeqCst)
    }

    /// What was read since it was asked last.
    pub fn got(&self) -> Got {
        std::mem::take(&mut *self.state.got.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Delivers what came late, and gives the bucket's answers to it.
    pub async fn deliver_late(&self) -> Vec<u16> {
        let late = std::mem::take(&mut *self.state.late.lock().unwrap_or_else(PoisonError::into_inner));
        let mut answers = Vec::new();
        for (question, body) in late {
            // A server that wants none of it answers before it has read it, and closes: it gets the time to say so.
            let wait = stream::once(async {
                tokio::time::sleep(Duration::from_secs(1)).await;
                Ok(Frame::data(Bytes::new()))
            });
            let bytes = stream::once(async { Ok(Frame::data(body)) });
            let body = StreamBody::new(wait.chain(bytes)).boxed_unsync();
            let answer = self.state.pass_on(question, body).await.expect("the bucket answers");
            answers.push(answer.0.status.as_u16());
        }
        answers
    }
}

async fn serve(line: TcpStream, state: Arc<State>) {
    let service = service_fn(move |question: Request<Incoming>| {
        let state = state.clone();
        async move {
            let (question, body) = question.into_parts();
            // A question that broke off on its way is no question.
            let body = body.collect().await.map_err(|_| Broken)?.to_bytes();
            state.answer(question, body).await
        }
    });
    let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(line), service).await;
}

/// The line breaks without an answer.
#[derive(Debug)]
struct Broken;

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the line breaks")
    }
}

impl std::error::Error for Broken {}

impl State {
    async fn answer(&self, question: Parts, body: Bytes) -> Result<Response<Body>, Broken> {
        let rule = self.rule.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let does = rule(asked(&question), self.asked.fetch_add(1, Ordering::SeqCst));
        self.faults.fetch_add(u64::from(does != Does::Right), Ordering::SeqCst);
        match does {
            Does::Right => self.pass_on(question, full(body)).await.map(|(answer, bytes)| whole(answer, bytes)),
            Does::Busy => Ok(said(503, "SlowDown")),
            Does::ErrorInside => Ok(said(200, "InternalError")),
            Does::RightAndErrorInside => {
                self.pass_on(question, full(body)).await?;
                Ok(said(200, "InternalError"))
            }
            Does::LosesAnswer => {
                self.pass_on(question, full(body)).await?;
                Err(Broken)
            }
            Does::BreaksOff => {
                self.pass_on(question, full(body)).await.map(|(answer, bytes)| broken_off(answer, bytes))
            }
            Does::Shortens => {
                let (answer, bytes) = self.pass_on(question, full(body)).await?;
                let half = bytes.len() / 2;
                Ok(whole(answer, bytes.slice(..half)))
            }
            Does::Late => {
                self.late.lock().unwrap_or_else(PoisonError::into_inner).push((question, body));
                Err(Broken)
            }
        }
    }

    async fn pass_on(&self, question: Parts, body: Body) -> Result<(hyper::http::response::Parts, Bytes), Broken> {
        let path = question.uri.path_and_query().map_or("/", |path| path.as_str());
        let mut asked = Request::builder().method(question.method.clone()).uri(format!("http://{}{path}", self.real));
        for (name, value) in question.headers.iter().filter(|(name, _)| *name != "expect") {
            asked = asked.header(name, value);
        }
        let asked = asked.body(body).expect("the question is well formed");
        let answer = self.client.request(asked).await.map_err(|_| Broken)?;
        let (answer, bytes) = answer.into_parts();
        let bytes = bytes.collect().await.map_err(|_| Broken)?.to_bytes();
        if question.method == Method::GET {
            let mut got = self.got.lock().unwrap_or_else(PoisonError::into_inner);
            got.questions += 1;
            got.whole += u64::from(!question.headers.contains_key("range"));
            got.bytes += bytes.len() as u64;
        }
        Ok((answer, bytes))
    }
}

fn asked(question: &Parts) -> Asked {
    let has = |name: &str| {
        let query = question.uri.query().unwrap_or_default();
        query.split('&').any(|pair| pair.split('=').next() == Some(name))
    };
    match question.method {
        Method::PUT if has("partNumber") => Asked::Part,
        Method::POST if has("uploadId") => Asked::Complete,
        Method::GET if question.headers.contains_key("range") => Asked::Read,
        _ => Asked::Other,
    }
}

fn said(status: u16, code: &str) -> Response<Body> {
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>{code}</Code><Message>Not now</Message></Error>"
    );
    let answer = Response::builder().status(status).header("content-type", "application/xml");
    answer.body(full(text)).expect("an answer")
}

/// An answer with these bytes, whose length is theirs. A HEAD's answer speaks of a length and has no bytes.
fn whole(mut answer: hyper::http::response::Parts, bytes: Bytes) -> Response<Body> {
    if !bytes.is_empty() {
        answer.headers.insert(CONTENT_LENGTH, bytes.len().into());
        answer.headers.remove("transfer-encoding");
    }
    Response::from_parts(answer, full(bytes))
}

/// An answer whose line breaks in the middle.
fn broken_off(mut answer: hyper::http::response::Parts, bytes: Bytes) -> Response<Body> {
    answer.headers.insert(CONTENT_LENGTH, bytes.len().into());
    let half = bytes.slice(..bytes.len() / 2);
    let frames = [Ok(Frame::data(half)), Err(std::io::Error::other("the line breaks"))];
    Response::from_parts(answer, StreamBody::new(stream::iter(frames)).boxed_unsync())
}
