//! Erasing a person: whole, repeatable at every point at which it can be cut off, and proof against restores.

use std::path::PathBuf;

use bootstrap::{Shutdown, Tasks};
use chrono::{DateTime, TimeDelta, Utc};
use diesel_async::SimpleAsyncConnection;
use domain::{
    Aggregate,
    users::{
        Locale, User, UserEvent,
        events::{ProfileChanged, Registered},
    },
};
use event_store::{
    Append, ClaimChange, Erasure, ErasureLedger, EventStore, Expected, Head, Metadata, NewEvent, StreamId, SubjectKeys,
    erasure::{EMAIL_SCOPE, ErasureError, Replayed},
    log,
    subject_keys::SubjectKeyError,
};
use test_support::TestDatabase;
use uuid::Uuid;

struct Scene {
    database: TestDatabase,
    erasure: Erasure,
    _tasks: Tasks,
}

impl Drop for Scene {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(self.erasure.ledger.directory()));
    }
}

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
}

fn directory() -> PathBuf {
    std::env::temp_dir().join(format!("tidemark-erasures-{}", Uuid::now_v7()))
}

impl Scene {
    async fn new() -> Self {
        let (database, tasks) = (TestDatabase::create().await, Tasks::new(Shutdown::new()));
        let pool = database.pool(4);
        let events = EventStore::open(database.url(), pool.clone(), Head::new(), &tasks, Default::default());
        let (keys, ledger) = (SubjectKeys::new(pool, &[9; 32]), ErasureLedger::new(&directory()));
        Self { database, erasure: Erasure { events, keys, ledger }, _tasks: tasks }
    }

    async fn register(&self) -> Uuid {
        let id = Uuid::now_v7();
        let key = self.erasure.keys.create(id).await.unwrap();
        let registered = UserEvent::Registered(Registered {
            email: key.seal("user.email", "ada@example.com"),
            password_hash: key.seal("user.password_hash", "hash"),
            display_name: None,
            locale: Locale::En,
            at: at(0),
        });
        self.append(id, &registered, vec![take(id, 1), take(id, 2)]).await;
        id
    }

    async fn append(&self, id: Uuid, event: &UserEvent, claims: Vec<ClaimChange>) {
        let events = vec![NewEvent::from_domain(event).unwrap()];
        let append = Append::to_stream(Uuid::now_v7(), stream(id), Expected::Any, events);
        self.erasure.events.append(Append { claims, ..append }).await.unwrap();
    }

    async fn erase(&self, id: Uuid) -> Result<Option<i64>, ErasureError> {
        self.erasure.erase(id, at(1), Metadata::default()).await
    }

    async fn replay(&self, id: Uuid) -> Replayed {
        self.erasure.replay(id, at(9), Metadata::default()).await.unwrap()
    }

    async fn run(&self, statements: &str) {
        self.database.connect().await.batch_execute(statements).await.unwrap();
    }

    /// Log, claims and keys say that the person is gone.
    async fn assert_erased(&self, id: Uuid) {
        let loaded = self.erasure.events.load::<User>(&stream(id)).await.unwrap();
        assert_eq!(loaded.state, User::Erased);
        let mut conn = self.database.connect().await;
        let events = log::stream(&mut conn, stream(id).as_str(), 0, 100).await.unwrap();
        assert_eq!(events.iter().filter(|event| event.event_type == "user.erased").count(), 1);
        for hash in [1, 2] {
            assert_eq!(self.erasure.events.claimed_by_any(EMAIL_SCOPE, &[vec![hash; 32]]).await.unwrap(), None);
        }
        assert!(matches!(self.erasure.keys.create(id).await, Err(SubjectKeyError::Erased)));
        let entries = self.erasure.ledger.entries().await.unwrap();
        assert!(entries.iter().any(|entry| entry.subject == id));
    }
}

fn stream(id: Uuid) -> StreamId {
    StreamId::new(User::CATEGORY, id)
}

