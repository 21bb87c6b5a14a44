//! What somebody told, line by line: the check page, and looking at it again after sending.
//!
//! What was not answered is shown as not answered, kindly: skipping is fine. A person's own words are shown exactly as
//! they came and are never mixed with ours.

use jiff::civil::Date;
use maud::{Markup, html};

use super::answers::how::{ASKED, Asked};
use super::answers::limits;
use super::answers::questions::Question;
use super::communicate;
use super::store::DatedStep;
use super::whole::{ToldItem, Whole};
use super::{Field, not_safe};
use crate::evidence::device::Answered;
use crate::evidence::language::{Language, for_markup};
use crate::evidence::{Kind, left_out, size::size_in_words};
use crate::html::{self, SummaryRow};
use crate::web::typed_date::TypedDate;
use crate::words::Speech;

/// What was said to one question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// Nothing.
    Nothing,
    /// One of our choices, in our words.
    Ours(String),
    /// Their own words.
    Theirs(String),
}

/// One question, and what was said to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The question, short.
    pub asked: String,
    /// What was said to it: a choice of ours, their own words, or both.
    pub said: Vec<Said>,
}

impl Line {
    /// A question that was answered by choosing.
    pub fn ours(asked: &str, said: Option<String>) -> Line {
        Line { asked: asked.to_owned(), said: vec![said.map_or(Said::Nothing, Said::Ours)] }
    }

    /// A question that was answered in the person's own words.
    pub fn theirs(asked: &str, said: Option<&str>) -> Line {
        let said = said.filter(|said| !said.is_empty());
        Line { asked: asked.to_owned(), said: vec![said.map_or(Said::Nothing, |said| Said::Theirs(said.to_owned()))] }
    }

    /// The same line, with their own words beside the choice.
    pub fn and(mut self, more: Option<&str>) -> Line {
        if let Some(more) = more.filter(|more| !more.is_empty()) {
            self.said.retain(|said| *said != Said::Nothing);
            self.said.push(Said::Theirs(more.to_owned()));
        }
        self
    }

    /// Whether it was answered.
    pub fn is_answered(&self) -> bool {
        self.said.iter().any(|said| *said != Said::Nothing)
    }
}

/// What was told on one page.
#[derive(Clone, Debug)]
pub struct Section {
    /// The page's name, as the list says it: a key of page words.
    pub title: &'static str,
    /// Where it can be changed.
    pub href: &'static str,
    /// What it is, as it continues "Change …": a key of page words. No two on a page are the same.
    pub change: &'static str,
    /// Its lines.
    pub lines: Vec<Line>,
}

impl Section {
    /// Whether anything was answered.
    pub fn is_answered(&self) -> bool {
        self.lines.iter().any(Line::is_answered)
    }
}

/// Everything that was told besides the items, page by page. `today` decides which questions are asked, and how long
/// something without an answer has taken so far.
pub fn sections(speech: Speech, whole: &Whole, today: Date) -> Vec<Section> {
    let section = |title, href, change, lines| Section { title, href, change, lines };
    vec![
        section("tell.step.who", "/tell/who", "check.change_who", who(speech, whole)),
        section("tell.step.area", "/tell/area", "check.change_area", area(speech, whole)),
        section("tell.step.questions", "/tell/questions", "check.change_questions", questions(speech, whole, today)),
        section("tell.step.communicate", "/tell/communicate", "check.change_communicate", my_card(speech, whole)),
        section("tell.step.helped", "/tell/helped", "check.change_helped", helped(speech, whole)),
        section("tell.step.how", "/tell/how", "check.change_how", how(speech, whole)),
        section("tell.step.dates", "/tell/dates", "check.change_dates", dates(speech, whole, today)),
        section("tell.step.permission", "/tell/permission", "check.change_permission", permission(speech, whole)),
        section("tell.step.contact", "/tell/contact", "check.change_contact", contact(speech, whole)),
        section("tell.step.before", "/tell/before", "check.change_before", before(speech, whole)),
    ]
}

/// A section as it stands on a page; with a way to change it where it still can be.
pub fn section_markup(speech: Speech, section: &Section, may_change: bool) -> Markup {
    html! {
        section.told {
            h2 { (html::picture_beside(speech, section.title)) (speech.say(section.title)) }
            @if section.is_answered() {
                (lines_markup(speech, &section.lines))
            } @else {
                p { (speech.say("check.nothing_here")) }
            }
            @if may_change {
                p { a href=(section.href) { (speech.say("frame.change")) " " (speech.say(section.change)) } }
            }
        }
    }
}

