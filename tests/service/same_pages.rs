//! No answer at the sender's door tells whether a flag was raised, or whether somebody else has written. Three families do
//! the same: nobody flags the first, staff flag the second, and the third said themselves that someone is not safe. Every
//! page and every answer is compared byte by byte, but for ids, tokens and codes, on both databases.

use heard::db;
use heard::submission::state::UNDO;
use heard::web::Role;

use super::browser::{Filling, Page};
use super::colleagues::{Colleague, join};
use super::family::{self, Family};
use super::matrix::{About, In, MATRIX};
use super::review::sent::{NORTHVALE, inspect, make_areas};
use super::say;
use super::sending::{code_on, come_back};
use super::world::{World, on_each_pair};

const AREA: &str = "insert into submission_area (submission_id, area_code, relation) values ($1, $2, 'lives')";

/// What became of a family's submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flagged {
    Nobody,
    Staff,
    Sender,
}

struct Side {
    flagged: Flagged,
    family: Family,
    code: String,
    reference: String,
    items: Vec<String>,
}

on_each_pair!(no_answer_tells_whether_a_flag_was_raised, |world: World| async move {
    make_areas(&world).await;
    let mut ana = join(&world, Role::Inspector).await;
    let mut sam = join(&world, Role::Safeguarding).await;
    inspect(&world, NORTHVALE, &[&ana]).await;
    let mut sides = Vec::new();
    for flagged in [Flagged::Nobody, Flagged::Staff, Flagged::Sender] {
        sides.push(tell_and_send(&world, flagged).await);
    }
    world.run_jobs().await;
    compare_all(&world, &mut sides, "sent").await;

    for side in &sides {
        staff_act(&mut ana, &mut sam, side).await;
    }
    world.run_jobs().await;
    compare_all(&world, &mut sides, "read, and flagged or not").await;

    press_on_each(&mut sides, "/tell/write", |page| page.form(say("write.save")).write_into_it("And more.")).await;
    compare_all(&world, &mut sides, "something waits").await;
    press_on_each(&mut sides, "/tell/check", |page| page.form(say("check.send_more"))).await;
    world.run_jobs().await;
    compare_all(&world, &mut sides, "added").await;

    press_on_each(&mut sides, "/tell/take-back", |page| page.form(say("remove.all_yes"))).await;
    compare_all(&world, &mut sides, "taken back").await;
    press_on_each(&mut sides, "/sent", |page| page.form(say("remove.undo"))).await;
    world.run_jobs().await;
    compare_all(&world, &mut sides, "put back").await;

    // After its time what was taken back is gone for its sender, whatever safeguarding keeps.
    press_on_each(&mut sides, "/tell/take-back", |page| page.form(say("remove.all_yes"))).await;
    world.clock.advance(UNDO + 1);
    heard::retention::run_now(&world.intake).await.expect("what is due is ended");
    compare_all(&world, &mut sides, "gone").await;
    for side in &mut sides {
        come_back(&mut side.family.browser, &side.code.clone()).await.must_say(say("return.unknown"));
    }
});

async fn tell_and_send(world: &World, flagged: Flagged) -> Side {
    let mut family = family::begin(world).await;
    let code = code_on(&family.browser.open("/tell/code").await);
    let page = family.browser.open("/tell/write").await;
    family.browser.press(page.form(say("write.save")).write_into_it("They lock the door.")).await;
    family.send_files([super::browser::File::fixture("drawing.png")]).await;
    let mut tx = world.site.db.write().await.expect("tx");
    db::run!(&mut tx, AREA, &family.submission, NORTHVALE).expect("an area");
    tx.commit().await.expect("commits");
    let page = family.browser.open("/tell/check").await;
    let send = page.form(say("check.send"));
    let send = if flagged == Flagged::Sender { send.choose(say("not_safe.yes")) } else { send };
    family.browser.press(send).await.must_be("/sent", 200);
    let reference = family.reference(world).await;
    let items = family.items(world).await.iter().map(|item| item.id.to_string()).collect();
    Side { flagged, family, code, reference, items }
}

