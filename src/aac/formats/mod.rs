//! One reader for each format. Each takes what [`super::raw`] made of the bytes and puts what it finds into a
//! [`super::gather::Gather`]; none decides what kind of file it is (that is [`super::open`]).

pub(super) mod asterics;
pub(super) mod cboard;
pub(super) mod grid2;
pub(super) mod gridset;
pub(super) mod history;
pub(super) mod lam;
pub(super) mod obf;
pub(super) mod obl;
pub(super) mod phrases;
pub(super) mod snap;
pub(super) mod table;
pub(super) mod touchchat;
pub(super) mod zip;
