//! Which indexes a collection has, in SQL.

use domain::{
    collections::{CheckedIndex, CheckedKey, CollectionId, Shape},
    expressions::{Place, Type, index_expression, key_expression},
};

use super::{PREFIX, hashed};
use crate::records::{list::order, search::vector};

/// An index of one collection. Its name says what it is on, so another definition is another index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordIndex {
    name: String,
    /// `USING …`, with what it is on.
    on: String,
    collection: CollectionId,
    /// Of the contents that it has: others may be longer than it takes.
    generation: i32,
}

/// The indexes that are declared, those of unique fields, and the one of words, of a collection.
pub fn wanted(collection: CollectionId, shape: &Shape) -> Vec<RecordIndex> {
    let search = shape.searched().map(|searched| format!("USING gin (({}))", vector(searched)));
    let declared = shape.indexes().iter().map(declared);
    let mut wanted: Vec<RecordIndex> = vec![];
    for on in declared.chain(search) {
        let generation = shape.generation();
        let name = hashed(PREFIX, collection, &format!("{generation} {on}"));
        let index = RecordIndex { name, on, collection, generation };
        if !wanted.contains(&index) {
            wanted.push(index);
        }
    }
    wanted
}

impl RecordIndex {
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn statement(&self) -> String {
        let Self { name, on, collection, generation } = self;
        let collection = collection.as_uuid();
        format!(
            "CREATE INDEX CONCURRENTLY {name} ON public.records {on} WHERE collection = '{collection}' AND generation = \
             {generation} AND NOT deleted"
        )
    }
}

/// What is absent comes first, as lists have it, and ends with the id, by which records are told apart that are otherwise
/// equal.
fn declared(index: &CheckedIndex) -> String {
    match index.keys.as_slice() {
        [key] if matches!(key.field.field_type(), Type::ManyOf(_)) => {
            format!("USING gin (({}) jsonb_path_ops)", index_expression(&key.field))
        }
        [key] if index.hashed => format!("USING hash (({}))", index_expression(&key.field)),
        keys => {
            let column = |key: &CheckedKey| {
                let is_nullable = key.field.place() == Place::Data;
                format!("({}){}", key_expression(&key.field), order(key.descending, is_nullable))
            };
            let mut columns: Vec<_> = keys.iter().map(column).collect();
            if keys.iter().all(|key| key.field.path() != ["id"]) {
                let descending = keys.last().is_some_and(|key| key.descending);
                columns.push(format!("id{}", order(descending, false)));
            }
            format!("USING btree ({})", columns.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::collections::{Definition, Finding, Language};
    use serde_json::json;
    use uuid::Uuid;

    use super::*;
    use crate::records::indexes::RecordStatistics;

    #[test]
    fn indexes_are_on_what_lists_ask_for() {
        let schema = json!({"type": "object", "properties": {
            "title": {"type": "string"}, "slug": {"type": "string"}, "rank": {"type": "integer"},
            "status": {"type": "string", "maxLength": 20}, "tags": {"type": "array", "items": {"type": "string"}},
        }});
        let indexed =
            serde_json::from_value(json!(["rank", "tags", ["status", "-created_at"], ["rank", "id"]])).unwrap();
        let finding = Finding::new(indexed, vec!["title".to_owned()], Language::parse("german").unwrap());
        let (schema, unique) = (schema.as_object().unwrap().clone(), vec!["slug".to_owned(), "rank".to_owned()]);
        let definition = Definition { schema, unique, finding, ..Definition::default() }.normalised();
        let collection = CollectionId::from_uuid(Uuid::from_u128(0xab));
        let shape = Shape::of(&definition).unwrap();
        let wanted = wanted(collection, &shape);
        assert!(
            wanted.iter().all(|index| index.name.len() < 64 && super::super::owner(&index.name) == Some(collection))
        );
        let statements: Vec<_> = wanted.iter().map(RecordIndex::statement).collect();
        insta::assert_snapshot!(statements.join("\n"));
        let statistics: Vec<_> =
            super::super::statistics::wanted(collection, &[shape]).iter().map(RecordStatistics::statement).collect();
        insta::assert_snapshot!("statistics", statistics.join("\n"));
    }
}
