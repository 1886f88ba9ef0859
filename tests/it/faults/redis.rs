//! Without Redis every answer stays the same.

use serde_json::json;
use test_support::TcpProxy;
use tests::http::Call;

use crate::app::{Servers, TestApp};

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_stays_the_same_while_redis_is_away_or_hangs() {
    let (proxy, redis) = TcpProxy::in_front_of(&test_support::redis_url()).await;
    let app = TestApp::start(&Servers::Separate { amqp: test_support::amqp_url(), redis }).await;
    let faults: [(&str, fn(&TcpProxy)); 4] = [
        ("there", |_| ()),
        ("away", TcpProxy::refuse),
        ("hanging", |proxy| {
            proxy.resume();
            proxy.pause();
        }),
        ("there again", TcpProxy::resume),
    ];
    for (number, (state, set)) in faults.into_iter().enumerate() {
        set(&proxy);
        let email = format!("person{number}@example.test");
        assert_eq!(app.register(&email, "Ada", "en").await.status, 202, "{state}");
        let person = app.sign_in(&email).await;
        let renamed = app.send(Call::patch("/v1/users/me", json!({"display_name": state})).token(&person.token)).await;
        let after = renamed.position().unwrap();
        let me = app.send(Call::get("/v1/users/me").token(&person.token).header("tidemark-after", after)).await;
        assert_eq!((me.status, &me.json()["display_name"]), (200, &json!(state)), "{state}");
    }
    app.drain().await;
    assert_eq!(app.sink.mails().len(), faults.len());
    app.stop().await;
}
