//! The fields of a collection's definition, as requests give them.

use domain::collections::{
    CollectionDescription, FieldProblem, Index, IndexKey, Language, Retention, Rules, RulesPatch,
    description::InvalidCollectionDescription, language::UnknownLanguage,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{error::FieldError, extract::present};

/// Conditions in CEL (docs/expressions.md). `null` is for those alone who may do it to all records (`records:…:all`), `true`
/// is for everybody who has signed in.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RulesRequest {
    /// Which records a list has.
    #[schema(max_length = 4096, example = "record.status == \"open\" || record.created_by == user.id")]
    list: Option<String>,
    /// Which records can be shown; others are not there.
    #[schema(max_length = 4096, example = "true")]
    view: Option<String>,
    /// What a record has to be to be created.
    #[schema(max_length = 4096, example = "\"editor\" in user.roles")]
    create: Option<String>,
    /// Which records can be changed; it has to hold before and after.
    #[schema(max_length = 4096, example = "record.created_by == user.id")]
    update: Option<String>,
    /// Which records can be deleted.
    #[schema(max_length = 4096, example = "record.created_by == user.id")]
    delete: Option<String>,
}

/// Keys of an index: a field, or up to four together, `-` before those whose values fall.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(untagged)]
#[schema(example = json!(["status", "-created_at"]))]
pub enum IndexKeys {
    One(String),
    Many(Vec<String>),
}

impl From<IndexKeys> for Index {
    fn from(keys: IndexKeys) -> Self {
        match keys {
            IndexKeys::One(key) => Self::on(&key),
            IndexKeys::Many(keys) => Self::new(keys.iter().map(|key| IndexKey::parse(key)).collect()),
        }
    }
}

impl From<Index> for IndexKeys {
    fn from(index: Index) -> Self {
        match index.keys() {
            [key] => Self::One(key.to_string()),
            keys => Self::Many(keys.iter().map(IndexKey::to_string).collect()),
        }
    }
}

/// Absent rules stay as they are.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RulesPatchRequest {
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>, max_length = 4096)]
    list: Option<Option<String>>,
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>, max_length = 4096)]
    view: Option<Option<String>>,
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>, max_length = 4096)]
    create: Option<Option<String>>,
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>, max_length = 4096)]
    update: Option<Option<String>>,
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>, max_length = 4096)]
    delete: Option<Option<String>>,
}

/// How much of the history of records is shown, and can be restored. What is older stays in the log.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HistoryRetention {
    /// Versions that were replaced within so many days.
    Days(u32),
    /// So many of the last versions; a deletion is one too.
    Versions(u32),
}

impl From<HistoryRetention> for Retention {
    fn from(history: HistoryRetention) -> Self {
        match history {
            HistoryRetention::Days(days) => Self::Days(days),
            HistoryRetention::Versions(versions) => Self::Versions(versions),
        }
    }
}

impl From<Retention> for HistoryRetention {
    fn from(retention: Retention) -> Self {
        match retention {
            Retention::Days(days) => Self::Days(days),
            Retention::Versions(versions) => Self::Versions(versions),
        }
    }
}

impl From<RulesRequest> for Rules {
    fn from(rules: RulesRequest) -> Self {
        let RulesRequest { list, view, create, update, delete } = rules;
        Self { list, view, create, update, delete }
    }
}

impl From<RulesPatchRequest> for RulesPatch {
    fn from(rules: RulesPatchRequest) -> Self {
        let RulesPatchRequest { list, view, create, update, delete } = rules;
        Self { list, view, create, update, delete }
    }
}

pub(super) fn parse_description(text: &str, errors: &mut Vec<FieldError>) -> Option<CollectionDescription> {
    let error = |error: InvalidCollectionDescription| {
        let code = match error {
            InvalidCollectionDescription::TooLong => "too_long",
            InvalidCollectionDescription::ControlCharacter => "control_character",
        };
        FieldError::at("/description", code, error.to_string())
    };
    CollectionDescription::parse(text).map_err(|refused| errors.push(error(refused))).ok()
}

pub(super) fn parse_language(text: Option<&str>, errors: &mut Vec<FieldError>) -> Option<Language> {
    let Some(text) = text else { return Some(Language::SIMPLE) };
    let error = |error: UnknownLanguage| FieldError::at("/language", "unknown_value", error.to_string());
    Language::parse(text).map_err(|refused| errors.push(error(refused))).ok()
}

impl From<FieldProblem> for FieldError {
    fn from(problem: FieldProblem) -> Self {
        Self::at(problem.pointer, problem.code, problem.detail)
    }
}
