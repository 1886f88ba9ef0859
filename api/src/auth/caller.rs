//! A caller whose token was verified and whose roles are the current ones.

use std::sync::Arc;

use domain::users::{Role, UserId};
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
}

impl Caller {
    pub fn roles(&self) -> &[Role] {
        &self.standing.roles
    }

    pub fn is_admin(&self) -> bool {
        self.roles().contains(&Role::Admin)
    }
}
