//! The parts that pages are made of: one function each, markup in and out, no database, clock or settings inside.
//!
//! - [`Page`] makes a whole document: header, the page's body, the ways to leave, footer.
//! - [`field`] says what a form field is; [`inputs`] and [`choices`] draw fields; [`parts`] draws everything else.
//! - [`read_aloud`] is the button that reads a page or a question to somebody.
//! - [`signed`] shows the video of a page or a question in British Sign Language, where there is one.
//! - [`picture`] draws the symbols of the `pictures` wording; [`qr`] draws QR codes.
//!
//! Every component takes [`Speech`] first where it needs words of its own. Each says in its comment which criteria of
//! WCAG 2.2 (<https://www.w3.org/TR/WCAG22/>) it meets and how. A page function gives its one `h1` itself, through
//! [`heading`] or [`question_heading`]. Nothing here writes a script or a style into a page.

pub mod assets;
pub mod choices;
pub mod field;
pub mod inputs;
pub mod page;
pub mod parts;
pub mod picture;
pub mod prose;
pub mod qr;
pub mod read_aloud;
pub mod signed;

pub use choices::{checkbox, checkboxes, radios, select, tick, ticks};
pub use field::{Choice, Field};
pub use inputs::{
    DateValue, code_input, date_input, digits_input, file_button, file_input, password_input, text_area, text_input,
};
pub use page::{Door, LOOK, Page, Status, look_address};
pub use parts::{
    Cell, Step, SummaryRow, button, button_of, card, code_card, danger_button, details, error_summary, form, heading,
    hidden, inset, link_button, list, next_page, notice, secondary_button, steps, summary_list, table, their_words,
    time, upload_form, warning, warning_with,
};
pub use picture::{picture_beside, with_picture};
pub use prose::prose;
pub use qr::qr_code;

#[cfg(test)]
mod colours;
#[cfg(test)]
mod tests;
