//! What must be so on every page, looked at each time that a test sees one.

use std::collections::BTreeSet;

use super::page::Page;
use super::tree::Element;

/// Fails on a page that breaks one of the rules for every page.
pub fn check(page: &Page) {
    let mut faults = Vec::new();
    headings(page, &mut faults);
    ids(page, &mut faults);
    fields(page, &mut faults);
    headers(page, &mut faults);
    nothing_from_elsewhere(page, &mut faults);
    assert!(
        faults.is_empty(),
        "{} ({}) has faults: {faults:#?}\n{}",
        page.url,
        page.status,
        String::from_utf8_lossy(&page.body)
    );
}

fn headings(page: &Page, faults: &mut Vec<String>) {
    let number = page.all("h1").len();
    if number != 1 {
        faults.push(format!("{number} elements h1"));
    }
    if page.title().is_empty() {
        faults.push("no title".into());
    }
    if !page.all("html").first().is_some_and(|html| html.has("lang")) {
        faults.push("html without lang".into());
    }
    if page.all("main").len() != 1 {
        faults.push("not one main".into());
    }
}

fn ids(page: &Page, faults: &mut Vec<String>) {
    let elements = page.elements();
    let mut seen = BTreeSet::new();
    for id in elements.iter().filter_map(|element| element.attribute("id")) {
        if !seen.insert(id.to_owned()) {
            faults.push(format!("the id {id} is there twice"));
        }
    }
    for element in &elements {
        for reference in ["for", "aria-describedby", "aria-labelledby", "aria-controls", "form"] {
            for id in element.attribute(reference).unwrap_or_default().split_whitespace() {
                if !seen.contains(id) {
                    faults.push(format!("{} {reference}=\"{id}\" points at nothing", element.tag()));
                }
            }
        }
    }
}

fn fields(page: &Page, faults: &mut Vec<String>) {
    for element in page.elements() {
        let needs_name = match element.tag() {
            "input" => element.kind() != "hidden" && !element.has("hidden"),
            "select" | "textarea" | "button" | "a" => true,
            "img" => {
                if !element.has("alt") {
                    faults.push("an img without alt".into());
                }
                false
            }
            _ => false,
        };
        if needs_name
            && element.name().is_empty()
            && element.attribute("title").is_none()
            && !has_picture_name(&element)
        {
            faults.push(format!("a {} without a name ({:?})", element.tag(), element.attribute("name")));
        }
    }
}

fn has_picture_name(element: &Element) -> bool {
    element.inside().iter().any(|inner| inner.attribute("aria-label").is_some_and(|label| !label.is_empty()))
}

fn headers(page: &Page, faults: &mut Vec<String>) {
    match page.header("content-security-policy") {
        None => faults.push("no Content-Security-Policy".into()),
        Some(policy) if policy.contains("unsafe") => faults.push(format!("the policy says unsafe: {policy}")),
        Some(policy) if !policy.contains("default-src") => faults.push(format!("the policy has no default: {policy}")),
        Some(_) => {}
    }
    if page.header("x-content-type-options") != Some("nosniff") {
        faults.push("no X-Content-Type-Options: nosniff".into());
    }
    if page.header("referrer-policy").is_none() {
        faults.push("no Referrer-Policy".into());
    }
}

/// Pages may link elsewhere (to who can help), and load nothing from there, and run nothing inline.
fn nothing_from_elsewhere(page: &Page, faults: &mut Vec<String>) {
    for element in page.elements() {
        let loads = match element.tag() {
            "a" | "form" => None,
            "link" | "image" | "use" => element.attribute("href"),
            _ => element.attribute("src").or_else(|| element.attribute("srcset")).or_else(|| element.attribute("data")),
        };
        if loads.is_some_and(|address| address.contains("://") || address.starts_with("//")) {
            faults.push(format!("a {} loads {loads:?}", element.tag()));
        }
        if element.has("style") || element.tag() == "style" {
            faults.push(format!("a {} with a style of its own", element.tag()));
        }
        if element.tag() == "script" && !element.has("src") && element.attribute("type") != Some("application/json") {
            faults.push("a script in the page".into());
        }
    }
}
