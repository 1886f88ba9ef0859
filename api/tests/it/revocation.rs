//! A token that was good stops to count within two seconds, on a process that has just let it in.

use std::time::Duration;

use api::auth::RoleBook;
use domain::{
    Aggregate, Command,
    roles::{DefineRole, DeleteRole, Permission, RoleDescription, RoleName, Scope},
    users::{EndSession, EraseUser, ReactivateUser, SignOutEverywhere, SuspendUser, User, events::EndReason},
};
use event_store::{EventStore, Execution, StreamId};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::json;
use uuid::Uuid;

use crate::app::{PASSWORD, Person, TestApp, token_claims};

const AT: chrono::DateTime<chrono::Utc> = chrono::DateTime::UNIX_EPOCH;

/// Another process of the installation.
struct Elsewhere(EventStore);

impl Elsewhere {
    async fn of(app: &TestApp) -> Self {
        let pool = app.context.database().await.unwrap();
        let head = event_store::Head::new();
        Self(EventStore::open(app.database.url(), pool, head, &app.context.tasks, Default::default()))
    }

    async fn execute<C>(&self, stream: StreamId, command: C)
    where
        C: Command,
        C::Aggregate: Serialize + DeserializeOwned,
    {
        self.0.execute(&stream, command, Execution::new(Uuid::now_v7())).await.expect("executed");
    }
}

fn user(person: &Person) -> StreamId {
    StreamId::new(User::CATEGORY, person.id)
}

fn session(person: &Person) -> Uuid {
    token_claims(&person.token)["sid"].as_str().unwrap().parse().unwrap()
}

async fn status(app: &TestApp, token: &str) -> u16 {
    // The registration is read where it is: the read model may lag.
    app.get("/v1/users/me").token(token).header("Tidemark-After", app.head().await.to_string()).send().await.status
}

/// Fails unless the token is refused within two seconds.
async fn assert_soon_refused(app: &TestApp, token: &str) {
    let refused = async {
        while status(app, token).await != 401 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(2), refused).await.expect("within two seconds");
    app.get("/v1/users/me").token(token).send().await.problem(401, "invalid_token");
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_everywhere_ends_every_token_from_before() {
    let app = TestApp::start().await;
    let (elsewhere, ada) = (Elsewhere::of(&app).await, app.person("ada@example.org").await);
    assert_eq!(status(&app, &ada.token).await, 200);
    elsewhere.execute(user(&ada), SignOutEverywhere { at: AT }).await;
    let again = app.login(&ada.email, PASSWORD).await.ok(200).json()["access_token"].as_str().unwrap().to_owned();
    assert_eq!(token_claims(&again)["gen"], json!(1));
    assert_eq!(status(&app, &again).await, 200, "at once, whatever is remembered from before");
    assert_soon_refused(&app, &ada.token).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_ended_alone_takes_no_other_with_it() {
    let app = TestApp::start().await;
    let (elsewhere, ada) = (Elsewhere::of(&app).await, app.person("ada@example.org").await);
    let other = app.login(&ada.email, PASSWORD).await.ok(200).json()["access_token"].as_str().unwrap().to_owned();
    assert_eq!(status(&app, &ada.token).await, 200);
    let end = EndSession { session_id: session(&ada), reason: EndReason::Revoked, at: AT };
    elsewhere.execute(user(&ada), end).await;
    assert_soon_refused(&app, &ada.token).await;
    assert_eq!(status(&app, &other).await, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_user_is_out_and_comes_back_by_signing_in_only() {
    let app = TestApp::start().await;
    let (elsewhere, ada) = (Elsewhere::of(&app).await, app.person("ada@example.org").await);
    assert_eq!(status(&app, &ada.token).await, 200);
    elsewhere.execute(user(&ada), SuspendUser { at: AT }).await;
    assert_soon_refused(&app, &ada.token).await;
    app.login(&ada.email, PASSWORD).await.problem(401, "invalid_credentials");
    elsewhere.execute(user(&ada), ReactivateUser { at: AT }).await;
    let again = app.login(&ada.email, PASSWORD).await.ok(200).json()["access_token"].as_str().unwrap().to_owned();
    assert_eq!(status(&app, &again).await, 200);
    assert_soon_refused(&app, &ada.token).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erased_user_is_out() {
    let app = TestApp::start().await;
    let (elsewhere, ada) = (Elsewhere::of(&app).await, app.person("ada@example.org").await);
    assert_eq!(status(&app, &ada.token).await, 200);
    elsewhere.execute(user(&ada), EraseUser { at: AT }).await;
    assert_soon_refused(&app, &ada.token).await;
    app.login(&ada.email, PASSWORD).await.problem(401, "invalid_credentials");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_role_permits_changes_within_two_seconds() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let (elsewhere, here) = (Elsewhere::of(&app).await, Elsewhere::of(&app).await);
    let (book, role) = (RoleBook::new(here.0, Default::default()), RoleName::parse("support").unwrap());
    let may =
        async || book.permissions_of(std::slice::from_ref(&role)).await.unwrap().allow("users", "read", Scope::All);
    let soon = async |expected: bool| {
        let changed = async {
            while may().await != expected {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(2), changed).await.expect("within two seconds");
    };
    assert!(!may().await);
    let permissions = vec![Permission::parse("users:read:all").unwrap()];
    let description = RoleDescription::default();
    elsewhere.execute(RoleBook::stream(), DefineRole { role: role.clone(), description, permissions, at: AT }).await;
    soon(true).await;
    elsewhere.execute(RoleBook::stream(), DeleteRole { role: role.clone(), at: AT }).await;
    soon(false).await;
}
