//! The relations of a collection, as requests and answers have them: with names, where the log has ids.

use std::collections::BTreeMap;

use domain::collections::{
    CollectionId, CollectionName, MOST_RELATIONS, OnDelete, Relation, RelationPatch, RelationsPatch,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::CollectionBook;
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

/// Finds the collections that the relations of a new collection name.
pub(super) async fn resolve(
    book: &CollectionBook,
    itself: &(CollectionId, CollectionName),
    asked: BTreeMap<String, RelationRequest>,
) -> ApiResult<BTreeMap<String, Relation>> {
    bounded(asked.len())?;
    let (mut relations, mut errors) = (BTreeMap::new(), vec![]);
    for (field, RelationRequest { collection, on_delete }) in asked {
        let found = if collection == itself.1.as_str() {
            Some(itself.clone())
        } else {
            target(book, &field, &collection, &mut errors).await?
        };
        if let Some((target, collection)) = found {
            relations.insert(field, Relation { target, collection, on_delete: on_delete.into() });
        }
    }
    if errors.is_empty() { Ok(relations) } else { Err(ApiError::Invalid(errors)) }
}

/// The same for changes of relations.
pub(super) async fn resolve_patch(
    book: &CollectionBook,
    asked: BTreeMap<String, Option<RelationPatchRequest>>,
) -> ApiResult<RelationsPatch> {
    bounded(asked.len())?;
    let (mut patch, mut errors) = (RelationsPatch::new(), vec![]);
    for (field, asked) in asked {
        let changed = match asked {
            Some(RelationPatchRequest { collection, on_delete }) => {
                let target = match collection {
                    Some(name) => target(book, &field, &name, &mut errors).await?,
                    None => None,
                };
                Some(RelationPatch { target, on_delete: on_delete.map(OnDelete::from) })
            }
            None => None,
        };
        patch.insert(field, changed);
    }
    if errors.is_empty() { Ok(patch) } else { Err(ApiError::Invalid(errors)) }
}

/// Each costs a look-up.
fn bounded(relations: usize) -> ApiResult<()> {
    if relations <= MOST_RELATIONS {
        return Ok(());
    }
    let detail = format!("must have at most {MOST_RELATIONS}");
    Err(ApiError::Invalid(vec![FieldError::at("/relations", "too_many", detail)]))
}

async fn target(
    book: &CollectionBook,
    field: &str,
    name: &str,
    errors: &mut Vec<FieldError>,
) -> ApiResult<Option<(CollectionId, CollectionName)>> {
    let pointer = || format!("/relations/{}/collection", field.replace('~', "~0").replace('/', "~1"));
    let name = match CollectionName::parse(name) {
        Ok(name) => name,
        Err(error) => {
            errors.push(FieldError::at(pointer(), "malformed", error.to_string()));
            return Ok(None);
        }
    };
    match book.id_of(&name).await {
        Ok(id) => Ok(Some((id, name))),
        Err(ApiError::NotFound) => {
            errors.push(FieldError::at(pointer(), "unknown_collection", "there is no such collection"));
            Ok(None)
        }
        Err(error) => Err(error),
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
