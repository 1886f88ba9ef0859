//! The claims by which values of unique fields belong to one record each, and by which records hold what refers to them.

use std::collections::BTreeMap;

use domain::{
    collections::{ChangeId, CollectionId, Data, Shape},
    records::RecordId,
};
use event_store::{
    ClaimChange, StreamId,
    record_claims::{self, REFERENCE, SCOPE as UNIQUE, reference},
};

use crate::records::stream;

/// What the contents of a collection hold.
#[derive(Clone, Copy)]
pub(super) struct Held<'a> {
    pub(super) collection: CollectionId,
    pub(super) shape: &'a Shape,
    /// By unique field: the change since which its values are taken anew.
    pub(super) eras: &'a BTreeMap<String, ChangeId>,
}

/// Who holds what before and after, by scope and hash.
#[derive(Debug, Default)]
pub(super) struct ClaimChanges(BTreeMap<(&'static str, Vec<u8>), Holders>);

#[derive(Debug, Default)]
struct Holders {
    before: Option<StreamId>,
    after: Option<Taken>,
}

/// A claim that a record is to have.
#[derive(Clone, Debug)]
pub(super) struct Taken {
    stream: StreamId,
    pub(super) field: String,
    /// The record that has the field.
    pub(super) record: RecordId,
}

impl ClaimChanges {
    /// The claims that a content has had.
    pub(super) fn before(&mut self, id: RecordId, held: Held<'_>, data: &Data) {
        for (_, hash) in held.unique(data) {
            self.0.entry((UNIQUE, hash)).or_default().before = Some(stream(id));
        }
        for (field, target) in held.shape.references(data) {
            self.ends(RecordId::from_uuid(target), reference(id, &field.name, target));
        }
    }

    /// A reference that ends, as its claim names it.
    pub(super) fn ends(&mut self, target: RecordId, reference: Vec<u8>) {
        self.0.entry((REFERENCE, reference)).or_default().before = Some(stream(target));
    }

    /// The claims that a content has from now on, or the one that another record is to have too.
    pub(super) fn after(&mut self, id: RecordId, held: Held<'_>, data: &Data) -> Result<(), Taken> {
        for (field, hash) in held.unique(data) {
            let taken = Taken::of(id, field);
            match self.0.entry((UNIQUE, hash)).or_default() {
                Holders { after: Some(_), .. } => return Err(taken),
                holders => holders.after = Some(taken),
            }
        }
        for (field, target) in held.shape.references(data) {
            let holder = stream(RecordId::from_uuid(target));
            let taken = Taken { stream: holder, field: field.name.clone(), record: id };
            self.0.entry((REFERENCE, reference(id, &field.name, target))).or_default().after = Some(taken);
        }
        Ok(())
    }

    /// What has to be changed, each with what is taken by it.
    pub(super) fn changes(self) -> impl Iterator<Item = (ClaimChange, Option<Taken>)> {
        self.0.into_iter().filter_map(|((scope, key_hash), Holders { before, after })| match (before, after) {
            (Some(before), Some(after)) if before == after.stream => None,
            (Some(from), Some(after)) => {
                Some((ClaimChange::Transfer { scope, key_hash, from, to: after.stream.clone() }, Some(after)))
            }
            (Some(stream), None) => Some((ClaimChange::Release { scope, key_hash, stream }, None)),
            (None, Some(after)) => {
                Some((ClaimChange::Take { scope, key_hash, stream: after.stream.clone() }, Some(after)))
            }
            (None, None) => None,
        })
    }
}

impl Held<'_> {
    /// The unique fields that have a value, with the hash of it.
    pub(super) fn unique<'d>(&'d self, data: &'d Data) -> impl Iterator<Item = (&'d str, Vec<u8>)> {
        self.shape.unique_values(data).map(|(field, value)| {
            (field, record_claims::hash(self.collection, field, self.eras.get(field).copied(), value))
        })
    }
}

impl Taken {
    /// That the value of a field is one of this record.
    pub(super) fn of(record: RecordId, field: &str) -> Self {
        Self { stream: stream(record), field: field.to_owned(), record }
    }
}

