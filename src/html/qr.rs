//! A QR code as a drawing in the page: no picture from elsewhere, sharp at every size, and it prints.
//!
//! WCAG 1.1.1: it says what it holds; what it holds always stands beside it as text.

use maud::{Markup, html};
use qrcode::{Color, EcLevel, QrCode};

/// Cells of white around the code, as ISO/IEC 18004 asks.
const QUIET: usize = 4;

/// Draws `text` as a QR code. Nothing where the text is too long for one.
pub fn qr_code(text: &str, label: &str) -> Option<Markup> {
    let code = QrCode::with_error_correction_level(text.as_bytes(), EcLevel::M).ok()?;
    let width = code.width();
    let whole = width + 2 * QUIET;
    let mut path = String::new();
    for (index, color) in code.to_colors().into_iter().enumerate() {
        if color == Color::Dark {
            path.push_str(&format!("M{} {}h1v1h-1z", index % width + QUIET, index / width + QUIET));
        }
    }
    Some(html! {
        svg.qr viewBox={ "0 0 " (whole) " " (whole) } width="240" height="240" role="img" aria-label=(label)
            shape-rendering="crispEdges" {
            rect width=(whole) height=(whole) fill="#fff" {}
            path d=(path) fill="#000" {}
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_a_name_and_a_white_border() {
        let made = qr_code("https://heard.example/return#a b c", "Your code").expect("it is short").into_string();
        assert!(made.contains(r#"role="img""#) && made.contains(r#"aria-label="Your code""#));
        assert!(made.contains("M4 4h1v1h-1z"), "the corner mark begins after the border");
        assert!(qr_code(&"x".repeat(4000), "").is_none());
    }
}
