//! What administrators say about a collection.

use serde::{Deserialize, Serialize};

const MAX_CHARACTERS: usize = 500;

/// At most 500 characters without control characters; may be empty. No personal data belongs here: it is not sealed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CollectionDescription(String);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidCollectionDescription {
    #[error("must have at most 500 characters")]
    TooLong,
    #[error("must not contain control characters")]
    ControlCharacter,
}

impl CollectionDescription {
    pub fn parse(text: &str) -> Result<Self, InvalidCollectionDescription> {
        let text = text.trim();
        if text.chars().count() > MAX_CHARACTERS {
            return Err(InvalidCollectionDescription::TooLong);
        }
        if text.chars().any(char::is_control) {
            return Err(InvalidCollectionDescription::ControlCharacter);
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
    fn a_line_of_text_is_taken_and_others_are_refused() {
        assert_eq!(CollectionDescription::parse(" What we sell ").unwrap().as_str(), "What we sell");
        assert_eq!(CollectionDescription::parse(&"é".repeat(501)), Err(InvalidCollectionDescription::TooLong));
        assert_eq!(CollectionDescription::parse("a\nb"), Err(InvalidCollectionDescription::ControlCharacter));
    }
}