/// Everything is read. One is flagged by staff, and its flag is closed; so is the one that its sender raised.
async fn staff_act(ana: &mut Colleague, sam: &mut Colleague, side: &Side) {
    let address = format!("/staff/submissions/{}", side.reference);
    let page = ana.browser.open(&address).await;
    if side.flagged == Flagged::Staff {
        let flag = page.form(say("flags.raise_do")).fill(say("flags.reason"), "A door is locked");
        ana.browser.press(flag).await.must_say(say("flags.raised"));
    }
    if side.flagged == Flagged::Sender {
        let page = sam.browser.open(&address).await;
        let outcome = page.form(say("flags.close.do")).fill(say("flags.close.outcome"), "Told the council");
        sam.browser.press(outcome).await.must_say(say("flags.lane.closed"));
    }
}

/// Does the same on each side, and compares where it leads.
async fn press_on_each(sides: &mut [Side], address: &str, act: impl Fn(&Page) -> Filling) {
    let mut answers = Vec::new();
    for side in sides.iter_mut() {
        let page = side.family.browser.open(address).await;
        let answer = side.family.browser.press_once(act(&page)).await;
        assert!(answer.status < 400, "{address}: {}", answer.text());
        answers.push(masked(&answer, side));
    }
    must_be_alike(address, sides, &answers);
}

/// Opens every page of the sender's door on each side.
async fn compare_all(world: &World, sides: &mut [Side], state: &str) {
    let pages = MATRIX.iter().filter(|(method, path, who, _)| {
        let senders = matches!(who, In::Anyone | In::Draft | In::Sender | In::LooksAgain);
        *method == "GET" && senders && !path.starts_with("/staff") && !path.starts_with("/assets")
    });
    let mut looked = 0;
    for (_, path, _, about) in pages {
        let objects = match about {
            About::Nothing => vec![0],
            About::Item | About::Writing => vec![0, 1],
            _ => continue,
        };
        for object in objects {
            let mut answers = Vec::new();
            for side in sides.iter_mut() {
                let address = path.replace("{id}", &side.items[object]).replace("{number}", "1");
                let headers = [("tus-resumable", "1.0.0")];
                let headers = if path.starts_with("/uploads") { &headers[..] } else { &[] };
                let answer = side.family.browser.get(&address, headers).await;
                answers.push(masked(&answer, side));
            }
            must_be_alike(&format!("{path}, {state}"), sides, &answers);
            looked += 1;
        }
    }
    assert!(looked > 30, "only {looked} pages were looked at in {}", world.origin);
}

#[track_caller]
fn must_be_alike(what: &str, sides: &[Side], answers: &[String]) {
    for (side, answer) in sides.iter().zip(answers).skip(1) {
        assert_eq!(answer, &answers[0], "{what}: flagged by {:?} (left) and by nobody (right)", side.flagged);
    }
}

/// An answer's status, headers and bytes, without what is different for every two families.
fn masked(answer: &Page, side: &Side) -> String {
    let mut text = format!("{} to {:?}\n", answer.status, answer.leads_to());
    for name in ["content-type", "content-disposition", "cache-control", "set-cookie", "clear-site-data", "retry-after"]
    {
        text.push_str(&format!("{name}: {:?}\n", answer.header(name)));
    }
    text.push_str(&String::from_utf8_lossy(&answer.body));
    let own =
        [side.family.submission.as_str(), &side.reference].into_iter().chain(side.items.iter().map(String::as_str));
    for id in own {
        text = text.replace(id, "OWN");
    }
    for (begin, end) in [("value=\"", "\""), ("<ol class=\"code-words\"", "</ol>"), ("<svg class=\"qr\"", "</svg>")] {
        text = without(&text, begin, end);
    }
    for word in side.code.split_whitespace() {
        text = text.replace(&format!(". {word}\r\n"), ". WORD\r\n");
    }
    without_ids(&text)
}

/// The text with what stands between `begin` and `end` taken out, each time.
fn without(text: &str, begin: &str, end: &str) -> String {
    let mut pieces = text.split(begin);
    let mut made = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        made.push_str(begin);
        made.push_str(piece.split_once(end).map_or("", |(_, rest)| rest));
    }
    made
}

/// The text with every id (36 letters and hyphens) taken out: what was added later has ids of its own.
fn without_ids(text: &str) -> String {
    let is_part = |c: char| c.is_ascii_hexdigit() || c == '-';
    let mut made = String::with_capacity(text.len());
    let mut run = String::new();
    for c in text.chars().chain(['\n']) {
        if is_part(c) {
            run.push(c);
            continue;
        }
        made.push_str(if run.len() == 36 && run.matches('-').count() == 4 { "ID" } else { &run });
        run.clear();
        made.push(c);
    }
    made
}
