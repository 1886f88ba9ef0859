//! A caller whose token or API key was verified, and what the caller may do at this moment.

use std::sync::Arc;

use domain::{
    roles::{Permissions, RoleName, Scope},
    users::UserId,
};
use uuid::Uuid;

use super::standing::Standing;
use crate::error::{ApiError, ApiResult};

/// Who asks. Handlers get it only where the table of routes demands a caller.
#[derive(Clone, Debug)]
pub struct Caller {
    pub user_id: UserId,
    pub means: Means,
    pub(crate) standing: Arc<Standing>,
    pub(crate) permissions: Arc<Permissions>,
    /// Whether a second factor is demanded of the user, who has none: there is nothing they may do but set it up.
    pub(crate) must_enrol: bool,
}

/// What the caller came with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Means {
    /// The access token of a session.
    Session(Uuid),
    /// An API key; it has some of its owner's permissions only.
    ApiKey(Uuid),
}

impl Caller {
    pub fn roles(&self) -> &[RoleName] {
        &self.standing.roles
    }

    /// The authentication generation of the account.
    pub fn generation(&self) -> u32 {
        self.standing.generation
    }

    /// The session that the caller has signed in with. An API key has none, and is refused.
    pub fn session_id(&self) -> ApiResult<Uuid> {
        match self.means {
            Means::Session(id) => Ok(id),
            Means::ApiKey(_) => Err(ApiError::Forbidden),
        }
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
