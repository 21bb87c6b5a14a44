//! Stretching a secret that people type, so that trying all of them takes too long: Argon2id (RFC 9106).
//!
//! It is slow and takes memory on purpose. Whoever calls it does so on a thread for blocking work, and lets few at a time.
//! What is stretched and kept is theirs: passwords in `account`, return codes in `submission`.

use argon2::{Algorithm, Argon2, Block, Error, Params, Version};

use crate::memory::GOES_BACK;

/// 19 MiB, 2 passes, 1 lane: the OWASP Password Storage Cheat Sheet's first choice. Measured: 26 ms of one core.
pub fn params() -> Params {
    Params::new(19 * 1024, 2, 1, Some(LENGTH)).expect("these are within Argon2's limits")
}

/// Bytes of a stretched secret.
pub const LENGTH: usize = 32;

/// The stretched secret. An error means that the salt is too short or too long.
pub fn stretch(params: Params, secret: &[u8], salt: &[u8]) -> Result<[u8; LENGTH], Error> {
    let blocks = params.block_count();
    let mut memory = Vec::with_capacity(blocks.max(GOES_BACK / Block::SIZE));
    memory.resize(blocks, Block::new());
    let mut slow = [0; LENGTH];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hash_password_into_with_memory(
        secret,
        salt,
        &mut slow,
        &mut memory[..],
    )?;
    Ok(slow)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the library gives with memory of its own.
    #[test]
    fn the_room_does_not_change_what_comes_out() {
        let small = || Params::new(64, 1, 1, Some(LENGTH)).expect("within the limits");
        let mut expected = [0; LENGTH];
        Argon2::new(Algorithm::Argon2id, Version::V0x13, small())
            .hash_password_into(b"six words", b"some salt", &mut expected)
            .expect("it can be stretched");
        assert_eq!(stretch(small(), b"six words", b"some salt"), Ok(expected));
        assert!(stretch(small(), b"six words", b"short").is_err());
    }
}
