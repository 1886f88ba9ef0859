//! The read model of users.

pub mod fields;
mod fold;
pub mod project;
pub mod queries;
mod upsert;

use chrono::{DateTime, Utc};
use diesel::{Queryable, Selectable};
use domain::{Sealed, roles::RoleName, users::Status};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::schema::users;

/// Name of the projection, and topic of its changes.
pub const NAME: &str = "users";

/// A user as the read model has them. Serialised, it is the `row` of a change.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Serialize, Deserialize)]
#[diesel(table_name = users, check_for_backend(diesel::pg::Pg))]
pub struct UserRow {
    pub id: Uuid,
    /// Of the user's stream: what the next command may expect.
    pub version: i64,
    /// Sealed for the purpose `user.email`.
    pub email: String,
    /// Sealed for the purpose `user.display_name`.
    pub display_name: Option<String>,
    /// BCP 47 language tag.
    pub locale: String,
    /// Sorted, without repeats.
    pub roles: Vec<String>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    /// Of the last event applied.
    pub position: i64,
    /// A tombstone: the user is gone.
    pub deleted: bool,
    // What a process of the release before this one leaves out is as it was then.
    #[serde(default)]
    pub email_verified: bool,
    /// As [`Status`] is written.
    #[serde(default = "active")]
    pub status: String,
    /// Whether signing in needs a second factor.
    #[serde(default)]
    pub totp: bool,
    /// The authentication generation: what was signed in with an earlier one is over.
    #[serde(default)]
    pub generation: i32,
    /// The file with the picture by which the user is shown.
    #[serde(default)]
    pub avatar: Option<Uuid>,
}

impl UserRow {
    pub fn sealed_email(&self) -> Sealed {
        Sealed::from_ciphertext(self.email.clone())
    }

    pub fn sealed_display_name(&self) -> Option<Sealed> {
        self.display_name.clone().map(Sealed::from_ciphertext)
    }

    /// Sorted, without repeats.
    pub fn role_names(&self) -> Vec<RoleName> {
        self.roles.iter().filter_map(|name| RoleName::parse(name).ok()).collect()
    }

    pub fn is_active(&self) -> bool {
        self.status == Status::Active.as_str()
    }
}

fn active() -> String {
    Status::Active.as_str().to_owned()
}