fn take(id: Uuid, hash: u8) -> ClaimChange {
    ClaimChange::Take { scope: EMAIL_SCOPE, key_hash: vec![hash; 32], stream: stream(id) }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_left_and_a_repeat_changes_nothing() {
    let scene = Scene::new().await;
    let (ada, bob) = (scene.register().await, Uuid::now_v7());
    assert_eq!(scene.erase(ada).await.unwrap(), Some(2));
    scene.assert_erased(ada).await;
    assert_eq!(scene.erase(ada).await.unwrap(), None);
    scene.assert_erased(ada).await;
    // The address is free again.
    let key = scene.erasure.keys.create(bob).await.unwrap();
    let profile =
        ProfileChanged { display_name: Some(key.seal("user.display_name", "Bob")), locale: Locale::En, at: at(2) };
    scene.append(bob, &UserEvent::ProfileChanged(profile), vec![take(bob, 1)]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_never_was_is_not_entered_in_the_ledger() {
    let scene = Scene::new().await;
    assert!(matches!(scene.erase(Uuid::now_v7()).await, Err(ErasureError::UnknownUser)));
    assert_eq!(scene.erasure.ledger.entries().await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_ledger_nobody_is_erased() {
    let mut scene = Scene::new().await;
    let ada = scene.register().await;
    let ledger = std::mem::replace(&mut scene.erasure.ledger, ErasureLedger::new("/dev/null/x".as_ref()));
    assert!(matches!(scene.erase(ada).await, Err(ErasureError::Ledger(_))));
    assert!(matches!(scene.erasure.events.load::<User>(&stream(ada)).await.unwrap().state, User::Active(_)));
    assert!(scene.erasure.keys.get(ada).await.is_ok());
    scene.erasure.ledger = ledger;
}

#[tokio::test(flavor = "multi_thread")]
async fn wherever_it_is_cut_off_the_next_one_goes_on() {
    let scene = Scene::new().await;
    // After the ledger.
    let ada = scene.register().await;
    scene.erasure.ledger.begin(ada, at(1)).await.unwrap();
    assert!(scene.erase(ada).await.unwrap().is_some());
    scene.assert_erased(ada).await;
    // After the event: the key is there, and so is a claim of an append that raced with it.
    let ada = scene.register().await;
    scene.erase(ada).await.unwrap();
    scene
        .run(&format!(
            "DELETE FROM subject_keys; INSERT INTO claims VALUES ('{EMAIL_SCOPE}', '\\x{}', '{}')",
            "01".repeat(32),
            stream(ada)
        ))
        .await;
    assert_eq!(scene.erase(ada).await.unwrap(), None);
    scene.assert_erased(ada).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_erase_the_same_person_do_it_once() {
    let scene = Scene::new().await;
    let ada = scene.register().await;
    let tasks = Tasks::new(Shutdown::new());
    let events =
        EventStore::open(scene.database.url(), scene.database.pool(3), Head::new(), &tasks, Default::default());
    let other = Erasure { events, ..scene.erasure.clone() };
    let (one, another) = tokio::join!(scene.erase(ada), other.erase(ada, at(1), Metadata::default()));
    assert_eq!([one.unwrap(), another.unwrap()].iter().flatten().count(), 1);
    scene.assert_erased(ada).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_log_or_keys_database_brings_nobody_back() {
    let scene = Scene::new().await;
    let (ada, bob) = (scene.register().await, Uuid::now_v7());
    // A copy of both databases from before the erasure.
    scene.run("CREATE TABLE copy_keys AS TABLE subject_keys; CREATE TABLE copy_claims AS TABLE claims").await;
    scene.erase(ada).await.unwrap();
    let restored_keys = "DELETE FROM subject_keys; INSERT INTO subject_keys TABLE copy_keys;";
    scene.run(restored_keys).await;
    assert_eq!(scene.replay(ada).await, Replayed::WasErased);
    scene.assert_erased(ada).await;

    // A restore begins another process, which remembers nothing.
    scene
        .run(&format!(
            "{restored_keys} INSERT INTO claims TABLE copy_claims; \
             DELETE FROM commands WHERE first_event = (SELECT event_id FROM events WHERE position = 2); \
             ALTER TABLE events DISABLE TRIGGER events_are_append_only; DELETE FROM events WHERE position = 2; UPDATE log_head SET position = 1"
        ))
        .await;
    let tasks = Tasks::new(Shutdown::new());
    let events =
        EventStore::open(scene.database.url(), scene.database.pool(3), Head::new(), &tasks, Default::default());
    let keys = SubjectKeys::new(scene.database.pool(2), &[9; 32]);
    assert!(keys.get(ada).await.is_ok(), "the copy has brought the key back");
    let restored = Erasure { events, keys, ledger: scene.erasure.ledger.clone() };
    assert_eq!(restored.replay(ada, at(9), Metadata::default()).await.unwrap(), Replayed::ErasedAgain);
    scene.assert_erased(ada).await;
    assert_eq!(restored.replay(ada, at(9), Metadata::default()).await.unwrap(), Replayed::WasErased);
    assert_eq!(restored.replay(bob, at(9), Metadata::default()).await.unwrap(), Replayed::NotInTheLog);
    assert!(matches!(restored.keys.create(bob).await, Err(SubjectKeyError::Erased)));
}
