//! The pages of staff accounts: markup from prepared data.

pub mod audit_trail;
pub mod join;
pub mod own;
pub mod people;
pub mod sign_in;

/// What is wrong with a form: field and sentence.
pub type Errors<'a> = &'a [(&'static str, &'static str)];

/// What is wrong with one field.
pub fn error_of(errors: Errors, name: &str) -> Option<&'static str> {
    errors.iter().find(|(field, _)| *field == name).map(|(_, sentence)| *sentence)
}
