//! The external consumer of docs/integration.md: a quorum queue of its own that loses nothing and sets poison aside.

use std::collections::HashSet;

use futures::StreamExt;
use lapin::{
    ExchangeKind,
    options::{
        BasicAckOptions, BasicNackOptions, BasicQosOptions, ExchangeDeclareOptions, ExchangeDeleteOptions,
        QueueBindOptions, QueueDeclareOptions, QueueDeleteOptions,
    },
    types::{AMQPValue, FieldTable, ShortString},
};
use messaging::{BusError, ConsumerQueue};
use serde_json::Value;
use tokio::time::timeout;

use crate::{
    broker::{Broker, PATIENCE, header},
    installation::{Installation, event, events, publish_until_confirmed},
};

/// Deletes what a consumer declared, which no process of the installation would.
async fn clean_up(broker: &Broker, queue: &ConsumerQueue) {
    let dead = format!("{}.dead", queue.name);
    for name in [&queue.name, &dead] {
        broker.channel.queue_delete(name.as_str().into(), QueueDeleteOptions::default()).await.unwrap();
    }
    broker.channel.exchange_delete(dead.as_str().into(), ExchangeDeleteOptions::default()).await.unwrap();
}

#[tokio::test]
async fn the_consumer_of_the_documentation_handles_each_event_once() {
    let installation = Installation::on_rabbitmq();
    let (broker, bus) = (Broker::connect().await, installation.process());
    publish_until_confirmed(&*bus, &[event(1)]).await;
    let queue = ConsumerQueue::new(format!("{}.crm", installation.prefix), ["user.*"]);
    queue.declare(&broker.channel, &installation.prefix).await.unwrap();
    queue.declare(&broker.channel, &installation.prefix).await.expect("declaring again changes nothing");

    // As after a failure of the relay: the second window repeats part of the first.
    publish_until_confirmed(&*bus, &events(2..=5)).await;
    let mut repeated = events(6..=8);
    publish_until_confirmed(&*bus, &repeated).await;
    repeated.push(event(9));
    publish_until_confirmed(&*bus, &repeated).await;

    let (mut handled, mut seen) = (Vec::new(), HashSet::new());
    let mut deliveries = broker.consume(&queue.name).await;
    for _ in 0..8 + 3 {
        let delivery = deliveries.next().await;
        if seen.insert(header(&delivery, "cloudEvents_id")) {
            handled.push(header(&delivery, "cloudEvents_sequence").parse::<i64>().unwrap());
        }
    }
    assert_eq!(handled, (2..=9).collect::<Vec<_>>());
    clean_up(&broker, &queue).await;
}

#[tokio::test]
async fn the_definitions_in_the_documentation_are_what_the_code_declares() {
    let installation = Installation::on_rabbitmq();
    let (broker, bus) = (Broker::connect().await, installation.process());
    publish_until_confirmed(&*bus, &[event(1)]).await;
    let queue = ConsumerQueue::new(format!("{}.crm", installation.prefix), ["user.*"]);
    import_documented_definitions(&broker, &installation.prefix).await;
    publish_until_confirmed(&*bus, &[event(2)]).await;
    assert_eq!(broker.consume(&queue.name).await.next_position().await, 2);

    // The broker refuses to declare a queue with other arguments than it has.
    queue.declare(&broker.channel, &installation.prefix).await.unwrap();
    clean_up(&broker, &queue).await;
}

