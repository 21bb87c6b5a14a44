//! The SQL of safe copies (renditions), and of the work of making them. Both stand beside the item: the original never
//! changes, and a copy that is made again takes the place of the older one.
//!
//! ```text
//!            ask            begin (counts a try)            end: copies, or kept with a cause
//!   (none) ───────▶ waiting ────────────────────▶ begun ───────────────────────────────────▶ ended
//!                     ▲ ▲                           │  fault, or the worker stopped
//!                     │ └───────────────────────────┤
//!                     │  try_again                  ├── three tries ──▶ needs a person ───┐
//!                     └─────────────────────────────┼────────────────────────────────────┘
//!                     ▲  other tools are there      ▼
//!                     └─────────────────────── lacks a tool (no try is counted)
//! ```
//!
//! All of it but *ended* is inside the item's state `preparing`: its sender is told "We have it", and staff why there is
//! nothing to see yet ([`Preparation::standing`]).

use super::ItemState;
use super::store::Item;
use crate::clock::Moment;
use crate::db::{self, DbResult, Tx};
use crate::id::{ItemId, RenditionId, SubmissionId};
use crate::media::prepare::{Cause, FileClock, Role, Says};
use crate::storage::keys::SubmissionKey;

/// How often a file is tried before a person must look.
pub const TRIES: i64 = 3;
/// How often the job of one submission may end with its worker. Its files each have three tries; the job is there for all
/// of them.
pub const JOB_TRIES: i64 = 500;
/// Makes copies of one submission's pictures, pages and documents, one after another. Its subject is the submission's id,
/// so that one family's fifty files stand in the queue once.
pub const PREPARE: &str = "prepare_quick";
/// The same for video and sound, which may take hours.
pub const PREPARE_LONG: &str = "prepare_long";

/// Which of the two queues an item stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// Pictures, pages, documents.
    Quick,
    /// Video and sound.
    Long,
}

impl Lane {
    /// Both.
    pub const ALL: [Lane; 2] = [Lane::Quick, Lane::Long];

    /// The name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Lane::Quick => "quick",
            Lane::Long => "long",
        }
    }

    /// The lane of that name.
    pub fn parse(name: &str) -> Option<Lane> {
        Lane::ALL.into_iter().find(|lane| lane.name() == name)
    }

    /// The kind of job that works it off.
    pub fn job(self) -> &'static str {
        match self {
            Lane::Quick => PREPARE,
            Lane::Long => PREPARE_LONG,
        }
    }
}

impl super::Kind {
    /// Where the making of its copies waits. None where no copy is made: writing on our own page, and files from
    /// communication aids, which are read as they are.
    pub fn lane(self) -> Option<Lane> {
        match self {
            super::Kind::Video | super::Kind::Audio => Some(Lane::Long),
            super::Kind::Text | super::Kind::Aac => None,
            _ => Some(Lane::Quick),
        }
    }
}

const ASK: &str = "insert into preparation (item_id, submission_id, work, asked_us, tries, after_us, with_tools, notes,
        has_place)
    values ($1, $2, $3, $4, 0, $4, '', '', false)
    on conflict (item_id) do update set work = excluded.work, asked_us = excluded.asked_us, tries = 0,
        after_us = excluded.after_us, begun_us = null,
        holder = null, ended_us = null, fault = null, with_tools = '', notes = '', took_ms = null, peak_memory = null";

/// Writes down that copies are to be made of an item. The job is the caller's to enqueue, in this same transaction.
pub async fn ask(tx: &mut Tx, item: &ItemId, submission: &SubmissionId, lane: Lane, now: Moment) -> DbResult<()> {
    db::run!(tx, ASK, item, submission, lane.name(), now)?;
    Ok(())
}

// Two jobs of one submission and lane never run at once, so what is begun here and not ended was left: by a worker that
// was killed, which counts as a try, or by this very process, which let go of it and did not fail over it.
const SETTLE: &str = "update preparation
    set begun_us = null, holder = null, fault = case when holder = $3 then null else 'stopped' end,
        tries = tries - case when holder = $3 then 1 else 0 end
    where submission_id = $1 and work = $2 and begun_us is not null and ended_us is null";
