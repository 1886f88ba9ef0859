//! `POST /v1/auth/mfa/totp/…`.

use domain::users::{SignOutEverywhere, UserEvent};
use serde_json::{Value, json};

use super::{
    ADA, NEW_PASSWORD, Owner, assert_soon_refused, code, count, execute, let_a_step_pass, let_the_authentication_age,
    post,
};
use crate::{
    app::{PASSWORD, TestApp, token_claims},
    client::Answer,
};

async fn login_with(app: &TestApp, field: &str, code: &str) -> Answer {
    post(app, "login", &json!({"email": ADA, "password": PASSWORD, field: code})).await
}

/// Signs in, with a code where one is asked for.
async fn login_however(app: &TestApp, secret: &str) -> Answer {
    let_a_step_pass(app).await;
    let answer = app.login(ADA, PASSWORD).await;
    if answer.status == 200 { answer } else { login_with(app, "totp", &code(secret)).await }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_factor_is_on_once_a_code_was_shown() {
    let app = TestApp::start().await;
    let mut ada = Owner::new(&app, ADA).await;
    let enrolled = ada.post(&app, "mfa/totp/enrol", &Value::Null).await;
    assert_eq!(enrolled.ok(200).header("cache-control"), Some("no-store"));
    let enrolled = enrolled.json();
    let secret = enrolled["secret"].as_str().unwrap();
    let url = enrolled["otpauth_url"].as_str().unwrap();
    assert!(url.starts_with(&format!("otpauth://totp/Tidemark:{ADA}?secret={secret}&issuer=Tidemark")), "{url}");
    app.login(ADA, PASSWORD).await.ok(200);
    ada.post(&app, "mfa/totp/confirm", &json!({"code": "000000"})).await.problem(401, "invalid_code");
    let used = code(secret);
    let confirmed = ada.renewed_by(&app, "mfa/totp/confirm", &json!({"code": used})).await;
    assert_eq!(confirmed.header("cache-control"), Some("no-store"));
    let confirmed = confirmed.json();
    assert_eq!(confirmed["recovery_codes"].as_array().unwrap().len(), 10);
    app.login(ADA, PASSWORD).await.problem(401, "second_factor_required");
    // The code that switched it on has been used.
    login_with(&app, "totp", &used).await.problem(401, "invalid_code");
    let_a_step_pass(&app).await;
    login_with(&app, "totp", &code(secret)).await.ok(200);
    ada.post(&app, "mfa/totp/enrol", &Value::Null).await.problem(409, "conflict");
    ada.post(&app, "mfa/totp/confirm", &json!({"code": code(secret)})).await.problem(409, "conflict");
}

#[tokio::test(flavor = "multi_thread")]
async fn recovery_codes_count_once_and_until_they_are_replaced() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let mut ada = Owner::new(&app, ADA).await;
    ada.post(&app, "mfa/totp/recovery-codes", &Value::Null).await.problem(409, "conflict");
    let (_, codes) = ada.with_second_factor(&app).await;
    login_with(&app, "recovery_code", &codes[0].to_lowercase()).await.ok(200);
    login_with(&app, "recovery_code", &codes[0]).await.problem(401, "invalid_code");
    let replaced = ada.post(&app, "mfa/totp/recovery-codes", &Value::Null).await.ok(200).json();
    login_with(&app, "recovery_code", &codes[1]).await.problem(401, "invalid_code");
    login_with(&app, "recovery_code", replaced["recovery_codes"][0].as_str().unwrap()).await.ok(200);
    for event in app.events().await {
        let written = event.payload.get();
        assert!(codes.iter().all(|code| !written.contains(code)), "{written}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_the_second_factor_ends_every_session_but_this_one() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let mut ada = Owner::new(&app, ADA).await;
    let enrolled = ada.post(&app, "mfa/totp/enrol", &Value::Null).await.ok(200).json();
    let secret = enrolled["secret"].as_str().unwrap();
    for (path, body) in [
        ("confirm", json!({"code": code(secret)})),
        ("recovery-codes", Value::Null),
        ("disable", json!({"password": PASSWORD})),
    ] {
        let other = Owner::of(&login_however(&app, secret).await);
        let before = ada.clone();
        ada.renewed_by(&app, &format!("mfa/totp/{path}"), &body).await;
        let (was, is) = (token_claims(&before.token), token_claims(&ada.token));
        assert_eq!(was["sid"], is["sid"], "{path}");
        for gone in [&other, &before] {
            assert_soon_refused(&app, &gone.token).await;
            gone.refresh(&app).await.problem(401, "invalid_refresh_token");
        }
        ada = Owner::of(&ada.refresh(&app).await);
        let sessions = app.get("/v1/auth/sessions").token(&ada.token).send().await.ok(200).json();
        assert_eq!(sessions["items"].as_array().map(Vec::len), Some(1), "{path}");
    }
}

/// A code of a secret that was shown proves nothing but that.
#[tokio::test(flavor = "multi_thread")]
async fn switching_the_second_factor_on_does_not_make_the_session_recent() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let mut ada = Owner::new(&app, ADA).await;
    let enrolled = ada.post(&app, "mfa/totp/enrol", &Value::Null).await.ok(200).json();
    let_the_authentication_age(&app).await;
    let body = json!({"code": code(enrolled["secret"].as_str().unwrap())});
    ada.renewed_by(&app, "mfa/totp/confirm", &body).await;
    ada.post(&app, "mfa/totp/recovery-codes", &Value::Null).await.problem(403, "step_up_required");
}

/// Within the second for which a process remembers that the token counts, too.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_was_ended_meanwhile_does_not_go_on_with_new_tokens() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let mut ada = Owner::new(&app, ADA).await;
    ada.with_second_factor(&app).await;
    assert_eq!(app.get("/v1/auth/sessions").token(&ada.token).send().await.status, 200);
    execute(&app, ada.id, SignOutEverywhere { at: chrono::DateTime::UNIX_EPOCH }, vec![]).await;
    assert_eq!(ada.post(&app, "mfa/totp/recovery-codes", &Value::Null).await.status, 401);
    ada.refresh(&app).await.problem(401, "invalid_refresh_token");
}

