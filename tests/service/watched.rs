//! What the operator sees: the staff page of files on their way, and the metrics. Numbers, and nothing of anybody.

use heard::clock::{DAY, HOUR};
use heard::intake::reconcile::reconcile;
use heard::web::Role;
use hyper::Method;

use super::browser::{Browser, full};
use super::intake::place::noise;
use super::process::Place;
use super::tus::client::Client;
use super::world::{World, on_each_pair, run};
use super::{colleagues, outside, say};

const MIB: usize = 1 << 20;

on_each_pair!(an_admin_sees_numbers_of_files_and_nothing_else, |world: World| async move {
    let mut admin = colleagues::join(&world, Role::Admin).await;
    let page = admin.browser.open("/staff").await;
    let page = admin.browser.follow(&page, say("staff.link.uploads")).await;
    page.must_be("/staff/uploads", 200).must_say(say("uploads.stuck_none")).must_say(say("uploads.wrong_none"));
    page.must_say(say("uploads.compared_never"));
    assert!(page.text().contains("gigabytes are used."), "{}", page.text());

    let mut family = Client::begin(&world).await;
    let at = family.create(5 * MIB as u64, "secret-name.mov").await;
    assert_eq!(family.patch(&at, 0, noise(3 * MIB, 1)).await.status, 204);
    let headers = [("upload-checksum", "sha1 AAAAAAAAAAAAAAAAAAAAAAAAAAA=")];
    assert_eq!(family.patch_with(&at, 3 * MIB as u64, &headers, &b"other"[..]).await.status, 460);
    world.run_jobs().await;
    reconcile(&world.intake).await.expect("compares");

    let page = admin.browser.open("/staff/uploads").await;
    page.must_say("Arriving now 1 3 MB").must_say(say("uploads.causes.digest")).must_say(say("uploads.compared_well"));
    let id = at.trim_start_matches("/uploads/");
    for never in ["secret-name", id, "127.0.0.1", &family.family.reference(&world).await] {
        assert!(!page.text().contains(never), "{never} stands on the page");
    }
    world.clock.advance(6 * HOUR);
    // A working day later the session has ended; what went wrong is still of the last day.
    let mut admin = colleagues::join(&world, Role::Admin).await;
    let page = admin.browser.open("/staff/uploads").await;
    page.must_say("Stopped on the way 1 3 MB").must_say(say("uploads.causes.digest"));
    world.clock.advance(DAY);
    let mut admin = colleagues::join(&world, Role::Admin).await;
    admin.browser.open("/staff/uploads").await.must_say(say("uploads.wrong_none"));

    // Looking is written down.
    admin.browser.open("/staff/audit").await.must_say(say("audit_action.uploads.viewed"));
});

/// The numbers of a monitor's page, each line's name and labels with its value.
async fn numbers(address: &str) -> Vec<(String, u64)> {
    let page = Browser::new(&format!("http://{address}")).send_raw(Method::GET, "/metrics", &[], full("")).await;
    assert_eq!(page.status, 200);
    let text = String::from_utf8(page.body.to_vec()).expect("it is text");
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let pair = |line: &str| {
        let (name, value) = line.rsplit_once(' ').unwrap_or_else(|| panic!("{line} has a value"));
        (name.to_owned(), value.parse().unwrap_or_else(|_| panic!("{line} has a number")))
    };
    lines.map(pair).collect()
}

fn number(numbers: &[(String, u64)], name: &str) -> u64 {
    numbers.iter().find(|(known, _)| known == name).unwrap_or_else(|| panic!("{name} is told: {numbers:?}")).1
}

async fn a_monitor_reads_numbers(place: Place) {
    let held = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = held.local_addr().expect("the port has a number").to_string();
    drop(held);
    let place = place.with("HEARD_METRICS_LISTEN", &address);
    let process = place.start();
    let mut browser = process.browser();
    let start = browser.open("/").await;
    browser.press(start.form_to("/begin")).await.must_be("/tell", 200);
    let before = numbers(&address).await;
    assert_eq!(number(&before, "heard_uploads{state=\"arriving\"}"), 0);

    let length = (5 * MIB).to_string();
    let tus = ("tus-resumable", "1.0.0");
    let page = browser.send_raw(Method::POST, "/uploads", &[tus, ("upload-length", &length)], full("")).await;
    let at = page.leads_to().expect("an upload has an address").to_owned();
    let piece = ("content-type", "application/offset+octet-stream");
    let headers = [tus, piece, ("upload-offset", "0")];
    let page = browser.send_raw(Method::PATCH, &at, &headers, full(noise(2 * MIB, 1))).await;
    assert_eq!(page.status, 204);
    let page = browser.send_raw(Method::POST, "/uploads", &[tus, ("upload-length", "99999999999999")], full("")).await;
    assert_eq!(page.status, 413);
    let headers = [tus, piece, ("upload-offset", "2097152"), ("upload-checksum", "sha1 AAAAAAAAAAAAAAAAAAAAAAAAAAA=")];
    assert_eq!(browser.send_raw(Method::PATCH, &at, &headers, full("x")).await.status, 460);

    let after = numbers(&address).await;
    assert_eq!(number(&after, "heard_uploads{state=\"arriving\"}"), 1);
    assert_eq!(number(&after, "heard_uploads_safe_bytes{state=\"arriving\"}"), 2 * MIB as u64);
    assert_eq!(number(&after, "heard_upload_failures_total{cause=\"digest\"}"), 1);
    assert_eq!(number(&after, "heard_upload_failures_total{cause=\"line\"}"), 0);
    assert_eq!(number(&after, "heard_mail_waiting"), 0);
    let spool = |what: &str| number(&after, &format!("heard_spool_bytes{{what=\"{what}\"}}"));
    assert!(spool("all") > spool("free") && spool("all") > spool("kept_for_running"));
    assert!(number(&after, "heard_connections{state=\"waiting\"}") >= 1);
    for (name, _) in &after {
        let label = name.split('"').nth(1).unwrap_or_default();
        assert!(label.chars().all(|c| c.is_ascii_lowercase() || c == '_') && label.len() < 20, "{name}");
    }
    // Nobody but the monitor is told.
    assert_eq!(browser.get("/metrics", &[]).await.status, 404);
    // What was counted last is in the table when the process has ended.
    process.stop();
    let db = place.database().await;
    let mut tx = db.read().await.expect("the database answers");
    let (failures,): (i64,) =
        heard::db::one!(&mut tx, (i64,), "select cast(sum(times) as bigint) from upload_failure").expect("asks");
    assert_eq!(failures, 1);
}

#[test]
fn a_monitor_reads_numbers_on_sqlite_and_a_folder() {
    run(|| async {
        let folder = tempfile::tempdir().expect("a temporary folder");
        a_monitor_reads_numbers(Place::new(folder.path())).await;
    });
}

#[test]
fn a_monitor_reads_numbers_on_postgres_and_s3() {
    run(|| async {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let place = Place::new(folder.path())
            .with("HEARD_DATABASE_URL", outside::fresh_postgres().await)
            .with("HEARD_STORAGE_URL", outside::fresh_garage_bucket().await);
        a_monitor_reads_numbers(place).await;
    });
}