const NEXT: &str = "select p.item_id from preparation p
    join evidence_item i on i.id = p.item_id
    where p.submission_id = $1 and p.work = $2 and p.ended_us is null and p.tries < $3 and i.state = 'preparing'
        and coalesce(p.fault, '') <> 'tool_missing' and p.after_us <= $4
    order by p.tries, p.asked_us, p.item_id limit 1";
const WHEN_NEXT: &str = "select min(p.after_us) from preparation p
    join evidence_item i on i.id = p.item_id
    where p.submission_id = $1 and p.work = $2 and p.ended_us is null and p.tries < $3 and i.state = 'preparing'
        and coalesce(p.fault, '') <> 'tool_missing'";
const BEGIN: &str = "update preparation set tries = tries + 1, begun_us = $2, holder = $3, fault = null
    where item_id = $1";

/// Takes up what was left of one submission's work. `holder` names this process.
pub async fn settle(tx: &mut Tx, submission: &SubmissionId, lane: Lane, holder: &str) -> DbResult<()> {
    db::run!(tx, SETTLE, submission, lane.name(), holder)?;
    Ok(())
}

/// The next item of a submission, if one waits and its pause is over.
pub async fn find_next(tx: &mut Tx, submission: &SubmissionId, lane: Lane, now: Moment) -> DbResult<Option<ItemId>> {
    let found = db::maybe!(tx, (ItemId,), NEXT, submission, lane.name(), TRIES, now)?;
    Ok(found.map(|(item,)| item))
}

/// When there is something to do for a submission, if anything of it waits.
pub async fn find_when_next(tx: &mut Tx, submission: &SubmissionId, lane: Lane) -> DbResult<Option<Moment>> {
    Ok(db::one!(tx, (Option<Moment>,), WHEN_NEXT, submission, lane.name(), TRIES)?.0)
}

/// Counts a try, before it begins.
pub async fn begin(tx: &mut Tx, item: &ItemId, holder: &str, now: Moment) -> DbResult<()> {
    db::run!(tx, BEGIN, item, now, holder)?;
    Ok(())
}

/// What the work took, and what is to be known of its result and of the original.
#[derive(Clone, Debug, Default)]
pub struct Took {
    /// Names of notes, with commas between them.
    pub notes: String,
    /// The original says where it was made.
    pub has_place: bool,
    /// What the original says of itself, sealed.
    pub says_sealed: Option<Vec<u8>>,
    /// Milliseconds.
    pub ms: i64,
    /// The most memory that a tool was seen to use.
    pub peak_memory: i64,
}

const END: &str = "update preparation set ended_us = $2, begun_us = null, holder = null, fault = null, notes = $3,
        has_place = $4, says_sealed = $5, took_ms = $6, peak_memory = $7
    where item_id = $1";
const FAULT: &str = "update preparation set fault = $2, after_us = $3, begun_us = null, holder = null
    where item_id = $1";
const GIVE_BACK: &str = "update preparation set tries = tries - 1, begun_us = null, holder = null, fault = null
    where item_id = $1 and begun_us is not null";
const LACK: &str = "update preparation
    set tries = tries - 1, begun_us = null, holder = null, fault = 'tool_missing', with_tools = $2
    where item_id = $1 and begun_us is not null";
const PUT_DOWN: &str = "update preparation set tries = tries - 1, begun_us = null, holder = null, fault = null
    where holder = $1 and begun_us is not null and ended_us is null";

/// Records that the work came to its end.
pub async fn end(tx: &mut Tx, item: &ItemId, took: Took, now: Moment) -> DbResult<()> {
    db::run!(tx, END, item, now, took.notes, took.has_place, took.says_sealed, took.ms, took.peak_memory)?;
    Ok(())
}

/// Records why a try came to nothing, and until when the file is given a pause.
pub async fn record_fault(tx: &mut Tx, item: &ItemId, fault: &'static str, after: Moment) -> DbResult<()> {
    db::run!(tx, FAULT, item, fault, after)?;
    Ok(())
}

/// Takes a try back: something outside was down, which is not the file's doing.
pub async fn give_back(tx: &mut Tx, item: &ItemId) -> DbResult<()> {
    db::run!(tx, GIVE_BACK, item)?;
    Ok(())
}

/// Records that the program which makes copies of such a file is not here, and which programs were.
pub async fn record_lack(tx: &mut Tx, item: &ItemId, tools: &str) -> DbResult<()> {
    db::run!(tx, LACK, item, tools)?;
    Ok(())
}

