//! A submitter's visit: one browser, one submission, for as long as the browser is open.
//!
//! There are no accounts. `/begin` and `/return` start a visit; "Finish on this phone" and "Leave this site quickly" end
//! it, and the draft stays. After 30 idle minutes pages ask for the code, unless "This is my own phone" was chosen; a
//! form that somebody was slow over is still saved.
//!
//! While a visit lasts its row holds the return code, sealed under a key that only the cookie's secret can make, so
//! that this browser can show it again and nobody else can.

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, Salt};

use super::cookies::{fresh_secret, id_hash};
use super::who::{Secret, Submitter};
use crate::clock::{MINUTE, Moment};
use crate::db::{self, DbResult, Tx};
use crate::id::{SubmissionId, random};

/// How long a visit may be idle before pages ask for the code.
pub const IDLE: i64 = 30 * MINUTE;

/// What the guard found for a cookie.
#[derive(Debug)]
pub enum Found {
    /// Somebody is there.
    Here(Submitter),
    /// Somebody was there, but too long ago to show pages without the code.
    Idle(Submitter),
    /// Nobody.
    Nobody,
}

const FIND: &str = "select v.submission_id, v.own_phone, v.seen_us, s.reference, s.state, s.look_again, s.card_of
    from visit v join submission s on s.id = v.submission_id
    where v.id_hash = $1";

#[derive(sqlx::FromRow)]
struct VisitRow {
    submission_id: SubmissionId,
    own_phone: bool,
    seen_us: Moment,
    reference: String,
    state: String,
    look_again: bool,
    card_of: Option<SubmissionId>,
}

/// Who this secret's visit belongs to.
pub async fn find(tx: &mut Tx, secret: Secret, now: Moment) -> DbResult<(Found, Moment)> {
    let visit = id_hash(&secret);
    let Some(row) = db::maybe!(tx, VisitRow, FIND, visit.clone())? else {
        return Ok((Found::Nobody, now));
    };
    let submitter = Submitter {
        visit,
        secret,
        submission: row.submission_id,
        reference: row.reference,
        state: row.state,
        look_again: row.look_again,
        own_phone: row.own_phone,
        card_of: row.card_of,
    };
    let idle = !row.own_phone && now.since(row.seen_us) > IDLE;
    Ok((if idle { Found::Idle(submitter) } else { Found::Here(submitter) }, row.seen_us))
}

const START: &str = "insert into visit (id_hash, submission_id, code_sealed, own_phone, created_us, seen_us)
    values ($1, $2, $3, $4, $5, $5)";

/// Starts a visit to a submission and gives the secret for the cookie. The code is kept for this browser alone.
pub async fn start(
    tx: &mut Tx,
    submission: &SubmissionId,
    code: &str,
    own_phone: bool,
    now: Moment,
) -> DbResult<Secret> {
    let secret = fresh_secret();
    start_with(tx, &secret, submission, code, own_phone, now).await?;
    Ok(secret)
}

/// Like [`start`], with a secret that was made before. Refused where it is in use.
pub async fn start_with(
    tx: &mut Tx,
    secret: &Secret,
    submission: &SubmissionId,
    code: &str,
    own_phone: bool,
    now: Moment,
) -> DbResult<()> {
    let sealed = seal_code(secret, code);
    db::run!(tx, START, id_hash(secret), submission, sealed, own_phone, now)?;
    Ok(())
}

const SEEN: &str = "update visit set seen_us = $2 where id_hash = $1 and seen_us < $2";

/// Notes that the visit is in use, which keeps it from going idle.
pub async fn seen(tx: &mut Tx, visit: &[u8], now: Moment) -> DbResult<()> {
    db::run!(tx, SEEN, visit, now)?;
    Ok(())
}

const OWN_PHONE: &str = "update visit set own_phone = $2 where id_hash = $1";

/// Records whether "This is my own phone" was chosen.
pub async fn record_own_phone(tx: &mut Tx, visit: &[u8], own_phone: bool) -> DbResult<()> {
    db::run!(tx, OWN_PHONE, visit, own_phone)?;
    Ok(())
}

const END: &str = "delete from visit where id_hash = $1";

/// Ends a visit. The draft stays.
pub async fn end(tx: &mut Tx, visit: &[u8]) -> DbResult<()> {
    db::run!(tx, END, visit)?;
    Ok(())
}

const CODE: &str = "select code_sealed from visit where id_hash = $1";

/// The return code of this visit's submission, for showing it to the person who is there.
pub async fn code(tx: &mut Tx, submitter: &Submitter) -> DbResult<Option<String>> {
    let row = db::maybe!(tx, (Option<Vec<u8>>,), CODE, submitter.visit.clone())?;
    Ok(row.and_then(|(sealed,)| sealed).and_then(|sealed| open_code(&submitter.secret, &sealed)))
}

const KEEP_CARD: &str = "update visit set card_code_sealed = $2 where id_hash = $1";

/// Keeps the code of the card that was made in this visit, for showing it to the person who is there.
pub async fn keep_card_code(tx: &mut Tx, submitter: &Submitter, code: &str) -> DbResult<()> {
    db::run!(tx, KEEP_CARD, submitter.visit.clone(), seal_code(&submitter.secret, code))?;
    Ok(())
}

const CARD_CODE: &str = "select card_code_sealed from visit where id_hash = $1";

/// The code of the card that was made in this visit.
pub async fn card_code(tx: &mut Tx, submitter: &Submitter) -> DbResult<Option<String>> {
    let row = db::maybe!(tx, (Option<Vec<u8>>,), CARD_CODE, submitter.visit.clone())?;
    Ok(row.and_then(|(sealed,)| sealed).and_then(|sealed| open_code(&submitter.secret, &sealed)))
}

const CODE_LABEL: &[u8] = b"heard visit code v1";

fn code_key(secret: &Secret) -> LessSafeKey {
    let key = Salt::new(HKDF_SHA256, CODE_LABEL).extract(&secret.0);
    let info = [&b"key"[..]];
    let okm = key.expand(&info, &AES_256_GCM).expect("the length is that of the cipher's own key");
    LessSafeKey::new(UnboundKey::from(okm))
}

fn seal_code(secret: &Secret, code: &str) -> Vec<u8> {
    let nonce: [u8; 12] = random();
    let mut sealed = code.as_bytes().to_vec();
    code_key(secret)
        .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(CODE_LABEL), &mut sealed)
        .expect("six words are short enough to seal");
    [&nonce[..], &sealed].concat()
}

fn open_code(secret: &Secret, sealed: &[u8]) -> Option<String> {
    let (nonce, rest) = sealed.split_at_checked(12)?;
    let mut plain = rest.to_vec();
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let plain = code_key(secret).open_in_place(nonce, Aad::from(CODE_LABEL), &mut plain).ok()?;
    String::from_utf8(plain.to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_cookie_that_sealed_a_code_opens_it() {
        let (mine, other) = (fresh_secret(), fresh_secret());
        let sealed = seal_code(&mine, "apple river stone lamp cloud tiger");
        assert_eq!(open_code(&mine, &sealed).as_deref(), Some("apple river stone lamp cloud tiger"));
        assert_eq!(open_code(&other, &sealed), None);
        assert_eq!(open_code(&mine, &sealed[..11]), None);
    }
}
