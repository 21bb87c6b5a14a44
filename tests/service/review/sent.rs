//! Something that was sent, an area, an inspection and the people on it, made as the pages of others make them.

use heard::account::store::{Email, find_by_email};
use heard::area::inspection::{NewInspection, open_inspection, put_member};
use heard::area::{reference, store as areas};
use heard::db;
use heard::evidence::sealed::ItemText;
use heard::evidence::store::{self as evidence, NewItem};
use heard::evidence::{ItemState, Kind, Whose};
use heard::id::{InspectionId, ItemId, StaffId, SubmissionId, random};
use heard::jobs;
use heard::review::jobs::{OPEN_INSPECTION, QUEUE_SUBMISSION};
use heard::submission::store::{self as submissions, Moved, NewDraft};
use heard::submission::{Event, reference as references};

use crate::browser::File;
use crate::colleagues::Colleague;
use crate::world::World;

/// Codes of made-up areas.
pub const NORTHVALE: &str = "X06000001";
pub const EASTMERE: &str = "X09000003";

/// Something that was sent.
pub struct Sent {
    pub id: SubmissionId,
    pub reference: String,
    pub items: Vec<ItemId>,
}

impl Sent {
    pub fn page(&self) -> String {
        format!("/staff/submissions/{}", self.reference)
    }

    pub fn media(&self, number: usize) -> String {
        format!("/staff/media/{}", self.items[number - 1])
    }
}

