//! What ffprobe says about a video or a sound: streams, turning, length. It is told which containers it may open, so that
//! a list of other files that calls itself a video is not followed (ffmpeg-formats(1), `format_whitelist`).

use serde_json::Value;

use super::{Cause, FileClock, Says, Step, Work, words};
use crate::media::boxed::Limits;
use crate::media::tools::Tool;

/// What is in a container.
#[derive(Clone, Debug, Default)]
pub(super) struct Streams {
    pub seconds: Option<f64>,
    pub video: Option<Moving>,
    /// Whether there is sound.
    pub audio: bool,
    /// Whether the sound has one channel, as most phones record it.
    pub mono: bool,
    pub says: Says,
}

/// The first stream of moving pictures.
#[derive(Clone, Debug, Default)]
pub(super) struct Moving {
    pub codec: String,
    pub profile: String,
    pub pixels: String,
    /// Width and height as they are shown: turned, and with square points.
    pub shown: (u32, u32),
    pub coded: (u32, u32),
    pub is_turned: bool,
    pub is_square: bool,
    pub is_interlaced: bool,
    pub transfer: String,
    pub bit_rate: Option<u64>,
}

/// The demuxers that may open a file of this media type, by ffmpeg's names; none for what ffmpeg is not asked to open.
pub(super) fn demuxers(media_type: &str) -> Option<&'static str> {
    Some(match media_type {
        "video/mp4" | "video/quicktime" | "video/3gpp" | "video/x-m4v" | "audio/mp4" | "audio/3gpp" | "audio/m4a" => {
            "mov"
        }
        "video/webm" | "video/x-matroska" | "audio/webm" | "audio/x-matroska" => "matroska",
        "video/x-msvideo" => "avi",
        "video/ogg" | "audio/ogg" => "ogg",
        "video/x-ms-wmv" | "video/x-ms-asf" | "audio/x-ms-wma" => "asf",
        "video/x-flv" => "flv",
        "video/mpeg" => "mpeg,mpegvideo,mpegts",
        "video/mp2t" => "mpegts",
        "audio/wav" | "audio/x-wav" => "wav",
        "audio/mpeg" => "mp3",
        "audio/aac" => "aac",
        "audio/flac" | "audio/x-flac" => "flac",
        "audio/amr" | "audio/amr-wb" => "amr",
        "audio/aiff" | "audio/x-aiff" => "aiff",
        "audio/x-caf" => "caf",
        _ => return None,
    })
}

/// What every run of ffmpeg or ffprobe on somebody's file begins with.
pub(super) fn careful(demuxers: &str) -> Vec<String> {
    words(["-protocol_whitelist", "file,pipe", "-format_whitelist", demuxers, "-max_pixels", "40000000"])
}

/// Looks into the file, or one of its copies.
pub(super) fn probe(work: &mut Work<'_>, ffprobe: &Tool, demuxers: &str, file: &str) -> Step<Streams> {
    let mut arguments = words(["-v", "error"]);
    arguments.extend(careful(demuxers));
    arguments.extend(words(["-show_format", "-show_streams", "-of", "json", file]));
    let ran = work.run(ffprobe, &arguments, Limits::LOOK)?;
    let said: Value = serde_json::from_slice(&ran.out).unwrap_or_default();
    let name = said["format"]["format_name"].as_str().unwrap_or_default();
    let agrees = name.split(',').any(|name| demuxers.split(',').any(|wanted| wanted == name));
    if !ran.is_well() || !agrees {
        return Err(Cause::CannotBeRead.into());
    }
    Ok(streams(&said))
}

fn streams(said: &Value) -> Streams {
    let empty = Vec::new();
    let all = said["streams"].as_array().unwrap_or(&empty);
    let of = |kind: &'static str| {
        all.iter().filter(move |stream| stream["codec_type"] == kind && stream["codec_name"].is_string())
    };
    // A record's cover is a picture and nothing that moves.
    let moving = of("video").find(|stream| stream["disposition"]["attached_pic"] != 1);
    Streams {
        seconds: number(&said["format"]["duration"]).filter(|seconds| *seconds > 0.0),
        video: moving.map(moving_of).filter(|moving| moving.coded.0 > 0 && moving.coded.1 > 0),
        audio: of("audio").next().is_some(),
        mono: of("audio").next().is_some_and(|stream| stream["channels"] == 1),
        says: says(said),
    }
}

