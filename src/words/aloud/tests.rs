//! That every sentence has its clip and every clip its sentence, and that a list is sealed and opens again.

use std::collections::BTreeSet;

use super::page::{Piece, pieces};
use super::*;
use crate::words::{Wording, Words};

/// What to do when one of these tests fails because words have changed.
const MAKE: &str = "the words have changed and their sound has not: run `cargo run -- read-aloud make`";

fn made_up(texts: &[&str]) -> Aloud {
    let clip = |text: &&str| {
        let bytes = sound::silence().repeat(10).into();
        (texts::hash(text), pack::Clip { stamp: texts::stamp(text), bytes })
    };
    let clips = texts.iter().map(clip).collect();
    let voice = Voice::of(texts.iter().map(|text| (*text).to_owned()), &clips);
    Aloud { voice: Box::leak(Box::new(voice)), ..Aloud::new(&[7; 32]) }
}

#[test]
fn every_sentence_that_pages_can_show_has_a_clip_and_every_clip_a_sentence() {
    let clips = pack::embedded();
    let mut needed = BTreeSet::new();
    for text in texts::all(Words::embedded()) {
        let hash = texts::hash(&text.text);
        let clip = clips.get(&hash).unwrap_or_else(|| panic!("no clip says {:?}; {MAKE}", text.text));
        let is_current = clip.stamp.starts_with('r') || clip.stamp == texts::stamp(&text.text);
        assert!(is_current, "the clip of {:?} was made for another voice; {MAKE}", text.text);
        assert!(sound::can_be_joined(&clip.bytes), "the clip of {:?} cannot be joined", text.text);
        let (ms, words) = (sound::duration_ms(clip.bytes.len()), text.text.split(' ').count() as u64);
        assert!((150..=2_000 + 1_200 * words).contains(&ms), "{:?} takes {ms} ms", text.text);
        needed.insert(hash);
    }
    let unneeded = clips.keys().filter(|hash| !needed.contains(hash)).count();
    assert_eq!(unneeded, 0, "clips that no page needs; {MAKE}");
    assert!(needed.len() > 1_000);
}

#[test]
fn the_whole_voice_is_small() {
    let bytes: usize = pack::embedded().values().map(|clip| clip.bytes.len()).sum();
    assert!(bytes < 13 << 20, "{bytes} bytes");
}

#[test]
fn a_page_is_cut_into_sentences_and_what_is_a_persons_own_is_not_kept() {
    let page = "<h1>Check</h1><p>Look at <a href=\"x\">this</a>. Then\n go on.</p><p>You called it: <bdi>Tom</bdi></p>\
        <div class=\"their-words\" dir=\"auto\">Go <b>on</b>.<div>x</div></div><textarea>Go on.</textarea>\
        <ol class=\"code-words\"><li>bus</li></ol><select><option>Yes</option></select><p hidden>Hidden.</p>\
        <ul><li><a href=\"y\">Fish &amp; chips</a><span>Done</span></li></ul><script>x</script>";
    let sentence = |text: &str| Piece::Sentence(text.to_owned());
    let (end, not_ours) = (Piece::LineEnd, Piece::NotOurs);
    let wanted = [
        sentence("Check"),
        end.clone(),
        sentence("Look at this."),
        sentence("Then go on."),
        end.clone(),
        sentence("You called it:"),
        not_ours.clone(),
        end.clone(),
        not_ours.clone(),
        end.clone(),
        not_ours.clone(),
        end.clone(),
        not_ours,
        end.clone(),
        sentence("Fish & chips"),
        end.clone(),
        sentence("Done"),
        end,
    ];
    assert_eq!(pieces(page), wanted);
}

