//! The queue of an inspection: what waits, what is mine, everything; with filters, oldest first.
//!
//! Pages are keyset pages: a page goes on after the last line of the page before, so that nothing is skipped or shown
//! twice while others work. Every count counts submissions, never families: one family may send several, and several
//! people may send one.

use super::ReviewState;
use crate::area::staff::senders::Sender;
use crate::clock::Moment;
use crate::db::{self, DbResult, Tx};
use crate::evidence::{Kind, Whose};
use crate::id::{InspectionId, StaffId, SubmissionId};

/// Lines on one page.
pub const PAGE: usize = 25;

/// Which part of the queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    /// What nobody is reading.
    #[default]
    Waiting,
    /// What I have claimed.
    Mine,
    /// Everything.
    All,
}

impl Tab {
    /// Every part.
    pub const ALL: &'static [Tab] = &[Tab::Waiting, Tab::Mine, Tab::All];

    /// The name in addresses and words files.
    pub fn name(self) -> &'static str {
        match self {
            Tab::Waiting => "waiting",
            Tab::Mine => "mine",
            Tab::All => "all",
        }
    }

    /// The part of that name.
    pub fn parse(name: &str) -> Option<Tab> {
        Tab::ALL.iter().copied().find(|tab| tab.name() == name)
    }
}

/// What a list leaves out. Each filter that is not set leaves out nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Which part of the queue.
    pub tab: Tab,
    /// With an item of this kind.
    pub kind: Option<Kind>,
    /// With an item in the words of these.
    pub whose: Option<Whose>,
    /// Sent by somebody in this role.
    pub role: Option<String>,
    /// Sent by a family, or by a professional.
    pub sender: Option<Sender>,
    /// In this state.
    pub state: Option<ReviewState>,
    /// With an item in this language.
    pub language: Option<String>,
    /// With something that needs an interpreter, in this language: see `needs`.
    pub needs: Option<String>,
    /// With an open flag.
    pub flagged: bool,
    /// Not opened by this reader yet, or with something added since.
    pub unseen: bool,
}

impl Filter {
    /// Whether anything but the part is chosen.
    pub fn is_narrow(&self) -> bool {
        *self != Filter { tab: self.tab, ..Filter::default() }
    }
}

/// Where a page goes on: after this line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// When the last line was sent.
    pub sent_us: Moment,
    /// Its submission.
    pub submission: SubmissionId,
}

impl Cursor {
    /// Before the first line.
    pub fn start() -> Cursor {
        Cursor { sent_us: Moment(i64::MIN), submission: SubmissionId(String::new()) }
    }

    /// The cursor of an address; the start where it is none.
    pub fn parse(text: &str) -> Cursor {
        let parsed = text.split_once('.').and_then(|(sent, id)| Some((sent.parse::<i64>().ok()?, id)));
        match parsed {
            Some((sent, id)) => Cursor { sent_us: Moment(sent), submission: SubmissionId(id.to_owned()) },
            None => Cursor::start(),
        }
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.sent_us.0, self.submission)
    }
}

/// One line of a list. It shows nothing of what was sent but what lists filter by: no pictures, no words.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Line {
    /// The submission.
    pub submission_id: SubmissionId,
    /// Its public reference.
    pub reference: String,
    /// When it was sent.
    pub sent_us: Moment,
    /// Who sends, by role.
    pub role: Option<String>,
    /// Whether a family or a professional sends: a name.
    pub sender: String,
    /// The age band of the child or young person.
    pub age_band: Option<String>,
    /// Where it is now, a lapsed claim counted as waiting.
    #[sqlx(try_from = "String")]
    pub state: ReviewState,
    /// Who has claimed it.
    pub claimed_by: Option<StaffId>,
    /// Until when.
    pub claimed_until_us: Option<Moment>,
    /// When something was added that this team has not read.
    pub new_since_us: Option<Moment>,
    /// When something was last added.
    pub added_us: Option<Moment>,
    /// When this reader last opened it.
    pub seen_us: Option<Moment>,
    /// Whether a flag on it is open.
    pub flagged: bool,
    /// Whether it is made up, for showing how Heard works.
    pub made_up: bool,
    /// Whether the child said no to anything in it.
    pub said_no: bool,
    /// Whether it came by a child's own card.
    pub by_card: bool,
}

