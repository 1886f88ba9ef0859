//! Taking references to a record out of another one, since the first is being deleted.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use super::{Record, RecordEvent, events::Changed};
use crate::{
    Command,
    collections::{CollectionId, Data, RelationField, Shape},
    users::UserId,
};

/// No rule is asked: this follows from a deletion that was allowed, as the collection's definition says.
#[derive(Clone, Debug)]
pub struct LetGoOfRecord {
    /// Of the record that refers.
    pub collection: CollectionId,
    pub shape: Arc<Shape>,
    /// The record that is being deleted.
    pub target: Uuid,
    /// The fields out of which it is taken.
    pub fields: Vec<RelationField>,
    pub by: UserId,
    pub at: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LetGoRefused {
    #[error("there is no such record")]
    UnknownRecord,
    /// A list may have to have an item, say.
    #[error("without the reference the record would not be valid")]
    WouldNotBeValid,
}

impl Command for LetGoOfRecord {
    type Aggregate = Record;
    type Refusal = LetGoRefused;

    fn decide(self, record: &Record) -> Result<Vec<RecordEvent>, LetGoRefused> {
        let before = record.of(self.collection).ok_or(LetGoRefused::UnknownRecord)?;
        let mut data = before.data.clone();
        for field in &self.fields {
            take_out(&mut data, field, self.target);
        }
        let data = self.shape.validate(data).map_err(|_| LetGoRefused::WouldNotBeValid)?;
        if data == before.data {
            return Ok(vec![]);
        }
        Ok(vec![RecordEvent::Changed(Changed { data, by: self.by, at: self.at, generation: 0 })])
    }
}

fn take_out(data: &mut Data, field: &RelationField, target: Uuid) {
    let is_target = |value: &Value| value.as_str().is_some_and(|text| Uuid::try_parse(text) == Ok(target));
    match data.get_mut(&field.name) {
        Some(Value::Array(items)) => items.retain(|item| !is_target(item)),
        Some(value) if is_target(value) && field.is_nullable => *value = Value::Null,
        Some(value) if is_target(value) => drop(data.remove(&field.name)),
        Some(_) | None => {}
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::{
        super::create::tests::{AT, ada, collection, data},
        *,
    };
    use crate::{
        collections::{CollectionName, Definition, OnDelete, Relation},
        records::events::Created,
        testing::given,
    };

    const GONE: Uuid = Uuid::from_u128(5);
    const OTHER: Uuid = Uuid::from_u128(6);

    fn shape() -> Arc<Shape> {
        let id = json!({"type": "string", "format": "uuid"});
        let schema = json!({"type": "object", "properties": {
            "author": id, "editor": {"type": ["string", "null"], "format": "uuid"},
            "readers": {"type": "array", "items": id, "minItems": 1},
        }});
        let relation = || Relation {
            target: collection(),
            collection: CollectionName::parse("people").unwrap(),
            on_delete: OnDelete::SetNull,
        };
        let relations = ["author", "editor", "readers"].map(|name| (name.to_owned(), relation()));
        let schema = schema.as_object().unwrap().clone();
        let definition = Definition { schema, relations: BTreeMap::from(relations), ..Definition::default() };
        Arc::new(Shape::of(&definition.normalised()).unwrap())
    }

    fn let_go() -> LetGoOfRecord {
        let shape = shape();
        let fields = shape.relations().to_vec();
        LetGoOfRecord { collection: collection(), shape, target: GONE, fields, by: ada(), at: AT }
    }

    fn created(value: &Value) -> RecordEvent {
        RecordEvent::Created(Created { collection: collection(), data: data(value), by: ada(), at: AT, generation: 0 })
    }

    #[test]
    fn a_reference_is_taken_out_wherever_it_stands_and_no_other() {
        let before = json!({"author": GONE, "editor": GONE, "readers": [OTHER, GONE]});
        let after = data(&json!({"editor": null, "readers": [OTHER]}));
        let changed = RecordEvent::Changed(Changed { data: after, by: ada(), at: AT, generation: 0 });
        given([created(&before)]).when(let_go()).then([changed]);
        let others = json!({"author": OTHER, "editor": null, "readers": [OTHER]});
        given([created(&others)]).when(let_go()).then([]);
    }

    #[test]
    fn what_would_not_be_valid_without_it_keeps_it() {
        let last = json!({"readers": [GONE]});
        given([created(&last)]).when(let_go()).then_refused(LetGoRefused::WouldNotBeValid);
        given([]).when(let_go()).then_refused(LetGoRefused::UnknownRecord);
    }
}
