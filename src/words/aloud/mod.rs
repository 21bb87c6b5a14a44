//! Read to me: a page's own words as sound, put together from clips that were made ahead.
//!
//! A clip is one sentence, found by the hash of its language and text, so that a sound can never say something else than
//! the page: words that changed have no clip until `heard read-aloud make` has run, and a test fails until then.
//!
//! ```text
//! words files ── texts ──► heard read-aloud make ──► assets/read-aloud/en/*.pack (in the program)
//! a page ── page (cuts sentences) ── Voice (finds clips) ── Aloud (seals the list) ──► /read-aloud/{list}
//! ```
//!
//! - [`texts`] says which sentences pages can show, and how they are spoken; [`page`] cuts a rendered page into sentences.
//! - [`pack`] is the file that clips lie in, [`sound`] puts them one after the other.
//!
//! What a person typed, names of files, codes and moments have no clip, and neither has a sentence with a place such as
//! `{number}`. Where something is left out the voice says so, because a silent gap could be misheard.
//!
//! The list in an address is sealed, because it tells what stands on the page: which answer was chosen, for example. A
//! proxy's log and a browser's history must not hold that. The same list gives the same address, so that no page differs
//! from another that says the same.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::OnceLock;

use bytes::Bytes;
use data_encoding::BASE64URL_NOPAD;
use ring::hmac;

use self::page::Piece;
use super::Words;
use crate::html::assets;

pub mod pack;
pub mod page;
pub mod sound;
pub mod texts;

/// Where the packs lie among the assets.
pub const FOLDER: &str = "read-aloud/en/";

/// The end of a line of the page, in a list: a longer pause.
const LINE: u16 = u16::MAX;
/// The bytes of the tag before a sealed list.
const TAG: usize = 16;
/// More than any page has; a longer list is not ours.
const LONGEST_LIST: usize = 4_000;

/// Every clip of the English words, found by its text.
#[derive(Debug)]
pub struct Voice {
    by_text: HashMap<String, u16>,
    clips: Vec<Cow<'static, [u8]>>,
    /// Names this set of clips: a list that was made with another one is not played.
    digest: [u8; 4],
}

impl Voice {
    /// The voice that is built into the program.
    pub fn embedded() -> &'static Voice {
        static VOICE: OnceLock<Voice> = OnceLock::new();
        VOICE.get_or_init(|| Voice::of(texts::all(Words::embedded()).map(|text| text.text), &pack::embedded()))
    }

    fn of(texts: impl Iterator<Item = String>, clips: &pack::Clips) -> Voice {
        let mut voice = Voice { by_text: HashMap::new(), clips: Vec::new(), digest: [0; 4] };
        let mut all = Vec::new();
        for text in texts {
            let hash = texts::hash(&text);
            let Some(clip) = clips.get(&hash) else { continue };
            if voice.by_text.contains_key(&text) || voice.clips.len() >= usize::from(LINE) {
                continue;
            }
            voice.by_text.insert(text, u16::try_from(voice.clips.len()).unwrap_or(LINE));
            voice.clips.push(clip.bytes.clone());
            all.extend_from_slice(&hash.0);
            all.extend_from_slice(clip.stamp.as_bytes());
        }
        let digest = ring::digest::digest(&ring::digest::SHA256, &all);
        voice.digest.copy_from_slice(&digest.as_ref()[..4]);
        voice
    }

    /// The clips that say this sentence: its own, or those of the parts that it is put together from ("Change" and "who
    /// you are"). None where any word would be left out.
    fn say(&self, sentence: &str) -> Option<Vec<u16>> {
        if let Some(clip) = self.by_text.get(sentence) {
            return Some(vec![*clip]);
        }
        // The fewest parts that cover the sentence: `best[i]` covers its first i words.
        let ends: Vec<usize> = sentence.match_indices(' ').map(|(at, _)| at).chain([sentence.len()]).collect();
        let start = |word: usize| if word == 0 { 0 } else { ends[word - 1] + 1 };
        let mut best: Vec<Option<(usize, usize, u16)>> = vec![None; ends.len() + 1];
        for end in 1..=ends.len() {
            for from in 0..end {
                let before = if from == 0 { Some(0) } else { best[from].map(|(parts, _, _)| parts) };
                let clip = self.by_text.get(&sentence[start(from)..ends[end - 1]]);
                if let (Some(before), Some(clip)) = (before, clip)
                    && best[end].is_none_or(|(parts, _, _)| before + 1 < parts)
                {
                    best[end] = Some((before + 1, from, *clip));
                }
            }
        }
        let (mut list, mut end) = (Vec::new(), ends.len());
        while end > 0 {
            let (_, from, clip) = best[end]?;
            list.push(clip);
            end = from;
        }
        list.reverse();
        Some(list)
    }

    /// Everything of a rendered part of a page that can be said, in its order; `left_out` is said where something cannot.
    /// Empty where nothing can be said.
    fn list(&self, html: &str, left_out: &str) -> Vec<u16> {
        let left_out = self.by_text.get(left_out).copied();
        let (mut list, mut says_something) = (Vec::new(), false);
        for piece in page::pieces(html) {
            let said = match &piece {
                Piece::LineEnd => {
                    if list.last().is_some_and(|last| *last != LINE) {
                        list.push(LINE);
                    }
                    continue;
                }
                Piece::Sentence(sentence) => self.say(sentence),
                Piece::NotOurs => None,
            };
            match said {
                Some(clips) => {
                    list.extend(clips);
                    says_something = true;
                }
                // Once for everything that is left out in one place.
                None => {
                    let last = list.iter().rev().find(|clip| **clip != LINE).copied();
                    list.extend(left_out.filter(|clip| last != Some(*clip)));
                }
            }
        }
        match says_something {
            true => list,
            false => Vec::new(),
        }
    }
}

