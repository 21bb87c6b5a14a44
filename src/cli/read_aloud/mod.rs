//! `heard read-aloud`: the sound of families' pages, made from the sources' folder (`assets/read-aloud/en`).
//!
//! Running Heard needs none of it: the clips are built into the program. After words have changed, run
//! `heard read-aloud make` where the sources are, and commit what it wrote; only what changed is made again. It reads the
//! words from their folder, so the program needs not be built between changing them and making their sound.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Args, Subcommand};

use self::made::Maker;
use crate::words::Words;
use crate::words::aloud::pack::{self, Clip, Clips};
use crate::words::aloud::sound::duration_ms;
use crate::words::aloud::texts::{self, Text, hash, stamp};

mod made;

/// What to do with the sound of pages.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Make the clips that are missing or out of date, with espeak-ng and ffmpeg, and drop those that no page needs.
    Make(Make),
    /// Print every sentence that has a clip, and the name that a recording of it must have.
    Texts,
}

/// Options of `heard read-aloud make`.
#[derive(Args, Clone, Debug)]
pub struct Make {
    /// The folder of the packs, in the sources.
    #[arg(long, default_value = "assets/read-aloud/en")]
    folder: PathBuf,
    /// The folder of the words, in the sources.
    #[arg(long, default_value = "assets/words/en")]
    words: PathBuf,
    /// Folder of recordings by people, in any format that ffmpeg reads, named as `heard read-aloud texts` prints. A
    /// recording takes the place of the made voice, and stays when the folder is not given again.
    #[arg(long)]
    recordings: Option<PathBuf>,
    /// Make nothing; say what is missing, and fail if anything is.
    #[arg(long)]
    check: bool,
}

pub(super) fn run(command: Command) -> anyhow::Result<u8> {
    match command {
        Command::Texts => {
            texts::all(Words::embedded()).for_each(|text| println!("{} {}", hash(&text.text).name(), text.text));
            Ok(0)
        }
        Command::Make(options) => make(&options),
    }
}

fn make(options: &Make) -> anyhow::Result<u8> {
    let mut there = read_packs(&options.folder)?;
    let recordings = options.recordings.as_deref().map(list_recordings).transpose()?.unwrap_or_default();
    let (mut packs, mut wanted): (BTreeMap<String, Clips>, Vec<Text>) = (BTreeMap::new(), Vec::new());
    let words = Box::leak(Box::new(Words::read_folder(&options.words)?));
    for text in texts::all(words) {
        let hash = hash(&text.text);
        let clip = there.remove(&hash).filter(|clip| is_current(clip, &text.text, recordings.get(&hash.name())));
        match clip {
            Some(clip) => _ = packs.entry(text.group).or_default().insert(hash, clip),
            None => wanted.push(text),
        }
    }
    println!("{} to make, {} no longer needed", wanted.len(), there.len());
    if options.check {
        wanted.iter().for_each(|text| println!("  {}", text.text));
        return Ok(u8::from(!wanted.is_empty() || !there.is_empty()));
    }
    let maker = Maker { recordings };
    for (text, clip) in maker.make_all(wanted)? {
        packs.entry(text.group).or_default().insert(hash(&text.text), clip);
    }
    write_packs(&options.folder, &packs)?;
    let bytes: usize = packs.values().flat_map(Clips::values).map(|clip| clip.bytes.len()).sum();
    let clips: usize = packs.values().map(Clips::len).sum();
    println!("{clips} clips, {} minutes, {} kB in {} packs", duration_ms(bytes) / 60_000, bytes / 1000, packs.len());
    Ok(0)
}

/// Whether a clip needs not be made: it is the recording that is there, or an earlier one, or made as we would make it.
fn is_current(clip: &Clip, text: &str, recording: Option<&PathBuf>) -> bool {
    match recording {
        Some(file) => std::fs::read(file).is_ok_and(|bytes| made::recording_stamp(&bytes) == clip.stamp),
        None => clip.stamp.starts_with('r') || clip.stamp == stamp(text),
    }
}

fn read_packs(folder: &Path) -> anyhow::Result<Clips> {
    let mut all = Clips::new();
    for file in packs_in(folder)? {
        let bytes = std::fs::read(&file).with_context(|| format!("{} cannot be read", file.display()))?;
        let clips = pack::read(bytes.into()).map_err(|problem| anyhow::anyhow!("{}: {problem}", file.display()))?;
        all.extend(clips);
    }
    Ok(all)
}

fn packs_in(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let files = std::fs::read_dir(folder)
        .with_context(|| format!("{} is not here: run this where the sources are", folder.display()))?;
    let paths = files.flatten().map(|file| file.path());
    Ok(paths.filter(|path| path.extension().is_some_and(|kind| kind == "pack")).collect())
}

/// Recordings by the name of the hash that they are of.
fn list_recordings(folder: &Path) -> anyhow::Result<HashMap<String, PathBuf>> {
    let files = std::fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))?;
    let named = files.flatten().map(|file| file.path()).filter(|path| path.is_file());
    Ok(named.filter_map(|path| Some((path.file_stem()?.to_str()?.to_owned(), path))).collect())
}

/// Writes what changed, and removes the packs of groups that are no more.
fn write_packs(folder: &Path, packs: &BTreeMap<String, Clips>) -> anyhow::Result<()> {
    for old in packs_in(folder)? {
        let group = old.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        if !packs.contains_key(group) {
            std::fs::remove_file(&old).with_context(|| format!("{} cannot be removed", old.display()))?;
        }
    }
    for (group, clips) in packs {
        let (file, bytes) = (folder.join(format!("{group}.pack")), pack::write(clips));
        if std::fs::read(&file).ok().as_ref() != Some(&bytes) {
            std::fs::write(&file, bytes).with_context(|| format!("{} cannot be written", file.display()))?;
        }
    }
    Ok(())
}
