//! What tokens in mails are good for, and where their links lead.

use domain::users::UserEvent;
use event_store::{OneTimeTokens, Purpose};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{ADA, NEW_PASSWORD, Owner, hand_in, post, until_written};
use crate::{
    app::{TestApp, registration},
    client::{Answer, Request, exchange},
};

const PATHS: [(&str, Purpose); 4] = [
    ("verify-email", Purpose::VerifyEmail),
    ("reset-password", Purpose::ResetPassword),
    ("confirm-email-change", Purpose::ChangeEmail),
    ("undo-email-change", Purpose::UndoEmailChange),
];

async fn use_token(app: &TestApp, path: &str, token: &str) -> Answer {
    match path {
        "reset-password" => post(app, path, &json!({"token": token, "password": NEW_PASSWORD})).await,
        _ => hand_in(app, path, token).await,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_good_for_its_own_purpose_and_request_only() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let ada = Owner::new(&app, ADA).await;
    let eve = Owner::new(&app, "eve@example.org").await;
    let tokens = OneTimeTokens::new(app.context.config.secrets.token_key.expose());
    let foreign = OneTimeTokens::new(&[7; 32]);
    let before = app.head().await;
    for (path, purpose) in PATHS {
        let mut wrong = vec![
            tokens.issue(purpose, ada.id, Uuid::now_v7()),
            tokens.issue(purpose, Uuid::now_v7(), Uuid::now_v7()),
            foreign.issue(purpose, ada.id, Uuid::now_v7()),
            String::new(),
            "x".repeat(10_000),
        ];
        // The id of a pending request, under every other purpose and for somebody else.
        let Some(UserEvent::VerificationRequested(asked)) =
            super::events_of(&app, ada.id).await.get(1).map(|event| event.decode().unwrap())
        else {
            panic!("no verification was asked for")
        };
        wrong.push(tokens.issue(purpose, eve.id, asked.request_id));
        for (_, other) in PATHS.iter().filter(|(_, other)| *other != purpose) {
            wrong.push(tokens.issue(*other, ada.id, asked.request_id));
        }
        for token in wrong {
            use_token(&app, path, &token).await.problem(400, "link_invalid");
        }
        let in_the_url = app.request("POST", &format!("/v1/auth/{path}?token=x")).json(&json!({})).send().await;
        in_the_url.problem(422, "validation_failed");
    }
    assert_eq!(app.head().await, before);
}

/// A request as a proxy or a stranger may disguise it.
fn disguised(request: &Request, header: &str, value: &str) -> Vec<u8> {
    let bytes = String::from_utf8(request.bytes()).unwrap();
    match header {
        "Host" => bytes.replacen("Host: localhost", &format!("Host: {value}"), 1),
        header => bytes.replacen("Host: localhost", &format!("Host: localhost\r\n{header}: {value}"), 1),
    }
    .into_bytes()
}

/// CVE-2023-49097, CVE-2025-64101: links were made of headers of whoever asked for them. Here nothing of them gets as far
/// as the log, which is all that the worker makes links of.
#[tokio::test(flavor = "multi_thread")]
async fn no_header_of_a_request_gets_near_the_links() {
    let headers = [
        ("Host", "evilhost.example"),
        ("Forwarded", "for=192.0.2.1;host=evilhost.example;proto=gopher"),
        ("X-Forwarded-Host", "evilhost.example"),
        ("X-Forwarded-Proto", "gopher"),
        ("X-Forwarded-Port", "6666"),
        ("X-Forwarded-Prefix", "/evilhost"),
        ("X-Original-URL", "http://evilhost.example/"),
        ("Origin", "https://evilhost.example"),
        ("Referer", "https://evilhost.example/"),
    ];
    let app = TestApp::start_without_projections(|config| {
        config.http.trusted_proxies = vec!["127.0.0.1".parse().unwrap()];
    })
    .await;
    for (n, (header, value)) in headers.into_iter().enumerate() {
        let email = format!("user{n}@example.org");
        let send = async |path: &str, body: &Value, token: Option<&str>| {
            let request = app.request("POST", &format!("/v1/auth/{path}")).json(body);
            let request = token.into_iter().fold(request, |request, token| request.token(token));
            exchange(app.address, &disguised(&request, header, value)).await.ok(202);
        };
        send("register", &registration(&email), None).await;
        let owner = Owner::of(&app.login(&email, crate::app::PASSWORD).await);
        send("resend-verification", &json!({"email": email}), None).await;
        send("forgot-password", &json!({"email": email}), None).await;
        send("change-email", &json!({"email": format!("new{n}@example.org")}), Some(&owner.token)).await;
    }
    until_written(&app, UserEvent::PASSWORD_RESET_REQUESTED, headers.len()).await;
    for event in app.events().await {
        let written = format!("{}{}", event.payload.get(), event.metadata.get());
        for foreign in ["evilhost", "gopher", ":6666", "192.0.2"] {
            assert!(!written.contains(foreign), "{foreign} in {written}");
        }
    }
}
