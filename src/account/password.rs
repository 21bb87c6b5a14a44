//! Passwords: which are taken, and how they are kept and checked.
//!
//! Twelve characters or more, anything may be in them, pasting is welcome (NIST SP 800-63B, WCAG 3.3.9); what a guesser
//! would try first is refused. What is kept is Argon2id over a keyed hash of the password, so that a leaked table is
//! useless without the service's keys, and a long password costs no more than a short one.
//!
//! Hashing is slow on purpose. Two at a time run beside the server's own work, and a queue that grows too long is
//! turned away, so that a flood of sign-ins cannot stop the pages of families.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Params, Version, password_hash};
use tokio::sync::Semaphore;

use crate::id::random;
use crate::storage::keys::ServiceKey;
use crate::stretch;
use crate::web::Problem;

/// Fewest characters in a password.
pub const SHORTEST: usize = 12;
/// Most characters in a password: nobody types more, and a form field must end somewhere.
pub const LONGEST: usize = 512;

/// Why a password is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weak {
    /// Fewer than [`SHORTEST`] characters.
    Short,
    /// More than [`LONGEST`] characters.
    Long,
    /// Among the first that a guesser tries.
    Common,
    /// Little more than the person's own address or name.
    Own,
}

/// Looks at a password that somebody chose. `own` is what a guesser knows of them: their address, their name.
pub fn check_new(password: &str, own: &[&str]) -> Result<(), Weak> {
    let length = password.chars().count();
    if length < SHORTEST {
        return Err(Weak::Short);
    }
    if length > LONGEST {
        return Err(Weak::Long);
    }
    let folded = fold(password);
    if is_common(&folded) {
        return Err(Weak::Common);
    }
    let parts = own.iter().flat_map(|own| own.split(|c: char| !c.is_alphanumeric()));
    let without =
        parts.filter(|part| part.chars().count() > 2).fold(folded, |rest, part| rest.replace(&fold(part), ""));
    if without.chars().count() < 6 { Err(Weak::Own) } else { Ok(()) }
}

/// Lower case, without spaces, and with the usual disguises taken off: `P@ssw0rd` is `password`.
fn fold(password: &str) -> String {
    let plain: String = password.to_lowercase().chars().filter(|c| !c.is_whitespace()).collect();
    // A row of digits is no disguise.
    if plain.chars().filter(|c| c.is_alphabetic()).count() < 3 {
        return plain;
    }
    let undisguised = plain.chars().map(|c| match c {
        '@' => 'a',
        '$' => 's',
        '0' => 'o',
        '!' => 'i',
        '3' => 'e',
        other => other,
    });
    undisguised.collect()
}

fn common_words() -> &'static Vec<String> {
    static WORDS: OnceLock<Vec<String>> = OnceLock::new();
    WORDS.get_or_init(|| {
        let lines = include_str!("../../assets/data/common_passwords.txt").lines();
        let mut words: Vec<String> =
            lines.map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).map(fold).collect();
        // The longest first, so that taking words away leaves as little as possible.
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        words
    })
}

/// Whether next to nothing is left when the common words, runs of one character and rows of keys are taken away.
fn is_common(folded: &str) -> bool {
    let mut rest = folded.to_owned();
    for word in common_words() {
        if rest.contains(word.as_str()) {
            rest = rest.replace(word.as_str(), " ");
        }
    }
    let mut before = None;
    let mut surprising = 0;
    let mut digits = std::collections::BTreeSet::new();
    for c in rest.chars() {
        let goes_on = before.is_some_and(|before: char| u32::from(c).abs_diff(u32::from(before)) <= 1);
        before = Some(c);
        if goes_on || c.is_whitespace() || c.is_ascii_punctuation() {
            continue;
        }
        if !c.is_ascii_digit() || digits.insert(c) {
            surprising += 1;
        }
    }
    surprising < 5
}

/// Two at a time; more would take the machine from everybody else.
static AT_ONCE: Semaphore = Semaphore::const_new(2);
static WAITING: AtomicUsize = AtomicUsize::new(0);
/// How many may wait: at 30 to 60 ms each, the last of them answers in a second or two.
const QUEUE: usize = 48;

