//! What the security log has of requests: who was refused what and why, and who proved who they are.

use event_store::Purpose;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    app::{PASSWORD, Person, TestApp, eventually},
    captured_log::entries,
    client::{Answer, Request},
};

const ADA: &str = "ada@example.org";

/// The answer to a request, and what was logged of it: kind, reason, user, each `null` where there is none.
async fn logged(request: Request) -> (Answer, Vec<[Value; 3]>) {
    let id = Uuid::now_v7().to_string();
    let answer = request.header("X-Request-Id", &id).send().await;
    let entries = entries("request_id", &id);
    let fields = entries.iter().map(|entry| ["kind", "reason", "user"].map(|field| entry[field].clone()));
    (answer, fields.collect())
}

fn entry(kind: &str, reason: &str, user: Option<Uuid>) -> Vec<[Value; 3]> {
    vec![[json!(kind), json!(reason), json!(user)]]
}

fn post(app: &TestApp, path: &str, body: &Value) -> Request {
    app.request("POST", path).json(body)
}

async fn ada(app: &TestApp) -> Person {
    app.person(ADA).await
}

#[tokio::test(flavor = "multi_thread")]
async fn attempts_to_sign_in_are_entries_with_the_account_where_it_is_known() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let ada = ada(&app).await;
    let wrong = json!({"email": ADA, "password": "wrong horse battery"});
    let (_, found) = logged(post(&app, "/v1/auth/login", &wrong)).await;
    assert_eq!(found, entry("sign_in", "invalid_credentials", Some(ada.id)));
    let nobody = json!({"email": "nobody@example.org", "password": PASSWORD});
    let (_, found) = logged(post(&app, "/v1/auth/login", &nobody)).await;
    assert_eq!(found, entry("sign_in", "invalid_credentials", None));
    // Success is an event.
    let (answer, found) = logged(post(&app, "/v1/auth/login", &json!({"email": ADA, "password": PASSWORD}))).await;
    assert_eq!((answer.status, found), (200, vec![]));
}

