//! Video and sound: an MP4 that plays everywhere and begins at once, one for slow lines, and pictures of what is in it.
//!
//! H.264 and AAC in MP4 play in every browser that a work laptop has. Pictures that are H.264 already, small enough and
//! upright are carried over as they are; sound is always made again, because its loudness is measured on the way
//! ([`super::levels`]). No length of sound or pictures is believed until the copy itself was looked at.

use super::levels::{self, Loudness};
use super::probe::{self, Moving, Streams};
use super::{Cause, Kind, NewCopy, Note, Role, Step, Work, heard, still, words};
use crate::media::boxed::Limits;
use crate::media::tools::Tool;

/// The longest that is shown, in seconds: six hours.
const LONGEST: f64 = 6.0 * 3600.0;
/// Fewer bits a second than any video or sound of use, for guessing a length that the file does not tell.
const FEWEST_BITS: u64 = 100_000;

/// What film work goes by.
pub(super) struct Film {
    pub ffmpeg: Tool,
    pub ffprobe: Tool,
    pub limits: Limits,
    /// Whether the sound has one channel.
    pub mono: bool,
}

pub(super) fn make(work: &mut Work<'_>) -> Step<()> {
    let demuxers = probe::demuxers(work.recognised.media_type).ok_or(Cause::NoCopy)?;
    let (Some(ffmpeg), Some(ffprobe)) = (work.tools.ffmpeg.clone(), work.tools.ffprobe.clone()) else {
        return Err(Cause::ToolMissing.into());
    };
    let file = work.inside.file();
    let streams = probe::probe(work, &ffprobe, demuxers, &file)?;
    work.says = streams.says.clone();
    // A packet more than six hours is no reason to send somebody away.
    if streams.seconds.is_some_and(|seconds| seconds > LONGEST + 60.0) {
        return Err(Cause::TooLarge.into());
    }
    let film = Film { ffmpeg, ffprobe, limits: limits(work.length, &streams), mono: streams.mono };
    match (&streams.video, streams.audio) {
        (Some(moving), _) if u64::from(moving.coded.0) * u64::from(moving.coded.1) > 40_000_000 => {
            Err(Cause::TooLarge.into())
        }
        (Some(moving), _) => make_video(work, &film, demuxers, &streams, moving),
        (None, true) => make_sound(work, &film, demuxers, &streams),
        (None, false) => Err(Cause::CannotBeRead.into()),
    }
}

/// Five minutes and three times its length of processor time; for a small file that says it is long, no more room than
/// such a file is worth.
fn limits(length: u64, streams: &Streams) -> Limits {
    let guessed = (length.saturating_mul(8) / FEWEST_BITS) as f64;
    let seconds = streams.seconds.unwrap_or(guessed).min(LONGEST) as u64;
    let cpu = 300 + 3 * seconds;
    let output = (64_u64 << 20).max(4 * length).max(seconds * 750_000);
    Limits { cpu, wall: 2 * cpu, memory: 4 << 30, output: output.min(24 << 30) }
}

fn make_video(work: &mut Work<'_>, film: &Film, demuxers: &str, streams: &Streams, moving: &Moving) -> Step<()> {
    work.kind = Kind::Video;
    let mut loudness = None;
    let mut plays = None;
    // What seems to play as it is may still not go into an MP4; then it is made again.
    for carried in [plays_already(moving, demuxers), false] {
        let mut arguments = begin(demuxers, &work.inside.file());
        arguments.extend(words(["-map", "0:V:0", "-map", "0:a:0?"]));
        arguments.extend(if carried { carry_over() } else { make_again(moving) });
        arguments.extend(levels::as_sent(streams.audio, film.mono));
        arguments.extend(end(&work.inside.result("video.mp4")));
        let ran = work.run(&film.ffmpeg, &arguments, film.limits)?;
        loudness = levels::measured(&ran.said).filter(|_| streams.audio);
        plays = whole(work, film, "video.mp4", Kind::Video)?;
        if let Some(seconds) = plays {
            let copy = copy(Role::Video, "video.mp4", "video/mp4", Some(seconds), &film.ffmpeg, &arguments);
            work.take_in(copy, &ran)?;
        }
        if plays.is_some() || !carried {
            break;
        }
    }
    let Some(plays) = plays else { return Err(Cause::CannotBeRead.into()) };
    note_length(work, streams.seconds, plays);
    note_silence(work, loudness);
    if let Some(gain) = loudness.and_then(Loudness::gain) {
        level(work, film, Role::VideoLevelled, "video.mp4", "video-levelled.mp4", gain, plays)?;
    }
    make_small(work, film, moving, plays)?;
    still::make(work, film, plays, streams.audio)?;
    if streams.audio { heard::make(work, film, plays) } else { Ok(()) }
}