#[cfg(test)]
mod tests {
    use domain::collections::{CollectionName, Definition, OnDelete, Relation};
    use serde_json::{Value, json};
    use uuid::Uuid;

    use super::*;

    fn collection() -> CollectionId {
        CollectionId::from_uuid(Uuid::nil())
    }

    fn shape() -> Shape {
        let schema = json!({"type": "object", "properties": {
            "slug": {"type": "string"}, "number": {"type": "integer"}, "author": {"type": "string", "format": "uuid"}}});
        let name = CollectionName::parse("people").unwrap();
        let relation = Relation { target: collection(), collection: name, on_delete: OnDelete::Restrict };
        let definition = Definition {
            schema: schema.as_object().unwrap().clone(),
            unique: vec!["slug".to_owned(), "number".to_owned()],
            relations: BTreeMap::from([("author".to_owned(), relation)]),
            ..Definition::default()
        };
        Shape::of(&definition.normalised()).unwrap()
    }

    fn record(id: u128) -> RecordId {
        RecordId::from_uuid(Uuid::from_u128(id))
    }

    /// What changes when records, each by id, go from one content to another.
    fn changes(records: &[(u128, Value, Value)]) -> Result<Vec<String>, String> {
        let (shape, eras, mut claims) = (shape(), BTreeMap::new(), ClaimChanges::default());
        let held = Held { collection: collection(), shape: &shape, eras: &eras };
        for (id, before, after) in records {
            if let Some(before) = before.as_object() {
                claims.before(record(*id), held, before);
            }
            if let Some(after) = after.as_object() {
                claims.after(record(*id), held, after).map_err(|taken| taken.field)?;
            }
        }
        let mut told: Vec<String> = claims.changes().map(|(change, taken)| tell(&change, taken)).collect();
        told.sort_unstable();
        Ok(told)
    }

    fn tell(change: &ClaimChange, taken: Option<Taken>) -> String {
        let field = taken.map(|taken| taken.field).unwrap_or_default();
        let name = |stream: &StreamId| stream.id().as_u128();
        match change {
            ClaimChange::Take { stream, .. } => format!("{} takes {field}", name(stream)),
            ClaimChange::Release { stream, .. } | ClaimChange::LetGo { stream, .. } => {
                format!("{} lets go", name(stream))
            }
            ClaimChange::Transfer { from, to, .. } => format!("{} gives {field} to {}", name(from), name(to)),
            ClaimChange::Unheld { stream, .. } => format!("{} holds nothing", name(stream)),
        }
    }

    #[test]
    fn what_changes_is_let_go_of_and_taken() {
        let (a, b) = (json!({"slug": "a", "number": 1}), json!({"slug": "b", "number": 1}));
        let one = |before: &Value, after: &Value| changes(&[(1, before.clone(), after.clone())]).unwrap();
        assert_eq!(one(&a, &b), ["1 lets go", "1 takes slug"]);
        assert_eq!(one(&a, &a), Vec::<String>::new());
        assert_eq!(one(&Value::Null, &a), ["1 takes number", "1 takes slug"]);
        assert_eq!(one(&a, &Value::Null), ["1 lets go", "1 lets go"]);
        assert_eq!(one(&json!({}), &json!({"slug": null})), Vec::<String>::new());
    }

    #[test]
    fn a_value_goes_from_one_record_to_another_and_never_to_two() {
        let (a, none) = (json!({"slug": "a"}), json!({}));
        let swapped = changes(&[(1, a.clone(), none.clone()), (2, none.clone(), a.clone())]);
        assert_eq!(swapped, Ok(vec!["1 gives slug to 2".to_owned()]));
        assert_eq!(changes(&[(1, none.clone(), a.clone()), (2, none, a)]), Err("slug".to_owned()));
    }

    #[test]
    fn a_record_holds_the_references_to_it() {
        let to = |id: u128| json!({"author": Uuid::from_u128(id)});
        assert_eq!(changes(&[(1, to(7), to(8))]).unwrap(), ["7 lets go", "8 takes author"]);
    }
}