/// One thing in it.
pub enum Part {
    /// Writing, and whose words it is.
    Words(&'static str, Option<Whose>),
    /// A file.
    A(File),
}

/// Makes the areas that tests use.
pub async fn make_areas(world: &World) {
    let mut tx = world.site.db.write().await.expect("tx");
    for (code, name) in [(NORTHVALE, "Northvale"), (EASTMERE, "Eastmere")] {
        let (area, names) = reference::made_up(code, name, "Made up", &[]);
        areas::put_area(&mut tx, &area).await.expect("an area");
        for name in &names {
            areas::put_name(&mut tx, name).await.expect("a name");
        }
    }
    tx.commit().await.expect("commits");
}

/// Opens an inspection with these people on it, and fills its queue.
pub async fn inspect(world: &World, area: &str, people: &[&Colleague]) -> InspectionId {
    let now = world.clock.now();
    let mut tx = world.site.db.write().await.expect("tx");
    let new = NewInspection { area_code: area, kind: "full", title: "Autumn", opened_on: "2026-11-02", call: None };
    let id = open_inspection(&mut tx, new, now).await.expect("an inspection");
    jobs::enqueue(&mut tx, OPEN_INSPECTION, id.as_str(), now, now).await.expect("enqueues");
    tx.commit().await.expect("commits");
    for colleague in people {
        put_on(world, &id, colleague).await;
    }
    world.run_jobs().await;
    id
}

/// Puts somebody on an inspection.
pub async fn put_on(world: &World, inspection: &InspectionId, colleague: &Colleague) {
    let staff = staff_id(world, colleague).await;
    let mut tx = world.site.db.write().await.expect("tx");
    put_member(&mut tx, inspection, &staff, false).await.expect("a member");
    tx.commit().await.expect("commits");
}

pub async fn staff_id(world: &World, colleague: &Colleague) -> StaffId {
    let mut tx = world.site.db.read().await.expect("tx");
    let email = Email::parse(&colleague.email).expect("an address");
    find_by_email(&mut tx, &world.site.keys, &email).await.expect("asks").expect("they joined")
}

const AREA: &str = "insert into submission_area (submission_id, area_code, relation) values ($1, $2, $3)";

/// Sends something for these areas, and lets the background work run.
pub async fn send(world: &World, areas: &[&str], parts: Vec<Part>) -> Sent {
    let now = world.clock.now();
    let site = &world.site;
    let id = SubmissionId::new(now);
    let mut tx = site.db.write().await.expect("tx");
    site.keys.make_submission_key(&mut tx, &id, now).await.expect("a key");
    let reference = references::fresh();
    let code_hash: [u8; 32] = random();
    let draft = NewDraft { id: &id, reference: &reference, code_hash: &code_hash, wording: "plain", made_up: false };
    assert!(submissions::insert(&mut tx, draft, now).await.expect("inserts"), "the reference is fresh");
    for (area, relation) in areas.iter().zip(["lives", "responsible"]) {
        db::run!(&mut tx, AREA, &id, *area, relation).expect("an area");
    }
    tx.commit().await.expect("commits");
    let mut items = Vec::new();
    for part in parts {
        items.push(add(world, &id, part).await);
    }
    let mut tx = site.db.write().await.expect("tx");
    evidence::record_sent(&mut tx, &id, &[], now).await.expect("sent");
    let moved = submissions::move_submission(&mut tx, &id, Event::Send, now).await.expect("moves");
    assert!(matches!(moved, Moved::To(_)));
    jobs::enqueue(&mut tx, QUEUE_SUBMISSION, id.as_str(), now, now).await.expect("enqueues");
    tx.commit().await.expect("commits");
    world.run_jobs().await;
    Sent { id, reference, items }
}

/// Adds one more thing to what was sent.
pub async fn add_later(world: &World, sent: &mut Sent, part: Part) {
    let item = add(world, &sent.id, part).await;
    let now = world.clock.now();
    let mut tx = world.site.db.write().await.expect("tx");
    evidence::record_sent(&mut tx, &sent.id, &[], now).await.expect("sent");
    submissions::record_added(&mut tx, &sent.id, now).await.expect("added");
    jobs::enqueue(&mut tx, QUEUE_SUBMISSION, sent.id.as_str(), now, now).await.expect("enqueues");
    tx.commit().await.expect("commits");
    world.run_jobs().await;
    sent.items.push(item);
}

/// Its sender takes it back.
pub async fn take_back(world: &World, sent: &Sent) {
    let mut tx = world.site.db.write().await.expect("tx");
    let now = world.clock.now();
    let moved = submissions::move_submission(&mut tx, &sent.id, Event::TakeBack, now).await.expect("moves");
    assert!(matches!(moved, Moved::To(_)));
    tx.commit().await.expect("commits");
}

async fn add(world: &World, submission: &SubmissionId, part: Part) -> ItemId {
    match part {
        Part::Words(text, whose) => write(world, submission, text, whose).await,
        Part::A(file) => upload(world, submission, file).await,
    }
}

const WHOSE: &str = "update evidence_item set whose = $2 where id = $1";

async fn write(world: &World, submission: &SubmissionId, text: &str, whose: Option<Whose>) -> ItemId {
    let (site, now) = (&world.site, world.clock.now());
    let id = ItemId::new(now);
    let mut tx = site.db.write().await.expect("tx");
    let key = site.keys.submission(&mut tx, submission).await.expect("asks").expect("a key");
    let (kind, state) = (Kind::Text, ItemState::Ready);
    let item = NewItem { id: &id, submission, kind, media_type: "text/plain", state, name_sealed: None };
    evidence::insert(&mut tx, item, now).await.expect("inserts").expect("a number");
    let sealed = ItemText::Writing.seal(&key, &id, text).expect("some words");
    let words = text.split_whitespace().count() as i64;
    let saved = evidence::save_text(&mut tx, submission, &id, sealed, (words, text.len() as i64), now).await;
    assert!(saved.expect("saves"));
    db::run!(&mut tx, WHOSE, &id, whose.map(Whose::name)).expect("whose");
    tx.commit().await.expect("commits");
    id
}

async fn upload(world: &World, submission: &SubmissionId, file: File) -> ItemId {
    let upload = world.intake.begin(submission, Some(file.length()), "a file").await.expect("begins");
    let mut writer = world.intake.writer(&upload.id).await.expect("a writer");
    for block in file.blocks() {
        writer.push(&block).await.expect("is taken");
    }
    writer.finish().await.expect("is whole");
    world.run_jobs().await;
    upload.item
}