fn make_sound(work: &mut Work<'_>, film: &Film, demuxers: &str, streams: &Streams) -> Step<()> {
    work.kind = Kind::Audio;
    let mut arguments = begin(demuxers, &work.inside.file());
    arguments.extend(words(["-map", "0:a:0", "-vn"]));
    arguments.extend(levels::as_sent(true, film.mono));
    arguments.extend(end(&work.inside.result("sound.m4a")));
    let ran = work.run(&film.ffmpeg, &arguments, film.limits)?;
    let Some(plays) = whole(work, film, "sound.m4a", Kind::Audio)? else { return Err(Cause::CannotBeRead.into()) };
    work.take_in(copy(Role::Sound, "sound.m4a", "audio/mp4", Some(plays), &film.ffmpeg, &arguments), &ran)?;
    let loudness = levels::measured(&ran.said);
    note_length(work, streams.seconds, plays);
    note_silence(work, loudness);
    if let Some(gain) = loudness.and_then(Loudness::gain) {
        level(work, film, Role::SoundLevelled, "sound.m4a", "sound-levelled.m4a", gain, plays)?;
    }
    still::waveform(work, film, "sound.m4a")?;
    heard::make(work, film, plays)
}

fn begin(demuxers: &str, file: &str) -> Vec<String> {
    let mut arguments = words(["-nostdin", "-hide_banner", "-nostats", "-v", "info", "-y", "-threads", "2"]);
    arguments.extend(probe::careful(demuxers));
    arguments.extend(words(["-i", file]));
    arguments
}

/// Nothing of what the file says about itself goes along, and nobody waits for the list of frames at its end.
fn end(result: &str) -> Vec<String> {
    let mut arguments = words(["-sn", "-dn", "-map_chapters", "-1", "-map_metadata", "-1"]);
    arguments.extend(words(["-map_metadata:s:v", "-1", "-map_metadata:s:a", "-1", "-fflags", "+bitexact"]));
    arguments.extend(words(["-max_muxing_queue_size", "4096", "-movflags", "+faststart", "-t", "21600"]));
    arguments.extend(words(["-f", "mp4", result]));
    arguments
}

/// Whether the pictures play everywhere as they are.
fn plays_already(moving: &Moving, demuxers: &str) -> bool {
    let (wide, high) = moving.coded;
    let profile = moving.profile.as_str();
    moving.codec == "h264"
        && matches!(profile, "Baseline" | "Constrained Baseline" | "Main" | "High")
        && matches!(moving.pixels.as_str(), "yuv420p" | "yuvj420p")
        && wide.max(high) <= 1280
        && wide.min(high) <= 720
        && !(moving.is_turned || moving.is_interlaced)
        && moving.is_square
        && moving.bit_rate.is_none_or(|rate| rate <= 5_000_000)
        && matches!(demuxers, "mov" | "matroska")
}

/// The pictures as they are, without the notes that a camera or a program may have put between them.
fn carry_over() -> Vec<String> {
    words(["-c:v", "copy", "-bsf:v", "filter_units=remove_types=6", "-tag:v", "avc1"])
}

fn make_again(moving: &Moving) -> Vec<String> {
    let (wide, high) = fit(moving.shown, 1280, 720);
    let mut filters = Vec::new();
    if moving.is_interlaced || matches!(moving.codec.as_str(), "mpeg2video" | "dvvideo") {
        filters.push("bwdif=mode=send_frame:deint=interlaced".to_owned());
    }
    filters.push(format!("scale={wide}:{high}:flags=bicubic"));
    filters.push("setsar=1".to_owned());
    if matches!(moving.transfer.as_str(), "smpte2084" | "arib-std-b67") {
        filters.push("zscale=t=linear:npl=100,format=gbrpf32le,zscale=p=bt709".to_owned());
        filters.push("tonemap=hable:desat=0,zscale=t=bt709:m=bt709:r=tv".to_owned());
    }
    filters.push("format=yuv420p".to_owned());
    let mut arguments = vec!["-vf".to_owned(), filters.join(",")];
    arguments.extend(h264("23", "3500k", "7000k"));
    arguments.extend(words(["-fpsmax", "60"]));
    arguments
}

fn h264(quality: &str, most: &str, buffer: &str) -> Vec<String> {
    let mut arguments = words(["-c:v", "libx264", "-preset", "veryfast", "-profile:v", "high", "-crf", quality]);
    arguments.extend(words(["-maxrate", most, "-bufsize", buffer, "-flags:v", "+bitexact"]));
    // A key frame every two seconds, so that jumping about does not wait.
    arguments.extend(words(["-force_key_frames", "expr:gte(t,n_forced*2)"]));
    arguments
}

/// The largest even size within `long` by `short` (whichever way it lies) of the same shape; never larger than it is.
fn fit(shown: (u32, u32), long: u32, short: u32) -> (u32, u32) {
    let (wide, high) = (f64::from(shown.0.max(1)), f64::from(shown.1.max(1)));
    let (most_wide, most_high) = if wide >= high { (long, short) } else { (short, long) };
    let scale = (f64::from(most_wide) / wide).min(f64::from(most_high) / high).min(1.0);
    let even = |size: f64| (((size * scale / 2.0).round() as u32) * 2).min(size as u32 / 2 * 2).max(2);
    (even(wide), even(high))
}

