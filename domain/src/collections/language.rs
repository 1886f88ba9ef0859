//! The languages in which the texts of a collection can be searched.

use serde::{Deserialize, Deserializer, Serialize, de::Error};

/// The text search configurations that every PostgreSQL since 15 has; of its own, an installation adds none.
const LANGUAGES: [&str; 29] = [
    "arabic",
    "armenian",
    "basque",
    "catalan",
    "danish",
    "dutch",
    "english",
    "finnish",
    "french",
    "german",
    "greek",
    "hindi",
    "hungarian",
    "indonesian",
    "irish",
    "italian",
    "lithuanian",
    "nepali",
    "norwegian",
    "portuguese",
    "romanian",
    "russian",
    "serbian",
    "simple",
    "spanish",
    "swedish",
    "tamil",
    "turkish",
    "yiddish",
];

/// One of the languages, or `simple`: words as they are written, but for capital letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Language(&'static str);

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be one of {}", LANGUAGES.join(", "))]
pub struct UnknownLanguage;

impl Language {
    pub const SIMPLE: Self = Self("simple");

    pub fn parse(text: &str) -> Result<Self, UnknownLanguage> {
        LANGUAGES.into_iter().find(|language| *language == text).map(Self).ok_or(UnknownLanguage)
    }

    pub fn all() -> impl Iterator<Item = Self> {
        LANGUAGES.into_iter().map(Self)
    }

    /// The name of the configuration: lower-case letters.
    pub fn as_str(self) -> &'static str {
        self.0
    }

    pub(super) fn is_simple(&self) -> bool {
        *self == Self::SIMPLE
    }
}

impl Default for Language {
    fn default() -> Self {
        Self::SIMPLE
    }
}

impl<'de> Deserialize<'de> for Language {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_languages_are_taken() {
        assert_eq!(Language::parse("german").unwrap().as_str(), "german");
        for text in ["", "German", "klingon", "english'); DROP TABLE records; --"] {
            assert_eq!(Language::parse(text), Err(UnknownLanguage));
        }
        assert!(Language::all().all(|language| language.as_str().bytes().all(|byte| byte.is_ascii_lowercase())));
    }
}
