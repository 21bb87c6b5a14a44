//! Pictures of what is in a video or a sound: a poster, a strip of ten, and the shape of the sound. A help for finding
//! one's way; where one does not come out, the copy plays all the same.

use super::film::{Film, copy};
use super::{Early, Role, Step, Work, words};
use crate::media::boxed::Limits;

/// The poster, the strip and the shape of the sound of a video.
pub(super) fn make(work: &mut Work<'_>, film: &Film, plays: f64, is_heard: bool) -> Step<()> {
    // Most videos begin black or shaking.
    let at = format!("{:.3}", (plays / 4.0).min(20.0));
    let poster = words(["-ss", &at, "-i", &work.inside.result("video.mp4"), "-vf", "thumbnail=24", "-frames:v", "1"]);
    picture(work, film, Role::Poster, "poster.jpg", poster)?;
    let tenth = format!("{:.3}", (plays / 10.0).max(0.001));
    let filter = format!(
        "select='isnan(prev_selected_t)+gte(t-prev_selected_t,{tenth})',scale=160:120:force_original_aspect_ratio=decrease:force_divisible_by=2,pad=160:120:-1:-1,tile=10x1"
    );
    let source = work.inside.result("video.mp4");
    let strip = words(["-skip_frame", "nokey", "-i", &source, "-vf", &filter, "-vsync", "vfr", "-frames:v", "1"]);
    picture(work, film, Role::Preview, "preview.jpg", strip)?;
    if is_heard { waveform(work, film, "video.mp4") } else { Ok(()) }
}

/// What the sound of a copy looks like.
pub(super) fn waveform(work: &mut Work<'_>, film: &Film, from: &str) -> Step<()> {
    let filter = "[0:a]aresample=8000,aformat=channel_layouts=mono,showwavespic=s=1200x120:colors=#1d3a5f,format=rgba[w];\
                  color=white:s=1200x120,format=rgba[b];[b][w]overlay=format=auto,format=rgb24";
    let shape = words(["-i", &work.inside.result(from), "-filter_complex", filter, "-frames:v", "1"]);
    picture(work, film, Role::Waveform, "waveform.png", shape)
}

/// One picture; where none comes out, nothing is lost.
fn picture(work: &mut Work<'_>, film: &Film, role: Role, name: &str, what: Vec<String>) -> Step<()> {
    let media_type = if name.ends_with(".png") { "image/png" } else { "image/jpeg" };
    let mut arguments = words(["-nostdin", "-hide_banner", "-v", "error", "-y", "-threads", "2"]);
    arguments.extend(words(["-protocol_whitelist", "file,pipe", "-format_whitelist", "mov"]));
    arguments.extend(what);
    arguments.extend(words(["-map_metadata", "-1", "-flags", "+bitexact", "-fflags", "+bitexact"]));
    let codec = if media_type == "image/png" { "png" } else { "mjpeg" };
    arguments.extend(words(["-q:v", "3", "-c:v", codec, "-f", "image2", "-update", "1", &work.inside.result(name)]));
    let limits = Limits { output: 32 << 20, ..film.limits };
    match work.run(&film.ffmpeg, &arguments, limits) {
        Ok(ran) => work.take_in(copy(role, name, media_type, None, &film.ffmpeg, &arguments), &ran).map(drop),
        Err(Early::Kept(_)) => Ok(()),
        Err(fault) => Err(fault),
    }
}
