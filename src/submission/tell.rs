//! `GET /tell`: the list of things to tell us, with how far each is; and two small pages beside it, the draft's name and
//! "This is my own phone".

use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use maud::{Markup, html};

use super::answers::how;
use super::card::CARD;
use super::store::{self, Answers, Submission};
use super::{Field as Sealed, code_page, communicate, copy};
use crate::evidence::film::routes::PEOPLE;
use crate::evidence::say::routes::SAY;
use crate::evidence::{self, Kind, store::Item};
use crate::html::{self, Door, Field, Page, Step};
use crate::storage::keys::SubmissionKey;
use crate::web::{Answer, Form, Problem, Site, Submitter, door, visit};
use crate::words::Speech;

/// Most letters in a draft's name.
const NAME_LETTERS: usize = 100;

/// How far a draft is: what its list says in words.
#[derive(Debug)]
pub struct Progress {
    row: Submission,
    answers: Answers,
    items: Vec<Item>,
    areas: i64,
    dates: i64,
}

impl Progress {
    async fn load(tx: &mut crate::db::Tx, key: &SubmissionKey, submitter: &Submitter) -> Answer<Progress> {
        let id = &submitter.submission;
        let row = store::find(tx, id).await?.ok_or(Problem::NotFound)?;
        let answers = store::load_answers(tx, key, id).await?;
        let items = evidence::store::list(tx, id).await?;
        let (areas, dates) = store::count_areas_and_dates(tx, id).await?;
        Ok(Progress { row, answers, items, areas, dates })
    }

    /// Whether nothing was told yet: the code is offered before anything else.
    fn is_untouched(&self) -> bool {
        self.answers.is_empty()
            && self.items.is_empty()
            && self.areas == 0
            && self.dates == 0
            && self.row.role.is_none()
            && self.row.area_state == "not_asked"
    }

    fn files(&self) -> usize {
        self.items.iter().filter(|item| item.kind != Kind::Text && item.state.is_had()).count()
    }

    /// Whether a file stopped on its way, or is on its way still.
    fn has_unfinished(&self) -> bool {
        self.items.iter().any(|item| !item.state.is_had())
    }

    fn writings(&self) -> usize {
        self.items.iter().filter(|item| item.kind == Kind::Text).count()
    }

    fn questions(&self) -> usize {
        let (open, closed) = (self.answers.parts(Sealed::Question), self.answers.parts(Sealed::QuestionChoice));
        let mut parts: Vec<i64> = open.chain(closed).map(|(part, _)| part).collect();
        parts.sort_unstable();
        parts.dedup();
        parts.len()
    }

    fn has_any(&self, fields: &[Sealed]) -> bool {
        fields.iter().any(|field| self.answers.some(*field).is_some())
    }
}

/// `GET /tell`
pub async fn show(State(site): State<Site>, submitter: Submitter, speech: Speech) -> Answer<Page> {
    let mut tx = site.db.read().await?;
    let opened = door::open(&site, &mut tx, &submitter).await?;
    let progress = Progress::load(&mut tx, &opened.key, &submitter).await?;
    let code = code_page::of_visit(&mut tx, &submitter).await?;
    let facts = Facts {
        has_name: progress.row.name_sealed.is_some(),
        own_phone: submitter.own_phone,
        days: site.config.settings.draft_days,
        code: code.as_ref(),
    };
    Ok(page(speech, opened.door, &progress, &facts))
}

/// What the list says beside the steps.
struct Facts<'a> {
    has_name: bool,
    own_phone: bool,
    days: i64,
    code: Option<&'a super::code::Code>,
}

fn page(speech: Speech, door: Door, progress: &Progress, facts: &Facts) -> Page {
    let body = html! {
        (html::heading(speech, "tell.title"))
        p.lead { (speech.say("tell.what")) }
        @if progress.is_untouched() { (code_first(speech, facts)) }
        (html::steps(&steps(speech, progress).iter().map(Line::as_step).collect::<Vec<_>>()))
        (html::link_button("/tell/check", speech.say("tell.check")))
        p { (speech.say("tell.check_hint")) }
        @if !progress.is_untouched() { (code_here(speech)) }
        h2 { (speech.say("tell.more_title")) }
        (more(speech, facts))
    };
    Page::new(speech, door, speech.say("tell.tab"), body).path("/tell")
}

