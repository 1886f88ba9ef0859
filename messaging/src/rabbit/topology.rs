//! Exchanges and queues, declared on every connection so that a wiped broker heals.

use lapin::{
    Channel, Connection, ErrorKind, ExchangeKind,
    options::{ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions},
    protocol::{AMQPErrorKind, AMQPSoftError},
    types::{AMQPValue, FieldTable},
};
use tracing::warn;

use crate::BusError;

/// Unroutable events kept for whoever wonders why nothing arrives; the oldest make room.
const UNROUTABLE_LENGTH: i64 = 10_000;
const UNROUTABLE_BYTES: i64 = 16 * 1024 * 1024;
const UNROUTABLE_TTL_MS: i64 = 24 * 60 * 60 * 1000;

/// The names of an installation's exchanges and queues.
#[derive(Clone, Debug)]
pub(super) struct Names {
    /// Topic exchange: events as CloudEvents, routing key = event type.
    pub(super) events: String,
    /// Fanout exchange, and the bounded queue behind it: events that no queue was bound for.
    pub(super) unroutable: String,
    /// Topic exchange: change notices, routing key = projection.
    pub(super) changes: String,
    /// Fanout exchange: what api processes tell each other of who is there.
    pub(super) presence: String,
    /// Fanout exchange: positions. Not the events themselves: a wake-up queue bound to `events` would count as a
    /// route, so nothing would ever be unroutable, and every process would receive every event to learn one number.
    pub(super) wakeups: String,
    /// Exclusive queue that only exists to be held by the one connection that publishes events.
    pub(super) turn: String,
}

impl Names {
    pub(super) fn new(prefix: &str) -> Self {
        Self {
            events: format!("{prefix}.events"),
            unroutable: format!("{prefix}.unroutable"),
            changes: format!("{prefix}.changes"),
            presence: format!("{prefix}.presence"),
            wakeups: format!("{prefix}.wakeups"),
            turn: format!("{prefix}.relay"),
        }
    }
}

/// Declares what all processes share. True when unroutable events are certain to have a place.
pub(super) async fn declare(connection: &Connection, names: &Names) -> Result<bool, BusError> {
    let alternate = table([("alternate-exchange", text(&names.unroutable))]);
    let none = FieldTable::default;
    let unroutable = exchange(connection, &names.unroutable, ExchangeKind::Fanout, none()).await?
        && unroutable_queue(connection, names).await?;
    let events = exchange(connection, &names.events, ExchangeKind::Topic, alternate).await?;
    exchange(connection, &names.changes, ExchangeKind::Topic, none()).await?;
    exchange(connection, &names.presence, ExchangeKind::Fanout, none()).await?;
    exchange(connection, &names.wakeups, ExchangeKind::Fanout, none()).await?;
    Ok(unroutable && events)
}

/// Declares a durable exchange. False when it exists with other properties: it is used as it is, since refusing to work would help nobody.
pub(super) async fn exchange(
    connection: &Connection,
    name: &str,
    kind: ExchangeKind,
    arguments: FieldTable,
) -> Result<bool, BusError> {
    let options = ExchangeDeclareOptions { durable: true, ..Default::default() };
    // A refused declaration closes its channel, so each has one of its own.
    let channel = connection.create_channel().await?;
    as_wanted(name, channel.exchange_declare(name.into(), kind, options, arguments).await)
}

async fn unroutable_queue(connection: &Connection, names: &Names) -> Result<bool, BusError> {
    let channel = connection.create_channel().await?;
    let arguments = table([
        ("x-max-length", number(UNROUTABLE_LENGTH)),
        ("x-max-length-bytes", number(UNROUTABLE_BYTES)),
        ("x-message-ttl", number(UNROUTABLE_TTL_MS)),
        ("x-overflow", text("drop-head")),
    ]);
    let name = names.unroutable.as_str();
    let declared = channel.queue_declare(name.into(), durable_queue(), arguments).await;
    if !as_wanted(name, declared.map(|_| ()))? {
        return Ok(false);
    }
    bind(&channel, name, name, "").await?;
    Ok(true)
}

