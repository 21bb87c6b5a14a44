//! A claim: exactly one wins, it lapses after a working day, and notes stay.

use heard::clock::DAY;
use heard::id::StaffId;
use heard::review::store::{Outcome, Pair, Wanted, move_review};
use heard::review::{Move, Refused};
use heard::web::Role;

use super::sent::{NORTHVALE, Part, inspect, make_areas, put_on, send, staff_id};
use crate::colleagues::join;
use crate::say;
use crate::world::{World, on_each_pair};

on_each_pair!(of_many_who_claim_at_once_one_wins, |world: World| async move {
    make_areas(&world).await;
    let ana = join(&world, Role::Inspector).await;
    let ben = join(&world, Role::Inspector).await;
    let people = [staff_id(&world, &ana).await, staff_id(&world, &ben).await];
    let inspection = inspect(&world, NORTHVALE, &[&ana, &ben]).await;
    let rounds = if std::env::var_os("HEARD_TEST_LONG").is_some() { 100 } else { 2 };
    for round in 0..rounds {
        let sent = send(&world, &[NORTHVALE], vec![Part::Words("We waited.", None)]).await;
        let pair = Pair { submission: sent.id.clone(), inspection: inspection.clone() };
        let tries = (0..100).map(|number| {
            let (db, pair, by) = (world.site.db.clone(), pair.clone(), people[number % 2].clone());
            let now = world.clock.now();
            tokio::spawn(async move { claim(&db, &pair, &by, now).await })
        });
        let tries: Vec<_> = tries.collect();
        let mut outcomes = Vec::new();
        for one in tries {
            outcomes.push(one.await.expect("no claim panics"));
        }
        let won = outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Moved(_))).count();
        assert_eq!(won, 1, "round {round}");
        let lost = |outcome: &&Outcome| matches!(outcome, Outcome::Refused(Refused::Already | Refused::HeldBy(_)));
        assert_eq!(outcomes.iter().filter(lost).count(), 99, "round {round}");
    }
});

async fn claim(db: &heard::db::Db, pair: &Pair, by: &StaffId, now: heard::clock::Moment) -> Outcome {
    let mut tx = db.write().await.expect("tx");
    let wanted = Wanted { by, wanted: Move::Claim, seen_to: now };
    let outcome = move_review(&mut tx, pair, &wanted, now).await.expect("the database answers");
    tx.commit().await.expect("commits");
    outcome
}

on_each_pair!(a_claim_lapses_and_the_notes_stay, |world: World| async move {
    make_areas(&world).await;
    let mut ana = join(&world, Role::Inspector).await;
    let inspection = inspect(&world, NORTHVALE, &[&ana]).await;
    let sent = send(&world, &[NORTHVALE], vec![Part::Words("We waited.", None)]).await;
    let page = ana.browser.open(&sent.page()).await;
    let page = ana.browser.press(page.form(say("reading.review.claim"))).await;
    page.must_say("You have claimed this until 24 November 2026");
    let note = page.form(say("notes.save")).fill(say("notes.text"), "A note that stays");
    ana.browser.press(note).await.must_say("A note that stays");
    // It is Saturday: the claim holds to the end of Monday.
    world.clock.advance(4 * DAY);
    let mut ben = join(&world, Role::Inspector).await;
    put_on(&world, &inspection, &ben).await;
    let queue = ben.browser.open(&format!("/staff/inspections/{inspection}/queue")).await;
    queue.must_say("Waiting: 1");
    let page = ben.browser.open(&sent.page()).await;
    page.must_say("A note that stays").must_say(say("reading.review.waiting"));
    let page = ben.browser.press(page.form(say("reading.review.claim"))).await;
    page.must_say("You have claimed this");
});

on_each_pair!(setting_aside_needs_a_reason_and_can_be_undone, |world: World| async move {
    make_areas(&world).await;
    let mut ana = join(&world, Role::Inspector).await;
    let inspection = inspect(&world, NORTHVALE, &[&ana]).await;
    let sent = send(&world, &[NORTHVALE], vec![Part::Words("Test", None)]).await;
    let page = ana.browser.open(&sent.page()).await;
    let page = ana.browser.press(page.form(say("reading.review.claim"))).await;
    let page = ana.browser.press(page.form(say("reading.review.set_aside_do"))).await;
    page.must_say(say("reading.review.why_missing"));
    let why = page.form(say("reading.review.set_aside_do")).choose(say("reading.why.empty"));
    let page = ana.browser.press(why).await;
    page.must_say(say("reading.why.empty"));
    let all = ana.browser.open(&format!("/staff/inspections/{inspection}/queue?tab=all")).await;
    all.must_say(say("queue.state.set_aside")).must_say("Waiting: 0");
    let page = ana.browser.press(page.form(say("reading.review.put_back"))).await;
    page.must_say(say("reading.review.waiting"));
});
