//! Long files over bad lines, by the real program: cut at any byte, and as slow and lossy as a phone's in a valley.
//!
//! The short forms take seconds. `HEARD_TEST_LONG=1` sends 2 GiB over 200 cuts, and 256 MiB over a line of 2 Mbit/s, 300 ms
//! and 3 % loss that is cut every minute; it prints the figures.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::sender::{MIB, Told, begin, everything_is_there};
use crate::bad_line::{BadLine, Cut, Weather};
use crate::browser::Browser;
use crate::browser::file::File;
use crate::kills::{Place, dice, in_two_places, is_long, must_agree};

/// Memory that the service may take for a file, however long it is.
const MOST_MEMORY: u64 = 64 * MIB;

/// The same person, whose device now goes over this line.
fn over(line: &BadLine, browser: &Browser) -> Browser {
    let mut there = Browser::new(&line.origin());
    there.jar = browser.jar.clone();
    there
}

/// A line that is cut at random bytes, so often until the file is there.
async fn cut_at_random_bytes(place: Place) {
    let (length, cuts) = if is_long() { (2048 * MIB, 200) } else { (64 * MIB, 20) };
    let process = place.start();
    let line = BadLine::to(place.port, Weather::FAIR).await;
    let mut browser = over(&line, &begin(&place.origin()).await);
    let file = File::made("long.mp4", "video/mp4", Vec::new(), 4711, length);
    let told = Told::default();
    let at = told.create(&mut browser, length, "long").await;
    process.forget_peak_memory();
    let (idle, began, mut stands) = (process.memory(), Instant::now(), 0);
    while stands < length {
        let left = cuts - line.cuts();
        if left > 0 {
            line.cut_after(1 + dice(left) % (2 * (length - stands) / (left + 1)).max(1));
        }
        stands = told.bring(&mut browser, &at, &file, stands..length).await.0;
    }
    let sent = began.elapsed();
    everything_is_there(&place, &BTreeMap::from([(at, file.sha256_hex())])).await;
    let more = process.peak_memory().saturating_sub(idle);
    println!(
        "{} MiB over {} cuts: {} s, {} bytes sent again; memory {idle} bytes idle, {more} more at its peak",
        length / MIB,
        line.cuts(),
        sent.as_secs(),
        line.carried() - length,
    );
    assert_eq!(line.cuts(), cuts);
    assert!(more <= MOST_MEMORY, "{more} bytes of memory for a file");
    process.stop();
    must_agree(&place);
}

/// A line as it is in a valley. Every second cut is one that the service does not hear of.
async fn slow_and_lossy(place: Place) {
    let (length, whole_for) = if is_long() { (256 * MIB, 60) } else { (MIB / 2, 2) };
    let weather = Weather { bytes_per_second: Some(250_000), round_trip: Duration::from_millis(300), lost: 30 };
    let process = place.start();
    let line = BadLine::to(place.port, weather).await;
    let mut browser = over(&line, &begin(&place.origin()).await);
    let file = File::made("slow.mp4", "video/mp4", Vec::new(), 4712, length);
    let told = Told::default();
    let began = Instant::now();
    let sending = async {
        let at = told.create(&mut browser, length, "slow").await;
        let mut stands = 0;
        while stands < length {
            stands = told.bring(&mut browser, &at, &file, stands..length).await.0;
        }
        at
    };
    let cutting = async {
        loop {
            tokio::time::sleep(Duration::from_secs(whole_for)).await;
            line.cut(if line.cuts().is_multiple_of(2) { Cut::Loud } else { Cut::Silent });
        }
    };
    let at = tokio::select! {
        at = sending => at,
        () = cutting => unreachable!("nobody stops cutting"),
    };
    let (sent, (packets, lost)) = (began.elapsed(), line.packets());
    assert!(line.cuts() > 0, "it was cut on its way");
    everything_is_there(&place, &BTreeMap::from([(at, file.sha256_hex())])).await;
    println!(
        "{} KiB over a line of 2 Mbit/s, 300 ms and 3 % loss: {} s, {} cuts, {packets} packets of which {lost} were \
         lost; {} bytes sent again; {} requests broke off",
        length / 1024,
        sent.as_secs(),
        line.cuts(),
        line.carried() - length,
        told.broken.get(),
    );
    process.stop();
    must_agree(&place);
}

in_two_places!(cut_at_random_bytes);
in_two_places!(slow_and_lossy);
