//! Everything that an installation publishes on RabbitMQ, as it is on the wire.

use std::sync::{Arc, Mutex, PoisonError};

use futures::StreamExt;
use lapin::{
    BasicProperties, Channel, Connection, ConnectionProperties, Consumer,
    options::{BasicAckOptions, BasicConsumeOptions, BasicPublishOptions, QueueBindOptions, QueueDeclareOptions},
    types::FieldTable,
};
use tests::wait;
use tokio::task::AbortHandle;

use crate::app::PATIENCE;

const EXCHANGES: [&str; 4] = ["events", "unroutable", "changes", "wakeups"];

pub(crate) struct Tap {
    received: Arc<Mutex<Vec<u8>>>,
    reading: AbortHandle,
    channel: Channel,
    exchange: String,
    _connection: Connection,
}

impl Tap {
    /// An own queue for all exchanges of an installation that is running.
    pub(crate) async fn of(prefix: &str) -> Self {
        let connection = Connection::connect(&test_support::amqp_url(), ConnectionProperties::default()).await.unwrap();
        let channel = connection.create_channel().await.unwrap();
        let options = QueueDeclareOptions { exclusive: true, ..Default::default() };
        let queue = channel.queue_declare("".into(), options, FieldTable::default()).await.unwrap().name().clone();
        for name in EXCHANGES {
            let exchange = format!("{prefix}.{name}");
            let (options, arguments) = (QueueBindOptions::default(), FieldTable::default());
            channel.queue_bind(queue.clone(), exchange.as_str().into(), "#".into(), options, arguments).await.unwrap();
        }
        let (options, arguments) = (BasicConsumeOptions::default(), FieldTable::default());
        let consumer = channel.basic_consume(queue, "".into(), options, arguments).await.unwrap();
        let received = Arc::<Mutex<Vec<u8>>>::default();
        let reading = tokio::spawn(read(consumer, received.clone())).abort_handle();
        Self { received, reading, channel, exchange: format!("{prefix}.events"), _connection: connection }
    }

    /// Bodies, routing keys and properties of all messages so far.
    pub(crate) fn messages(&self) -> Vec<u8> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Publishes something on the installation's behalf, and waits until it has come.
    pub(crate) async fn plant(&self, body: &[u8]) {
        let (before, options) = (self.messages().len(), BasicPublishOptions::default());
        let (exchange, properties) = (self.exchange.as_str(), BasicProperties::default());
        let published = self.channel.basic_publish(exchange.into(), "planted".into(), options, body, properties).await;
        published.unwrap().await.unwrap();
        wait::until("the message", PATIENCE, async || (self.messages().len() > before).then_some(())).await;
    }
}

impl Drop for Tap {
    fn drop(&mut self) {
        self.reading.abort();
    }
}

async fn read(mut consumer: Consumer, received: Arc<Mutex<Vec<u8>>>) {
    while let Some(Ok(delivery)) = consumer.next().await {
        let head = format!("\n{} {:?}\n", delivery.routing_key, delivery.properties);
        let message = [head.as_bytes(), &delivery.data].concat();
        received.lock().unwrap_or_else(PoisonError::into_inner).extend(message);
        delivery.ack(BasicAckOptions::default()).await.unwrap();
    }
}
