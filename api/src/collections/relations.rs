//! The relations of a collection, as requests and answers have them: with names, where the log has ids.

use std::collections::BTreeMap;

use domain::collections::{
    CollectionId, CollectionName, MOST_RELATIONS, OnDelete, Relation, RelationPatch, RelationsPatch,
};
use event_store::StreamId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{CollectionBook, stream};
use crate::error::{ApiError, ApiResult, FieldError};

/// What a field refers to.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RelationRequest {
    /// To the records of which collection; the collection itself is one too.
    #[schema(pattern = "^[a-z][a-z0-9_]{0,62}$", example = "people")]
    collection: String,
    #[serde(default)]
    on_delete: OnDeletePolicy,
}

/// Absent members stay as they are.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RelationPatchRequest {
    #[serde(default)]
    #[schema(value_type = String, required = false, pattern = "^[a-z][a-z0-9_]{0,62}$", example = "people")]
    collection: Option<String>,
    #[serde(default)]
    #[schema(value_type = OnDeletePolicy, required = false)]
    on_delete: Option<OnDeletePolicy>,
}

/// What a field refers to.
#[derive(Debug, Serialize, ToSchema)]
pub struct RelationView {
    #[schema(example = "people")]
    collection: String,
    on_delete: OnDeletePolicy,
}

/// What happens to a record when one is deleted to which it refers.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnDeletePolicy {
    /// The deletion is refused.
    #[default]
    Restrict,
    /// The reference is taken out.
    SetNull,
    /// It is deleted too.
    Cascade,
}

/// Relations whose collections were found, at the versions that these have.
pub(super) struct Resolved<R> {
    pub(super) relations: R,
    pub(super) rests_on: Vec<(StreamId, i64)>,
}

/// Finds the collections that the relations of a new collection name.
pub(super) async fn resolve(
    book: &CollectionBook,
    itself: &(CollectionId, CollectionName),
    asked: &BTreeMap<String, RelationRequest>,
) -> ApiResult<Resolved<BTreeMap<String, Relation>>> {
    bounded(asked.len())?;
    let (mut relations, mut targets) = (BTreeMap::new(), Targets::new(book));
    for (field, RelationRequest { collection, on_delete }) in asked {
        let found = if collection == itself.1.as_str() {
            Some(itself.clone())
        } else {
            targets.find(field, collection).await?
        };
        if let Some((target, collection)) = found {
            relations.insert(field.clone(), Relation { target, collection, on_delete: (*on_delete).into() });
        }
    }
    targets.resolved(relations)
}

/// The same for changes of relations.
pub(super) async fn resolve_patch(
    book: &CollectionBook,
    itself: CollectionId,
    asked: &BTreeMap<String, Option<RelationPatchRequest>>,
) -> ApiResult<Resolved<RelationsPatch>> {
    bounded(asked.len())?;
    let (mut patch, mut targets) = (RelationsPatch::new(), Targets::new(book));
    for (field, asked) in asked {
        let changed = match asked {
            Some(RelationPatchRequest { collection, on_delete }) => {
                let target = match collection {
                    Some(name) => targets.find(field, name).await?,
                    None => None,
                };
                Some(RelationPatch { target, on_delete: on_delete.map(OnDelete::from) })
            }
            None => None,
        };
        patch.insert(field.clone(), changed);
    }
    let mut resolved = targets.resolved(patch)?;
    resolved.rests_on.retain(|(target, _)| *target != stream(itself));
    Ok(resolved)
}

/// Each costs a look-up.
fn bounded(relations: usize) -> ApiResult<()> {
    if relations <= MOST_RELATIONS {
        return Ok(());
    }
    let detail = format!("must have at most {MOST_RELATIONS}");
    Err(ApiError::Invalid(vec![FieldError::at("/relations", "too_many", detail)]))
}

/// The collections that are named, and what is wrong with others.
struct Targets<'a> {
    book: &'a CollectionBook,
    rests_on: BTreeMap<StreamId, i64>,
    errors: Vec<FieldError>,
}

impl<'a> Targets<'a> {
    fn new(book: &'a CollectionBook) -> Self {
        Self { book, rests_on: BTreeMap::new(), errors: vec![] }
    }

    async fn find(&mut self, field: &str, name: &str) -> ApiResult<Option<(CollectionId, CollectionName)>> {
        let pointer = || format!("/relations/{}/collection", field.replace('~', "~0").replace('/', "~1"));
        let name = match CollectionName::parse(name) {
            Ok(name) => name,
            Err(error) => {
                self.errors.push(FieldError::at(pointer(), "malformed", error.to_string()));
                return Ok(None);
            }
        };
        match self.book.find(&name).await {
            Ok(found) => {
                self.rests_on.insert(stream(found.id), found.version);
                Ok(Some((found.id, name)))
            }
            Err(ApiError::NotFound) => {
                self.errors.push(FieldError::at(pointer(), "unknown_collection", "there is no such collection"));
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    fn resolved<R>(self, relations: R) -> ApiResult<Resolved<R>> {
        if !self.errors.is_empty() {
            return Err(ApiError::Invalid(self.errors));
        }
        Ok(Resolved { relations, rests_on: self.rests_on.into_iter().collect() })
    }
}

impl From<OnDeletePolicy> for OnDelete {
    fn from(policy: OnDeletePolicy) -> Self {
        match policy {
            OnDeletePolicy::Restrict => Self::Restrict,
            OnDeletePolicy::SetNull => Self::SetNull,
            OnDeletePolicy::Cascade => Self::Cascade,
        }
    }
}

impl From<Relation> for RelationView {
    fn from(relation: Relation) -> Self {
        let on_delete = match relation.on_delete {
            OnDelete::Restrict => OnDeletePolicy::Restrict,
            OnDelete::SetNull => OnDeletePolicy::SetNull,
            OnDelete::Cascade => OnDeletePolicy::Cascade,
        };
        Self { collection: relation.collection.into(), on_delete }
    }
}
