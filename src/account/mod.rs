//! Staff accounts: how somebody is invited, proves who they are in two steps, and what they may then see.

pub mod scope;
