//! A caller whose token was verified and whose roles are the current ones.

use std::sync::Arc;

use domain::{
    roles::{Permissions, RoleName, Scope},
    users::UserId,
};
use uuid::Uuid;

use super::standing::Standing;

/// Who asks. Handlers get it only where the route's table of access demands a signed-in caller.
#[derive(Clone, Debug)]
pub struct Caller {
    pub user_id: UserId,
    pub session_id: Uuid,
    /// When the access token ends, in seconds since 1970 (`exp`).
    pub expires_at: i64,
    /// The authentication generation that the token was issued in.
    pub generation: u32,
    pub(crate) standing: Arc<Standing>,
    pub(crate) permissions: Arc<Permissions>,
}

impl Caller {
    pub fn roles(&self) -> &[RoleName] {
        &self.standing.roles
    }

    pub fn is_admin(&self) -> bool {
        self.roles().contains(&RoleName::ADMIN)
    }

    /// Everything that the caller may do.
    pub fn permissions(&self) -> &Permissions {
        &self.permissions
    }

    /// Whether the caller may do `action` to things of the kind `resource`: to the caller's own, or to everybody's.
    pub fn may(&self, resource: &str, action: &str, scope: Scope) -> bool {
        self.permissions.allow(resource, action, scope)
    }
}