/// Takes the tries back that a process was at when it was stopped. It must run none any more.
pub async fn put_down(tx: &mut Tx, holder: &str) -> DbResult<()> {
    db::run!(tx, PUT_DOWN, holder)?;
    Ok(())
}

const UNASKED: &str = "select i.id, i.submission_id, i.kind from evidence_item i
    where i.state = 'preparing' and i.kind not in ('text', 'aac')
        and not exists (select 1 from preparation p where p.item_id = i.id)
    order by i.id limit 500";
const OTHER_TOOLS: &str = "update preparation set fault = null, tries = 0
    where fault = 'tool_missing' and with_tools <> $1 and ended_us is null";
const OPEN: &str = "select distinct p.submission_id, p.work from preparation p
    join evidence_item i on i.id = p.item_id
    where p.ended_us is null and p.tries < $1 and i.state = 'preparing' and coalesce(p.fault, '') <> 'tool_missing'
    order by p.submission_id, p.work limit 500";

/// Items that wait for copies and that nobody asked copies for: those that came before there were copies.
pub async fn list_unasked(tx: &mut Tx) -> DbResult<Vec<(ItemId, SubmissionId, String)>> {
    db::all!(tx, (ItemId, SubmissionId, String), UNASKED)
}

/// Lets what lacked a tool be tried again where other tools are here now.
pub async fn ask_with_other_tools(tx: &mut Tx, tools: &str) -> DbResult<()> {
    db::run!(tx, OTHER_TOOLS, tools)?;
    Ok(())
}

/// Submissions with work that waits, and in which lane.
pub async fn list_open(tx: &mut Tx) -> DbResult<Vec<(SubmissionId, String)>> {
    db::all!(tx, (SubmissionId, String), OPEN, TRIES)
}

/// A copy before it has a row.
#[derive(Clone, Debug)]
pub struct NewRendition {
    /// Its id.
    pub id: RenditionId,
    /// What it is for.
    pub role: Role,
    /// Which page; 0 without pages.
    pub page: i64,
    /// What it is served as.
    pub media_type: &'static str,
    /// Its length.
    pub length: i64,
    /// Its digest.
    pub sha256: [u8; 32],
    /// The sealed object, and where it lies.
    pub object: (String, String),
    /// The tool that made it, in its version.
    pub tool: String,
    /// What the tool was told.
    pub settings: String,
    /// How long it plays, in milliseconds.
    pub plays_ms: Option<i64>,
}

const INSERT: &str = "insert into rendition
    (id, item_id, role, page, media_type, length, sha256, source_sha256, object_id, object_key, tool, settings, plays_ms,
        created_us)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
const DROP_RENDITIONS: &str = "delete from rendition where item_id = $1";
const DROP_PREPARATION: &str = "delete from preparation where item_id = $1";

/// Writes down a copy that is in the store.
pub async fn insert(tx: &mut Tx, item: &ItemId, source: &[u8], new: &NewRendition, now: Moment) -> DbResult<()> {
    let (object_id, object_key) = &new.object;
    db::run!(
        tx,
        INSERT,
        &new.id,
        item,
        new.role.name(),
        new.page,
        new.media_type,
        new.length,
        new.sha256.to_vec(),
        source,
        object_id,
        object_key,
        &new.tool,
        &new.settings,
        new.plays_ms,
        now,
    )?;
    Ok(())
}

/// Forgets an item's copies; their objects are the caller's to discard.
pub async fn drop_renditions(tx: &mut Tx, item: &ItemId) -> DbResult<()> {
    db::run!(tx, DROP_RENDITIONS, item)?;
    Ok(())
}

/// Forgets an item's copies and the work of making them.
pub(super) async fn drop_of(tx: &mut Tx, item: &ItemId) -> DbResult<()> {
    drop_renditions(&mut *tx, item).await?;
    db::run!(tx, DROP_PREPARATION, item)?;
    Ok(())
}

/// A safe copy.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Rendition {
    /// Its id.
    pub id: RenditionId,
    /// The item that it is a copy of.
    pub item_id: ItemId,
    /// What it is for.
    #[sqlx(try_from = "String")]
    pub role: Role,
    /// Which page; 0 without pages.
    pub page: i64,
    /// What it is served as.
    pub media_type: String,
    /// Its length.
    pub length: i64,
    /// Its digest.
    pub sha256: Vec<u8>,
    /// The digest of the original that it was made from.
    pub source_sha256: Vec<u8>,
    /// The sealed object.
    pub object_id: String,
    /// Where that lies.
    pub object_key: String,
    /// The tool that made it.
    pub tool: String,
    /// What the tool was told.
    pub settings: String,
    /// How long it plays, in milliseconds.
    pub plays_ms: Option<i64>,
    /// When it was made.
    pub created_us: Moment,
}

