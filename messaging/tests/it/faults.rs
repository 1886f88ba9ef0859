//! Faults between a process and its broker: cut, refused, silent, and blocked by an alarm.

use std::time::{Duration, Instant};

use messaging::{Bus, BusError, BusState, RabbitBus, Received};
use test_support::TcpProxy;

use crate::installation::{
    Installation, event, events, eventually, interruption, item, next, notice, publish_until_confirmed, wait_for_state,
};

async fn behind_a_proxy(installation: &Installation) -> (TcpProxy, RabbitBus) {
    let (proxy, url) = TcpProxy::in_front_of(&test_support::amqp_url()).await;
    let mut settings = installation.settings(&url);
    settings.connect_timeout = Duration::from_secs(1);
    settings.publish_timeout = Duration::from_secs(2);
    let bus = RabbitBus::new(settings, &installation.tasks);
    (proxy, bus)
}

#[tokio::test]
async fn a_cut_connection_is_made_again_and_its_subscribers_are_interrupted() {
    let installation = Installation::on_rabbitmq();
    let (proxy, bus) = behind_a_proxy(&installation).await;
    let mut changes = bus.changes();
    interruption(&mut changes).await;
    bus.publish_change(notice(1));
    assert_eq!(next(&mut changes).await, Received::Item(notice(1).into()));
    publish_until_confirmed(&bus, &[event(1)]).await;

    proxy.cut();
    interruption(&mut changes).await;
    publish_until_confirmed(&bus, &[event(2)]).await;
    bus.publish_change(notice(2));
    assert_eq!(*item(&mut changes).await, notice(2));
    wait_for_state(&bus, |state| *state == BusState::Up).await;
}

#[tokio::test]
async fn a_broker_that_refuses_connections_is_tried_until_it_takes_them() {
    let installation = Installation::on_rabbitmq();
    let (proxy, bus) = behind_a_proxy(&installation).await;
    proxy.refuse();
    let published = bus.publish_events(&[event(1)]).await;
    assert_eq!(published.confirmed, 0);
    assert!(matches!(published.failure, Some(BusError::NotConnected)), "{:?}", published.failure);
    wait_for_state(&bus, |state| matches!(state, BusState::Down(_))).await;
    proxy.resume();
    publish_until_confirmed(&bus, &[event(1)]).await;
    wait_for_state(&bus, |state| *state == BusState::Up).await;
}

#[tokio::test]
async fn a_silent_broker_costs_a_time_out_and_no_thread_is_left_behind() {
    let installation = Installation::on_rabbitmq();
    let (proxy, bus) = behind_a_proxy(&installation).await;
    publish_until_confirmed(&bus, &[event(1)]).await;
    let connections = proxy.accepted();
    assert_eq!(client_threads(), 1);

    proxy.pause();
    let started = Instant::now();
    let published = bus.publish_events(&events(2..=100)).await;
    assert_eq!(published.confirmed, 0);
    assert!(matches!(published.failure, Some(BusError::TimedOut)), "{:?}", published.failure);
    assert!(started.elapsed() < Duration::from_secs(15));
    // New connections are accepted too, and nobody answers on them.
    eventually("three more attempts", || proxy.accepted() >= connections + 3).await;
    eventually("threads of abandoned connections end", || client_threads() <= 1).await;

    proxy.resume();
    publish_until_confirmed(&bus, &events(2..=100)).await;
}

/// Threads that lapin runs in this process, one for each connection.
fn client_threads() -> usize {
    let tasks = std::fs::read_dir("/proc/self/task").unwrap();
    let names = tasks.filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("comm")).ok());
    names.filter(|name| name.trim_end() == "lapin-io-loop").count()
}

/// `connection.blocked` and `connection.unblocked` as the broker sends them (AMQP 0-9-1 extension of RabbitMQ).
const BLOCKED: &[u8] = b"\x01\x00\x00\x00\x00\x00\x0f\x00\x0a\x00\x3c\x0alow memory\xce";
const UNBLOCKED: &[u8] = b"\x01\x00\x00\x00\x00\x00\x04\x00\x0a\x00\x3d\xce";

