//! The relay between a real log and a real broker: everything, in order, at least once, whatever fails.

use std::time::Duration;

use bootstrap::Shutdown;
use event_store::{Append, Expected, Head, StreamId};
use messaging::{BusError, BusState, relay};
use test_support::TcpProxy;
use tokio::time::timeout;
use uuid::Uuid;

use crate::{
    broker::{PATIENCE, header},
    installation::{Installation, event, events, interruption, wait_for_state},
    scene::{Scene, registered},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_whole_log_is_relayed_in_order_and_the_checkpoint_follows() {
    let mut scene = Scene::set().await;
    let before = scene.append(1200).await;
    let _relay = scene.relay(&test_support::amqp_url());
    assert_eq!(scene.heard.follow(0, before).await, 0);
    let last = scene.append(3).await;
    assert_eq!(scene.heard.follow(before, last).await, 0);
    scene.wait_for_checkpoint(last).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_names_the_log_it_comes_from_and_its_schema() {
    let mut scene = Scene::set().await;
    let (stream, correlation) = (StreamId::new("user", Uuid::now_v7()), Uuid::now_v7());
    let traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let mut append = Append::to_stream(Uuid::now_v7(), stream.clone(), Expected::Any, vec![registered()]);
    append.metadata.correlation_id = Some(correlation);
    append.metadata.traceparent = Some(traceparent.to_owned());
    append.metadata.actor = Some("somebody".to_owned());
    scene.store.append(append).await.unwrap();

    let _relay = scene.relay(&test_support::amqp_url());
    let message = scene.heard.next().await;
    let mut conn = scene.database.connect().await;
    let incarnation = event_store::log::incarnation(&mut conn).await.unwrap();
    assert_eq!(header(&message, "cloudEvents_source"), format!("urn:tidemark:log:{incarnation}"));
    assert_eq!(header(&message, "cloudEvents_dataschema"), "urn:tidemark:schema:user.registered:1");
    assert_eq!(header(&message, "cloudEvents_subject"), stream.as_str());
    assert_eq!(header(&message, "cloudEvents_correlationid"), correlation.to_string());
    assert_eq!(header(&message, "cloudEvents_traceparent"), traceparent);
    assert_eq!(message.data, br#"{"email": "sealed"}"#);
    assert!(!format!("{:?}", message.properties).contains("somebody"), "who caused it stays inside");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_relays_one_works_and_the_other_takes_over_when_it_stops() {
    let mut scene = Scene::set().await;
    // However slow the machine is, none takes over from one that works.
    let relay = || scene.relay_with(&test_support::amqp_url(), Duration::from_secs(10));
    let relays = [relay(), relay()];
    let first = scene.append(2000).await;
    assert_eq!(scene.heard.follow(0, first).await, 0, "one at a time, so nothing comes twice");
    scene.wait_for_checkpoint(first).await;

    let [one, other] = relays;
    one.stop().await;
    let second = scene.append(500).await;
    scene.heard.follow(first, second).await;
    // What was published is noted once the broker has confirmed it; a stop does not wait for that.
    scene.wait_for_checkpoint(second).await;
    other.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_relay_killed_in_the_middle_of_its_work_is_followed_without_a_gap() {
    let mut scene = Scene::set().await;
    let (proxy, url) = TcpProxy::in_front_of(&test_support::amqp_url()).await;
    let killed = scene.relay(&url);
    scene.append(10).await;
    scene.heard.follow(0, 10).await;
    let _successor = scene.relay(&test_support::amqp_url());
    let last = scene.append(4000).await;
    scene.heard.follow(10, 700).await;

    // A process that is killed leaves its lease behind, and its connections are reset.
    killed.run.abort();
    proxy.refuse();
    scene.heard.follow(700, last).await;
    scene.wait_for_checkpoint(last).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_cut_in_the_middle_of_a_window_costs_repeats_only() {
    let mut scene = Scene::set().await;
    let (proxy, url) = TcpProxy::in_front_of(&test_support::amqp_url()).await;
    let _relay = scene.relay(&url);
    let last = scene.append(4000).await;
    let mut newest = 0;
    for cut_at in [200, 1300, 2450] {
        scene.heard.follow(newest, cut_at).await;
        newest = cut_at;
        proxy.cut();
    }
    scene.heard.follow(newest, last).await;
    scene.wait_for_checkpoint(last).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_broker_appends_go_on_and_the_relay_catches_up() {
    let mut scene = Scene::set().await;
    let (proxy, url) = TcpProxy::in_front_of(&test_support::amqp_url()).await;
    let relay = scene.relay(&url);
    let before = scene.append(10).await;
    scene.heard.follow(0, before).await;

    proxy.refuse();
    wait_for_state(&*relay.bus, |state| matches!(state, BusState::Down(_))).await;
    let last = scene.append(3000).await;
    proxy.resume();
    scene.heard.follow(before, last).await;
    scene.wait_for_checkpoint(last).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_relay_that_froze_in_the_middle_of_a_window_cannot_publish_beside_its_successor() {
    let mut scene = Scene::set().await;
    let (proxy, url) = TcpProxy::in_front_of(&test_support::amqp_url()).await;
    let frozen = scene.relay(&url);
    let before = scene.append(10).await;
    scene.heard.follow(0, before).await;
    scene.wait_for_checkpoint(before).await;

    // It stops between putting a window on the wire and hearing of it. Its lease runs out.
    frozen.run.abort();
    drop(frozen.run.await);
    proxy.pause();
    let window = events(before + 1..=before + 300);
    let stale = tokio::spawn(async move { frozen.bus.publish_events(&window).await });
    let last = scene.append(1000).await;
    let successor = scene.relay(&test_support::amqp_url());
    let refused = successor.bus.publish_events(&[event(last)]).await;
    assert!(matches!(refused.failure, Some(BusError::NotMyTurn)), "{:?}", refused.failure);

    proxy.resume();
    let stale = timeout(PATIENCE, stale).await.expect("the window arrives").expect("without panic");
    assert_eq!(stale.confirmed, 300);
    assert!(successor.bus.publish_events(&[event(last)]).await.failure.is_some());
    proxy.refuse();
    let repeats = scene.heard.follow(before, last).await;
    assert_eq!(repeats, 300, "the successor went back to the checkpoint");
    scene.wait_for_checkpoint(last).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wake_ups_tell_other_processes_how_far_the_log_is() {
    let scene = Scene::set().await;
    let _relay = scene.relay(&test_support::amqp_url());
    let (bus, head, shutdown) = (scene.installation.process(), Head::new(), Shutdown::new());
    interruption(&mut bus.wakeups()).await;
    let following = tokio::spawn(relay::follow_wakeups(bus, head.clone(), shutdown.clone()));
    let last = scene.append(5).await;
    timeout(PATIENCE, head.beyond(last - 1)).await.expect("the wake-up comes");
    shutdown.request();
    timeout(PATIENCE, following).await.expect("it stops").expect("without panic").unwrap();
}

#[tokio::test]
async fn the_in_process_bus_needs_no_relay() {
    assert!(!Installation::in_process().process().needs_relay());
    let rabbit = Installation::on_rabbitmq().process();
    assert!(rabbit.needs_relay());
}
