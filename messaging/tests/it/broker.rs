//! A look at the broker from outside, as an external consumer or an operator has it.

use std::time::Duration;

use futures::StreamExt;
use lapin::{
    Channel, Connection, ConnectionProperties, Consumer,
    message::Delivery,
    options::{
        BasicAckOptions, BasicConsumeOptions, ExchangeDeleteOptions, QueueBindOptions, QueueDeclareOptions,
        QueueDeleteOptions, QueuePurgeOptions,
    },
    types::{AMQPValue, FieldTable},
};
use tokio::time::timeout;

/// Nothing that a test waits for takes this long unless it is broken.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Broker {
    // Ends with the last handle.
    _connection: Connection,
    pub(crate) channel: Channel,
}

impl Broker {
    pub(crate) async fn connect() -> Self {
        let properties = ConnectionProperties::default();
        let connection = Connection::connect(&test_support::amqp_url(), properties).await.expect("the broker is there");
        let channel = connection.create_channel().await.expect("a channel");
        Self { _connection: connection, channel }
    }

    /// An exclusive queue of this connection, bound to `exchange` for everything.
    pub(crate) async fn bound_queue(&self, exchange: &str, arguments: FieldTable) -> String {
        let options = QueueDeclareOptions { exclusive: true, ..Default::default() };
        let queue = self.channel.queue_declare("".into(), options, arguments).await.expect("a queue");
        let (name, none) = (queue.name().clone(), FieldTable::default());
        let binding =
            self.channel.queue_bind(name.clone(), exchange.into(), "#".into(), QueueBindOptions::default(), none);
        binding.await.expect("a binding");
        name.to_string()
    }

    pub(crate) async fn consume(&self, queue: &str) -> Deliveries {
        let options = BasicConsumeOptions::default();
        let consumer = self.channel.basic_consume(queue.into(), "".into(), options, FieldTable::default());
        Deliveries(consumer.await.expect("a consumer"))
    }

    /// Deletes what the processes of an installation declare to last. Deleting what is not there is no error.
    pub(crate) async fn remove_installation(&self, prefix: &str) {
        for name in ["events", "unroutable", "changes", "presence", "wakeups"] {
            let name = format!("{prefix}.{name}");
            let deleted = self.channel.exchange_delete(name.as_str().into(), ExchangeDeleteOptions::default());
            deleted.await.expect("deleted");
        }
        let queue = format!("{prefix}.unroutable");
        let deleted = self.channel.queue_delete(queue.as_str().into(), QueueDeleteOptions::default());
        deleted.await.expect("deleted");
    }

    pub(crate) async fn purge(&self, queue: &str) {
        self.channel.queue_purge(queue.into(), QueuePurgeOptions::default()).await.expect("purged");
    }
}

pub(crate) struct Deliveries(pub(crate) Consumer);

impl Deliveries {
    /// The next message, acknowledged.
    pub(crate) async fn next(&mut self) -> Delivery {
        let delivery = timeout(PATIENCE, self.0.next()).await.expect("a message arrives in time");
        let delivery = delivery.expect("the queue is there").expect("the channel is open");
        delivery.ack(BasicAckOptions::default()).await.expect("acknowledged");
        delivery
    }

    pub(crate) async fn next_position(&mut self) -> i64 {
        header(&self.next().await, "cloudEvents_sequence").parse().expect("a number")
    }

    /// Reads on from `newest` until the event at `last` has come, and checks what the relay promises: nothing is
    /// missing, and what is new comes in the order of the log. Returns how many messages were repeats.
    pub(crate) async fn follow(&mut self, mut newest: i64, last: i64) -> usize {
        let mut repeats = 0;
        while newest < last {
            let position = self.next_position().await;
            assert!(position <= newest + 1, "{position} came when {newest} was the newest");
            repeats += usize::from(position <= newest);
            newest = newest.max(position);
        }
        repeats
    }
}

/// A header of a message as text.
pub(crate) fn header(delivery: &Delivery, name: &str) -> String {
    match delivery.properties.headers().as_ref().and_then(|headers| headers.inner().get(name)) {
        Some(AMQPValue::LongString(text)) => text.to_string(),
        other => panic!("header {name}: {other:?}"),
    }
}
