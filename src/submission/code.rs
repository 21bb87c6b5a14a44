//! Return codes: six of 1,024 short, easy words (60 bits). Secret; a code opens a submission again.
//!
//! Typing is forgiving: case, spaces, hyphens, commas and list numbers do not matter, and a word that is one slip away
//! from exactly one word of the list is taken for it. No two words of the list are one slip apart, so a slip never turns
//! one code into another. Everything else says which word to look at.
//!
//! The table keeps HMAC(pepper, Argon2id(words, fixed salt)). The salt is fixed because the code is all that a person
//! brings: there is nothing else to find a row by. The pepper is random and wrapped by the master key, so a stolen
//! database alone cannot be searched.

use std::sync::LazyLock;
use std::time::Duration;

use anyhow::Context;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::id::random;
use crate::storage::keys::ServiceKey;
use crate::stretch;

/// Words in a code.
pub const WORDS: usize = 6;

/// The list, in order. Made by us: everyday words, no homophones, nothing rude or frightening.
static LIST: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| include_str!("../../assets/data/code-words.txt").lines().collect());

/// A return code. It does not print.
#[derive(Clone, PartialEq, Eq)]
pub struct Code([&'static str; WORDS]);

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Code")
    }
}

/// Why what was typed is not a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Misread {
    /// Not six words.
    Count(usize),
    /// A word that is not in the list and not close to exactly one that is.
    Word {
        /// Which word, from 1.
        place: usize,
        /// What was typed.
        typed: String,
        /// Words of the list that it may be.
        maybe: Vec<&'static str>,
    },
}

impl Code {
    /// A fresh code.
    pub fn fresh() -> Code {
        let bytes: [u8; WORDS * 2] = random();
        let mut words = [""; WORDS];
        for (word, pair) in words.iter_mut().zip(bytes.chunks_exact(2)) {
            // 65,536 is a multiple of 1,024, so every word is equally likely.
            *word = LIST[usize::from(u16::from_be_bytes([pair[0], pair[1]])) % LIST.len()];
        }
        Code(words)
    }

    /// Reads what somebody typed.
    pub fn read(typed: &str) -> Result<Code, Misread> {
        let lower = typed.to_lowercase();
        let typed: Vec<&str> = lower.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).collect();
        if typed.len() != WORDS {
            return Err(Misread::Count(typed.len()));
        }
        let mut words = [""; WORDS];
        for (index, typed) in typed.into_iter().enumerate() {
            words[index] = match closest(typed)[..] {
                [word] => word,
                ref maybe => {
                    return Err(Misread::Word { place: index + 1, typed: typed.to_owned(), maybe: maybe.to_vec() });
                }
            };
        }
        Ok(Code(words))
    }

    /// The six words.
    pub fn words(&self) -> &[&'static str] {
        &self.0
    }

    /// The words with spaces between them: what is shown, and what is hashed.
    pub fn text(&self) -> String {
        self.0.join(" ")
    }

    /// What the table keeps. It is slow on purpose, so it takes a [`turn`].
    pub async fn hash(&self, pepper: &ServiceKey, _turn: &Turn) -> Result<Vec<u8>, HashError> {
        let code = self.clone();
        let slow = tokio::task::spawn_blocking(move || code.stretched()).await.context("hashing a code")?;
        let slow = slow.context("stretching a code")?;
        Ok(pepper.hmac(&[b"return code", &slow]).to_vec())
    }

    fn stretched(&self) -> Result<[u8; stretch::LENGTH], argon2::Error> {
        stretch::stretch(stretch::params(), self.text().as_bytes(), b"heard return code v1")
    }
}

