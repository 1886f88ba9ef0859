//! Who did what to whom, as people may see it.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    app::{Person, TestApp},
    cast::{Cast, api_key},
    client::Answer,
};

async fn page(app: &TestApp, person: &Person, target: &str) -> Answer {
    app.get(target).token(&person.token).send().await
}

fn types(page: &Value) -> Vec<&str> {
    page["items"].as_array().unwrap().iter().map(|entry| entry["type"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_sees_what_happened_to_their_own_account_from_the_newest() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let eve = app.person("eve@example.org").await;
    app.person("other@example.org").await;
    let (key_id, _) = api_key(&app, &eve, &["users:read:own"]).await;
    let mut target = "/v1/users/me/audit?limit=2".to_owned();
    let mut seen: Vec<Value> = vec![];
    loop {
        let answer = page(&app, &eve, &target).await;
        let body = answer.ok(200).json();
        seen.extend(body["items"].as_array().unwrap().iter().cloned());
        let Some(cursor) = body["next_cursor"].as_str() else { break };
        target = format!("/v1/users/me/audit?limit=2&cursor={cursor}");
        assert_eq!(answer.header("link"), Some(format!("<{target}>; rel=\"next\"").as_str()));
    }
    let expected = app.events().await.into_iter().rev().filter(|event| event.aggregate_id() == Some(eve.id));
    let expected: Vec<_> = expected.map(|event| event.event_type).collect();
    assert_eq!(types(&json!({"items": seen})), expected);
    let created = seen.iter().find(|entry| entry["type"] == "user.api_key_created").unwrap();
    assert_eq!(created["actor"], json!(eve.id));
    let details = created["details"].as_object().unwrap();
    assert_eq!((&details["key_id"], &details["permissions"]), (&json!(key_id), &json!(["users:read:own"])));
    assert!(!details.contains_key("secret_hash") && !details.contains_key("name"));
    assert_eq!(seen.last().unwrap()["details"], json!({}), "a registration is personal");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_is_sealed_or_hashed_is_shown() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let admin = app.admin("ada@example.org").await;
    api_key(&app, &admin, &["users:read:own"]).await;
    app.request("PATCH", "/v1/users/me")
        .token(&admin.token)
        .json(&json!({"display_name": "Countess"}))
        .send()
        .await
        .ok(200);
    let shown = String::from_utf8(page(&app, &admin, "/v1/audit?limit=200").await.ok(200).body.clone()).unwrap();
    for event in app.events().await {
        let payload: Value = serde_json::from_str(event.payload.get()).unwrap();
        for name in ["email", "password_hash", "display_name", "name", "secret_hash"] {
            if let Some(sealed) = payload[name].as_str() {
                assert!(!shown.contains(sealed), "{name} of {}", event.event_type);
            }
        }
    }
    assert!(shown.contains("user.api_key_created") && shown.contains("user.profile_changed"));
}

#[tokio::test(flavor = "multi_thread")]
async fn administrators_see_what_happened_to_anybody() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let (admin, eve) = (app.admin("ada@example.org").await, app.person("eve@example.org").await);
    let suspend = format!("/v1/users/{}/suspend", eve.id);
    app.request("POST", &suspend).token(&admin.token).send().await.ok(200);
    let body = page(&app, &admin, &format!("/v1/users/{}/audit", eve.id)).await.ok(200).json();
    assert_eq!((types(&body)[0], &body["items"][0]["actor"]), ("user.suspended", &json!(admin.id)));
    for id in [Uuid::now_v7().to_string(), "7".to_owned(), "%00".to_owned()] {
        page(&app, &admin, &format!("/v1/users/{id}/audit")).await.problem(404, "not_found");
    }
    let first = page(&app, &admin, &format!("/v1/users/{}/audit?limit=1", eve.id)).await.ok(200).json();
    let cursor = first["next_cursor"].as_str().unwrap();
    let foreign = page(&app, &admin, &format!("/v1/users/me/audit?cursor={cursor}")).await;
    foreign.problem(400, "cursor_mismatch");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_searched_by_category_type_and_actor() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let cast = Cast::of(&app).await;
    let (admin, eve) = (app.admin("ada@example.org").await, app.person("eve@example.org").await);
    let role = json!({"name": "support", "permissions": ["users:read:all"]});
    app.request("POST", "/v1/roles").token(&admin.token).json(&role).send().await.ok(201);
    app.request("PUT", &format!("/v1/users/{}/roles/support", eve.id)).token(&admin.token).send().await.ok(200);
    cast.define("other", &[]).await;
    let find = async |query: &str| page(&app, &admin, &format!("/v1/audit{query}")).await.ok(200).json();
    assert_eq!(types(&find("?category=roles").await), ["roles.defined", "roles.defined"]);
    let granted = find("?type=user.role_granted&limit=1").await;
    assert_eq!(granted["items"][0]["details"], json!({"role": "support"}));
    assert_eq!(granted["items"][0]["subject"], json!(eve.id));
    let by_admin = find(&format!("?actor={}", admin.id)).await;
    assert!(by_admin["items"].as_array().unwrap().iter().all(|entry| entry["actor"] == json!(admin.id)));
    assert!(types(&by_admin).contains(&"roles.defined") && types(&by_admin).contains(&"user.role_granted"));
    let both = find(&format!("?category=roles&actor={}", admin.id)).await;
    assert_eq!((types(&both), &both["next_cursor"]), (vec!["roles.defined"], &json!(null)));
    assert_eq!(types(&find("?type=no.such").await), Vec::<&str>::new());

    let all = find("?limit=200").await;
    let expected: Vec<_> = app.event_types().await.into_iter().rev().collect();
    assert_eq!(types(&all), expected);
    let cursor = find("?limit=1").await["next_cursor"].as_str().unwrap().to_owned();
    assert_eq!(types(&find(&format!("?limit=1&cursor={cursor}")).await), expected[1..2]);
    let other = page(&app, &admin, &format!("/v1/audit?category=user&cursor={cursor}")).await;
    other.problem(400, "cursor_mismatch");
    for query in ["?type=a%20b", "?category=", "?actor=%27--", "?stream=x", "?limit=0"] {
        page(&app, &admin, &format!("/v1/audit{query}")).await.problem(400, "invalid_request");
    }
}
