//! Secrets that are replaced while people go on signing in: the pepper of passwords, the key of addresses' blind indexes.

use api::users::{EmailClaims, Reindexed, reindex_addresses};
use bootstrap::config::{Dsn, SecretKey, Secrets};
use domain::users::{Email, UserEvent};
use event_store::{EventStore, Head, SubjectKeys};
use serde_json::json;

use crate::app::{PASSWORD, TestApp, registration};

const ADA: &str = "ada@example.org";
const GRACE: &str = "grace@example.org";

/// A process of the same installation that was given other secrets.
async fn restarted(app: &TestApp, change: impl FnOnce(&mut Secrets)) -> TestApp {
    TestApp::start_without_projections(|config| {
        config.database.url = Dsn::postgres(app.database.url());
        change(&mut config.secrets);
    })
    .await
}

async fn rehashed(app: &TestApp) -> usize {
    app.event_types().await.iter().filter(|name| *name == UserEvent::PASSWORD_REHASHED).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_former_pepper_is_read_and_the_password_hashed_anew_at_the_next_sign_in() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let ada = app.person(ADA).await;
    assert_eq!(rehashed(&app).await, 0, "nothing is made anew that is new");
    let old = app.context.config.secrets.password_pepper.clone();
    let new = SecretKey::generate();
    let both = restarted(&app, |secrets| {
        secrets.password_pepper = new.clone();
        secrets.previous_password_peppers = vec![old];
    })
    .await;
    both.login(ADA, "wrong horse battery").await.problem(401, "invalid_credentials");
    assert_eq!(rehashed(&app).await, 0, "only what was shown to be the password is hashed");
    both.login(ADA, PASSWORD).await.ok(200);
    both.login(ADA, PASSWORD).await.ok(200);
    assert_eq!(rehashed(&app).await, 1);
    // Neither tokens nor sessions end for it.
    assert_eq!(app.get("/v1/auth/sessions").token(&ada.token).send().await.status, 200);

    let after = restarted(&app, |secrets| secrets.password_pepper = new).await;
    after.login(ADA, PASSWORD).await.ok(200);
    let without = restarted(&app, |secrets| secrets.password_pepper = SecretKey::generate()).await;
    without.login(ADA, PASSWORD).await.problem(401, "invalid_credentials");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_index_key_replaces_another_while_people_register_and_sign_in() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let ada = app.person(ADA).await;
    let (old, new) = (app.context.config.secrets.index_key.clone(), SecretKey::generate());
    // Whoever knows both finds and takes under both, so that processes of either stage agree on who has an address.
    let first = restarted(&app, |secrets| secrets.previous_index_key = Some(new.clone())).await;
    first.login(ADA, PASSWORD).await.ok(200);
    first.person(GRACE).await;
    let second = restarted(&app, |secrets| {
        secrets.index_key = new.clone();
        secrets.previous_index_key = Some(old.clone());
    })
    .await;
    for email in [ADA, GRACE] {
        second.login(email, PASSWORD).await.ok(200);
        // Known as taken: nobody else registers it.
        second.request("POST", "/v1/auth/register").json(&registration(email)).send().await.ok(202);
    }
    assert_eq!(registered(&app).await, 2);

    let context = &second.context;
    let keys = SubjectKeys::new(context.keys_database().await.unwrap(), &context.config.secrets);
    let pool = context.database().await.unwrap();
    let events = EventStore::open(app.database.url(), pool, Head::new(), &context.tasks, Default::default());
    let claims = EmailClaims::new(&new).beside(Some(&old));
    // Ada's claim, and one of the two that Grace has.
    let done = reindex_addresses(&events, &keys, &claims).await.unwrap();
    assert_eq!((done.moved, done.strange), (2, 0), "{done:?}");
    let again = reindex_addresses(&events, &keys, &claims).await.unwrap();
    assert_eq!(again, Reindexed { moved: 0, current: 2, strange: 0 });

    let after = restarted(&app, |secrets| secrets.index_key = new.clone()).await;
    for email in [ADA, GRACE] {
        after.login(email, PASSWORD).await.ok(200);
    }
    let former = EmailClaims::new(&old);
    let owner = former.owner(&events, &Email::parse(ADA).unwrap()).await.unwrap();
    assert_eq!(owner, None, "nothing is left under the former key");
    let answer = after.request("POST", "/v1/auth/change-email").token(&ada.token);
    answer.json(&json!({"email": GRACE})).send().await.ok(202);
    assert_eq!(registered(&app).await, 2);
}

async fn registered(app: &TestApp) -> usize {
    app.event_types().await.iter().filter(|name| *name == UserEvent::REGISTERED).count()
}
