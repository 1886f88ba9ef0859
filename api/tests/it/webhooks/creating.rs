//! Creating webhooks, and what is refused.

use serde_json::{Value, json};

use super::{URL, assert_told, create, created, define_posts, events, get, list, some};
use crate::app::TestApp;

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_is_created_shown_listed_and_deleted() {
    let app = TestApp::start().await;
    let admin = app.admin("ada@example.org").await;
    define_posts(&app, &admin).await;
    let body = json!({"url": URL, "events": ["record.*", "record.created"], "collection": "posts",
                      "filter": "record.rank > 3", "description": " Tells the shop "});
    let answer = create(&app, &admin, &body).send().await;
    assert_eq!(answer.ok(201).header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("etag"), Some("\"v1\""));
    let mut shown = answer.json();
    let id = shown["id"].as_str().unwrap().to_owned();
    assert_eq!(answer.header("location"), Some(format!("/v1/webhooks/{id}").as_str()));
    assert_eq!(answer.header("tidemark-position"), Some(app.head().await.to_string().as_str()));
    shown.as_object_mut().unwrap().remove("secret").unwrap();
    for (member, value) in [
        ("version", json!(1)),
        ("url", json!(URL)),
        ("events", json!(["record.*", "record.created"])),
        ("collection", json!("posts")),
        ("filter", json!("record.rank > 3")),
        ("description", json!("Tells the shop")),
        ("state", json!("enabled")),
        ("reason", Value::Null),
        ("created_by", json!(admin.id)),
    ] {
        assert_eq!(shown[member], value, "{member}");
    }
    assert_eq!(get(&app, &admin, &format!("/{id}")).await.ok(200).json(), shown);
    assert_eq!(list(&app, &admin).await, [shown]);
    let cached = app.get(&format!("/v1/webhooks/{id}")).token(&admin.token).header("If-None-Match", "\"v1\"");
    cached.send().await.ok(304);

    let delete = || app.request("DELETE", &format!("/v1/webhooks/{id}")).token(&admin.token);
    delete().header("If-Match", "\"v2\"").send().await.problem(412, "version_mismatch");
    delete().header("Idempotency-Key", "once").send().await.ok(204);
    delete().header("Idempotency-Key", "once").send().await.ok(204);
    delete().send().await.problem(404, "not_found");
    get(&app, &admin, &format!("/{id}")).await.problem(404, "not_found");
    assert_eq!(list(&app, &admin).await, [json!(null); 0]);
    assert_eq!(events(&app).await, ["webhook.created", "webhook.deleted"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_field_is_checked() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let admin = app.admin("ada@example.org").await;
    let body = json!({"url": "ftp://example.com", "events": ["record.*", "record.vanished", "webhook.created"],
                      "collection": "No name", "filter": " ", "description": "a\nb"});
    assert_told(
        &create(&app, &admin, &body).send().await,
        &[
            ("/url", "scheme_not_allowed"),
            ("/events/1", "unknown_event"),
            ("/collection", "unknown_collection"),
            ("/filter", "empty"),
            ("/description", "control_character"),
        ],
    );
    for (events, at, code) in [(json!([]), "/events", "empty"), (json!(vec!["*"; 51]), "/events", "too_many")] {
        let body = json!({"url": URL, "events": events});
        assert_told(&create(&app, &admin, &body).send().await, &[(at, code)]);
    }
    let missing = create(&app, &admin, &json!({"url": URL})).send().await;
    missing.problem(422, "validation_failed");
    assert_eq!(events(&app).await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_must_not_be_sent_to_is_refused() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let admin = app.admin("ada@example.org").await;
    for (url, code) in [
        ("http://127.0.0.1/", "address_not_allowed"),
        ("http://0x7f.1/", "address_not_allowed"),
        ("https://[::ffff:10.0.0.1]/", "address_not_allowed"),
        ("https://169.254.169.254/latest/meta-data", "address_not_allowed"),
        ("https://example.com:8080/", "port_not_allowed"),
        ("https://ada:pw@example.com/", "credentials"),
        ("https://example.com/#there", "fragment"),
        ("example.com", "malformed"),
    ] {
        let answer = create(&app, &admin, &json!({"url": url, "events": ["*"]})).send().await;
        assert_told(&answer, &[("/url", code)]);
    }
    // In development; elsewhere it has to be encrypted.
    created(&app, &admin, &json!({"url": "http://example.com/", "events": ["*"]})).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_operator_allows_may_be_sent_to() {
    let allowed = || vec!["127.0.0.0/8".parse().unwrap()];
    let app = TestApp::start_without_projections(|config| config.webhooks.allowed_networks = allowed()).await;
    let admin = app.admin("ada@example.org").await;
    created(&app, &admin, &json!({"url": "http://127.0.0.1:9000/", "events": ["*"]})).await;
    let answer = create(&app, &admin, &json!({"url": "http://10.0.0.1:9000/", "events": ["*"]})).send().await;
    assert_told(&answer, &[("/url", "address_not_allowed")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collection_and_a_filter_have_to_go_with_the_rest() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let admin = app.admin("ada@example.org").await;
    define_posts(&app, &admin).await;
    for (events, collection, filter, at, code) in [
        ("record.*", json!("pages"), Value::Null, "/collection", "unknown_collection"),
        ("*", json!("posts"), Value::Null, "/events", "not_of_records"),
        ("user.*", json!("posts"), Value::Null, "/events", "not_of_records"),
        ("record.*", Value::Null, json!("record.rank > 3"), "/filter", "no_collection"),
        ("record.*", json!("posts"), json!("record.rankk > 3"), "/filter", "expression_unknown_field"),
        ("record.*", json!("posts"), json!("record.rank >"), "/filter", "expression_syntax"),
    ] {
        let body = json!({"url": URL, "events": [events], "collection": collection, "filter": filter});
        assert_told(&create(&app, &admin, &body).send().await, &[(at, code)]);
    }
    let body = json!({"url": URL, "events": ["record.*"], "collection": "posts", "filter": "record.rankk > 3"});
    let problem = create(&app, &admin, &body).send().await.problem(422, "validation_failed");
    let detail = problem["errors"][0]["detail"].as_str().unwrap();
    assert_eq!(detail, "line 1, column 8: there is no field \"rankk\"; did you mean \"rank\"?");
}

#[tokio::test(flavor = "multi_thread")]
async fn there_are_at_most_a_hundred() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let admin = app.admin("ada@example.org").await;
    let first = some(&app, &admin).await;
    for _ in 1..100 {
        some(&app, &admin).await;
    }
    let body = json!({"url": URL, "events": ["*"]});
    create(&app, &admin, &body).send().await.problem(409, "limit_reached");
    app.request("DELETE", &format!("/v1/webhooks/{first}")).token(&admin.token).send().await.ok(204);
    created(&app, &admin, &body).await;
    create(&app, &admin, &body).send().await.problem(409, "limit_reached");
}
