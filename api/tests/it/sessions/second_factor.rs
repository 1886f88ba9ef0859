//! Signing in with a second factor.

use api::auth::{RecoveryCodes, totp};
use domain::{
    Aggregate, Command,
    users::{ConfirmTotp, EnrolTotp, User},
};
use event_store::{EventStore, Execution, Head, StreamId, SubjectKeys};
use futures::future::join_all;
use serde_json::json;
use uuid::Uuid;

use super::{ADA, SignedIn, login_with, run};
use crate::app::{PASSWORD, TestApp};

const AT: chrono::DateTime<chrono::Utc> = chrono::DateTime::UNIX_EPOCH;
const WRONG_CODE: &str = "000000";

/// Ada with a second factor, switched on by commands.
struct Secured {
    app: TestApp,
    secret: String,
    recovery_codes: Vec<String>,
}

impl Secured {
    async fn start() -> Self {
        let app = TestApp::start_without_projections(|_| ()).await;
        let id = app.person(ADA).await.id;
        let (context, secret) = (&app.context, totp::generate_secret());
        let master = context.config.secrets.master_key.expose();
        let keys = SubjectKeys::new(context.keys_database().await.unwrap(), master);
        let sealed = keys.get(id).await.unwrap().seal("user.totp_secret", &secret);
        let recovery_codes: Vec<String> = RecoveryCodes::generate().iter().map(|code| code.to_string()).collect();
        let hashes = RecoveryCodes::new(&context.config.secrets.password_pepper);
        let hashes = recovery_codes.iter().map(|code| hashes.hash(code).unwrap()).collect();
        execute(&app, id, EnrolTotp { secret: sealed, at: AT }).await;
        execute(&app, id, ConfirmTotp { recovery_codes: hashes, at: AT }).await;
        Self { secret: secret.to_string(), app, recovery_codes }
    }

    fn code(&self, steps_ago: i64) -> String {
        totp::code_at(&self.secret, chrono::Utc::now().timestamp() / totp::STEP - steps_ago).unwrap()
    }
}

async fn execute<C: Command<Aggregate = User>>(app: &TestApp, id: Uuid, command: C) {
    let pool = app.context.database().await.unwrap();
    let store = EventStore::open(app.database.url(), pool, Head::new(), &app.context.tasks, Default::default());
    let stream = StreamId::new(User::CATEGORY, id);
    store.execute(&stream, command, Execution::new(Uuid::now_v7())).await.expect("executed");
}

/// GHSA-wc43-73w7-x2f5 (CVE-2024-45042): a session with one factor reached what takes two.
#[tokio::test(flavor = "multi_thread")]
async fn a_password_alone_gives_no_token_of_any_kind() {
    let ada = Secured::start().await;
    let answer = ada.app.login(ADA, PASSWORD).await;
    let problem = answer.problem(401, "second_factor_required");
    for token in ["access_token", "refresh_token", "device_token", "session_id"] {
        assert!(problem.get(token).is_none(), "{problem}");
    }
    assert!(answer.header("set-cookie").is_none());
    ada.app.login(ADA, "wrong horse battery").await.problem(401, "invalid_credentials");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_counts_once() {
    let ada = Secured::start().await;
    let code = ada.code(0);
    SignedIn::of(&login_with(&ada.app, json!({"totp": code})).await);
    login_with(&ada.app, json!({"totp": code})).await.problem(401, "invalid_code");
    login_with(&ada.app, json!({"totp": ada.code(1)})).await.problem(401, "invalid_code");
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_of_much_older_and_of_later_steps_do_not_count() {
    let ada = Secured::start().await;
    login_with(&ada.app, json!({"totp": ada.code(3)})).await.problem(401, "invalid_code");
    login_with(&ada.app, json!({"totp": ada.code(-2)})).await.problem(401, "invalid_code");
    SignedIn::of(&login_with(&ada.app, json!({"totp": ada.code(0)})).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_come_with_one_code_at_once_one_signs_in() {
    let ada = Secured::start().await;
    let code = ada.code(0);
    let answers = join_all((0..50).map(|_| login_with(&ada.app, json!({"totp": code})))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recovery_code_takes_its_place_once() {
    let ada = Secured::start().await;
    let typed = ada.recovery_codes[0].to_lowercase();
    SignedIn::of(&login_with(&ada.app, json!({"recovery_code": typed})).await);
    login_with(&ada.app, json!({"recovery_code": typed})).await.problem(401, "invalid_code");
    let code = &ada.recovery_codes[1];
    let answers = join_all((0..20).map(|_| login_with(&ada.app, json!({"recovery_code": code})))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    let events = ada.app.events().await;
    let methods: Vec<_> = events.iter().filter(|event| event.event_type == "user.signed_in").collect();
    assert!(methods.iter().filter(|event| event.payload.get().contains("recovery_code")).count() == 2);
    let problem = login_with(&ada.app, json!({"recovery_code": code, "totp": ada.code(0)})).await;
    problem.problem(422, "validation_failed");
}

/// CVE-2025-64102, CVE-2026-9798: one of several ways to show a code had no limit.
#[tokio::test(flavor = "multi_thread")]
async fn codes_are_not_guessed_by_any_way_of_signing_in() {
    let ada = Secured::start().await;
    let wrong_recovery = "A".repeat(26);
    for guess in [json!({"totp": WRONG_CODE}), json!({"recovery_code": wrong_recovery}), json!({})] {
        run(&ada.app, "DELETE FROM sign_in_attempts").await;
        for _ in 0..5 {
            assert_eq!(login_with(&ada.app, guess.clone()).await.status, 401, "{guess}");
        }
        login_with(&ada.app, guess).await.problem(429, "too_many_attempts");
        // Whatever is shown next counts with it, the right code too.
        login_with(&ada.app, json!({"totp": ada.code(0)})).await.problem(429, "too_many_attempts");
        login_with(&ada.app, json!({"recovery_code": ada.recovery_codes[0]})).await.problem(429, "too_many_attempts");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_hundred_codes_at_once_a_handful_is_evaluated() {
    let ada = Secured::start().await;
    let answers = join_all((0..200).map(|n| login_with(&ada.app, json!({"totp": format!("{n:06}")})))).await;
    let evaluated = answers.iter().filter(|answer| answer.status == 401).count();
    assert!((5..=9).contains(&evaluated), "{evaluated}");
}
