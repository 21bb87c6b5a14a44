//! Numbers for the operator's monitor, in Prometheus's text format
//! (<https://prometheus.io/docs/instrumenting/exposition_formats/>), on a listener of their own that is off by default.
//!
//! Every label is a word from a list in the source; none ever holds an id, an address or a name. Who reaches the listener
//! can read it, so it belongs on an address that only the monitor reaches.

use std::fmt::Write;
use std::net::SocketAddr;
use std::sync::atomic::Ordering;

use anyhow::Context;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::clock::SECOND;
use crate::intake::{Figures, Intake, Reconciled};
use crate::web::accept::{self, Limits};
use crate::web::connections::Connections;

/// Connections of monitors that are open at once.
const MONITORS: usize = 16;

/// The listener, before it is served.
pub(super) struct Metrics {
    listener: TcpListener,
    told: Told,
}

/// What is told of.
#[derive(Clone)]
struct Told {
    intake: Intake,
    connections: Connections,
}

impl Metrics {
    /// Listens at this address.
    pub(super) async fn open(
        address: SocketAddr,
        intake: &Intake,
        connections: &Connections,
    ) -> anyhow::Result<Metrics> {
        let listener = TcpListener::bind(address)
            .await
            .with_context(|| format!("cannot listen on {address} for metrics (HEARD_METRICS_LISTEN)"))?;
        if !address.ip().is_loopback() {
            tracing::warn!("metrics are told to everybody who reaches HEARD_METRICS_LISTEN");
        }
        Ok(Metrics { listener, told: Told { intake: intake.clone(), connections: connections.clone() } })
    }

    /// Tells until the service stops.
    pub(super) async fn tell(self, mut stop: watch::Receiver<bool>) {
        let limits = Limits::of(&self.told.intake.config.settings);
        let router = Router::new().route("/metrics", get(tell)).with_state(self.told);
        accept::serve(self.listener, router, Connections::new(MONITORS), limits, async move {
            let _ = stop.wait_for(|stopped| *stopped).await;
        })
        .await;
    }
}

async fn tell(State(told): State<Told>) -> Response {
    match told.intake.figures().await {
        Ok(figures) => {
            let headers = [(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
            (headers, text(&told, &figures)).into_response()
        }
        Err(error) => {
            tracing::warn!(cause = %error, "the metrics could not be read");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

fn text(told: &Told, figures: &Figures) -> String {
    let mut lines = Lines::default();
    uploads(&mut lines, told, figures);
    connections(&mut lines, &told.connections);
    let Figures { jobs, mail, disk, .. } = figures;
    let used = disk.all.saturating_sub(disk.free);
    let bytes = [("all", disk.all), ("free", disk.free), ("kept_for_running", disk.kept), ("used", used)];
    lines.family("heard_spool_bytes", "gauge", "Bytes of the disk that files arrive on.", "what", &bytes);
    let jobs = [("waiting", jobs.open.unsigned_abs()), ("needs_a_person", jobs.failed.unsigned_abs())];
    lines.family("heard_jobs", "gauge", "Background work.", "state", &jobs);
    lines.one("heard_mail_waiting", "gauge", "Letters that wait to be sent.", mail.unsigned_abs());
    if let Some(found) = &figures.reconciled {
        reconciled(&mut lines, found);
    }
    lines.0
}

fn uploads(lines: &mut Lines, told: &Told, figures: &Figures) {
    let groups = [
        ("arriving", figures.arriving),
        ("stopped", figures.stopped),
        ("whole", figures.whole),
        ("unchecked", figures.unchecked),
    ];
    let files = groups.map(|(state, group)| (state, group.files.unsigned_abs()));
    let bytes = groups.map(|(state, group)| (state, group.bytes.unsigned_abs()));
    lines.family("heard_uploads", "gauge", "Files on their way, of all servers.", "state", &files);
    lines.family("heard_uploads_safe_bytes", "gauge", "Bytes of them that are safe.", "state", &bytes);
    let running = told.intake.running() as u64;
    lines.one("heard_uploads_running", "gauge", "Requests of this process that bring bytes.", running);
    lines.one("heard_uploads_alarms", "gauge", "Files that a person must look at.", figures.alarms.unsigned_abs());
    let failures: Vec<(&str, u64)> = told.intake.failures().list().collect();
    let help = "What went wrong with files in this process.";
    lines.family("heard_upload_failures_total", "counter", help, "cause", &failures);
}

fn connections(lines: &mut Lines, connections: &Connections) {
    let (now, ended) = (connections.now(), connections.ended());
    let open = [("waiting", now.waiting as u64), ("at_work", now.at_work as u64)];
    lines.family("heard_connections", "gauge", "Open connections.", "state", &open);
    lines.one("heard_connections_most", "gauge", "Most connections that are taken.", now.most as u64);
    let ended = [
        ("waited_too_long", &ended.waiting),
        ("body_too_slow", &ended.slow),
        ("answer_unread", &ended.unread),
        ("place_needed", &ended.for_another),
    ]
    .map(|(why, times)| (why, times.load(Ordering::Relaxed)));
    lines.family("heard_connections_ended_total", "counter", "Connections that we ended.", "why", &ended);
}

fn reconciled(lines: &mut Lines, found: &Reconciled) {
    let at = (found.at_us.0 / SECOND).unsigned_abs();
    lines.one("heard_reconciled_timestamp_seconds", "gauge", "When everything was compared last.", at);
    let results = [
        ("agreed", found.agreed),
        ("adopted", found.adopted),
        ("deleted", found.deleted),
        ("missing", found.missing),
        ("unknown", found.unknown),
        ("lost", found.lost),
        ("alarms", found.alarms),
    ]
    .map(|(result, number)| (result, number.unsigned_abs()));
    lines.family("heard_reconciled", "gauge", "What the last comparison found.", "result", &results);
}

/// The text, family by family.
#[derive(Default)]
struct Lines(String);

impl Lines {
    fn head(&mut self, name: &str, kind: &str, help: &str) {
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn one(&mut self, name: &str, kind: &str, help: &str, value: u64) {
        self.head(name, kind, help);
        let _ = writeln!(self.0, "{name} {value}");
    }

    fn family(&mut self, name: &str, kind: &str, help: &str, label: &str, values: &[(&str, u64)]) {
        self.head(name, kind, help);
        for (of, value) in values {
            let _ = writeln!(self.0, "{name}{{{label}=\"{of}\"}} {value}");
        }
    }
}
