//! What a file says about itself, beside its pictures and its sound. None of it is a proof, and no copy says it.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

/// What a file says about itself: a claim and never a proof. Never a serial number, and never the place itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Says {
    /// It says where it was made.
    pub has_location: bool,
    /// When it was made, as the device wrote it.
    pub made: Option<String>,
    /// By which clock that is.
    pub clock: Option<FileClock>,
    /// What device made it.
    pub device: Option<String>,
    /// What program wrote it last.
    pub software: Option<String>,
    /// It carries content credentials (C2PA): a signed account of where it is from. Nobody checks the signature here.
    pub has_credentials: bool,
}

/// The clock of a time that a file says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileClock {
    /// The device's own, and nobody knows in which time zone.
    Device,
    /// The device's own, with its time zone.
    Zone,
    /// Universal time, as the device had it.
    Universal,
}

impl FileClock {
    /// Every clock.
    pub const ALL: [FileClock; 3] = [FileClock::Device, FileClock::Zone, FileClock::Universal];

    /// Its name in tables and words files.
    pub fn name(self) -> &'static str {
        match self {
            FileClock::Device => "device",
            FileClock::Zone => "zone",
            FileClock::Universal => "universal",
        }
    }

    /// The clock of that name.
    pub fn parse(name: &str) -> Option<FileClock> {
        FileClock::ALL.into_iter().find(|clock| clock.name() == name)
    }
}

/// Whether a file is as a camera wrote it, as far as it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// It names a device, and no program that writes films or pictures again.
    Camera,
    /// It names such a program.
    WrittenAgain,
}

impl Origin {
    /// Its name in words files.
    pub fn name(self) -> &'static str {
        match self {
            Origin::Camera => "camera",
            Origin::WrittenAgain => "written_again",
        }
    }
}

/// Programs that change pictures, film and sound, or send them on smaller, by words in how they sign.
const WRITE_AGAIN: [&str; 24] = [
    "lavf",
    "lavc",
    "ffmpeg",
    "handbrake",
    "x264",
    "adobe",
    "photoshop",
    "lightroom",
    "premiere",
    "gimp",
    "imagemagick",
    "graphicsmagick",
    "snapseed",
    "picasa",
    "canva",
    "paint",
    "affinity",
    "capcut",
    "inshot",
    "imovie",
    "davinci",
    "shotcut",
    "audacity",
    "whatsapp",
];

impl Says {
    /// Whether it is as a camera wrote it; none where it names neither a device nor such a program.
    pub fn origin(&self) -> Option<Origin> {
        let software = self.software.as_deref().unwrap_or_default().to_lowercase();
        match () {
            () if WRITE_AGAIN.iter().any(|word| software.contains(word)) => Some(Origin::WrittenAgain),
            () if self.device.is_some() => Some(Origin::Camera),
            () => None,
        }
    }
}

/// The type of the box in which content credentials begin, whatever the file (C2PA specification 2.1, 11.1.4.2, "JUMBF
/// type" of a manifest store).
const CREDENTIALS: [u8; 16] = [0x63, 0x32, 0x70, 0x61, 0, 0x11, 0, 0x10, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71];
/// They stand near the beginning of a file, or at its end.
const LOOKS_AT: u64 = 1 << 20;

/// Whether a file carries content credentials.
pub(super) fn has_credentials(path: &Path, length: u64) -> std::io::Result<bool> {
    let mut file = File::open(path)?;
    let mut ends = Vec::new();
    file.by_ref().take(LOOKS_AT).read_to_end(&mut ends)?;
    file.seek(SeekFrom::Start(length.saturating_sub(LOOKS_AT).max(LOOKS_AT)))?;
    file.take(LOOKS_AT).read_to_end(&mut ends)?;
    Ok(ends.windows(CREDENTIALS.len()).any(|window| window == CREDENTIALS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_a_cameras_until_a_program_wrote_it_again() {
        let of = |device: Option<&str>, software: Option<&str>| {
            let [device, software] = [device, software].map(|text| text.map(str::to_owned));
            Says { device, software, ..Says::default() }.origin()
        };
        assert_eq!(of(Some("Apple iPhone 15"), Some("17.1")), Some(Origin::Camera));
        assert_eq!(of(Some("Apple iPhone 15"), Some("Lavf60.3.100")), Some(Origin::WrittenAgain));
        assert_eq!(of(None, Some("Adobe Photoshop 25.0")), Some(Origin::WrittenAgain));
        assert_eq!(of(None, Some("Recorder 2")), None);
        assert_eq!(of(None, None), None);
    }

    #[test]
    fn content_credentials_are_seen_at_either_end() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("file");
        let much = vec![7_u8; 3 << 20];
        for (bytes, has) in [
            (much.clone(), false),
            ([&[1; 5][..], &CREDENTIALS, &much].concat(), true),
            ([&much[..], &CREDENTIALS, &[1; 9]].concat(), true),
            (CREDENTIALS[..15].to_vec(), false),
            (Vec::new(), false),
        ] {
            std::fs::write(&path, &bytes).expect("writes");
            assert_eq!(has_credentials(&path, bytes.len() as u64).expect("reads"), has);
        }
    }
}