fn as_wanted(name: &str, declared: lapin::Result<()>) -> Result<bool, BusError> {
    match declared {
        Ok(()) => Ok(true),
        Err(error) if is_soft(&error, AMQPSoftError::PRECONDITIONFAILED) => {
            warn!(%name, %error, "the broker has this with other properties; delete it to have it declared again");
            Ok(false)
        }
        Err(error) => Err(error.into()),
    }
}

/// Whether the broker closed a channel with this code.
pub(super) fn is_soft(error: &lapin::Error, code: AMQPSoftError) -> bool {
    match error.kind() {
        ErrorKind::ProtocolError(error) => *error.kind() == AMQPErrorKind::Soft(code),
        _ => false,
    }
}

pub(super) async fn bind(channel: &Channel, queue: &str, exchange: &str, key: &str) -> Result<(), BusError> {
    let options = QueueBindOptions::default();
    Ok(channel.queue_bind(queue.into(), exchange.into(), key.into(), options, FieldTable::default()).await?)
}

/// The queue of an external consumer, as docs/integration.md describes it: replicated, nothing lost between the log
/// and the consumer's acknowledgement, poison messages set aside in `<name>.dead`.
#[derive(Clone, Debug)]
pub struct ConsumerQueue {
    /// Name of the queue. The exchange and the queue for its dead letters are called `<name>.dead`.
    pub name: String,
    /// Binding keys such as `user.registered`, `user.*` or `#`.
    pub bindings: Vec<String>,
    /// Failed deliveries of a message before it is set aside. RabbitMQ before 4.0 has no limit by default.
    pub delivery_limit: i64,
    /// Messages it holds; when it is full it refuses more, and the relay waits until there is room.
    pub max_length: i64,
}

impl ConsumerQueue {
    /// A queue with a delivery limit of 10 and room for 1,000,000 messages.
    pub fn new(name: impl Into<String>, bindings: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let bindings = bindings.into_iter().map(Into::into).collect();
        Self { name: name.into(), bindings, delivery_limit: 10, max_length: 1_000_000 }
    }

    /// Declares the queue, where its dead letters go, and its bindings to the events of the installation that uses
    /// `prefix`. Idempotent; fails with a closed channel when the queue exists with other properties.
    pub async fn declare(&self, channel: &Channel, prefix: &str) -> Result<(), BusError> {
        let dead = format!("{}.dead", self.name);
        let durable = ExchangeDeclareOptions { durable: true, ..Default::default() };
        channel.exchange_declare(dead.as_str().into(), ExchangeKind::Fanout, durable, FieldTable::default()).await?;
        let quorum = table([("x-queue-type", text("quorum"))]);
        channel.queue_declare(dead.as_str().into(), durable_queue(), quorum).await?;
        bind(channel, &dead, &dead, "").await?;
        let arguments = table([
            ("x-queue-type", text("quorum")),
            ("x-delivery-limit", number(self.delivery_limit)),
            ("x-max-length", number(self.max_length)),
            ("x-overflow", text("reject-publish")),
            ("x-dead-letter-exchange", text(&dead)),
            ("x-dead-letter-strategy", text("at-least-once")),
        ]);
        channel.queue_declare(self.name.as_str().into(), durable_queue(), arguments).await?;
        for key in &self.bindings {
            bind(channel, &self.name, &Names::new(prefix).events, key).await?;
        }
        Ok(())
    }
}

fn durable_queue() -> QueueDeclareOptions {
    QueueDeclareOptions { durable: true, ..Default::default() }
}

pub(super) fn table<const N: usize>(entries: [(&str, AMQPValue); N]) -> FieldTable {
    let mut table = FieldTable::default();
    for (name, value) in entries {
        table.insert(name.into(), value);
    }
    table
}

pub(super) fn text(value: &str) -> AMQPValue {
    AMQPValue::LongString(value.into())
}

pub(super) fn number(value: i64) -> AMQPValue {
    AMQPValue::LongLongInt(value)
}
