//! Names of collections.

use std::fmt;

use serde::{Deserialize, Serialize};

const MAX_LENGTH: usize = 63;

/// 1 to 63 of `a`–`z`, `0`–`9` and `_`, beginning with a letter.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CollectionName(String);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to 63 of a-z, 0-9 and _, and begin with a letter")]
pub struct InvalidCollectionName;

impl CollectionName {
    pub fn parse(text: &str) -> Result<Self, InvalidCollectionName> {
        let is_allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        let begins_well = text.starts_with(|first: char| first.is_ascii_lowercase());
        if !begins_well || text.len() > MAX_LENGTH || !text.bytes().all(is_allowed) {
            return Err(InvalidCollectionName);
        }
        Ok(Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CollectionName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl TryFrom<String> for CollectionName {
    type Error = InvalidCollectionName;

    fn try_from(text: String) -> Result<Self, InvalidCollectionName> {
        Self::parse(&text)
    }
}

impl From<CollectionName> for String {
    fn from(name: CollectionName) -> Self {
        name.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_plain_names_are_taken() {
        let longest = "a".repeat(63);
        for text in ["posts", "a", "order_lines_2", &longest] {
            assert_eq!(CollectionName::parse(text).unwrap().as_str(), text);
        }
    }

    #[test]
    fn other_names_are_refused() {
        let too_long = "a".repeat(64);
        for text in ["", "Posts", "2nd", "_a", "a-b", "a b", "a/b", "ä", "a\0", &too_long] {
            assert_eq!(CollectionName::parse(text), Err(InvalidCollectionName), "{text}");
        }
    }
}