impl Line {
    /// Whether something was added since this reader, or this team, read it.
    pub fn is_new_since(&self) -> bool {
        let added_since = matches!((self.added_us, self.seen_us), (Some(added), Some(seen)) if added > seen);
        self.new_since_us.is_some() || added_since
    }

    /// The cursor for going on after this line.
    pub fn cursor(&self) -> Cursor {
        Cursor { sent_us: self.sent_us, submission: self.submission_id.clone() }
    }
}

/// One page of a list, and where the next one goes on.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// The lines.
    pub lines: Vec<Line>,
    /// Where the next page goes on, if there is more.
    pub next: Option<Cursor>,
}

// The last test takes out what "I should not be seeing this" closed as a whole.
const LIST: &str = "select r.submission_id, s.reference, r.sent_us, s.role, d.sender, s.age_band,
        case when r.state = 'claimed' and r.claimed_until_us <= $5 then 'waiting' else r.state end as state,
        r.claimed_by, r.claimed_until_us, r.new_since_us, s.added_us, v.seen_us, s.made_up,
        exists (select 1 from flag f where f.submission_id = r.submission_id and f.closed_us is null) as flagged,
        exists (
            select 1 from child_said n where n.submission_id = r.submission_id and n.answer = 'no' and n.counts) as said_no,
        s.card_of is not null as by_card
    from review r
    join submission s on s.id = r.submission_id
    join submission_sender d on d.submission_id = s.id
    left join review_seen v on v.submission_id = r.submission_id and v.staff_id = $2
    where r.inspection_id = $1
        and (r.sent_us, r.submission_id) > ($3, $4)
        and s.state = 'sent'
        and ($6 = 'all'
            or ($6 = 'waiting' and (r.state = 'waiting' or (r.state = 'claimed' and r.claimed_until_us <= $5)))
            or ($6 = 'mine' and r.state = 'claimed' and r.claimed_by = $2 and r.claimed_until_us > $5))
        and (cast($7 as text) is null
            or $7 = case when r.state = 'claimed' and r.claimed_until_us <= $5 then 'waiting' else r.state end)
        and (cast($8 as text) is null or s.role = $8)
        and (cast($14 as text) is null or d.sender = $14)
        and (cast($9 as text) is null or exists (
            select 1 from evidence_item k where k.submission_id = r.submission_id and k.kind = $9
                and k.state <> 'removed' and k.sent_us is not null and k.closed_us is null))
        and (cast($10 as text) is null or exists (
            select 1 from evidence_item w where w.submission_id = r.submission_id and w.whose = $10
                and not (w.whose = 'child_or_young_person' and coalesce(w.reached, '') = 'best_interests')
                and w.state <> 'removed' and w.sent_us is not null and w.closed_us is null))
        and (cast($11 as text) is null or exists (
            select 1 from evidence_item l where l.submission_id = r.submission_id and l.language = $11
                and l.state <> 'removed' and l.sent_us is not null and l.closed_us is null))
        and ($12 = 0 or exists (
            select 1 from flag g where g.submission_id = r.submission_id and g.closed_us is null))
        and ($13 = 0 or r.new_since_us is not null or v.seen_us is null or v.seen_us < s.added_us)
        and (cast($15 as text) is null
            or ($15 = 'unchecked' and exists (
                select 1 from translation_unchecked u where u.submission_id = r.submission_id))
            or exists (
                select 1 from needs_interpreter n
                where n.submission_id = r.submission_id and ($15 = 'any' or n.language = $15)))
        and not exists (select 1 from staff_refused x where x.staff_id = $2 and x.submission_id = r.submission_id)
        and not exists (
            select 1 from flag c where c.submission_id = r.submission_id and c.item_id is null and c.seals)
    order by r.sent_us, r.submission_id
    limit 26";

