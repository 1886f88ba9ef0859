//! An event of the log as the outside world sees it: CloudEvents 1.0 in binary mode, attributes beside the data.

use std::collections::BTreeMap;

use bytes::Bytes;
use chrono::{DateTime, SecondsFormat, Utc};
use domain::{
    Aggregate,
    users::{User, events::CREDENTIALS},
};
use event_store::log::RecordedEvent;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
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

/// The same attributes in one JSON document, as structured mode wants them.
#[derive(Serialize)]
struct Structured<'a> {
    specversion: &'static str,
    id: Uuid,
    source: &'a str,
    #[serde(rename = "type")]
    event_type: &'a str,
    subject: &'a str,
    time: String,
    datacontenttype: &'static str,
    dataschema: &'a str,
    sequence: String,
    partitionkey: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    correlationid: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    causationid: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    traceparent: Option<&'a str>,
    data: Box<RawValue>,
}

impl CloudEvent {
    /// What events of this incarnation of the log name as their source.
    pub fn source_of(incarnation: Uuid) -> String {
        format!("urn:tidemark:log:{incarnation}")
    }

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

    /// The event in structured mode, for others than the operator's own systems: one JSON document with the attributes and the
    /// data, without what credentials are checked against.
    ///
    /// # Errors
    /// When the data is no JSON, or that of a user no object.
    pub fn to_structured(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(&Structured {
            specversion: "1.0",
            id: self.id,
            source: &self.source,
            event_type: &self.event_type,
            subject: &self.subject,
            time: self.time_text(),
            datacontenttype: "application/json",
            dataschema: &self.dataschema,
            sequence: self.sortable_sequence(),
            partitionkey: &self.partitionkey,
            correlationid: self.correlationid,
            causationid: self.causationid,
            traceparent: self.traceparent.as_deref(),
            data: self.shown_data()?,
        })
    }

    /// To the byte as the log has it, but for [`CREDENTIALS`].
    fn shown_data(&self) -> Result<Box<RawValue>, serde_json::Error> {
        if self.event_type.split_once('.').is_none_or(|(category, _)| category != User::CATEGORY) {
            return serde_json::from_slice::<&RawValue>(&self.data).map(ToOwned::to_owned);
        }
        let mut members: BTreeMap<&str, &RawValue> = serde_json::from_slice(&self.data)?;
        members.retain(|name, _| !CREDENTIALS.contains(name));
        to_raw_value(&members)
    }

    /// `time` as it is written outside.
    pub fn time_text(&self) -> String {
        self.time.to_rfc3339_opts(SecondsFormat::Micros, true)
    }
}

#[cfg(test)]
mod tests {
    use std::{
        collections::BTreeSet,
        fs,
        path::{Path, PathBuf},
    };

    use serde_json::json;

    use super::*;

    fn some(data: Bytes) -> CloudEvent {
        CloudEvent {
            id: Uuid::from_u128(1),
            source: CloudEvent::source_of(Uuid::from_u128(2)),
            event_type: "record.created".to_owned(),
            subject: "record-3".to_owned(),
            time: "2026-03-01T10:20:30.000456Z".parse().unwrap(),
            dataschema: "urn:tidemark:schema:record.created:1".to_owned(),
            sequence: 42,
            partitionkey: "record-3".to_owned(),
            correlationid: None,
            causationid: Some(Uuid::from_u128(4)),
            traceparent: None,
            data,
        }
    }

    #[test]
    fn structured_mode_has_the_attributes_beside_the_data_as_it_is() {
        let event = some(Bytes::from_static(br#"{"n":1.10}"#));
        let structured = String::from_utf8(event.to_structured().unwrap()).unwrap();
        assert!(structured.contains(r#""data":{"n":1.10}"#), "to the byte: {structured}");
        let expected = json!({
            "specversion": "1.0",
            "id": Uuid::from_u128(1),
            "source": "urn:tidemark:log:00000000-0000-0000-0000-000000000002",
            "type": "record.created",
            "subject": "record-3",
            "time": "2026-03-01T10:20:30.000456Z",
            "datacontenttype": "application/json",
            "dataschema": "urn:tidemark:schema:record.created:1",
            "sequence": "0000000000000000042",
            "partitionkey": "record-3",
            "causationid": Uuid::from_u128(4),
            "data": {"n": 1.1},
        });
        assert_eq!(serde_json::from_str::<serde_json::Value>(&structured).unwrap(), expected);
    }

    #[test]
    fn what_credentials_are_checked_against_is_withheld() {
        let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../domain/golden");
        let files = fs::read_dir(golden).unwrap().map(|file| file.unwrap().path());
        let of_users = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().starts_with("user.");
        let (mut withheld, mut shown) = (BTreeSet::new(), BTreeSet::new());
        for path in files.filter(of_users) {
            let event = CloudEvent { event_type: "user.any".to_owned(), ..some(fs::read(path).unwrap().into()) };
            let before: serde_json::Map<_, _> = serde_json::from_slice(&event.data).unwrap();
            let after: serde_json::Value = serde_json::from_slice(&event.to_structured().unwrap()).unwrap();
            let (kept, left_out) =
                before.into_iter().partition::<Vec<_>, _>(|(name, _)| after["data"].get(name).is_some());
            shown.extend(kept.into_iter().map(|(name, _)| name));
            withheld.extend(left_out.into_iter().map(|(name, _)| name));
        }
        assert_eq!(withheld.iter().map(String::as_str).collect::<Vec<_>>(), CREDENTIALS);
        assert!(shown.contains("email") && shown.contains("key_id"));
        assert!(!shown.iter().any(|name| name.contains("hash") || name.contains("secret") || name.contains("code")));
    }
}