/// What the container and its streams say in words, under whichever name.
fn says(said: &Value) -> Says {
    let all = std::iter::once(&said["format"]).chain(said["streams"].as_array().into_iter().flatten());
    let tags: Vec<(String, &str)> = all
        .filter_map(|part| part["tags"].as_object())
        .flatten()
        .filter_map(|(name, value)| Some((name.to_lowercase(), value.as_str()?)))
        .collect();
    let first = |names: &[&str]| {
        let found = names.iter().find_map(|name| tags.iter().find(|(tag, _)| tag == name));
        found.map(|(_, value)| value.chars().filter(|c| !c.is_control()).take(100).collect::<String>())
    };
    let device = ["com.apple.quicktime.make", "make", "com.android.manufacturer"];
    let model = ["com.apple.quicktime.model", "model", "com.android.model"];
    let device: Vec<String> = [first(&device), first(&model)].into_iter().flatten().collect();
    let made = [
        ("com.apple.quicktime.creationdate", FileClock::Zone),
        // The container's own, which is universal time by its format (ISO/IEC 14496-12, 8.2.2).
        ("creation_time", FileClock::Universal),
        ("date", FileClock::Device),
    ];
    let (made, clock) = made.into_iter().find_map(|(name, clock)| Some((first(&[name])?, clock))).unzip();
    Says {
        has_location: tags.iter().any(|(name, _)| name.contains("location") || name.contains("gps")),
        made,
        clock,
        device: (!device.is_empty()).then(|| device.join(" ")),
        software: first(&["com.apple.quicktime.software", "software", "encoder", "encoded_by"]),
        has_credentials: false,
    }
}

fn moving_of(stream: &Value) -> Moving {
    let size = |name: &str| stream[name].as_u64().and_then(|size| u32::try_from(size).ok()).unwrap_or_default();
    let coded = (size("width"), size("height"));
    let wide = ratio(stream["sample_aspect_ratio"].as_str().unwrap_or_default());
    let square = ((f64::from(coded.0) * wide).round() as u32, coded.1);
    let turns = stream["side_data_list"].as_array().into_iter().flatten().find_map(|data| data["rotation"].as_i64());
    let turns = turns.unwrap_or_default();
    let lies = turns.rem_euclid(180) == 90;
    Moving {
        codec: text(&stream["codec_name"]),
        profile: text(&stream["profile"]),
        pixels: text(&stream["pix_fmt"]),
        shown: if lies { (square.1, square.0) } else { square },
        coded,
        is_turned: turns != 0,
        is_square: (wide - 1.0).abs() < 0.001,
        is_interlaced: matches!(stream["field_order"].as_str(), Some("tt" | "bb" | "tb" | "bt")),
        transfer: text(&stream["color_transfer"]),
        bit_rate: number(&stream["bit_rate"]).map(|rate| rate as u64),
    }
}

/// `4:3` as a number; 1 where it says nothing that makes sense.
fn ratio(words: &str) -> f64 {
    let parts: Vec<f64> = words.split(':').filter_map(|part| part.parse().ok()).collect();
    match parts[..] {
        [wide, high] if wide > 0.0 && high > 0.0 && (0.1..=10.0).contains(&(wide / high)) => wide / high,
        _ => 1.0,
    }
}

/// ffprobe writes most numbers as text.
fn number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.parse().ok()).filter(|number| number.is_finite())
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_that_was_held_upright_is_shown_upright() {
        let said = serde_json::json!({
            "format": { "duration": "4.5", "tags": { "com.apple.quicktime.location.ISO6709": "+51-000/", "make": "Phone" } },
            "streams": [
                { "codec_type": "data" },
                { "codec_type": "video", "codec_name": "png", "width": 9, "height": 9, "disposition": { "attached_pic": 1 } },
                { "codec_type": "video", "codec_name": "hevc", "width": 1920, "height": 1080,
                  "side_data_list": [{ "rotation": -90 }], "sample_aspect_ratio": "N/A" },
                { "codec_type": "audio", "codec_name": "aac" },
            ],
        });
        let streams = streams(&said);
        let video = streams.video.expect("it moves");
        assert_eq!((video.shown, video.is_turned, video.is_square), ((1080, 1920), true, true));
        assert_eq!(streams.seconds, Some(4.5));
        assert!(streams.audio);
        assert!(streams.says.has_location && streams.says.device.as_deref() == Some("Phone"));
    }

    #[test]
    fn odd_numbers_come_to_nothing() {
        let said = serde_json::json!({ "format": { "duration": "inf" }, "streams": [
            { "codec_type": "video", "codec_name": "h264", "width": -4, "height": 99999999999_u64 }] });
        let streams = streams(&said);
        assert!(streams.seconds.is_none() && streams.video.is_none() && !streams.audio);
        assert_eq!(ratio("0:1"), 1.0);
        assert_eq!(ratio("16:15"), 16.0 / 15.0);
    }
}
