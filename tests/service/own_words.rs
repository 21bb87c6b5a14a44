//! A parent's words never count as the child's own: over every pair of voice and way, with every answer of the child, every
//! role of the sender, by the child's own card and without, through every filter and count of the queue.

use std::collections::{BTreeMap, BTreeSet};

use heard::clock::Moment;
use heard::db;
use heard::evidence::sealed::ItemText;
use heard::evidence::store::{self as evidence, NewItem};
use heard::evidence::{Assent, ItemState, Kind, Reached, Voice, Whose};
use heard::id::{InspectionId, ItemId, StaffId, SubmissionId, random};
use heard::jobs;
use heard::review::jobs::QUEUE_SUBMISSION;
use heard::review::queue::{Cursor, Filter, Tab, count, list, list_kinds};
use heard::submission::answers::names::Role as Sender;
use heard::submission::store::{self as submissions, NewDraft};
use heard::submission::{Event, reference};
use heard::web::Role;

use super::colleagues::join;
use super::review::sent::{NORTHVALE, inspect, make_areas};
use super::say;
use super::world::{World, on_each_pair};

/// What is told in one submission.
#[derive(Clone, Copy, Debug)]
struct Told {
    whose: Option<Whose>,
    reached: Option<Reached>,
    assent: Option<Assent>,
    role: Sender,
    by_card: bool,
}

/// Every whose with every way, with and without a card. The child's answer and the sender's role go round beside them, in
/// steps that share no divisor with the others, so that each value meets each.
fn everything() -> Vec<Told> {
    let maybe = |all: &'static [Whose]| std::iter::once(None).chain(all.iter().copied().map(Some));
    let ways = || std::iter::once(None).chain(Reached::ALL.iter().copied().map(Some));
    let mut told = Vec::new();
    for by_card in [false, true] {
        for whose in maybe(Whose::ALL) {
            for reached in ways() {
                let at = told.len();
                let assents = Assent::ALL.len() + 1;
                let assent = Assent::ALL.get(at * 7 % assents).copied();
                let role = Sender::ALL[at * 11 % Sender::ALL.len()];
                told.push(Told { whose, reached, assent, role, by_card });
            }
        }
    }
    told
}

/// Whether this counts as the child's own words, in this test's own words.
fn is_own(told: &Told) -> bool {
    told.whose == Some(Whose::ChildOrYoungPerson) && told.reached != Some(Reached::BestInterests)
}

const AREA: &str = "insert into submission_area (submission_id, area_code, relation) values ($1, $2, 'lives')";
const ROLE: &str = "update submission set role = $2, card_of = $3 where id = $1";
const FACTS: &str = "update evidence_item set whose = $2, reached = $3, assent = $4 where id = $1";

async fn tell(world: &World, told: &Told, maker: Option<&SubmissionId>, now: Moment) -> SubmissionId {
    let site = &world.site;
    let (id, item) = (SubmissionId::new(now), ItemId::new(now));
    let mut tx = site.db.write().await.expect("tx");
    let key = site.keys.make_submission_key(&mut tx, &id, now).await.expect("a key");
    let code_hash: [u8; 32] = random();
    let reference = reference::fresh();
    let draft = NewDraft { id: &id, reference: &reference, code_hash: &code_hash, wording: "plain", made_up: false };
    assert!(submissions::insert(&mut tx, draft, now).await.expect("inserts"));
    db::run!(&mut tx, AREA, &id, NORTHVALE).expect("an area");
    db::run!(&mut tx, ROLE, &id, told.role.name(), maker.filter(|_| told.by_card)).expect("a role");
    let (kind, state) = (Kind::Text, ItemState::Ready);
    let new = NewItem { id: &item, submission: &id, kind, media_type: "text/plain", state, name_sealed: None };
    evidence::insert(&mut tx, new, now).await.expect("inserts").expect("a number");
    let sealed = ItemText::Writing.seal(&key, &item, "some words").expect("words");
    assert!(evidence::save_text(&mut tx, &id, &item, sealed, (2, 10), now).await.expect("saves"));
    let (whose, reached) = (told.whose.map(Whose::name), told.reached.map(Reached::name));
    db::run!(&mut tx, FACTS, &item, whose, reached, told.assent.map(Assent::name)).expect("facts");
    evidence::record_sent(&mut tx, &id, &[], now).await.expect("sent");
    submissions::move_submission(&mut tx, &id, Event::Send, now).await.expect("moves");
    jobs::enqueue(&mut tx, QUEUE_SUBMISSION, id.as_str(), now, now).await.expect("enqueues");
    tx.commit().await.expect("commits");
    id
}

