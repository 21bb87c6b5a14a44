//! Who is there: a submitter with a visit, or a member of staff with a session. The guard in front of every address
//! finds out once and leaves the answer with the request; handlers take it as an argument.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::{Deserialize, Serialize};

use super::problem::Problem;
use crate::id::{StaffId, SubmissionId};

/// What a member of staff is there to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
#[sqlx(rename_all = "lowercase")]
pub enum Role {
    /// Types in what came by post.
    Intake,
    /// Sorts what has no area, and sends it where it belongs.
    Triage,
    /// Reads for the inspections they are on.
    Inspector,
    /// Leads inspections: also opens what needs a reason.
    Lead,
    /// Looks at every flag, today.
    Safeguarding,
    /// Runs the service: accounts, areas, inspections. Reads nothing that was sent.
    Admin,
}

impl Role {
    /// Every role.
    pub const ALL: &'static [Role] =
        &[Role::Intake, Role::Triage, Role::Inspector, Role::Lead, Role::Safeguarding, Role::Admin];
    /// Those who read what was sent.
    pub const READERS: &'static [Role] = &[Role::Triage, Role::Inspector, Role::Lead, Role::Safeguarding];

    /// The name in tables and addresses.
    pub fn name(self) -> &'static str {
        match self {
            Role::Intake => "intake",
            Role::Triage => "triage",
            Role::Inspector => "inspector",
            Role::Lead => "lead",
            Role::Safeguarding => "safeguarding",
            Role::Admin => "admin",
        }
    }

    /// The role of that name.
    pub fn parse(name: &str) -> Option<Role> {
        Role::ALL.iter().copied().find(|role| role.name() == name)
    }
}

impl TryFrom<String> for Role {
    type Error = String;

    fn try_from(name: String) -> Result<Role, String> {
        Role::parse(&name).ok_or(name)
    }
}

/// A person at the submitter door, with the submission that their visit is about.
#[derive(Clone, Debug)]
pub struct Submitter {
    /// The visit's id: the hash of the cookie's secret.
    pub visit: Vec<u8>,
    /// The cookie's secret, from which this visit's own key is made. Never stored, never logged.
    pub secret: Secret,
    /// The submission.
    pub submission: SubmissionId,
    /// Its public reference.
    pub reference: String,
    /// Its state, as in the table: `draft`, `sent`, `withdrawn` …
    pub state: String,
    /// Whether the sender chose that the code opens the content again after sending.
    pub look_again: bool,
    /// Whether "This is my own phone" was chosen for this visit.
    pub own_phone: bool,
    /// Whose maker made the card, where this visit is by a child's own card.
    pub card_of: Option<SubmissionId>,
}

impl Submitter {
    /// Whether this is a draft that is not sent.
    pub fn is_draft(&self) -> bool {
        self.state == "draft"
    }
}

/// A secret that does not print.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub [u8; 32]);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

/// A member of staff who is signed in.
#[derive(Clone, Debug)]
pub struct Staff {
    /// Who it is.
    pub id: StaffId,
    /// What they are there to do.
    pub role: Role,
    /// The session's id: the hash of the cookie's secret.
    pub session: Vec<u8>,
    /// How far they have come.
    pub stage: Stage,
}

/// How far somebody at the staff door has come. Only [`Stage::Full`] opens a page that shows anything.
///
/// ```text
/// invitation ─► Joining ─► NewSecondStep ─► Full
/// link for a new password ─► NewPassword ─► Half
/// sign-in ─► Half ─► Full
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The password was right; the second step is to come.
    Half,
    /// Spent an invitation: gives a name and a password next.
    Joining,
    /// Spent a link for a new password.
    NewPassword,
    /// Sets up the app that gives codes.
    NewSecondStep,
    /// Signed in.
    Full,
}

impl Stage {
    const ALL: [Stage; 5] = [Stage::Half, Stage::Joining, Stage::NewPassword, Stage::NewSecondStep, Stage::Full];

    /// The name in the table.
    pub fn name(self) -> &'static str {
        match self {
            Stage::Half => "half",
            Stage::Joining => "joining",
            Stage::NewPassword => "new_password",
            Stage::NewSecondStep => "new_second_step",
            Stage::Full => "full",
        }
    }
}

impl TryFrom<String> for Stage {
    type Error = String;

    fn try_from(name: String) -> Result<Stage, String> {
        Stage::ALL.into_iter().find(|stage| stage.name() == name).ok_or(name)
    }
}

impl Staff {
    /// Whether both steps are done.
    pub fn is_signed_in(&self) -> bool {
        self.stage == Stage::Full
    }

    /// How audit rows name this person.
    pub fn actor(&self) -> String {
        format!("staff:{}", self.id)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Submitter {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Submitter, Problem> {
        parts.extensions.get::<Submitter>().cloned().ok_or(Problem::NoVisit)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Staff {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Staff, Problem> {
        parts.extensions.get::<Staff>().cloned().ok_or(Problem::NotFound)
    }
}

/// A submitter where there is one: for pages that anyone may see.
#[derive(Clone, Debug)]
pub struct MaybeSubmitter(pub Option<Submitter>);

impl<S: Send + Sync> FromRequestParts<S> for MaybeSubmitter {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<MaybeSubmitter, std::convert::Infallible> {
        Ok(MaybeSubmitter(parts.extensions.get::<Submitter>().cloned()))
    }
}
