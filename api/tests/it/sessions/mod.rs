//! Sessions: refreshing, ending, listing, cookies, and everything that slows guesses down.

mod cookies;
mod ending;
mod guessing;
mod listing;
mod refreshing;
mod second_factor;

use std::time::Duration;

use bootstrap::config::Dsn;
use diesel_async::SimpleAsyncConnection;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    app::{PASSWORD, TestApp},
    client::Answer,
};

const ADA: &str = "ada@example.org";

/// What signing in has given.
#[derive(Clone)]
struct SignedIn {
    session: Uuid,
    access_token: String,
    refresh_token: String,
    device_token: String,
}

impl SignedIn {
    fn of(answer: &Answer) -> Self {
        let body = answer.ok(200).json();
        let text = |field: &str| body[field].as_str().unwrap_or_default().to_owned();
        Self {
            session: text("session_id").parse().unwrap(),
            access_token: text("access_token"),
            refresh_token: text("refresh_token"),
            device_token: text("device_token"),
        }
    }
}

/// Another process of the installation, which has just been started.
async fn another(app: &TestApp) -> TestApp {
    TestApp::start_without_projections(|config| config.database.url = Dsn::postgres(app.database.url())).await
}

/// Ada has registered and signed in.
async fn ada(app: &TestApp) -> SignedIn {
    app.register(ADA).await.ok(202);
    SignedIn::of(&app.login(ADA, PASSWORD).await)
}

async fn login_with(app: &TestApp, more: Value) -> Answer {
    let mut body = json!({"email": ADA, "password": PASSWORD});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    app.request("POST", "/v1/auth/login").json(&body).send().await
}

async fn refresh(app: &TestApp, token: &str) -> Answer {
    app.request("POST", "/v1/auth/refresh").json(&json!({"refresh_token": token})).send().await
}

async fn run(app: &TestApp, statement: &str) {
    app.database.connect().await.batch_execute(statement).await.unwrap();
}

/// As if the last exchange of refresh tokens had been longer ago than answers get lost.
async fn let_the_grace_pass(app: &TestApp) {
    run(app, "UPDATE sessions SET rotated_at = rotated_at - interval '11 s'").await;
}

async fn status(app: &TestApp, token: &str) -> u16 {
    app.get("/v1/auth/sessions").token(token).send().await.status
}

/// Fails unless the token is refused within two seconds.
async fn assert_soon_refused(app: &TestApp, token: &str) {
    let refused = async {
        while status(app, token).await != 401 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(2), refused).await.expect("within two seconds");
}
