//! Reading in a child process of this same executable, which takes away its own room before it looks at the first byte:
//! memory, time, files it may write, processes it may start. What a hostile file does to it ends with it.

use std::fs::File;
use std::io::{self, Read as _, Write};
use std::os::fd::AsFd as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Resource, Rlimit, setrlimit};

use super::whole::{Whole, from_json};
use super::{Format, Kept, Limits, Problem, Reading, Said, read};

/// How long the child may take.
const PATIENCE: Duration = Duration::from_millis(4_300);
/// The memory that the child may have of its own.
const MEMORY: u64 = 200 << 20;
/// The most that the child may answer.
const LONGEST_ANSWER: u64 = 96 << 20;

/// Reads the file apart; `program` is this executable. The answer is the reading as JSON, and whether something can be
/// shown; none where the child had to be ended.
pub fn ask_json(program: &Path, file: File) -> io::Result<Option<(Vec<u8>, bool)>> {
    let (answer, code) = ask(program, file, "--inside")?;
    Ok(match code {
        Some(0) => Some((answer, true)),
        Some(3) => Some((answer, false)),
        _ => None,
    })
}

/// Reads the file apart, with everything that a page needs. What takes too long or too much is kept and not shown.
pub fn ask_reading(program: &Path, file: File) -> io::Result<Reading> {
    let (answer, code) = ask(program, file, "--whole")?;
    let reading = matches!(code, Some(0 | 3)).then(|| from_json(&answer)).flatten();
    Ok(reading.unwrap_or_else(gave_up))
}

/// What is said of a file whose reading had to be ended.
pub fn gave_up() -> Reading {
    let what = "Reading it took more memory or time than we allow.".to_owned();
    Reading::kept(Format::Unknown, Kept::TooLarge, vec![Problem { place: "the file".to_owned(), what }])
}

/// The child's answer and its exit code; no code where it had to be ended.
fn ask(program: &Path, file: File, how: &str) -> io::Result<(Vec<u8>, Option<i32>)> {
    let mut child = Command::new(program)
        .args(["read", how])
        .env_clear()
        .stdin(Stdio::from(file))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let pipe = child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
    let gather = std::thread::spawn(move || {
        let mut answer = Vec::new();
        pipe.take(LONGEST_ANSWER).read_to_end(&mut answer).map(|_| answer)
    });
    let started = Instant::now();
    let code = loop {
        if let Some(status) = child.try_wait()? {
            break status.code();
        }
        if started.elapsed() > PATIENCE {
            child.kill()?;
            child.wait()?;
            break None;
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    Ok((gather.join().ok().and_then(Result::ok).unwrap_or_default(), code))
}

/// The child's part: narrows itself, reads standard input, and answers. True when something can be shown.
pub fn answer(whole: bool) -> io::Result<bool> {
    for (what, most) in [
        (Resource::Data, MEMORY),
        (Resource::Cpu, PATIENCE.as_secs()),
        (Resource::Fsize, 0),
        (Resource::Core, 0),
        (Resource::Nproc, 0),
        (Resource::Nofile, 8),
    ] {
        setrlimit(what, Rlimit { current: Some(most), maximum: Some(most) })?;
    }
    let file = File::from(io::stdin().as_fd().try_clone_to_owned()?);
    let reading = read(&file, Limits::default());
    let shown = reading.said != Said::None;
    let mut out = io::BufWriter::new(io::stdout().lock());
    match whole {
        true => serde_json::to_writer(&mut out, &Whole::of(reading))?,
        false => serde_json::to_writer_pretty(&mut out, &reading)?,
    }
    writeln!(out)?;
    out.flush()?;
    Ok(shown)
}

#[cfg(test)]
mod tests {
    use super::super::whole::to_json;
    use super::*;

    #[test]
    fn nothing_is_lost_on_the_way_out_of_the_child() {
        for name in ["touchchat.ce", "snap-usage.sps", "session.obl"] {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/aac").join(name);
            let reading = read(&File::open(path).expect("is there"), Limits::default());
            assert!(reading.said != Said::None, "{name}");
            let mut back = from_json(&to_json(reading.clone())).expect("is ours");
            for (event, read) in back.events.iter_mut().zip(&reading.events) {
                // Only for putting lines in order, which is done.
                event.order = read.order;
            }
            assert!(back == reading, "{name}");
        }
    }
}
