//! A webhook as those see it who may, without its secrets.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::{
    Sealed,
    webhooks::{Disablement, SECRET_PURPOSE, URL_PURPOSE, WebhookSecret},
};
use event_store::{SubjectKey, SubjectKeys};
use projections::webhooks::WebhookRow;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::Found;
use crate::error::ApiResult;

/// Where events are sent to, and which.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WebhookView {
    pub id: Uuid,
    /// As in the ETag.
    pub version: i64,
    #[schema(example = "https://example.com/hooks/tidemark")]
    pub url: String,
    /// Types of events, families such as `record.*`, or `*`. Sorted.
    #[schema(example = json!(["record.*"]))]
    pub events: Vec<String>,
    /// The collection whose records only are sent, as it was called when that was set.
    #[schema(example = "posts")]
    pub collection: Option<String>,
    /// Which of these records only are sent.
    #[schema(example = "record.rank > 3")]
    pub filter: Option<String>,
    #[schema(example = "Tells the shop")]
    pub description: String,
    pub state: WebhookState,
    /// Why nothing is sent; `null` while it is.
    #[schema(pattern = "^(by_request|gone|failing|filter_not_applicable)$", example = "failing")]
    pub reason: Option<String>,
    /// The user who created it, and who is told when it is disabled.
    pub created_by: Uuid,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WebhookState {
    Enabled,
    /// Nothing is sent, for the `reason`.
    Disabled,
}

/// What was asked for is going to be done.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Requested {
    #[schema(value_type = String, example = "requested")]
    status: &'static str,
}

impl Requested {
    pub(super) fn new() -> Self {
        Self { status: "requested" }
    }
}

impl WebhookView {
    /// Opens what the log keeps sealed.
    pub(super) async fn open(found: &Found, keys: &SubjectKeys) -> ApiResult<Self> {
        Self::open_with(found, &keys.get(found.id.as_uuid()).await?)
    }

    pub(super) fn open_with(Found { id, endpoint, version }: &Found, key: &SubjectKey) -> ApiResult<Self> {
        let definition = &endpoint.definition;
        Ok(Self {
            id: id.as_uuid(),
            version: *version,
            url: key.open(URL_PURPOSE, &definition.url)?,
            events: definition.events.entries().to_vec(),
            collection: definition.collection.as_ref().map(|of| of.name.to_string()),
            filter: definition.filter.as_ref().map(|filter| filter.as_str().to_owned()),
            description: definition.description.as_str().to_owned(),
            state: WebhookState::of(endpoint.disabled.is_some()),
            reason: endpoint.disabled.map(Disablement::as_str).map(str::to_owned),
            created_by: endpoint.by.as_uuid(),
            created_at: endpoint.created_at,
            updated_at: endpoint.updated_at,
        })
    }

    /// The same for rows, with one query for their keys at most. Those that are being deleted are left out.
    pub(super) async fn open_all(rows: Vec<WebhookRow>, keys: &SubjectKeys) -> ApiResult<Vec<Self>> {
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let keys: HashMap<Uuid, SubjectKey> = keys.get_many(&ids).await?;
        rows.into_iter().filter_map(|row| keys.get(&row.id).map(|key| Self::open_row(row, key))).collect()
    }

    fn open_row(row: WebhookRow, key: &SubjectKey) -> ApiResult<Self> {
        Ok(Self {
            id: row.id,
            version: row.version,
            url: key.open(URL_PURPOSE, &row.sealed_url())?,
            events: row.events,
            collection: row.collection_name,
            filter: row.filter,
            description: row.description,
            state: WebhookState::of(row.disabled.is_some()),
            reason: row.disabled,
            created_by: row.created_by,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

impl WebhookState {
    fn of(is_disabled: bool) -> Self {
        if is_disabled { Self::Disabled } else { Self::Enabled }
    }
}

/// A new secret: as its owner is told, once, and as it is stored.
pub(super) fn new_secret(key: &SubjectKey) -> (String, Sealed) {
    let secret = WebhookSecret::from_random(rand::random()).reveal();
    let sealed = key.seal(SECRET_PURPOSE, &secret);
    (secret, sealed)
}
