//! Makes one clip: speaks a text with espeak-ng or takes a recording of it, trims the silence around it, brings it to one
//! loudness, and has ffmpeg make MP3 frames of the one kind that can be joined ([`sound`]).

use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, bail};
use data_encoding::HEXLOWER;

use crate::words::aloud::pack::Clip;
use crate::words::aloud::sound;
use crate::words::aloud::texts::{Text, VOICE, hash, spoken, stamp};

/// Samples in a second, as espeak-ng gives them.
const RATE: &str = "22050";
/// What counts as silence at both ends: 1 % of the loudest that a sample can be.
const QUIET: i16 = 328;
/// Samples that are kept before and after what is heard: 30 ms.
const MARGIN: usize = 660;
/// The loudness that each clip gets: the root mean square of what is heard, 20 dB below the most.
const LOUDNESS: f64 = 3_277.0;
/// The loudest that a sample becomes: 1 dB below the most.
const LOUDEST: f64 = 29_200.0;

/// Makes clips.
pub(super) struct Maker {
    /// Recordings by the hash of the text that they are of.
    pub recordings: HashMap<String, PathBuf>,
}

/// How the clip of this recording was made.
pub(super) fn recording_stamp(bytes: &[u8]) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, bytes);
    format!("r{}", &HEXLOWER.encode(&digest.as_ref()[..4])[..7])
}

impl Maker {
    /// Makes the clips of all these texts, as many at a time as there are processors.
    pub fn make_all(&self, wanted: Vec<Text>) -> anyhow::Result<Vec<(Text, Clip)>> {
        let (next, made) = (AtomicUsize::new(0), Mutex::new(Vec::with_capacity(wanted.len())));
        let work = || -> anyhow::Result<()> {
            while let Some(text) = wanted.get(next.fetch_add(1, Ordering::Relaxed)) {
                let clip = self.make(&text.text).with_context(|| format!("no clip of {:?}", text.text))?;
                let mut made = made.lock().map_err(|_| anyhow::anyhow!("another clip failed"))?;
                made.push((text.clone(), clip));
                if made.len().is_multiple_of(200) {
                    println!("{} of {}", made.len(), wanted.len());
                }
            }
            Ok(())
        };
        let workers = std::thread::available_parallelism().map_or(1, usize::from);
        std::thread::scope(|scope| {
            let all: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
            all.into_iter().try_for_each(|worker| worker.join().map_err(|_| anyhow::anyhow!("a worker panicked"))?)
        })?;
        made.into_inner().map_err(|_| anyhow::anyhow!("a clip failed"))
    }

    fn make(&self, text: &str) -> anyhow::Result<Clip> {
        let (samples, stamp) = match self.recordings.get(&hash(text).name()) {
            Some(file) => (recorded(file)?, recording_stamp(&std::fs::read(file)?)),
            None => (spoken_by_machine(text)?, stamp(text)),
        };
        let bytes = encoded(&levelled(trimmed(&samples)))?;
        Ok(Clip { stamp, bytes: bytes.into() })
    }
}

fn spoken_by_machine(text: &str) -> anyhow::Result<Vec<i16>> {
    let (voice, speed, pitch) = VOICE;
    let (speed, pitch) = (speed.to_string(), pitch.to_string());
    let made = run("espeak-ng", &["-v", voice, "-s", &speed, "-p", &pitch, "--stdout", "--", &spoken(text)], &[])?;
    // A WAV header of 44 bytes; its lengths are not known to a program that writes as it speaks.
    let header = made.get(..44).filter(|header| header.starts_with(b"RIFF") && header[36..40] == *b"data");
    let rate = header.map(|header| u32::from_le_bytes([header[24], header[25], header[26], header[27]]));
    match rate {
        Some(rate) if rate.to_string() == RATE => Ok(samples(&made[44..])),
        _ => bail!("espeak-ng gave no sound of {RATE} samples in a second"),
    }
}

fn recorded(file: &Path) -> anyhow::Result<Vec<i16>> {
    let file = file.to_str().context("the name of a recording is not text")?;
    Ok(samples(&run("ffmpeg", &["-v", "error", "-i", file, "-f", "s16le", "-ac", "1", "-ar", RATE, "-"], &[])?))
}

fn samples(bytes: &[u8]) -> Vec<i16> {
    bytes.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect()
}

/// Without the silence before and after, but for a moment of it.
fn trimmed(samples: &[i16]) -> &[i16] {
    let is_heard = |sample: &i16| sample.unsigned_abs() > QUIET.unsigned_abs();
    let Some(first) = samples.iter().position(is_heard) else { return samples };
    let last = samples.iter().rposition(is_heard).unwrap_or(first);
    &samples[first.saturating_sub(MARGIN)..(last + MARGIN).min(samples.len())]
}

/// All clips equally loud, and none so loud that it is cut off.
fn levelled(samples: &[i16]) -> Vec<i16> {
    let heard: Vec<f64> = samples.iter().filter(|sample| sample.unsigned_abs() > 328).map(|s| f64::from(*s)).collect();
    let mean = (heard.iter().map(|sample| sample * sample).sum::<f64>() / heard.len().max(1) as f64).sqrt();
    let peak = heard.iter().fold(1.0_f64, |peak, sample| peak.max(sample.abs()));
    let gain = (LOUDNESS / mean.max(1.0)).min(LOUDEST / peak);
    samples.iter().map(|sample| (f64::from(*sample) * gain) as i16).collect()
}

fn encoded(samples: &[i16]) -> anyhow::Result<Vec<u8>> {
    let input: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
    let wanted = "-v error -f s16le -ar 22050 -ac 1 -i - -c:a libmp3lame -ar 16000 -b:a 16k -compression_level 0 \
                  -write_xing 0 -id3v2_version 0 -f mp3 -";
    let arguments: Vec<&str> = wanted.split_whitespace().collect();
    let clip = run("ffmpeg", &arguments, &input)?;
    match sound::can_be_joined(&clip) {
        true => Ok(clip),
        false => bail!("ffmpeg gave other frames than were asked for"),
    }
}

/// Runs a program with this on its standard input, and gives what it wrote.
fn run(program: &str, arguments: &[&str], input: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("{program} is not here"))?;
    let mut to_child = child.stdin.take().context("the program has no input")?;
    let written = std::thread::scope(|scope| {
        // Both at once: a program that has written much waits until it is read.
        let writing = scope.spawn(move || to_child.write_all(input));
        let output = child.wait_with_output();
        writing.join().map_err(|_| anyhow::anyhow!("writing panicked"))?.ok();
        output.context("the program did not end")
    })?;
    match written.status.success() {
        true => Ok(written.stdout),
        false => bail!("{program}: {}", String::from_utf8_lossy(&written.stderr).trim()),
    }
}
