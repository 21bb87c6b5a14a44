//! The symbols of the `pictures` wording: drawn by us, in `assets/pictures`, shown as `img` from our own address.

use maud::{Markup, html};

use super::assets;
use crate::words::Speech;

/// The picture of a key, beside its words; nothing outside the `pictures` wording.
pub fn picture_beside(speech: Speech, key: &str) -> Markup {
    beside_words(speech.picture(key))
}

/// Something with its key's picture at its side; itself alone outside the `pictures` wording.
pub fn with_picture(speech: Speech, key: &str, body: Markup) -> Markup {
    html! {
        @if let Some(name) = speech.picture(key) {
            div.with-picture { (beside_words(Some(name))) div { (body) } }
        } @else {
            (body)
        }
    }
}

/// The picture without a text: beside words that say the same.
///
/// WCAG 1.1.1: decoration, because a screen reader would otherwise say the same thing twice.
pub(super) fn beside_words(name: Option<&str>) -> Markup {
    // The operator's own picture comes with its address.
    let address = name.and_then(|name| match name.starts_with('/') {
        true => Some(name),
        false => assets::find_address(&format!("pictures/{name}.svg")),
    });
    html! {
        @if let Some(address) = address {
            img.picture src=(address) alt="" width="72" height="72";
        }
    }
}
