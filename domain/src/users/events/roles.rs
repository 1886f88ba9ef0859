//! Events of the roles that a user holds.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::roles::RoleName;

/// `user.role_granted`, version 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleGranted {
    pub role: RoleName,
    pub at: DateTime<Utc>,
}

/// `user.role_revoked`, version 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleRevoked {
    pub role: RoleName,
    pub at: DateTime<Utc>,
}
