//! How loud a sound is, and making it as loud as speech should be.
//!
//! The sound is measured while its copy is made (EBU R 128). One that is much too soft or too loud gets a second copy at
//! about the loudness of speech on the web, with a limiter so that nothing is torn; the first stays as it was sent.

use super::words;

/// Integrated loudness in LUFS.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Loudness(f64);

/// Where speech should be, and how far off is left alone.
const GOAL: f64 = -18.0;
const NEAR: f64 = 3.0;
/// Below this there is nothing that anybody could hear.
const SILENCE: f64 = -65.0;
/// More than this would make noise of silence.
const MOST: f64 = 26.0;

impl Loudness {
    pub(super) fn is_silence(self) -> bool {
        self.0 <= SILENCE
    }

    /// How many decibels it should be moved; none where it is well as it is, or silent.
    pub(super) fn gain(self) -> Option<f64> {
        let gain = (GOAL - self.0).clamp(-MOST, MOST);
        (!self.is_silence() && gain.abs() > NEAR).then_some(gain)
    }
}

/// Sound as it was sent, in one channel or two, measured on its way.
pub(super) fn as_sent(is_there: bool, mono: bool) -> Vec<String> {
    if !is_there {
        return words(["-an"]);
    }
    let layout = if mono { "mono" } else { "stereo" };
    let filter =
        format!("aresample=48000:async=1000:first_pts=0,aformat=channel_layouts={layout},ebur128=framelog=verbose");
    let mut arguments = words(["-af", &filter]);
    arguments.extend(aac(mono));
    arguments
}

/// Sound moved by so many decibels.
pub(super) fn levelled(gain: f64, mono: bool) -> Vec<String> {
    let mut arguments = vec!["-af".to_owned(), format!("volume={gain:.1}dB,alimiter=limit=0.89:level=false")];
    arguments.extend(aac(mono));
    arguments
}

/// One channel takes a third of the time of two.
fn aac(mono: bool) -> Vec<String> {
    let (rate, channels) = if mono { ("96k", "1") } else { ("128k", "2") };
    words(["-c:a", "aac", "-b:a", rate, "-ar", "48000", "-ac", channels, "-flags:a", "+bitexact"])
}

/// What was measured, from what ffmpeg says at its end.
pub(super) fn measured(said: &str) -> Option<Loudness> {
    let summary = said.rfind("Integrated loudness:").map(|at| &said[at..])?;
    let line = summary.lines().find_map(|line| line.trim().strip_prefix("I:"))?;
    let number = line.split_whitespace().next()?;
    if number == "-inf" {
        return Some(Loudness(f64::NEG_INFINITY));
    }
    number.parse().ok().filter(|loudness: &f64| loudness.is_finite()).map(Loudness)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_soft_is_moved_and_what_is_silent_is_not() {
        let said = "[x] Summary:\n\n  Integrated loudness:\n    I:         -40.5 LUFS\n    Threshold: -50.0 LUFS\n";
        assert_eq!(measured(said), Some(Loudness(-40.5)));
        assert_eq!(Loudness(-40.5).gain(), Some(22.5));
        assert_eq!(Loudness(-60.0).gain(), Some(26.0));
        assert_eq!(Loudness(-19.0).gain(), None);
        assert_eq!(Loudness(-5.0).gain(), Some(-13.0));
        assert!(Loudness(-70.0).is_silence() && Loudness(f64::NEG_INFINITY).gain().is_none());
        assert_eq!(measured("nothing"), None);
    }
}
