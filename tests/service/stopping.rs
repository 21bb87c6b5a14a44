//! A service that is stopped while files arrive does not wait for slow phones: what came is durable, and the phone goes on
//! when the service is back.

use hyper::Method;

use super::browser::{Browser, full};
use super::intake::place::{noise, sha256};
use super::outside;
use super::process::{Place, Process};
use super::world::run;

async fn begin(process: &Process) -> Browser {
    let mut browser = process.browser();
    let start = browser.open("/").await;
    browser.press(start.form_to("/begin")).await.must_be("/tell", 200);
    browser
}

/// Waits until so many bytes have been written to the spool.
fn until_spooled(spool: &std::path::Path, bytes: u64) {
    let longest = || {
        let files = std::fs::read_dir(spool).expect("the spool is there");
        files.filter_map(|file| Some(file.ok()?.metadata().ok()?.len())).max().unwrap_or(0)
    };
    for _ in 0..3000 {
        if longest() >= bytes {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    panic!("only {} bytes came to the spool", longest());
}

async fn a_stopped_service_goes_on_where_it_was(place: Place, spool: &str) {
    let process = place.start();
    let browser = begin(&process).await;
    let bytes = noise(3 << 20, 4);
    let sent = (1 << 20) + 12_345;
    let headers = [("tus-resumable", "1.0.0"), ("upload-length", &*bytes.len().to_string())];
    let page = browser.clone().send_raw(Method::POST, "/uploads", &headers, full("")).await;
    assert_eq!(page.status, 201);
    let at = page.leads_to().expect("an upload has an address").to_owned();

    let (slow, mut pipe) = super::tus::newest::slow_patch_of(&browser, &at, 0);
    pipe.send(bytes[..sent].to_vec()).await;
    until_spooled(&place.data.join(spool), 1 << 20);
    // Half a head holds nobody up either.
    let half_a_head = tokio::net::TcpStream::connect(("127.0.0.1", place.port)).await.expect("it is there");
    half_a_head.try_write(b"GET / HTTP/1.1\r\nX-").expect("it can be said");
    let log = tokio::task::spawn_blocking(move || process.stop_and_tell()).await.expect("it ends");
    assert!(!log.contains("were cut off"), "nobody was waited for: {log}");
    let answer = slow.await.expect("it ends");
    assert!(answer.is_none_or(|answer| answer.status == 503), "it is told to come again, if it is told anything");

    let process = place.start();
    let headers = [("tus-resumable", "1.0.0")];
    let page = browser.clone().send_raw(Method::HEAD, &at, &headers, full("")).await;
    let offset: usize = page.header("upload-offset").and_then(|offset| offset.parse().ok()).expect("it is there");
    assert!((1 << 20..=sent).contains(&offset), "{offset} of what came is there");
    let said = offset.to_string();
    let headers = [
        ("tus-resumable", "1.0.0"),
        ("content-type", "application/offset+octet-stream"),
        ("upload-offset", said.as_str()),
    ];
    let page = browser.clone().send_raw(Method::PATCH, &at, &headers, full(bytes[offset..].to_vec())).await;
    assert_eq!((page.status, page.header("upload-offset")), (204, Some(bytes.len().to_string().as_str())));
    let page = browser.clone().send_raw(Method::GET, &at, &[("tus-resumable", "1.0.0")], full("")).await;
    let digest = data_encoding::HEXLOWER.encode(&sha256(&bytes));
    assert!(String::from_utf8_lossy(&page.body).contains(&digest), "it is the very file");
    process.stop();
}

#[test]
fn a_stopped_service_goes_on_where_it_was_on_sqlite_and_a_folder() {
    run(|| async {
        let folder = tempfile::tempdir().expect("a temporary folder");
        a_stopped_service_goes_on_where_it_was(Place::new(folder.path()), "store/spool").await;
    });
}

#[test]
fn a_stopped_service_goes_on_where_it_was_on_postgres_and_s3() {
    run(|| async {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let place = Place::new(folder.path())
            .with("HEARD_DATABASE_URL", outside::fresh_postgres().await)
            .with("HEARD_STORAGE_URL", outside::fresh_garage_bucket().await)
            .with("HEARD_UPLOAD_PROMISE", "store");
        a_stopped_service_goes_on_where_it_was(place, "spool").await;
    });
}
