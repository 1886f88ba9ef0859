//! Without Redis every answer stays the same.

use serde_json::json;
use test_support::TcpProxy;
use tests::http::Call;

use crate::app::{Servers, TestApp};

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_stays_the_same_while_redis_is_away_or_hangs() {
    let (proxy, redis) = TcpProxy::in_front_of(&test_support::redis_url()).await;
    let app = TestApp::start(&Servers::Separate { amqp: test_support::amqp_url(), redis }).await;
    all_the_same(&app, "there").await;
    proxy.refuse();
    all_the_same(&app, "away").await;
    proxy.resume();
    proxy.pause();
    all_the_same(&app, "hanging").await;
    proxy.resume();
    all_the_same(&app, "there again").await;
    app.drain().await;
    assert_eq!(app.sink.mails().len(), 8, "a welcome and a link to verify the address each");
    app.stop().await;
}

async fn all_the_same(app: &TestApp, state: &str) {
    let email = format!("{}@example.test", state.replace(' ', "."));
    assert_eq!(app.register(&email, "Ada", "en").await.status, 202, "{state}");
    let person = app.sign_in(&email).await;
    let renamed = app.send(Call::patch("/v1/users/me", json!({"display_name": state})).token(&person.token)).await;
    let after = renamed.position().unwrap();
    let me = app.send(Call::get("/v1/users/me").token(&person.token).header("tidemark-after", after)).await;
    assert_eq!((me.status, &me.json()["display_name"]), (200, &json!(state)), "{state}");
}
