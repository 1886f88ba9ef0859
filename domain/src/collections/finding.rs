//! What a definition says of how records are found: indexes, texts to search, their language.

use serde::{Deserialize, Serialize};

use super::{Index, Language};

/// Whether it can be used, [`super::Shape::of`] says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Without repeats.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub indexed: Vec<Index>,
    /// Fields of texts in which words are searched, those first whose words count most. Without repeats.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub searchable: Vec<String>,
    /// Of these texts.
    #[serde(default, skip_serializing_if = "Language::is_simple")]
    pub language: Language,
}

/// Some of it anew; `None` stays.
#[derive(Clone, Debug, Default)]
pub struct FindingPatch {
    pub indexed: Option<Vec<Index>>,
    pub searchable: Option<Vec<String>>,
    pub language: Option<Language>,
}

impl Finding {
    pub fn new(indexed: Vec<Index>, searchable: Vec<String>, language: Language) -> Self {
        Self { indexed: without_repeats(indexed), searchable: without_repeats(searchable), language }
    }

    #[must_use]
    pub fn patched(self, patch: FindingPatch) -> Self {
        Self::new(
            patch.indexed.unwrap_or(self.indexed),
            patch.searchable.unwrap_or(self.searchable),
            patch.language.unwrap_or(self.language),
        )
    }
}

fn without_repeats<T: PartialEq>(items: Vec<T>) -> Vec<T> {
    let mut kept = Vec::with_capacity(items.len());
    for item in items {
        if !kept.contains(&item) {
            kept.push(item);
        }
    }
    kept
}
