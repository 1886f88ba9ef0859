//! Links in mails, from the request to what they do: verifying an address, a new password, another address and back.

use serde_json::{Value, json};
use tests::http::{Call, Reply};

use crate::app::{Member, PASSWORD, Servers, TestApp};

const ADA: &str = "ada@example.test";
const NEW_ADDRESS: &str = "countess@example.test";
const NEW_PASSWORD: &str = "abacus linen twelve moon";

#[tokio::test(flavor = "multi_thread")]
async fn every_link_in_a_mail_does_what_it_says_wherever_the_request_pretended_to_come_from() {
    let app = TestApp::start(&Servers::Embedded).await;
    assert_eq!(app.register(ADA, "Ada", "en").await.status, 202);
    hand_in(&app, "verify-email", json!({"token": token(&app, ADA, 2, "verify-email").await})).await;
    let ada = app.sign_in(ADA).await;
    assert_eq!(me(&app, &ada).await["email_verified"], true);

    ask(&app, "forgot-password", json!({"email": ADA}), None).await;
    let link = token(&app, ADA, 3, "reset-password").await;
    hand_in(&app, "reset-password", json!({"token": link, "password": NEW_PASSWORD})).await;
    assert_eq!(sign_in(&app, ADA, PASSWORD).await.status, 401);
    let signed_in = sign_in(&app, ADA, NEW_PASSWORD).await;
    let ada = Member { token: signed_in.json()["access_token"].as_str().unwrap().to_owned(), ..ada };

    ask(&app, "change-email", json!({"email": NEW_ADDRESS}), Some(&ada)).await;
    let link = token(&app, NEW_ADDRESS, 1, "change-email").await;
    hand_in(&app, "confirm-email-change", json!({"token": link})).await;
    assert_eq!(me(&app, &ada).await["email"], NEW_ADDRESS);

    // Beside the warnings of the new password and the new address.
    let link = token(&app, ADA, 5, "undo-email-change").await;
    hand_in(&app, "undo-email-change", json!({"token": link})).await;
    assert_eq!(sign_in(&app, NEW_ADDRESS, NEW_PASSWORD).await.status, 401);
    assert_eq!(sign_in(&app, ADA, NEW_PASSWORD).await.status, 200);
    app.drain().await;
    app.stop().await;
}

async fn sign_in(app: &TestApp, email: &str, password: &str) -> Reply {
    app.send(Call::post("/v1/auth/login", json!({"email": email, "password": password}))).await
}

async fn me(app: &TestApp, member: &Member) -> Value {
    let call = Call::get("/v1/users/me").token(&member.token).header("tidemark-after", app.head_now().await);
    app.send(call).await.json()
}

/// Has a mail sent, by a request that says it was made elsewhere (CVE-2023-49097, CVE-2025-64101).
async fn ask(app: &TestApp, path: &str, body: Value, member: Option<&Member>) {
    let call = Call::post(format!("/v1/auth/{path}"), body)
        .header("forwarded", "host=evil.example;proto=http")
        .header("x-forwarded-host", "evil.example")
        .header("x-forwarded-proto", "http");
    let call = member.into_iter().fold(call, |call, member| call.token(&member.token));
    assert_eq!(app.send(call).await.status, 202);
}

async fn hand_in(app: &TestApp, path: &str, body: Value) {
    let reply = app.send(Call::post(format!("/v1/auth/{path}"), body)).await;
    assert_eq!(reply.status, 204, "{path}");
}

/// The token of the link to this page in one of the mails to an address, of which there are at least so many.
async fn token(app: &TestApp, address: &str, count: usize, page: &str) -> String {
    let mails = app.mails_to(address, count).await;
    let beginning = format!("https://app.example.test/account/{page}#token=");
    for mail in &mails {
        let text = mail.text();
        assert!(!text.contains("evil"), "{text}");
        if let Some(link) = text.split_whitespace().find_map(|word| word.strip_prefix(&beginning)) {
            return link.to_owned();
        }
    }
    panic!("no link to {page} in {mails:?}")
}
