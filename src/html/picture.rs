//! The symbols of the `pictures` wording: drawn by us, in `assets/pictures`, shown as `img` from our own address.

use maud::{Markup, html};

use super::assets;
use crate::words::Speech;

/// The picture of this name, with its text for people who do not see it. Nothing if there is no such picture.
///
/// WCAG 1.1.1: the text says what the symbol means (`picture.<name>` in the words), not how it looks.
pub fn picture(speech: Speech, name: Option<&str>) -> Markup {
    let found = name.and_then(|name| Some((name, assets::find_address(&format!("pictures/{name}.svg"))?)));
    html! {
        @if let Some((name, address)) = found {
            img.picture src=(address) alt=(speech.say_in("picture", name)) width="72" height="72";
        }
    }
}

/// The picture of a key, beside its words; nothing outside the `pictures` wording.
pub fn picture_beside(speech: Speech, key: &str) -> Markup {
    beside_words(speech.picture(key))
}

/// The picture without a text: beside words that say the same.
///
/// WCAG 1.1.1: decoration, because a screen reader would otherwise say the same thing twice.
pub(super) fn beside_words(name: Option<&str>) -> Markup {
    let address = name.and_then(|name| assets::find_address(&format!("pictures/{name}.svg")));
    html! {
        @if let Some(address) = address {
            img.picture src=(address) alt="" width="72" height="72";
        }
    }
}
