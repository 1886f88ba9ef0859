//! Changing webhooks, and having them sent to or not.

use serde_json::{Value, json};

use super::{URL, assert_told, change, created, define_posts, events, get, list, post, some};
use crate::app::TestApp;

#[tokio::test(flavor = "multi_thread")]
async fn a_change_keeps_what_it_does_not_name() {
    let app = TestApp::start().await;
    let admin = app.admin("ada@example.org").await;
    define_posts(&app, &admin).await;
    let id = some(&app, &admin).await;
    let body = json!({"collection": "posts", "filter": "record.rank > 3", "description": "Tells the shop"});
    let changed = change(&app, &admin, &id, &body).header("If-Match", "\"v1\"").send().await;
    let shown = changed.ok(200).json();
    assert_eq!(
        (&shown["url"], &shown["collection"], &shown["filter"], &shown["version"]),
        (&json!(URL), &json!("posts"), &json!("record.rank > 3"), &json!(2))
    );
    let late = change(&app, &admin, &id, &json!({"filter": null})).header("If-Match", "\"v1\"").send().await;
    late.problem(412, "version_mismatch");
    let other = json!({"url": "https://example.org/", "events": ["record.deleted"], "filter": null});
    let shown = change(&app, &admin, &id, &other).send().await.ok(200).json();
    assert_eq!(
        (&shown["url"], &shown["events"], &shown["collection"], &shown["filter"], &shown["description"]),
        (&other["url"], &other["events"], &json!("posts"), &Value::Null, &json!("Tells the shop"))
    );
    assert_eq!(get(&app, &admin, &format!("/{id}")).await.ok(200).json(), shown);
    assert_eq!(list(&app, &admin).await, [shown]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changes_nothing_writes_nothing() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let admin = app.admin("ada@example.org").await;
    let id = some(&app, &admin).await;
    for body in [json!({}), json!({"url": URL, "events": ["record.*"], "filter": null, "collection": null})] {
        let answer = change(&app, &admin, &id, &body).send().await;
        assert_eq!(answer.ok(200).header("etag"), Some("\"v1\""));
    }
    assert_eq!(events(&app).await, ["webhook.created"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_has_to_leave_something_that_goes_together() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let admin = app.admin("ada@example.org").await;
    define_posts(&app, &admin).await;
    let body = json!({"url": URL, "events": ["record.*"], "collection": "posts", "filter": "record.rank > 3"});
    let id = created(&app, &admin, &body).await["id"].as_str().unwrap().to_owned();
    for (body, at, code) in [
        (json!({"url": null}), "/url", "wrong_type"),
        (json!({"url": "http://127.0.0.1/"}), "/url", "address_not_allowed"),
        (json!({"events": null}), "/events", "wrong_type"),
        (json!({"events": ["*"]}), "/events", "not_of_records"),
        (json!({"collection": null}), "/filter", "no_collection"),
        (json!({"collection": "pages"}), "/collection", "unknown_collection"),
        (json!({"filter": "record.rankk > 3"}), "/filter", "expression_unknown_field"),
    ] {
        assert_told(&change(&app, &admin, &id, &body).send().await, &[(at, code)]);
    }
    change(&app, &admin, &id, &json!({"collection": null, "filter": null, "events": ["*"]})).send().await.ok(200);
    for id in ["none", "00000000-0000-0000-0000-000000000000"] {
        change(&app, &admin, id, &json!({})).send().await.problem(404, "not_found");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_filter_of_a_collection_that_is_gone_cannot_be_changed() {
    let app = TestApp::start().await;
    let admin = app.admin("ada@example.org").await;
    define_posts(&app, &admin).await;
    let body = json!({"url": URL, "events": ["record.*"], "collection": "posts"});
    let id = created(&app, &admin, &body).await["id"].as_str().unwrap().to_owned();
    app.request("DELETE", "/v1/collections/posts").token(&admin.token).send().await.ok(204);
    let refused = change(&app, &admin, &id, &json!({"filter": "record.rank > 3"})).send().await;
    assert_told(&refused, &[("/collection", "unknown_collection")]);
    change(&app, &admin, &id, &json!({"description": "Of old"})).send().await.ok(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_is_disabled_and_enabled() {
    let app = TestApp::start().await;
    let admin = app.admin("ada@example.org").await;
    let id = some(&app, &admin).await;
    for (verb, state, reason) in [
        ("disable", "disabled", json!("by_request")),
        ("disable", "disabled", json!("by_request")),
        ("enable", "enabled", Value::Null),
        ("enable", "enabled", Value::Null),
    ] {
        let shown = post(&app, &admin, &format!("{id}/{verb}")).await.ok(200).json();
        assert_eq!((&shown["state"], &shown["reason"]), (&json!(state), &reason));
        assert_eq!(list(&app, &admin).await, [shown]);
    }
    assert_eq!(events(&app).await, ["webhook.created", "webhook.disabled", "webhook.enabled"]);
    let disable = || app.request("POST", &format!("/v1/webhooks/{id}/disable")).token(&admin.token);
    disable().header("If-Match", "\"v1\"").send().await.problem(412, "version_mismatch");
    let keyed = || disable().header("Idempotency-Key", "once").send();
    keyed().await.ok(200);
    post(&app, &admin, &format!("{id}/enable")).await.ok(200);
    assert_eq!(keyed().await.ok(200).json()["state"], "enabled", "the repeat disables nothing, and shows what is so");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_read_only_changes_nothing_and_a_key_gets_no_secret() {
    let app = TestApp::start().await;
    let admin = app.admin("ada@example.org").await;
    let id = some(&app, &admin).await;
    let (_, reader) = crate::cast::api_key(&app, &admin, &["webhooks:read:all"]).await;
    let (_, manager) = crate::cast::api_key(&app, &admin, &["webhooks:manage:all"]).await;
    let send = |method: &'static str, path: String, token: &str| {
        app.request(method, &format!("/v1/webhooks{path}")).token(token).json(&json!({})).send()
    };
    app.get(&format!("/v1/webhooks/{id}")).token(&reader).send().await.ok(200);
    app.get("/v1/webhooks").token(&reader).send().await.ok(200);
    for (method, path) in [
        ("PATCH", format!("/{id}")),
        ("DELETE", format!("/{id}")),
        ("POST", format!("/{id}/disable")),
        ("POST", format!("/{id}/test")),
        ("POST", format!("/{id}/replay")),
    ] {
        send(method, path, &reader).await.problem(403, "forbidden");
    }
    send("PATCH", format!("/{id}"), &manager).await.ok(200);
    for patch in [json!({"url": URL}), json!({"events": ["*"]}), json!({"collection": null}), json!({"filter": null})] {
        let request = app.request("PATCH", &format!("/v1/webhooks/{id}")).token(&manager);
        request.json(&patch).send().await.problem(403, "forbidden");
    }
    for path in [String::new(), format!("/{id}/rotate-secret")] {
        send("POST", path, &manager).await.problem(403, "forbidden");
    }
}
