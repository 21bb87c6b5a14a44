//! A whole document: what stands around every page's own body.
//!
//! WCAG 2.4.1 (skip link), 2.4.2 (title), 3.1.1 (language), 3.2.3 and 3.2.6 (the same things in the same place on every
//! page), 2.4.8 ("Not sent yet" says where you are). The header has one control, the way to leave; nothing stands next
//! to it that could be pressed by mistake.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use percent_encoding::AsciiSet;

use super::assets;
use super::picture::picture_beside;
use super::{read_aloud, signed};
use crate::words::signed::Video;
use crate::words::{Speech, Wording, marks};

/// How far the submission is, as the bar under the header says it.
#[derive(Clone, Debug, Default)]
pub enum Status {
    /// Nothing to say.
    #[default]
    None,
    /// A draft: "Not sent yet. Nobody has read this." With the name its owner gave it, if any.
    NotSent(Option<String>),
    /// Sent, with its reference.
    Sent(String),
}

/// Through which door the reader came.
#[derive(Clone, Debug)]
pub enum Door {
    /// Anybody: start, help and so on.
    Public,
    /// Somebody with a draft or a sent submission open.
    Submitter {
        /// Hidden fields for the forms that leave (form token and draft).
        hidden: Markup,
        /// How far it is.
        status: Status,
    },
    /// A member of staff.
    Staff {
        /// Who is signed in; nobody on the pages that sign in.
        name: Option<String>,
        /// Links of the staff pages: address and name.
        links: Vec<(String, String)>,
        /// Hidden fields for signing out.
        hidden: Markup,
    },
}

/// A page before it is a document.
#[derive(Clone, Debug)]
pub struct Page {
    /// The words.
    pub speech: Speech,
    /// The title, as the browser's tab shows it: neutral, because others may see it.
    pub title: String,
    /// Through which door the reader came.
    pub door: Door,
    /// The page's own content, with its one `h1`.
    pub body: Markup,
    /// The page's address without host, for coming back after changing the wording: `/tell/who`. None on pages that
    /// answer a POST elsewhere.
    pub path: Option<String>,
    /// Where "Back" leads.
    pub back: Option<String>,
    /// Whether a POST failed; the title then begins with "Error".
    pub problem: bool,
    /// Whether the title stands alone, without our name: for pages that people print or save, because the title becomes
    /// the name of the file.
    pub neutral: bool,
    /// Our own modules that add to the page: names in `assets/js`, such as `upload`.
    pub scripts: Vec<&'static str>,
}

impl Page {
    /// A page with this title and body.
    pub fn new(speech: Speech, door: Door, title: impl Into<String>, body: Markup) -> Page {
        let (path, back, scripts) = (None, None, Vec::new());
        Page { speech, title: title.into(), door, body, path, back, problem: false, neutral: false, scripts }
    }

    /// With its own address, so that changing the wording comes back here.
    pub fn path(self, path: impl Into<String>) -> Page {
        Page { path: Some(path.into()), ..self }
    }

    /// With a way back.
    pub fn back(self, href: impl Into<String>) -> Page {
        Page { back: Some(href.into()), ..self }
    }

    /// As the answer to a POST that failed, if it did.
    pub fn problem(self, problem: bool) -> Page {
        Page { problem, ..self }
    }

    /// With nothing of ours in the title.
    pub fn neutral(self) -> Page {
        Page { neutral: true, ..self }
    }

    /// With one of our modules, by its name in `assets/js`.
    pub fn script(mut self, name: &'static str) -> Page {
        self.scripts.push(name);
        self
    }

    /// The whole document. In another language than English, what is still said in English is marked as English.
    pub fn render(&self) -> Markup {
        let page = self.document();
        match self.speech.is_translated() {
            // Nothing is taken out of its escaping: marks become spans, and the rest stays as it is.
            true => PreEscaped(marks::show(&page.into_string())),
            false => page,
        }
    }

