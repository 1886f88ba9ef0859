//! `GET` and `PATCH /v1/users/me`.

use serde_json::json;

use crate::{
    app::{Person, TestApp},
    client::Request,
};

fn me(app: &TestApp, person: &Person) -> Request {
    app.get("/v1/users/me").token(&person.token)
}

fn patch(app: &TestApp, person: &Person, body: serde_json::Value) -> Request {
    let request = app.request("PATCH", "/v1/users/me").token(&person.token);
    request.body("application/merge-patch+json", body.to_string())
}

async fn read_after(app: &TestApp, person: &Person, position: &str) -> serde_json::Value {
    me(app, person).header("Tidemark-After", position).send().await.ok(200).json()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_sees_the_own_account() {
    let app = TestApp::start().await;
    let ada = app.person("ada@example.org").await;
    let answer = me(&app, &ada).header("Tidemark-After", "3").send().await;
    let view = answer.ok(200).json();
    assert_eq!(view["id"], json!(ada.id));
    assert_eq!((&view["email"], &view["display_name"]), (&json!("ada@example.org"), &json!("Ada")));
    assert_eq!((&view["locale"], &view["roles"], &view["version"]), (&json!("de"), &json!(["member"]), &json!(3)));
    assert_eq!((answer.header("etag"), answer.header("tidemark-position")), (Some("\"v3\""), Some("3")));
    // No browser keeps it on disk; whoever compares versions does so with what they have in memory.
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_not_changed_is_not_sent_again() {
    let app = TestApp::start().await;
    let ada = app.person("ada@example.org").await;
    read_after(&app, &ada, "3").await;
    let answer = me(&app, &ada).header("If-None-Match", "W/\"v3\", \"x\"").send().await;
    assert_eq!((answer.status, answer.body.len(), answer.header("etag")), (304, 0, Some("\"v3\"")));
    me(&app, &ada).header("If-None-Match", "\"v2\"").send().await.ok(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_who_waits_sees_what_it_wrote() {
    let app = TestApp::start().await;
    let ada = app.person("ada@example.org").await;
    for round in 2..20 {
        let name = format!("Ada {round}");
        let answer = patch(&app, &ada, json!({"display_name": name})).send().await;
        let position = answer.ok(200).header("tidemark-position").unwrap().to_owned();
        let view = match round % 2 {
            0 => read_after(&app, &ada, &position).await,
            _ => app.get(&format!("/v1/users/me?after={position}")).token(&ada.token).send().await.ok(200).json(),
        };
        assert_eq!((&view["display_name"], &view["version"]), (&json!(name), &json!(round + 2)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waits_in_vain_is_told_to_come_back() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let ada = app.person("ada@example.org").await;
    let answer = me(&app, &ada).header("Tidemark-After", "1").send().await;
    answer.problem(503, "projection_lag");
    assert_eq!(answer.header("retry-after"), Some("1"));
    me(&app, &ada).send().await.problem(404, "not_found");
    app.start_projections().await;
    read_after(&app, &ada, "1").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_waits_for_a_position_that_the_log_does_not_have() {
    let app = TestApp::start().await;
    let ada = app.person("ada@example.org").await;
    for position in ["4", "9223372036854775807"] {
        let problem = me(&app, &ada).header("Tidemark-After", position).send().await.problem(400, "beyond_the_log");
        assert_eq!(problem["detail"], "Its last position is 3.");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_patch_changes_what_it_names() {
    let app = TestApp::start().await;
    let ada = app.person("ada@example.org").await;
    let answer = patch(&app, &ada, json!({"locale": "en"})).send().await;
    let profile = answer.ok(200).json();
    assert_eq!(
        profile,
        json!({
            "id": ada.id, "email": ada.email, "display_name": "Ada", "locale": "en", "roles": ["member"], "version": 4,
            "avatar": null,
        })
    );
    assert_eq!((answer.header("etag"), answer.header("tidemark-position")), (Some("\"v4\""), Some("4")));
    let profile = patch(&app, &ada, json!({"display_name": null})).send().await.ok(200).json();
    assert_eq!((&profile["display_name"], &profile["locale"]), (&json!(null), &json!("en")));
    assert_eq!(app.events().await[3].metadata().actor, Some(ada.id.to_string()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_patch_that_changes_nothing_writes_nothing() {
    let app = TestApp::start().await;
    let ada = app.person("ada@example.org").await;
    for body in [json!({}), json!({"display_name": "Ada"}), json!({"locale": "de", "display_name": " Ada "})] {
        let answer = patch(&app, &ada, body).send().await;
        assert_eq!((answer.ok(200).header("etag"), answer.header("tidemark-position")), (Some("\"v3\""), Some("3")));
    }
    assert_eq!(app.head().await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_patch_of_another_version_is_refused() {
    let app = TestApp::start().await;
    let ada = app.person("ada@example.org").await;
    let with = |tag: &'static str| patch(&app, &ada, json!({"locale": "en"})).header("If-Match", tag).send();
    with("\"v7\"").await.problem(412, "version_mismatch");
    with("\"v3\"").await.ok(200);
    with("\"v3\"").await.problem(412, "version_mismatch");
    with("*").await.ok(200);
    let problem = with("v1").await.problem(400, "invalid_request");
    assert_eq!(
        (&problem["errors"][0]["header"], &problem["errors"][0]["code"]),
        (&json!("if-match"), &json!("invalid_header"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_patch_is_done_once() {
    let app = TestApp::start().await;
    let ada = app.person("ada@example.org").await;
    let send = |key: &'static str, name: &'static str| {
        patch(&app, &ada, json!({"display_name": name})).header("Idempotency-Key", key).send()
    };
    let first = send("one", "Countess").await;
    send("two", "Ada").await.ok(200);
    let repeat = send("one", "Countess").await;
    assert_eq!(repeat.ok(200).header("tidemark-position"), first.ok(200).header("tidemark-position"));
    assert_eq!(repeat.json()["display_name"], "Ada", "rendered from what is there now");
    assert_eq!(app.head().await, 5);
    send("one", "Other").await.problem(422, "idempotency_mismatch");
    let eve = app.person("eve@example.org").await;
    let hers = patch(&app, &eve, json!({"display_name": "Eve"})).header("Idempotency-Key", "one").send().await;
    assert_eq!(hers.ok(200).json()["display_name"], "Eve", "keys of others do not meet");
}

#[tokio::test(flavor = "multi_thread")]
async fn invalid_patches_are_refused() {
    let app = TestApp::start().await;
    let ada = app.person("ada@example.org").await;
    for (body, pointer, code) in [
        (json!({"locale": null}), "/locale", "wrong_type"),
        (json!({"locale": "xx"}), "/locale", "unknown_locale"),
        (json!({"display_name": ""}), "/display_name", "empty"),
        (json!({"display_name": 7}), "/display_name", "wrong_type"),
        (json!({"email": "eve@example.org"}), "/email", "unknown_field"),
        (json!({"roles": ["admin"]}), "/roles", "unknown_field"),
    ] {
        let problem = patch(&app, &ada, body).send().await.problem(422, "validation_failed");
        assert_eq!((&problem["errors"][0]["pointer"], &problem["errors"][0]["code"]), (&json!(pointer), &json!(code)));
    }
    assert_eq!(app.head().await, 3);
}