/// Before the first answer: the code, and why.
fn code_first(speech: Speech, facts: &Facts) -> Markup {
    html! {
        section aria-labelledby="code-first" {
            h2 id="code-first" { (speech.say("tell.code_first_title")) }
            p { (speech.fill("tell.code_first", &[("days", &facts.days.to_string())])) }
            @if let Some(code) = facts.code { (code_page::card(speech, code, None)) }
            p { a href="/tell/code" { (speech.say("tell.code_ways")) } }
        }
    }
}

/// Later: always within reach, and not on a screen that somebody else may look at.
fn code_here(speech: Speech) -> Markup {
    html::inset(html! {
        h2.card-title { (speech.say("tell.code_title")) }
        p { (speech.say("tell.code")) " " a href="/tell/code" { (speech.say("tell.code_see")) } }
    })
}

fn more(speech: Speech, facts: &Facts) -> Markup {
    let name = if facts.has_name { speech.say("tell.rename") } else { speech.say("tell.name") };
    let phone = if facts.own_phone { speech.say("tell.phone_is_own") } else { speech.say("tell.phone") };
    html::list([
        html! { a href="/tell/name" { (name) } },
        html! { a href="/tell/phone" { (phone) } },
        html! { a href=(copy::COPY) { (speech.say("copy.make")) } },
        html! { a href=(SAY) { (speech.say("say.title")) } },
        html! { a href=(CARD) { (speech.say("card.title")) } },
        html! { a href=(PEOPLE) { (speech.say("film.everybody_title")) } },
        html! { a href="/tell/take-back" { (speech.say("tell.throw_away")) } },
    ])
}

/// One line of the list.
struct Line {
    href: &'static str,
    label: &'static str,
    picture: Option<&'static str>,
    state: String,
    done: bool,
}

impl Line {
    fn as_step(&self) -> Step<'_> {
        Step { href: self.href, label: self.label, picture: self.picture, state: &self.state, done: self.done }
    }
}

fn steps(speech: Speech, progress: &Progress) -> Vec<Line> {
    let said = |done: bool| if done { speech.say("tell.done") } else { speech.say("tell.not_yet") }.to_owned();
    let counted = |count: usize, one: &str, many: &str| match count {
        0 => said(false),
        1 => speech.say(one).to_owned(),
        _ => speech.fill(many, &[("number", &count.to_string())]),
    };
    let (row, files, writings, questions) =
        (&progress.row, progress.files(), progress.writings(), progress.questions());
    let dates = progress.dates.unsigned_abs() as usize;
    let files_state = match (files, progress.has_unfinished()) {
        (_, false) => counted(files, "tell.one_file", "tell.files"),
        (0, true) => speech.say("tell.not_finished").to_owned(),
        (_, true) => {
            format!("{}. {}", counted(files, "tell.one_file", "tell.files"), speech.say("tell.not_finished"))
        }
    };
    let files_done = files > 0 && !progress.has_unfinished();
    let who = row.role.is_some() || row.about.is_some() || row.age_band.is_some() || row.methods != "[]";
    let area = row.area_state != "not_asked";
    let helped = row.helped.is_some() || progress.has_any(&[Sealed::HelpedWho, Sealed::HelpedHow]);
    let card = !communicate::lines(&progress.answers).is_empty();
    let how = how::is_answered(row, &progress.answers);
    let permission = row.quote == "yes" || row.reply == "yes" || row.may_ask == "yes";
    let contact = progress.has_any(&[Sealed::ContactWay, Sealed::ContactAddress, Sealed::ContactSafe]);
    let before = progress.has_any(&[Sealed::Before]);
    let line =
        |href, key, state, done| Line { href, label: speech.say(key), picture: speech.picture(key), state, done };
    vec![
        line("/tell/who", "tell.step.who", said(who), who),
        line("/tell/area", "tell.step.area", said(area), area),
        line("/tell/evidence", "tell.step.evidence", files_state, files_done),
        line("/tell/write", "tell.step.write", counted(writings, "tell.one_writing", "tell.writings"), writings > 0),
        line(
            "/tell/questions",
            "tell.step.questions",
            counted(questions, "tell.one_answer", "tell.answers"),
            questions > 0,
        ),
        line("/tell/communicate", "tell.step.communicate", said(card), card),
        line("/tell/helped", "tell.step.helped", said(helped), helped),
        line("/tell/how", "tell.step.how", said(how), how),
        line("/tell/dates", "tell.step.dates", counted(dates, "tell.one_date", "tell.dates"), dates > 0),
        line(
            "/tell/permission",
            "tell.step.permission",
            if permission { said(true) } else { speech.say("tell.permission_no").to_owned() },
            permission,
        ),
        line(
            "/tell/contact",
            "tell.step.contact",
            if contact { said(true) } else { speech.say("tell.contact_none").to_owned() },
            contact,
        ),
        line("/tell/before", "tell.step.before", said(before), before),
    ]
}

