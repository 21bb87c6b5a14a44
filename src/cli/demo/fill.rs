//! Fills a fresh data folder as time goes by: each made-up submission is begun, told and sent on its own day, through the
//! same functions that the pages use.

use anyhow::{Context, anyhow};
use axum::extract::State;

use super::people::{self, Demonstration, Facts};
use crate::area::inspection::{NewInspection, open_inspection};
use crate::area::{reference, store as areas};
use crate::clock::{Clock, DAY, MINUTE, Moment};
use crate::db::Tx;
use crate::evidence::film::{self, Permission};
use crate::evidence::language::Language;
use crate::evidence::say::store::Told;
use crate::evidence::sealed::ItemText;
use crate::evidence::translation::{self, NewTranslation, Translator};
use crate::evidence::{self, Assent, Reached, Voice, Whose};
use crate::id::{DatedStepId, InspectionId, ItemId, StaffId, SubmissionId};
use crate::intake::Intake;
use crate::jobs as work;
use crate::review;
use crate::review::flags::{self, FlagKind, NewFlag};
use crate::submission::answers::names::{About, AgeBand, Method, Outcome, Role, WorksFor, YesNo};
use crate::submission::answers::store::{self as answers, Relation, WhoTells};
use crate::submission::answers::write;
use crate::submission::begin::Fresh;
use crate::submission::code::Code;
use crate::submission::store::DatedStep;
use crate::submission::{Field, asked, lost, send, store};
use crate::web::cookies::fresh_secret;
use crate::web::{Form, Problem, Site, Submitter};
use crate::words::Wording;

/// Adds the made-up areas and inspections.
pub async fn places(site: &Site, demonstration: &Demonstration, now: Moment) -> anyhow::Result<Vec<InspectionId>> {
    let mut tx = site.db.write().await?;
    for area in &demonstration.area {
        put_area(&mut tx, area).await?;
    }
    let today = now.date_in_london().to_string();
    let mut made = Vec::new();
    // A millisecond apart, so that lists of inspections opened on one day are in the same order in every demonstration.
    for (inspection, at) in demonstration.inspection.iter().zip((0..).map(|place| now.plus(place * 1_000))) {
        let new = NewInspection {
            area_code: &inspection.area,
            kind: &inspection.kind,
            title: &inspection.title,
            opened_on: &today,
            call: None,
        };
        let id = open_inspection(&mut tx, new, at).await?;
        work::enqueue(&mut tx, review::jobs::OPEN_INSPECTION, id.as_str(), now, now).await?;
        made.push(id);
    }
    tx.commit().await?;
    Ok(made)
}

async fn put_area(tx: &mut Tx, area: &people::Area) -> anyhow::Result<()> {
    let others: Vec<&str> = area.names.iter().map(String::as_str).collect();
    let (row, names) = reference::made_up(&area.code, &area.name, &area.region, &others);
    areas::put_area(tx, &row).await?;
    for name in &names {
        areas::put_name(tx, name).await?;
    }
    Ok(())
}

