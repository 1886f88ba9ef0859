//! One key per person: what is sealed under it is gone for good once the key is destroyed, in every copy of the log.
//!
//! Keys live in a database of their own, wrapped by the installation's master key. AES-256-GCM with random nonces; the
//! associated data names the person and the purpose, so a ciphertext that is moved elsewhere does not open.

use std::{sync::Arc, time::Duration};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use bootstrap::db;
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl};
use diesel_async::RunQueryDsl;
use domain::Sealed;
use moka::sync::Cache;
use rand::RngExt;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::{
    cipher::{MASTER_VERSION, decrypt, encrypt},
    schema::subject_keys,
};

const FORMAT: &str = "s1";
/// An erased person's key is forgotten by every process within this time.
const CACHE_TIME: Duration = Duration::from_secs(60);
const CACHE_KEYS: u64 = 10_000;

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
    master: Arc<Zeroizing<[u8; 32]>>,
    cache: Cache<Uuid, SubjectKey>,
}

/// The key of one person.
#[derive(Clone)]
pub struct SubjectKey {
    subject: Uuid,
    key: Arc<Zeroizing<[u8; 32]>>,
}

impl SubjectKeys {
    /// `pool` leads to the keys' database; `master` wraps the keys in it.
    pub fn new(pool: db::Pool, master: &[u8; 32]) -> Self {
        let cache = Cache::builder().max_capacity(CACHE_KEYS).time_to_live(CACHE_TIME).build();
        Self { pool, master: Arc::new(Zeroizing::new(*master)), cache }
    }

    /// Makes a key, durable before this returns, so that nothing is ever sealed under a key that could be lost.
    /// A key that stays without events is harmless.
    pub async fn create(&self, subject: Uuid) -> Result<SubjectKey, SubjectKeyError> {
        let key = SubjectKey { subject, key: Arc::new(Zeroizing::new(rand::rng().random())) };
        let wrapped = encrypt(&self.master, key.key.as_slice(), &wrapping(subject, MASTER_VERSION));
        let mut conn = self.pool.get().await?;
        let created = diesel::insert_into(subject_keys::table)
            .values((
                subject_keys::subject_id.eq(subject),
                subject_keys::wrapped_key.eq(wrapped),
                subject_keys::master_version.eq(MASTER_VERSION),
            ))
            .on_conflict_do_nothing()
            .execute(&mut conn)
            .await?;
        drop(conn);
        if created == 0 {
            // Somebody was first, or the row is the tombstone of an erased person.
            return self.get(subject).await;
        }
        self.cache.insert(subject, key.clone());
        Ok(key)
    }

    pub async fn get(&self, subject: Uuid) -> Result<SubjectKey, SubjectKeyError> {
        if let Some(key) = self.cache.get(&subject) {
            return Ok(key);
        }
        let mut conn = self.pool.get().await?;
        let row: Option<(Option<Vec<u8>>, i16)> = subject_keys::table
            .find(subject)
            .select((subject_keys::wrapped_key, subject_keys::master_version))
            .first(&mut conn)
            .await
            .optional()?;
        let (wrapped, version) = row.ok_or(SubjectKeyError::Unknown)?;
        let wrapped = wrapped.ok_or(SubjectKeyError::Erased)?;
        let bytes = decrypt(&self.master, &wrapped, &wrapping(subject, version));
        let bytes = Zeroizing::new(bytes.ok_or(SubjectKeyError::DoesNotOpen)?);
        let bytes: [u8; 32] = bytes.as_slice().try_into().map_err(|_| SubjectKeyError::DoesNotOpen)?;
        let key = SubjectKey { subject, key: Arc::new(Zeroizing::new(bytes)) };
        self.cache.insert(subject, key.clone());
        Ok(key)
    }

    /// Opens a value of a person whose key may have to be fetched.
    pub async fn open(&self, subject: Uuid, purpose: &str, sealed: &Sealed) -> Result<String, SubjectKeyError> {
        self.get(subject).await?.open(purpose, sealed)
    }
}

impl SubjectKey {
    /// Encrypts a value. `purpose` names what the value is, such as `user.email`, and must be given again to open it.
    pub fn seal(&self, purpose: &str, value: &str) -> Sealed {
        let ciphertext = encrypt(&self.key, value.as_bytes(), &self.binding(purpose));
        Sealed::from_ciphertext(format!("{FORMAT}.{}", URL_SAFE_NO_PAD.encode(ciphertext)))
    }

    pub fn open(&self, purpose: &str, sealed: &Sealed) -> Result<String, SubjectKeyError> {
        let (format, text) = sealed.as_str().split_once('.').ok_or(SubjectKeyError::DoesNotOpen)?;
        if format != FORMAT {
            return Err(SubjectKeyError::DoesNotOpen);
        }
        let ciphertext = URL_SAFE_NO_PAD.decode(text).map_err(|_| SubjectKeyError::DoesNotOpen)?;
        let plaintext = decrypt(&self.key, &ciphertext, &self.binding(purpose)).ok_or(SubjectKeyError::DoesNotOpen)?;
        String::from_utf8(plaintext).map_err(|_| SubjectKeyError::DoesNotOpen)
    }

    fn binding(&self, purpose: &str) -> Vec<u8> {
        format!("{FORMAT}|{}|{purpose}", self.subject).into_bytes()
    }
}

fn wrapping(subject: Uuid, version: i16) -> Vec<u8> {
    format!("{FORMAT}|key|{subject}|{version}").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(subject: u128) -> SubjectKey {
        SubjectKey { subject: Uuid::from_u128(subject), key: Arc::new(Zeroizing::new([7; 32])) }
    }

    #[test]
    fn what_was_sealed_opens_for_the_same_person_and_purpose_only() {
        let sealed = key(1).seal("user.email", "ada@example.com");
        assert_eq!(key(1).open("user.email", &sealed).unwrap(), "ada@example.com");
        assert!(matches!(key(1).open("user.display_name", &sealed), Err(SubjectKeyError::DoesNotOpen)));
        assert!(matches!(key(2).open("user.email", &sealed), Err(SubjectKeyError::DoesNotOpen)));
    }

    #[test]
    fn a_changed_ciphertext_does_not_open() {
        for text in ["", "s1", "s1.", "s1.AAAA", "s2.AAAAAAAAAAAAAAAAAAAAAAAA", "s1.%%"] {
            let sealed = Sealed::from_ciphertext(text.to_owned());
            assert!(matches!(key(1).open("user.email", &sealed), Err(SubjectKeyError::DoesNotOpen)), "{text}");
        }
    }

    #[test]
    fn equal_values_do_not_look_alike() {
        assert_ne!(key(1).seal("user.email", "a"), key(1).seal("user.email", "a"));
    }
}
