//! Secrets that are replaced while people go on signing in: the pepper of passwords, the key of addresses' blind indexes.

use api::users::{EmailClaims, Reindexed, reindex_addresses};
use bootstrap::config::{Dsn, SecretKey, Secrets};
use domain::{
    Aggregate,
    users::{Email, User, UserEvent},
};
use event_store::{EventStore, Head, Purpose, StreamId, SubjectKeys};
use serde_json::json;

use crate::{
    accounts::{hand_in, link},
    app::{PASSWORD, TestApp, registration},
};

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
async fn processes_with_the_former_and_the_next_pepper_read_each_others_hashes_and_leave_them() {
    let app = TestApp::start_without_projections(|_| ()).await;
    app.person(ADA).await;
    let (old, new) = (app.context.config.secrets.password_pepper.clone(), SecretKey::generate());
    let first = restarted(&app, |secrets| secrets.next_password_pepper = Some(new.clone())).await;
    let second = restarted(&app, |secrets| {
        secrets.password_pepper = new.clone();
        secrets.previous_password_peppers = vec![old];
    })
    .await;
    first.login(ADA, PASSWORD).await.ok(200);
    assert_eq!(rehashed(&app).await, 0, "nothing is made with the next one yet");
    for process in [&second, &first, &second, &first] {
        process.login(ADA, PASSWORD).await.ok(200);
        assert_eq!(rehashed(&app).await, 1);
    }
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

    // Ada's claim, and one of the two that Grace has.
    let done = reindexed(&app, &old, &new).await;
    assert_eq!((done.moved, done.strange), (2, 0), "{done:?}");
    assert_eq!(reindexed(&app, &old, &new).await, Reindexed { current: 2, ..Reindexed::default() });

    let after = restarted(&app, |secrets| secrets.index_key = new.clone()).await;
    for email in [ADA, GRACE] {
        after.login(email, PASSWORD).await.ok(200);
    }
    assert_eq!(owner(&app, &old, ADA).await, None, "nothing is left under the former key");
    let answer = after.request("POST", "/v1/auth/change-email").token(&ada.token);
    answer.json(&json!({"email": GRACE})).send().await.ok(202);
    assert_eq!(registered(&app).await, 2);
}

/// A process that knows one of two keys lets go of an address under that one only.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_process_has_left_claimed_under_the_other_key_is_free_once_all_were_made_anew() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let ada = app.person(ADA).await;
    let (old, new) = (app.context.config.secrets.index_key.clone(), SecretKey::generate());
    let first = restarted(&app, |secrets| secrets.previous_index_key = Some(new.clone())).await;
    let asked = first.request("POST", "/v1/auth/change-email").token(&ada.token).json(&json!({"email": GRACE}));
    asked.send().await.ok(202);
    hand_in(&first, "confirm-email-change", &link(&app, ada.id, Purpose::ChangeEmail).await).await.ok(204);
    hand_in(&app, "undo-email-change", &link(&app, ada.id, Purpose::UndoEmailChange).await).await.ok(204);
    let streams = [ada.id, app.person(GRACE).await.id].map(|id| StreamId::new(User::CATEGORY, id));
    assert_eq!(owner(&app, &new, GRACE).await.as_ref(), Some(&streams[0]));

    let foreign = reindexed(&app, &SecretKey::generate(), &SecretKey::generate()).await;
    assert_eq!(foreign, Reindexed { strange: 3, ..Reindexed::default() }, "nothing is dropped under wrong keys");
    let done = reindexed(&app, &old, &new).await;
    assert_eq!((done.moved, done.dropped, done.strange, done.held), (2, 1, 0, vec![]));
    for (email, stream) in [ADA, GRACE].into_iter().zip(&streams) {
        assert_eq!(owner(&app, &new, email).await.as_ref(), Some(stream));
    }
    let after = restarted(&app, |secrets| secrets.index_key = new).await;
    after.login(GRACE, PASSWORD).await.ok(200);
}

/// As where processes with one key ran beside such with another one only.
#[tokio::test(flavor = "multi_thread")]
async fn two_who_have_one_address_keep_their_claims() {
    let app = TestApp::start_without_projections(|_| ()).await;
    let (old, new) = (app.context.config.secrets.index_key.clone(), SecretKey::generate());
    let other = restarted(&app, |secrets| secrets.index_key = new.clone()).await;
    let streams = [app.person(ADA).await.id, other.person(ADA).await.id].map(|id| StreamId::new(User::CATEGORY, id));
    for _ in 0..2 {
        let done = reindexed(&app, &old, &new).await;
        assert_eq!((done.moved, done.current, done.dropped, done.strange), (0, 1, 0, 0), "{done:?}");
        let held: Vec<_> = done.held.into_iter().map(|claim| [claim.stream, claim.holder]).collect();
        assert_eq!(held, std::slice::from_ref(&streams));
        assert_eq!(owner(&app, &old, ADA).await.as_ref(), Some(&streams[0]));
        assert_eq!(owner(&app, &new, ADA).await.as_ref(), Some(&streams[1]));
    }
}

/// What the operator's command does, with the newer key as the current one.
async fn reindexed(app: &TestApp, old: &SecretKey, new: &SecretKey) -> Reindexed {
    let keys = SubjectKeys::new(app.context.keys_database().await.unwrap(), &app.context.config.secrets);
    let claims = EmailClaims::new(new).beside(Some(old));
    reindex_addresses(&events(app).await, &keys, &claims).await.unwrap()
}

/// Whose claim on the address there is under this key.
async fn owner(app: &TestApp, key: &SecretKey, email: &str) -> Option<StreamId> {
    EmailClaims::new(key).owner(&events(app).await, &Email::parse(email).unwrap()).await.unwrap()
}

async fn events(app: &TestApp) -> EventStore {
    let pool = app.context.database().await.unwrap();
    EventStore::open(app.database.url(), pool, Head::new(), &app.context.tasks, Default::default())
}

async fn registered(app: &TestApp) -> usize {
    app.event_types().await.iter().filter(|name| *name == UserEvent::REGISTERED).count()
}
