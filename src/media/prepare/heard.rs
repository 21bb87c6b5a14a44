//! What a speech program of the operator's hears in a film or a sound: a machine's draft for staff, who correct it. It runs
//! in the closed box like every tool, so that nothing leaves the machine. Whatever goes wrong with it, the copies are there.

use std::fs::File;
use std::io::Write;

use super::film::Film;
use super::{Early, NewCopy, Role, Step, Work, words};
use crate::media::boxed::Limits;

/// The sound that it is given: one channel, 16,000 values a second, which is what such programs are trained on.
const SPEECH: &str = "speech.wav";
const DRAFT: &str = "words-heard.txt";
/// Sound to hear words in, the best first.
const SOURCES: [Role; 4] = [Role::VideoLevelled, Role::SoundLevelled, Role::Video, Role::Sound];

/// Makes the draft, where the operator has named a program.
pub(super) fn make(work: &mut Work<'_>, film: &Film, plays: f64) -> Step<()> {
    match listen(work, film, plays) {
        Err(Early::Kept(_)) => Ok(()),
        other => other,
    }
}

fn listen(work: &mut Work<'_>, film: &Film, plays: f64) -> Step<()> {
    let Some(listener) = work.tools.listener.clone() else { return Ok(()) };
    let source = SOURCES.iter().find_map(|role| work.made.iter().find(|copy| copy.role == *role));
    let Some(from) = source.map(|copy| work.inside.result(&copy.name)) else { return Ok(()) };
    let speech = work.inside.result(SPEECH);
    let mut arguments = words(["-nostdin", "-v", "error", "-y", "-i", &from, "-vn", "-ac", "1", "-ar", "16000"]);
    arguments.extend(words(["-c:a", "pcm_s16le", &speech]));
    if !work.run(&film.ffmpeg, &arguments, film.limits)?.is_well() {
        return Ok(());
    }
    let arguments = words([&speech]);
    let ran = work.run(&listener, &arguments, limits(plays))?;
    let text = super::writing::plain(&String::from_utf8_lossy(&ran.out));
    if ran.is_well() && text.chars().any(char::is_alphanumeric) {
        // A new file, never a link that a program left there to a file of ours.
        let Ok(mut file) = File::create_new(work.folder.join(DRAFT)) else { return Ok(()) };
        file.write_all(text.as_bytes())?;
        let (role, media_type, tool, settings) = (Role::WordsDraft, "text/plain", &listener, &arguments[..]);
        work.take_in(NewCopy { role, page: 0, name: DRAFT, media_type, plays_ms: None, tool, settings }, &ran)?;
    }
    Ok(())
}

/// Such programs are slow without a graphics processor, and their models are large.
fn limits(plays: f64) -> Limits {
    let cpu = 600 + 20 * plays as u64;
    Limits { cpu, wall: 2 * cpu, memory: 12 << 30, output: 64 << 20 }
}
