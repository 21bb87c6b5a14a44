//! `heard demo`: fills a fresh data folder with made-up areas, submissions of every kind and staff, so that a newcomer
//! has a living service in a minute. Everything in it is marked "Made up".
//!
//! One password and one key for codes are made for the folder and printed once. `heard demo code NAME` gives the code of
//! the moment, in demonstration folders only.

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use data_encoding::BASE32_NOPAD;

use crate::account::factors;
use crate::account::password;
use crate::account::second_step::{SETUP_KEY_BYTES, SetupKey};
use crate::account::store::{self as accounts, Email, NewPerson};
use crate::app;
use crate::area::inspection;
use crate::clock::{Clock, DAY, Moment};
use crate::config::Config;
use crate::db::{self, Tx};
use crate::id::{InspectionId, StaffId, random};
use crate::intake::Intake;
use crate::jobs;
use crate::web::{Role, Site};

mod fill;
mod people;

/// Options of `heard demo`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    #[command(subcommand)]
    ask: Option<Ask>,
}

#[derive(Clone, Debug, Subcommand)]
enum Ask {
    /// The code of the moment for signing in as one of the demonstration's staff (such as `inspector`).
    Code {
        /// The role, or the address.
        name: String,
    },
}

/// The file that says: this folder is a demonstration. It holds the key for codes, which is why no other folder has one.
const MARK: &str = "demonstration.json";

#[derive(serde::Serialize, serde::Deserialize)]
struct Mark {
    made_up: bool,
    totp_key: String,
}

pub(super) async fn run(config: Config, options: Options) -> anyhow::Result<u8> {
    match options.ask {
        Some(Ask::Code { name }) => print_code(&config, &name),
        None => make(config).await,
    }
}

async fn make(config: Config) -> anyhow::Result<u8> {
    let demonstration = people::read()?;
    let now = Clock::System.now();
    let oldest = demonstration.submission.iter().map(|told| told.days).max().unwrap_or_default();
    let clock = Clock::standing_at(now.plus(-(oldest + 1) * DAY));
    let mark = config.data().join(MARK);
    let intake = app::open(config, clock.clone()).await?;
    let site = intake.site().clone();
    if !is_fresh(&site).await? {
        bail!(
            "this data folder holds something already, and a demonstration must never mix with what real people sent. \
             Set HEARD_DATA to a new folder."
        );
    }
    // The folder is marked before anything made up is in it.
    let key: [u8; SETUP_KEY_BYTES] = random();
    let facts = Mark { made_up: true, totp_key: BASE32_NOPAD.encode(&key) };
    std::fs::write(&mark, serde_json::to_vec_pretty(&facts)?)
        .context("the mark of a demonstration cannot be written")?;
    let inspections = fill::places(&site, &demonstration, clock.now()).await?;
    let password = fresh_password();
    let staff = staff(&site, &demonstration, &inspections, (&password, &key), clock.now()).await?;
    let mut told: Vec<_> = demonstration.submission.iter().collect();
    told.sort_by_key(|submission| std::cmp::Reverse(submission.days));
    let mut asked = None;
    for submission in told {
        let (id, code) = fill::tell(&intake, submission, &staff.triage, (&clock, now)).await?;
        if let Some(question) = &submission.question {
            asked = Some((id, code, question));
        }
    }
    clock.advance(now.since(clock.now()));
    fill::requests(&site, &demonstration, now).await?;
    do_what_is_due(&intake).await?;
    let (sent, code, question) = asked.context("the demonstration asks nobody anything")?;
    let inspection = inspections.first().context("the demonstration has no inspection")?;
    fill::ask(&site, &sent, (inspection, &staff.inspector), question).await?;
    println!("The demonstration is ready: {} submissions, all made up.", demonstration.submission.len());
    println!();
    println!("Start it:   HEARD_DATA={} heard", site.config.data().display());
    println!("Sign in at: {}/staff", site.config.public_url);
    println!("Password of all made-up staff: {password}");
    println!("Code of a made-up sender, for whom a question waits: {}", code.text());
    println!("Key for an app that makes codes: {}", facts.totp_key);
    println!("Or ask for a code:  HEARD_DATA={} heard demo code inspector", site.config.data().display());
    println!();
    for person in &demonstration.staff {
        println!("  {:<24} {}", person.email, person.role);
    }
    site.db.close().await;
    Ok(0)
}

