//! What users call their API keys.

const MAX_CHARACTERS: usize = 100;

/// 1 to 100 characters without control characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKeyName(String);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidApiKeyName {
    #[error("must not be empty")]
    Empty,
    #[error("must have at most 100 characters")]
    TooLong,
    #[error("must not contain control characters")]
    ControlCharacter,
}

impl ApiKeyName {
    pub fn parse(text: &str) -> Result<Self, InvalidApiKeyName> {
        let text = text.trim();
        if text.is_empty() {
            return Err(InvalidApiKeyName::Empty);
        }
        if text.chars().count() > MAX_CHARACTERS {
            return Err(InvalidApiKeyName::TooLong);
        }
        if text.chars().any(char::is_control) {
            return Err(InvalidApiKeyName::ControlCharacter);
        }
        Ok(Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_line_is_taken() {
        assert_eq!(ApiKeyName::parse(" Nightly export ").unwrap().as_str(), "Nightly export");
        assert!(ApiKeyName::parse(&"é".repeat(100)).is_ok());
    }

    #[test]
    fn empty_and_long_names_and_control_characters_are_refused() {
        assert_eq!(ApiKeyName::parse(" "), Err(InvalidApiKeyName::Empty));
        assert_eq!(ApiKeyName::parse(&"é".repeat(101)), Err(InvalidApiKeyName::TooLong));
        assert_eq!(ApiKeyName::parse("a\nb"), Err(InvalidApiKeyName::ControlCharacter));
    }
}
