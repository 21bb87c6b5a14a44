//! Two at once: of two people who claim the same submission exactly one wins, and a submission that is sent twice is
//! sent once. A few hundred of each in every run, ten thousand of each with `tests/run --all`.

use heard::account::store as accounts;
use heard::area::inspection::{NewInspection, open_inspection};
use heard::clock::Moment;
use heard::db::Tx;
use heard::id::{InspectionId, StaffId, SubmissionId};
use heard::review::Move;
use heard::review::store::{Outcome, Pair, Wanted, move_review};
use heard::submission::state::Event;
use heard::submission::store::{Moved, NewDraft, insert, move_submission};
use heard::web::Role;

use super::world::{World, on_each_pair};

/// How often each is tried.
fn times() -> usize {
    if std::env::var_os("HEARD_TEST_LONG").is_some() { 10_000 } else { 200 }
}

/// How many are under way at the same time.
const AT_ONCE: usize = 8;

async fn drafts(world: &World, number: usize) -> Vec<SubmissionId> {
    let now = world.clock.now();
    let mut made = Vec::with_capacity(number);
    let mut tx = world.site.db.write().await.expect("the database answers");
    for count in 0..number {
        let id = SubmissionId::new(now);
        let (reference, code_hash) = (format!("HRD-TEST-{count}"), heard::id::random::<32>());
        let draft = NewDraft { id: &id, reference: &reference, code_hash: &code_hash, wording: "plain", made_up: true };
        assert!(insert(&mut tx, draft, now).await.expect("a draft can be made"));
        made.push(id);
    }
    tx.commit().await.expect("the drafts are kept");
    made
}

async fn staff(tx: &mut Tx, world: &World, name: &str) -> StaffId {
    let new = accounts::NewPerson {
        email: accounts::Email::parse(&format!("{name}@example.org")),
        name: name.to_owned(),
        role: Role::Inspector,
        employer: "Ofsted".into(),
        never: Vec::new(),
    };
    let id = accounts::add_person(tx, &world.site.keys, &new, world.clock.now()).await.expect("it can be made");
    id.expect("nobody else has this address")
}

async fn inspection(tx: &mut Tx, now: Moment) -> InspectionId {
    let new = NewInspection { area_code: "E08000035", kind: "full", title: "", opened_on: "2026-11-21", call: None };
    open_inspection(tx, new, now).await.expect("an inspection can be opened")
}

const WAITING: &str = "insert into review (submission_id, inspection_id, state, sent_us, changed_us, version)
    values ($1, $2, 'waiting', $3, $3, 0)";
const STEPS: &str = "select count(*) from review_step where state = 'claimed'";
const CLAIMED: &str = "select count(*) from review where state = 'claimed' and version = 1";

on_each_pair!(of_two_who_claim_at_once_exactly_one_wins, |world: World| async move {
    let submissions = drafts(&world, times()).await;
    let now = world.clock.now();
    let mut tx = world.site.db.write().await.expect("the database answers");
    let people = [staff(&mut tx, &world, "one").await, staff(&mut tx, &world, "two").await];
    let inspection = inspection(&mut tx, now).await;
    for id in &submissions {
        heard::db::run!(&mut tx, WAITING, id, &inspection, now).expect("a review can wait");
    }
    tx.commit().await.expect("they are kept");
    for some in submissions.chunks(AT_ONCE) {
        let mut running = Vec::new();
        for id in some {
            for by in &people {
                let (db, by) = (world.site.db.clone(), by.clone());
                let pair = Pair { submission: id.clone(), inspection: inspection.clone() };
                running.push(tokio::spawn(async move {
                    let mut tx = db.write().await.expect("the database answers");
                    let wanted = Wanted { by: &by, wanted: Move::Claim, seen_to: now };
                    let outcome = move_review(&mut tx, &pair, &wanted, now).await.expect("it can be tried");
                    tx.commit().await.expect("it is kept");
                    outcome
                }));
            }
        }
        let mut outcomes = Vec::new();
        for one in running {
            outcomes.push(one.await.expect("nobody falls over"));
        }
        for two in outcomes.chunks(2) {
            let won = two.iter().filter(|outcome| matches!(outcome, Outcome::Moved(_))).count();
            let lost = two.iter().filter(|outcome| matches!(outcome, Outcome::Refused(_))).count();
            assert_eq!((won, lost), (1, 1), "{two:?}");
        }
    }
    let mut tx = world.site.db.read().await.expect("the database answers");
    let expected = i64::try_from(submissions.len()).expect("it is a small number");
    assert_eq!(heard::db::one!(&mut tx, (i64,), CLAIMED).expect("it can be counted").0, expected);
    assert_eq!(heard::db::one!(&mut tx, (i64,), STEPS).expect("it can be counted").0, expected);
});

const SENT: &str = "select count(*) from submission where state = 'sent' and sent_us is not null";

on_each_pair!(what_is_sent_twice_at_once_is_sent_once, |world: World| async move {
    let submissions = drafts(&world, times()).await;
    let now = world.clock.now();
    for some in submissions.chunks(AT_ONCE) {
        let mut running = Vec::new();
        for id in some.iter().flat_map(|id| [id, id]) {
            let (db, id) = (world.site.db.clone(), id.clone());
            running.push(tokio::spawn(async move {
                let mut tx = db.write().await.expect("the database answers");
                let moved = move_submission(&mut tx, &id, Event::Send, now).await.expect("it can be tried");
                tx.commit().await.expect("it is kept");
                moved
            }));
        }
        let mut outcomes = Vec::new();
        for one in running {
            outcomes.push(one.await.expect("nobody falls over"));
        }
        for two in outcomes.chunks(2) {
            let moved = two.iter().filter(|moved| matches!(moved, Moved::To(_))).count();
            assert_eq!(moved, 1, "{two:?}");
        }
    }
    let mut tx = world.site.db.read().await.expect("the database answers");
    let expected = i64::try_from(submissions.len()).expect("it is a small number");
    assert_eq!(heard::db::one!(&mut tx, (i64,), SENT).expect("it can be counted").0, expected);
});
