//! One master key replaces another: everything stays readable, at every step and wherever it is cut off.

use bootstrap::config::SecretKey;
use chrono::Utc;
use diesel_async::SimpleAsyncConnection;
use event_store::{
    MasterKeys, SigningKeys, SubjectKeys, signing_keys::NewSigningKey, signing_keys::SigningKeyError,
    subject_keys::SubjectKeyError,
};
use test_support::TestDatabase;
use uuid::Uuid;

const OLD: [u8; 32] = [1; 32];
const NEW: [u8; 32] = [2; 32];

fn subject_keys(database: &TestDatabase, master: impl Into<MasterKeys>) -> SubjectKeys {
    SubjectKeys::new(database.pool(3), master)
}

async fn assert_count(database: &TestDatabase, what: &str, count: usize) {
    let assertion = format!("DO $$ BEGIN ASSERT (SELECT count(*) FROM {what}) = {count}; END $$");
    database.connect().await.batch_execute(&assertion).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_of_persons_are_wrapped_anew_and_stay_the_same() {
    let database = TestDatabase::create().await;
    let (before, people) = (subject_keys(&database, &OLD), (0..1100).map(|_| Uuid::now_v7()).collect::<Vec<_>>());
    for person in &people {
        before.create(*person).await.unwrap();
    }
    let (ada, bob) = (people[0], people[1]);
    let sealed = before.get(ada).await.unwrap().seal("user.email", "ada");
    before.destroy(bob).await.unwrap();

    let both = subject_keys(&database, MasterKeys::new(&NEW, Some(&OLD)));
    assert_eq!(both.open(ada, "user.email", &sealed).await.unwrap(), "ada");
    // Made while the two are in use: under the new one already.
    let carol = Uuid::now_v7();
    both.create(carol).await.unwrap();
    assert_eq!(both.rewrap_all().await.unwrap(), 1099);
    assert_eq!(both.rewrap_all().await.unwrap(), 0, "nothing is left to do");

    let after = subject_keys(&database, &NEW);
    assert_eq!(after.open(ada, "user.email", &sealed).await.unwrap(), "ada");
    assert_eq!(after.get_many(&people).await.unwrap().len(), 1099);
    assert!(after.get(carol).await.is_ok());
    assert!(matches!(after.get(bob).await, Err(SubjectKeyError::Erased)), "a tombstone stays one");
    assert!(matches!(subject_keys(&database, &OLD).get(ada).await, Err(SubjectKeyError::DoesNotOpen)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_is_part_of_what_is_authenticated() {
    let database = TestDatabase::create().await;
    let keys = subject_keys(&database, &OLD);
    keys.create(Uuid::now_v7()).await.unwrap();
    database.connect().await.batch_execute("UPDATE subject_keys SET master_version = 1").await.unwrap();
    assert!(matches!(keys.rewrap_all().await, Err(SubjectKeyError::DoesNotOpen)));
    assert_count(&database, "subject_keys WHERE master_version = 1", 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rewrap_that_was_cut_off_goes_on() {
    let database = TestDatabase::create().await;
    let old = subject_keys(&database, &OLD);
    for _ in 0..3 {
        old.create(Uuid::now_v7()).await.unwrap();
    }
    let new = subject_keys(&database, MasterKeys::new(&NEW, Some(&OLD)));
    assert_eq!(new.rewrap_all().await.unwrap(), 3);
    old.create(Uuid::now_v7()).await.unwrap();
    assert_eq!(new.rewrap_all().await.unwrap(), 1, "what a process of the old configuration made meanwhile");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_former_key_nothing_is_touched() {
    let database = TestDatabase::create().await;
    let (old, ada) = (subject_keys(&database, &OLD), Uuid::now_v7());
    let sealed = old.create(ada).await.unwrap().seal("user.email", "ada");
    assert!(matches!(subject_keys(&database, &NEW).rewrap_all().await, Err(SubjectKeyError::DoesNotOpen)));
    assert_eq!(subject_keys(&database, &OLD).open(ada, "user.email", &sealed).await.unwrap(), "ada");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_destroyed_during_a_rewrap_stays_destroyed() {
    let database = TestDatabase::create().await;
    let old = subject_keys(&database, &OLD);
    let people: Vec<_> = (0..1500).map(|_| Uuid::now_v7()).collect();
    for person in &people {
        old.create(*person).await.unwrap();
    }
    let new = subject_keys(&database, MasterKeys::new(&NEW, Some(&OLD)));
    let destroying = async {
        for person in people.iter().step_by(100) {
            old.destroy(*person).await.unwrap();
        }
    };
    let (rewrapped, ()) = tokio::join!(new.rewrap_all(), destroying);
    rewrapped.unwrap();
    assert_count(&database, "subject_keys WHERE wrapped_key IS NULL", 15).await;
    assert_eq!(subject_keys(&database, &NEW).get_many(&people).await.unwrap().len(), 1485);
}

#[tokio::test(flavor = "multi_thread")]
async fn seeds_of_signing_keys_are_wrapped_anew() {
    let (database, now) = (TestDatabase::create().await, Utc::now());
    let signing = |master: MasterKeys| SigningKeys::new(database.pool(2), master);
    let key = NewSigningKey { kid: "first".to_owned(), seed: SecretKey::generate() };
    signing((&OLD).into()).ensure_first(&key, now).await.unwrap();
    let both = signing(MasterKeys::new(&NEW, Some(&OLD)));
    assert_eq!(both.usable(now).await.unwrap()[0].seed.expose(), key.seed.expose());
    assert_eq!(both.rewrap_all().await.unwrap(), 1);
    assert_eq!(both.rewrap_all().await.unwrap(), 0);
    assert_eq!(signing((&NEW).into()).usable(now).await.unwrap()[0].seed.expose(), key.seed.expose());
    assert!(matches!(signing((&OLD).into()).usable(now).await, Err(SigningKeyError::DoesNotOpen(_))));
}
