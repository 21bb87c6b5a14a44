//! The staff pages about areas and inspections: markup from prepared data.

pub mod home;
pub mod inspections;
pub mod never;

/// What is wrong with a form: field and sentence.
pub type Errors<'a> = &'a [(&'static str, &'static str)];

/// What is wrong with one field.
pub fn error_of(errors: Errors, name: &str) -> Option<&'static str> {
    errors.iter().find(|(field, _)| *field == name).map(|(_, sentence)| *sentence)
}
