//! The read model of webhooks. Their secrets are not in it.

mod fold;
pub mod project;
pub mod queries;
mod upsert;

use chrono::{DateTime, Utc};
use diesel::{Queryable, Selectable};
use domain::Sealed;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::schema::webhooks;

/// Name of the projection, and topic of its changes.
pub const NAME: &str = "webhooks";

/// A webhook as the read model has it. Serialised, it is the `row` of a change.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Serialize, Deserialize)]
#[diesel(table_name = webhooks, check_for_backend(diesel::pg::Pg))]
pub struct WebhookRow {
    pub id: Uuid,
    /// Of the webhook's stream: what the next command may expect.
    pub version: i64,
    /// Sealed for the purpose `webhook.url`, under the webhook's own key.
    pub url: String,
    /// As [`domain::webhooks::EventSelection`] has them.
    pub events: Vec<String>,
    pub collection: Option<Uuid>,
    /// As it was called when the webhook was told of it.
    pub collection_name: Option<String>,
    pub filter: Option<String>,
    pub description: String,
    /// Why nothing is sent, as [`domain::webhooks::Disablement`] writes it; `None` where it is sent.
    pub disabled: Option<String>,
    pub created_by: Uuid,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    /// Of the last event applied.
    pub position: i64,
    /// A tombstone: the webhook is gone.
    pub deleted: bool,
}

impl WebhookRow {
    pub fn sealed_url(&self) -> Sealed {
        Sealed::from_ciphertext(self.url.clone())
    }
}
