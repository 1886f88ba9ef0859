//! A collection as administrators see it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::collections::{CollectionId, Data, Defined, Definition, Evolution, Finding, Language, Rules};
use projections::collections::CollectionRow;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    fields::{HistoryRetention, IndexKeys},
    relations::RelationView,
};
use crate::error::{ApiError, ApiResult};

/// A collection: what its records look like, and who may do what with them.
#[derive(Debug, Serialize, ToSchema)]
pub struct CollectionView {
    pub id: Uuid,
    #[schema(example = "posts")]
    pub name: String,
    pub description: String,
    /// JSON Schema 2020-12.
    #[schema(value_type = Object)]
    pub schema: Data,
    /// Fields of which no two records have the same value.
    #[schema(example = json!(["slug"]))]
    pub unique: Vec<String>,
    /// By field: what its ids refer to.
    #[schema(example = json!({"author": {"collection": "people", "on_delete": "restrict"}}))]
    pub relations: BTreeMap<String, RelationView>,
    pub rules: RulesView,
    /// How much of the history of records is shown; `null` is all of it.
    pub history: Option<HistoryRetention>,
    /// Indexes for filters and sorting.
    pub indexed: Vec<IndexKeys>,
    /// Fields of texts for `search`.
    #[schema(example = json!(["title"]))]
    pub searchable: Vec<String>,
    /// Of these texts.
    #[schema(value_type = String, example = "english")]
    pub language: Language,
    /// As in the ETag.
    pub version: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// Conditions in CEL; `null` is for those alone who may do it to all records.
#[derive(Debug, Serialize, ToSchema)]
pub struct RulesView {
    list: Option<String>,
    view: Option<String>,
    create: Option<String>,
    update: Option<String>,
    delete: Option<String>,
}

impl CollectionView {
    pub fn of(id: CollectionId, version: i64, defined: Defined) -> Self {
        let Defined { name, definition, created_at, updated_at, evolution: _ } = defined;
        let Definition { description, schema, unique, relations, rules, history, finding } = definition;
        let Finding { indexed, searchable, language } = finding;
        let Rules { list, view, create, update, delete } = rules;
        Self {
            id: id.as_uuid(),
            name: name.into(),
            description: description.as_str().to_owned(),
            schema,
            unique,
            relations: relations.into_iter().map(|(field, relation)| (field, relation.into())).collect(),
            rules: RulesView { list, view, create, update, delete },
            history: history.map(HistoryRetention::from),
            indexed: indexed.into_iter().map(IndexKeys::from).collect(),
            searchable,
            language,
            version,
            created_at,
            updated_at,
        }
    }

    pub fn of_row(row: CollectionRow) -> ApiResult<Self> {
        let broken = |error: anyhow::Error| ApiError::Internal(error.context("a row of collections"));
        let defined = Defined {
            name: row
                .name
                .try_into()
                .map_err(|error: domain::collections::name::InvalidCollectionName| broken(error.into()))?,
            definition: serde_json::from_value(row.definition).map_err(|error| broken(error.into()))?,
            created_at: row.created_at,
            updated_at: row.updated_at,
            evolution: Evolution::default(),
        };
        Ok(Self::of(CollectionId::from_uuid(row.id), row.version, defined))
    }
}
