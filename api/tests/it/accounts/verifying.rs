//! `POST /v1/auth/verify-email` and `POST /v1/auth/resend-verification`.

use chrono::{TimeDelta, Utc};
use domain::users::{RequestVerification, UserEvent};
use event_store::Purpose;
use serde_json::json;
use uuid::Uuid;

use super::{ADA, Owner, count, execute, hand_in, last_registered, link, post, until_written};
use crate::app::{PASSWORD, TestApp};

#[tokio::test(flavor = "multi_thread")]
async fn the_mailed_token_verifies_the_address_and_a_repeat_is_harmless() {
    let app = TestApp::start().await;
    let ada = Owner::new(&app, ADA).await;
    let token = ada.link(&app, Purpose::VerifyEmail).await;
    let answer = hand_in(&app, "verify-email", &token).await;
    let position = answer.ok(204).header("tidemark-position").unwrap().to_owned();
    let me = app.get("/v1/users/me").token(&ada.token).header("Tidemark-After", &position).send().await;
    assert_eq!(me.ok(200).json()["email_verified"], json!(true));
    hand_in(&app, "verify-email", &token).await.ok(204);
    assert_eq!(count(&app, UserEvent::EMAIL_VERIFIED).await, 1);
    let verified = app.events().await.pop().unwrap();
    assert_eq!(verified.metadata().actor, Some(ada.id.to_string()), "whoever has the token acts for the owner");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_later_mail_takes_the_place_of_the_one_before() {
    let app = TestApp::start_without_projections(|_| ()).await;
    app.register(ADA).await.ok(202);
    let id = last_registered(&app).await;
    // As if the first one had been asked for a minute ago.
    let expires_at = Utc::now() + TimeDelta::hours(24) - TimeDelta::seconds(61);
    execute(&app, id, RequestVerification { request_id: Uuid::now_v7(), expires_at, at: Utc::now() }, vec![]).await;
    let first = link(&app, id, Purpose::VerifyEmail).await;
    post(&app, "resend-verification", &json!({"email": " ADA@example.org"})).await.ok(202);
    until_written(&app, UserEvent::VERIFICATION_REQUESTED, 3).await;
    hand_in(&app, "verify-email", &first).await.problem(400, "link_invalid");
    hand_in(&app, "verify-email", &link(&app, id, Purpose::VerifyEmail).await).await.ok(204);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_token_verifies_nothing() {
    let app = TestApp::start_without_projections(|_| ()).await;
    app.register(ADA).await.ok(202);
    let id = last_registered(&app).await;
    let expired = RequestVerification { request_id: Uuid::now_v7(), expires_at: Utc::now(), at: Utc::now() };
    execute(&app, id, expired, vec![]).await;
    hand_in(&app, "verify-email", &link(&app, id, Purpose::VerifyEmail).await).await.problem(400, "link_expired");
    assert_eq!(count(&app, UserEvent::EMAIL_VERIFIED).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_can_be_made_to_need_a_verified_address() {
    let app = TestApp::start_without_projections(|config| config.accounts.require_verified_email = true).await;
    app.register(ADA).await.ok(202);
    app.login(ADA, "wrong horse battery").await.problem(401, "invalid_credentials");
    let problem = app.login(ADA, PASSWORD).await.problem(403, "email_not_verified");
    assert!(problem.get("access_token").is_none());
    let id = last_registered(&app).await;
    hand_in(&app, "verify-email", &link(&app, id, Purpose::VerifyEmail).await).await.ok(204);
    app.login(ADA, PASSWORD).await.ok(200);
}
