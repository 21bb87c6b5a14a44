//! Heard: a safe way for children, families and advocates to be heard by the inspectors of SEND services.
//!
//! # The map
//!
//! A file uses its own floor and the floors below, never a higher one; among the features a later one may use an
//! earlier one. `tests/service/floors.rs` reads the `use crate::` lines and keeps it so.
//!
//! ```text
//! 5 assembly   main.rs  app.rs (opens a site, the address table, the jobs)  cli/ (one file a command)
//! 4 features   account → area → evidence → intake → prepare → submission → review → retention
//! 3 face       html/ (components)  words/ (page words, their rules, their sound)  web/ (who is there, forms, answers)
//! 2 readers    aac/ (what was said, and what could be)  media/ (what a file is; safe copies, made in a closed box)
//! 1 outside    db/  storage/ (store, keys, seal)  jobs/  mail/  malware.rs  audit.rs
//! 0 ground     config.rs  clock.rs  id.rs  memory.rs  stretch.rs  telemetry.rs
//! ```
//!
//! # What happens to a child's video
//!
//! 1. [`web::guard`] finds the visit behind the cookie; [`intake`] takes the bytes as they come, by the form or by tus
//!    (which goes on where it stopped), seals them in segments of 64 KiB ([`storage::seal`]) into the spool, syncs, and
//!    writes down how far it is.
//! 2. When the last byte is durable the object is finished in the store ([`storage::Store`]) and the item is `received`
//!    ([`evidence`]), in one transaction with the jobs that follow ([`jobs`]). The receipt says "We have it".
//! 3. A job reads the whole object back, opens every segment and compares digests: `verified`, "We checked it".
//! 4. A job asks the virus scanner, and then another makes copies that are safe to see and hear: the original is opened
//!    into a folder for work, outside programs read it in a closed box ([`media`]), and each copy is sealed under the item's
//!    own key ([`prepare`]). Inspectors see the copies, and never the original in their browser.
//! 5. The next page asks what it is and whose words it carries; the answers stand beside the file and are sealed too.
//!
//! # Three more journeys
//!
//! - **A family tells.** [`submission`] makes a draft with six words to come back with, keeps each answer sealed under the
//!   submission's own key ([`storage::keys`]), shows everything on one page, and sends it: a change of state and a job,
//!   nothing that waits for mail or storage.
//! - **An inspector reads.** [`review`] puts what was sent for an area into the queue of each of its inspections. Every
//!   query is narrowed to what that person may see ([`account::scope`]); a row in the audit chain ([`audit`]) comes
//!   before any byte flows.
//! - **Somebody takes it back.** It vanishes from every list at once; after 14 days its wrapped key is deleted, which
//!   erases it from old backups too once their key archive has gone.
//!
//! # Where we left the first plan, and why
//!
//! - `evidence` and `intake` stand before `submission`: intake turns bytes into an item and must not know of journeys,
//!   while the journey's check page joins items, answers and areas.
//! - A read is a transaction too ([`db::Db::read`]), so that store functions take one kind of connection and a page sees
//!   one moment of the database.
//! - After twenty failed return codes an address is slowed and not refused ([`submission::tries`] says why): a right code
//!   opens whatever others behind the same address have typed.
//! - What was typed into a form that comes to nothing is kept by the guard and given back on the page that says so
//!   ([`web::given_back`]); no handler has to remember it.
//! - One address is slowed and given a share, never shut out ([`submission`] paces beginnings, [`intake`] shares the disk):
//!   a school has one address for many families. The share is of what is free now, so that room is always left.
//! - When all connections are taken, the one that has waited longest is ended for a newcomer ([`web::connections`]): a cap
//!   that only makes newcomers wait would do the work of whoever holds connections open.
//! - The guard, not each handler, decides who may come to an address ([`web::route::Who`]): a route cannot be listed
//!   without saying it, and the access matrix reads the same table.
//! - A flag that the sender raises ("someone is not safe now") is written by [`submission::not_safe`] in the transaction that
//!   sends, and not by [`review`]: no job may stand between a child and the safeguarding lane. Mail about it is a job.
//! - What must not say where a child lives is taken out before any page is made of it ([`review::reading`]), not on each
//!   page; and where such a thing has no area, safeguarding places it instead of triage, who may not see the place.
//! - [`media`] runs outside programs, though readers were to be pure: what makes a copy of a file belongs beside what says
//!   what it is, and both take a path and give a value, without SQL and HTTP. The box is ours ([`media::boxed`]): `heard`
//!   itself, called `heard boxed`, sets limits and becomes bubblewrap, which becomes the tool.
//! - Where the program that makes a copy is not here, nothing is played, though browsers would play some originals. One rule
//!   without exceptions is what staff can trust: a browser never gets what a stranger made, nor what it says of where a
//!   child lives. The item waits, its page says why, a lead may download the original and say why they need it, and the
//!   copies are made by themselves once the program is installed ([`prepare`]).
//! - Copies of a film have no still picture in the player: nothing of a recording is fetched before somebody asks for it, so
//!   that opening a page is not a play, and nobody's face is on a colleague's screen by chance ([`review::copies`]).
//! - The copy of a file without what its sender leaves out is made when they choose, not when they send
//!   ([`prepare::inside`]): sending waits for no storage, and puts the copy into the whole file's place, and erases that
//!   file's key, in its own transaction.
//! - vips joined the tools: it knows colour profiles and large pictures; ffmpeg stands in where it does not read a file.
//! - LibreOffice joined them too, in the stronger box alone and waited for by nothing: a profile that a child made of pictures
//!   is little without them. Its pages say that another program drew them ([`media::prepare`]).
#![forbid(unsafe_code)]

pub mod aac;
pub mod account;
pub mod app;
pub mod area;
pub mod audit;
pub mod cli;
pub mod clock;
pub mod config;
pub mod db;
pub mod evidence;
pub mod html;
pub mod id;
pub mod intake;
pub mod jobs;
pub mod mail;
pub mod malware;
pub mod media;
pub mod memory;
pub mod prepare;
pub mod retention;
pub mod review;
pub mod storage;
pub mod stretch;
pub mod submission;
pub mod telemetry;
pub mod web;
pub mod words;
