//! One key per person: what is sealed under it is gone for good once the key is destroyed, in every copy of the log.
//!
//! Keys live in a database of their own, wrapped by the installation's master key. AES-256-GCM with random nonces; the
//! associated data names the person and the purpose, so a ciphertext that is moved elsewhere does not open.

mod cache;
mod follow;
mod key;
mod rewrap;

use std::collections::HashMap;

use bootstrap::db;
use diesel::{
    ExpressionMethods, OptionalExtension, QueryDsl, sql_query,
    sql_types::{SmallInt, Text, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use domain::Sealed;
use uuid::Uuid;

use crate::{MasterKeys, schema::subject_keys};
use cache::KeyCache;

pub use key::SubjectKey;

const FORMAT: &str = "s1";
/// Where it is told whose key was destroyed.
const CHANNEL: &str = "tidemark_subject_keys";

#[derive(Debug, thiserror::Error)]
pub enum SubjectKeyError {
    /// The key was destroyed: nothing of this person can be read any more, and nothing new can be sealed.
    #[error("this person was erased")]
    Erased,
    #[error("this person has no key")]
    Unknown,
    #[error("the value does not open: it was changed, moved, or sealed under another key")]
    DoesNotOpen,
    #[error("no connection to the keys' database: {0}")]
    Pool(#[from] db::PoolError),
    #[error("the keys' database failed: {0}")]
    Query(#[from] diesel::result::Error),
}

/// The keys of all persons. Clones share a small cache.
#[derive(Clone)]
pub struct SubjectKeys {
    pool: db::Pool,
    master: MasterKeys,
    cache: KeyCache,
}

impl SubjectKeys {
    /// `pool` leads to the keys' database; `master` wraps the keys in it.
    pub fn new(pool: db::Pool, master: impl Into<MasterKeys>) -> Self {
        Self { pool, master: master.into(), cache: KeyCache::new() }
    }

    /// Makes a key, durable before this returns, so that nothing is ever sealed under a key that could be lost.
    /// A key that stays without events is harmless.
    pub async fn create(&self, subject: Uuid) -> Result<SubjectKey, SubjectKeyError> {
        let (key, version) = (SubjectKey::generate(subject), self.master.version());
        let (wrapped, moment) = (self.master.wrap(key.bytes(), &wrapping(subject, version)), self.cache.moment());
        let mut conn = self.pool.get().await?;
        let created = diesel::insert_into(subject_keys::table)
            .values((
                subject_keys::subject_id.eq(subject),
                subject_keys::wrapped_key.eq(wrapped),
                subject_keys::master_version.eq(version),
            ))
            .on_conflict_do_nothing()
            .execute(&mut conn)
            .await?;
        drop(conn);
        if created == 0 {
            // Somebody was first, or the row is the tombstone of an erased person.
            return self.get(subject).await;
        }
        self.cache.remember(subject, key.clone(), moment);
        Ok(key)
    }

    pub async fn get(&self, subject: Uuid) -> Result<SubjectKey, SubjectKeyError> {
        if let Some(key) = self.cache.get(subject) {
            return Ok(key);
        }
        let moment = self.cache.moment();
        let mut conn = self.pool.get().await?;
        let row: Option<(Option<Vec<u8>>, i16)> = subject_keys::table
            .find(subject)
            .select((subject_keys::wrapped_key, subject_keys::master_version))
            .first(&mut conn)
            .await
            .optional()?;
        let (wrapped, version) = row.ok_or(SubjectKeyError::Unknown)?;
        let key = self.unwrap(subject, &wrapped.ok_or(SubjectKeyError::Erased)?, version)?;
        self.cache.remember(subject, key.clone(), moment);
        Ok(key)
    }

    /// The keys of several persons, in one query at most. Whoever was erased is left out; somebody without a key is an
    /// error, as for [`Self::get`].
    pub async fn get_many(&self, subjects: &[Uuid]) -> Result<HashMap<Uuid, SubjectKey>, SubjectKeyError> {
        let mut keys: HashMap<_, _> =
            subjects.iter().filter_map(|subject| Some((*subject, self.cache.get(*subject)?))).collect();
        let missing: Vec<_> = subjects.iter().filter(|subject| !keys.contains_key(subject)).copied().collect();
        if missing.is_empty() {
            return Ok(keys);
        }
        let moment = self.cache.moment();
        let mut conn = self.pool.get().await?;
        let rows: Vec<(Uuid, Option<Vec<u8>>, i16)> = subject_keys::table
            .filter(subject_keys::subject_id.eq_any(&missing))
            .select((subject_keys::subject_id, subject_keys::wrapped_key, subject_keys::master_version))
            .load(&mut conn)
            .await?;
        drop(conn);
        if missing.iter().any(|subject| rows.iter().all(|(known, ..)| known != subject)) {
            return Err(SubjectKeyError::Unknown);
        }
        for (subject, wrapped, version) in rows {
            let Some(wrapped) = wrapped else { continue };
            let key = self.unwrap(subject, &wrapped, version)?;
            self.cache.remember(subject, key.clone(), moment);
            keys.insert(subject, key);
        }
        Ok(keys)
    }

    /// Opens a value of a person whose key may have to be fetched.
    pub async fn open(&self, subject: Uuid, purpose: &str, sealed: &Sealed) -> Result<String, SubjectKeyError> {
        self.get(subject).await?.open(purpose, sealed)
    }

    /// Destroys a person's key for good, and tells every process that follows. It can be repeated, and done to somebody
    /// who never had a key: nobody makes one then.
    pub async fn destroy(&self, subject: Uuid) -> Result<(), SubjectKeyError> {
        let mut conn = self.pool.get().await?;
        sql_query(
            "WITH destroyed AS ( \
               INSERT INTO subject_keys AS k (subject_id, wrapped_key, master_version, erased_at) \
               VALUES ($1, NULL, $2, clock_timestamp()) \
               ON CONFLICT (subject_id) DO UPDATE \
               SET wrapped_key = NULL, erased_at = coalesce(k.erased_at, excluded.erased_at) \
               RETURNING subject_id) \
             SELECT pg_notify($3, subject_id::text) FROM destroyed",
        )
        .bind::<SqlUuid, _>(subject)
        .bind::<SmallInt, _>(self.master.version())
        .bind::<Text, _>(CHANNEL)
        .execute(&mut conn)
        .await?;
        self.cache.forget(subject);
        Ok(())
    }

    fn unwrap(&self, subject: Uuid, wrapped: &[u8], version: i16) -> Result<SubjectKey, SubjectKeyError> {
        let bytes = self.master.unwrap(wrapped, &wrapping(subject, version)).ok_or(SubjectKeyError::DoesNotOpen)?;
        SubjectKey::from_bytes(subject, &bytes)
    }
}

fn wrapping(subject: Uuid, version: i16) -> Vec<u8> {
    format!("{FORMAT}|key|{subject}|{version}").into_bytes()
}