/// `GET /tell/name`
pub async fn ask_name(State(site): State<Site>, submitter: Submitter, speech: Speech) -> Answer<Page> {
    let mut tx = site.db.read().await?;
    let opened = door::open(&site, &mut tx, &submitter).await?;
    let name = store::find(&mut tx, &submitter.submission).await?.and_then(|row| row.name(&opened.key));
    let hidden = door::submitter_fields(&site, &submitter);
    let field = Field::new("name", speech.say("tell.name_field")).hint(speech.say("tell.name_hint"));
    let body = html! {
        (html::heading(speech, "tell.name_title"))
        p { (speech.say("tell.name_what")) }
        (html::form("/tell/name", &hidden, html! {
            (html::text_input(speech, &field.value(name.as_deref().unwrap_or_default())))
            (html::button(speech.say("tell.save")))
        }))
    };
    Ok(Page::new(speech, opened.door, speech.say("tell.name_tab"), body).path("/tell/name").back("/tell"))
}

/// `POST /tell/name`
pub async fn save_name(State(site): State<Site>, submitter: Submitter, form: Form) -> Answer {
    let mut tx = site.db.write().await?;
    let opened = door::open(&site, &mut tx, &submitter).await?;
    let name: String = form.get("name").chars().take(NAME_LETTERS).collect();
    store::save_name(&mut tx, &opened.key, &submitter.submission, &name).await?;
    store::touch(&mut tx, &submitter.submission, site.clock.now()).await?;
    tx.commit().await?;
    Ok(Redirect::to("/tell").into_response())
}

/// `GET /tell/phone`
pub async fn ask_phone(State(site): State<Site>, submitter: Submitter, speech: Speech) -> Answer<Page> {
    let mut tx = site.db.read().await?;
    let opened = door::open(&site, &mut tx, &submitter).await?;
    let hidden = door::submitter_fields(&site, &submitter);
    let chosen = if submitter.own_phone { "yes" } else { "no" };
    let field = Field::new("own_phone", speech.say("tell.phone_question")).hint(speech.say("tell.phone_hint"));
    let choices =
        [html::Choice::new("yes", speech.say("tell.phone_yes")), html::Choice::new("no", speech.say("tell.phone_no"))];
    let body = html! {
        (html::form("/tell/phone", &hidden, html! {
            (html::radios(speech, &field.value(chosen).heading(), &choices))
            (html::button(speech.say("tell.save")))
        }))
    };
    Ok(Page::new(speech, opened.door, speech.say("tell.phone_tab"), body).path("/tell/phone").back("/tell"))
}

/// `POST /tell/phone`
pub async fn save_phone(State(site): State<Site>, submitter: Submitter, form: Form) -> Answer {
    let mut tx = site.db.write().await?;
    visit::record_own_phone(&mut tx, &submitter.visit, form.get("own_phone") == "yes").await?;
    tx.commit().await?;
    Ok(Redirect::to("/tell").into_response())
}