    fn document(&self) -> Markup {
        let speech = self.speech;
        let look = |name: &str| speech.look().changed(name);
        let (sound, video) = (self.sound(), self.video());
        let plays = (sound.is_some() || video.is_some()).then_some("read");
        html! {
            (DOCTYPE)
            html lang=(speech.language()) dir=(speech.direction()) data-size=[look("size")] data-colours=[look("colours")]
                data-spacing=[look("spacing")] data-font=[look("font")] {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="format-detection" content="telephone=no";
                    meta name="robots" content=(if matches!(self.door, Door::Public) { "index" } else { "noindex" });
                    meta name="color-scheme" content="light";
                    title { (self.full_title()) }
                    @if let Some(style) = assets::find_address("css/heard.css") {
                        link rel="stylesheet" href=(style);
                    }
                    @if let Some(icon) = assets::find_address("pictures/heard.svg") {
                        link rel="icon" type="image/svg+xml" href=(icon);
                    }
                    @for name in self.scripts.iter().copied().chain(plays) {
                        @if let Some(address) = assets::find_address(&format!("js/{name}.js")) {
                            script type="module" src=(address) {}
                        }
                    }
                }
                body class=(self.body_class()) {
                    a.skip href="#main" { (speech.say("frame.skip")) }
                    header {
                        (self.header())
                        (self.status())
                        @if self.offers_wordings() {
                            (language_switch(speech, self.path.as_deref()))
                            (wording_switch(speech, self.path.as_deref()))
                            (look_link(speech, self.path.as_deref()))
                        }
                    }
                    main.main id="main" {
                        @if let Some(back) = &self.back {
                            p.back { a href=(back) { (speech.say("frame.back")) } }
                        }
                        @if let Some(sound) = &sound { (read_aloud::of_page(speech, sound)) }
                        @if let Some(video) = video { (signed::of_page(speech, video)) }
                        (self.body)
                    }
                    (self.finish())
                    (self.footer())
                }
            }
        }
    }

    /// The address of what a voice says of this page; staff pages are not read aloud.
    fn sound(&self) -> Option<String> {
        match self.door {
            Door::Staff { .. } => None,
            Door::Public | Door::Submitter { .. } => read_aloud::sound_of(self.speech, &self.body),
        }
    }

    /// This page in British Sign Language, where there is a video of it.
    fn video(&self) -> Option<&'static Video> {
        match self.door {
            Door::Staff { .. } => None,
            Door::Public | Door::Submitter { .. } => self.speech.signed(self.path.as_deref()?),
        }
    }

    fn full_title(&self) -> String {
        if self.neutral {
            return self.title.clone();
        }
        let name = self.speech.say("frame.name");
        let error = if self.problem { self.speech.say("frame.error_word") } else { "" };
        format!("{error} {} – {name}", self.title).trim_start().to_owned()
    }

    fn body_class(&self) -> &'static str {
        match (&self.door, self.speech.wording()) {
            (Door::Staff { .. }, _) => "staff",
            (_, Wording::Pictures) => "public pictures",
            _ => "public",
        }
    }

    /// Changing the wording leaves the page, so it is offered where coming back is possible.
    fn offers_wordings(&self) -> bool {
        self.path.is_some() && !matches!(self.door, Door::Staff { .. })
    }

    fn header(&self) -> Markup {
        let speech = self.speech;
        html! {
            div.header {
                div.header-in {
                    div.name {
                        @if let Some(mark) = assets::find_address("pictures/heard.svg") {
                            img.mark src=(mark) alt="" width="40" height="40";
                        }
                        (speech.say("frame.name"))
                    }
                    @match &self.door {
                        Door::Public => { (leave_form(speech, &html! {})) }
                        Door::Submitter { hidden, .. } => { (leave_form(speech, hidden)) }
                        Door::Staff { name, .. } => {
                            @if let Some(name) = name { p.who { bdi { (name) } } }
                        }
                    }
                }
            }
            @if let Door::Staff { links, name: Some(_), hidden } = &self.door { (staff_bar(speech, links, hidden)) }
        }
    }

    fn status(&self) -> Markup {
        let speech = self.speech;
        let Door::Submitter { status, .. } = &self.door else { return html! {} };
        html! {
            @match status {
                Status::None => {}
                Status::NotSent(name) => {
                    div.status {
                        p {
                            strong { (speech.say("frame.not_sent")) } " " (speech.say("frame.nobody_read"))
                            @if let Some(name) = name {
                                " " span.no-print { (speech.say("frame.draft_name")) " " bdi { (name) } }
                            }
                        }
                    }
                }
                Status::Sent(reference) => {
                    div.status.status-sent {
                        p { strong { (speech.say("frame.sent")) } " " (speech.say("frame.reference")) " " span.reference { (reference) } }
                    }
                }
            }
        }
    }

    /// "Finish on this phone", except on the page where that is asked.
    fn finish(&self) -> Markup {
        match &self.door {
            Door::Submitter { hidden, .. } if self.path.as_deref() != Some("/finish") => {
                finish_form(self.speech, hidden)
            }
            _ => html! {},
        }
    }

    fn footer(&self) -> Markup {
        let speech = self.speech;
        html! {
            footer.footer {
                div.footer-in {
                    @if !matches!(self.door, Door::Staff { .. }) {
                        nav aria-label=(speech.say("frame.footer_nav")) {
                            ul.footer-links {
                                @for (href, key) in FOOTER { li { a href=(href) { (speech.say(key)) } } }
                            }
                        }
                    }
                    @if matches!(self.door, Door::Staff { .. }) { (look_link(speech, self.path.as_deref().or(Some("/staff")))) }
                    p { (speech.say("frame.not_official")) }
                }
            }
        }
    }
}

impl axum::response::IntoResponse for Page {
    fn into_response(self) -> axum::response::Response {
        self.render().into_response()
    }
}

