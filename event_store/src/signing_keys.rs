//! The keys that sign access tokens: kept in the keys' database, wrapped by the installation's master key, announced
//! before they sign, and good for verifying until the last token under them has ended.

mod rewrap;

use std::time::Duration;

use bootstrap::{config::SecretKey, db};
use chrono::{DateTime, Utc};
use diesel::{BoolExpressionMethods, ExpressionMethods, OptionalExtension, QueryDsl, QueryResult, Queryable};
use diesel_async::{AsyncConnection, RunQueryDsl, SimpleAsyncConnection};

use crate::{MasterKeys, schema::signing_keys};

/// A new key signs only after this, so that every process has read it before the first token under it comes.
pub const ANNOUNCED: Duration = Duration::from_secs(60);
/// For clocks that differ: a replaced key verifies so much longer than its last token lasts.
const MARGIN: Duration = Duration::from_secs(60);
/// Changes wait for each other; reading goes on.
const LOCK: &str = "LOCK TABLE signing_keys IN SHARE ROW EXCLUSIVE MODE";

#[derive(Debug, thiserror::Error)]
pub enum SigningKeyError {
    #[error("there is no key {0}")]
    Unknown(String),
    #[error("the key {0} was revoked before")]
    Revoked(String),
    #[error("the key {0} does not open: it was wrapped under another secrets.master_key")]
    DoesNotOpen(String),
    #[error("no connection to the keys' database: {0}")]
    Pool(#[from] db::PoolError),
    #[error("the keys' database failed: {0}")]
    Query(#[from] diesel::result::Error),
}

/// A key that has just been made. `kid` names it in tokens and follows from the public key.
#[derive(Clone, Debug)]
pub struct NewSigningKey {
    pub kid: String,
    pub seed: SecretKey,
}

/// A key that can be used, now or soon.
#[derive(Clone, Debug)]
pub struct SigningKey {
    pub kid: String,
    pub seed: SecretKey,
    pub signs_from: DateTime<Utc>,
    /// `None` until there is a successor.
    pub verifies_until: Option<DateTime<Utc>>,
}

/// What is known of a key for good.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct SigningKeyRecord {
    pub kid: String,
    pub created_at: DateTime<Utc>,
    pub signs_from: DateTime<Utc>,
    pub verifies_until: Option<DateTime<Utc>>,
    pub revoked_at: Option<DateTime<Utc>>,
}

/// The signing keys of the installation. Times are given by the caller.
#[derive(Clone)]
pub struct SigningKeys {
    pool: db::Pool,
    master: MasterKeys,
}

impl SigningKeys {
    /// `pool` leads to the keys' database; `master` wraps the seeds in it.
    pub fn new(pool: db::Pool, master: impl Into<MasterKeys>) -> Self {
        Self { pool, master: master.into() }
    }

    /// Makes this the installation's first key, which signs at once; does nothing where there are, or were, keys.
    pub async fn ensure_first(&self, key: &NewSigningKey, now: DateTime<Utc>) -> Result<(), SigningKeyError> {
        let mut conn = self.pool.get().await?;
        if any(&mut conn).await? {
            return Ok(());
        }
        conn.transaction(async |conn| {
            conn.batch_execute(LOCK).await?;
            if !any(conn).await? {
                self.insert(conn, key, now, now).await?;
            }
            Ok(())
        })
        .await
    }

    /// The keys that verify at this time, those included that do not sign yet; newest first.
    pub async fn usable(&self, now: DateTime<Utc>) -> Result<Vec<SigningKey>, SigningKeyError> {
        self.usable_on(&mut *self.pool.get().await?, now).await
    }

    /// All keys there ever were, newest first.
    pub async fn list(&self) -> Result<Vec<SigningKeyRecord>, SigningKeyError> {
        let mut conn = self.pool.get().await?;
        let columns = (
            signing_keys::kid,
            signing_keys::created_at,
            signing_keys::signs_from,
            signing_keys::verifies_until,
            signing_keys::revoked_at,
        );
        Ok(signing_keys::table
            .select(columns)
            .order((signing_keys::signs_from.desc(), signing_keys::kid))
            .load(&mut conn)
            .await?)
    }

    /// Announces `key`, which signs from the returned time on. Its predecessor verifies until the last token that it
    /// signed has ended. Keys that have ended lose their seeds.
    pub async fn rotate(
        &self,
        key: &NewSigningKey,
        now: DateTime<Utc>,
        token_lifetime: Duration,
    ) -> Result<DateTime<Utc>, SigningKeyError> {
        let mut conn = self.pool.get().await?;
        conn.transaction(async |conn| {
            conn.batch_execute(LOCK).await?;
            // Under another master key than the others', nobody else could read the new one.
            self.usable_on(conn, now).await?;
            let signs_from = now + ANNOUNCED;
            diesel::update(signing_keys::table.filter(signing_keys::verifies_until.lt(now)))
                .set(signing_keys::wrapped_seed.eq(None::<Vec<u8>>))
                .execute(conn)
                .await?;
            diesel::update(
                signing_keys::table
                    .filter(signing_keys::revoked_at.is_null().and(signing_keys::verifies_until.is_null())),
            )
            .set(signing_keys::verifies_until.eq(signs_from + token_lifetime + MARGIN))
            .execute(conn)
            .await?;
            self.insert(conn, key, now, signs_from).await?;
            Ok(signs_from)
        })
        .await
    }