/// One page of an inspection's queue, as this reader sees it. That they are on the inspection was asked before.
pub async fn list(
    tx: &mut Tx,
    inspection: &InspectionId,
    reader: &StaffId,
    filter: &Filter,
    after: &Cursor,
    now: Moment,
) -> DbResult<Page> {
    let mut lines = db::all!(
        tx,
        Line,
        LIST,
        inspection,
        reader,
        after.sent_us,
        &after.submission,
        now,
        filter.tab.name(),
        filter.state.map(ReviewState::name),
        filter.role.as_deref(),
        filter.kind.map(Kind::name),
        filter.whose.map(Whose::name),
        filter.language.as_deref(),
        i64::from(filter.flagged),
        i64::from(filter.unseen),
        filter.sender.map(Sender::name),
        filter.needs.as_deref(),
    )?;
    let more = lines.len() > PAGE;
    lines.truncate(PAGE);
    let next = lines.last().filter(|_| more).map(Line::cursor);
    Ok(Page { lines, next })
}

/// How many submissions each part of the queue holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Counts {
    /// Waiting.
    pub waiting: i64,
    /// Claimed by this reader.
    pub mine: i64,
    /// All of them.
    pub everything: i64,
}

const COUNTS: &str =
    "select
        count(case when r.state = 'waiting' or (r.state = 'claimed' and r.claimed_until_us <= $3) then 1 end) as waiting,
        count(case when r.state = 'claimed' and r.claimed_by = $2 and r.claimed_until_us > $3 then 1 end) as mine,
        count(*) as everything
    from review r
    join submission s on s.id = r.submission_id
    where r.inspection_id = $1
        and s.state = 'sent'
        and not exists (select 1 from staff_refused x where x.staff_id = $2 and x.submission_id = r.submission_id)
        and not exists (
            select 1 from flag c where c.submission_id = r.submission_id and c.item_id is null and c.seals)";

/// How many submissions each part of the queue holds for this reader.
pub async fn count(tx: &mut Tx, inspection: &InspectionId, reader: &StaffId, now: Moment) -> DbResult<Counts> {
    db::one!(tx, Counts, COUNTS, inspection, reader, now)
}

/// What waits to be read, heard and seen. How long sound and video last, and how many pages papers have, is not known
/// before they are prepared; it is not guessed from sizes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Left {
    /// Videos.
    pub videos: i64,
    /// Sound recordings.
    pub sounds: i64,
    /// Pictures.
    pub pictures: i64,
    /// Scanned papers and documents.
    pub papers: i64,
    /// Files from communication devices, and files of a kind that we do not know.
    pub others: i64,
    /// Writings on our own page.
    pub writings: i64,
    /// Their words.
    pub words: i64,
    /// How long the videos play, in milliseconds.
    pub video_ms: i64,
    /// Of so many videos nothing more will be known.
    pub videos_known: i64,
    /// How long the sound recordings play, in milliseconds.
    pub sound_ms: i64,
    /// Of so many sound recordings nothing more will be known.
    pub sounds_known: i64,
    /// Pages of scanned papers and documents.
    pub pages: i64,
    /// Of so many of them nothing more will be known.
    pub papers_known: i64,
}

