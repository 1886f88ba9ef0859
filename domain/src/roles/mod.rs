//! What each role permits. All roles are one aggregate, so that their names are unique by decision.

pub mod change;
pub mod define;
pub mod delete;
pub mod description;
pub mod events;
pub mod name;
pub mod offer;
pub mod permission;
pub mod permissions;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use change::ChangeRole;
pub use define::DefineRole;
pub use delete::DeleteRole;
pub use description::RoleDescription;
pub use events::RolesEvent;
pub use name::RoleName;
pub use offer::Offer;
pub use permission::{Permission, Scope};
pub use permissions::Permissions;

use crate::Aggregate;

/// The id of the one stream of roles.
pub const ROLES_STREAM: Uuid = Uuid::from_u128(0x0000_0000_0000_8000_8000_726f_6c65_7300);

/// The roles that administrators have defined, beside the built-in ones.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roles {
    pub defined: BTreeMap<RoleName, Definition>,
    /// Names that are never given again: users may still hold them.
    pub deleted: BTreeSet<RoleName>,
}

/// What a role is for, and what it permits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Definition {
    pub description: RoleDescription,
    /// Sorted, without repeats.
    pub permissions: Vec<Permission>,
}

impl Roles {
    /// Whether users can be granted the role.
    pub fn has(&self, role: &RoleName) -> bool {
        role.is_built_in() || self.defined.contains_key(role)
    }

    /// What the holder of these roles may do. Roles that are not (or no longer) there give nothing.
    pub fn permissions_of(&self, roles: &[RoleName]) -> Permissions {
        self.permissions_offered(roles, &[])
    }

    /// The same where extensions offer more than this program by itself.
    pub fn permissions_offered(&self, roles: &[RoleName], offers: &[Offer]) -> Permissions {
        let mut permissions = Permissions::default();
        for role in roles {
            if *role == RoleName::ADMIN {
                return Permissions::admin().iter().cloned().chain(offers.iter().map(Offer::for_admins)).collect();
            }
            if *role == RoleName::MEMBER {
                permissions.extend(Permissions::member().iter().cloned());
                permissions.extend(offers.iter().filter_map(Offer::for_members));
            } else if let Some(definition) = self.defined.get(role) {
                permissions.extend(definition.permissions.iter().cloned());
            }
        }
        permissions
    }
}

impl Aggregate for Roles {
    type Event = RolesEvent;
    const CATEGORY: &'static str = "roles";
    const STATE_VERSION: i16 = 1;

    fn apply(mut self, event: &RolesEvent) -> Self {
        match event {
            RolesEvent::Defined(defined) => self.set(&defined.role, &defined.description, &defined.permissions),
            RolesEvent::Changed(changed) => self.set(&changed.role, &changed.description, &changed.permissions),
            RolesEvent::Deleted(deleted) => {
                self.defined.remove(&deleted.role);
                self.deleted.insert(deleted.role.clone());
            }
        }
        self
    }
}

impl Roles {
    fn set(&mut self, role: &RoleName, description: &RoleDescription, permissions: &[Permission]) {
        let definition = Definition { description: description.clone(), permissions: permissions.to_vec() };
        self.defined.insert(role.clone(), definition);
    }
}

pub(crate) fn sorted(mut permissions: Vec<Permission>) -> Vec<Permission> {
    permissions.sort_unstable();
    permissions.dedup();
    permissions
}

#[cfg(test)]
mod tests {
    use super::{define::tests::support_defined, delete::tests::support_deleted, *};

    fn support() -> RoleName {
        RoleName::parse("support").unwrap()
    }

    #[test]
    fn a_user_may_do_what_any_of_the_roles_permits() {
        let roles = Roles::default().apply(&support_defined());
        let both = roles.permissions_of(&[RoleName::MEMBER, support()]);
        assert!(both.allow("users", "read", Scope::All) && both.allow("users", "update", Scope::Own));
        assert!(!both.allow("users", "update", Scope::All));
        assert_eq!(roles.permissions_of(&[RoleName::ADMIN, support()]), Permissions::admin());
    }

    #[test]
    fn a_role_that_is_not_there_permits_nothing() {
        assert_eq!(Roles::default().permissions_of(&[support()]), Permissions::default());
        let roles = Roles::default().apply(&support_defined()).apply(&support_deleted());
        assert_eq!(roles.permissions_of(&[support()]), Permissions::default());
        assert!(!roles.has(&support()) && roles.has(&RoleName::ADMIN));
    }

    #[test]
    fn roles_are_restored_from_a_snapshot_as_they_were() {
        let roles = Roles::default().apply(&support_defined());
        let snapshot = serde_json::to_string(&roles).unwrap();
        assert_eq!(serde_json::from_str::<Roles>(&snapshot).unwrap(), roles);
    }
}
