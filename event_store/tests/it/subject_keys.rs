//! Keys of persons: read together, destroyed for good, and forgotten by every process at once.

use std::time::{Duration, Instant};

use bootstrap::{Shutdown, Tasks};
use diesel_async::SimpleAsyncConnection;
use event_store::{SubjectKeys, subject_keys::SubjectKeyError};
use test_support::TestDatabase;
use uuid::Uuid;

const MASTER: [u8; 32] = [9; 32];

fn keys(database: &TestDatabase) -> SubjectKeys {
    SubjectKeys::new(database.pool(3), &MASTER)
}

#[tokio::test(flavor = "multi_thread")]
async fn several_keys_are_read_at_once_without_those_of_the_erased() {
    let database = TestDatabase::create().await;
    let (making, people) = (keys(&database), [1, 2, 3].map(|_| Uuid::now_v7()));
    for person in people {
        making.create(person).await.unwrap();
    }
    let reading = keys(&database);
    // One of them is remembered.
    let sealed = reading.get(people[0]).await.unwrap().seal("user.email", "ada");
    making.destroy(people[2]).await.unwrap();
    let found = reading.get_many(&people).await.unwrap();
    assert_eq!((found.len(), found.contains_key(&people[2])), (2, false));
    assert_eq!(found[&people[0]].open("user.email", &sealed).unwrap(), "ada");
    assert!(reading.get_many(&[]).await.unwrap().is_empty());
    let unknown = reading.get_many(&[people[0], Uuid::now_v7()]).await;
    assert!(matches!(unknown, Err(SubjectKeyError::Unknown)), "somebody without a key is an error, not left out");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_destroyed_key_is_gone_for_good_and_nobody_makes_another() {
    let (database, ada) = (TestDatabase::create().await, Uuid::now_v7());
    let keys = keys(&database);
    let sealed = keys.create(ada).await.unwrap().seal("user.email", "ada");
    keys.destroy(ada).await.unwrap();
    keys.destroy(ada).await.unwrap();
    assert!(matches!(keys.open(ada, "user.email", &sealed).await, Err(SubjectKeyError::Erased)));
    assert!(matches!(keys.create(ada).await, Err(SubjectKeyError::Erased)));
    // Also for somebody whose key this copy of the database never had.
    let stranger = Uuid::now_v7();
    keys.destroy(stranger).await.unwrap();
    assert!(matches!(keys.create(stranger).await, Err(SubjectKeyError::Erased)));
}

#[tokio::test(flavor = "multi_thread")]
async fn other_processes_forget_a_destroyed_key_as_soon_as_they_hear_of_it() {
    let (database, ada) = (TestDatabase::create().await, Uuid::now_v7());
    let (here, there) = (keys(&database), keys(&database));
    let tasks = Tasks::new(Shutdown::new());
    there.follow(database.url(), &tasks);
    here.create(ada).await.unwrap();
    // Listening begins with forgetting everything.
    wait_until_listening(&database).await;
    there.get(ada).await.unwrap();
    here.destroy(ada).await.unwrap();
    let told = Instant::now();
    while there.get(ada).await.is_ok() {
        assert!(told.elapsed() < Duration::from_secs(10), "still remembered");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(matches!(there.get(ada).await, Err(SubjectKeyError::Erased)));
    tasks.shutdown().request();
    assert!(tasks.join(Duration::from_secs(5)).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_missed_while_the_connection_was_lost_is_forgotten_when_it_is_back() {
    let (database, ada) = (TestDatabase::create().await, Uuid::now_v7());
    let (here, there) = (keys(&database), keys(&database));
    let tasks = Tasks::new(Shutdown::new());
    there.follow(database.url(), &tasks);
    here.create(ada).await.unwrap();
    wait_until_listening(&database).await;
    there.get(ada).await.unwrap();
    let mut conn = database.connect().await;
    // Ended and notified in one transaction: the notification finds nobody who listens.
    conn.batch_execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
         WHERE datname = current_database() AND query IN ('SELECT 1', 'LISTEN tidemark_subject_keys')",
    )
    .await
    .unwrap();
    here.destroy(ada).await.unwrap();
    let told = Instant::now();
    while there.get(ada).await.is_ok() {
        assert!(told.elapsed() < Duration::from_secs(10), "still remembered");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    tasks.shutdown().request();
    assert!(tasks.join(Duration::from_secs(5)).await);
}

async fn wait_until_listening(database: &TestDatabase) {
    let mut conn = database.connect().await;
    let listening = "DO $$ BEGIN ASSERT EXISTS (SELECT FROM pg_stat_activity \
                     WHERE datname = current_database() AND query = 'SELECT 1'); END $$";
    let waiting = async {
        while conn.batch_execute(listening).await.is_err() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), waiting).await.unwrap();
}
