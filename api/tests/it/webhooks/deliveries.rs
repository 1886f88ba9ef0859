//! What came of sending events, and sending them again.

use diesel::{
    sql_query,
    sql_types::{Nullable, Text, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use domain::webhooks::{Replay, WebhookEvent};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{events, get, post, some};
use crate::{app::TestApp, client::Request};

/// What a worker writes.
async fn deliver(app: &TestApp, webhook: &str, state: &str) -> Uuid {
    let id = Uuid::now_v7();
    sql_query(
        "INSERT INTO webhook_deliveries (id, webhook_id, event_id, event_type, position, state) \
         VALUES ($1, $2, $1, 'record.created', 7, $3)",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(webhook.parse::<Uuid>().unwrap())
    .bind::<Text, _>(state)
    .execute(&mut app.database.connect().await)
    .await
    .unwrap();
    id
}

async fn attempt(app: &TestApp, delivery: Uuid, number: i32, outcome: &str, response: Option<String>) {
    sql_query(
        "INSERT INTO webhook_attempts (delivery_id, attempt, at, duration_ms, status, outcome, response) \
         VALUES ($1, $2, now(), 12, 200, $3, $4)",
    )
    .bind::<SqlUuid, _>(delivery)
    .bind::<diesel::sql_types::Integer, _>(number)
    .bind::<Text, _>(outcome)
    .bind::<Nullable<Text>, _>(response)
    .execute(&mut app.database.connect().await)
    .await
    .unwrap();
}

fn ids(page: &Value) -> Vec<Uuid> {
    let items = page["items"].as_array().unwrap().iter();
    items.map(|item| item["id"].as_str().unwrap().parse().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn deliveries_are_listed_from_the_newest_page_by_page() {
    let app = TestApp::start().await;
    let admin = app.admin("ada@example.org").await;
    let (id, other) = (some(&app, &admin).await, some(&app, &admin).await);
    let mut made = vec![];
    for state in ["delivered", "failed", "pending", "delivered"] {
        made.push(deliver(&app, &id, state).await);
    }
    deliver(&app, &other, "pending").await;
    let page = get(&app, &admin, &format!("/{id}/deliveries?limit=3")).await.ok(200).json();
    assert_eq!(ids(&page), [made[3], made[2], made[1]]);
    let cursor = page["next_cursor"].as_str().unwrap();
    let last = get(&app, &admin, &format!("/{id}/deliveries?limit=3&cursor={cursor}")).await.ok(200).json();
    assert_eq!((ids(&last), &last["next_cursor"]), (vec![made[0]], &Value::Null));
    let delivered = get(&app, &admin, &format!("/{id}/deliveries?state=delivered")).await.ok(200).json();
    assert_eq!(ids(&delivered), [made[3], made[0]]);
    let elsewhere = get(&app, &admin, &format!("/{id}/deliveries?state=failed&cursor={cursor}")).await;
    elsewhere.problem(400, "cursor_mismatch");
    get(&app, &admin, &format!("/{other}/deliveries?cursor={cursor}")).await.problem(400, "cursor_mismatch");
    get(&app, &admin, &format!("/{id}/deliveries?state=lost")).await.problem(400, "invalid_request");
    get(&app, &admin, &format!("/{}/deliveries", Uuid::nil())).await.problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_is_shown_with_what_was_answered() {
    let app = TestApp::start().await;
    let admin = app.admin("ada@example.org").await;
    let (id, other) = (some(&app, &admin).await, some(&app, &admin).await);
    let delivery = deliver(&app, &id, "delivered").await;
    let keys = event_store::SubjectKeys::new(app.context.keys_database().await.unwrap(), &app.context.config.secrets);
    let key = keys.get(id.parse().unwrap()).await.unwrap();
    attempt(&app, delivery, 1, "timed_out", None).await;
    attempt(&app, delivery, 2, "refused", Some("does not open".to_owned())).await;
    attempt(&app, delivery, 3, "delivered", Some(key.seal("webhook.response", "thanks").as_str().to_owned())).await;
    let shown = get(&app, &admin, &format!("/{id}/deliveries/{delivery}")).await.ok(200).json();
    assert_eq!(
        (&shown["id"], &shown["event_type"], &shown["position"], &shown["state"]),
        (&json!(delivery), &json!("record.created"), &json!(7), &json!("delivered"))
    );
    let attempts: Vec<_> = shown["attempt_log"].as_array().unwrap().iter().collect();
    let told: Vec<_> = attempts.iter().map(|attempt| (&attempt["outcome"], &attempt["response"])).collect();
    assert_eq!(
        told,
        [
            (&json!("timed_out"), &Value::Null),
            (&json!("refused"), &Value::Null),
            (&json!("delivered"), &json!("thanks"))
        ]
    );
    assert_eq!((&attempts[0]["attempt"], &attempts[0]["duration_ms"]), (&json!(1), &json!(12)));
    for path in [format!("/{other}/deliveries/{delivery}"), format!("/{id}/deliveries/{}", Uuid::nil())] {
        get(&app, &admin, &path).await.problem(404, "not_found");
    }
    get(&app, &admin, &format!("/{id}/deliveries/none")).await.problem(404, "not_found");
}

async fn last(app: &TestApp) -> WebhookEvent {
    let events = app.events().await;
    events.iter().rev().find(|event| event.category == "webhook").unwrap().decode().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_can_be_asked_for_again() {
    let app = TestApp::start().await;
    let admin = app.admin("ada@example.org").await;
    let (id, other) = (some(&app, &admin).await, some(&app, &admin).await);
    let delivery = deliver(&app, &id, "failed").await;
    let replay = |webhook: &str| {
        let path = format!("/v1/webhooks/{webhook}/deliveries/{delivery}/replay");
        app.request("POST", &path).token(&admin.token).header("Idempotency-Key", "once")
    };
    let accepted = replay(&id).send().await;
    assert_eq!(accepted.ok(202).json(), json!({"status": "requested"}));
    assert_eq!(accepted.header("tidemark-position"), Some(app.head().await.to_string().as_str()));
    assert!(
        matches!(last(&app).await, WebhookEvent::ReplayRequested(asked) if asked.what == Replay::Delivery(delivery))
    );
    let before = app.head().await;
    replay(&id).send().await.ok(202);
    assert_eq!(app.head().await, before, "a repeat asks for nothing more");
    post(&app, &admin, &format!("{other}/deliveries/{delivery}/replay")).await.problem(404, "not_found");
    post(&app, &admin, &format!("{id}/disable")).await.ok(200);
    let refused = post(&app, &admin, &format!("{id}/deliveries/{delivery}/replay")).await;
    refused.problem(409, "webhook_disabled");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_sent_since_a_time_can_be_asked_for_again() {
    let app = TestApp::start().await;
    let admin = app.admin("ada@example.org").await;
    let id = some(&app, &admin).await;
    let replay = |since: chrono::DateTime<chrono::Utc>| -> Request {
        let request = app.request("POST", &format!("/v1/webhooks/{id}/replay")).token(&admin.token);
        request.json(&json!({"since": since}))
    };
    let (now, day) = (chrono::Utc::now(), chrono::TimeDelta::days(1));
    replay(now - day).send().await.ok(202);
    assert!(matches!(last(&app).await, WebhookEvent::ReplayRequested(asked) if matches!(asked.what, Replay::Since(_))));
    super::assert_told(&replay(now + day).send().await, &[("/since", "in_the_future")]);
    super::assert_told(&replay(now - day * 31).send().await, &[("/since", "too_early")]);
    post(&app, &admin, &format!("{id}/disable")).await.ok(200);
    replay(now - day).send().await.problem(409, "webhook_disabled");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_can_be_asked_for_also_while_nothing_else_is_sent() {
    let app = TestApp::start().await;
    let admin = app.admin("ada@example.org").await;
    let id = some(&app, &admin).await;
    assert_eq!(post(&app, &admin, &format!("{id}/test")).await.ok(202).json(), json!({"status": "requested"}));
    post(&app, &admin, &format!("{id}/disable")).await.ok(200);
    post(&app, &admin, &format!("{id}/test")).await.ok(202);
    let expected = ["webhook.created", "webhook.test_requested", "webhook.disabled", "webhook.test_requested"];
    assert_eq!(events(&app).await, expected);
}
