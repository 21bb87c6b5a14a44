//! Entering, correcting and checking translations. Each look and each change is written down before anything is shown.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use serde_json::json;

use super::{again, hidden_fields, page};
use crate::account;
use crate::audit;
use crate::clock::Moment;
use crate::db::Tx;
use crate::evidence::language::Language;
use crate::evidence::translation::{self, LONGEST, LONGEST_NAME, NewCheck, NewTranslation, Translation, Translator};
use crate::evidence::{ItemState, store::Item};
use crate::id::{ItemId, TranslationId};
use crate::review::access::{self, Opened};
use crate::review::pages::submission::Around;
use crate::review::pages::translation::{Entry, TranslationPage, page as body_of};
use crate::review::reading::{self, Reading};
use crate::web::csrf::ONCE;
use crate::web::once::{Once, use_key};
use crate::web::typed_date::{TypedDate, typed_parts};
use crate::web::{Answer, Form, Pressed, Problem, Site, Staff};
use crate::words::Speech;

/// `GET /staff/items/{id}/translation`
pub(super) async fn show(State(site): State<Site>, staff: Staff, speech: Speech, Path(id): Path<String>) -> Answer {
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    let (opened, item) = find(&mut tx, &staff, &ItemId(id)).await?;
    audit::record(&mut tx, now, &staff.actor(), "view_translation", "item", item.id.as_str(), json!({})).await?;
    tx.commit().await?;
    let mut tx = site.db.read().await?;
    let entry = Entry { from: from_of(&item), ..Entry::default() };
    let check = Entry { name: account::store::name_of(&mut tx, &site.keys, &staff.id).await?, ..Entry::default() };
    let reading = reading::load(&mut tx, &site, &staff, opened).await?;
    let body = markup(&site, &staff, speech, &reading, &item, (entry, check))?;
    Ok(page(&mut tx, &site, speech, &staff, reading.opened.facts.reference.clone(), body).await?.into_response())
}

/// An item that was sent and that this reader may see, and what it is inside.
async fn find(tx: &mut Tx, staff: &Staff, item: &ItemId) -> Answer<(Opened, Item)> {
    let found = access::find_item(tx, staff, item).await?;
    found.filter(|(_, item)| item.state != ItemState::Receiving).ok_or(Problem::NotFound)
}

/// The language to begin with: the one that its sender named.
fn from_of(item: &Item) -> String {
    item.language.clone().filter(|tag| !matches!(tag.as_str(), "en" | "und" | "zxx")).unwrap_or_default()
}

fn markup(
    site: &Site,
    staff: &Staff,
    speech: Speech,
    reading: &Reading,
    item: &Item,
    (entry, check): (Entry, Entry),
) -> Answer<maud::Markup> {
    let read = reading.items.iter().find(|read| read.item.id == item.id).ok_or(Problem::NotFound)?;
    let hidden = || hidden_fields(site, staff);
    let around = Around { staff, hidden: &hidden, now: site.clock.now(), at: None, news: None, places: None };
    Ok(body_of(speech, &TranslationPage { reading, read, entry, check }, &around))
}

/// The page again, with what is wrong and everything that was typed.
async fn refused(
    tx: &mut Tx,
    site: &Site,
    staff: &Staff,
    speech: Speech,
    (opened, item): (Opened, Item),
    forms: (Entry, Entry),
) -> Answer {
    let reading = reading::load(tx, site, staff, opened).await?;
    let body = markup(site, staff, speech, &reading, &item, forms)?;
    again(tx, site, speech, staff, reading.opened.facts.reference.clone(), body).await
}

/// `POST /staff/items/{id}/translation`: a translation, or a correction of one.
pub(super) async fn add(pressed: Pressed<Staff>) -> Answer {
    let Pressed { site, by: staff, speech, about: id, form } = pressed;
    let now = site.clock.now();
    let mut tx = site.db.write().await?;
    let (opened, item) = find(&mut tx, &staff, &ItemId(id)).await?;
    let entry = read_entry(&form, now);
    let made_on = TypedDate::read(&form, "made").to_text();
    let (Some(made_on), Some(what), true) = (made_on, Translator::parse(&entry.what), entry.wrong.is_empty()) else {
        return refused(&mut tx, &site, &staff, speech, (opened, item), (entry, Entry::default())).await;
    };
    let back = format!("/staff/items/{}/translation", item.id);
    if let Once::Again(went_to) = use_key(&mut tx, form.get(ONCE), &back, now).await? {
        return Ok(Redirect::to(&went_to).into_response());
    }
    let key = reading::key(&mut tx, &site, opened.id()).await?;
    let new = NewTranslation {
        submission: opened.id(),
        item: &item.id,
        from: &entry.from,
        text: &entry.text,
        by: &entry.name,
        what,
        made_on: &made_on,
        entered_by: &staff.id,
    };
    let version = translation::add(&mut tx, &key, new, now).await?.ok_or(Problem::NotFound)?;
    let detail = json!({ "version": version, "from": entry.from, "by": what.name() });
    audit::record(&mut tx, now, &staff.actor(), "add_translation", "item", item.id.as_str(), detail).await?;
    tx.commit().await?;
    Ok(Redirect::to(&back).into_response())
}