const LIST: &str =
    "select id, item_id, role, page, media_type, length, sha256, source_sha256, object_id, object_key, tool,
        settings, plays_ms, created_us
    from rendition where item_id = $1 order by page, role";
const LIST_IN: &str =
    "select r.id, r.item_id, r.role, r.page, r.media_type, r.length, r.sha256, r.source_sha256, r.object_id,
        r.object_key, r.tool, r.settings, r.plays_ms, r.created_us
    from rendition r join evidence_item i on i.id = r.item_id
    where i.submission_id = $1 order by r.item_id, r.page, r.role";

/// Every copy of an item, page by page.
pub async fn list(tx: &mut Tx, item: &ItemId) -> DbResult<Vec<Rendition>> {
    db::all!(tx, Rendition, LIST, item)
}

/// Every copy of everything in a submission, item by item.
pub async fn list_in(tx: &mut Tx, submission: &SubmissionId) -> DbResult<Vec<Rendition>> {
    db::all!(tx, Rendition, LIST_IN, submission)
}

/// What became of the work on one item.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Preparation {
    /// The item.
    pub item_id: ItemId,
    /// When it was asked for.
    pub asked_us: Moment,
    /// How often it was begun.
    pub tries: i64,
    /// When somebody began; none while nobody is at work on it.
    pub begun_us: Option<Moment>,
    /// When it came to its end.
    pub ended_us: Option<Moment>,
    /// Why the last try came to nothing.
    pub fault: Option<String>,
    /// Names of notes, with commas between them.
    pub notes: String,
    /// The original says where it was made.
    pub has_place: bool,
    /// What the original says of itself, sealed.
    pub says_sealed: Option<Vec<u8>>,
}

/// Where the work on an item stands, as staff are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It waits, or somebody is at work.
    Going,
    /// The program for it is not here.
    LacksTool,
    /// It was tried as often as is allowed: a person must look.
    NeedsPerson,
    /// It came to its end: the item's state says how.
    Ended,
}

impl Preparation {
    /// Where the work stands.
    pub fn standing(&self) -> Standing {
        match () {
            () if self.ended_us.is_some() => Standing::Ended,
            () if self.fault.as_deref() == Some(Cause::ToolMissing.name()) => Standing::LacksTool,
            () if self.tries >= TRIES && self.begun_us.is_none() => Standing::NeedsPerson,
            () => Standing::Going,
        }
    }

    /// What the file says of itself; none before it was looked at.
    pub fn told(&self, key: &SubmissionKey) -> Option<Says> {
        self.ended_us?;
        let sealed = self.says_sealed.as_ref();
        let plain = sealed.and_then(|sealed| key.open_text(TABLE, SAYS, self.item_id.as_str(), sealed).ok());
        let plain = plain.unwrap_or_default();
        let mut lines = plain.split('\n').map(|line| (!line.is_empty()).then(|| line.to_owned()));
        let mut next = || lines.next().flatten();
        Some(Says {
            has_location: self.has_place,
            made: next(),
            device: next(),
            software: next(),
            clock: next().and_then(|name| FileClock::parse(&name)),
            has_credentials: next().is_some(),
        })
    }
}

/// Whether an original says where it was made; while nobody has looked, it may.
pub fn may_say_place(item: &Item, work: Option<&Preparation>) -> bool {
    match work {
        Some(work) => work.has_place || work.ended_us.is_none(),
        None => item.state == ItemState::Preparing && item.kind.lane().is_some(),
    }
}

const TABLE: &str = "preparation";
const SAYS: &str = "says_sealed";

/// What a file says of itself, sealed: a line each for when, by what device and with what program it was made, by which
/// clock, and that it carries content credentials.
pub fn seal_says(key: &SubmissionKey, item: &ItemId, says: &Says) -> Option<Vec<u8>> {
    let [made, device, software] =
        [&says.made, &says.device, &says.software].map(|line| line.as_deref().unwrap_or("").replace('\n', " "));
    let clock = says.clock.map_or("", FileClock::name).to_owned();
    let lines = [made, device, software, clock, if says.has_credentials { "yes" } else { "" }.to_owned()];
    lines.iter().any(|line| !line.is_empty()).then(|| key.seal_text(TABLE, SAYS, item.as_str(), &lines.join("\n")))
}

