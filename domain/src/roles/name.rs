//! Names of roles.

use std::{borrow::Cow, fmt};

use serde::{Deserialize, Serialize};

const MAX_LENGTH: usize = 40;

/// 1 to 40 of `a`–`z`, `0`–`9`, `_` and `-`, beginning with a letter.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RoleName(Cow<'static, str>);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to 40 of a-z, 0-9, _ and -, and begin with a letter")]
pub struct InvalidRoleName;

impl RoleName {
    /// May do everything. Built in and unchangeable.
    pub const ADMIN: Self = Self(Cow::Borrowed("admin"));
    /// May do what concerns one's own account; everybody begins with it. Built in and unchangeable.
    pub const MEMBER: Self = Self(Cow::Borrowed("member"));

    pub fn parse(text: &str) -> Result<Self, InvalidRoleName> {
        let is_allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-');
        let begins_well = text.starts_with(|first: char| first.is_ascii_lowercase());
        if !begins_well || text.len() > MAX_LENGTH || !text.bytes().all(is_allowed) {
            return Err(InvalidRoleName);
        }
        Ok(Self(Cow::Owned(text.to_owned())))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether what the role permits is fixed by this program.
    pub fn is_built_in(&self) -> bool {
        [Self::ADMIN, Self::MEMBER].contains(self)
    }
}

impl fmt::Display for RoleName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl TryFrom<String> for RoleName {
    type Error = InvalidRoleName;

    fn try_from(text: String) -> Result<Self, InvalidRoleName> {
        Self::parse(&text)
    }
}

impl From<RoleName> for String {
    fn from(name: RoleName) -> Self {
        name.0.into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_plain_names_are_taken() {
        let longest = "a".repeat(40);
        for text in ["admin", "member", "a", "support-2", "night_shift", &longest] {
            assert_eq!(RoleName::parse(text).unwrap().as_str(), text);
        }
        assert_eq!(RoleName::parse("admin"), Ok(RoleName::ADMIN));
    }

    #[test]
    fn other_names_are_refused() {
        let too_long = "a".repeat(41);
        for text in ["", "Admin", "2nd", "_a", "-a", "a b", "a,b", "ä", "a\0", "a:b", &too_long] {
            assert_eq!(RoleName::parse(text), Err(InvalidRoleName), "{text}");
        }
    }

    #[test]
    fn a_stored_name_is_checked_again() {
        assert_eq!(serde_json::from_str::<RoleName>(r#""admin""#).unwrap(), RoleName::ADMIN);
        assert!(serde_json::from_str::<RoleName>(r#""ad min""#).is_err());
    }
}
