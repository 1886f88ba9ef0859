//! What a collection is defined to be, as it is stored and shown.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    CollectionDescription, Data, DefinitionPatch, FieldProblem, Finding, Relation, Retention, Rules, compatible,
    relations, schema,
};
use crate::records::merge_patch;

/// The definition of a collection. Whether it can be used, [`super::Shape::of`] says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Definition {
    pub description: CollectionDescription,
    /// JSON Schema 2020-12 of a record's content.
    pub schema: Data,
    /// Fields of which no two records have the same value. Sorted, without repeats.
    pub unique: Vec<String>,
    /// By field: what its ids refer to.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub relations: BTreeMap<String, Relation>,
    pub rules: Rules,
    /// How much of the history of records is shown; `None` is all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub history: Option<Retention>,
    #[serde(flatten)]
    pub finding: Finding,
}

impl Definition {
    /// The form in which a definition is kept: without a word about other members, the schema has none.
    #[must_use]
    pub fn normalised(mut self) -> Self {
        self.schema = schema::closed(self.schema);
        self.unique.sort_unstable();
        self.unique.dedup();
        self
    }

    /// Whether every record keeps to `after` that keeps to this, without being looked at.
    pub fn leads_to(&self, after: &Self) -> bool {
        compatible::check(self, after).is_ok()
    }

    /// The definition as a patch leaves it, or what the patch leaves open.
    pub fn patched(self, patch: DefinitionPatch) -> Result<Self, Vec<FieldProblem>> {
        let schema = match &patch.schema {
            Some(changes) => merge_patch(self.schema, changes),
            None => self.schema,
        };
        let patched = Self {
            description: patch.description.unwrap_or(self.description),
            schema,
            unique: patch.unique.unwrap_or(self.unique),
            relations: relations::patched(self.relations, patch.relations)?,
            rules: self.rules.patched(patch.rules),
            history: patch.history.unwrap_or(self.history),
            finding: self.finding.patched(patch.finding),
        };
        Ok(patched.normalised())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{
        super::{Index, IndexKey, Language, define::tests::posts},
        *,
    };

    #[test]
    fn how_records_are_found_is_written_beside_the_rest() {
        let keys = vec![IndexKey::parse("status"), IndexKey::parse("-due")];
        let indexed = vec![Index::on("rank"), Index::new(keys), Index::on("rank")];
        let finding = Finding::new(indexed, vec!["title".to_owned()], Language::parse("german").unwrap());
        let definition = Definition { finding, ..posts() };
        let written = serde_json::to_value(&definition).unwrap();
        assert_eq!(
            (&written["indexed"], &written["searchable"], &written["language"]),
            (&json!(["rank", ["status", "-due"]]), &json!(["title"]), &json!("german"))
        );
        assert_eq!(serde_json::from_value::<Definition>(written).unwrap(), definition);
        let before = serde_json::to_value(posts()).unwrap();
        assert_eq!((before.get("indexed"), before.get("language")), (None, None), "as before there were indexes");
    }
}
