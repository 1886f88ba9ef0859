//! What stands on the broker: how events look there, where they go, and that it heals.

use bytes::Bytes;
use lapin::{
    ExchangeKind,
    options::{ExchangeDeclareOptions, QueueDeclareOptions, QueueDeleteOptions},
    types::{AMQPValue, FieldTable},
};
use messaging::{BusError, CloudEvent};
use uuid::Uuid;

use crate::{
    broker::{Broker, header},
    installation::{Installation, event, events, eventually, interruption, item, notice, publish_until_confirmed},
};

#[tokio::test]
async fn an_event_is_a_persistent_cloud_event_in_binary_mode() {
    let installation = Installation::on_rabbitmq();
    let (broker, bus) = (Broker::connect().await, installation.process());
    publish_until_confirmed(&*bus, &[event(1)]).await;
    let queue = broker.bound_queue(&format!("{}.events", installation.prefix), FieldTable::default()).await;
    let cause = Uuid::now_v7();
    let traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let sent = CloudEvent {
        time: "2026-03-01T10:20:30.000456Z".parse().unwrap(),
        correlationid: Some(Uuid::max()),
        causationid: Some(cause),
        traceparent: Some(traceparent.to_owned()),
        data: Bytes::from_static(br#"{"email":"sealed"}"#),
        ..event(42)
    };
    publish_until_confirmed(&*bus, std::slice::from_ref(&sent)).await;

    let delivery = broker.consume(&queue).await.next().await;
    assert_eq!(delivery.routing_key.as_str(), "user.registered");
    assert_eq!(delivery.data, sent.data);
    assert_eq!(delivery.properties.delivery_mode(), &Some(2));
    assert_eq!(delivery.properties.content_type().as_ref().unwrap().as_str(), "application/json");
    assert_eq!(delivery.properties.message_id().as_ref().unwrap().as_str(), sent.id.to_string());
    let attributes = [
        ("specversion", "1.0"),
        ("id", &sent.id.to_string()),
        ("source", "urn:tidemark:log:test"),
        ("type", "user.registered"),
        ("subject", "user-00000000-0000-0000-0000-000000000000"),
        ("time", "2026-03-01T10:20:30.000456Z"),
        ("dataschema", "urn:tidemark:schema:user.registered:1"),
        ("sequence", "0000000000000000042"),
        ("partitionkey", "user-00000000-0000-0000-0000-000000000000"),
        ("correlationid", "ffffffff-ffff-ffff-ffff-ffffffffffff"),
        ("causationid", &cause.to_string()),
        ("traceparent", traceparent),
    ];
    for (name, value) in attributes {
        assert_eq!(header(&delivery, &format!("cloudEvents_{name}")), value);
    }
    assert_eq!(delivery.properties.headers().as_ref().unwrap().inner().len(), attributes.len());
}

#[tokio::test]
async fn an_event_that_nobody_bound_goes_to_the_alternate_exchange() {
    let installation = Installation::on_rabbitmq();
    let (broker, bus) = (Broker::connect().await, installation.process());
    // Whoever only waits for wake-ups does not make an event routable.
    interruption(&mut bus.wakeups()).await;
    publish_until_confirmed(&*bus, &[event(1)]).await;

    let unroutable = format!("{}.unroutable", installation.prefix);
    let delivery = broker.consume(&unroutable).await.next().await;
    assert_eq!(header(&delivery, "cloudEvents_sequence"), "0000000000000000001");
    assert_eq!(delivery.exchange.as_str(), format!("{}.events", installation.prefix));
    assert_eq!(delivery.routing_key.as_str(), "user.registered");
}

#[tokio::test]
async fn a_wiped_topology_is_declared_again_and_subscribers_are_bound_again() {
    let installation = Installation::on_rabbitmq();
    let (broker, bus) = (Broker::connect().await, installation.process());
    let (mut changes, mut wakeups) = (bus.changes(), bus.wakeups());
    interruption(&mut changes).await;
    interruption(&mut wakeups).await;
    publish_until_confirmed(&*bus, &[event(1)]).await;

    broker.remove_installation(&installation.prefix).await;

    publish_until_confirmed(&*bus, &events(2..=20)).await;
    let mut unroutable = broker.consume(&format!("{}.unroutable", installation.prefix)).await;
    assert_eq!(unroutable.next_position().await, 2);
    // The exchanges took the bindings along; the subscribers notice by themselves.
    let mut position = 0;
    let heard = async {
        loop {
            position += 1;
            bus.publish_change(notice(position));
            if let Ok(change) = tokio::time::timeout(std::time::Duration::from_millis(50), item(&mut changes)).await {
                break change;
            }
        }
    };
    tokio::time::timeout(crate::broker::PATIENCE, heard).await.expect("notices come again");
    let mut position = 20;
    let woken = async {
        loop {
            position += 1;
            publish_until_confirmed(&*bus, &[event(position)]).await;
            let heard = tokio::time::timeout(std::time::Duration::from_millis(50), item(&mut wakeups)).await;
            if heard.is_ok_and(|reached| reached > 20) {
                break;
            }
        }
    };
    tokio::time::timeout(crate::broker::PATIENCE, woken).await.expect("wake-ups come again");
}

#[tokio::test]
async fn a_deleted_queue_for_unroutable_events_is_noticed_by_the_next_event() {
    let installation = Installation::on_rabbitmq();
    let (broker, bus) = (Broker::connect().await, installation.process());
    publish_until_confirmed(&*bus, &[event(1)]).await;
    let queue = format!("{}.unroutable", installation.prefix);
    broker.channel.queue_delete(queue.as_str().into(), QueueDeleteOptions::default()).await.unwrap();

    let published = bus.publish_events(&events(2..=3)).await;
    assert_eq!(published.confirmed, 0);
    assert!(matches!(published.failure, Some(BusError::Returned)), "{:?}", published.failure);
    publish_until_confirmed(&*bus, &events(2..=3)).await;
}

#[tokio::test]
async fn exchanges_and_queues_that_exist_with_other_properties_are_used_as_they_are() {
    let installation = Installation::on_rabbitmq();
    let broker = Broker::connect().await;
    let (events_exchange, queue) =
        (format!("{}.events", installation.prefix), format!("{}.unroutable", installation.prefix));
    let durable = ExchangeDeclareOptions { durable: true, ..Default::default() };
    let none = FieldTable::default;
    let declared =
        broker.channel.exchange_declare(events_exchange.as_str().into(), ExchangeKind::Topic, durable, none());
    declared.await.unwrap();
    let options = QueueDeclareOptions { durable: true, ..Default::default() };
    broker.channel.queue_declare(queue.as_str().into(), options, none()).await.unwrap();

    let bus = installation.process();
    publish_until_confirmed(&*bus, &events(1..=3)).await;
    interruption(&mut bus.changes()).await;
}

#[tokio::test]
async fn a_full_queue_that_refuses_holds_the_confirmed_events_at_the_last_one_it_took() {
    let installation = Installation::on_rabbitmq();
    let (broker, bus) = (Broker::connect().await, installation.process());
    publish_until_confirmed(&*bus, &[event(1)]).await;
    let mut arguments = FieldTable::default();
    arguments.insert("x-max-length".into(), AMQPValue::LongInt(2));
    arguments.insert("x-overflow".into(), AMQPValue::LongString("reject-publish".into()));
    let queue = broker.bound_queue(&format!("{}.events", installation.prefix), arguments).await;

    let published = bus.publish_events(&events(2..=9)).await;
    assert_eq!(published.confirmed, 2);
    assert!(matches!(published.failure, Some(BusError::Refused)), "{:?}", published.failure);
    // What was in flight behind the refused event may still take the room that a purge makes.
    let mut failure = published.failure;
    for _ in 0..50 {
        if failure.is_some() {
            broker.purge(&queue).await;
            failure = bus.publish_events(&events(4..=5)).await.failure;
        }
    }
    assert!(failure.is_none(), "the connection is still good: {failure:?}");
}

#[tokio::test]
async fn only_one_process_publishes_events_until_its_connection_ends() {
    let installation = Installation::on_rabbitmq();
    let (proxy, url) = test_support::TcpProxy::in_front_of(&test_support::amqp_url()).await;
    let (first, second) = (installation.rabbit(&url), installation.process());
    publish_until_confirmed(&first, &[event(1)]).await;
    let refused = second.publish_events(&[event(2)]).await;
    assert!(matches!(refused.failure, Some(BusError::NotMyTurn)), "{:?}", refused.failure);
    proxy.refuse();
    eventually("the connections end", || proxy.connections() == 0).await;
    publish_until_confirmed(&*second, &[event(2)]).await;
}