#[tokio::test(flavor = "multi_thread")]
async fn proving_again_who_one_is_is_an_entry_whatever_comes_of_it() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let ada = ada(&app).await;
    let step_up = |password: &str| post(&app, "/v1/auth/step-up", &json!({"password": password})).token(&ada.token);
    let (_, found) = logged(step_up("wrong horse battery")).await;
    assert_eq!(found, entry("proof", "invalid_credentials", Some(ada.id)));
    let (answer, found) = logged(step_up(PASSWORD)).await;
    assert_eq!((answer.status, found), (200, vec![[json!("proof"), Value::Null, json!(ada.id)]]));
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_tokens_of_every_kind_are_entries() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let ada = ada(&app).await;
    let (_, found) = logged(app.get("/v1/users/me").token("no token")).await;
    assert_eq!(found, entry("access_token", "invalid_token", None));
    let (_, found) = logged(app.get("/v1/users/me").token(&format!("tmk_{}", "A".repeat(80)))).await;
    assert_eq!((found.len(), &found[0][1]), (1, &json!("invalid_token")));
    let (_, found) = logged(post(&app, "/v1/auth/refresh", &json!({"refresh_token": "tmr_x"}))).await;
    assert_eq!(found, entry("refresh", "invalid_refresh_token", None));
    for path in ["reset-password", "verify-email", "confirm-email-change", "undo-email-change"] {
        let mut body = json!({"token": "A".repeat(75)});
        if path == "reset-password" {
            body["password"] = json!("abacus linen twelve moon");
        }
        let (_, found) = logged(post(&app, &format!("/v1/auth/{path}"), &body)).await;
        assert_eq!(found, entry("link", "link_invalid", None), "{path}");
    }
    app.request("POST", "/v1/auth/logout").token(&ada.token).send().await.ok(204);
    // Within two seconds of its end.
    let found = eventually("the refusal", async || {
        let (answer, found) = logged(app.get("/v1/auth/sessions").token(&ada.token)).await;
        (answer.status == 401).then_some(found)
    })
    .await;
    assert_eq!(found, entry("access_token", "invalid_token", Some(ada.id)));
    // No token at all is no attempt.
    assert_eq!(logged(app.get("/v1/users/me")).await.1, Vec::<[Value; 3]>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reused_refresh_token_is_one_entry_with_its_user() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let ada = ada(&app).await;
    let login = json!({"email": ADA, "password": PASSWORD});
    let signed_in = post(&app, "/v1/auth/login", &login).send().await.ok(200).json();
    let body = json!({"refresh_token": signed_in["refresh_token"]});
    post(&app, "/v1/auth/refresh", &body).send().await.ok(200);
    let conn = &mut app.database.connect().await;
    let statement = "UPDATE sessions SET rotated_at = rotated_at - interval '11 s'";
    diesel_async::SimpleAsyncConnection::batch_execute(conn, statement).await.unwrap();
    let (_, found) = logged(post(&app, "/v1/auth/refresh", &body)).await;
    assert_eq!(found, entry("refresh", "refresh_token_reused", Some(ada.id)));
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_access_is_an_entry_wherever_it_is_refused() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let ada = ada(&app).await;
    // Before the handler, by the table of routes.
    let (_, found) = logged(app.get("/v1/users").token(&ada.token)).await;
    assert_eq!(found, entry("access", "forbidden", Some(ada.id)));
    // By the handler.
    let conn = &mut app.database.connect().await;
    let statement = "UPDATE sessions SET authenticated_at = authenticated_at - interval '1 hour'";
    diesel_async::SimpleAsyncConnection::batch_execute(conn, statement).await.unwrap();
    let (_, found) = logged(app.request("DELETE", "/v1/users/me").token(&ada.token)).await;
    assert_eq!(found, entry("access", "step_up_required", Some(ada.id)));
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_that_are_not_ours_are_entries() {
    let app = TestApp::start_without_projections(|config| {
        config.http.public_url = "https://api.example.org".parse().unwrap();
        config.http.allowed_origins = vec!["https://app.example.org".to_owned()];
    })
    .await;
    app.register(ADA).await.ok(202);
    let login = json!({"email": ADA, "password": PASSWORD, "mode": "cookie"});
    let answer = post(&app, "/v1/auth/login", &login).send().await;
    let cookie = answer.ok(200).header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    let (_, found) = logged(post(&app, "/v1/auth/refresh", &json!({})).header("Cookie", cookie)).await;
    assert_eq!(found, entry("csrf", "invalid_csrf_token", None));
    for (origin, is_foreign) in [
        ("https://evil.example", true),
        ("null", true),
        ("https://app.example.org", false),
        ("https://api.example.org", false),
    ] {
        let (_, found) = logged(app.request("OPTIONS", "/v1/users/me").header("Origin", origin)).await;
        let expected = if is_foreign { entry("origin", "origin_not_allowed", None) } else { vec![] };
        assert_eq!(found, expected, "{origin}");
    }
    // The check of live connections is another one; the entry is the same.
    let (answer, found) = logged(app.get("/v1/live").header("Origin", "https://evil.example")).await;
    assert_eq!((answer.status, &found[0]), (403, &entry("origin", "origin_not_allowed", None)[0]));
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_beyond_a_limit_are_entries() {
    let app = TestApp::start_without_projections(|config| config.limits.credential_requests = 1).await;
    app.register(ADA).await.ok(202);
    let login = json!({"email": ADA, "password": PASSWORD});
    let (answer, found) = logged(post(&app, "/v1/auth/login", &login)).await;
    assert_eq!((answer.status, found), (429, entry("limit", "rate_limited", None)));
}

/// Whatever is sent, none of it comes to stand in an entry.
#[tokio::test(flavor = "multi_thread")]
async fn no_entry_holds_what_was_sent() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let ada = ada(&app).await;
    let tokens = event_store::OneTimeTokens::new(app.context.config.secrets.token_key.expose());
    let link = tokens.issue(Purpose::ResetPassword, ada.id, Uuid::now_v7());
    let secrets = ["canary@example.org", "canary horse battery", "canary-token", link.as_str()];
    let id = Uuid::now_v7().to_string();
    for request in [
        post(&app, "/v1/auth/login", &json!({"email": secrets[0], "password": secrets[1]})),
        post(&app, "/v1/auth/reset-password", &json!({"token": link, "password": secrets[1]})),
        post(&app, "/v1/auth/refresh", &json!({"refresh_token": secrets[2]})),
        app.get("/v1/users/me").token(secrets[2]).header("Origin", "https://canary-token.example"),
    ] {
        request.header("X-Request-Id", &id).send().await;
    }
    let found = entries("request_id", &id);
    assert_eq!(found.len(), 5, "{found:?}");
    let text = Value::from(found).to_string();
    assert!(secrets.iter().all(|secret| !text.contains(secret)), "{text}");
}