/// The same links on every page, in the same order (WCAG 3.2.6).
const FOOTER: [(&str, &str); 8] = [
    ("/help", "frame.to_help"),
    ("/who-can-help", "frame.to_who_can_help"),
    ("/what-is-an-inspection", "frame.to_inspection"),
    ("/questions", "frame.to_questions"),
    ("/privacy", "frame.to_privacy"),
    ("/safe-phone", "frame.to_safe_phone"),
    ("/accessibility", "frame.to_accessibility"),
    ("/", "frame.to_start"),
];

/// "Leave this site quickly": a real form, so that it works without script.
fn leave_form(speech: Speech, hidden: &Markup) -> Markup {
    html! {
        form.leave action="/leave" method="post" {
            (hidden)
            button.leave-button type="submit" name="how" value="quickly" { (speech.say("frame.leave")) }
        }
    }
}

/// "Finish on this phone": at the end of the page, away from everything else.
fn finish_form(speech: Speech, hidden: &Markup) -> Markup {
    html! {
        aside.finish aria-labelledby="finish-title" {
            h2 id="finish-title" { (picture_beside(speech, "frame.finish_title")) (speech.say("frame.finish_title")) }
            p { (speech.say("frame.finish_text")) }
            form action="/leave" method="post" {
                (hidden)
                p.button-line {
                    button.button.button-second type="submit" name="how" value="finish" {
                        (picture_beside(speech, "frame.finish")) (speech.say("frame.finish"))
                    }
                }
            }
        }
    }
}

/// Where the reader chooses how pages look.
pub const LOOK: &str = "/look";

/// What is spelled out in a query: all but letters, digits, and what RFC 3986 (2.3 and 3.4) lets stand as it is.
const IN_A_QUERY: &AsciiSet =
    &percent_encoding::NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// That page's address, with where the reader comes back to, and what was changed just now.
pub fn look_address(back: &str, now: &str) -> String {
    let back = percent_encoding::utf8_percent_encode(back, IN_A_QUERY);
    match now {
        "" => format!("{LOOK}?back={back}"),
        now => format!("{LOOK}?back={back}&now={now}"),
    }
}

/// The way to the page on which the reader chooses how pages look; not on that page itself.
fn look_link(speech: Speech, path: Option<&str>) -> Markup {
    let path = path.unwrap_or("/");
    html! {
        @if !path.starts_with(LOOK) {
            p.look { a href=(look_address(path, "")) { (picture_beside(speech, "look.to_look")) (speech.say("look.to_look")) } }
        }
    }
}

/// The choice of wording: one line, opened by those who want it; open on the start page.
fn wording_switch(speech: Speech, path: Option<&str>) -> Markup {
    let path = path.unwrap_or("/");
    html! {
        div.wording {
            details open[path == "/"] {
                summary { (speech.say("frame.wording_title")) }
                form action="/wording" method="post" {
                    input type="hidden" name="back" value=(path);
                    @if path != "/" { p { (speech.say("frame.wording_save_first")) } }
                    ul.wording-list {
                        @for wording in Wording::ALL {
                            li {
                                @if wording == speech.wording() {
                                    p.wording-now { (speech.say(&format!("frame.in_{}", wording.name()))) " " (speech.say("frame.wording_now")) }
                                } @else {
                                    button.button.button-second type="submit" name="wording" value=(wording.name()) {
                                        (speech.say(&format!("frame.in_{}", wording.name())))
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The choice of language, where there is one: each is named in itself, so that whoever needs it can read it.
fn language_switch(speech: Speech, path: Option<&str>) -> Markup {
    if speech.offered().len() < 2 {
        return html! {};
    }
    let path = path.unwrap_or("/");
    html! {
        div.wording.languages {
            details open[path == "/"] {
                summary {
                    (speech.say("frame.language_title"))
                    @for one in speech.offered() { " " bdi lang=(one.tag) { (one.own) } }
                }
                form action="/wording" method="post" {
                    input type="hidden" name="back" value=(path);
                    @if path != "/" { p { (speech.say("frame.wording_save_first")) } }
                    ul.wording-list {
                        @for one in speech.offered() {
                            li {
                                @if one.tag == speech.language() {
                                    p.wording-now { bdi lang=(one.tag) { (one.own) } " " (speech.say("frame.wording_now")) }
                                } @else {
                                    button.button.button-second type="submit" name="language" value=(one.tag) {
                                        bdi lang=(one.tag) dir=(one.direction) { (one.own) }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn staff_bar(speech: Speech, links: &[(String, String)], hidden: &Markup) -> Markup {
    html! {
        div.staff-bar {
            nav aria-label=(speech.say("frame.staff_nav")) {
                ul { @for (href, name) in links { li { a href=(href) { (name) } } } }
            }
            form action="/staff/sign-out" method="post" {
                (hidden)
                button.button.button-second type="submit" { (speech.say("frame.sign_out")) }
            }
        }
    }
}