/// The pages on which nothing was told, in one short list: they are never hidden, and never in the way of what was told.
pub fn left_out_markup<'a>(speech: Speech, sections: impl Iterator<Item = &'a Section>) -> Markup {
    let left_out: Vec<&Section> = sections.filter(|section| !section.is_answered()).collect();
    html! {
        @if !left_out.is_empty() {
            section.told {
                h2 { (speech.say("check.left_out")) }
                p { (speech.say("check.nothing_here")) }
                ul.list {
                    @for section in left_out {
                        li { a href=(section.href) { (speech.say("frame.change")) " " (speech.say(section.change)) } }
                    }
                }
            }
        }
    }
}

/// What was answered, line by line, and then in one sentence what was not: it is never left out, and never in the way.
fn lines_markup(speech: Speech, lines: &[Line]) -> Markup {
    let (answered, skipped): (Vec<&Line>, Vec<&Line>) = lines.iter().partition(|line| line.is_answered());
    html! {
        @for lines in asked_once(answered) {
            (html::summary_list(speech, lines.into_iter().map(row).collect()))
        }
        @if !skipped.is_empty() {
            p.not-answered { (speech.say("check.not_answered")) }
            ul.not-answered { @for line in skipped { li { (line.asked) } } }
        }
    }
}

fn row(line: &Line) -> SummaryRow<'_> {
    SummaryRow { key: &line.asked, value: said_markup(line), change: None }
}

/// The lines as lists in which nothing is asked twice: what is asked of each thing again begins a list of its own.
fn asked_once(lines: Vec<&Line>) -> Vec<Vec<&Line>> {
    lines.into_iter().fold(Vec::new(), |mut lists: Vec<Vec<&Line>>, line| {
        match lists.last_mut() {
            Some(list) if list.iter().all(|before| before.asked != line.asked) => list.push(line),
            _ => lists.push(vec![line]),
        }
        lists
    })
}

fn said_markup(line: &Line) -> Markup {
    html! {
        @for said in &line.said {
            @match said {
                Said::Nothing => {}
                Said::Ours(text) => { p { (text) } }
                Said::Theirs(text) => { (html::their_words(text, None)) }
            }
        }
    }
}

/// A choice in our words: what the key says, or the name itself where a later list no longer has it.
pub(super) fn chosen(speech: Speech, key: String) -> String {
    match speech.has(&key) {
        true => speech.say(&key).to_owned(),
        false => key.rsplit('.').next().unwrap_or_default().replace('_', " "),
    }
}

fn chosen_in(speech: Speech, group: &str, name: Option<&str>) -> Option<String> {
    name.filter(|name| !name.is_empty()).map(|name| chosen(speech, format!("{group}.{name}")))
}

/// A date as it was typed: "14 May 2026", "May 2026", "2026".
pub(super) fn day(text: Option<&str>) -> Option<String> {
    text.map(|text| TypedDate::from_text(text).in_words()).filter(|words| !words.is_empty())
}

fn who(speech: Speech, whole: &Whole) -> Vec<Line> {
    let (row, answers) = (&whole.row, &whole.answers);
    let methods: Vec<String> =
        row.methods().iter().filter_map(|method| chosen_in(speech, "who.method_is", Some(method))).collect();
    let methods = (!methods.is_empty()).then(|| methods.join(", "));
    vec![
        Line::ours(speech.say("check.role"), chosen_in(speech, "who.role_is", row.role.as_deref()))
            .and(answers.some(Field::RoleOther)),
        Line::ours(speech.say("check.about"), chosen_in(speech, "who.about_is", row.about.as_deref()))
            .and(answers.some(Field::SubjectName)),
        Line::ours(speech.say("check.age"), chosen_in(speech, "who.age_is", row.age_band.as_deref())),
        Line::ours(speech.say("check.methods"), methods)
            .and(answers.some(Field::MethodsOther))
            .and(answers.some(Field::MethodsMore)),
    ]
}

