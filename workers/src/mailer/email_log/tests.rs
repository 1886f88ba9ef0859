//! How many mails are let through, against a real database.

use std::time::Duration;

use diesel::sql_query;
use diesel_async::RunQueryDsl;
use test_support::TestDatabase;
use tokio::task::JoinSet;
use uuid::Uuid;

use super::*;

const TTL: Duration = Duration::from_secs(60);
const MINUTE: Duration = Duration::from_secs(60);
const ONE_A_MINUTE: [Limit; 1] = [Limit { mails: 1, within: MINUTE }];

fn mail(subject: Uuid) -> MailKey {
    MailKey { kind: "verification", subject, cause: Uuid::now_v7() }
}

/// A mail that was sent so many seconds ago.
async fn sent(conn: &mut Connection, subject: Uuid, seconds_ago: i32) -> MailKey {
    let key = mail(subject);
    let statement = format!(
        "INSERT INTO email_log (kind, subject, cause, state, claimed_until, finished_at) \
         VALUES ('verification', '{subject}', '{}', 'sent', now(), now() - interval '{seconds_ago} seconds')",
        key.cause
    );
    sql_query(statement).execute(conn).await.unwrap();
    key
}

#[tokio::test]
async fn of_many_mails_at_once_only_so_many_are_claimed_as_the_limit_says() {
    let database = TestDatabase::create().await;
    let subject = Uuid::now_v7();
    let mut connections = Vec::new();
    for _ in 0..8 {
        connections.push(database.connect().await);
    }
    let mut claims = JoinSet::new();
    for mut conn in connections {
        let limit = [Limit { mails: 3, within: MINUTE }];
        claims.spawn(async move { claim(&mut conn, mail(subject), &limit, TTL).await.unwrap() });
    }
    let claims = claims.join_all().await;
    assert_eq!(claims.iter().filter(|claim| matches!(claim, Claim::Granted(_))).count(), 3);
    for claim in claims {
        assert!(matches!(claim, Claim::Granted(_) | Claim::Busy(MINUTE)), "{claim:?}");
    }
}

#[tokio::test]
async fn a_mail_waits_until_the_oldest_that_counts_is_old_enough() {
    let database = TestDatabase::create().await;
    let mut conn = database.connect().await;
    let (minute, hour) = (ONE_A_MINUTE[0], Limit { mails: 2, within: Duration::from_secs(3600) });
    let subject = Uuid::now_v7();
    sent(&mut conn, subject, 40).await;
    let wait = claim(&mut conn, mail(subject), &[minute, hour], TTL).await.unwrap();
    assert!(matches!(wait, Claim::Busy(wait) if (15..=20).contains(&wait.as_secs())), "{wait:?}");

    sent(&mut conn, subject, 3000).await;
    let wait = claim(&mut conn, mail(subject), &[minute, hour], TTL).await.unwrap();
    assert!(matches!(wait, Claim::Busy(wait) if (590..=600).contains(&wait.as_secs())), "{wait:?}");
}

#[tokio::test]
async fn what_is_long_ago_or_went_to_somebody_else_does_not_count() {
    let database = TestDatabase::create().await;
    let mut conn = database.connect().await;
    let (subject, other) = (Uuid::now_v7(), Uuid::now_v7());
    sent(&mut conn, subject, 61).await;
    sent(&mut conn, other, 1).await;
    let failed = mail(subject);
    let Claim::Granted(attempt) = claim(&mut conn, failed, &ONE_A_MINUTE, TTL).await.unwrap() else {
        panic!("nothing is in its way")
    };
    // The server did not take it, so it keeps nothing else back.
    release(&mut conn, failed, &attempt).await.unwrap();
    assert!(matches!(claim(&mut conn, mail(subject), &ONE_A_MINUTE, TTL).await.unwrap(), Claim::Granted(_)));
}

#[tokio::test]
async fn a_mail_is_not_in_its_own_way() {
    let database = TestDatabase::create().await;
    let mut conn = database.connect().await;
    let key = sent(&mut conn, Uuid::now_v7(), 1).await;
    assert_eq!(claim(&mut conn, key, &ONE_A_MINUTE, TTL).await.unwrap(), Claim::AlreadySent);
}
