//! `POST /v1/auth/step-up`, and what takes a recent authentication.

use domain::users::UserEvent;
use serde_json::{Value, json};

use super::{ADA, Owner, assert_soon_refused, code, count, let_a_step_pass, let_the_authentication_age};
use crate::app::{PASSWORD, TestApp, token_claims};

/// Everything of an account that can be changed for good; each is refused before anything else is looked at.
const SETTINGS: [&str; 4] = ["change-email", "mfa/totp/enrol", "mfa/totp/disable", "mfa/totp/recovery-codes"];

fn body(path: &str) -> Value {
    match path {
        "change-email" => json!({"email": "countess@example.org"}),
        "mfa/totp/disable" => json!({"password": PASSWORD}),
        _ => Value::Null,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_ten_minutes_settings_take_another_proof() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let mut ada = Owner::new(&app, ADA).await;
    let (secret, _) = ada.with_second_factor(&app).await;
    let_the_authentication_age(&app).await;
    for path in SETTINGS {
        ada.post(&app, path, &body(path)).await.problem(403, "step_up_required");
    }
    // The password alone is not what signing in takes.
    let alone = json!({"password": PASSWORD});
    ada.post(&app, "step-up", &alone).await.problem(401, "second_factor_required");
    ada.post(&app, "mfa/totp/recovery-codes", &Value::Null).await.problem(403, "step_up_required");
    let proof = json!({"password": PASSWORD, "totp": code(&secret)});
    let mut stepped_up = Owner::of(&ada.post(&app, "step-up", &proof).await);
    let (before, after) = (token_claims(&ada.token), token_claims(&stepped_up.token));
    assert_eq!((&before["sid"], &before["sub"]), (&after["sid"], &after["sub"]));
    stepped_up.renewed_by(&app, "mfa/totp/recovery-codes", &Value::Null).await;
    stepped_up.post(&app, "change-email", &body("change-email")).await.ok(202);
    stepped_up.post(&app, "mfa/totp/disable", &body("mfa/totp/disable")).await.ok(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_session_does_not_make_another_recent() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let ada = Owner::new(&app, ADA).await;
    let_the_authentication_age(&app).await;
    let elsewhere = Owner::of(&app.login(ADA, PASSWORD).await);
    elsewhere.post(&app, "mfa/totp/enrol", &Value::Null).await.ok(200);
    ada.post(&app, "mfa/totp/enrol", &Value::Null).await.problem(403, "step_up_required");
    // Nor does a refresh.
    let refreshed = Owner::of(&ada.refresh(&app).await);
    refreshed.post(&app, "mfa/totp/enrol", &Value::Null).await.problem(403, "step_up_required");
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_step_up_the_tokens_from_before_are_of_no_use_and_the_session_goes_on() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let before = Owner::new(&app, ADA).await;
    let elsewhere = Owner::of(&app.login(ADA, PASSWORD).await);
    let proof = json!({"password": PASSWORD});
    let after = Owner::of(&before.post(&app, "step-up", &proof).await);
    assert_soon_refused(&app, &before.token).await;
    before.refresh(&app).await.problem(401, "invalid_refresh_token");
    let refreshed = Owner::of(&after.refresh(&app).await);
    let again = Owner::of(&refreshed.post(&app, "step-up", &proof).await);
    for gone in [&after, &refreshed] {
        assert_soon_refused(&app, &gone.token).await;
    }
    for staying in [&again, &elsewhere] {
        assert_eq!(app.get("/v1/auth/sessions").token(&staying.token).send().await.status, 200);
    }
    let events = app.events().await;
    let stepped_up = events.iter().find(|event| event.event_type == UserEvent::STEPPED_UP).unwrap();
    let payload: Value = serde_json::from_str(stepped_up.payload.get()).unwrap();
    let session = token_claims(&before.token)["sid"].clone();
    assert_eq!((&payload["session_id"], &payload["method"]), (&session, &json!("password")));
    assert_eq!(count(&app, UserEvent::SESSION_ENDED).await, 0, "nobody is told of a theft");
}

/// CVE-2025-64102, CVE-2026-9798: on one of several paths guesses were not counted.
#[tokio::test(flavor = "multi_thread")]
async fn guesses_are_counted_over_every_path_that_takes_a_proof() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let mut ada = Owner::new(&app, ADA).await;
    let (secret, codes) = ada.with_second_factor(&app).await;
    let wrong = [
        ("step-up", json!({"password": "wrong horse battery"})),
        ("step-up", json!({"password": PASSWORD, "totp": "000000"})),
        ("step-up", json!({"password": PASSWORD, "recovery_code": "A".repeat(26)})),
        ("change-password", json!({"current_password": PASSWORD, "new_password": "tr4m-Gbo9", "totp": "000000"})),
        ("mfa/totp/disable", json!({"password": "wrong horse battery"})),
    ];
    for (path, body) in &wrong {
        assert_eq!(ada.post(&app, path, body).await.status, 401, "{path}");
    }
    let right = json!({"password": PASSWORD, "totp": code(&secret)});
    for (path, body) in wrong
        .iter()
        .chain([&("step-up", right), &("step-up", json!({"password": PASSWORD, "recovery_code": codes[0]}))])
    {
        ada.post(&app, path, body).await.problem(429, "too_many_attempts");
    }
    assert_eq!(count(&app, UserEvent::RECOVERY_CODE_USED).await, 0);
    let_a_step_pass(&app).await;
}