#[tokio::test]
async fn a_connection_that_the_broker_closes_is_made_again() {
    // `connection.close` with 320 (an operator's order), and with 200, which is no error.
    const FORCED: &[u8] = b"\x01\x00\x00\x00\x00\x00\x0d\x00\x0a\x00\x32\x01\x40\x02ok\x00\x00\x00\x00\xce";
    const NORMAL: &[u8] = b"\x01\x00\x00\x00\x00\x00\x0d\x00\x0a\x00\x32\x00\xc8\x02ok\x00\x00\x00\x00\xce";
    let installation = Installation::on_rabbitmq();
    let (proxy, bus) = behind_a_proxy(&installation).await;
    let mut changes = bus.changes();
    interruption(&mut changes).await;
    publish_until_confirmed(&bus, &[event(1)]).await;
    for close in [FORCED, NORMAL] {
        let connections = proxy.accepted();
        proxy.inject(close);
        interruption(&mut changes).await;
        eventually("both connections are made again", || proxy.accepted() >= connections + 2).await;
        publish_until_confirmed(&bus, &[event(2)]).await;
    }
}

#[tokio::test]
async fn an_alarm_of_the_broker_makes_publishing_fail_fast_until_it_is_over() {
    let installation = Installation::on_rabbitmq();
    let (proxy, bus) = behind_a_proxy(&installation).await;
    publish_until_confirmed(&bus, &[event(1)]).await;

    // A broker with an alarm says so to who publishes, and reads nothing more from them. The real alarm would block
    // every other test on this broker.
    proxy.pause();
    proxy.inject(BLOCKED);
    wait_for_state(&bus, |state| *state == BusState::Blocked("low memory".to_owned())).await;
    let (window, started) = (events(2..=500), Instant::now());
    for _ in 0..100 {
        let published = bus.publish_events(&window).await;
        assert_eq!(published.confirmed, 0);
        assert!(matches!(published.failure, Some(BusError::Blocked(_))), "{:?}", published.failure);
    }
    assert!(started.elapsed() < Duration::from_secs(20), "a hundred refusals do not take a time-out each");
    for position in 1..=10_000 {
        bus.publish_change(notice(position));
    }

    proxy.inject(UNBLOCKED);
    proxy.resume();
    publish_until_confirmed(&bus, &window).await;
    wait_for_state(&bus, |state| *state == BusState::Up).await;
}

#[tokio::test]
async fn an_alarm_in_the_middle_of_a_window_ends_in_a_time_out() {
    let installation = Installation::on_rabbitmq();
    let (proxy, bus) = behind_a_proxy(&installation).await;
    publish_until_confirmed(&bus, &[event(1)]).await;

    proxy.pause();
    let window = events(2..=500);
    let (published, ()) = tokio::join!(bus.publish_events(&window), async {
        // The window is on its way when the alarm comes.
        tokio::task::yield_now().await;
        proxy.inject(BLOCKED);
    });
    assert_eq!(published.confirmed, 0);
    assert!(matches!(published.failure, Some(BusError::Blocked(_))), "{:?}", published.failure);

    proxy.resume();
    proxy.inject(UNBLOCKED);
    publish_until_confirmed(&bus, &window).await;
}

#[tokio::test]
async fn subscribers_learn_of_notices_that_their_publisher_had_to_drop() {
    let installation = Installation::on_rabbitmq();
    let (proxy, publisher) = behind_a_proxy(&installation).await;
    let mut changes = installation.process().changes();
    interruption(&mut changes).await;
    publisher.publish_change(notice(1));
    assert_eq!(*item(&mut changes).await, notice(1));

    proxy.refuse();
    wait_for_state(&publisher, |state| matches!(state, BusState::Down(_))).await;
    for position in 2..=10_000 {
        publisher.publish_change(notice(position));
    }
    proxy.resume();
    interruption(&mut changes).await;
}

#[tokio::test]
async fn a_slow_connection_loses_nothing() {
    let installation = Installation::on_rabbitmq();
    let (proxy, bus) = behind_a_proxy(&installation).await;
    // A connection takes some twenty answers, all within its time.
    proxy.delay(Duration::from_millis(5));
    let mut changes = bus.changes();
    interruption(&mut changes).await;
    for position in 1..=200 {
        bus.publish_change(notice(position));
    }
    for position in 1..=200 {
        assert_eq!(next(&mut changes).await, Received::Item(notice(position).into()));
    }
}

#[tokio::test]
async fn a_stop_ends_every_connection_and_task() {
    let installation = Installation::on_rabbitmq();
    let (proxy, bus) = behind_a_proxy(&installation).await;
    interruption(&mut bus.changes()).await;
    interruption(&mut bus.wakeups()).await;
    publish_until_confirmed(&bus, &[event(1)]).await;
    installation.tasks.shutdown().request();
    assert!(installation.tasks.join(Duration::from_secs(10)).await);
    eventually("the connections end", || proxy.connections() == 0).await;
    eventually("the client's threads end", || client_threads() == 0).await;
}
