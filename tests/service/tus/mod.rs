//! tus 1.0.0 (<https://tus.io/protocols/resumable-upload>), every MUST of the core and of the extensions that we name, and
//! what must hold for bytes however they are cut.
//!
//! | The protocol says that the server must | Test |
//! |---|---|
//! | Tus-Resumable in every answer but to OPTIONS; another version: 412, Tus-Version, and nothing done | every test's client; `core::versions` |
//! | interpret X-HTTP-Method-Override as the method | `core::overrides` |
//! | HEAD: Upload-Offset always, also at 0 and when whole; Upload-Length if known; Cache-Control: no-store | `core::head` |
//! | HEAD of what is not there: no Upload-Offset | `core::others_uploads` |
//! | PATCH: bytes at the offset; 204 and the new Upload-Offset | `core::patch` |
//! | PATCH at another offset: 409, and nothing changed | `core::patch` |
//! | PATCH that is not application/offset+octet-stream: 415 | `core::patch` |
//! | OPTIONS: Tus-Version; Tus-Extension, Tus-Max-Size, Tus-Checksum-Algorithm as they are; Tus-Resumable ignored | `core::options` |
//! | creation: Upload-Length or Upload-Defer-Length: 1, anything else 400; over the limit 413; 201 and Location | `creation::created` |
//! | creation: Upload-Metadata well formed, given back by HEAD as it came | `creation::metadata` |
//! | creation-defer-length: Upload-Defer-Length: 1 from HEAD until the length is known; then it never changes | `creation::deferred` |
//! | creation-with-upload: application/offset+octet-stream; Upload-Offset in the answer | `creation::with_upload` |
//! | expiration: Upload-Expires in POST's and every PATCH's answer, as a date of RFC 9110; afterwards 404 or 410 | `extensions::expires` |
//! | checksum: sha1; Tus-Checksum-Algorithm; 400 for others, 460 for a mismatch; then nothing counts | `extensions::checked`, `cuts` |
//! | termination: 204; afterwards 404 or 410 | `extensions::terminated` |

pub mod client;
mod core;
mod creation;
mod cuts;
mod extensions;
mod js_client;
mod kills;
mod lines;
mod list;
pub mod newest;
mod outages;
mod recorded;
mod sender;
mod store_faults;
mod takes;
