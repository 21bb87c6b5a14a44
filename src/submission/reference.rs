//! Public references, such as `HRD-7K4P-2M9X`: citable, easy to read out, and no secret.

use crate::id::random;

/// Letters and digits that are not taken for one another: no I and 1, no O and 0. There are 32.
const ALPHABET: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/// A fresh reference. It is one of a million million; the table makes sure that it is new.
pub fn fresh() -> String {
    let letters: [u8; 8] = random();
    let letters = letters.map(|byte| char::from(ALPHABET[usize::from(byte % 32)]));
    let (first, second) = letters.split_at(4);
    format!("HRD-{}-{}", first.iter().collect::<String>(), second.iter().collect::<String>())
}

/// A reference as somebody typed it, put right: case, spaces and missing hyphens are forgiven. None where it is not one.
pub fn read(typed: &str) -> Option<String> {
    let letters: String = typed.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase();
    let rest = letters.strip_prefix("HRD").filter(|rest| rest.len() == 8).unwrap_or(&letters);
    let fits = rest.len() == 8 && rest.bytes().all(|byte| ALPHABET.contains(&byte));
    fits.then(|| format!("HRD-{}-{}", &rest[..4], &rest[4..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_has_no_letter_that_is_taken_for_a_digit() {
        for _ in 0..200 {
            let reference = fresh();
            assert_eq!(reference.len(), 13);
            assert!(reference.starts_with("HRD-"));
            assert!(!reference["HRD-".len()..].contains(['I', 'O', '0', '1']));
            assert_eq!(read(&reference), Some(reference));
        }
    }

    #[test]
    fn typing_is_forgiven() {
        assert_eq!(read(" hrd 7k4p2m9x").as_deref(), Some("HRD-7K4P-2M9X"));
        assert_eq!(read("7K4P-2M9X").as_deref(), Some("HRD-7K4P-2M9X"));
        assert_eq!(read("HRD-7K4P-2M90"), None);
        assert_eq!(read("apple"), None);
    }
}