/// Made from the copy, so that the stranger's file is read once.
fn make_small(work: &mut Work<'_>, film: &Film, moving: &Moving, plays: f64) -> Step<()> {
    let full = fit(moving.shown, 1280, 720);
    if full.0.min(full.1) <= 240 {
        return Ok(());
    }
    let (wide, high) = fit(full, 426, 240);
    let levelled = work.made.iter().any(|copy| copy.role == Role::VideoLevelled);
    let source = if levelled { "video-levelled.mp4" } else { "video.mp4" };
    let mut arguments = begin("mov", &work.inside.result(source));
    arguments.extend(["-vf".to_owned(), format!("scale={wide}:{high}:flags=bicubic,format=yuv420p")]);
    arguments.extend(h264("27", "300k", "600k"));
    arguments.extend(words(["-fpsmax", "25", "-c:a", "aac", "-b:a", "48k", "-ac", "1", "-flags:a", "+bitexact"]));
    arguments.extend(end(&work.inside.result("video-small.mp4")));
    let ran = work.run(&film.ffmpeg, &arguments, film.limits)?;
    if whole(work, film, "video-small.mp4", Kind::Video)?.is_some() {
        let copy = copy(Role::VideoSmall, "video-small.mp4", "video/mp4", Some(plays), &film.ffmpeg, &arguments);
        work.take_in(copy, &ran)?;
    }
    Ok(())
}

fn level(work: &mut Work<'_>, film: &Film, role: Role, from: &str, to: &str, gain: f64, plays: f64) -> Step<()> {
    let mut arguments = begin("mov", &work.inside.result(from));
    if role == Role::VideoLevelled {
        arguments.extend(words(["-c:v", "copy"]));
    }
    arguments.extend(levels::levelled(gain, film.mono));
    arguments.extend(end(&work.inside.result(to)));
    let ran = work.run(&film.ffmpeg, &arguments, film.limits)?;
    let (kind, media_type) =
        if role == Role::VideoLevelled { (Kind::Video, "video/mp4") } else { (Kind::Audio, "audio/mp4") };
    if whole(work, film, to, kind)?.is_some() {
        work.take_in(copy(role, to, media_type, Some(plays), &film.ffmpeg, &arguments), &ran)?;
    }
    Ok(())
}

/// How long a result plays; none where it is not there or does not play.
fn whole(work: &mut Work<'_>, film: &Film, name: &str, kind: Kind) -> Step<Option<f64>> {
    if work.inside.made(name).is_none() {
        return Ok(None);
    }
    let file = work.inside.result(name);
    let streams = match probe::probe(work, &film.ffprobe, "mov", &file) {
        Ok(streams) => streams,
        Err(super::Early::Kept(_)) => return Ok(None),
        Err(fault) => return Err(fault),
    };
    let there = if kind == Kind::Video { streams.video.is_some() } else { streams.audio };
    Ok(streams.seconds.filter(|_| there))
}

fn note_length(work: &mut Work<'_>, said: Option<f64>, plays: f64) {
    if said.is_some_and(|said| plays + 1.0 < said * 0.9) {
        work.note(Note::CutOff);
    }
}

fn note_silence(work: &mut Work<'_>, loudness: Option<Loudness>) {
    if loudness.is_some_and(Loudness::is_silence) {
        work.note(Note::Silent);
    }
}

pub(super) fn copy<'a>(
    role: Role,
    name: &'a str,
    media_type: &'static str,
    plays: Option<f64>,
    tool: &'a Tool,
    settings: &'a [String],
) -> NewCopy<'a> {
    NewCopy { role, page: 0, name, media_type, plays_ms: plays.map(|s| (s * 1000.0) as i64), tool, settings }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_film_fits_and_keeps_its_shape() {
        assert_eq!(fit((1920, 1080), 1280, 720), (1280, 720));
        assert_eq!(fit((1080, 1920), 1280, 720), (720, 1280));
        assert_eq!(fit((321, 241), 1280, 720), (320, 240));
        assert_eq!(fit((1, 1), 1280, 720), (2, 2));
        assert_eq!(fit((4000, 10), 1280, 720), (1280, 4));
        assert_eq!(fit((1280, 720), 426, 240), (426, 240));
    }

    #[test]
    fn nobody_gets_endless_time_or_room() {
        let endless = Streams { seconds: Some(f64::MAX), ..Streams::default() };
        let limits = limits(u64::MAX / 16, &endless);
        assert!(limits.cpu <= 300 + 3 * 21_600 && limits.output <= 24 << 30);
        assert_eq!(super::limits(10, &Streams::default()).cpu, 300);
    }
}