/// Adds what people without their code ask to be taken back.
pub async fn requests(site: &Site, demonstration: &Demonstration, now: Moment) -> anyhow::Result<()> {
    let mut tx = site.db.write().await?;
    for request in &demonstration.request {
        let (words, reach) = (request.words.clone(), request.reach.clone());
        let asked = lost::Asked { words, reach, reference: String::new() };
        lost::store::keep(&mut tx, &site.keys, &asked, now.plus(-2 * DAY)).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Tells and sends one made-up submission on its day, and gives its code. `staff` raises its flag, if it has one.
pub async fn tell(
    intake: &Intake,
    told: &people::Submission,
    staff: &StaffId,
    (clock, today): (&Clock, Moment),
) -> anyhow::Result<(SubmissionId, Code)> {
    let site = intake.site();
    let day = today.plus(-told.days * DAY);
    clock.advance(day.since(clock.now()));
    let (submitter, code) = begin(site, told).await.map_err(in_words)?;
    answer(site, &submitter, told).await?;
    for text in &told.text {
        let form = Form::from_fields(vec![("text".to_owned(), text.words.clone())]);
        let speech = site.words.speak(Wording::Plain);
        let added = write::add(State(site.clone()), submitter.clone(), speech, form).await;
        added.map_err(in_words)?;
        let item = newest(site, &submitter).await?;
        declare(site, &submitter, &item, &text.facts).await?;
        if let Some(translation) = &text.translation {
            translate(site, &submitter, &item, staff, (text.facts.language.as_deref(), translation)).await?;
        }
    }
    for file in &told.file {
        let bytes = people::media(&file.media).with_context(|| format!("{} is not there", file.media))?;
        let upload = intake.begin(&submitter.submission, Some(bytes.len() as u64), &file.name).await?;
        let mut writer = intake.writer(&upload.id).await?;
        writer.push(&bytes).await?;
        writer.finish().await?;
        declare(site, &submitter, &upload.item, &file.facts).await?;
    }
    clock.advance(20 * MINUTE);
    send_it(site, &submitter, told.not_safe).await?;
    if let Some(reason) = &told.flag {
        clock.advance(20 * MINUTE);
        raise_flag(site, &submitter, staff, reason).await?;
    }
    Ok((submitter.submission, code))
}

/// Lets a question wait for whoever sent this.
pub async fn ask(
    site: &Site,
    submission: &SubmissionId,
    (inspection, staff): (&InspectionId, &StaffId),
    text: &str,
) -> anyhow::Result<()> {
    let mut tx = site.db.write().await?;
    let key = site.keys.submission(&mut tx, submission).await?.context("what was sent has a key")?;
    asked::store::ask(&mut tx, &key, submission, (inspection, staff, text), site.clock.now()).await?;
    tx.commit().await?;
    Ok(())
}

async fn begin(site: &Site, told: &people::Submission) -> Result<(Submitter, Code), Problem> {
    let now = site.clock.now();
    let fresh = Fresh::make(site, now).await?;
    let mut tx = site.db.write().await?;
    let key = fresh.insert(site, &mut tx, Wording::Plain.name(), true, now).await?;
    store::save_name(&mut tx, &key, &fresh.id, &told.name).await?;
    let row = store::find(&mut tx, &fresh.id).await?.ok_or(Problem::Fault)?;
    tx.commit().await?;
    let submitter = Submitter {
        visit: Vec::new(),
        secret: fresh_secret(),
        submission: fresh.id.clone(),
        reference: row.reference,
        state: row.state.name().to_owned(),
        look_again: false,
        own_phone: false,
        card_of: None,
    };
    Ok((submitter, fresh.code))
}

async fn answer(site: &Site, submitter: &Submitter, told: &people::Submission) -> anyhow::Result<()> {
    let (now, id) = (site.clock.now(), &submitter.submission);
    let mut tx = site.db.write().await?;
    let key = site.keys.submission(&mut tx, id).await?.context("a new draft has a key")?;
    let who = WhoTells {
        role: Some(named(Role::parse, &told.role)?),
        about: Some(named(About::parse, &told.about)?),
        age_band: Some(named(AgeBand::parse, &told.age)?),
        methods: told.methods.iter().map(|name| named(Method::parse, name)).collect::<Result<_, _>>()?,
        helped: Some(if told.helped.is_some() { YesNo::Yes } else { YesNo::No }),
    };
    answers::save_who(&mut tx, id, &who).await?;
    answers::save_permission(&mut tx, id, told.quote, told.reply).await?;
    answers::save_may_ask(&mut tx, id, told.question.is_some()).await?;
    match &told.area {
        Some(code) => answers::choose_area(&mut tx, id, Relation::Lives, code).await?,
        None => answers::record_area_not_known(&mut tx, id).await?,
    }
    if let Some(code) = &told.responsible {
        answers::choose_area(&mut tx, id, Relation::Responsible, code).await?;
    }
    if let Some(town) = &told.town {
        store::save_answer(&mut tx, &key, id, (Field::AreaWords, 0), town, now).await?;
    }
    if let Some(helped) = &told.helped {
        store::save_answer(&mut tx, &key, id, (Field::HelpedHow, 0), helped, now).await?;
    }
    answers::save_place_hidden(&mut tx, id, told.secret_place).await?;
    let works_for = told.works_for.as_deref().map(|name| named(WorksFor::parse, name)).transpose()?;
    answers::save_works_for(&mut tx, id, works_for).await?;
    for (name, text) in &told.answers {
        let field = named(Field::parse, name)?;
        store::save_answer(&mut tx, &key, id, (field, 0), text, now).await?;
    }
    for date in &told.date {
        let step = DatedStep {
            id: DatedStepId::new(now),
            rule: date.rule.clone(),
            asked_on: Some(date.asked.clone()),
            outcome: Some(named(Outcome::parse, &date.outcome)?.name().to_owned()),
            answered_on: Some(date.answered.clone()),
            what: Some(date.what.clone()),
            how_known: Some(date.known.clone()),
        };
        answers::save_step(&mut tx, &key, id, &step, now).await?;
    }
    tx.commit().await?;
    Ok(())
}

async fn declare(site: &Site, submitter: &Submitter, item: &ItemId, facts: &Facts) -> anyhow::Result<()> {
    let whose = facts.whose.as_deref().map(|name| named(Whose::parse, name)).transpose()?;
    let reached = facts.reached.as_deref().map(|name| named(Reached::parse, name)).transpose()?;
    let voice = Voice::new(whose, reached, None).map_err(|_| anyhow!("a made-up item contradicts itself"))?;
    let language = Language::find(facts.language.as_deref().unwrap_or("en"));
    let declared = evidence::store::Facts {
        voice,
        assent: facts.assent.as_deref().map(|name| named(Assent::parse, name)).transpose()?,
        language: language.map(|language| language.tag.as_str()),
        ..Default::default()
    };
    let told = Told { answer: declared.assent, ..Told::default() };
    let mut tx = site.db.write().await?;
    let key = site.keys.submission(&mut tx, &submitter.submission).await?.context("a draft has a key")?;
    let row = evidence::store::find(&mut tx, item).await?.context("an item was just added")?;
    evidence::store::save_facts(&mut tx, &submitter.submission, item, declared).await?;
    evidence::say::store::record(&mut tx, &key, &row, &told, site.clock.now()).await?;
    for nickname in &facts.people {
        let said = if facts.left.contains(nickname) { Permission::No } else { Permission::Yes };
        film::add(&mut tx, &key, &row, (nickname, said), site.clock.now()).await?;
    }
    if facts.new_cut {
        let items = evidence::store::list(&mut tx, &submitter.submission).await?;
        let older = items.iter().find(|older| older.left_us.is_some()).context("somebody left an older cut")?;
        evidence::store::save_replaces(&mut tx, &submitter.submission, item, Some(&older.id)).await?;
    }
    if let Some(days) = &facts.days {
        let sealed = ItemText::Days.seal(&key, item, &serde_json::to_string(days)?);
        evidence::store::save_days(&mut tx, &submitter.submission, item, sealed).await?;
    }
    tx.commit().await?;
    Ok(())
}

async fn translate(
    site: &Site,
    submitter: &Submitter,
    item: &ItemId,
    staff: &StaffId,
    (from, text): (Option<&str>, &str),
) -> anyhow::Result<()> {
    let (now, submission) = (site.clock.now(), &submitter.submission);
    let made_on = now.date_in_london().to_string();
    let mut tx = site.db.write().await?;
    let key = site.keys.submission(&mut tx, submission).await?.context("a draft has a key")?;
    let new = NewTranslation {
        submission,
        item,
        from: from.context("a translation is from a language")?,
        text,
        by: "Amina Khan (made up)",
        what: Translator::RegisteredTranslator,
        made_on: &made_on,
        entered_by: staff,
    };
    translation::add(&mut tx, &key, new, now).await?;
    tx.commit().await?;
    Ok(())
}

async fn newest(site: &Site, submitter: &Submitter) -> anyhow::Result<ItemId> {
    let mut tx = site.db.read().await?;
    let items = evidence::store::list(&mut tx, &submitter.submission).await?;
    Ok(items.into_iter().max_by_key(|item| item.number).context("an item was just added")?.id)
}

async fn raise_flag(site: &Site, submitter: &Submitter, staff: &StaffId, reason: &str) -> anyhow::Result<()> {
    let (now, submission) = (site.clock.now(), &submitter.submission);
    let mut tx = site.db.write().await?;
    let key = site.keys.submission(&mut tx, submission).await?.context("what was sent has a key")?;
    let flag = NewFlag { submission, item: None, kind: FlagKind::Safeguarding, by: staff, reason };
    flags::raise(&mut tx, &key, flag, now).await?;
    tx.commit().await?;
    Ok(())
}

async fn send_it(site: &Site, submitter: &Submitter, not_safe: bool) -> anyhow::Result<()> {
    let mut tx = site.db.read().await?;
    let items = evidence::store::list(&mut tx, &submitter.submission).await?;
    drop(tx);
    let mut shown: Vec<_> = items.iter().map(|item| ("item".to_owned(), item.id.to_string())).collect();
    if not_safe {
        shown.push(("not_safe".to_owned(), "yes".to_owned()));
    }
    send::send(State(site.clone()), submitter.clone(), Form::from_fields(shown)).await.map_err(in_words)?;
    Ok(())
}

fn named<T>(parse: impl Fn(&str) -> Option<T>, name: &str) -> anyhow::Result<T> {
    parse(name).with_context(|| format!("the demonstration says {name}, which no page offers"))
}

fn in_words(problem: Problem) -> anyhow::Error {
    anyhow!("a page of the demonstration answered: {}", problem.name())
}
