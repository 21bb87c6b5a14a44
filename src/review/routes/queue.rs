//! The queue of an inspection.

use axum::extract::{Path, Query, State};
use axum::response::IntoResponse;
use serde::Deserialize;
use serde_json::json;

use super::page;
use crate::account::{self, scope};
use crate::area::inspection::find_inspection;
use crate::area::staff::senders::{self, Sender};
use crate::audit;
use crate::db::{DbResult, Tx};
use crate::evidence::{Kind, Whose};
use crate::id::InspectionId;
use crate::review::ReviewState;
use crate::review::needs;
use crate::review::pages::queue::{QueueLine, QueuePage, page as queue_page};
use crate::review::queue::{self, Cursor, Filter, Line, Tab};
use crate::web::{Answer, Problem, Site, Staff};
use crate::words::Speech;

/// What the address says; empty fields of the form count as not chosen.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    tab: String,
    kind: String,
    whose: String,
    role: String,
    sender: String,
    state: String,
    language: String,
    needs: String,
    flag: String,
    new: String,
    after: String,
}

impl Asked {
    fn filter(&self) -> Filter {
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        Filter {
            tab: Tab::parse(&self.tab).unwrap_or_default(),
            kind: Kind::parse(&self.kind),
            whose: Whose::parse(&self.whose),
            role: some(&self.role),
            sender: Sender::parse(&self.sender),
            state: ReviewState::parse(&self.state),
            language: some(&self.language),
            needs: needs::parse(&self.needs),
            flagged: self.flag == "yes",
            unseen: self.new == "yes",
        }
    }
}

/// The address of the same list from another place on.
fn address(path: &str, filter: &Filter, after: Option<&Cursor>) -> String {
    let mut address = format!("{path}?tab={}", filter.tab.name());
    let encode =
        |text: &str| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
    let mut add = |name: &str, value: Option<&str>| {
        if let Some(value) = value {
            address.push_str(&format!("&{name}={}", encode(value)));
        }
    };
    add("kind", filter.kind.map(Kind::name));
    add("whose", filter.whose.map(Whose::name));
    add("role", filter.role.as_deref());
    add("sender", filter.sender.map(Sender::name));
    add("state", filter.state.map(ReviewState::name));
    add("language", filter.language.as_deref());
    add("needs", filter.needs.as_deref());
    add("flag", filter.flagged.then_some("yes"));
    add("new", filter.unseen.then_some("yes"));
    add("after", after.map(Cursor::to_string).as_deref());
    address
}

/// `GET /staff/inspections/{id}/queue`
pub(super) async fn show(
    State(site): State<Site>,
    staff: Staff,
    speech: Speech,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Answer {
    let (inspection, filter, now) = (InspectionId(id), asked.filter(), site.clock.now());
    let mut tx = site.db.write().await?;
    scope::find_place(&mut tx, &staff, &inspection).await?.ok_or(Problem::NotFound)?;
    let detail = json!({ "tab": filter.tab.name(), "narrow": filter.is_narrow() });
    audit::record(&mut tx, now, &staff.actor(), "view_queue", "inspection", inspection.as_str(), detail).await?;
    tx.commit().await?;

    let mut tx = site.db.read().await?;
    let head = find_inspection(&mut tx, &inspection).await?.ok_or(Problem::NotFound)?;
    let after = Cursor::parse(&asked.after);
    let found = queue::list(&mut tx, &inspection, &staff.id, &filter, &after, now).await?;
    let path = account::door::queue_of(&inspection);
    let shown = QueuePage {
        counts: queue::count(&mut tx, &inspection, &staff.id, now).await?,
        left: queue::measure_left(&mut tx, &inspection, &staff.id, now).await?,
        senders: senders::count(&mut tx, &inspection, &staff.id).await?,
        needs: needs::count(&mut tx, &inspection, &staff.id, now).await?,
        unchecked: needs::count_unchecked(&mut tx, &inspection, &staff.id).await?,
        languages: queue::list_languages(&mut tx, &inspection, &staff.id).await?,
        lines: fill(&mut tx, &site, found.lines).await?,
        next: found.next.map(|next| address(&path, &filter, Some(&next))),
        start: (!asked.after.is_empty()).then(|| address(&path, &filter, None)),
        path,
        head,
        filter,
    };
    let title = speech.fill("queue.title", &[("inspection", &shown.head.title)]);
    Ok(page(&mut tx, &site, speech, &staff, title, queue_page(speech, &shown)).await?.into_response())
}

async fn fill(tx: &mut Tx, site: &Site, lines: Vec<Line>) -> DbResult<Vec<QueueLine>> {
    let mut filled = Vec::with_capacity(lines.len());
    for line in lines {
        let kinds = queue::list_kinds(tx, &line.submission_id).await?;
        let claimed_by = match (&line.claimed_by, line.state) {
            (Some(staff), ReviewState::Claimed) => Some(account::store::name_of(tx, &site.keys, staff).await?),
            _ => None,
        };
        let needs = needs::list_languages(tx, &line.submission_id).await?;
        filled.push(QueueLine { line, kinds, needs, claimed_by });
    }
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_goes_on_with_the_same_filters() {
        let filter = Filter { tab: Tab::All, language: Some("zh-Hant".to_owned()), flagged: true, ..Filter::default() };
        let after = Cursor::parse("17.abc");
        let expected = "/q?tab=all&language=zh%2DHant&flag=yes&after=17%2Eabc";
        assert_eq!(address("/q", &filter, Some(&after)), expected);
    }
}