/// The right to hash a code now.
#[derive(Debug)]
pub struct Turn(#[expect(dead_code, reason = "it gives its place back when it is dropped")] SemaphorePermit<'static>);

/// Waits for a turn to hash a code. Two are taken at once, so that a flood of guesses leaves room for everybody else.
pub async fn turn() -> Result<Turn, HashError> {
    static AT_ONCE: Semaphore = Semaphore::const_new(2);
    let turn = tokio::time::timeout(Duration::from_secs(20), AT_ONCE.acquire()).await;
    Ok(Turn(turn.map_err(|_| HashError::Busy)?.expect("the semaphore is never closed")))
}

/// Why a code was not hashed.
#[derive(Debug, thiserror::Error)]
pub enum HashError {
    /// Too many wait for their turn.
    #[error("too many codes are being looked up")]
    Busy,
    /// A fault of ours.
    #[error(transparent)]
    Fault(#[from] anyhow::Error),
}

/// The words of the list that a typed word may be: itself, or those that are one slip away.
fn closest(typed: &str) -> Vec<&'static str> {
    if let Ok(at) = LIST.binary_search(&typed) {
        return vec![LIST[at]];
    }
    if typed.len() > 20 {
        return Vec::new();
    }
    LIST.iter().copied().filter(|word| strsim::osa_distance(word, typed) == 1).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_has_1024_short_words_in_order() {
        assert_eq!(LIST.len(), 1024);
        assert!(LIST.is_sorted_by(|one, next| one < next), "the list is not in order, or holds a word twice");
        for word in LIST.iter() {
            assert!((4..=7).contains(&word.len()), "{word}");
            assert!(word.bytes().all(|byte| byte.is_ascii_lowercase()), "{word}");
        }
    }

    #[test]
    fn no_two_words_are_one_slip_apart() {
        for (index, one) in LIST.iter().enumerate() {
            for other in &LIST[index + 1..] {
                assert!(strsim::osa_distance(one, other) >= 2, "{one} and {other}");
                assert!(strsim::levenshtein(one, other) >= 2, "{one} and {other}");
            }
        }
    }

    #[test]
    fn typing_is_forgiven() {
        let code = Code(["apron", "basket", "cactus", "daisy", "eagle", "falcon"]);
        for typed in [
            "apron basket cactus daisy eagle falcon",
            "  APRON, Basket,cactus - daisy\neagle\tfalcon. ",
            "1. apron 2. basket 3. cactus 4. daisy 5. eagle 6. falcon",
            "apron-basket-cactus-daisy-eagle-falcon",
            "aprn baskte cactsu daiisy eagle falkon",
        ] {
            assert_eq!(Code::read(typed), Ok(code.clone()), "{typed}");
        }
    }

    #[test]
    fn a_slip_in_any_word_is_put_right_or_pointed_at() {
        for word in LIST.iter() {
            let slip: String = word.chars().skip(1).collect();
            let typed = format!("{slip} apron apron apron apron apron");
            match Code::read(&typed) {
                Ok(code) => assert_eq!(&code.words()[0], word),
                Err(Misread::Word { place, maybe, .. }) => {
                    assert_eq!(place, 1);
                    assert!(maybe.contains(word), "{word} is not offered for {slip}");
                }
                Err(other) => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn what_is_not_a_code_says_what_to_look_at() {
        assert_eq!(Code::read("apron"), Err(Misread::Count(1)));
        assert_eq!(Code::read(""), Err(Misread::Count(0)));
        let typed = "apron apron xylophone apron apron apron";
        assert_eq!(Code::read(typed), Err(Misread::Word { place: 3, typed: "xylophone".into(), maybe: vec![] }));
    }

    #[test]
    fn codes_differ_and_do_not_print() {
        let (one, other) = (Code::fresh(), Code::fresh());
        assert_ne!(one.text(), other.text());
        assert_eq!(format!("{one:?}"), "Code");
        assert_eq!(Code::read(&one.text()), Ok(one));
    }

    #[test]
    fn the_same_words_give_the_same_hash() {
        let code = Code::fresh();
        let again = Code::read(&code.text().to_uppercase()).expect("it is a code");
        assert_eq!(code.stretched().expect("it can be stretched"), again.stretched().expect("it can"));
    }
}
