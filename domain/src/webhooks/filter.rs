//! Which records of its collection a webhook is sent.

use serde::{Deserialize, Serialize};

use crate::expressions::MAX_BYTES;

/// The text of a condition over a record. What it says is checked against the collection where it is set, and again where it
/// is used, since collections change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WebhookFilter(String);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidWebhookFilter {
    #[error("must not be empty")]
    Empty,
    #[error("must have at most 4,096 bytes")]
    TooLong,
}

impl WebhookFilter {
    pub fn parse(text: &str) -> Result<Self, InvalidWebhookFilter> {
        if text.trim().is_empty() {
            return Err(InvalidWebhookFilter::Empty);
        }
        if text.len() > MAX_BYTES {
            return Err(InvalidWebhookFilter::TooLong);
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
    fn a_condition_is_taken_as_it_is_written() {
        assert_eq!(WebhookFilter::parse("record.rank > 3").unwrap().as_str(), "record.rank > 3");
    }

    #[test]
    fn empty_and_long_texts_are_refused() {
        assert_eq!(WebhookFilter::parse(" "), Err(InvalidWebhookFilter::Empty));
        assert_eq!(WebhookFilter::parse(&"a".repeat(4097)), Err(InvalidWebhookFilter::TooLong));
    }
}