fn read_entry(form: &Form, now: Moment) -> Entry {
    let mut entry = Entry {
        from: form.get("from").to_owned(),
        text: form.get("text").to_owned(),
        name: form.get("by").to_owned(),
        what: form.get("what").to_owned(),
        day: typed_parts(form, "made"),
        wrong: Vec::new(),
    };
    if Language::find(&entry.from).is_none_or(|language| language.tag == translation::INTO) {
        entry.wrong.push(("from", "translation.wrong.from"));
    }
    if entry.text.is_empty() {
        entry.wrong.push(("text", "translation.wrong.text"));
    } else if entry.text.chars().count() > LONGEST {
        entry.wrong.push(("text", "translation.wrong.long"));
    }
    who_and_when(&mut entry, form, now, ["by", "what", "made"]);
    entry
}

/// Looks at the name, what they are, and the day: they have the same rules in both forms.
fn who_and_when(entry: &mut Entry, form: &Form, now: Moment, [name, what, day]: [&'static str; 3]) {
    if entry.name.is_empty() || entry.name.chars().count() > LONGEST_NAME {
        entry.wrong.push((name, "translation.wrong.name"));
    }
    if Translator::parse(&entry.what).is_none() {
        entry.wrong.push((what, "translation.wrong.what"));
    }
    let typed = TypedDate::read(form, day);
    if typed.to_text().is_none() || typed.is_after(now.date_in_london()) {
        entry.wrong.push((day, "translation.wrong.day"));
    }
}

/// `POST /staff/translations/{id}/check`: a second person has checked it.
pub(super) async fn check(pressed: Pressed<Staff>) -> Answer {
    let Pressed { site, by: staff, speech, about: id, form } = pressed;
    let (now, id) = (site.clock.now(), TranslationId(id));
    let mut tx = site.db.write().await?;
    let item = translation::find_item(&mut tx, &id).await?.ok_or(Problem::NotFound)?;
    let (opened, item) = find(&mut tx, &staff, &item).await?;
    let key = reading::key(&mut tx, &site, opened.id()).await?;
    let of = translation::find(&mut tx, &key, &id).await?.ok_or(Problem::NotFound)?;
    let entry = read_check(&form, now, &of);
    let back = format!("/staff/items/{}/translation", item.id);
    let on = TypedDate::read(&form, "checked").to_text();
    let (Some(on), Some(what), true) = (on, Translator::parse(&entry.what), entry.wrong.is_empty()) else {
        let fresh = Entry { from: from_of(&item), ..Entry::default() };
        return refused(&mut tx, &site, &staff, speech, (opened, item), (fresh, entry)).await;
    };
    // Where it is the same account, was checked before, or was corrected in between, the page that follows shows it.
    let new = NewCheck { by: &staff.id, name: &entry.name, what, on: &on };
    if translation::check(&mut tx, &key, &id, new, now).await? {
        let detail = json!({ "version": of.version, "by": what.name() });
        audit::record(&mut tx, now, &staff.actor(), "check_translation", "item", item.id.as_str(), detail).await?;
        tx.commit().await?;
    }
    Ok(Redirect::to(&back).into_response())
}

fn read_check(form: &Form, now: Moment, of: &Translation) -> Entry {
    let mut entry = Entry {
        name: form.get("checker").to_owned(),
        what: form.get("checker_what").to_owned(),
        day: typed_parts(form, "checked"),
        ..Entry::default()
    };
    who_and_when(&mut entry, form, now, ["checker", "checker_what", "checked"]);
    if of.by.as_deref().is_some_and(|by| translation::is_same_name(by, &entry.name)) {
        entry.wrong.push(("checker", "translation.wrong.same"));
    }
    entry
}
