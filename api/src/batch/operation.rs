//! One operation of a batch: what is asked for, checked, and done.

use chrono::{DateTime, Utc};
use domain::{
    collections::{CollectionName, Data, name::InvalidCollectionName},
    records::RecordId,
    roles::Scope,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    auth::Caller,
    error::{ApiError, ApiResult, FieldError},
    extract::IfMatch,
    records::{Transaction, client_id},
};

/// What is to be done with one record.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OperationRequest {
    op: OperationKind,
    /// The collection's name.
    #[schema(pattern = "^[a-z][a-z0-9_]{0,62}$", example = "posts")]
    collection: String,
    /// The record's id. A record that is created can have one that the client has made, a UUIDv7: so that others can refer to
    /// it in the same batch.
    #[serde(default)]
    #[schema(value_type = Uuid, required = false)]
    id: Option<String>,
    /// The version that the caller has seen, as in `If-Match`; not of what is created.
    #[serde(default)]
    #[schema(value_type = i64, required = false, minimum = 1)]
    version: Option<i64>,
    /// The content, or a JSON Merge Patch of it; not of what is deleted.
    #[serde(default)]
    #[schema(value_type = Object, required = false, example = json!({"title": "A"}))]
    data: Option<Data>,
}

/// As the requests `POST`, `PATCH`, `PUT` and `DELETE` for single records.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum OperationKind {
    Create,
    Patch,
    Replace,
    Delete,
}

/// An operation that can be tried.
#[derive(Debug)]
pub(super) struct Operation {
    pub(super) kind: OperationKind,
    pub(super) collection: CollectionName,
    pub(super) id: RecordId,
    /// Whether the id was made here.
    pub(super) is_made: bool,
    seen: IfMatch,
    data: Data,
}

impl OperationRequest {
    /// Checks the operation of this number, and whether the caller may do such a thing at all.
    pub(super) fn parse(self, number: usize, caller: &Caller, now: DateTime<Utc>) -> ApiResult<Operation> {
        if !caller.may("records", self.op.action(), Scope::Own) {
            return Err(ApiError::Forbidden.in_operation(Some(number)));
        }
        let mut errors = vec![];
        let mut refuse = |member: &str, code, detail: String| {
            errors.push(FieldError::at(format!("/operations/{number}/{member}"), code, detail));
        };
        let collection = CollectionName::parse(&self.collection);
        let collection = collection.map_err(|error: InvalidCollectionName| {
            refuse("collection", "malformed", error.to_string());
        });
        let (creates, deletes) = (matches!(self.op, OperationKind::Create), matches!(self.op, OperationKind::Delete));
        let id = match &self.id {
            None if creates => Some((RecordId::from_uuid(Uuid::now_v7()), true)),
            None => {
                refuse("id", "missing_field", "is required".to_owned());
                None
            }
            Some(text) if creates => match client_id::parse(text, now) {
                Ok(id) => Some((id, false)),
                Err(error) => {
                    refuse("id", "malformed", error.to_string());
                    None
                }
            },
            Some(text) => {
                let id = Uuid::try_parse(text).map(|id| (RecordId::from_uuid(id), false));
                id.map_err(|_| refuse("id", "malformed", "must be a UUID".to_owned())).ok()
            }
        };
        if creates && self.version.is_some() {
            refuse("version", "unknown_field", "is not known of what is created".to_owned());
        }
        match (&self.data, deletes) {
            (Some(_), true) => refuse("data", "unknown_field", "is not known of what is deleted".to_owned()),
            (None, false) => refuse("data", "missing_field", "is required".to_owned()),
            (Some(_), false) | (None, true) => {}
        }
        match (collection, id) {
            (Ok(collection), Some((id, is_made))) if errors.is_empty() => {
                let (seen, data) = (IfMatch(self.version), self.data.unwrap_or_default());
                Ok(Operation { kind: self.op, collection, id, is_made, seen, data })
            }
            _ => Err(ApiError::Invalid(errors)),
        }
    }
}

impl OperationKind {
    /// As permissions name it.
    fn action(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Patch | Self::Replace => "update",
            Self::Delete => "delete",
        }
    }

    /// The status that the single request would have.
    pub(super) fn status(self) -> u16 {
        match self {
            Self::Create => 201,
            Self::Patch | Self::Replace => 200,
            Self::Delete => 204,
        }
    }
}

impl Operation {
    /// Does it, on records as the operations before leave them.
    pub(super) async fn run(&self, work: &mut Transaction<'_>) -> ApiResult<()> {
        let Self { id, is_made, seen, .. } = *self;
        let collection = work.collection(&self.collection).await?;
        match self.kind {
            OperationKind::Create => work.create(&collection, id, is_made, self.data.clone()).await,
            OperationKind::Patch => work.change(&collection, id, seen, self.data.clone()).await,
            OperationKind::Replace => work.replace(&collection, id, seen, self.data.clone()).await,
            OperationKind::Delete => work.delete(&collection, id, seen).await,
        }
    }
}