    /// Withdraws a key at once and destroys its seed. Where none would be left to sign from now on, the announced one
    /// does so at once, or else `replacement`; true if that was needed.
    pub async fn revoke(
        &self,
        kid: &str,
        replacement: &NewSigningKey,
        now: DateTime<Utc>,
    ) -> Result<bool, SigningKeyError> {
        let mut conn = self.pool.get().await?;
        conn.transaction(async |conn| {
            conn.batch_execute(LOCK).await?;
            withdraw(conn, kid, now).await?;
            let left = self.usable_on(conn, now).await?;
            let Some(latest) = left.iter().find(|key| key.verifies_until.is_none()) else {
                self.insert(conn, replacement, now, now).await?;
                return Ok(true);
            };
            if left.iter().all(|key| key.signs_from > now) {
                let latest = signing_keys::table.find(&latest.kid);
                diesel::update(latest).set(signing_keys::signs_from.eq(now)).execute(conn).await?;
            }
            Ok(false)
        })
        .await
    }

    async fn usable_on(
        &self,
        conn: &mut db::Connection,
        now: DateTime<Utc>,
    ) -> Result<Vec<SigningKey>, SigningKeyError> {
        let rows: Vec<Row> = signing_keys::table
            .filter(signing_keys::revoked_at.is_null())
            // Ended for whoever rotated, though not yet for a clock that is behind.
            .filter(signing_keys::wrapped_seed.is_not_null())
            .filter(signing_keys::verifies_until.is_null().or(signing_keys::verifies_until.gt(now)))
            .select((
                signing_keys::kid,
                signing_keys::wrapped_seed,
                signing_keys::master_version,
                signing_keys::signs_from,
                signing_keys::verifies_until,
            ))
            .order((signing_keys::signs_from.desc(), signing_keys::kid))
            .load(conn)
            .await?;
        rows.into_iter().map(|row| self.open(row)).collect()
    }

    fn open(&self, row: Row) -> Result<SigningKey, SigningKeyError> {
        let Row { kid, wrapped_seed, master_version, signs_from, verifies_until } = row;
        let seed = wrapped_seed.and_then(|wrapped| self.master.unwrap(&wrapped, &wrapping(&kid, master_version)));
        let seed = seed.and_then(|seed| seed.as_slice().try_into().ok());
        match seed {
            Some(seed) => Ok(SigningKey { kid, seed: SecretKey::new(seed), signs_from, verifies_until }),
            None => Err(SigningKeyError::DoesNotOpen(kid)),
        }
    }

    async fn insert(
        &self,
        conn: &mut db::Connection,
        key: &NewSigningKey,
        created_at: DateTime<Utc>,
        signs_from: DateTime<Utc>,
    ) -> QueryResult<()> {
        let version = self.master.version();
        let wrapped = self.master.wrap(key.seed.expose(), &wrapping(&key.kid, version));
        diesel::insert_into(signing_keys::table)
            .values((
                signing_keys::kid.eq(&key.kid),
                signing_keys::wrapped_seed.eq(wrapped),
                signing_keys::master_version.eq(version),
                signing_keys::created_at.eq(created_at),
                signing_keys::signs_from.eq(signs_from),
            ))
            .execute(conn)
            .await?;
        Ok(())
    }
}

#[derive(Queryable)]
struct Row {
    kid: String,
    wrapped_seed: Option<Vec<u8>>,
    master_version: i16,
    signs_from: DateTime<Utc>,
    verifies_until: Option<DateTime<Utc>>,
}

async fn any(conn: &mut db::Connection) -> QueryResult<bool> {
    diesel::select(diesel::dsl::exists(signing_keys::table.select(signing_keys::kid))).get_result(conn).await
}

async fn withdraw(conn: &mut db::Connection, kid: &str, now: DateTime<Utc>) -> Result<(), SigningKeyError> {
    let row = signing_keys::table.find(kid);
    let revoked: Option<Option<DateTime<Utc>>> = row.select(signing_keys::revoked_at).first(conn).await.optional()?;
    match revoked {
        None => return Err(SigningKeyError::Unknown(kid.to_owned())),
        Some(Some(_)) => return Err(SigningKeyError::Revoked(kid.to_owned())),
        Some(None) => {}
    }
    diesel::update(row)
        .set((signing_keys::revoked_at.eq(now), signing_keys::wrapped_seed.eq(None::<Vec<u8>>)))
        .execute(conn)
        .await?;
    Ok(())
}

fn wrapping(kid: &str, version: i16) -> Vec<u8> {
    format!("s1|signing key|{kid}|{version}").into_bytes()
}
