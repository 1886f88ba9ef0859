//! The read model of users.

pub mod project;
pub mod queries;
mod upsert;

use chrono::{DateTime, Utc};
use diesel::{Queryable, Selectable};
use domain::{Sealed, users::Role};
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
    /// Sorted, without repeats, as [`role_name`] writes them.
    pub roles: Vec<String>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    /// Of the last event applied.
    pub position: i64,
    /// A tombstone: the user is gone.
    pub deleted: bool,
}

impl UserRow {
    pub fn sealed_email(&self) -> Sealed {
        Sealed::from_ciphertext(self.email.clone())
    }

    pub fn sealed_display_name(&self) -> Option<Sealed> {
        self.display_name.clone().map(Sealed::from_ciphertext)
    }

    pub fn has_role(&self, role: Role) -> bool {
        self.roles.iter().any(|name| name == role_name(role))
    }
}

/// A role as it is stored.
pub fn role_name(role: Role) -> &'static str {
    match role {
        Role::Member => "member",
        Role::Admin => "admin",
    }
}
