//! The contrast of every scheme of colours that a reader may choose, worked out from the style itself. Only a test: no page
//! uses it. Formula: WCAG 2.2, "relative luminance" and "contrast ratio" (<https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio>).

use std::collections::BTreeMap;

use crate::words::look::ASKED;

const STYLE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/css/heard.css"));

/// Text on its ground: at least 7 to 1 (WCAG 1.4.6).
const TEXT: [(&str, &[&str]); 10] = [
    ("ink", &["paper", "card", "mist", "sun-soft", "rose-soft"]),
    ("soft-ink", &["paper", "card", "mist", "sun-soft"]),
    ("sea", &["paper", "card", "mist"]),
    ("sea-deep", &["card", "mist"]),
    ("link", &["paper", "card", "mist", "sun-soft", "rose-soft"]),
    ("rose", &["paper", "card", "rose-soft"]),
    ("on-sea", &["sea", "sea-deep"]),
    ("on-rose", &["rose", "rose-deep"]),
    ("on-bar", &["bar", "bar-deep"]),
    ("on-sun", &["sun"]),
];

/// Lines and the mark of the focus on their ground: at least 3 to 1 (WCAG 1.4.11, 2.4.13).
const LINES: [(&str, &[&str]); 7] = [
    ("line", &["paper", "card"]),
    ("sea", &["paper", "card"]),
    ("sea-deep", &["paper"]),
    ("rose-deep", &["paper"]),
    ("ink", &["paper", "card", "mist"]),
    ("sun", &["bar", "bar-deep", "on-sun"]),
    ("on-bar", &["bar"]),
];

type Colours = BTreeMap<String, [u8; 3]>;

/// What one scheme says, with what it leaves to the first one.
fn scheme(name: &str) -> Colours {
    let mut colours = Colours::new();
    for wanted in [ASKED[1].offered[0], name] {
        let selector = format!("[data-colours=\"{wanted}\"] {{");
        let block = STYLE.split_once(&selector).unwrap_or_else(|| panic!("the style says nothing of {wanted}")).1;
        let block = block.split_once('}').expect("a block ends").0;
        let said = block.lines().filter_map(|line| line.trim().strip_prefix("--")?.split_once(": #"));
        colours.extend(said.map(|(name, hex)| (name.to_owned(), read(hex.trim_end_matches(';')))));
    }
    colours
}

fn read(hex: &str) -> [u8; 3] {
    assert_eq!(hex.len(), 6, "a colour in full: {hex}");
    [0, 2, 4].map(|at| u8::from_str_radix(&hex[at..at + 2], 16).expect("digits of a colour"))
}

fn luminance(colour: [u8; 3]) -> f64 {
    let [red, green, blue] = colour.map(|part| {
        let part = f64::from(part) / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn the_formula_gives_what_is_known() {
    assert!((contrast(read("000000"), read("ffffff")) - 21.0).abs() < 0.01);
    assert!((contrast(read("777777"), read("ffffff")) - 4.48).abs() < 0.01);
}

#[test]
fn every_scheme_of_colours_can_be_read() {
    let mut faults = Vec::new();
    for name in ASKED[1].offered {
        let colours = scheme(name);
        for (pairs, least) in [(&TEXT[..], 7.0), (&LINES[..], 3.0)] {
            for (front, grounds) in pairs {
                for ground in *grounds {
                    let found = contrast(colours[*front], colours[*ground]);
                    if found < least {
                        faults.push(format!("{name}: {front} on {ground} is {found:.2} to 1, and must be {least}"));
                    }
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// A colour that is written out anywhere else would stay as it is when the reader chooses another scheme.
#[test]
fn colours_are_written_out_in_schemes_only() {
    let rest = STYLE.split_once("/* Ground */").expect("the style begins with its ground").1;
    let rest = rest.split_once("@media print").expect("the style ends with paper").0;
    let written = |line: &&str| line.contains(": #") && !line.trim().starts_with("--");
    // A picture keeps its light ground, a QR code its white one, a film its black one.
    let outside: Vec<&str> = rest.lines().filter(written).map(str::trim).collect();
    let known = ["background: #fff;", "background: #000;"];
    assert!(outside.iter().all(|line| known.contains(line)) && outside.len() <= 4, "{outside:#?}");
}
