//! An event as people may see it.

use chrono::{DateTime, Utc};
use event_store::RecordedEvent;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

/// Members of events that are shown. Whatever is not in this list is not: it may be sealed, or a hash, or become either.
const SHOWN: [&str; 10] =
    ["by", "description", "expires_at", "export_id", "key_id", "method", "permissions", "reason", "role", "session_id"];

/// Something that happened.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditEntry {
    /// In the log.
    pub position: i64,
    #[serde(rename = "type")]
    #[schema(example = "user.role_granted")]
    pub event_type: String,
    pub at: DateTime<Utc>,
    /// Who asked for it: a user's id, or a name such as `operator`; `null` for callers who had not signed in.
    #[schema(example = "0192d1f0-0000-7000-8000-000000000001")]
    pub actor: Option<String>,
    /// What kind of thing it happened to, and which one.
    #[schema(example = "user")]
    pub category: String,
    pub subject: Option<Uuid>,
    /// Of the thing it happened to.
    pub version: i64,
    /// What the event says that is not personal.
    #[schema(value_type = Object, example = json!({"role": "support"}))]
    pub details: Map<String, Value>,
    /// Joins everything that one request caused.
    pub correlation_id: Option<Uuid>,
}

/// A page of events, from the newest to the oldest.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditPage {
    pub items: Vec<AuditEntry>,
    /// For the next page; `null` on the last one. A page may have fewer items than asked for, or none, and be followed by
    /// others: rare events are searched for piece by piece.
    pub next_cursor: Option<String>,
}

impl From<&RecordedEvent> for AuditEntry {
    fn from(event: &RecordedEvent) -> Self {
        let metadata = event.metadata();
        let payload: Map<String, Value> = serde_json::from_str(event.payload.get()).unwrap_or_default();
        let details = payload.into_iter().filter(|(name, _)| SHOWN.contains(&name.as_str())).collect();
        Self {
            position: event.position,
            event_type: event.event_type.clone(),
            at: event.recorded_at,
            actor: metadata.actor,
            category: event.category.clone(),
            subject: event.aggregate_id(),
            version: event.stream_version,
            details,
            correlation_id: metadata.correlation_id,
        }
    }
}
