//! Without the broker, commands, projections, jobs and live updates go on, and the relay catches up later.

use serde_json::json;
use test_support::TcpProxy;
use tests::{faults::check::effects::check_feed, feed::Feed, http::Call, wait};

use crate::app::{PATIENCE, Servers, TestApp, pushed};

#[tokio::test(flavor = "multi_thread")]
async fn everything_else_goes_on_while_the_broker_is_away_and_the_relay_catches_up() {
    let (broker, amqp) = TcpProxy::in_front_of(&test_support::amqp_url()).await;
    let app = TestApp::start(&Servers::Separate { amqp, redis: test_support::redis_url() }).await;
    let feed = Feed::of(app.prefix.as_ref().unwrap()).await;
    assert_eq!(app.register("ada@example.test", "Ada", "en").await.status, 202);
    let ada = app.sign_in("ada@example.test").await;
    let mut live = app.live(&ada).await;
    live.subscribe("users/me", None).await.unwrap();
    live.expect("subbed").await;
    app.drain().await;
    let relayed = app.position_of("relay").await;

    broker.refuse();
    assert_eq!(app.register("bob@example.test", "Bob", "en").await.status, 202);
    let bob = app.sign_in("bob@example.test").await;
    let mails = app.mails_to("bob@example.test", 2).await;
    assert!(mails.iter().any(|mail| mail.subject() == "Welcome to Tidemark"));
    // Registered, asked to verify the address, signed in, renamed.
    for (person, version) in [(&ada, 4), (&bob, 4)] {
        let renamed = app.send(Call::patch("/v1/users/me", json!({"display_name": "New"})).token(&person.token)).await;
        let after = renamed.position().unwrap();
        let me = app.send(Call::get("/v1/users/me").token(&person.token).header("tidemark-after", after)).await;
        assert_eq!((me.status, me.version()), (200, Some(version)), "{}", me.json());
    }
    assert_eq!(pushed(&mut live, ada.id, 4).await["data"]["display_name"], "New");
    app.drain_inside().await;
    let health = app.send(Call::get("/health")).await;
    assert_eq!((health.status, &health.json()["status"]), (200, &json!("degraded")), "{}", health.json());
    assert_eq!(app.position_of("relay").await, relayed, "nothing can have been relayed");

    broker.resume();
    app.drain().await;
    let log: Vec<_> = app.events().await.iter().map(Into::into).collect();
    let delivered = wait::until("the last event", PATIENCE, async || {
        let received = feed.received();
        received.iter().any(|(position, _)| *position == log.len() as i64).then_some(received)
    });
    assert_eq!(check_feed(&log, &delivered.await).0, Vec::<String>::new());
    drop(live);
    app.stop().await;
}
