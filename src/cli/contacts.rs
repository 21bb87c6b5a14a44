//! `heard contacts`: ways to reach those who can help, which an operator compares with a source before families see them.

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use jiff::civil::Date;
use serde_json::json;

use crate::app;
use crate::area::store::find_area;
use crate::audit;
use crate::clock::Clock;
use crate::config::Config;
use crate::submission::contacts::{self, Confirmed, Contact, NewCheck};
use crate::web::Site;

/// What `heard contacts` can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show every contact: what families read, and what nobody has confirmed.
    List,
    /// Say that a phone number, mail address or website was compared with a source. Families read it from then on, with
    /// the day of the check.
    Confirm(Confirm),
}

/// What was compared with what.
#[derive(Args, Debug)]
pub struct Confirm {
    /// The contact's id, as `heard contacts list` shows it, such as `tribunal`.
    id: String,
    /// Who compared it: a person's name.
    #[arg(long)]
    by: String,
    /// What it was compared with, such as the organisation's own page and its address.
    #[arg(long)]
    source: String,
    /// The phone number. May be left out where exactly one waits to be confirmed.
    #[arg(long)]
    phone: Option<String>,
    /// The mail address.
    #[arg(long)]
    email: Option<String>,
    /// The website, beginning with https://.
    #[arg(long)]
    website: Option<String>,
    /// The code of the area whose own this is, such as E08000035: for services that each area has (`sendiass`).
    #[arg(long, value_name = "CODE")]
    area: Option<String>,
    /// The day of the check, such as 2026-11-22. Today where it is left out.
    #[arg(long, value_name = "DAY")]
    on: Option<Date>,
}

pub(super) async fn run(config: Config, command: Command) -> anyhow::Result<u8> {
    let site = app::open(config, Clock::System).await?;
    let done = match command {
        Command::List => list(&site).await,
        Command::Confirm(asked) => confirm(&site, &asked).await,
    };
    site.db.close().await;
    done.map(|()| 0)
}

async fn list(site: &Site) -> anyhow::Result<()> {
    let confirmed = contacts::list_confirmed(&mut site.db.read().await?).await?;
    let shown = contacts::shown(&confirmed);
    for contact in contacts::all() {
        match shown.iter().find(|one| one.id == contact.id) {
            Some(one) => {
                let ways: Vec<&str> =
                    [&one.phone, &one.email, &one.website].into_iter().flatten().map(String::as_str).collect();
                println!("{}: shown, checked on {}. {}", contact.id, one.checked, ways.join(", "));
            }
            None => println!("{}: not shown", contact.id),
        }
        for row in confirmed.iter().filter(|row| row.contact_id == contact.id && row.area_code.is_some()) {
            println!("    {}: checked on {}", row.area.as_deref().unwrap_or("?"), row.checked_on);
        }
    }
    for contact in contacts::unconfirmed(&confirmed) {
        println!("not confirmed: {}", in_words(contact));
    }
    Ok(())
}

/// What waits to be confirmed, and why: a line of `heard check` too.
pub(super) fn in_words(contact: &Contact) -> String {
    let why = contact.why.as_deref().unwrap_or("nobody has compared it with a source");
    format!("{}: {} ({why})", contact.id, contact.unconfirmed.join(" or "))
}

async fn confirm(site: &Site, asked: &Confirm) -> anyhow::Result<()> {
    let contact = contacts::find(&asked.id)
        .with_context(|| format!("there is no contact {}; `heard contacts list` shows them", asked.id))?;
    let now = site.clock.now();
    let (phone, on) = (phone_of(contact, asked)?, asked.on.unwrap_or_else(|| now.date_in_london()));
    look_at(asked, phone, on > now.date_in_london())?;
    let mut tx = site.db.write().await?;
    match &asked.area {
        Some(_) if !contact.each_area => bail!("{} is the same everywhere; leave out --area", contact.id),
        None if contact.each_area => bail!("each area has its own {}; say which with --area", contact.id),
        Some(code) => find_area(&mut tx, code).await?.map(drop).with_context(|| format!("there is no area {code}"))?,
        None => {}
    }
    let new = NewCheck {
        contact: &contact.id,
        area: asked.area.as_deref(),
        phone,
        email: asked.email.as_deref(),
        website: asked.website.as_deref(),
        by: asked.by.trim(),
        source: asked.source.trim(),
        on,
    };
    contacts::confirm(&mut tx, new, now).await?;
    let detail = json!({ "area": asked.area, "on": on.to_string() });
    audit::record(&mut tx, now, "operator", "contact_confirmed", "contact", &contact.id, detail).await?;
    tx.commit().await?;
    println!("Confirmed. Families read it on /who-can-help from now on, checked on {on}.");
    Ok(())
}

/// The number to confirm: the one that was given, or the only one that waits.
fn phone_of<'a>(contact: &'a Contact, asked: &'a Confirm) -> anyhow::Result<Option<&'a str>> {
    let gives_nothing = asked.email.is_none() && asked.website.is_none();
    match (&asked.phone, &contact.unconfirmed[..]) {
        (Some(phone), _) => Ok(Some(phone.trim())),
        (None, [only]) if gives_nothing => Ok(Some(only)),
        (None, _) if gives_nothing => bail!("say what was confirmed: --phone, --email or --website"),
        (None, _) => Ok(None),
    }
}

fn look_at(asked: &Confirm, phone: Option<&str>, is_to_come: bool) -> anyhow::Result<()> {
    if asked.by.trim().is_empty() || asked.source.trim().is_empty() {
        bail!("say who compared it (--by) and with what (--source)");
    }
    let is_number = |text: &str| text.chars().all(|c| c.is_ascii_digit() || " +".contains(c)) && text.len() >= 3;
    if phone.is_some_and(|phone| !is_number(phone)) {
        bail!("a phone number has digits and spaces only");
    }
    let is_plain = |text: &str| text.chars().all(|c| c.is_ascii_graphic() && !"\"<>".contains(c));
    if asked.email.as_ref().is_some_and(|email| !email.contains('@') || !is_plain(email)) {
        bail!("this is no mail address");
    }
    if asked.website.as_ref().is_some_and(|website| !website.starts_with("https://") || !is_plain(website)) {
        bail!("a website begins with https:// and has no spaces");
    }
    if is_to_come {
        bail!("the day of the check is still to come");
    }
    Ok(())
}

/// How many areas have their own of a service that each area has, for `heard check`.
pub(super) fn areas_of(contact: &Contact, confirmed: &[Confirmed]) -> usize {
    confirmed.iter().filter(|row| row.contact_id == contact.id && row.area_code.is_some()).count()
}
