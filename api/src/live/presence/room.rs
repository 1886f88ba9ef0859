//! The names of rooms.

use sha2::{Digest, Sha256};
use uuid::Uuid;

const MAX_LENGTH: usize = 64;

/// 1 to 64 of `A`–`Z`, `a`–`z`, `0`–`9`, `.`, `_`, `:` and `-`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RoomName(String);

impl RoomName {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._:-".contains(&byte);
        let is_name = !text.is_empty() && text.len() <= MAX_LENGTH && text.bytes().all(is_allowed);
        is_name.then(|| Self(text.to_owned()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// What the room is called inside: the same in every process.
    pub(crate) fn part(&self) -> Uuid {
        part_of(&self.0)
    }
}

pub(super) fn part_of(room: &str) -> Uuid {
    let hash: [u8; 32] = Sha256::digest(room).into();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    Uuid::from_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_plain_names_are_taken_and_others_are_not() {
        let (longest, too_long) = ("a".repeat(64), "a".repeat(65));
        for text in ["lobby", "board:7.a-B_c", &longest] {
            assert_eq!(RoomName::parse(text).unwrap().as_str(), text);
        }
        for text in ["", "a b", "a/b", "ä", "a\0", "\"", &too_long] {
            assert_eq!(RoomName::parse(text), None, "{text}");
        }
    }
}
