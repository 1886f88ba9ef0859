//! Single permissions: what may be done, and to whose.

use std::{borrow::Cow, fmt};

use serde::{Deserialize, Serialize};

use super::Offer;

/// What can be permitted, as resource and action. Entries are added, never removed: stored events name them.
pub const KNOWN: [(&str, &str); 23] = [
    ("api_keys", "manage"),
    ("audit", "read"),
    ("collections", "manage"),
    ("collections", "read"),
    ("presence", "join"),
    ("files", "create"),
    ("files", "delete"),
    ("files", "read"),
    ("files", "update"),
    ("records", "create"),
    ("records", "delete"),
    ("records", "read"),
    ("records", "update"),
    ("roles", "manage"),
    ("roles", "read"),
    ("sessions", "manage"),
    ("users", "erase"),
    ("users", "export"),
    ("users", "read"),
    ("users", "suspend"),
    ("users", "update"),
    ("webhooks", "manage"),
    ("webhooks", "read"),
];

/// Whose things a permission is about. `All` covers `Own`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    Own,
    All,
}

/// The permission to do something to some kind of thing: `users:read:own`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Permission {
    resource: Cow<'static, str>,
    action: Cow<'static, str>,
    scope: Scope,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPermission {
    #[error("must be of the form resource:action:own or resource:action:all")]
    Malformed,
    #[error("there is no such permission")]
    Unknown,
}

impl Permission {
    /// A permission as somebody writes it who wants to grant it.
    pub fn parse(text: &str) -> Result<Self, InvalidPermission> {
        Self::parse_offered(text, &[])
    }

    /// The same where extensions offer more than this program by itself.
    pub fn parse_offered(text: &str, offers: &[Offer]) -> Result<Self, InvalidPermission> {
        let permission = Self::from_stored(text)?;
        let what = (permission.resource(), permission.action());
        let is_offered = offers.iter().any(|offer| (offer.resource, offer.action) == what);
        if is_offered || KNOWN.contains(&what) { Ok(permission) } else { Err(InvalidPermission::Unknown) }
    }

    /// A permission as an event names it. One that this build does not know, since a newer one wrote it, is kept and
    /// permits nothing here: an event that was stored can always be read.
    fn from_stored(text: &str) -> Result<Self, InvalidPermission> {
        let (what, scope) = text.rsplit_once(':').ok_or(InvalidPermission::Malformed)?;
        let (resource, action) = what.split_once(':').ok_or(InvalidPermission::Malformed)?;
        let scope = Scope::parse(scope).ok_or(InvalidPermission::Malformed)?;
        if !is_name(resource) || !is_name(action) {
            return Err(InvalidPermission::Malformed);
        }
        let known = KNOWN.iter().find(|known| **known == (resource, action));
        Ok(match known {
            Some((resource, action)) => Self::of(resource, action, scope),
            None => Self { resource: resource.to_owned().into(), action: action.to_owned().into(), scope },
        })
    }

    /// Of one of the [`KNOWN`]; costs no allocation.
    pub(super) const fn of(resource: &'static str, action: &'static str, scope: Scope) -> Self {
        Self { resource: Cow::Borrowed(resource), action: Cow::Borrowed(action), scope }
    }

    pub fn resource(&self) -> &str {
        &self.resource
    }

    pub fn action(&self) -> &str {
        &self.action
    }

    pub fn scope(&self) -> Scope {
        self.scope
    }

    /// The same permission for another scope.
    #[must_use]
    pub fn scoped(&self, scope: Scope) -> Self {
        Self { scope, ..self.clone() }
    }

    /// Whether whoever has this permission has the other one too.
    pub fn covers(&self, other: &Self) -> bool {
        self.allows(&other.resource, &other.action, other.scope)
    }

    pub(super) fn allows(&self, resource: &str, action: &str, scope: Scope) -> bool {
        self.resource == resource && self.action == action && self.scope >= scope
    }
}

impl Scope {
    fn parse(text: &str) -> Option<Self> {
        match text {
            "own" => Some(Self::Own),
            "all" => Some(Self::All),
            _ => None,
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::All => "all",
        }
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}:{}", self.resource, self.action, self.scope.as_str())
    }
}

impl TryFrom<String> for Permission {
    type Error = InvalidPermission;

    fn try_from(text: String) -> Result<Self, InvalidPermission> {
        Self::from_stored(&text)
    }
}

impl From<Permission> for String {
    fn from(permission: Permission) -> Self {
        permission.to_string()
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_permission_is_read_as_it_is_written() {
        for (resource, action) in KNOWN {
            for scope in ["own", "all"] {
                let text = format!("{resource}:{action}:{scope}");
                assert_eq!(Permission::parse(&text).unwrap().to_string(), text);
            }
        }
    }

    #[test]
    fn what_is_no_permission_is_refused() {
        for text in ["", "users", "users:read", "users:read:", "users:read:any", ":read:all", "users::all", "a:b:c:all"]
        {
            assert_eq!(Permission::parse(text), Err(InvalidPermission::Malformed), "{text}");
        }
        for text in ["users:fly:all", "user:read:own", "roles:suspend:all"] {
            assert_eq!(Permission::parse(text), Err(InvalidPermission::Unknown), "{text}");
        }
    }

    #[test]
    fn all_covers_own_and_nothing_covers_another_thing() {
        let permission = |text: &str| Permission::parse(text).unwrap();
        assert!(permission("users:read:all").covers(&permission("users:read:own")));
        assert!(permission("users:read:own").covers(&permission("users:read:own")));
        assert!(!permission("users:read:own").covers(&permission("users:read:all")));
        assert!(!permission("users:read:all").covers(&permission("users:update:own")));
        assert!(!permission("users:read:all").covers(&permission("roles:read:own")));
    }

    #[test]
    fn a_stored_permission_of_a_newer_build_is_kept() {
        let stored: Permission = serde_json::from_str(r#""moons:land_on:all""#).unwrap();
        assert_eq!(serde_json::to_string(&stored).unwrap(), r#""moons:land_on:all""#);
        assert!(serde_json::from_str::<Permission>(r#""moons""#).is_err());
    }
}
