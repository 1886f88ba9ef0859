//! Slowing down guesses: every attempt to prove who one is counts before it is looked at, whatever comes of it.
//!
//! An attempt is one statement of its own, committed before the password or the code is evaluated: of many that come at
//! once no more are let through than of as many in a row, and no failure later on takes the count back. Nobody is locked
//! out for good, and a stranger's attempts do not hold up the owner on a device that the account knows.

use std::time::Duration;

use bootstrap::{config::SecretKey, db};
use diesel::{
    OptionalExtension, QueryableByName, sql_query,
    sql_types::{Binary, Double, Integer},
};
use diesel_async::RunQueryDsl;
use domain::users::UserId;
use event_store::KeyedHash;
use uuid::Uuid;

use crate::{
    error::{ApiError, ApiResult},
    metrics,
};

/// Attempts before the first delay, which is one second and doubles with each further attempt.
pub const FREE_ATTEMPTS: i32 = 5;
/// The longest delay, in seconds.
pub const LONGEST_DELAY: i32 = 15 * 60;
/// Attempts are forgotten after so many seconds without one.
pub const FORGOTTEN_AFTER: i32 = 24 * 60 * 60;

/// The clock is read when the row is locked, not when the statement began: it may have waited for the attempts before.
const RESERVE: &str = "
INSERT INTO sign_in_attempts AS attempts (subject, failures, allowed_at, updated_at)
VALUES ($1, 1, clock_timestamp(), clock_timestamp())
ON CONFLICT (subject) DO UPDATE SET
    failures = CASE WHEN attempts.updated_at < clock_timestamp() - make_interval(secs => $4) THEN 1
                    ELSE least(attempts.failures, 1000000) + 1 END,
    allowed_at = clock_timestamp() + CASE
        WHEN attempts.updated_at < clock_timestamp() - make_interval(secs => $4) THEN interval '0'
        WHEN attempts.failures + 1 < $2 THEN interval '0'
        ELSE make_interval(secs => least($3, 2 ^ least(attempts.failures + 1 - $2, 30))) END,
    updated_at = clock_timestamp()
WHERE attempts.allowed_at <= clock_timestamp()
   OR attempts.updated_at < clock_timestamp() - make_interval(secs => $4)
RETURNING failures";

const WAIT: &str = "
SELECT extract(epoch FROM allowed_at - clock_timestamp())::double precision AS seconds
FROM sign_in_attempts WHERE subject = $1";

/// Whose attempts are counted together. A keyed hash: no row tells whom it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subject([u8; 32]);

/// Counts attempts. Clones share the pool.
#[derive(Clone)]
pub struct Throttle {
    pool: db::Pool,
    subjects: KeyedHash,
}

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = Integer)]
    #[expect(dead_code, reason = "that there is a row is the answer")]
    failures: i32,
}

#[derive(QueryableByName)]
struct Wait {
    #[diesel(sql_type = Double)]
    seconds: f64,
}

impl Throttle {
    pub fn new(pool: db::Pool, secret: &SecretKey) -> Self {
        Self { pool, subjects: KeyedHash::derive(secret.expose(), "sign-in attempts") }
    }

    /// Everybody who names an account by its address, which need not exist; `address` is in canonical form.
    pub fn account(&self, address: &str) -> Subject {
        Subject(self.subjects.hash(&[b"account", address.as_bytes()]))
    }

    /// The same, on a device that has signed in to the account before.
    pub fn device(&self, address: &str, device: Uuid) -> Subject {
        Subject(self.subjects.hash(&[b"device", address.as_bytes(), device.as_bytes()]))
    }

    /// A user who has signed in and proves again who they are.
    pub fn user(&self, user: UserId) -> Subject {
        Subject(self.subjects.hash(&[b"user", user.as_uuid().as_bytes()]))
    }

    /// Counts an attempt as failed, which lets the caller evaluate it; or refuses it, with the time to wait
    /// ([`ApiError::TooManyAttempts`]).
    pub async fn reserve(&self, subject: Subject) -> ApiResult<()> {
        let mut conn = self.pool.get().await?;
        let counted: Option<Counted> = sql_query(RESERVE)
            .bind::<Binary, _>(subject.0.as_slice())
            .bind::<Integer, _>(FREE_ATTEMPTS)
            .bind::<Integer, _>(LONGEST_DELAY)
            .bind::<Integer, _>(FORGOTTEN_AFTER)
            .get_result(&mut conn)
            .await
            .optional()?;
        if counted.is_some() {
            return Ok(());
        }
        let wait: Option<Wait> =
            sql_query(WAIT).bind::<Binary, _>(subject.0.as_slice()).get_result(&mut conn).await.optional()?;
        ::metrics::counter!(metrics::ATTEMPTS_REFUSED).increment(1);
        let seconds = wait.map_or(1.0, |wait| wait.seconds).max(1.0);
        let retry_after = Duration::try_from_secs_f64(seconds).unwrap_or(Duration::from_secs(1));
        Err(ApiError::TooManyAttempts { retry_after })
    }

    /// Forgets the attempts of a subject: one of them was right.
    pub async fn succeeded(&self, subject: Subject) -> ApiResult<()> {
        let mut conn = self.pool.get().await?;
        sql_query("DELETE FROM sign_in_attempts WHERE subject = $1")
            .bind::<Binary, _>(subject.0.as_slice())
            .execute(&mut conn)
            .await?;
        Ok(())
    }
}
