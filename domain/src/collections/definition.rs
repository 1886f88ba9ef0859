//! What a collection is defined to be, as it is stored and shown.

use serde::{Deserialize, Serialize};

use super::{CollectionDescription, Data, DefinitionPatch, Rules, schema};
use crate::records::merge_patch;

/// The definition of a collection. Whether it can be used, [`super::Shape::of`] says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Definition {
    pub description: CollectionDescription,
    /// JSON Schema 2020-12 of a record's content.
    pub schema: Data,
    /// Fields of which no two records have the same value. Sorted, without repeats.
    pub unique: Vec<String>,
    pub rules: Rules,
}

impl Definition {
    /// Puts a definition into the form in which it is kept: without a word about other members, the schema has none.
    pub fn new(description: CollectionDescription, schema: Data, mut unique: Vec<String>, rules: Rules) -> Self {
        unique.sort_unstable();
        unique.dedup();
        Self { description, schema: schema::closed(schema), unique, rules }
    }

    #[must_use]
    pub fn patched(self, patch: DefinitionPatch) -> Self {
        let schema = match &patch.schema {
            Some(changes) => merge_patch(self.schema, changes),
            None => self.schema,
        };
        Self::new(
            patch.description.unwrap_or(self.description),
            schema,
            patch.unique.unwrap_or(self.unique),
            self.rules.patched(patch.rules),
        )
    }
}
