//! Secrets that are shown to one browser and kept nowhere: made, whenever its page is shown, from the secret in its
//! cookie.
//!
//! A page that must show a secret (new recovery codes, an app's setup key, a one-time link) comes after a redirect and
//! may be loaded again. Instead of keeping the secret for that while, it is derived: HKDF-SHA256 (RFC 5869) over the
//! cookie's secret, a random salt, and what it is for. The tables hold the salt at most, and the hash of the result.

use axum::http::HeaderMap;
use ring::hkdf::{HKDF_SHA256, Salt};

use crate::web::cookies::{self, Door};
use crate::web::who::Secret;
use crate::web::{Problem, Site};

/// What a derived secret is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The setup key of the app that gives codes.
    SetupKey,
    /// Recovery codes; one call for each.
    RecoveryCode(u8),
    /// The token of a one-time link for somebody else.
    LinkToken,
}

/// The 32 bytes that this cookie's secret gives for this purpose and salt.
pub fn derive(secret: &Secret, purpose: Purpose, salt: &[u8]) -> [u8; 32] {
    let name = match purpose {
        Purpose::SetupKey => "heard staff setup key v1".to_owned(),
        Purpose::RecoveryCode(number) => format!("heard staff recovery code {number} v1"),
        Purpose::LinkToken => "heard staff link token v1".to_owned(),
    };
    let info = [name.as_bytes()];
    let mut derived = [0; 32];
    Salt::new(HKDF_SHA256, salt)
        .extract(&secret.0)
        .expand(&info, HKDF_SHA256)
        .and_then(|okm| okm.fill(&mut derived))
        .expect("HKDF gives up to 255 times its hash length, and 32 bytes are asked for");
    derived
}

/// The secret in the request's staff cookie. The guard has let nobody through without one.
pub fn secret(site: &Site, headers: &HeaderMap) -> Result<Secret, Problem> {
    cookies::secret(headers, Door::Staff, site.config.https).ok_or(Problem::NotFound)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cookie_purpose_and_salt_gives_another_secret() {
        let (one, two) = (Secret([1; 32]), Secret([2; 32]));
        let all = [
            derive(&one, Purpose::SetupKey, b""),
            derive(&two, Purpose::SetupKey, b""),
            derive(&one, Purpose::LinkToken, b""),
            derive(&one, Purpose::LinkToken, b"salt"),
            derive(&one, Purpose::RecoveryCode(1), b"salt"),
            derive(&one, Purpose::RecoveryCode(2), b"salt"),
        ];
        let different: std::collections::BTreeSet<_> = all.iter().collect();
        assert_eq!(different.len(), all.len());
        assert_eq!(derive(&one, Purpose::SetupKey, b""), all[0]);
    }
}
