//! An external consumer of the events on RabbitMQ, and the end of what an installation declared there.

use std::sync::{Arc, Mutex, PoisonError};

use futures::StreamExt;
use lapin::{
    Channel, Connection, ConnectionProperties, Consumer,
    message::Delivery,
    options::{
        BasicAckOptions, BasicConsumeOptions, ExchangeDeleteOptions, QueueBindOptions, QueueDeclareOptions,
        QueueDeleteOptions,
    },
    types::{AMQPValue, FieldTable},
};
use tokio::task::AbortHandle;
use uuid::Uuid;

use crate::wait;

/// Receives every event of an installation from now on, until it is dropped.
pub struct Feed {
    received: Arc<Mutex<Vec<(i64, Uuid)>>>,
    reading: AbortHandle,
    _connection: Connection,
}

impl Feed {
    /// Waits until a process of the installation has declared the exchange.
    ///
    /// # Panics
    /// When none has within 20 s.
    pub async fn of(prefix: &str) -> Self {
        let connection = connect().await;
        let exchange = format!("{prefix}.events");
        let patience = std::time::Duration::from_secs(20);
        let found = wait::until("the exchange of the events", patience, async || bind(&connection, &exchange).await);
        let consumer = found.await;
        let received = Arc::<Mutex<Vec<_>>>::default();
        let reading = tokio::spawn(read(consumer, received.clone())).abort_handle();
        Self { received, reading, _connection: connection }
    }

    /// Position and id of everything received so far, in the order in which it came.
    pub fn received(&self) -> Vec<(i64, Uuid)> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        self.reading.abort();
    }
}

/// Deletes what the processes of an installation declare to last.
pub async fn remove_installation(prefix: &str) {
    let connection = connect().await;
    let channel = connection.create_channel().await.expect("a channel");
    for name in ["events", "unroutable", "changes", "wakeups"] {
        let name = format!("{prefix}.{name}");
        let deleted = channel.exchange_delete(name.as_str().into(), ExchangeDeleteOptions::default());
        deleted.await.expect("deleted");
    }
    let queue = format!("{prefix}.unroutable");
    channel.queue_delete(queue.as_str().into(), QueueDeleteOptions::default()).await.expect("deleted");
}

async fn connect() -> Connection {
    let properties = ConnectionProperties::default();
    Connection::connect(&test_support::amqp_url(), properties).await.expect("RabbitMQ for tests is reachable")
}

/// An exclusive queue for everything. Binding to an exchange that is not there closes the channel.
async fn bind(connection: &Connection, exchange: &str) -> Option<Consumer> {
    let channel: Channel = connection.create_channel().await.ok()?;
    let options = QueueDeclareOptions { exclusive: true, ..Default::default() };
    let queue = channel.queue_declare("".into(), options, FieldTable::default()).await.ok()?.name().clone();
    let options = QueueBindOptions::default();
    channel.queue_bind(queue.clone(), exchange.into(), "#".into(), options, FieldTable::default()).await.ok()?;
    channel.basic_consume(queue, "".into(), BasicConsumeOptions::default(), FieldTable::default()).await.ok()
}

async fn read(mut consumer: Consumer, received: Arc<Mutex<Vec<(i64, Uuid)>>>) {
    while let Some(Ok(delivery)) = consumer.next().await {
        let position = header(&delivery, "cloudEvents_sequence").parse().expect("a position");
        let id = header(&delivery, "cloudEvents_id").parse().expect("an id");
        received.lock().unwrap_or_else(PoisonError::into_inner).push((position, id));
        delivery.ack(BasicAckOptions::default()).await.expect("acknowledged");
    }
}

fn header(delivery: &Delivery, name: &str) -> String {
    match delivery.properties.headers().as_ref().and_then(|headers| headers.inner().get(name)) {
        Some(AMQPValue::LongString(text)) => text.to_string(),
        other => panic!("header {name}: {other:?}"),
    }
}
