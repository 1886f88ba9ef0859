//! What administrators do to the accounts of others.

use std::time::Duration;

use diesel_async::SimpleAsyncConnection;
use domain::roles::RoleName;
use serde_json::json;
use uuid::Uuid;

use crate::{
    app::{PASSWORD, Person, TestApp, eventually},
    cast::{Cast, api_key},
    client::{Answer, Request},
};

fn about(app: &TestApp, method: &str, admin: &Person, user: impl ToString, what: &str) -> Request {
    app.request(method, &format!("/v1/users/{}/{what}", user.to_string())).token(&admin.token)
}

async fn soon_refused(app: &TestApp, bearer: &str) {
    let refused = eventually("the refusal", async || {
        let answer = app.get("/v1/users/me").token(bearer).send().await;
        (answer.status == 401).then(|| answer.problem(401, "invalid_token"))
    });
    tokio::time::timeout(Duration::from_secs(2), refused).await.expect("within two seconds");
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_are_granted_and_taken() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let cast = Cast::of(&app).await;
    cast.define("support", &["users:read:all"]).await;
    let (admin, eve) = (app.admin("ada@example.org").await, app.person("eve@example.org").await);
    let role =
        |method: &str, user: Uuid, name: &str| about(&app, method, &admin, user, &format!("roles/{name}")).send();
    let granted = role("PUT", eve.id, "support").await;
    assert_eq!(
        granted.ok(200).json(),
        json!({"id": eve.id, "status": "active", "roles": ["member", "support"], "version": granted.json()["version"]})
    );
    assert!(granted.header("tidemark-position").is_some() && granted.header("etag").is_some());
    let again = role("PUT", eve.id, "support").await;
    assert_eq!((again.ok(200).json(), again.header("tidemark-position")), (granted.json(), None));
    app.get(&format!("/v1/users/{}", Uuid::now_v7())).token(&eve.token).send().await.problem(404, "not_found");
    let taken = role("DELETE", eve.id, "support").await;
    assert_eq!(taken.ok(200).json()["roles"], json!(["member"]));
    let stale = about(&app, "PUT", &admin, eve.id, "roles/support").header("If-Match", "\"v1\"").send().await;
    stale.problem(412, "version_mismatch");
    for (user, name) in [(eve.id, "nothing"), (eve.id, "No-Name"), (Uuid::now_v7(), "support")] {
        role("PUT", user, name).await.problem(404, "not_found");
    }
    let event = app.events().await.into_iter().rfind(|event| event.event_type == "user.role_granted").unwrap();
    assert_eq!(event.metadata().actor, Some(admin.id.to_string()));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_locks_themselves_out() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let admin = app.admin("ada@example.org").await;
    let before = app.event_types().await;
    for (method, what) in [("DELETE", "roles/admin"), ("POST", "suspend"), ("POST", "reactivate")] {
        about(&app, method, &admin, admin.id, what).send().await.problem(409, "own_account");
    }
    assert_eq!(app.event_types().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_account_is_of_no_use_until_it_is_reactivated() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let (admin, eve) = (app.admin("ada@example.org").await, app.person("eve@example.org").await);
    let (_, key) = api_key(&app, &eve, &["users:read:own"]).await;
    let suspended = about(&app, "POST", &admin, eve.id, "suspend").send().await;
    assert_eq!(suspended.ok(200).json()["status"], "suspended");
    about(&app, "POST", &admin, eve.id, "suspend").send().await.ok(200);
    soon_refused(&app, &eve.token).await;
    soon_refused(&app, &key).await;
    app.login(&eve.email, PASSWORD).await.problem(401, "invalid_credentials");
    about(&app, "PUT", &admin, eve.id, "roles/admin").send().await.problem(409, "conflict");

    let active = about(&app, "POST", &admin, eve.id, "reactivate").send().await;
    assert_eq!(active.ok(200).json()["status"], "active");
    app.login(&eve.email, PASSWORD).await.ok(200);
    soon_refused(&app, &eve.token).await;
    let events = app.event_types().await;
    let count = |name: &str| events.iter().filter(|event| *event == name).count();
    assert_eq!((count("user.suspended"), count("user.reactivated")), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn all_sessions_of_a_user_are_ended_and_the_user_signs_in_anew() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let (admin, eve) = (app.admin("ada@example.org").await, app.person("eve@example.org").await);
    let other = app.login(&eve.email, PASSWORD).await.ok(200).json();
    let (_, key) = api_key(&app, &eve, &["users:read:own"]).await;
    let ended = about(&app, "POST", &admin, eve.id, "logout-all").header("Idempotency-Key", "once").send().await;
    let again = about(&app, "POST", &admin, eve.id, "logout-all").header("Idempotency-Key", "once").send().await;
    assert_eq!((ended.ok(200).json(), ended.header("etag")), (again.ok(200).json(), again.header("etag")));
    assert_eq!(ended.json()["status"], "active");
    soon_refused(&app, &eve.token).await;
    soon_refused(&app, other["access_token"].as_str().unwrap()).await;
    let refresh = json!({"refresh_token": other["refresh_token"]});
    let refreshed = app.request("POST", "/v1/auth/refresh").json(&refresh).send().await;
    refreshed.problem(401, "invalid_refresh_token");
    let session = app.login(&eve.email, PASSWORD).await.ok(200).json();
    let listed = app.get("/v1/auth/sessions").token(session["access_token"].as_str().unwrap()).send().await;
    assert_eq!(listed.ok(200).json()["items"].as_array().map(Vec::len), Some(1));
    // Let in: there is no read model here.
    app.get("/v1/users/me").token(&key).send().await.problem(404, "not_found");
    let events = app.events().await;
    let ended: Vec<_> = events.iter().filter(|event| event.event_type == "user.signed_out_everywhere").collect();
    assert_eq!(ended.iter().map(|event| event.metadata().actor).collect::<Vec<_>>(), [Some(admin.id.to_string())]);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_do_less_suspends_nobody_who_may_do_more() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let cast = Cast::of(&app).await;
    let moderator = cast.define("moderator", &["users:suspend:all"]).await;
    let (admin, mallory, eve) = (
        app.admin("ada@example.org").await,
        app.person("mallory@example.org").await,
        app.person("eve@example.org").await,
    );
    cast.grant(&mallory, moderator).await;
    let suspend = |user: Uuid| about(&app, "POST", &mallory, user, "suspend").send();
    suspend(admin.id).await.problem(403, "forbidden");
    about(&app, "POST", &mallory, admin.id, "logout-all").send().await.problem(403, "forbidden");
    suspend(eve.id).await.ok(200);
    for user in [Uuid::now_v7().to_string(), "7".to_owned(), "%ff".to_owned()] {
        about(&app, "POST", &mallory, user, "suspend").send().await.problem(404, "not_found");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_gives_power_takes_a_recent_authentication() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let cast = Cast::of(&app).await;
    cast.define("support", &["users:read:all"]).await;
    let (admin, eve) = (app.admin("ada@example.org").await, app.person("eve@example.org").await);
    let mut conn = app.database.connect().await;
    conn.batch_execute("UPDATE sessions SET authenticated_at = now() - interval '11 minutes'").await.unwrap();
    let about_eve = |what: &str| format!("/v1/users/{}/{what}", eve.id);
    let requests: [(&str, String, serde_json::Value); 9] = [
        ("POST", about_eve("suspend"), json!({})),
        ("POST", about_eve("reactivate"), json!({})),
        ("POST", about_eve("logout-all"), json!({})),
        ("PUT", about_eve("roles/support"), json!({})),
        ("DELETE", about_eve("roles/member"), json!({})),
        ("POST", "/v1/roles".to_owned(), json!({"name": "other", "permissions": []})),
        ("PATCH", "/v1/roles/support".to_owned(), json!({"permissions": []})),
        ("DELETE", "/v1/roles/support".to_owned(), json!({})),
        ("POST", "/v1/users/me/api-keys".to_owned(), json!({"name": "n", "permissions": ["users:read:own"]})),
    ];
    let send = async |token: &str, (method, path, body): &(&str, String, serde_json::Value)| -> Answer {
        app.request(method, path).token(token).json(body).send().await
    };
    let before = app.event_types().await;
    for request in &requests {
        send(&admin.token, request).await.problem(403, "step_up_required");
    }
    assert_eq!(app.event_types().await, before);
    let step_up = app.request("POST", "/v1/auth/step-up").token(&admin.token).json(&json!({"password": PASSWORD}));
    let token = step_up.send().await.ok(200).json()["access_token"].as_str().unwrap().to_owned();
    for request in &requests {
        assert!(matches!(send(&token, request).await.status, 200..=299), "{request:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_role_can_still_be_taken() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let cast = Cast::of(&app).await;
    let role: RoleName = cast.define("support", &["users:read:all"]).await;
    let (admin, eve) = (app.admin("ada@example.org").await, app.person("eve@example.org").await);
    cast.grant(&eve, role).await;
    app.request("DELETE", "/v1/roles/support").token(&admin.token).send().await.ok(204);
    about(&app, "PUT", &admin, eve.id, "roles/support").send().await.problem(404, "not_found");
    let taken = about(&app, "DELETE", &admin, eve.id, "roles/support").send().await;
    assert_eq!(taken.ok(200).json()["roles"], json!(["member"]));
}
