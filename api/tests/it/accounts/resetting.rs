//! `POST /v1/auth/forgot-password` and `POST /v1/auth/reset-password`.

use chrono::{TimeDelta, Utc};
use domain::users::{EraseUser, ReactivateUser, RequestPasswordReset, SuspendUser, UserEvent};
use event_store::Purpose;
use futures::future::join_all;
use serde_json::json;
use uuid::Uuid;

use super::{ADA, NEW_PASSWORD, Owner, assert_soon_refused, code, count, execute, forgotten, link, post};
use crate::{
    app::{PASSWORD, TestApp},
    client::Answer,
};

async fn reset(app: &TestApp, token: &str, password: &str) -> Answer {
    post(app, "reset-password", &json!({"token": token, "password": password})).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_password_is_replaced_and_all_sessions_end() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let ada = Owner::new(&app, ADA).await;
    let token = forgotten(&app, ADA, ada.id).await;
    let answer = reset(&app, &token, NEW_PASSWORD).await;
    assert!(answer.ok(204).body.is_empty() && answer.header("set-cookie").is_none(), "nobody is signed in by it");
    app.login(ADA, PASSWORD).await.problem(401, "invalid_credentials");
    app.login(ADA, NEW_PASSWORD).await.ok(200);
    ada.refresh(&app).await.problem(401, "invalid_refresh_token");
    assert_soon_refused(&app, &ada.token).await;
}

/// CVE-2025-46815: a token was taken again and again.
#[tokio::test(flavor = "multi_thread")]
async fn a_token_resets_once_in_a_row_and_of_fifty_at_once() {
    let app = TestApp::start_without_projections(|config| config.limits.password_queue = 1000).await;
    let ada = Owner::new(&app, ADA).await;
    let token = forgotten(&app, ADA, ada.id).await;
    let passwords: Vec<_> = (0..50).map(|n| format!("{NEW_PASSWORD} {n}")).collect();
    let answers = join_all(passwords.iter().map(|password| reset(&app, &token, password))).await;
    let winners: Vec<_> = (0..50).filter(|n| answers[*n].status == 204).collect();
    assert_eq!(winners.len(), 1, "{answers:?}");
    for answer in answers.iter().filter(|answer| answer.status != 204) {
        answer.problem(400, "link_invalid");
    }
    reset(&app, &token, NEW_PASSWORD).await.problem(400, "link_invalid");
    assert_eq!(count(&app, UserEvent::PASSWORD_CHANGED).await, 1);
    app.login(ADA, &passwords[winners[0]]).await.ok(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_that_is_refused_does_not_use_the_token_up() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let ada = Owner::new(&app, ADA).await;
    let token = forgotten(&app, ADA, ada.id).await;
    for (password, code) in [("short", "too_short"), (ADA, "personal"), ("aaaaaaaaaaaaaaaa", "common")] {
        let problem = reset(&app, &token, password).await.problem(422, "validation_failed");
        let error = &problem["errors"][0];
        assert_eq!((&error["pointer"], &error["code"]), (&json!("/password"), &json!(code)));
    }
    reset(&app, &token, NEW_PASSWORD).await.ok(204);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_last_request_counts_in_time_and_in_its_generation() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let ada = Owner::new(&app, ADA).await;
    let ask = async |expires_at| {
        let command = RequestPasswordReset { request_id: Uuid::now_v7(), expires_at, at: Utc::now() };
        execute(&app, ada.id, command, vec![]).await;
        link(&app, ada.id, Purpose::ResetPassword).await
    };
    let soon = Utc::now() + TimeDelta::minutes(30);
    reset(&app, &ask(Utc::now()).await, NEW_PASSWORD).await.problem(400, "link_expired");
    let (replaced, void) = (ask(soon).await, ask(soon).await);
    reset(&app, &replaced, NEW_PASSWORD).await.problem(400, "link_invalid");
    ada.post(&app, "logout-all", &serde_json::Value::Null).await.ok(204);
    reset(&app, &void, NEW_PASSWORD).await.problem(400, "link_invalid");
    assert_eq!(count(&app, UserEvent::PASSWORD_CHANGED).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reset_leaves_the_second_factor_on() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let mut ada = Owner::new(&app, ADA).await;
    let (secret, _) = ada.with_second_factor(&app).await;
    let token = forgotten(&app, ADA, ada.id).await;
    let short = "tr4m-Gbo9";
    reset(&app, &token, short).await.ok(204);
    let problem = app.login(ADA, short).await.problem(401, "second_factor_required");
    assert!(problem.get("access_token").is_none());
    let body = json!({"email": ADA, "password": short, "totp": code(&secret)});
    post(&app, "login", &body).await.ok(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_is_out_of_use_cannot_be_reset() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let ada = Owner::new(&app, ADA).await;
    let token = forgotten(&app, ADA, ada.id).await;
    execute(&app, ada.id, SuspendUser { at: Utc::now() }, vec![]).await;
    reset(&app, &token, NEW_PASSWORD).await.problem(400, "link_invalid");
    execute(&app, ada.id, ReactivateUser { at: Utc::now() }, vec![]).await;
    reset(&app, &token, NEW_PASSWORD).await.problem(400, "link_invalid");
    let token = forgotten(&app, ADA, ada.id).await;
    execute(&app, ada.id, EraseUser { at: Utc::now() }, vec![]).await;
    reset(&app, &token, NEW_PASSWORD).await.problem(400, "link_invalid");
}
