//! Permissions that extensions bring along, beside those that this program knows by itself.

use super::{Permission, Scope};

/// What can be permitted where an extension is installed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offer {
    pub resource: &'static str,
    pub action: &'static str,
    /// Whether every member may do it to their own things.
    pub to_members: bool,
}

impl Offer {
    /// What the role `admin` permits of it.
    pub(super) fn for_admins(&self) -> Permission {
        Permission::of(self.resource, self.action, Scope::All)
    }

    /// What the role `member` permits of it.
    pub(super) fn for_members(&self) -> Option<Permission> {
        self.to_members.then(|| Permission::of(self.resource, self.action, Scope::Own))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::roles::{Permissions, RoleName, Roles, permission::InvalidPermission};

    const OFFERS: [Offer; 2] = [
        Offer { resource: "orders", action: "read", to_members: true },
        Offer { resource: "orders", action: "ship", to_members: false },
    ];

    #[test]
    fn administrators_have_everything_that_is_offered_and_members_what_is_meant_for_them() {
        let of = |role: RoleName| Roles::default().permissions_offered(&[role], &OFFERS);
        let (admin, member) = (of(RoleName::ADMIN), of(RoleName::MEMBER));
        assert!(admin.allow("orders", "read", Scope::All) && admin.allow("orders", "ship", Scope::All));
        assert!(member.allow("orders", "read", Scope::Own) && !member.allow("orders", "read", Scope::All));
        assert!(!member.allow("orders", "ship", Scope::Own));
        assert!(admin.cover(&Permissions::admin()) && member.cover(&Permissions::member()));
    }

    #[test]
    fn only_what_is_offered_can_be_given() {
        let given = Permission::parse_offered("orders:read:all", &OFFERS).unwrap();
        assert_eq!(given.to_string(), "orders:read:all");
        assert_eq!(Permission::parse_offered("orders:eat:all", &OFFERS), Err(InvalidPermission::Unknown));
        assert_eq!(Permission::parse("orders:read:all"), Err(InvalidPermission::Unknown));
        assert!(Permission::parse_offered("users:read:own", &OFFERS).is_ok());
    }
}
