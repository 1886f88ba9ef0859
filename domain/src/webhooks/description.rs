//! What administrators say about a webhook.

use serde::{Deserialize, Serialize};

const MAX_CHARACTERS: usize = 200;

/// At most 200 characters without control characters; may be empty. No personal data belongs here: it is not sealed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WebhookDescription(String);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidWebhookDescription {
    #[error("must have at most 200 characters")]
    TooLong,
    #[error("must not contain control characters")]
    ControlCharacter,
}

impl WebhookDescription {
    pub fn parse(text: &str) -> Result<Self, InvalidWebhookDescription> {
        let text = text.trim();
        if text.chars().count() > MAX_CHARACTERS {
            return Err(InvalidWebhookDescription::TooLong);
        }
        if text.chars().any(char::is_control) {
            return Err(InvalidWebhookDescription::ControlCharacter);
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
    fn a_line_of_text_is_taken() {
        assert_eq!(
            WebhookDescription::parse(" Tells the shop – día y noche ").unwrap().as_str(),
            "Tells the shop – día y noche"
        );
        assert_eq!(WebhookDescription::parse("").unwrap(), WebhookDescription::default());
    }

    #[test]
    fn long_texts_and_control_characters_are_refused() {
        assert_eq!(WebhookDescription::parse(&"é".repeat(201)), Err(InvalidWebhookDescription::TooLong));
        assert_eq!(WebhookDescription::parse("a\0b"), Err(InvalidWebhookDescription::ControlCharacter));
    }
}
