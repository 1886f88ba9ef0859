//! Whether what a record refers to is there, and may be known to whoever refers to it.

use std::collections::HashSet;

use domain::{
    collections::{Action, Data, RelationField},
    records::RecordId,
};
use serde_json::Value;
use uuid::Uuid;

use super::Transaction;
use crate::{
    collections::Found,
    error::{ApiError, ApiResult, FieldError},
};

/// References that one change makes: each costs a look at a record.
const MOST_REFERENCES: usize = 100;

impl Transaction<'_> {
    /// Refuses new references to what is not there or not for the caller to know of. Those that were there before stay,
    /// whoever changes what else.
    pub(super) async fn refer(
        &mut self,
        collection: &Found,
        id: RecordId,
        before: Option<&Data>,
        after: &Data,
    ) -> ApiResult<()> {
        let shape = &collection.shape;
        let known: HashSet<(&str, Uuid)> =
            before.into_iter().flat_map(|data| shape.references(data)).map(|(field, id)| (&*field.name, id)).collect();
        let added = shape.references(after).filter(|(field, target)| !known.contains(&(&*field.name, *target)));
        // It is there itself.
        let added: Vec<_> = added.filter(|(field, to)| (*to, field.target) != (id.as_uuid(), collection.id)).collect();
        if added.len() > MOST_REFERENCES {
            let place = added.last().map(|(field, _)| format!("/{}", field.name)).unwrap_or_default();
            let detail = format!("a change can make at most {MOST_REFERENCES} references");
            return Err(ApiError::Invalid(vec![FieldError::at(place, "too_many", detail)]));
        }
        let mut errors = vec![];
        for (field, target) in added {
            if !self.is_there(field, RecordId::from_uuid(target)).await? {
                let detail = format!("names no record of {} that is there", field.collection);
                errors.push(FieldError::at(place(after, field, target), "unknown_reference", detail));
            }
        }
        if errors.is_empty() { Ok(()) } else { Err(ApiError::Invalid(errors)) }
    }

    async fn is_there(&mut self, field: &RelationField, target: RecordId) -> ApiResult<bool> {
        let Some(found) = self.collection_of(field.target).await? else { return Ok(false) };
        let visible = self.access.allow(Action::View, &found.shape);
        let contents = self.record(target).await?.state.of(found.id);
        Ok(contents.is_some_and(|contents| visible.matches(&contents.seen(target))))
    }
}

/// Where the reference stands.
fn place(data: &Data, field: &RelationField, target: Uuid) -> String {
    let is_target = |item: &Value| item.as_str().is_some_and(|text| Uuid::try_parse(text) == Ok(target));
    let index = data.get(&field.name).and_then(Value::as_array).and_then(|items| items.iter().position(is_target));
    index.map_or_else(|| format!("/{}", field.name), |index| format!("/{}/{index}", field.name))
}
