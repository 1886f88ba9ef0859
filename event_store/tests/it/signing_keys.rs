//! Keys of access tokens: announced, replaced, revoked, and never without one that signs.

use std::time::Duration;

use bootstrap::config::SecretKey;
use chrono::{DateTime, TimeDelta, Utc};
use diesel_async::SimpleAsyncConnection;
use event_store::signing_keys::{NewSigningKey, SigningKeyError, SigningKeys};
use test_support::TestDatabase;

const LIFETIME: Duration = Duration::from_secs(900);
const MASTER: [u8; 32] = [9; 32];

fn key(name: &str) -> NewSigningKey {
    NewSigningKey { kid: name.to_owned(), seed: SecretKey::generate() }
}

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(20_000) + TimeDelta::seconds(seconds)
}

/// Which keys can be used at a time: when they sign, and when they end.
async fn usable(keys: &SigningKeys, now: i64) -> Vec<(String, i64, Option<i64>)> {
    let usable = keys.usable(at(now)).await.unwrap();
    let seconds = |time: DateTime<Utc>| (time - at(0)).num_seconds();
    usable.into_iter().map(|key| (key.kid, seconds(key.signs_from), key.verifies_until.map(seconds))).collect()
}

fn shown(expected: &[(&str, i64, Option<i64>)]) -> Vec<(String, i64, Option<i64>)> {
    expected.iter().map(|(kid, from, until)| ((*kid).to_owned(), *from, *until)).collect()
}

async fn with_first() -> (TestDatabase, SigningKeys) {
    let database = TestDatabase::create().await;
    let keys = SigningKeys::new(database.pool(3), &MASTER);
    keys.ensure_first(&key("first"), at(0)).await.unwrap();
    (database, keys)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_key_is_made_once_however_many_processes_start() {
    let database = TestDatabase::create().await;
    let keys = SigningKeys::new(database.pool(8), &MASTER);
    let made: Vec<_> = (0..8).map(|number| key(&format!("key {number}"))).collect();
    for outcome in futures::future::join_all(made.iter().map(|key| keys.ensure_first(key, at(0)))).await {
        outcome.unwrap();
    }
    let usable = keys.usable(at(0)).await.unwrap();
    assert_eq!(usable.len(), 1, "{usable:?}");
    let first = made.iter().find(|key| key.kid == usable[0].kid).unwrap();
    assert_eq!(usable[0].seed.expose(), first.seed.expose());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_successor_is_announced_and_its_predecessor_outlives_its_last_token() {
    let (_database, keys) = with_first().await;
    assert_eq!(keys.rotate(&key("second"), at(100), LIFETIME).await.unwrap(), at(160));
    let both = shown(&[("second", 160, None), ("first", 0, Some(160 + 900 + 60))]);
    assert_eq!(usable(&keys, 100).await, both);
    assert_eq!(usable(&keys, 1119).await, both);
    assert_eq!(usable(&keys, 1120).await, shown(&[("second", 160, None)]));

    keys.rotate(&key("third"), at(2000), LIFETIME).await.unwrap();
    assert_eq!(usable(&keys, 2000).await, shown(&[("third", 2060, None), ("second", 160, Some(3020))]));
    let known: Vec<_> = keys.list().await.unwrap().into_iter().map(|record| record.kid).collect();
    assert_eq!(known, ["third", "second", "first"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_has_ended_loses_its_seed_at_the_next_rotation() {
    let (database, keys) = with_first().await;
    keys.rotate(&key("second"), at(0), LIFETIME).await.unwrap();
    keys.rotate(&key("third"), at(5000), LIFETIME).await.unwrap();
    let mut conn = database.connect().await;
    conn.batch_execute(
        "DO $$ BEGIN ASSERT (SELECT wrapped_seed IS NULL FROM signing_keys WHERE kid = 'first'); END $$",
    )
    .await
    .unwrap();
    assert_eq!(usable(&keys, 0).await.len(), 2, "an ended key is not used, whatever the clock says");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_only_key_is_replaced_when_it_is_revoked() {
    let (_database, keys) = with_first().await;
    assert!(keys.revoke("first", &key("second"), at(100)).await.unwrap());
    assert_eq!(usable(&keys, 100).await, shown(&[("second", 100, None)]));
    assert!(matches!(keys.revoke("first", &key("x"), at(100)).await, Err(SigningKeyError::Revoked(_))));
    assert!(matches!(keys.revoke("nobody", &key("x"), at(100)).await, Err(SigningKeyError::Unknown(_))));
    keys.ensure_first(&key("first"), at(200)).await.unwrap();
    assert_eq!(usable(&keys, 200).await.len(), 1, "what was revoked is not made again");
}

#[tokio::test(flavor = "multi_thread")]
async fn whichever_key_is_revoked_during_a_rotation_one_signs_and_one_lasts() {
    // The one that signs: the announced one signs at once.
    let (_database, keys) = with_first().await;
    keys.rotate(&key("second"), at(100), LIFETIME).await.unwrap();
    assert!(!keys.revoke("first", &key("third"), at(110)).await.unwrap());
    assert_eq!(usable(&keys, 110).await, shown(&[("second", 110, None)]));
    // The announced one: its predecessor ends as was said, so there has to be another.
    let (_database, keys) = with_first().await;
    keys.rotate(&key("second"), at(100), LIFETIME).await.unwrap();
    assert!(keys.revoke("second", &key("third"), at(110)).await.unwrap());
    assert_eq!(usable(&keys, 110).await, shown(&[("third", 110, None), ("first", 0, Some(1120))]));
    // One that is replaced already: nothing else changes.
    let (_database, keys) = with_first().await;
    keys.rotate(&key("second"), at(100), LIFETIME).await.unwrap();
    assert!(!keys.revoke("first", &key("third"), at(500)).await.unwrap());
    assert_eq!(usable(&keys, 500).await, shown(&[("second", 160, None)]));
}

#[tokio::test(flavor = "multi_thread")]
async fn rotations_at_the_same_time_leave_one_key_that_lasts() {
    let database = TestDatabase::create().await;
    let keys = SigningKeys::new(database.pool(6), &MASTER);
    keys.ensure_first(&key("first"), at(0)).await.unwrap();
    let made: Vec<_> = (0..6).map(|number| key(&format!("key {number}"))).collect();
    for outcome in futures::future::join_all(made.iter().map(|key| keys.rotate(key, at(10), LIFETIME))).await {
        outcome.unwrap();
    }
    let usable = usable(&keys, 10).await;
    assert_eq!(usable.len(), 7);
    assert_eq!(usable.iter().filter(|(_, _, until)| until.is_none()).count(), 1, "{usable:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_master_key_opens_nothing_and_adds_nothing() {
    let (database, keys) = with_first().await;
    let foreign = SigningKeys::new(database.pool(2), &[8; 32]);
    assert!(matches!(foreign.usable(at(0)).await, Err(SigningKeyError::DoesNotOpen(_))));
    assert!(matches!(foreign.rotate(&key("second"), at(0), LIFETIME).await, Err(SigningKeyError::DoesNotOpen(_))));
    assert_eq!(usable(&keys, 0).await, shown(&[("first", 0, None)]));
    // A seed that is moved to another key's row does not open either.
    let mut conn = database.connect().await;
    conn.batch_execute("UPDATE signing_keys SET kid = 'moved'").await.unwrap();
    assert!(matches!(keys.usable(at(0)).await, Err(SigningKeyError::DoesNotOpen(_))));
}
