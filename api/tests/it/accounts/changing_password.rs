//! `POST /v1/auth/change-password`.

use domain::users::UserEvent;
use futures::future::join_all;
use serde_json::json;

use super::{ADA, NEW_PASSWORD, Owner, assert_soon_refused, code, count, let_a_step_pass};
use crate::app::{PASSWORD, TestApp};

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_ends_every_session_but_this_one() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let ada = Owner::new(&app, ADA).await;
    let elsewhere = Owner::of(&app.login(ADA, PASSWORD).await);
    let body = json!({"current_password": PASSWORD, "new_password": NEW_PASSWORD});
    let now = Owner::of(&ada.post(&app, "change-password", &body).await);
    assert_eq!(
        app.get("/v1/auth/sessions").token(&now.token).send().await.ok(200).json()["items"].as_array().unwrap().len(),
        1
    );
    for before in [&elsewhere, &ada] {
        before.refresh(&app).await.problem(401, "invalid_refresh_token");
        assert_soon_refused(&app, &before.token).await;
    }
    let next = Owner::of(&now.refresh(&app).await);
    app.get("/v1/auth/sessions").token(&next.token).send().await.ok(200);
    app.login(ADA, PASSWORD).await.problem(401, "invalid_credentials");
    app.login(ADA, NEW_PASSWORD).await.ok(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_current_password_is_asked_for_and_guesses_are_counted() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let ada = Owner::new(&app, ADA).await;
    let change = |current: &'static str, new: &'static str| {
        let (ada, app) = (&ada, &app);
        async move {
            let body = json!({"current_password": current, "new_password": new});
            ada.post(app, "change-password", &body).await
        }
    };
    for _ in 0..4 {
        change("wrong horse battery", NEW_PASSWORD).await.problem(401, "invalid_credentials");
        let problem = change(PASSWORD, "short").await.problem(422, "validation_failed");
        assert_eq!(problem["errors"][0]["pointer"], "/new_password");
    }
    change("wrong horse battery", NEW_PASSWORD).await.problem(401, "invalid_credentials");
    change(PASSWORD, NEW_PASSWORD).await.problem(429, "too_many_attempts");
    assert_eq!(count(&app, UserEvent::PASSWORD_CHANGED).await, 0);
    app.login(ADA, PASSWORD).await.ok(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_second_factor_a_code_is_asked_for_and_a_shorter_password_is_enough() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let mut ada = Owner::new(&app, ADA).await;
    let (secret, codes) = ada.with_second_factor(&app).await;
    let mut body = json!({"current_password": PASSWORD, "new_password": "tr4m-Gbo9"});
    ada.post(&app, "change-password", &body).await.problem(401, "second_factor_required");
    body["totp"] = json!("000000");
    ada.post(&app, "change-password", &body).await.problem(401, "invalid_code");
    body["totp"] = json!(code(&secret));
    let ada = Owner::of(&ada.post(&app, "change-password", &body).await);
    let_a_step_pass(&app).await;
    let body = json!({"current_password": "tr4m-Gbo9", "new_password": NEW_PASSWORD, "recovery_code": codes[0]});
    ada.post(&app, "change-password", &body).await.ok(200);
    assert_eq!(count(&app, UserEvent::RECOVERY_CODE_USED).await, 1);
}

/// A check and what depends on it are one step: the password that was found right has to be the one that is replaced.
#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_know_the_old_password_one_changes_it() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let ada = Owner::new(&app, ADA).await;
    let attempts = (0..4).map(|n| {
        let (ada, app) = (&ada, &app);
        async move {
            let body = json!({"current_password": PASSWORD, "new_password": format!("{NEW_PASSWORD} {n}")});
            ada.post(app, "change-password", &body).await.status
        }
    });
    let statuses = join_all(attempts).await;
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert_eq!(count(&app, UserEvent::PASSWORD_CHANGED).await, 1);
}
