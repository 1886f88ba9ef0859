//! An API key as its owner sees it, without its secret.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::users::ApiKey;
use event_store::SubjectKey;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::NAME;
use crate::error::ApiResult;

/// A key by which a program acts for its owner.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ApiKeyView {
    pub id: Uuid,
    #[schema(example = "Nightly export")]
    pub name: String,
    /// What the key may do, as far as its owner may.
    #[schema(example = json!(["users:read:own"]))]
    pub permissions: Vec<String>,
    pub created_at: DateTime<Utc>,
    /// `null` does not expire.
    pub expires_at: Option<DateTime<Utc>>,
    /// To the minute; `null` was never used.
    pub last_used_at: Option<DateTime<Utc>>,
}

impl ApiKeyView {
    pub(super) fn open(key: &ApiKey, owner: &SubjectKey, uses: &HashMap<Uuid, DateTime<Utc>>) -> ApiResult<Self> {
        Ok(Self {
            id: key.id,
            name: owner.open(NAME, &key.name)?,
            permissions: key.permissions.iter().map(ToString::to_string).collect(),
            created_at: key.created_at,
            expires_at: key.expires_at,
            last_used_at: uses.get(&key.id).copied(),
        })
    }
}