const ANYTHING: &str = "select (select count(*) from submission) + (select count(*) from inspection)";

async fn is_fresh(site: &Site) -> anyhow::Result<bool> {
    let mut tx = site.db.read().await?;
    Ok(db::one!(&mut tx, (i64,), ANYTHING)?.0 == 0)
}

/// Those of the staff who did something before the demonstration begins.
struct Team {
    /// Raised the flags.
    triage: StaffId,
    /// Asked a sender something.
    inspector: StaffId,
}

/// Makes the staff, who all have the same password and key for codes.
async fn staff(
    site: &Site,
    demonstration: &people::Demonstration,
    inspections: &[InspectionId],
    (password, key): (&str, &[u8]),
    now: Moment,
) -> anyhow::Result<Team> {
    let (mut triage, mut inspector) = (None, None);
    // A millisecond apart, so that they are listed in one order in every demonstration.
    for (person, now) in demonstration.staff.iter().zip((0..).map(|place| now.plus(place * 1_000))) {
        let role = Role::parse(&person.role).context("the demonstration names a role that is not there")?;
        let hash = password::hash(&site.keys.service("staff"), password)
            .await
            .map_err(|problem| anyhow::anyhow!("the password could not be hashed: {}", problem.name()))?;
        let new = NewPerson {
            email: Email::parse(&person.email),
            name: person.name.clone(),
            role,
            employer: person.employer.clone(),
            never: Vec::new(),
        };
        let mut tx = site.db.write().await?;
        let id = accounts::add_person(&mut tx, &site.keys, &new, now).await?.context("an address is there twice")?;
        accounts::set_password(&mut tx, &id, &hash).await?;
        factors::set_key(&mut tx, &site.keys, &id, &SetupKey::from_bytes(key.to_vec()), 0).await?;
        if matches!(role, Role::Inspector | Role::Lead) {
            join_all(&mut tx, inspections, &id, role == Role::Lead).await?;
        }
        tx.commit().await?;
        match role {
            Role::Triage => triage = Some(id),
            Role::Inspector => inspector = Some(id),
            _ => {}
        }
    }
    let triage = triage.context("the demonstration has nobody for triage")?;
    let inspector = inspector.context("the demonstration has no inspector")?;
    Ok(Team { triage, inspector })
}

async fn join_all(tx: &mut Tx, inspections: &[InspectionId], staff: &StaffId, lead: bool) -> anyhow::Result<()> {
    for id in inspections {
        inspection::put_member(tx, id, staff, lead).await?;
    }
    Ok(())
}

/// Runs what workers would, until everything has arrived, was read back and is in its queue, and safe copies are there as
/// far as the programs for them are.
async fn do_what_is_due(intake: &Intake) -> anyhow::Result<()> {
    let site = intake.site();
    for _ in 0..50 {
        intake.tend_once().await;
        if jobs::run_due(&site.db, &site.clock, &app::jobs(), intake).await? == 0 {
            break;
        }
    }
    for registry in app::preparing() {
        while jobs::run_due(&site.db, &site.clock, &registry, intake).await? > 0 {}
    }
    Ok(())
}

/// Four groups of four letters: about 79 bits, and easy to type from a screen.
fn fresh_password() -> String {
    const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz23456789-";
    let letters: String = random::<16>().iter().map(|byte| LETTERS[usize::from(byte % 31)] as char).collect();
    [&letters[..4], &letters[4..8], &letters[8..12], &letters[12..]].join("-")
}

fn print_code(config: &Config, name: &str) -> anyhow::Result<u8> {
    let mark = config.data().join(MARK);
    let Ok(bytes) = std::fs::read(&mark) else {
        bail!("this data folder is not a demonstration; codes come from the person's own app");
    };
    let facts: Mark = serde_json::from_slice(&bytes).context("the mark of the demonstration cannot be read")?;
    if !people::read()?.staff.iter().any(|person| person.role == name || person.email == name) {
        bail!("the demonstration has nobody called {name}; try inspector, lead, triage, safeguarding or admin");
    }
    let key = BASE32_NOPAD.decode(facts.totp_key.as_bytes()).context("the mark of the demonstration is damaged")?;
    println!("{}", SetupKey::from_bytes(key).code_at(Clock::System.now()));
    Ok(0)
}
