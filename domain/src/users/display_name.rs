//! The name that a user is shown by.

use std::fmt;

const MAX_CHARACTERS: usize = 100;

/// 1 to 100 characters without control characters, without white space around it.
#[derive(Clone, PartialEq, Eq)]
pub struct DisplayName(String);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidDisplayName {
    #[error("must not be empty")]
    Empty,
    #[error("must have at most 100 characters")]
    TooLong,
    #[error("must not contain control characters")]
    ControlCharacter,
}

impl DisplayName {
    pub fn parse(text: &str) -> Result<Self, InvalidDisplayName> {
        let text = text.trim();
        if text.is_empty() {
            return Err(InvalidDisplayName::Empty);
        }
        if text.chars().count() > MAX_CHARACTERS {
            return Err(InvalidDisplayName::TooLong);
        }
        if text.chars().any(char::is_control) {
            return Err(InvalidDisplayName::ControlCharacter);
        }
        Ok(Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Names are personal data: they are not shown by accident.
impl fmt::Debug for DisplayName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("DisplayName(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_all_scripts_are_taken() {
        for name in ["Ada", "Æthel Ólafsdóttir", "王小明", "O'Neil 3rd"] {
            assert_eq!(DisplayName::parse(&format!(" {name} ")).unwrap().as_str(), name);
        }
    }

    #[test]
    fn what_is_no_name_is_refused() {
        assert_eq!(DisplayName::parse("  "), Err(InvalidDisplayName::Empty));
        assert_eq!(DisplayName::parse(&"é".repeat(101)), Err(InvalidDisplayName::TooLong));
        assert_eq!(DisplayName::parse("a\0b"), Err(InvalidDisplayName::ControlCharacter));
    }
}
