//! The second step: a code from an app (TOTP, RFC 6238), or one of ten recovery codes.
//!
//! The app's code has six digits and changes every 30 seconds; one step early or late is taken, because clocks differ. A
//! code works once: the last step used is kept, and only a later one counts. A recovery code works once, and is kept as
//! a keyed hash.

use totp_rs::{Algorithm, Builder, Totp};

use super::from_cookie::{Purpose, derive};
use crate::clock::{Moment, SECOND};
use crate::storage::keys::ServiceKey;
use crate::web::who::Secret;

/// How many recovery codes somebody gets.
pub const RECOVERY_CODES: u8 = 10;
/// Bytes in an app's setup key: 160 bits, as RFC 4226 recommends.
pub const SETUP_KEY_BYTES: usize = 20;
/// No 0 and o, no 1, i and l: easy to copy by hand. Twelve of 31 letters make more than 2^59 codes.
const ALPHABET: &[u8; 31] = b"23456789abcdefghjkmnpqrstuvwxyz";
const RECOVERY_LETTERS: usize = 12;

/// The setup key of an app's codes.
#[derive(Clone, PartialEq, Eq)]
pub struct SetupKey(Vec<u8>);

impl std::fmt::Debug for SetupKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SetupKey")
    }
}

impl SetupKey {
    /// The key that the browser with this cookie is setting up.
    pub fn for_setup(secret: &Secret) -> SetupKey {
        SetupKey(derive(secret, Purpose::SetupKey, b"")[..SETUP_KEY_BYTES].to_vec())
    }

    /// The key with these bytes.
    pub fn from_bytes(bytes: Vec<u8>) -> SetupKey {
        SetupKey(bytes)
    }

    /// Its bytes, for sealing.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    fn totp(&self, account: &str) -> Totp {
        // A colon would end the account's name early in the app's address.
        let account = account.replace(':', " ");
        Builder::new()
            .with_algorithm(Algorithm::SHA1)
            .with_digits(6)
            .with_skew(1)
            .with_step_duration(30)
            .with_secret(self.0.clone())
            .with_issuer(Some("Heard"))
            .with_account_name(account)
            .build_noncompliant()
    }

    /// The step whose code this is, if it is one that counts now: later than the last one used.
    pub fn find_step(&self, code: &str, now: Moment, last: i64) -> Option<i64> {
        let digits: String = code.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
        if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let totp = self.totp("");
        let here = seconds(now) / 30;
        (here.saturating_sub(1)..=here + 1)
            .filter(|step| i64::try_from(*step).is_ok_and(|step| step > last))
            .find(|step| same(totp.generate(step * 30).to_string().as_bytes(), digits.as_bytes()))
            .and_then(|step| i64::try_from(step).ok())
    }

    /// The code that an app shows at this moment: for the demo, and for tests.
    pub fn code_at(&self, now: Moment) -> String {
        self.totp("").generate(seconds(now)).to_string()
    }

    /// The key as text, in groups of four, for typing into an app.
    pub fn as_text(&self) -> String {
        let text = data_encoding::BASE32_NOPAD.encode(&self.0);
        let groups: Vec<&str> =
            text.as_bytes().chunks(4).map(|group| std::str::from_utf8(group).unwrap_or("")).collect();
        groups.join(" ")
    }

    /// What the QR code says: the address that apps read (`otpauth://totp/…`).
    pub fn as_address(&self, account: &str) -> String {
        self.totp(account).to_url().unwrap_or_default()
    }
}

fn seconds(now: Moment) -> u64 {
    u64::try_from(now.0 / SECOND).unwrap_or(0)
}

/// Compares all of it whatever the difference, so that time tells nothing.
fn same(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && one.iter().zip(other).fold(0, |differs, (a, b)| differs | (a ^ b)) == 0
}

/// The ten recovery codes that a browser's cookie gives with this salt, as `abcd-efgh-jkmn`.
pub fn recovery_codes(secret: &Secret, salt: &[u8]) -> Vec<String> {
    let code = |number| {
        let bytes = derive(secret, Purpose::RecoveryCode(number), salt);
        let letters: Vec<char> = bytes
            .iter()
            .take(RECOVERY_LETTERS)
            .map(|byte| char::from(ALPHABET[usize::from(*byte) % ALPHABET.len()]))
            .collect();
        letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
    };
    (0..RECOVERY_CODES).map(code).collect()
}

/// What the table keeps of a recovery code. Case, spaces and hyphens do not count.
pub fn recovery_hash(key: &ServiceKey, staff: &str, code: &str) -> Vec<u8> {
    let folded: String = code.to_lowercase().chars().filter(|c| c.is_ascii_alphanumeric()).collect();
    key.hmac(&[b"recovery code", staff.as_bytes(), folded.as_bytes()]).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_are_those_of_the_standard() {
        // RFC 6238, appendix B: SHA-1, the last six of the eight digits.
        let key = SetupKey::from_bytes(b"12345678901234567890".to_vec());
        assert_eq!(key.code_at(Moment(59 * SECOND)), "287082");
        assert_eq!(key.code_at(Moment(1_111_111_109 * SECOND)), "081804");
        assert_eq!(key.code_at(Moment(20_000_000_000 * SECOND)), "353130");
        assert_eq!(key.as_text(), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
    }

    #[test]
    fn a_code_counts_one_step_early_or_late_and_only_once() {
        let key = SetupKey::from_bytes(vec![7; 20]);
        let then = Moment(1_800_000_000 * SECOND);
        let code = key.code_at(then);
        let step = key.find_step(&code, then, 0).expect("it is the code of now");
        let spaced = format!(" {} {}", &code[..3], &code[3..]);
        assert_eq!(key.find_step(&spaced, then.plus(30 * SECOND), 0), Some(step));
        assert_eq!(key.find_step(&code, then.plus(-30 * SECOND), 0), Some(step));
        assert_eq!(key.find_step(&code, then.plus(61 * SECOND), 0), None);
        assert_eq!(key.find_step(&code, then, step), None, "used once already");
        assert_eq!(key.find_step("", then, 0), None);
        assert_eq!(key.find_step("12345", then, 0), None);
    }

    #[test]
    fn the_setup_address_names_the_service_and_survives_odd_names() {
        let address = SetupKey::from_bytes(vec![7; 20]).as_address("o:dd name@example.org");
        assert!(address.starts_with("otpauth://totp/Heard:"), "{address}");
        assert!(address.contains("secret=") && address.contains("issuer=Heard"));
    }

    #[test]
    fn recovery_codes_differ_and_the_alphabet_leaves_out_what_looks_alike() {
        let codes = recovery_codes(&Secret([9; 32]), b"salt");
        assert_eq!(codes.len(), 10);
        assert_eq!(codes.iter().collect::<std::collections::BTreeSet<_>>().len(), 10);
        assert!(codes.iter().all(|code| code.len() == 14 && !code.contains(['0', 'o', '1', 'i', 'l'])));
        assert_eq!(codes, recovery_codes(&Secret([9; 32]), b"salt"));
    }
}