// How long something plays, and its pages, are known by the copies that were made of it; or never, once that has ended
// without any.
const LEFT: &str = "select
        count(case when i.kind = 'video' then 1 end) as videos,
        count(case when i.kind = 'audio' then 1 end) as sounds,
        count(case when i.kind = 'image' then 1 end) as pictures,
        count(case when i.kind in ('scan', 'document') then 1 end) as papers,
        count(case when i.kind in ('aac', 'unknown') then 1 end) as others,
        count(case when i.kind = 'text' then 1 end) as writings,
        cast(coalesce(sum(i.text_words), 0) as bigint) as words,
        cast(coalesce(sum(case when i.kind = 'video' then m.plays_ms end), 0) as bigint) as video_ms,
        count(case when i.kind = 'video' and i.state in ('ready', 'kept', 'held', 'failed') then 1 end) as videos_known,
        cast(coalesce(sum(case when i.kind = 'audio' then m.plays_ms end), 0) as bigint) as sound_ms,
        count(case when i.kind = 'audio' and i.state in ('ready', 'kept', 'held', 'failed') then 1 end) as sounds_known,
        cast(coalesce(sum(case when i.kind in ('scan', 'document') then m.pages end), 0) as bigint) as pages,
        count(case when i.kind in ('scan', 'document') and i.state in ('ready', 'kept', 'held', 'failed') then 1 end)
            as papers_known
    from review r
    join submission s on s.id = r.submission_id
    join evidence_item i on i.submission_id = r.submission_id
    left join (
        select n.item_id, max(n.plays_ms) as plays_ms, count(case when n.role = 'page' then 1 end) as pages
        from review q
        join evidence_item o on o.submission_id = q.submission_id
        join rendition n on n.item_id = o.id
        where q.inspection_id = $1
        group by n.item_id) m on m.item_id = i.id
    where r.inspection_id = $1
        and (r.state = 'waiting' or (r.state = 'claimed' and r.claimed_until_us <= $3))
        and s.state = 'sent'
        and i.state <> 'removed' and i.sent_us is not null and i.closed_us is null
        and not exists (select 1 from staff_refused x where x.staff_id = $2 and x.submission_id = r.submission_id)
        and not exists (
            select 1 from flag c where c.submission_id = r.submission_id and c.item_id is null and c.seals)";

/// What is left to hear, see and read in the waiting part of a queue.
pub async fn measure_left(tx: &mut Tx, inspection: &InspectionId, reader: &StaffId, now: Moment) -> DbResult<Left> {
    db::one!(tx, Left, LEFT, inspection, reader, now)
}

/// How many items of a kind a line's submission has, and in whose words.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct KindLine {
    /// The kind.
    #[sqlx(try_from = "String")]
    pub kind: Kind,
    /// Whose words, where that was said.
    pub whose: Option<String>,
    /// How many.
    pub items: i64,
    /// Words of writing.
    pub words: i64,
}

// An account that others give is nobody's own words, whatever a row says: `Voice::is_childs_own_words`.
const KINDS: &str = "select kind, whose, count(*) as items, cast(coalesce(sum(text_words), 0) as bigint) as words
    from (
        select kind, text_words,
            case when whose = 'child_or_young_person' and coalesce(reached, '') = 'best_interests' then null
                else whose end as whose
        from evidence_item
        where submission_id = $1 and state <> 'removed' and sent_us is not null and closed_us is null) told
    group by kind, whose
    order by kind, whose";

/// What a submission holds, for its line in a list.
pub async fn list_kinds(tx: &mut Tx, submission: &SubmissionId) -> DbResult<Vec<KindLine>> {
    db::all!(tx, KindLine, KINDS, submission)
}

const LANGUAGES: &str = "select distinct i.language
    from review r
    join submission s on s.id = r.submission_id
    join evidence_item i on i.submission_id = r.submission_id
    where r.inspection_id = $1
        and s.state = 'sent'
        and i.language is not null and i.sent_us is not null and i.state <> 'removed' and i.closed_us is null
        and not exists (select 1 from staff_refused x where x.staff_id = $2 and x.submission_id = r.submission_id)
        and not exists (
            select 1 from flag c where c.submission_id = r.submission_id and c.item_id is null and c.seals)
    order by i.language";

/// The languages that a queue's items are in, for the filter.
pub async fn list_languages(tx: &mut Tx, inspection: &InspectionId, reader: &StaffId) -> DbResult<Vec<String>> {
    let rows = db::all!(tx, (String,), LANGUAGES, inspection, reader)?;
    Ok(rows.into_iter().map(|(language,)| language).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_goes_into_an_address_and_back() {
        let cursor = Cursor { sent_us: Moment(1_795_000_000_000_000), submission: SubmissionId("abc-def".to_owned()) };
        assert_eq!(Cursor::parse(&cursor.to_string()), cursor);
        assert_eq!(Cursor::parse("what"), Cursor::start());
        assert_eq!(Cursor::parse(""), Cursor::start());
    }

    #[test]
    fn a_part_alone_is_no_filter() {
        assert!(!Filter { tab: Tab::All, ..Filter::default() }.is_narrow());
        assert!(Filter { flagged: true, ..Filter::default() }.is_narrow());
    }
}
