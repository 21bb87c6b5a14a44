//! The second step's rows: the app's sealed setup key with the last step used, and the recovery codes.

use super::second_step::{SetupKey, recovery_codes, recovery_hash};
use crate::clock::{HOUR, Moment};
use crate::db::{self, DbResult, Tx};
use crate::id::{StaffId, random};
use crate::storage::keys::Keys;
use crate::web::who::Secret;

/// How long a page may show new recovery codes.
pub const SHOWN: i64 = HOUR;

const FIND: &str = "select totp_sealed, totp_last_step from staff where id = $1 and disabled_us is null";
const USE_STEP: &str = "update staff set totp_last_step = $2 where id = $1 and totp_last_step < $2";

/// Uses a code of somebody's app. `false`: it is wrong, too old, used already, or there is no app.
pub async fn use_code(tx: &mut Tx, keys: &Keys, staff: &StaffId, code: &str, now: Moment) -> DbResult<bool> {
    let Some((Some(sealed), last)) = db::maybe!(tx, (Option<Vec<u8>>, i64), FIND, staff)? else {
        return Ok(false);
    };
    let Ok(bytes) = keys.service("staff").open(&setup_key_place(staff), &sealed) else {
        tracing::error!(staff = staff.as_str(), "a sealed setup key does not open");
        return Ok(false);
    };
    match SetupKey::from_bytes(bytes).find_step(code, now, last) {
        // The condition in the statement lets one of two requests with the same code win.
        Some(step) => Ok(db::run!(tx, USE_STEP, staff, step)? == 1),
        None => Ok(false),
    }
}

fn setup_key_place(staff: &StaffId) -> String {
    format!("staff.totp {staff}")
}

const SET_KEY: &str = "update staff set totp_sealed = $2, totp_last_step = $3 where id = $1";

/// Keeps the setup key of somebody's app, whose code for this step was just used.
pub async fn set_key(tx: &mut Tx, keys: &Keys, staff: &StaffId, key: &SetupKey, step: i64) -> DbResult<()> {
    let sealed = keys.service("staff").seal(&setup_key_place(staff), key.bytes());
    db::run!(tx, SET_KEY, staff, sealed, step)?;
    Ok(())
}

const WIPE_KEY: &str = "update staff set totp_sealed = null, totp_last_step = 0 where id = $1";
const WIPE_CODES: &str = "delete from recovery_code where staff_id = $1";

/// Takes away somebody's second step: a lost phone opens nothing from this moment.
pub async fn wipe(tx: &mut Tx, staff: &StaffId) -> DbResult<()> {
    db::run!(tx, WIPE_KEY, staff)?;
    db::run!(tx, WIPE_CODES, staff)?;
    Ok(())
}

const SPEND: &str = "update recovery_code set spent_us = $3
    where code_hash = $1 and staff_id = $2 and spent_us is null";

/// Spends a recovery code. `false`: it is none of theirs, or spent.
pub async fn spend_recovery_code(tx: &mut Tx, keys: &Keys, staff: &StaffId, code: &str, now: Moment) -> DbResult<bool> {
    let hash = recovery_hash(&keys.service("staff"), staff.as_str(), code);
    Ok(db::run!(tx, SPEND, hash, staff, now)? == 1)
}

const LEFT: &str = "select count(*) from recovery_code where staff_id = $1 and spent_us is null";

/// How many recovery codes somebody has left.
pub async fn count_recovery_codes(tx: &mut Tx, staff: &StaffId) -> DbResult<i64> {
    Ok(db::one!(tx, (i64,), LEFT, staff)?.0)
}

const ADD_CODE: &str = "insert into recovery_code (code_hash, staff_id) values ($1, $2)";
const SHOW: &str = "update staff_session set codes_salt = $2, codes_until_us = $3 where id_hash = $1";

/// Replaces somebody's recovery codes by ten new ones, which the browser with this cookie may show for a while.
pub async fn renew_recovery_codes(
    tx: &mut Tx,
    keys: &Keys,
    staff: &StaffId,
    session: &[u8],
    secret: &Secret,
    now: Moment,
) -> DbResult<()> {
    let salt: [u8; 16] = random();
    db::run!(tx, WIPE_CODES, staff)?;
    for code in recovery_codes(secret, &salt) {
        db::run!(tx, ADD_CODE, recovery_hash(&keys.service("staff"), staff.as_str(), &code), staff)?;
    }
    db::run!(tx, SHOW, session, salt.to_vec(), now.plus(SHOWN))?;
    Ok(())
}

const SHOWABLE: &str = "select codes_salt, codes_until_us from staff_session where id_hash = $1";

/// The new recovery codes that this session may show now.
pub async fn showable_codes(
    tx: &mut Tx,
    session: &[u8],
    secret: &Secret,
    now: Moment,
) -> DbResult<Option<Vec<String>>> {
    let row = db::maybe!(tx, (Option<Vec<u8>>, Option<Moment>), SHOWABLE, session)?;
    Ok(match row {
        Some((Some(salt), Some(until))) if now < until => Some(recovery_codes(secret, &salt)),
        _ => None,
    })
}

const HIDE: &str = "update staff_session set codes_salt = null, codes_until_us = null where id_hash = $1";

/// Stops showing new recovery codes: their owner has them.
pub async fn hide_codes(tx: &mut Tx, session: &[u8]) -> DbResult<()> {
    db::run!(tx, HIDE, session)?;
    Ok(())
}
