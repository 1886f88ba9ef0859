//! What owners do with their accounts: verifying and changing the address, passwords, the second factor.

mod changing_email;
mod changing_password;
mod documented;
mod links;
mod pages;
mod recent_authentication;
mod resetting;
mod second_factor;
mod uniform;
mod verifying;

use api::auth::totp;
use chrono::Utc;
use diesel_async::SimpleAsyncConnection;
use domain::{
    Aggregate, Command,
    users::{User, UserEvent},
};
use event_store::{ClaimChange, EventStore, Execution, OneTimeTokens, Purpose, RecordedEvent, StreamId};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    app::{PASSWORD, TestApp, eventually, token_claims},
    client::Answer,
};

const ADA: &str = "ada@example.org";
const NEW_PASSWORD: &str = "abacus linen twelve moon";

/// Somebody who has signed in.
#[derive(Clone)]
struct Owner {
    id: Uuid,
    token: String,
    refresh_token: String,
}

impl Owner {
    fn of(answer: &Answer) -> Self {
        let body = answer.ok(200).json();
        let token = body["access_token"].as_str().unwrap().to_owned();
        let id = token_claims(&token)["sub"].as_str().unwrap().parse().unwrap();
        let refresh_token = body["refresh_token"].as_str().unwrap_or_default().to_owned();
        Self { id, token, refresh_token }
    }

    /// Has registered with this address and signed in.
    async fn new(app: &TestApp, email: &str) -> Self {
        app.register(email).await.ok(202);
        Self::of(&app.login(email, PASSWORD).await)
    }

    async fn post(&self, app: &TestApp, path: &str, body: &Value) -> Answer {
        let request = app.request("POST", &format!("/v1/auth/{path}")).token(&self.token);
        if body.is_null() { request.send().await } else { request.json(body).send().await }
    }

    async fn refresh(&self, app: &TestApp) -> Answer {
        post(app, "refresh", &json!({"refresh_token": self.refresh_token})).await
    }

    /// The token that the last mail of this kind has.
    async fn link(&self, app: &TestApp, purpose: Purpose) -> String {
        link(app, self.id, purpose).await
    }

    /// Does what gives the session new tokens, and goes on with those.
    async fn renewed_by(&mut self, app: &TestApp, path: &str, body: &Value) -> Answer {
        let answer = self.post(app, path, body).await;
        *self = Self::of(&answer);
        answer
    }

    /// Switches the second factor on; returns its secret and the recovery codes.
    async fn with_second_factor(&mut self, app: &TestApp) -> (String, Vec<String>) {
        let enrolled = self.post(app, "mfa/totp/enrol", &Value::Null).await.ok(200).json();
        let secret = enrolled["secret"].as_str().unwrap().to_owned();
        let confirmed = self.renewed_by(app, "mfa/totp/confirm", &json!({"code": code(&secret)})).await.json();
        let codes = confirmed["recovery_codes"].as_array().unwrap();
        let codes = codes.iter().map(|code| code.as_str().unwrap().to_owned()).collect();
        let_a_step_pass(app).await;
        (secret, codes)
    }
}

async fn post(app: &TestApp, path: &str, body: &Value) -> Answer {
    app.request("POST", &format!("/v1/auth/{path}")).json(body).send().await
}

async fn hand_in(app: &TestApp, path: &str, token: &str) -> Answer {
    post(app, path, &json!({"token": token})).await
}

async fn run(app: &TestApp, statement: &str) {
    app.database.connect().await.batch_execute(statement).await.unwrap();
}

/// The code that an authenticator app shows now.
fn code(secret: &str) -> String {
    totp::code_at(secret, Utc::now().timestamp() / totp::STEP).unwrap()
}

/// As if the code that was used last belonged to an earlier time.
async fn let_a_step_pass(app: &TestApp) {
    run(app, "UPDATE totp_steps SET step = step - 2").await;
}

/// As if everybody had signed in a little longer ago than counts as lately.
async fn let_the_authentication_age(app: &TestApp) {
    run(app, "UPDATE sessions SET authenticated_at = authenticated_at - interval '10 minutes'").await;
}

async fn events_of(app: &TestApp, user: Uuid) -> Vec<RecordedEvent> {
    let stream = StreamId::new(User::CATEGORY, user);
    app.events().await.into_iter().filter(|event| event.stream_id == stream.as_str()).collect()
}

async fn count(app: &TestApp, event_type: &str) -> usize {
    app.event_types().await.iter().filter(|found| *found == event_type).count()
}

/// Waits until something was written so often.
async fn until_written(app: &TestApp, event_type: &str, times: usize) {
    eventually(event_type, async || (count(app, event_type).await == times).then_some(())).await;
}

/// Whoever registered last.
async fn last_registered(app: &TestApp) -> Uuid {
    let events = app.events().await;
    events.iter().rfind(|event| event.event_type == UserEvent::REGISTERED).unwrap().aggregate_id().unwrap()
}

/// The token that the last mail of this kind has, made of the ids in the log as the worker makes it.
async fn link(app: &TestApp, user: Uuid, purpose: Purpose) -> String {
    let requests = events_of(app, user).await;
    let request = requests.iter().rev().find_map(|event| match (purpose, event.decode::<UserEvent>().unwrap()) {
        (Purpose::VerifyEmail, UserEvent::VerificationRequested(asked)) => Some(asked.request_id),
        (Purpose::ResetPassword, UserEvent::PasswordResetRequested(asked)) => Some(asked.request_id),
        (Purpose::ChangeEmail, UserEvent::EmailChangeRequested(asked)) => Some(asked.request_id),
        (Purpose::UndoEmailChange, UserEvent::EmailChanged(changed)) => Some(changed.undo_request_id),
        _ => None,
    });
    let tokens = OneTimeTokens::new(app.context.config.secrets.token_key.expose());
    tokens.issue(purpose, user, request.expect("a request of this kind"))
}

/// What another process of the installation does.
async fn execute<C: Command<Aggregate = User>>(app: &TestApp, user: Uuid, command: C, claims: Vec<ClaimChange>) {
    let pool = app.context.database().await.unwrap();
    let head = event_store::Head::new();
    let store = EventStore::open(app.database.url(), pool, head, &app.context.tasks, Default::default());
    let execution = Execution { claims, ..Execution::new(Uuid::now_v7()) };
    store.execute(&StreamId::new(User::CATEGORY, user), command, execution).await.expect("executed");
}

/// Asks for a new password, and waits until that is written; returns the token of the mail.
async fn forgotten(app: &TestApp, email: &str, user: Uuid) -> String {
    let before = count(app, UserEvent::PASSWORD_RESET_REQUESTED).await;
    post(app, "forgot-password", &json!({"email": email})).await.ok(202);
    until_written(app, UserEvent::PASSWORD_RESET_REQUESTED, before + 1).await;
    link(app, user, Purpose::ResetPassword).await
}

/// Fails unless the token is refused within two seconds.
async fn assert_soon_refused(app: &TestApp, token: &str) {
    eventually("the refusal", async || {
        (app.get("/v1/auth/sessions").token(token).send().await.status == 401).then_some(())
    })
    .await;
}
