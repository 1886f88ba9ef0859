//! A person who was erased leaves nothing behind, whoever was cut off in the middle of it.

use chrono::{TimeDelta, Utc};
use domain::{
    Aggregate,
    users::{EraseUser, Locale, User},
};
use event_store::{EventStore, StreamId};
use jobs::{EnqueueOptions, JobState};
use uuid::Uuid;
use workers::users::FinishErasures;

use crate::{
    installation::{Installation, eventually},
    worker_process::WorkerProcess,
};

/// Rows about a person beside the log; the mails' are there already.
async fn leave_traces(installation: &Installation, user: Uuid) {
    for statement in [
        "INSERT INTO sessions (id, user_id, generation, refresh_hash, created_at, last_seen_at, authenticated_at, \
         idle_expires_at, expires_at, mode) \
         VALUES (gen_random_uuid(), '$', 0, '$', now(), now(), now(), now(), now(), 'token')",
        "INSERT INTO totp_steps VALUES ('$', 1)",
        "INSERT INTO api_key_uses VALUES (gen_random_uuid(), '$', now())",
        "INSERT INTO exports (id, user_id, state, requested_at, expires_at) \
         VALUES (gen_random_uuid(), '$', 'pending', now(), now() + interval '1 day')",
        "INSERT INTO email_undeliverable (subject, address, reply_code) VALUES ('$', 's1.x', 550)",
        "INSERT INTO claims VALUES ('user.email', '\\x01', 'user-$')",
    ] {
        installation.run(&statement.replace('$', &user.to_string())).await;
    }
}

async fn traces(installation: &Installation, user: Uuid) -> i64 {
    let tables = [
        ("sessions", "user_id"),
        ("totp_steps", "user_id"),
        ("api_key_uses", "user_id"),
        ("exports", "user_id"),
        ("email_undeliverable", "subject"),
        ("email_log", "subject"),
    ];
    let mut left = installation.count(&format!("SELECT count(*) FROM claims WHERE stream_id = 'user-{user}'")).await;
    for (table, column) in tables {
        left += installation.count(&format!("SELECT count(*) FROM {table} WHERE {column} = '{user}'")).await;
    }
    left
}

async fn is_gone(installation: &Installation, user: Uuid) -> bool {
    let loaded = EventStore::load::<User>(&installation.store, &StreamId::new(User::CATEGORY, user)).await.unwrap();
    // Not through the installation's own keys, which remember.
    let key = format!("SELECT count(*) FROM subject_keys WHERE subject_id = '{user}' AND wrapped_key IS NOT NULL");
    loaded.state == User::Erased && installation.count(&key).await == 0 && traces(installation, user).await == 0
}

async fn is_finished(installation: &Installation, user: Uuid) -> bool {
    let entries = installation.ledger.entries().await.unwrap();
    entries.iter().any(|entry| entry.subject == user && entry.finished_at.is_some())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_erasure_that_ended_after_its_event_is_finished() {
    let installation = Installation::new().await;
    let _worker = WorkerProcess::start(&installation).await;
    let ada = installation.register("ada@example.com", Some("Ada"), Locale::En).await;
    installation.wait_for_job(ada.event_id, JobState::Completed).await;
    let bob = installation.register("bob@example.com", Some("Bob"), Locale::En).await;
    installation.wait_for_job(bob.event_id, JobState::Completed).await;
    leave_traces(&installation, ada.user_id).await;
    assert_eq!(traces(&installation, ada.user_id).await, 7);

    installation.execute(ada.user_id, EraseUser { at: Utc::now() }).await;
    eventually("the erasure is finished", || is_finished(&installation, ada.user_id)).await;
    assert!(is_gone(&installation, ada.user_id).await);
    assert_eq!(traces(&installation, bob.user_id).await, 1, "nobody else is touched");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_erasure_that_ended_before_its_event_is_finished_from_the_ledger() {
    let installation = Installation::new().await;
    let _worker = WorkerProcess::start(&installation).await;
    let ada = installation.register("ada@example.com", None, Locale::En).await;
    let eve = installation.register("eve@example.com", None, Locale::En).await;
    for person in [ada, eve] {
        installation.wait_for_job(person.event_id, JobState::Completed).await;
    }
    installation.ledger.begin(ada.user_id, Utc::now() - TimeDelta::hours(1)).await.unwrap();
    // Somebody is at this one.
    installation.ledger.begin(eve.user_id, Utc::now()).await.unwrap();
    // After a restore, the log may not reach to somebody's registration.
    let absent = Uuid::now_v7();
    installation.ledger.begin(absent, Utc::now() - TimeDelta::hours(1)).await.unwrap();
    let mut conn = installation.database.connect().await;
    jobs::enqueue(&mut conn, &FinishErasures {}, &EnqueueOptions::default()).await.unwrap();
    eventually("the erasure is finished", || is_finished(&installation, ada.user_id)).await;
    assert!(is_gone(&installation, ada.user_id).await);
    eventually("who is not in the log is finished, too", || is_finished(&installation, absent)).await;
    assert!(!is_gone(&installation, eve.user_id).await && !is_finished(&installation, eve.user_id).await);
}