#[test]
fn texts_are_the_sentences_that_pages_show() {
    let text = "One [help](/help). Two\ngoes on.\n\n- a\n- b\n  c. {number} is left out. d";
    assert_eq!(texts::sentences_of(text), ["One help.", "Two goes on.", "a", "b c.", "d"]);
    let shown = crate::html::prose("One [help](/help). Two\ngoes on.\n\n- a\n- b\n  c.").into_string();
    let cut: Vec<String> = pieces(&shown)
        .into_iter()
        .filter_map(|piece| match piece {
            Piece::Sentence(text) => Some(text),
            Piece::NotOurs | Piece::LineEnd => None,
        })
        .collect();
    assert_eq!(cut, ["One help.", "Two goes on.", "a", "b c."]);
}

#[test]
fn what_letters_do_not_say_is_spoken_as_people_say_it() {
    assert_eq!(texts::spoken("Call 0800 1111, or 999."), "Call 0 8 0 0 1 1 1 1, or 9 9 9.");
    assert_eq!(texts::spoken("Call 0808 801 0366"), "Call 0 8 0 8 8 0 1 0 3 6 6");
    assert_eq!(texts::spoken("Use AAC in 2026 for 200 days."), "Use A A C in 2026 for 200 days.");
}

#[test]
fn a_sentence_is_put_together_of_whole_parts_or_is_said_to_be_left_out() {
    let aloud = made_up(&["Change", "who you are", "who", "Go on.", "More."]);
    let clip = |text: &str| aloud.voice.by_text[text];
    let said = |html: &str| aloud.voice.list(html, "More.");
    assert_eq!(said("<p>Change <a>who you are</a></p>"), [clip("Change"), clip("who you are"), LINE]);
    assert_eq!(said("<p>Change Tom</p><p>Tom</p><p>Go on.</p>"), [clip("More."), LINE, clip("Go on."), LINE]);
    assert_eq!(said("<p>Tom</p>"), Vec::<u16>::new(), "a player with nothing to say is no player");
}

#[test]
fn a_list_is_sealed_opens_again_and_is_refused_when_it_was_changed() {
    let aloud = made_up(&["Go on.", "Stop."]);
    let address = aloud.address("<p>Go on.</p><p>Stop.</p>", "").expect("there is something to say");
    assert_eq!(Some(&address), aloud.address("<p>Go on.</p><p>Stop.</p>", "").as_ref());
    let list = address.strip_prefix("/read-aloud/").expect("it is an address of ours");
    let sound = aloud.sound(list).expect("it opens");
    assert!(sound::can_be_joined(&sound));
    assert_eq!(sound.len() % sound::FRAME, 0);
    let mut changed = list.to_owned();
    changed.replace_range(30..31, if &list[30..31] == "A" { "B" } else { "A" });
    for refused in [changed.as_str(), "", ".mp3", "AAAA.mp3", list.trim_end_matches(".mp3")] {
        assert_eq!(aloud.sound(refused), None, "{refused}");
    }
    let other = made_up(&["Go on.", "Stop.", "And more."]);
    assert_eq!(other.sound(list), None, "a list of another release");
}

#[test]
fn a_pack_is_read_as_it_was_written_and_refused_when_it_is_cut() {
    let clips: pack::Clips = ["a", "b"]
        .into_iter()
        .map(|text| {
            (texts::hash(text), pack::Clip { stamp: "12345678".into(), bytes: text.as_bytes().to_vec().into() })
        })
        .collect();
    let bytes = pack::write(&clips);
    assert_eq!(pack::read(bytes.clone().into()), Ok(clips));
    assert!(pack::read(bytes[..bytes.len() - 1].to_vec().into()).is_err());
    assert!(pack::read(b"x\n\n".to_vec().into()).is_err());
}

/// What decides whether somebody hears a page or a gap.
#[test]
fn a_page_of_words_is_said_whole_in_every_wording() {
    let aloud = Aloud::new(&[7; 32]);
    for wording in Wording::ALL {
        let speech = Words::embedded().speak(wording);
        let body = crate::html::prose(speech.say("safe_phone.first.text"));
        let list = aloud.voice.list(&body.0, speech.say("aloud.left_out"));
        assert!(list.len() > 2 && !list.contains(&aloud.voice.by_text[speech.say("aloud.left_out")]));
    }
}
