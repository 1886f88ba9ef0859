//! What is answered here has exactly the members that the document promises.

use event_store::Purpose;
use serde_json::{Value, json};

use super::{ADA, NEW_PASSWORD, Owner, code, hand_in, let_a_step_pass, post};
use crate::{
    app::{PASSWORD, TestApp},
    client::Answer,
    openapi::assert_documented,
};

#[tokio::test(flavor = "multi_thread")]
async fn answers_about_ones_account_are_as_the_document_says() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let document = app.get("/v1/openapi.json").send().await.ok(200).json();
    let check = |path: &str, answer: &Answer| {
        assert_documented(&document, "post", &format!("/v1/auth/{path}"), answer);
    };
    let mut ada = Owner::new(&app, ADA).await;
    let enrolled = ada.post(&app, "mfa/totp/enrol", &Value::Null).await;
    check("mfa/totp/enrol", &enrolled);
    let secret = enrolled.ok(200).json()["secret"].as_str().unwrap().to_owned();
    check("mfa/totp/confirm", &ada.post(&app, "mfa/totp/confirm", &json!({"code": "000000"})).await);
    check("mfa/totp/confirm", &ada.renewed_by(&app, "mfa/totp/confirm", &json!({"code": code(&secret)})).await);
    check("mfa/totp/enrol", &ada.post(&app, "mfa/totp/enrol", &Value::Null).await);
    check("mfa/totp/recovery-codes", &ada.renewed_by(&app, "mfa/totp/recovery-codes", &Value::Null).await);
    check("mfa/totp/disable", &ada.post(&app, "mfa/totp/disable", &json!({})).await);
    check("step-up", &ada.post(&app, "step-up", &json!({"password": PASSWORD})).await);
    let_a_step_pass(&app).await;
    let proof = json!({"password": PASSWORD, "totp": code(&secret)});
    check("step-up", &ada.renewed_by(&app, "step-up", &proof).await);
    check("change-email", &ada.post(&app, "change-email", &json!({"email": "new@example.org"})).await);
    check("change-email", &ada.post(&app, "change-email", &json!({"email": ADA})).await);
    for path in ["forgot-password", "resend-verification"] {
        check(path, &post(&app, path, &json!({"email": ADA})).await);
        check(path, &post(&app, path, &json!({"email": "ada"})).await);
    }
    for path in ["verify-email", "confirm-email-change", "undo-email-change"] {
        check(path, &hand_in(&app, path, "none").await);
    }
    check("reset-password", &post(&app, "reset-password", &json!({"token": "none", "password": "x"})).await);
    let_a_step_pass(&app).await;
    let change = json!({"current_password": PASSWORD, "new_password": NEW_PASSWORD, "totp": code(&secret)});
    check("change-password", &ada.renewed_by(&app, "change-password", &change).await);
    check("mfa/totp/disable", &ada.renewed_by(&app, "mfa/totp/disable", &json!({"password": NEW_PASSWORD})).await);
    let verified = hand_in(&app, "verify-email", &ada.link(&app, Purpose::VerifyEmail).await).await;
    verified.problem(400, "link_invalid");
}
