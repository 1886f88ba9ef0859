//! Events of the password.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Sealed;

/// `user.password_reset_requested`, version 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordResetRequested {
    pub request_id: Uuid,
    pub expires_at: DateTime<Utc>,
    pub at: DateTime<Utc>,
}

/// `user.password_changed`, version 1. Raises the generation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordChanged {
    pub password_hash: Sealed,
    pub by: ChangedBy,
    pub at: DateTime<Utc>,
}

/// `user.password_rehashed`, version 1. The password stays the same, and so does everything that it began.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordRehashed {
    pub password_hash: Sealed,
    pub at: DateTime<Utc>,
}

/// On what grounds a password was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangedBy {
    /// Signed in, with the old password.
    Owner,
    /// By a token that was mailed to the address.
    Reset,
}
