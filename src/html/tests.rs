//! What each component makes, read the way a screen reader finds it: by names, ids and links between them.

use maud::html;

use super::*;
use crate::words::{Speech, Wording, Words};

fn plain() -> Speech {
    Words::embedded().speak(Wording::Plain)
}

#[test]
fn a_wrong_field_keeps_the_words_and_ties_hint_and_error_to_itself() {
    let field = Field::new("town", "Town").hint("Near you").value("<b>Łódź</b>").error(Some("Enter a town"));
    let made = text_input(plain(), &field).into_string();
    assert!(made.contains(r#"aria-describedby="f-town-error f-town-hint""#), "{made}");
    assert!(made.contains(r#"id="f-town-error""#) && made.contains(r#"id="f-town-hint""#));
    assert!(made.contains(r#"aria-invalid="true""#));
    assert!(made.contains("&lt;b&gt;Łódź&lt;/b&gt;") && !made.contains("<b>"));
    assert!(made.contains(r#"<label class="label" for="f-town">"#));
}

#[test]
fn a_right_field_says_nothing_of_errors() {
    let made = text_area(plain(), &Field::new("what", "What happened?").value("\nfirst"), 8).into_string();
    assert!(!made.contains("aria-invalid") && !made.contains("aria-describedby"));
    assert!(made.contains(">\n\nfirst</textarea>"), "a line break at the start is kept: {made}");
}

#[test]
fn a_wrong_group_says_so_in_its_legend_and_its_first_radio_is_where_the_summary_leads() {
    let field = Field::new("who", "Who are you?").value("b").error(Some("Choose one"));
    let made = radios(plain(), &field, &[Choice::new("a", "A"), Choice::new("b", "B")]).into_string();
    let legend = made.split("</legend>").next().unwrap_or_default();
    assert!(legend.contains("Choose one"));
    assert!(made.contains(r#"id="f-who""#) && made.contains(r#"id="f-who-2""#));
    assert_eq!(made.matches(" checked").count(), 1);
    let summary = error_summary(plain(), &[("who", "Choose one")]).into_string();
    assert!(summary.contains(r##"href="#f-who""##));
    assert!(summary.contains("autofocus") && summary.contains(r#"tabindex="-1""#) && !summary.contains("alert"));
}

#[test]
fn nothing_is_chosen_beforehand() {
    let made = checkboxes(plain(), &Field::new("how", "How?"), &[Choice::new("a", "A")], &[]).into_string();
    assert!(!made.contains("checked"));
}

#[test]
fn a_date_is_three_fields_with_names_of_their_own() {
    let made = date_input(plain(), &Field::new("asked", "When?"), DateValue { day: "1", ..DateValue::default() });
    let made = made.into_string();
    for name in ["asked-day", "asked-month", "asked-year"] {
        assert!(made.contains(&format!(r#"name="{name}""#)), "{made}");
    }
    assert!(made.contains(r#"id="f-asked""#));
}

#[test]
fn a_page_has_a_language_a_way_past_the_header_and_a_way_to_leave() {
    let door = Door::Submitter { hidden: hidden("token", "x"), status: Status::NotSent(None) };
    let page = Page::new(plain(), door, "Check", html! { h1 { "Check" } }).path("/tell/check").problem(true);
    let made = page.render().into_string();
    assert!(made.starts_with("<!DOCTYPE html>"));
    assert!(made.contains(r#"<html lang="en" dir="ltr">"#));
    assert!(made.contains("<title>Error: Check – Heard</title>"));
    assert!(made.contains(r##"href="#main""##) && made.contains(r#"id="main""#));
    assert_eq!(made.matches(r#"action="/leave""#).count(), 2);
    assert!(made.contains("Not sent yet."));
    assert_eq!(made.matches("<h1").count(), 1);
}

#[test]
fn no_page_holds_a_script_or_a_style() {
    let page = Page::new(plain(), Door::Public, "Start", html! { h1 { "Start" } }).path("/").script("upload");
    let made = page.render().into_string();
    assert!(!made.contains("style=") && !made.contains("<style") && !made.contains("onclick"));
    for script in made.split("<script").skip(1) {
        assert!(script.starts_with(r#" type="module" src="/assets/"#), "{script}");
    }
}

#[test]
fn a_person_s_words_run_their_own_way() {
    let made = their_words("<i>سلام</i>", Some("ur")).into_string();
    assert_eq!(made, r#"<div class="their-words" lang="ur" dir="auto">&lt;i&gt;سلام&lt;/i&gt;</div>"#);
}

#[test]
fn change_links_say_what_they_change() {
    let row = SummaryRow { key: "Who", value: html! { "A parent" }, change: Some(("/tell/who", "who you are")) };
    assert!(summary_list(plain(), vec![row]).into_string().contains(r#"<a href="/tell/who">Change who you are</a>"#));
}

#[test]
fn pictures_are_silent_beside_words_that_say_the_same() {
    let shown =
        |wording| with_picture(Words::embedded().speak(wording), "evidence.body_parts", html! { "No." }).into_string();
    assert!(shown(Wording::Pictures).contains(r#"alt="""#));
    assert_eq!(shown(Wording::Plain), "No.");
}

/// The declarations of the style, each with the line that opens its rule.
fn declarations(style: &str) -> Vec<(String, String, String)> {
    let mut rule = String::new();
    let mut found = Vec::new();
    for line in style.lines().map(str::trim) {
        if line.ends_with('{') {
            rule = line.to_owned();
        } else if let Some((name, value)) = line.trim_end_matches(';').split_once(':').filter(|_| line.ends_with(';')) {
            found.push((rule.clone(), name.trim().to_owned(), value.trim().to_owned()));
        }
    }
    found
}

#[test]
fn nothing_in_the_style_is_bound_to_the_left_or_the_right() {
    let style = include_str!("../../assets/css/heard.css");
    let all = declarations(style);
    assert!(all.len() > 300, "only {} declarations were found", all.len());
    let mut faults = Vec::new();
    for (rule, name, value) in &all {
        let words: Vec<&str> = value.split(|c: char| c.is_whitespace() || "(),".contains(c)).collect();
        let names: Vec<&str> = name.split('-').collect();
        let named = names.iter().chain(&words).any(|word| ["left", "right"].contains(word));
        // Four values go round by the sides of the screen: the second is the right one, the fourth the left one.
        let sided = ["margin", "padding", "inset", "border-width"].contains(&name.as_str());
        let values: Vec<&str> = value.split_whitespace().collect();
        let uneven = sided && values.len() == 4 && values[1] != values[3];
        if named || uneven || ["float", "clear"].contains(&name.as_str()) {
            faults.push(format!("{rule} {name}: {value}"));
        }
    }
    assert!(faults.is_empty(), "these do not turn round with the page: {faults:#?}");
}

#[test]
fn every_mark_that_is_turned_has_a_twin_for_right_to_left() {
    let style = include_str!("../../assets/css/heard.css");
    let all = declarations(style);
    let turned = all.iter().filter(|(_, name, value)| name == "transform" && value.contains("rotate"));
    let (twins, ours): (Vec<_>, Vec<_>) = turned.partition(|(rule, ..)| rule.contains("[dir=\"rtl\"]"));
    assert!(twins.len() >= 3 && ours.len() >= 4);
    for (rule, ..) in ours {
        let last = rule.trim_end_matches([' ', '{']);
        let has_twin = twins.iter().any(|(twin, ..)| twin.contains(last));
        let stays = all.iter().any(|(of, name, value)| of == rule && name == "direction" && value == "ltr");
        assert!(has_twin || stays, "{last} points the wrong way from right to left");
    }
}

/// The value of a colour in the style's list of colours, as its relative luminance (WCAG 2.2, "relative luminance").
fn luminance(style: &str, name: &str) -> f64 {
    let after = style.split(&format!("--{name}: #")).nth(1).expect("the style names the colour");
    let channel = |at: usize| {
        let value = f64::from(u8::from_str_radix(&after[at..at + 2], 16).expect("six digits")) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(0) + 0.7152 * channel(2) + 0.0722 * channel(4)
}

#[test]
fn text_stands_out_from_what_is_behind_it_by_seven_to_one() {
    let style = include_str!("../../assets/css/heard.css");
    let behind_ink = ["paper", "card", "mist", "sun", "sun-soft", "rose-soft"];
    let pairs = behind_ink.map(|behind| ("ink", behind)).into_iter().chain([
        ("soft-ink", "paper"),
        ("soft-ink", "mist"),
        ("sea", "paper"),
        ("sea", "card"),
        ("sea", "mist"),
        ("sea-deep", "mist"),
        ("rose", "paper"),
        ("rose", "card"),
        ("rose", "rose-soft"),
        ("link", "paper"),
        ("link", "card"),
        ("link", "rose-soft"),
        ("paper", "sea"),
        ("paper", "sea-deep"),
        ("paper", "rose"),
    ]);
    for (text, behind) in pairs {
        let (one, other) = (luminance(style, text), luminance(style, behind));
        let contrast = (one.max(other) + 0.05) / (one.min(other) + 0.05);
        assert!(contrast >= 7.0, "{text} on {behind} is {contrast:.2}");
    }
}