fn area(speech: Speech, whole: &Whole) -> Vec<Line> {
    let mut lines: Vec<Line> = whole
        .areas
        .iter()
        .map(|area| {
            let asked = match area.relation.as_str() {
                "responsible" => speech.say("check.area_other"),
                _ => speech.say("check.area_one"),
            };
            Line::ours(asked, Some(area.name.clone()))
        })
        .collect();
    if lines.is_empty() {
        let not_known = (whole.row.area_state == "not_known").then(|| speech.say("check.area_not_known").to_owned());
        lines.push(Line::ours(speech.say("check.area_one"), not_known).and(whole.answers.some(Field::AreaWords)));
    }
    if whole.row.place_hidden {
        lines.push(Line::ours(speech.say("check.hidden"), Some(speech.say("check.yes").to_owned())));
    }
    lines
}

/// The questions that are asked today, and those that were answered when they were asked.
fn questions(speech: Speech, whole: &Whole, today: Date) -> Vec<Line> {
    let asked_today: Vec<i64> = Question::on(today).map(|question| question.number).collect();
    let safe = whole.answers.parts(Field::NotSafe).filter_map(|(_, said)| not_safe::in_words(speech, said));
    let safe = safe.map(|said| Line::ours(speech.say("not_safe.ask"), Some(said.to_owned())));
    let standard = Question::all()
        .iter()
        .flat_map(|question| {
            let choice = whole.answers.part(Field::QuestionChoice, question.number);
            let line =
                Line::ours(speech.say(&question.words("ask")), chosen_in(speech, "question.answer", Some(choice)))
                    .and(Some(whole.answers.part(Field::Question, question.number)));
            let asked = whole.answers.part(Field::QuestionAsked, question.number);
            let asked = (!asked.is_empty()).then(|| Line::theirs(&asked_this_way(speech, question), Some(asked)));
            std::iter::once(line).chain(asked).map(|line| (question.number, line))
        })
        .filter(|(number, line)| line.is_answered() || asked_today.contains(number))
        .map(|(_, line)| line);
    safe.chain(standard).collect()
}

/// What stands before how somebody who helped put a question: it names the question, so that no two lines are alike.
fn asked_this_way(speech: Speech, question: &Question) -> String {
    speech.fill("check.asked_this_way", &[("question", speech.say(&question.words("ask")))])
}

/// Lines for sealed answers in the person's own words, where there are any.
fn own_words(speech: Speech, whole: &Whole, fields: &[(&str, Field)]) -> Vec<Line> {
    let lines = fields.iter().filter_map(|(key, field)| Some((speech.say(key), whole.answers.some(*field)?)));
    lines.map(|(asked, said)| Line::theirs(asked, Some(said))).collect()
}

fn my_card(speech: Speech, whole: &Whole) -> Vec<Line> {
    let said = communicate::lines(&whole.answers);
    let mut lines: Vec<Line> = said.iter().map(|(key, text)| Line::theirs(speech.say(key), Some(*text))).collect();
    if !lines.is_empty() {
        let again = if whole.answers.get(Field::CardAgain) == "yes" { "check.yes" } else { "check.no" };
        lines.push(Line::ours(speech.say("check.card_again"), Some(speech.say(again).to_owned())));
    }
    lines
}

fn helped(speech: Speech, whole: &Whole) -> Vec<Line> {
    let mut lines =
        vec![Line::ours(speech.say("check.helped"), chosen_in(speech, "who.helped_is", whole.row.helped.as_deref()))];
    lines.extend(own_words(
        speech,
        whole,
        &[
            ("check.helped_who", Field::HelpedWho),
            ("check.helped_how", Field::HelpedHow),
            ("check.helped_did_not", Field::HelpedDidNot),
            ("check.helped_there", Field::WhoWasThere),
            ("check.advocate_from", Field::AdvocateFrom),
            ("check.advocate_paid_by", Field::AdvocatePaidBy),
        ],
    ));
    lines.extend(closed(speech, whole, &[("check.advocate_chosen", Field::AdvocateInstructed)]));
    lines.extend(closed(speech, whole, &[("helped.advocate_told", Field::AdvocateTold)]));
    lines.extend(own_words(
        speech,
        whole,
        &[
            ("check.advocate_since", Field::AdvocateSince),
            ("helped.asked_how", Field::AskedHow),
            ("helped.offered", Field::OfferedChoices),
        ],
    ));
    let offered = [("helped.offered_none", Field::OfferedNone), ("helped.offered_dont_know", Field::OfferedDontKnow)];
    lines.extend(closed(speech, whole, &offered));
    let shown = [("helped.showed", Field::Showed), ("helped.checked_back", Field::CheckedBack)];
    lines.extend(own_words(speech, whole, &shown));
    lines
}