/// Everything that a filter gives, page by page.
async fn all_of(world: &World, on: (&InspectionId, &StaffId), filter: &Filter) -> BTreeSet<SubmissionId> {
    let now = world.clock.now();
    let mut found = BTreeSet::new();
    let mut after = Cursor::start();
    loop {
        let mut tx = world.site.db.read().await.expect("tx");
        let page = list(&mut tx, on.0, on.1, filter, &after, now).await.expect("lists");
        for line in page.lines {
            assert!(found.insert(line.submission_id), "no line comes twice");
        }
        match page.next {
            Some(next) => after = next,
            None => return found,
        }
    }
}

on_each_pair!(a_parents_words_never_count_as_the_childs_own, |world: World| async move {
    make_areas(&world).await;
    let mut ana = join(&world, Role::Inspector).await;
    let inspection = inspect(&world, NORTHVALE, &[&ana]).await;
    let mut sent: BTreeMap<SubmissionId, Told> = BTreeMap::new();
    let mut maker = None;
    for (at, told) in everything().into_iter().enumerate() {
        let id = tell(&world, &told, maker.as_ref(), world.clock.now()).await;
        maker.get_or_insert_with(|| id.clone());
        sent.insert(id, told);
        if at % 40 == 0 {
            world.run_jobs().await;
        }
    }
    world.run_jobs().await;
    let mut tx = world.site.db.read().await.expect("tx");
    let counts = count(&mut tx, &inspection, &ana.id, world.clock.now()).await.expect("counts");
    assert_eq!(counts.everything as usize, sent.len());
    drop(tx);
    let on = (&inspection, &ana.id);
    let base = |role: Option<Sender>, whose, kind, unseen| Filter {
        tab: Tab::All,
        whose,
        role: role.map(|role| role.name().to_owned()),
        kind,
        unseen,
        ..Filter::default()
    };
    assert_eq!(all_of(&world, on, &base(None, None, None, false)).await.len(), sent.len());
    for whose in Whose::ALL.iter().copied() {
        let should = |role: Option<Sender>| -> BTreeSet<SubmissionId> {
            let fits = |told: &Told| {
                let is = if whose == Whose::ChildOrYoungPerson { is_own(told) } else { told.whose == Some(whose) };
                is && role.is_none_or(|role| told.role == role)
            };
            sent.iter().filter(|(_, told)| fits(told)).map(|(id, _)| id.clone()).collect()
        };
        assert_eq!(all_of(&world, on, &base(None, Some(whose), None, false)).await, should(None), "{whose:?}");
        assert_eq!(
            all_of(&world, on, &base(None, Some(whose), Some(Kind::Text), true)).await,
            should(None),
            "{whose:?}"
        );
        for role in Sender::ALL.iter().copied() {
            let found = all_of(&world, on, &base(Some(role), Some(whose), None, false)).await;
            assert_eq!(found, should(Some(role)), "{whose:?} from {role:?}");
        }
    }
    for (id, told) in &sent {
        let mut tx = world.site.db.read().await.expect("tx");
        let lines = list_kinds(&mut tx, id).await.expect("lists");
        let own = lines.iter().filter(|line| line.whose.as_deref() == Some(Whose::ChildOrYoungPerson.name())).count();
        assert_eq!(own == 1, is_own(told), "{told:?} is counted as {lines:?}");
        let item = evidence::list(&mut tx, id).await.expect("lists").remove(0);
        assert_eq!(item.voice().is_childs_own_words(), is_own(told), "{told:?}");
        assert!(Voice::new(told.whose, told.reached, None).is_ok() || !is_own(told));
    }
    // And on the page, for one of each voice: the words "own words" stand only where they are.
    let mut looked = BTreeSet::new();
    for (id, told) in &sent {
        if !looked.insert((told.whose.map(Whose::name), told.reached == Some(Reached::BestInterests), told.by_card)) {
            continue;
        }
        let mut tx = world.site.db.read().await.expect("tx");
        let row = submissions::find(&mut tx, id).await.expect("asks").expect("it is there");
        drop(tx);
        let page = ana.browser.open(&format!("/staff/submissions/{}", row.reference)).await;
        assert_eq!(page.says(say("reading.item.own_words")), is_own(told), "{told:?}:\n{}", page.text());
    }
});
