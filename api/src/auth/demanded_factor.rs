//! Who must have a second factor in this installation.

use bootstrap::config::SecondFactor;
use domain::roles::{Permissions, Scope};

/// What makes an administrator: changing roles, or the accounts of others, or having everything that happens sent somewhere. As
/// resource and action.
const ADMINISTRATION: [(&str, &str); 6] = [
    ("collections", "manage"),
    ("roles", "manage"),
    ("users", "erase"),
    ("users", "suspend"),
    ("users", "update"),
    ("webhooks", "manage"),
];

/// Whether somebody whose roles permit this must have a second factor. The names of roles do not matter: a role like
/// `admin` under another name demands as much.
pub(crate) fn is_demanded(policy: SecondFactor, permissions: &Permissions) -> bool {
    match policy {
        SecondFactor::Optional => false,
        SecondFactor::Administrators => {
            ADMINISTRATION.iter().any(|(resource, action)| permissions.allow(resource, action, Scope::All))
        }
        SecondFactor::Everybody => true,
    }
}

#[cfg(test)]
mod tests {
    use domain::roles::Permission;

    use super::*;

    #[test]
    fn administrators_are_told_by_what_they_may_do() {
        let may = |text: &str| [Permission::parse(text).unwrap()].into_iter().collect();
        let demanded = |permissions: &Permissions| is_demanded(SecondFactor::Administrators, permissions);
        for text in
            ["roles:manage:all", "users:erase:all", "users:suspend:all", "users:update:all", "webhooks:manage:all"]
        {
            assert!(demanded(&may(text)), "{text}");
        }
        for text in ["users:update:own", "users:erase:own", "users:read:all", "roles:read:all", "audit:read:all"] {
            assert!(!demanded(&may(text)), "{text}");
        }
        assert!(demanded(&Permissions::admin()) && !demanded(&Permissions::member()));
    }

    #[test]
    fn nobody_or_everybody_is_asked_for_it_whatever_they_may_do() {
        for permissions in [Permissions::admin(), Permissions::member(), Permissions::default()] {
            assert!(!is_demanded(SecondFactor::Optional, &permissions));
            assert!(is_demanded(SecondFactor::Everybody, &permissions));
        }
    }
}
