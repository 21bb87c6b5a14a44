//! Reads files in this process as often as it is asked to, for `benches/aac/speed`: on standard input come lines of
//! "how often, a tab, a path", on standard output goes the time that all of it took, in nanoseconds. Each time the file is
//! opened anew, as a service does.

use std::fs::File;
use std::hint::black_box;
use std::io::BufRead as _;
use std::time::Instant;

use heard::aac::{Limits, read};

fn main() -> std::io::Result<()> {
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let (often, path) = line.split_once('\t').ok_or_else(|| std::io::Error::other("no tab in the line"))?;
        let often: u32 = often.parse().map_err(std::io::Error::other)?;
        let began = Instant::now();
        for _ in 0..often {
            black_box(read(&File::open(path)?, Limits::default()));
        }
        println!("{}", began.elapsed().as_nanos());
    }
    Ok(())
}
