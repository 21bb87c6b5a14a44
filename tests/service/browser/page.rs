//! A page as a person meets it: its heading, its words, its links, its forms.

use std::rc::Rc;

use hyper::HeaderMap;
use hyper::header::{CONTENT_TYPE, LOCATION};

use super::filling::Filling;
use super::tree::{self, Element, Tree};

/// What the browser shows.
#[derive(Clone, Debug)]
pub struct Page {
    /// The status that came with it.
    pub status: u16,
    /// Where it is: path and query.
    pub url: String,
    /// The headers that came with it.
    pub headers: HeaderMap,
    /// The bytes of the answer.
    pub body: bytes::Bytes,
    tree: Rc<Tree>,
}

impl Page {
    /// Reads an answer.
    pub fn new(status: u16, url: String, headers: HeaderMap, body: bytes::Bytes) -> Page {
        let html = is_html(&headers).then(|| String::from_utf8(body.to_vec()).expect("a page is UTF-8"));
        let page = Page { status, url, headers, body, tree: tree::read(html.as_deref().unwrap_or_default()) };
        if html.is_some() {
            super::always::check(&page);
        }
        page
    }

    /// Whether this is an HTML page (and not a download).
    pub fn is_html(&self) -> bool {
        is_html(&self.headers)
    }

    /// A header, as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Where a redirect leads.
    pub fn leads_to(&self) -> Option<&str> {
        self.header(LOCATION.as_str())
    }

    /// The path without the query.
    pub fn path(&self) -> &str {
        self.url.split('?').next().unwrap_or_default()
    }

    /// Every element, in the order of the page.
    pub fn elements(&self) -> Vec<Element> {
        tree::elements(&self.tree)
    }

    /// The elements with this tag.
    pub fn all(&self, tag: &str) -> Vec<Element> {
        self.elements().into_iter().filter(|element| element.tag() == tag).collect()
    }

    /// The page's title, as the browser's tab shows it.
    pub fn title(&self) -> String {
        self.all("title").first().map(Element::text).unwrap_or_default()
    }

    /// The page's heading: its one `h1`.
    pub fn heading(&self) -> String {
        self.all("h1").first().map(Element::text).unwrap_or_default()
    }

    /// Every heading, in the order of the page.
    pub fn headings(&self) -> Vec<String> {
        let headings = self.elements().into_iter().filter(|element| matches!(element.tag(), "h1" | "h2" | "h3" | "h4"));
        headings.map(|heading| heading.text()).collect()
    }

    /// Everything that can be read on the page, with white space folded.
    pub fn text(&self) -> String {
        self.all("body").first().map(Element::text).unwrap_or_default()
    }

    /// Whether these words can be read on the page.
    pub fn says(&self, words: &str) -> bool {
        self.text().contains(&tree::fold(words))
    }

    /// Goes on only where these words can be read on the page.
    #[track_caller]
    pub fn must_say(&self, words: &str) -> &Page {
        assert!(self.says(words), "{} does not say “{words}”. It says:\n{}", self.url, self.text());
        self
    }

    /// Goes on only where these words cannot be read on the page.
    #[track_caller]
    pub fn must_not_say(&self, words: &str) -> &Page {
        assert!(!self.says(words), "{} says “{words}”. It says:\n{}", self.url, self.text());
        self
    }

    /// Goes on only where the page is here, with this status.
    #[track_caller]
    pub fn must_be(&self, path: &str, status: u16) -> &Page {
        assert_eq!((self.path(), self.status), (path, status), "the page says:\n{}", self.text());
        self
    }

    /// Where the link with this name leads.
    #[track_caller]
    pub fn link(&self, name: &str) -> String {
        let links = self.links();
        let exact = links.iter().find(|(link, _)| link == name);
        match exact.or_else(|| links.iter().find(|(link, _)| link.contains(name))) {
            Some((_, address)) => address.clone(),
            None => panic!("{} has no link “{name}”. Its links: {links:#?}", self.url),
        }
    }

    /// Whether there is a link whose name has these words.
    pub fn has_link(&self, name: &str) -> bool {
        self.links().iter().any(|(link, _)| link.contains(name))
    }

    /// Every link: its name and where it leads.
    pub fn links(&self) -> Vec<(String, String)> {
        let links = self.all("a").into_iter();
        links.filter_map(|link| Some((link.name(), link.attribute("href")?.to_owned()))).collect()
    }

    /// The names of every button that sends a form.
    pub fn buttons(&self) -> Vec<String> {
        self.elements().iter().filter(|element| element.sends()).map(Element::name).collect()
    }

    /// Whether there is a button whose name has these words.
    pub fn has_button(&self, name: &str) -> bool {
        self.buttons().iter().any(|button| button.contains(name))
    }

    /// The form that the button with this name sends, to be filled in. Pressing that button is `browser.press(filling)`.
    #[track_caller]
    pub fn form(&self, button: &str) -> Filling {
        let buttons: Vec<Element> = self.elements().into_iter().filter(Element::sends).collect();
        let exact = buttons.iter().find(|element| element.name() == button);
        match exact.or_else(|| buttons.iter().find(|element| element.name().contains(button))) {
            Some(button) => Filling::new(self, button),
            None => panic!("{} has no button “{button}”. Its buttons: {:?}\n{}", self.url, self.buttons(), self.text()),
        }
    }

    /// The form that goes to this address, with its first button: for addresses that are a contract.
    #[track_caller]
    pub fn form_to(&self, action: &str) -> Filling {
        let mut buttons = self.elements().into_iter().filter(Element::sends);
        let goes_there = |button: &Element| {
            let form = button.form();
            button.attribute("formaction").or_else(|| form.as_ref()?.attribute("action")) == Some(action)
        };
        match buttons.find(goes_there) {
            Some(button) => Filling::new(self, &button),
            None => panic!("{} has no form to {action}:\n{}", self.url, self.text()),
        }
    }

    /// What the error summary says.
    pub fn errors(&self) -> Vec<String> {
        let summary = self.elements().into_iter().find(|element| {
            element.attribute("class").is_some_and(|class| class.split(' ').any(|one| one == "error-summary"))
        });
        summary.map(|summary| summary.all("li").iter().map(Element::text).collect()).unwrap_or_default()
    }
}

fn is_html(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).is_some_and(|kind| kind.starts_with("text/html"))
}
