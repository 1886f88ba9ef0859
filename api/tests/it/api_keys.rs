//! Programs that act for a user.

use std::time::Duration;

use diesel::{QueryableByName, sql_query, sql_types::BigInt};
use diesel_async::RunQueryDsl;
use domain::roles::RoleName;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    app::{Person, TestApp, eventually},
    cast::{Cast, api_key},
    client::Answer,
};

async fn create(app: &TestApp, person: &Person, body: &Value) -> Answer {
    app.request("POST", "/v1/users/me/api-keys").token(&person.token).json(body).send().await
}

async fn list(app: &TestApp, person: &Person) -> Vec<Value> {
    let answer = app.get("/v1/users/me/api-keys").token(&person.token).send().await;
    answer.ok(200).json()["items"].as_array().unwrap().clone()
}

async fn revoke(app: &TestApp, person: &Person, id: impl ToString) -> Answer {
    let target = format!("/v1/users/me/api-keys/{}", id.to_string());
    app.request("DELETE", &target).token(&person.token).send().await
}

async fn me(app: &TestApp, key: &str) -> Answer {
    let position = app.head().await.to_string();
    app.get("/v1/users/me").token(key).header("Tidemark-After", position).send().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_does_what_it_was_made_for_and_nothing_else() {
    let app = TestApp::start().await;
    let ada = app.person("ada@example.org").await;
    let body = json!({"name": " Nightly export ", "permissions": ["users:read:own"]});
    let created = create(&app, &ada, &body).await;
    assert_eq!(created.ok(201).header("cache-control"), Some("no-store"));
    let created = created.json();
    let key = created["key"].as_str().unwrap();
    assert!(key.starts_with("tmk_") && key.len() == 90, "{key}");
    assert_eq!(me(&app, key).await.ok(200).json()["email"], "ada@example.org");
    let patch = app.request("PATCH", "/v1/users/me").token(key).json(&json!({"locale": "en"})).send().await;
    patch.problem(403, "forbidden");
    app.get("/v1/users").token(key).send().await.problem(403, "forbidden");

    let (_, other) = api_key(&app, &ada, &["users:update:own"]).await;
    let patch = app.request("PATCH", "/v1/users/me").token(&other).json(&json!({"locale": "en"})).send().await;
    patch.ok(200);
    let event = app.events().await.into_iter().find(|event| event.event_type == "user.profile_changed").unwrap();
    assert_eq!(event.metadata().actor, Some(ada.id.to_string()));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_secret_is_shown_once_and_kept_nowhere() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let ada = app.person("ada@example.org").await;
    let (id, key) = api_key(&app, &ada, &["users:read:own"]).await;
    let listed = list(&app, &ada).await;
    assert_eq!((listed.len(), &listed[0]["id"], &listed[0]["name"]), (1, &json!(id), &json!("Nightly export")));
    let expires: chrono::DateTime<chrono::Utc> = listed[0]["expires_at"].as_str().unwrap().parse().unwrap();
    assert_eq!((expires - chrono::Utc::now()).num_days(), 89, "in 90 days");
    assert!(!listed[0].to_string().contains("tmk_"));
    let event = app.events().await.into_iter().find(|event| event.event_type == "user.api_key_created").unwrap();
    let stored = event.payload.get();
    for part in [key.as_str(), &key[4..], "Nightly"] {
        assert!(!stored.contains(part), "{stored}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_has_no_more_than_its_owner() {
    let app = TestApp::start().await;
    let cast = Cast::of(&app).await;
    let ada = app.person("ada@example.org").await;
    let (_, key) = api_key(&app, &ada, &["users:read:all"]).await;
    app.get("/v1/users").token(&key).send().await.problem(403, "forbidden");
    me(&app, &key).await.ok(200);
    cast.grant(&ada, RoleName::ADMIN).await;
    let status = async || app.get("/v1/users").token(&key).send().await.status;
    eventually("the role", async || (status().await == 200).then_some(())).await;
    cast.revoke(&ada, RoleName::ADMIN).await;
    let taken = eventually("the loss", async || (status().await == 403).then_some(()));
    tokio::time::timeout(Duration::from_secs(2), taken).await.expect("within two seconds");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_ends_when_it_is_revoked_or_expires() {
    let app = TestApp::start().await;
    let ada = app.person("ada@example.org").await;
    let (id, key) = api_key(&app, &ada, &["users:read:own"]).await;
    let soon = chrono::Utc::now() + chrono::TimeDelta::seconds(8);
    let body = json!({"name": "short", "permissions": ["users:read:own"], "expires_at": soon});
    let short = create(&app, &ada, &body).await.ok(201).json()["key"].as_str().unwrap().to_owned();
    me(&app, &key).await.ok(200);
    me(&app, &short).await.ok(200);
    revoke(&app, &ada, id).await.ok(204);
    revoke(&app, &ada, id).await.problem(404, "not_found");
    let refused = eventually("the refusal", async || (me(&app, &key).await.status == 401).then_some(()));
    tokio::time::timeout(Duration::from_secs(2), refused).await.expect("within two seconds");
    me(&app, &key).await.problem(401, "invalid_token");
    eventually("the end", async || (me(&app, &short).await.status == 401).then_some(())).await;
    me(&app, &short).await.problem(401, "token_expired");
}

#[tokio::test(flavor = "multi_thread")]
async fn forged_keys_are_refused() {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    let app = TestApp::start().await;
    let (ada, eve) = (app.person("ada@example.org").await, app.person("eve@example.org").await);
    let ((_, key), (_, other)) =
        (api_key(&app, &ada, &["users:read:own"]).await, api_key(&app, &eve, &["users:read:own"]).await);
    let bytes = |key: &str| URL_SAFE_NO_PAD.decode(&key[4..]).unwrap();
    let write = |parts: [&[u8]; 2]| format!("tmk_{}", URL_SAFE_NO_PAD.encode(parts.concat()));
    let (mine, theirs) = (bytes(&key), bytes(&other));
    let forged = [
        write([&mine[..32], &[0; 32]]),
        write([&theirs[..16], &mine[16..]]),
        write([&theirs[..32], &mine[32..]]),
        write([Uuid::now_v7().as_bytes(), &mine[16..]]),
        key[..89].to_owned(),
        format!("{key}A"),
        "tmk_".to_owned(),
        key.replace("tmk_", "tmr_"),
    ];
    for forged in &forged {
        me(&app, forged).await.problem(401, "invalid_token");
    }
    me(&app, &key).await.ok(200);
    let cookie = app.get("/v1/users/me").header("Cookie", format!("api_key={key}")).send().await;
    cookie.problem(401, "unauthenticated");
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_use_is_noted_and_goes_with_the_key() {
    let app = TestApp::start().await;
    let ada = app.person("ada@example.org").await;
    let (id, key) = api_key(&app, &ada, &["users:read:own"]).await;
    assert_eq!(list(&app, &ada).await[0]["last_used_at"], json!(null));
    me(&app, &key).await.ok(200);
    let first = list(&app, &ada).await[0]["last_used_at"].clone();
    let at: chrono::DateTime<chrono::Utc> = first.as_str().unwrap().parse().unwrap();
    assert!((chrono::Utc::now() - at).num_seconds() < 60);
    me(&app, &key).await.ok(200);
    assert_eq!(list(&app, &ada).await[0]["last_used_at"], first, "once a minute");
    revoke(&app, &ada, id).await.ok(204);
    let count = sql_query("SELECT count(*) AS count FROM api_key_uses");
    let count: Count = count.get_result(&mut app.database.connect().await).await.unwrap();
    assert_eq!(count.count, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_count_against_their_owner_and_guesses_against_whoever_guesses() {
    let app = TestApp::start_with(|config| {
        config.limits.anonymous_requests = 6;
        config.limits.user_requests = 8;
    })
    .await;
    let ada = app.person("ada@example.org").await;
    let (_, key) = api_key(&app, &ada, &["users:read:own"]).await;
    me(&app, &key).await.ok(200);
    let forged = format!("{}AAAA", &key[..86]);
    let mut refused = 0;
    for _ in 0..10 {
        match me(&app, &forged).await.status {
            401 => refused += 1,
            status => assert_eq!(status, 429),
        }
    }
    assert_eq!(refused, 5, "the first use of the good key counted too");
    let answer = me(&app, &key).await;
    assert_eq!(answer.ok(200).header("ratelimit-policy"), Some("\"user\";q=8;w=900"));
    for _ in 0..5 {
        me(&app, &key).await.ok(200);
    }
    me(&app, &key).await.problem(429, "rate_limited");
    me(&app, &ada.token).await.problem(429, "rate_limited");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_field_of_a_new_key_is_checked() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let ada = app.person("ada@example.org").await;
    let body = json!({"name": "a\nb", "permissions": ["x"], "expires_at": "2001-01-01T00:00:00Z"});
    let problem = create(&app, &ada, &body).await.problem(422, "validation_failed");
    let errors = problem["errors"].as_array().unwrap().iter();
    let errors: Vec<_> =
        errors.map(|error| (error["pointer"].as_str().unwrap(), error["code"].as_str().unwrap())).collect();
    assert_eq!(
        errors,
        [("/name", "control_character"), ("/permissions/0", "malformed"), ("/expires_at", "in_the_past")]
    );
    for (body, pointer, code) in [
        (json!({"name": "", "permissions": ["users:read:own"]}), "/name", "empty"),
        (json!({"name": "n", "permissions": []}), "/permissions", "empty"),
        (json!({"name": "n", "permissions": ["users:fly:all"]}), "/permissions/0", "unknown_permission"),
        (json!({"name": "n", "permissions": ["users:read:own"], "expires_at": "x"}), "/expires_at", "invalid_value"),
        (
            json!({"name": "n", "permissions": ["users:read:own"], "expires_at": "2999-01-01T00:00:00Z"}),
            "/expires_at",
            "too_late",
        ),
    ] {
        let problem = create(&app, &ada, &body).await.problem(422, "validation_failed");
        assert_eq!((&problem["errors"][0]["pointer"], &problem["errors"][0]["code"]), (&json!(pointer), &json!(code)));
    }
    let endless = json!({"name": "n", "permissions": ["users:read:own"], "expires_at": null});
    assert_eq!(create(&app, &ada, &endless).await.ok(201).json()["expires_at"], json!(null));
    for id in ["7", "%00", &Uuid::now_v7().to_string()] {
        revoke(&app, &ada, id).await.problem(404, "not_found");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn there_are_at_most_50_keys() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let ada = app.person("ada@example.org").await;
    for _ in 0..50 {
        api_key(&app, &ada, &["users:read:own"]).await;
    }
    let body = json!({"name": "one more", "permissions": ["users:read:own"]});
    create(&app, &ada, &body).await.problem(409, "limit_reached");
    assert_eq!(list(&app, &ada).await.len(), 50);
}