fn keyed(key: &ServiceKey, password: &str) -> [u8; 32] {
    key.hmac(&[b"password", password.as_bytes()])
}

/// What the table keeps of a password.
pub async fn hash(key: &ServiceKey, password: &str) -> Result<String, Problem> {
    let keyed = keyed(key, password);
    in_turn(move || hash_now(&keyed)).await
}

fn hash_now(keyed: &[u8; 32]) -> String {
    let salt: [u8; 16] = random();
    hashed(keyed, &salt, stretch::params()).expect("a salt of 16 bytes is one that Argon2 takes").to_string()
}

fn hashed(keyed: &[u8; 32], salt: &[u8], params: Params) -> password_hash::Result<PasswordHash> {
    let slow = stretch::stretch(params.clone(), keyed, salt)?;
    Ok(PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(&params)?,
        salt: Some(Salt::new(salt)?),
        hash: Some(Output::new(&slow)?),
    })
}

/// Whether the kept text was made of this password. Outputs are compared in constant time.
fn was_made_of(keyed: &[u8; 32], text: &str) -> password_hash::Result<bool> {
    let kept = PasswordHash::new(text)?;
    let salt = kept.salt.as_ref().ok_or(password_hash::Error::SaltInvalid)?;
    Ok(hashed(keyed, salt, Params::try_from(&kept)?)? == kept)
}

/// Whether this is the password. Without a hash (no such account, or one that is closed) it works just as long, and the
/// answer is no.
pub async fn is_right(key: &ServiceKey, password: &str, kept: Option<String>) -> Result<bool, Problem> {
    let keyed = keyed(key, password);
    in_turn(move || {
        static NOBODYS: OnceLock<String> = OnceLock::new();
        let text = kept.as_deref().unwrap_or_else(|| NOBODYS.get_or_init(|| hash_now(&random())));
        was_made_of(&keyed, text).is_ok_and(|is| is) && kept.is_some()
    })
    .await
}

/// Runs slow work when its turn comes; turns it away where the queue is full.
async fn in_turn<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
    struct Waiting;
    impl Drop for Waiting {
        fn drop(&mut self) {
            WAITING.fetch_sub(1, Ordering::SeqCst);
        }
    }
    let before = WAITING.fetch_add(1, Ordering::SeqCst);
    let waiting = Waiting;
    if before >= QUEUE {
        return Err(Problem::SlowDown);
    }
    let turn = AT_ONCE.acquire().await.map_err(|_| Problem::Fault)?;
    let done = tokio::task::spawn_blocking(move || {
        let (_waiting, _turn) = (waiting, turn);
        work()
    });
    done.await.map_err(|_| Problem::Fault)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_guesser_tries_first_is_refused() {
        for common in [
            "password1234",
            "P@ssw0rd P@ssw0rd",
            "aaaaaaaaaaaaaa",
            "123456789012",
            "qwertyuiop123",
            "abcdefghijklmnop",
            "Letmein2026!!",
            "welcome welcome",
            "iloveyou12345678",
            "ofstedofsted1",
        ] {
            assert_eq!(check_new(common, &[]), Err(Weak::Common), "{common}");
        }
    }

    #[test]
    fn anything_else_of_twelve_characters_is_taken() {
        for good in
            ["three blue kettles", "tfgh-pqnd-vxmz", "мой дом у реки", "correct horse battery staple", "Vq7#mmP2!xLw"]
        {
            assert_eq!(check_new(good, &["sam@example.org"]), Ok(()), "{good}");
        }
        assert_eq!(check_new("elevenchars", &[]), Err(Weak::Short));
        assert_eq!(check_new(&"kettle blue ".repeat(60), &[]), Err(Weak::Long));
    }

    #[test]
    fn a_person_s_own_address_is_no_password() {
        assert_eq!(check_new("samira.okafor1", &["samira.okafor@example.org"]), Err(Weak::Own));
        assert_eq!(check_new("Samira Okafor 1", &["s@example.org", "Samira Okafor"]), Err(Weak::Own));
    }
}
