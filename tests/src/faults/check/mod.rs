//! The checkers of a run: pure functions over what was collected, each shown to catch the bug it is there for.

pub mod causality;
pub mod commands;
pub mod effects;
pub mod fold;
pub mod mails;
pub mod order;
pub mod read_models;
mod replica;
#[cfg(test)]
mod scene;
pub mod streams;
pub mod subscribers;

use chrono::{DateTime, Utc};
use event_store::RecordedEvent;
use serde_json::Value;
use uuid::Uuid;

/// What a checker found, one sentence each; nothing when all is well.
pub type Violations = Vec<String>;

/// An event of the log, as far as the checkers look at it.
#[derive(Clone, Debug)]
pub struct Logged {
    pub position: i64,
    pub event_id: Uuid,
    pub stream: String,
    /// Within the stream.
    pub version: i64,
    pub event_type: String,
    /// The correlation id: the operation that it came of.
    pub cause: Option<Uuid>,
    pub payload: Value,
    pub recorded_at: DateTime<Utc>,
}

impl From<&RecordedEvent> for Logged {
    fn from(event: &RecordedEvent) -> Self {
        Self {
            position: event.position,
            event_id: event.event_id,
            stream: event.stream_id.clone(),
            version: event.stream_version,
            event_type: event.event_type.clone(),
            cause: event.metadata().correlation_id,
            payload: serde_json::from_str(event.payload.get()).expect("a payload is JSON"),
            recorded_at: event.recorded_at,
        }
    }
}

impl Logged {
    /// The user whose stream this is.
    pub fn user(&self) -> Option<Uuid> {
        self.stream.strip_prefix("user-").and_then(|id| id.parse().ok())
    }
}
