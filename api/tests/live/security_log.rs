//! What the security log has of live connections.

use serde_json::json;

use crate::{app::TestApp, captured_log, client::Client};

#[tokio::test(flavor = "multi_thread")]
async fn refused_topics_and_tokens_are_entries_with_the_user() {
    captured_log::install();
    let app = TestApp::start().await;
    let ada = app.register("ada").await;
    app.projected(1).await;
    let mut client = Client::signed_in(&app, ada).await;
    client.send(json!({"t": "sub", "id": 5, "topic": "users"})).await;
    assert_eq!(client.next().await["code"], "forbidden");
    client.send(json!({"t": "auth", "id": 6, "token": "no token"})).await;
    assert_eq!(client.next().await["code"], "invalid_token");
    let entries = captured_log::entries("user", &ada.to_string());
    let said: Vec<_> = entries.iter().map(|entry| (&entry["kind"], &entry["reason"], &entry["level"])).collect();
    let expected = [("live_topic", "forbidden"), ("live_sign_in", "invalid_token")];
    let expected = expected.map(|(kind, reason)| (json!(kind), json!(reason), json!("WARN")));
    assert_eq!(said, expected.iter().map(|(kind, reason, level)| (kind, reason, level)).collect::<Vec<_>>());
}
