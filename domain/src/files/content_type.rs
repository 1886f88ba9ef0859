//! Media types, such as `image/png`.

use std::fmt;

use serde::{Deserialize, Serialize};

const MAX_BYTES: usize = 127;

/// Type and subtype in lower case, without parameters.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ContentType(String);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a media type, such as image/png")]
pub struct InvalidContentType;

impl ContentType {
    /// What is known of content about which nothing is known.
    pub const BINARY: &'static str = "application/octet-stream";

    /// Reads a media type as a header has it; parameters are left out.
    pub fn parse(text: &str) -> Result<Self, InvalidContentType> {
        let essence = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let (kind, subtype) = essence.split_once('/').ok_or(InvalidContentType)?;
        let is_valid = essence.len() <= MAX_BYTES && is_token(kind) && is_token(subtype);
        if is_valid { Ok(Self(essence)) } else { Err(InvalidContentType) }
    }

    pub fn binary() -> Self {
        Self(Self::BINARY.to_owned())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// As RFC 6838 restricts names of media types.
fn is_token(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte);
    text.starts_with(|first: char| first.is_ascii_alphanumeric()) && text.bytes().all(allowed)
}

impl fmt::Display for ContentType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_media_type_is_read_without_its_parameters() {
        let read = |text: &str| ContentType::parse(text).unwrap().to_string();
        assert_eq!(read("Text/HTML; charset=utf-8"), "text/html");
        assert_eq!(read(" image/svg+xml "), "image/svg+xml");
    }

    #[test]
    fn what_is_no_media_type_is_refused() {
        let long = format!("a/{}", "b".repeat(126));
        for text in ["", "image", "image/", "/png", "a/b/c", "image/p ng", "image/\npng", "*/*", &long] {
            assert_eq!(ContentType::parse(text), Err(InvalidContentType), "{text}");
        }
    }
}
