//! What every bus promises, tested on each of them.

use std::time::Duration;

use bytes::Bytes;
use messaging::{BusState, Received};
use tokio::time::timeout;

use crate::installation::{Installation, event, events, interruption, item, next, notice, publish_until_confirmed};

macro_rules! contract {
    ($($promise:ident),+ $(,)?) => {
        mod in_process {
            $(#[tokio::test] async fn $promise() { super::$promise(super::Installation::in_process()).await; })+
        }
        mod rabbitmq {
            $(#[tokio::test] async fn $promise() { super::$promise(super::Installation::on_rabbitmq()).await; })+
        }
    };
}

contract!(
    a_subscription_begins_with_an_interruption,
    a_notice_reaches_every_subscriber_in_every_process_as_it_was_sent,
    notices_of_one_publisher_come_in_order,
    a_subscriber_that_does_not_read_holds_nobody_and_is_interrupted,
    what_is_told_of_presence_reaches_every_process_in_order,
    who_does_not_listen_to_presence_holds_nobody,
    events_are_confirmed_to_the_last,
    publishing_no_events_is_confirmed_at_once,
    publishing_events_wakes_the_readers_in_every_process,
    who_steps_down_lets_another_process_publish,
    a_bus_that_works_is_up,
);

async fn a_subscription_begins_with_an_interruption(installation: Installation) {
    let bus = installation.process();
    assert_eq!(next(&mut bus.changes()).await, Received::Interrupted);
    assert_eq!(next(&mut bus.changes()).await, Received::Interrupted, "a later one too");
    assert_eq!(next(&mut bus.wakeups()).await, Received::Interrupted);
}

async fn a_notice_reaches_every_subscriber_in_every_process_as_it_was_sent(installation: Installation) {
    let (one, other) = (installation.process(), installation.process());
    let mut subscriptions = [one.changes(), one.changes(), other.changes()];
    for subscription in &mut subscriptions {
        interruption(subscription).await;
    }
    one.publish_change(notice(7));
    for subscription in &mut subscriptions {
        assert_eq!(*item(subscription).await, notice(7));
    }
}

async fn notices_of_one_publisher_come_in_order(installation: Installation) {
    let (publisher, reader) = (installation.process(), installation.process());
    let mut changes = reader.changes();
    interruption(&mut changes).await;
    for position in 1..=500 {
        publisher.publish_change(notice(position));
    }
    for position in 1..=500 {
        assert_eq!(next(&mut changes).await, Received::Item(notice(position).into()));
    }
}

async fn a_subscriber_that_does_not_read_holds_nobody_and_is_interrupted(installation: Installation) {
    let bus = installation.process();
    let (mut idle, mut reading) = (bus.changes(), bus.changes());
    for subscription in [&mut idle, &mut reading] {
        interruption(subscription).await;
    }
    for position in 1..=2000 {
        bus.publish_change(notice(position));
        if position % 100 == 0 {
            while item(&mut reading).await.position != position {}
        }
    }
    assert_eq!(next(&mut idle).await, Received::Interrupted);
    // What comes after the interruption is complete again, to the end.
    let mut position = item(&mut idle).await.position;
    assert!(position > 1);
    while position < 2000 {
        assert_eq!(next(&mut idle).await, Received::Item(notice(position + 1).into()));
        position += 1;
    }
}

async fn what_is_told_of_presence_reaches_every_process_in_order(installation: Installation) {
    let (one, other) = (installation.process(), installation.process());
    let mut subscriptions = [one.presence(), one.presence(), other.presence()];
    for subscription in &mut subscriptions {
        interruption(subscription).await;
    }
    let word = |number: i32| Bytes::from(format!(r#"{{"number":{number}}}"#));
    for number in 0..500 {
        one.publish_presence(word(number));
    }
    for subscription in &mut subscriptions {
        for number in 0..500 {
            assert_eq!(item(subscription).await, word(number));
        }
    }
}

async fn who_does_not_listen_to_presence_holds_nobody(installation: Installation) {
    let bus = installation.process();
    let (mut idle, mut reading) = (bus.presence(), bus.presence());
    for subscription in [&mut idle, &mut reading] {
        interruption(subscription).await;
    }
    for round in 0..30_u8 {
        for _ in 0..99 {
            bus.publish_presence(Bytes::from_static(b"news"));
        }
        bus.publish_presence(vec![round].into());
        while item(&mut reading).await != [round][..] {}
    }
    assert_eq!(next(&mut idle).await, Received::Interrupted);
}

async fn events_are_confirmed_to_the_last(installation: Installation) {
    let bus = installation.process();
    let published = bus.publish_events(&events(1..=500)).await;
    assert_eq!(published.confirmed, 500, "{:?}", published.failure);
    assert!(published.failure.is_none());
}

async fn publishing_no_events_is_confirmed_at_once(installation: Installation) {
    let published = installation.process().publish_events(&[]).await;
    assert_eq!(published.confirmed, 0);
    assert!(published.failure.is_none());
}

async fn publishing_events_wakes_the_readers_in_every_process(installation: Installation) {
    let (publisher, reader) = (installation.process(), installation.process());
    let mut wakeups = [publisher.wakeups(), reader.wakeups()];
    for subscription in &mut wakeups {
        interruption(subscription).await;
    }
    for position in [3, 4, 9] {
        publish_until_confirmed(&*publisher, &[event(position)]).await;
    }
    for subscription in &mut wakeups {
        let reached = async { while item(subscription).await < 9 {} };
        timeout(Duration::from_secs(5), reached).await.expect("the newest position comes");
    }
}

async fn who_steps_down_lets_another_process_publish(installation: Installation) {
    let (first, second) = (installation.process(), installation.process());
    publish_until_confirmed(&*first, &[event(1)]).await;
    first.step_down().await;
    publish_until_confirmed(&*second, &[event(2)]).await;
    second.step_down().await;
    publish_until_confirmed(&*first, &[event(3)]).await;
}

async fn a_bus_that_works_is_up(installation: Installation) {
    let bus = installation.process();
    interruption(&mut bus.changes()).await;
    publish_until_confirmed(&*bus, &[event(1)]).await;
    assert_eq!(bus.state(), BusState::Up);
}