const WORK: &str = "select item_id, asked_us, tries, begun_us, ended_us, fault, notes, has_place, says_sealed
    from preparation where item_id = $1";
const WORK_IN: &str = "select item_id, asked_us, tries, begun_us, ended_us, fault, notes, has_place, says_sealed
    from preparation where submission_id = $1 order by item_id";

/// What became of the work on an item.
pub async fn find_work(tx: &mut Tx, item: &ItemId) -> DbResult<Option<Preparation>> {
    db::maybe!(tx, Preparation, WORK, item)
}

/// What became of the work on everything in a submission.
pub async fn list_work(tx: &mut Tx, submission: &SubmissionId) -> DbResult<Vec<Preparation>> {
    db::all!(tx, Preparation, WORK_IN, submission)
}

const COUNT_GOING: &str =
    "select p.work as lane, count(*) as files, count(p.begun_us) as at_work, min(p.asked_us) as oldest_us
    from preparation p
    join evidence_item i on i.id = p.item_id
    where p.ended_us is null and i.state = 'preparing' and coalesce(p.fault, '') <> 'tool_missing'
        and (p.tries < $1 or p.begun_us is not null)
    group by p.work order by p.work desc";
const COUNT_LACKING: &str = "select i.kind as lane, count(*) as files, count(p.begun_us) as at_work,
        min(p.asked_us) as oldest_us
    from preparation p
    join evidence_item i on i.id = p.item_id
    where p.ended_us is null and i.state = 'preparing' and p.fault = 'tool_missing'
    group by i.kind order by i.kind";
const LIST_STUCK: &str = "select p.item_id, i.kind, p.asked_us, coalesce(p.fault, 'fault') as fault
    from preparation p
    join evidence_item i on i.id = p.item_id
    where p.ended_us is null and i.state = 'preparing' and coalesce(p.fault, '') <> 'tool_missing'
        and p.tries >= $1 and p.begun_us is null
    order by p.asked_us, p.item_id limit 200";
const TRY_AGAIN: &str = "update preparation set tries = 0, fault = null
    where item_id = $1 and ended_us is null and begun_us is null and tries >= $2";
const LANE_OF: &str = "select p.submission_id, p.work from preparation p where p.item_id = $1";

/// Work of one sort: a lane's, or what lacks a tool by the kind of file.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Group {
    /// The lane or the kind.
    pub lane: String,
    /// How many files.
    pub files: i64,
    /// How many of them somebody is at.
    pub at_work: i64,
    /// Since when the oldest waits.
    pub oldest_us: Option<Moment>,
}

/// A file that needs a person.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Stuck {
    /// The item.
    pub item_id: ItemId,
    /// What it is.
    pub kind: String,
    /// Since when copies of it are asked for.
    pub asked_us: Moment,
    /// Why the last try came to nothing.
    pub fault: String,
}

/// What waits and what is being worked on, lane by lane.
pub async fn count_going(tx: &mut Tx) -> DbResult<Vec<Group>> {
    db::all!(tx, Group, COUNT_GOING, TRIES)
}

/// What lacks a tool, by the kind of file.
pub async fn count_lacking(tx: &mut Tx) -> DbResult<Vec<Group>> {
    db::all!(tx, Group, COUNT_LACKING)
}

/// What needs a person, oldest first.
pub async fn list_stuck(tx: &mut Tx) -> DbResult<Vec<Stuck>> {
    db::all!(tx, Stuck, LIST_STUCK, TRIES)
}

/// Lets work that needed a person be tried again, and says whose it is and in which lane, for its job. None where nothing
/// needed a person.
pub async fn try_again(tx: &mut Tx, item: &ItemId) -> DbResult<Option<(SubmissionId, Lane)>> {
    if db::run!(&mut *tx, TRY_AGAIN, item, TRIES)? == 0 {
        return Ok(None);
    }
    let found = db::maybe!(tx, (SubmissionId, String), LANE_OF, item)?;
    Ok(found.and_then(|(submission, lane)| Some((submission, Lane::parse(&lane)?))))
}