/// Lines for yes, no and not sure, where one was chosen.
fn closed(speech: Speech, whole: &Whole, fields: &[(&str, Field)]) -> Vec<Line> {
    let lines = fields.iter().filter_map(|(key, field)| Some((speech.say(key), whole.answers.some(*field)?)));
    lines.map(|(asked, said)| Line::ours(asked, chosen_in(speech, "helped.chosen", Some(said)))).collect()
}

fn how(speech: Speech, whole: &Whole) -> Vec<Line> {
    let line = |asked: &Asked| {
        let chosen = asked.chosen(&whole.row, &whole.answers);
        Line::ours(speech.say(&asked.words()), chosen_in(speech, &asked.choice_words(), chosen))
            .and(asked.more.and_then(|more| whole.answers.some(more)))
    };
    ASKED.iter().map(line).collect()
}

fn dates(speech: Speech, whole: &Whole, today: Date) -> Vec<Line> {
    let mut lines = own_words(speech, whole, &[("check.happened", Field::Happened)]);
    for (key, field) in [("check.happened_from", Field::HappenedFrom), ("check.happened_to", Field::HappenedTo)] {
        if let Some(said) = day(whole.answers.some(field)) {
            lines.push(Line::ours(speech.say(key), Some(said)));
        }
    }
    for step in &whole.dates {
        lines.extend(dated(speech, step, today));
    }
    lines
}

fn dated(speech: Speech, step: &DatedStep, today: Date) -> Vec<Line> {
    let rule = match step.rule.as_str() {
        "other" => speech.say("check.other_rule").to_owned(),
        rule => chosen(speech, format!("dates.rule_is.{rule}")),
    };
    let outcome = step.outcome.as_ref().map(|outcome| chosen(speech, format!("dates.outcome_{outcome}")));
    let time = limits::sentences(speech, step, today).join(" ");
    let mut lines = vec![
        Line::ours(speech.say("check.rule"), Some(rule)).and(step.what.as_deref()),
        Line::ours(speech.say("check.asked"), day(step.asked_on.as_deref())),
        Line::ours(speech.say("check.outcome"), outcome),
        Line::ours(speech.say("check.answered"), day(step.answered_on.as_deref())),
        Line::theirs(speech.say("check.how_known"), step.how_known.as_deref()),
    ];
    if !time.is_empty() {
        lines.push(Line::ours(speech.say("check.took"), Some(time)));
    }
    lines
}

fn permission(speech: Speech, whole: &Whole) -> Vec<Line> {
    let yes_no =
        |value: &str| Some(if value == "yes" { speech.say("check.yes") } else { speech.say("check.no") }.to_owned());
    vec![
        Line::ours(speech.say("check.quote"), yes_no(&whole.row.quote)),
        Line::ours(speech.say("check.may_ask"), yes_no(&whole.row.may_ask)),
        Line::ours(speech.say("check.reply"), yes_no(&whole.row.reply)).and(whole.answers.some(Field::PermissionMore)),
        Line::ours(
            speech.say("check.decides"),
            chosen_in(speech, "permission.decides_is", whole.answers.some(Field::Decides)),
        ),
    ]
}

fn contact(speech: Speech, whole: &Whole) -> Vec<Line> {
    let choice = |key: &str, field: Field, group: &str| {
        let said = whole.answers.some(field)?;
        Some(Line::ours(speech.say(key), Some(chosen(speech, format!("{group}_{said}")))))
    };
    let way = choice("check.contact_way", Field::ContactWay, "contact.way");
    let mut lines = vec![way.unwrap_or_else(|| {
        Line::ours(speech.say("check.contact_way"), Some(speech.say("check.contact_none").to_owned()))
    })];
    lines.extend(choice("check.contact_safe", Field::ContactSafe, "contact.safe"));
    lines.extend(own_words(
        speech,
        whole,
        &[
            ("check.contact_address", Field::ContactAddress),
            ("check.contact_name", Field::ContactName),
            ("check.contact_more", Field::ContactMore),
        ],
    ));
    lines.extend(choice("check.contact_news", Field::ContactNews, "contact.news"));
    lines
}

