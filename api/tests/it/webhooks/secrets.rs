//! What is secret of a webhook: shown once, and nowhere in clear.

use std::collections::HashSet;

use diesel::{QueryableByName, sql_query, sql_types::Text};
use diesel_async::RunQueryDsl;
use domain::webhooks::WebhookSecret;
use serde_json::json;

use super::{URL, change, created, get, list, post, some};
use crate::{app::TestApp, captured_log};

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    text: String,
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_are_shown_once_and_kept_nowhere_in_clear() {
    let app = TestApp::start().await;
    let admin = app.admin("ada@example.org").await;
    let first = created(&app, &admin, &json!({"url": URL, "events": ["*"]})).await;
    let (id, first) = (first["id"].as_str().unwrap(), first["secret"].as_str().unwrap());
    assert_eq!(WebhookSecret::parse(first).unwrap().bytes().len(), 32);
    let rotated = post(&app, &admin, &format!("{id}/rotate-secret")).await;
    assert_eq!(rotated.ok(200).header("cache-control"), Some("no-store"));
    assert_eq!(rotated.header("etag"), Some("\"v2\""));
    let rotated = rotated.json();
    let second = rotated["secret"].as_str().unwrap();
    assert!(WebhookSecret::parse(second).is_ok() && second != first);
    let until: chrono::DateTime<chrono::Utc> = rotated["previous_until"].as_str().unwrap().parse().unwrap();
    assert_eq!((until - chrono::Utc::now()).num_hours(), 23, "in 24 hours");
    change(&app, &admin, id, &json!({"url": format!("{URL}&more")})).send().await.ok(200);

    let shown = get(&app, &admin, &format!("/{id}")).await.ok(200).json();
    let listed = list(&app, &admin).await;
    let stored: Vec<String> = app.events().await.iter().map(|event| event.payload.get().to_owned()).collect();
    let rows = sql_query("SELECT w::text AS text FROM webhooks w UNION ALL SELECT c::text FROM commands c")
        .load::<Row>(&mut app.database.connect().await)
        .await
        .unwrap();
    let log = format!("{:?}", captured_log::entries("target", "security"));
    for secret in [first, second].map(|secret| secret.trim_start_matches("whsec_")) {
        assert!(!shown.to_string().contains(secret) && !listed[0].to_string().contains(secret));
        assert!(stored.iter().all(|event| !event.contains(secret)));
        assert!(rows.iter().all(|row| !row.text.contains(secret)) && !log.contains(secret));
    }
    for part in ["geheim", "example.com"] {
        assert!(stored.iter().all(|event| !event.contains(part)) && rows.iter().all(|row| !row.text.contains(part)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeat_makes_another_webhook_and_another_secret() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let admin = app.admin("ada@example.org").await;
    let mut secrets = HashSet::new();
    for _ in 0..2 {
        let body = json!({"url": URL, "events": ["*"]});
        let request = super::create(&app, &admin, &body).header("Idempotency-Key", "once");
        let created = request.send().await.ok(201).json();
        secrets.insert(created["secret"].as_str().unwrap().to_owned());
    }
    assert_eq!(secrets.len(), 2);
    let id = some(&app, &admin).await;
    let rotate = app.request("POST", &format!("/v1/webhooks/{id}/rotate-secret")).token(&admin.token);
    rotate.header("If-Match", "\"v7\"").send().await.problem(412, "version_mismatch");
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_and_who_sees_what_take_a_recent_authentication() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let admin = app.admin("ada@example.org").await;
    let id = some(&app, &admin).await;
    let mut conn = app.database.connect().await;
    let long_ago = "UPDATE sessions SET authenticated_at = authenticated_at - interval '11 minutes'";
    sql_query(long_ago).execute(&mut conn).await.unwrap();
    let body = json!({"url": URL, "events": ["*"]});
    super::create(&app, &admin, &body).send().await.problem(403, "step_up_required");
    post(&app, &admin, &format!("{id}/rotate-secret")).await.problem(403, "step_up_required");
    for patch in [json!({"url": URL}), json!({"events": ["*"]})] {
        change(&app, &admin, &id, &patch).send().await.problem(403, "step_up_required");
    }
    change(&app, &admin, &id, &json!({"description": "Tells the shop"})).send().await.ok(200);
    post(&app, &admin, &format!("{id}/disable")).await.ok(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_a_deleted_webhook_can_be_asked_for() {
    let app = TestApp::start().await;
    let admin = app.admin("ada@example.org").await;
    let id = some(&app, &admin).await;
    app.request("DELETE", &format!("/v1/webhooks/{id}")).token(&admin.token).send().await.ok(204);
    for path in ["rotate-secret", "enable", "disable", "test"] {
        post(&app, &admin, &format!("{id}/{path}")).await.problem(404, "not_found");
    }
    get(&app, &admin, &format!("/{id}/deliveries")).await.problem(404, "not_found");
}