async fn import_documented_definitions(broker: &Broker, prefix: &str) {
    let page = include_str!("../../../docs/integration.md");
    let (_, rest) = page.split_once("```json\n").unwrap();
    let (definitions, _) = rest.split_once("```").unwrap();
    let definitions =
        definitions.replace("tidemark.", &format!("{prefix}.")).replace("\"crm", &format!("\"{prefix}.crm"));
    let definitions: Value = serde_json::from_str(&definitions).unwrap();
    let list = |name: &str| definitions[name].as_array().unwrap().clone();
    let text = |value: &Value| ShortString::from(value.as_str().unwrap());
    for exchange in list("exchanges") {
        let options = ExchangeDeclareOptions { durable: true, ..Default::default() };
        let (name, kind) =
            (text(&exchange["name"]), ExchangeKind::Custom(exchange["type"].as_str().unwrap().to_owned()));
        broker.channel.exchange_declare(name, kind, options, FieldTable::default()).await.unwrap();
    }
    for queue in list("queues") {
        let options = QueueDeclareOptions { durable: true, ..Default::default() };
        broker.channel.queue_declare(text(&queue["name"]), options, arguments(&queue["arguments"])).await.unwrap();
    }
    for binding in list("bindings") {
        let (source, destination) = (text(&binding["source"]), text(&binding["destination"]));
        let (key, options) = (text(&binding["routing_key"]), QueueBindOptions::default());
        broker.channel.queue_bind(destination, source, key, options, FieldTable::default()).await.unwrap();
    }
}

fn arguments(json: &Value) -> FieldTable {
    let mut table = FieldTable::default();
    for (name, value) in json.as_object().unwrap() {
        let value = match value {
            Value::Number(number) => AMQPValue::LongLongInt(number.as_i64().unwrap()),
            Value::String(text) => AMQPValue::LongString(text.as_str().into()),
            other => panic!("{name}: {other}"),
        };
        table.insert(name.as_str().into(), value);
    }
    table
}

#[tokio::test]
async fn an_event_that_a_consumer_cannot_handle_is_set_aside_after_the_limit() {
    let installation = Installation::on_rabbitmq();
    let (broker, bus) = (Broker::connect().await, installation.process());
    publish_until_confirmed(&*bus, &[event(1)]).await;
    let mut queue = ConsumerQueue::new(format!("{}.crm", installation.prefix), ["#"]);
    queue.delivery_limit = 3;
    queue.declare(&broker.channel, &installation.prefix).await.unwrap();
    publish_until_confirmed(&*bus, &events(2..=4)).await;

    broker.channel.basic_qos(1, BasicQosOptions::default()).await.unwrap();
    let mut deliveries = broker.consume(&queue.name).await;
    let (mut attempts, mut handled) = (0, Vec::new());
    while handled.len() < 2 {
        let delivery = timeout(PATIENCE, deliveries.0.next()).await.unwrap().unwrap().unwrap();
        let position = header(&delivery, "cloudEvents_sequence").parse::<i64>().unwrap();
        if position == 3 {
            attempts += 1;
            delivery.nack(BasicNackOptions { requeue: true, ..Default::default() }).await.unwrap();
        } else {
            delivery.ack(BasicAckOptions::default()).await.unwrap();
            handled.push(position);
        }
    }
    assert_eq!(handled, [2, 4]);
    let dead = broker.consume(&format!("{}.dead", queue.name)).await.next().await;
    assert_eq!(header(&dead, "cloudEvents_sequence"), "0000000000000000003");
    assert_eq!(attempts, 1 + queue.delivery_limit);
    clean_up(&broker, &queue).await;
}

#[tokio::test]
async fn a_full_consumer_queue_holds_the_relay_instead_of_losing_events() {
    let installation = Installation::on_rabbitmq();
    let (broker, bus) = (Broker::connect().await, installation.process());
    publish_until_confirmed(&*bus, &[event(1)]).await;
    let mut queue = ConsumerQueue::new(format!("{}.crm", installation.prefix), ["#"]);
    queue.max_length = 10;
    queue.declare(&broker.channel, &installation.prefix).await.unwrap();

    // A quorum queue is full a little late, but it gets full.
    let mut next = 2;
    let failure = loop {
        let published = bus.publish_events(&events(next..=next + 19)).await;
        next += i64::try_from(published.confirmed).unwrap();
        if let Some(failure) = published.failure {
            break failure;
        }
        assert!(next < 10_000, "the queue is never full");
    };
    assert!(matches!(failure, BusError::Refused), "{failure:?}");
    broker.purge(&queue.name).await;
    publish_until_confirmed(&*bus, &events(next..=next)).await;
    clean_up(&broker, &queue).await;
}
