//! Messages as AMQP 0-9-1 carries them: what is in the properties and headers, beside the body.

use std::time::Duration;

use bytes::Bytes;
use lapin::{
    BasicProperties,
    message::Delivery,
    types::{AMQPValue, FieldTable, ShortString},
};
use uuid::Uuid;

use super::topology::{number, table, text};
use crate::{BusError, ChangeNotice, CloudEvent};

/// CloudEvents AMQP protocol binding 1.0, § 3.1.3.1, as brokers of AMQP 0-9-1 carry it.
const CLOUD_EVENTS: &str = "cloudEvents_";
const JSON: &str = "application/json";
const TRANSIENT: u8 = 1;
const PERSISTENT: u8 = 2;

/// A notice with the place it has among all that its publisher sends; a gap means that something was lost. Without a
/// notice it only says how far the publisher is.
#[derive(Debug)]
pub(super) struct Numbered {
    pub(super) publisher: Uuid,
    pub(super) number: i64,
    pub(super) notice: Option<ChangeNotice>,
}

/// Properties of an event in CloudEvents binary mode; the body is its data.
pub(super) fn of_event(event: &CloudEvent) -> BasicProperties {
    let mut headers = FieldTable::default();
    let mut set = |name: &str, value: String| {
        headers.insert(format!("{CLOUD_EVENTS}{name}").into(), AMQPValue::LongString(value.into()));
    };
    set("specversion", "1.0".to_owned());
    set("id", event.id.to_string());
    set("source", event.source.clone());
    set("type", event.event_type.clone());
    set("subject", event.subject.clone());
    set("time", event.time_text());
    set("dataschema", event.dataschema.clone());
    set("sequence", event.sortable_sequence());
    set("partitionkey", event.partitionkey.clone());
    let optional = [
        ("correlationid", event.correlationid.map(|id| id.to_string())),
        ("causationid", event.causationid.map(|id| id.to_string())),
        ("traceparent", event.traceparent.clone()),
    ];
    for (name, value) in optional {
        if let Some(value) = value {
            set(name, value);
        }
    }
    BasicProperties::default()
        .with_message_id(event.id.to_string().into())
        .with_content_type(JSON.into())
        .with_delivery_mode(PERSISTENT)
        .with_headers(headers)
}

/// The routing key of an event, which is its type.
pub(super) fn routing_key(event: &CloudEvent) -> Result<ShortString, BusError> {
    short(&event.event_type)
}

/// Text that must fit AMQP's 255 bytes.
pub(super) fn short(value: &str) -> Result<ShortString, BusError> {
    ShortString::try_new(value).map_err(|_| BusError::Unpublishable(format!("a key of {} bytes", value.len())))
}

pub(super) fn of_notice(publisher: Uuid, sequence: i64, notice: Option<&ChangeNotice>) -> BasicProperties {
    let mut headers = table([("publisher", text(&publisher.to_string())), ("publisher_sequence", number(sequence))]);
    if let Some(notice) = notice {
        headers.insert("projection".into(), text(&notice.projection));
        headers.insert("build".into(), AMQPValue::LongInt(notice.build));
        headers.insert("lane".into(), AMQPValue::ShortInt(notice.lane));
        headers.insert("position".into(), number(notice.position));
    }
    BasicProperties::default().with_content_type(JSON.into()).with_delivery_mode(TRANSIENT).with_headers(headers)
}

/// `None` when the message was not sent by a bus.
pub(super) fn to_notice(delivery: &mut Delivery) -> Option<Numbered> {
    let body = Bytes::from(std::mem::take(&mut delivery.data));
    let headers = delivery.properties.headers().as_ref()?;
    let notice = match text_of(headers, "projection") {
        None => None,
        Some(projection) => Some(ChangeNotice {
            projection,
            build: number_of(headers, "build")?.try_into().ok()?,
            lane: number_of(headers, "lane")?.try_into().ok()?,
            position: number_of(headers, "position")?,
            body,
        }),
    };
    let publisher = text_of(headers, "publisher")?.parse().ok()?;
    Some(Numbered { publisher, number: number_of(headers, "publisher_sequence")?, notice })
}

/// What nobody has taken within `time_to_live` is told again by then.
pub(super) fn of_presence(time_to_live: Duration) -> BasicProperties {
    let expiration = time_to_live.as_millis().to_string().into();
    BasicProperties::default().with_content_type(JSON.into()).with_delivery_mode(TRANSIENT).with_expiration(expiration)
}

pub(super) fn of_wakeup(position: i64) -> BasicProperties {
    let headers = table([("sequence", number(position))]);
    BasicProperties::default().with_delivery_mode(TRANSIENT).with_headers(headers)
}

/// `None` when the message was not sent by a bus.
pub(super) fn to_position(delivery: &Delivery) -> Option<i64> {
    number_of(delivery.properties.headers().as_ref()?, "sequence")
}

fn text_of(headers: &FieldTable, name: &str) -> Option<String> {
    match headers.inner().get(name) {
        Some(AMQPValue::LongString(value)) => String::from_utf8(value.as_bytes().to_vec()).ok(),
        _ => None,
    }
}

fn number_of(headers: &FieldTable, name: &str) -> Option<i64> {
    match headers.inner().get(name) {
        Some(AMQPValue::LongLongInt(value)) => Some(*value),
        Some(AMQPValue::LongInt(value)) => Some(i64::from(*value)),
        Some(AMQPValue::ShortInt(value)) => Some(i64::from(*value)),
        _ => None,
    }
}