/// The voice of one site, with the key that its lists are sealed with.
#[derive(Debug)]
pub struct Aloud {
    voice: &'static Voice,
    key: hmac::Key,
}

impl Aloud {
    /// The built-in voice, with a secret of this site.
    pub fn new(secret: &[u8; 32]) -> Aloud {
        Aloud { voice: Voice::embedded(), key: hmac::Key::new(hmac::HMAC_SHA256, secret) }
    }

    /// The address of the sound of this part of a page; none where the voice has nothing to say of it.
    pub fn address(&self, html: &str, left_out: &str) -> Option<String> {
        let list = self.voice.list(html, left_out);
        if list.is_empty() || list.len() > LONGEST_LIST {
            return None;
        }
        let mut plain = self.voice.digest.to_vec();
        plain.extend(list.iter().flat_map(|clip| clip.to_be_bytes()));
        Some(format!("/read-aloud/{}.mp3", BASE64URL_NOPAD.encode(&self.seal(&plain))))
    }

    /// The sound of a list that [`Aloud::address`] made; none for anything else, and for one of another release.
    pub fn sound(&self, list: &str) -> Option<Bytes> {
        let plain = self.open(&BASE64URL_NOPAD.decode(list.strip_suffix(".mp3")?.as_bytes()).ok()?)?;
        let (_, list) = plain.split_first_chunk::<4>().filter(|(digest, _)| **digest == self.voice.digest)?;
        let mut made = sound::Joined::default();
        for pair in list.chunks_exact(2) {
            match u16::from_be_bytes([pair[0], pair[1]]) {
                LINE => made.line_ends(),
                clip => made.say(self.voice.clips.get(usize::from(clip))?),
            }
        }
        Some(made.finish())
    }

    /// A tag over the list, and the list hidden by what the tag gives: the same list is sealed to the same bytes (as in
    /// the synthetic initialization vector of RFC 5297, made of HMAC-SHA256).
    fn seal(&self, plain: &[u8]) -> Vec<u8> {
        let mut sealed = self.tag(plain).to_vec();
        sealed.extend_from_slice(plain);
        self.hide(&mut sealed);
        sealed
    }

    fn open(&self, sealed: &[u8]) -> Option<Vec<u8>> {
        if sealed.len() < TAG || sealed.len() > TAG + 4 + 2 * LONGEST_LIST {
            return None;
        }
        let mut tag = sealed.to_vec();
        self.hide(&mut tag);
        let list = tag.split_off(TAG);
        // Whoever guesses at tags learns nothing from the time that this takes: a list tells only what a page says.
        (self.tag(&list)[..] == tag[..]).then_some(list)
    }

    fn tag(&self, plain: &[u8]) -> [u8; TAG] {
        let mut signed = b"list".to_vec();
        signed.extend_from_slice(plain);
        let mut tag = [0; TAG];
        tag.copy_from_slice(&hmac::sign(&self.key, &signed).as_ref()[..TAG]);
        tag
    }

    /// Hides or shows all that follows the tag.
    fn hide(&self, sealed: &mut [u8]) {
        let (tag, rest) = sealed.split_at_mut(TAG);
        for (number, block) in (0_u32..).zip(rest.chunks_mut(32)) {
            let mut signed = b"hide".to_vec();
            signed.extend_from_slice(tag);
            signed.extend_from_slice(&number.to_be_bytes());
            let stream = hmac::sign(&self.key, &signed);
            block.iter_mut().zip(stream.as_ref()).for_each(|(byte, hidden)| *byte ^= hidden);
        }
    }
}

/// Every pack that is built into the program: its name, and its bytes.
pub(crate) fn embedded_packs() -> Vec<(String, Cow<'static, [u8]>)> {
    assets::read_folder(FOLDER)
}

#[cfg(test)]
mod tests;