#[tokio::test(flavor = "multi_thread")]
async fn dropping_a_second_factor_that_was_only_begun_ends_nothing() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let mut ada = Owner::new(&app, ADA).await;
    let other = Owner::of(&app.login(ADA, PASSWORD).await);
    ada.post(&app, "mfa/totp/enrol", &Value::Null).await.ok(200);
    ada.renewed_by(&app, "mfa/totp/disable", &json!({"password": PASSWORD})).await;
    Owner::of(&other.refresh(&app).await);
    assert_eq!(count(&app, UserEvent::SIGNED_OUT_EVERYWHERE).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_was_shown_again_takes_the_place_of_the_one_before() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let ada = Owner::new(&app, ADA).await;
    let secret = async || {
        let enrolled = ada.post(&app, "mfa/totp/enrol", &Value::Null).await.ok(200).json();
        enrolled["secret"].as_str().unwrap().to_owned()
    };
    let (first, second) = (secret().await, secret().await);
    assert_ne!(first, second);
    ada.post(&app, "mfa/totp/confirm", &json!({"code": code(&first)})).await.problem(401, "invalid_code");
    ada.post(&app, "mfa/totp/confirm", &json!({"code": code(&second)})).await.ok(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn guesses_at_the_first_code_are_counted() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let ada = Owner::new(&app, ADA).await;
    let enrolled = ada.post(&app, "mfa/totp/enrol", &Value::Null).await.ok(200).json();
    for _ in 0..5 {
        ada.post(&app, "mfa/totp/confirm", &json!({"code": "000000"})).await.problem(401, "invalid_code");
    }
    let right = json!({"code": code(enrolled["secret"].as_str().unwrap())});
    ada.post(&app, "mfa/totp/confirm", &right).await.problem(429, "too_many_attempts");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_has_to_be_good_enough_alone_before_the_second_factor_goes() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let mut ada = Owner::new(&app, ADA).await;
    let (secret, _) = ada.with_second_factor(&app).await;
    let change =
        |current: &str, new: &str| json!({"current_password": current, "new_password": new, "totp": code(&secret)});
    let ada = Owner::of(&ada.post(&app, "change-password", &change(PASSWORD, "tr4m-Gbo9")).await);
    let off = |password: &str| json!({"password": password});
    let problem = ada.post(&app, "mfa/totp/disable", &off("tr4m-Gbo9")).await.problem(422, "validation_failed");
    assert_eq!(problem["errors"][0]["code"], "too_short");
    assert_eq!(count(&app, UserEvent::TOTP_DISABLED).await, 0);
    let_a_step_pass(&app).await;
    let ada = Owner::of(&ada.post(&app, "change-password", &change("tr4m-Gbo9", NEW_PASSWORD)).await);
    ada.post(&app, "mfa/totp/disable", &off(NEW_PASSWORD)).await.ok(200);
    app.login(ADA, NEW_PASSWORD).await.ok(200);
}

/// GHSA-wc43-73w7-x2f5 (CVE-2024-45042): a session with one factor reached the settings.
#[tokio::test(flavor = "multi_thread")]
async fn settings_are_out_of_reach_without_the_second_factor() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let mut ada = Owner::new(&app, ADA).await;
    let (_, codes) = ada.with_second_factor(&app).await;
    let first_step = app.login(ADA, PASSWORD).await;
    let problem = first_step.problem(401, "second_factor_required");
    let members: Vec<&String> = problem.as_object().unwrap().keys().collect();
    assert!(members.iter().all(|name| !name.contains("token") && !name.contains("session")), "{problem}");
    assert!(first_step.header("set-cookie").is_none());
    // A session from before the second factor was on does not get by without it either.
    for (path, body) in [
        ("step-up", json!({"password": PASSWORD})),
        ("change-password", json!({"current_password": PASSWORD, "new_password": NEW_PASSWORD})),
    ] {
        ada.post(&app, path, &body).await.problem(401, "second_factor_required");
    }
    let body = json!({"password": PASSWORD, "totp": "000000", "recovery_code": codes[0]});
    ada.post(&app, "step-up", &body).await.problem(422, "validation_failed");
    assert_eq!(count(&app, UserEvent::RECOVERY_CODE_USED).await, 0);
}