/// Whether they told us before.
fn before(speech: Speech, whole: &Whole) -> Vec<Line> {
    let said = chosen_in(speech, "before.is", whole.answers.some(Field::Before));
    vec![Line::ours(speech.say("check.before_now"), said).and(whole.answers.some(Field::BeforeReference))]
}

/// What is called by a name on pages: the file's name, or what kind of thing it is.
pub fn item_name(speech: Speech, told: &ToldItem) -> String {
    match (&told.name, told.item.kind) {
        (Some(name), _) => name.clone(),
        (None, kind) => speech.say_in("evidence.kind", kind.name()).to_owned(),
    }
}

/// What is known of an item, line by line.
pub fn item_lines(speech: Speech, told: &ToldItem) -> Vec<Line> {
    let (item, voice) = (&told.item, told.item.voice());
    let say = |group: &str, name: Option<&'static str>| name.map(|name| speech.say_in(group, name).to_owned());
    let language = item.language.as_deref().map(|tag| Language::find(tag).map_or(tag.to_owned(), Language::label));
    let mut lines = Vec::new();
    if let Some(left_out) = told.left_out {
        lines.push(Line::ours(speech.say("inside.you_left_out"), Some(left_out::in_words(speech, left_out))));
    }
    if item.kind != Kind::Text {
        lines.push(Line::theirs(speech.say("item.what"), told.what.as_deref()));
    }
    if let Some(words) = &told.written_down {
        lines.push(Line::theirs(speech.say("write_down.words"), Some(words)));
    }
    lines.push(Line::ours(speech.say("item.whose"), say("item.whose_is", voice.whose.map(|whose| whose.name()))));
    lines.push(Line::ours(
        speech.say("item.reached"),
        say("item.reached_by_way", voice.reached.map(|reached| reached.name())),
    ));
    if let Some(by) = voice.by {
        lines.push(Line::ours(speech.say("item.reached_by"), say("item.reached_by_whom", Some(by.name()))));
    }
    lines.push(Line::ours(speech.say("item.language"), language));
    lines.push(
        Line::ours(speech.say("item.assent"), say("item.assent_is", item.assent().map(|assent| assent.name())))
            .and(told.assent_how.as_deref()),
    );
    if let Some(on) = day(item.assent_on.as_deref()) {
        lines.push(Line::ours(speech.say("item.assent_on"), Some(on)));
    }
    for (asked, answered) in told.device.iter().flat_map(|device| device.lines(speech)) {
        lines.push(match answered {
            Answered::Nothing => Line::ours(speech.say(asked), None),
            Answered::Ours(words) => Line::ours(speech.say(asked), Some(words.to_owned())),
            Answered::Theirs(words) => Line::theirs(speech.say(asked), Some(words)),
        });
    }
    let days = told.days.clone().unwrap_or_default();
    if let Some(given) = day(days.given.as_deref()) {
        lines.push(Line::ours(speech.say("item.given"), Some(given)));
    }
    for (number, (on, what)) in days.in_words().into_iter().enumerate() {
        let asked = speech.fill("item.session_day", &[("number", &(number + 1).to_string())]);
        lines.push(Line::ours(&asked, (!on.is_empty()).then_some(on)).and(Some(what)));
    }
    lines
}

/// An item with everything that is known of it. `beside` is what stands under its name: its state, ways to change it.
pub fn item_markup(speech: Speech, told: &ToldItem, beside: &Markup) -> Markup {
    let name = item_name(speech, told);
    let title = html! {
        (speech.fill("check.item_number", &[("number", &told.item.number.to_string())])) " " bdi { (name) }
    };
    let body = html! {
        (html::with_picture(speech, &format!("evidence.kind.{}", told.item.kind.name()), html! {
            p {
                (speech.say_in("evidence.kind", told.item.kind.name()))
                @if let Some(length) = told.item.length.filter(|_| told.item.kind != Kind::Text) {
                    ", " (size_in_words(length.unsigned_abs()))
                }
            }
        }))
        (beside)
        @if let Some(text) = &told.text { (html::their_words(text, for_markup(told.item.language.as_deref()))) }
        (lines_markup(speech, &item_lines(speech, told)))
    };
    html::card(3, title, body)
}
