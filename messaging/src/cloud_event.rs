//! An event of the log as the outside world sees it: CloudEvents 1.0 in binary mode, attributes beside the data.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use event_store::log::RecordedEvent;
use uuid::Uuid;

/// One event on its way out. Personal data in `data` is encrypted, as it is in the log; who caused it stays inside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloudEvent {
    /// The event's id, the same at every repetition: what a consumer deduplicates by.
    pub id: Uuid,
    /// The log it comes from, with its incarnation; `sequence` is comparable within one source only.
    pub source: String,
    /// Such as `user.registered`; also the routing key.
    pub event_type: String,
    /// The stream it belongs to.
    pub subject: String,
    /// When the log stored it.
    pub time: DateTime<Utc>,
    /// Names type and version of the data.
    pub dataschema: String,
    /// Position in the log.
    pub sequence: i64,
    /// Consumers that work in parallel keep the order of events of one key.
    pub partitionkey: String,
    pub correlationid: Option<Uuid>,
    pub causationid: Option<Uuid>,
    /// W3C trace context of the request that caused it.
    pub traceparent: Option<String>,
    /// The payload, JSON.
    pub data: Bytes,
}

impl CloudEvent {
    /// The log's event as a message from `source`.
    pub fn from_recorded(event: &RecordedEvent, source: &str) -> Self {
        let metadata = event.metadata();
        Self {
            id: event.event_id,
            source: source.to_owned(),
            event_type: event.event_type.clone(),
            subject: event.stream_id.clone(),
            time: event.recorded_at,
            dataschema: format!("urn:tidemark:schema:{}:{}", event.event_type, event.event_version),
            sequence: event.position,
            partitionkey: event.stream_id.clone(),
            correlationid: metadata.correlation_id,
            causationid: metadata.causation_id,
            traceparent: metadata.traceparent,
            data: Bytes::copy_from_slice(event.payload.get().as_bytes()),
        }
    }

    /// `sequence` as the CloudEvents extension wants it: a string that sorts like the number.
    pub fn sortable_sequence(&self) -> String {
        format!("{:019}", self.sequence)
    }
}
