//! What somebody may do, all in all. What is not in it is not allowed.

use std::collections::BTreeSet;

use super::permission::{KNOWN, Permission, Scope};

/// What concerns one's own account and files, being seen in rooms, and the records that a collection's rules open to one, as
/// resource and action.
const OWN_THINGS: [(&str, &str); 16] = [
    ("api_keys", "manage"),
    ("audit", "read"),
    ("presence", "join"),
    ("files", "create"),
    ("files", "delete"),
    ("files", "read"),
    ("files", "update"),
    ("records", "create"),
    ("records", "delete"),
    ("records", "read"),
    ("records", "update"),
    ("sessions", "manage"),
    ("users", "erase"),
    ("users", "export"),
    ("users", "read"),
    ("users", "update"),
];

/// A set of permissions. Cheap to make: permissions that this build knows are not copied.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Permissions(BTreeSet<Permission>);

impl Permissions {
    /// Of the role `admin`: everything there is.
    pub fn admin() -> Self {
        KNOWN.into_iter().map(|(resource, action)| Permission::of(resource, action, Scope::All)).collect()
    }

    /// Of the role `member`: everything about one's own account.
    pub fn member() -> Self {
        OWN_THINGS.into_iter().map(|(resource, action)| Permission::of(resource, action, Scope::Own)).collect()
    }

    /// Whether `action` is allowed on things of the kind `resource`: on one's own, or on those of everybody.
    pub fn allow(&self, resource: &str, action: &str, scope: Scope) -> bool {
        self.0.iter().any(|permission| permission.allows(resource, action, scope))
    }

    /// Whether everything in `others` is allowed: nobody gives more than they have.
    pub fn cover(&self, others: &Self) -> bool {
        others.iter().all(|other| self.0.iter().any(|own| own.covers(other)))
    }

    /// Those that are about everybody's things, not about the holder's own.
    #[must_use]
    pub fn over_others(&self) -> Self {
        self.0.iter().filter(|permission| permission.scope() == Scope::All).cloned().collect()
    }

    /// What is left for somebody who acts for the holder of these with some of them only, such as an API key: what both
    /// allow.
    #[must_use]
    pub fn restricted_to(&self, some: &[Permission]) -> Self {
        let held = |permission: &Permission| self.0.iter().any(|own| own.covers(permission));
        let narrowed = |permission: &Permission| {
            [permission.clone(), permission.scoped(Scope::Own)]
                .into_iter()
                .find(|narrow| permission.covers(narrow) && held(narrow))
        };
        some.iter().filter_map(narrowed).collect()
    }

    pub fn iter(&self) -> impl Iterator<Item = &Permission> {
        self.0.iter()
    }
}

impl FromIterator<Permission> for Permissions {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        Self(permissions.into_iter().collect())
    }
}

impl Extend<Permission> for Permissions {
    fn extend<I: IntoIterator<Item = Permission>>(&mut self, permissions: I) {
        self.0.extend(permissions);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn permissions(texts: &[&str]) -> Permissions {
        texts.iter().map(|text| Permission::parse(text).unwrap()).collect()
    }

    #[test]
    fn what_is_not_permitted_is_refused() {
        let some = permissions(&["users:read:own", "audit:read:all"]);
        assert!(some.allow("users", "read", Scope::Own) && some.allow("audit", "read", Scope::Own));
        assert!(!some.allow("users", "read", Scope::All) && !some.allow("users", "update", Scope::Own));
        assert!(!Permissions::default().allow("users", "read", Scope::Own));
    }

    #[test]
    fn administrators_may_do_everything_that_there_is_and_nothing_else() {
        for (resource, action) in KNOWN {
            assert!(Permissions::admin().allow(resource, action, Scope::All));
        }
        assert!(!Permissions::admin().allow("users", "fly", Scope::Own));
    }

    #[test]
    fn members_may_do_nothing_to_others() {
        assert!(Permissions::member().iter().all(|permission| permission.scope() == Scope::Own));
        assert!(Permissions::member().iter().all(|permission| Permission::parse(&permission.to_string()).is_ok()));
        assert!(!Permissions::member().allow("users", "suspend", Scope::Own));
    }

    #[test]
    fn some_permissions_cover_others_only_when_they_have_all_of_them() {
        let some = permissions(&["users:read:all", "audit:read:own"]);
        assert!(some.cover(&permissions(&["users:read:own", "audit:read:own"])) && some.cover(&Permissions::default()));
        assert!(!some.cover(&permissions(&["users:read:own", "audit:read:all"])));
        assert!(Permissions::admin().cover(&Permissions::member()) && !Permissions::member().cover(&some));
        assert!(some.cover(&Permissions::member().over_others()) && !some.cover(&Permissions::admin().over_others()));
    }

    #[test]
    fn a_restriction_gives_nothing_that_was_not_there() {
        let some = ["users:read:all", "users:update:own", "audit:read:all", "roles:read:own"];
        let some: Vec<_> = some.iter().map(|text| Permission::parse(text).unwrap()).collect();
        let held = permissions(&["users:read:own", "users:update:all", "audit:read:all"]);
        let expected = permissions(&["users:read:own", "users:update:own", "audit:read:all"]);
        assert_eq!(held.restricted_to(&some), expected);
        assert_eq!(Permissions::default().restricted_to(&some), Permissions::default());
    }
}
