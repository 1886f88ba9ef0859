//! Where answers are kept: in Redis, which all processes share and in which others may look, so that they are encrypted there;
//! or else in this process.

use std::time::Duration;

use bootstrap::redis_pool::Careful;
use bytes::Bytes;
use event_store::{KeyedHash, cipher};
use moka::sync::Cache;
use redis::AsyncCommands;

/// An entry that nobody could vouch for any more is forgotten after this time at the latest.
const LIFE: Duration = Duration::from_secs(300);
/// Redis answers in well under a millisecond; the database does nearly as soon.
const TIMEOUT: Duration = Duration::from_millis(50);
/// Larger answers are not kept.
pub(super) const LARGEST: usize = 64 * 1024;
/// What an entry takes in memory beside its body.
const OVERHEAD: usize = 128;
/// Read position and position of the last event, each eight bytes, big-endian.
const HEADER: usize = 16;

/// What a kept answer is found by: what it answers, in one life of its projection.
pub(super) type Key = [u8; 32];

/// A kept answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// The projection had come so far when it was read.
    pub(super) read: i64,
    /// Of the last event in it.
    pub(super) version: i64,
    pub(super) body: Bytes,
}

pub(super) enum Store {
    Process(Cache<Key, Entry>),
    Shared { redis: Careful, prefix: String, seal: Seal },
}

/// Encrypts entries, each under a key of its own: those who can write to Redis can take entries away, but neither read nor
/// make them, nor put one in another's place.
pub(super) struct Seal {
    keys: KeyedHash,
    names: KeyedHash,
}

/// Nothing is kept under the key, or the store is away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Nothing {
    Unknown,
    Away,
}

impl Store {
    /// In this process, up to so many bytes.
    pub(super) fn process(bytes: u64) -> Self {
        let weigh = |_: &Key, entry: &Entry| u32::try_from(entry.body.len() + OVERHEAD).unwrap_or(u32::MAX);
        Self::Process(Cache::builder().max_capacity(bytes).weigher(weigh).time_to_live(LIFE).build())
    }

    pub(super) fn shared(redis: Careful, prefix: &str, seal: Seal) -> Self {
        Self::Shared { redis, prefix: format!("{prefix}:cache:"), seal }
    }

    pub(super) async fn get(&self, key: &Key) -> Result<Entry, Nothing> {
        match self {
            Self::Process(cache) => cache.get(key).ok_or(Nothing::Unknown),
            Self::Shared { redis, prefix, seal } => {
                let name = seal.name(prefix, key);
                let kept = redis.ask(TIMEOUT, async |conn| conn.get::<_, Option<Vec<u8>>>(&name).await).await;
                let kept = kept.map_err(|_| Nothing::Away)?;
                kept.and_then(|bytes| seal.open(key, &bytes)).ok_or(Nothing::Unknown)
            }
        }
    }

    /// Keeps an answer. Nobody waits for that, and nothing is lost when it is not kept.
    pub(super) async fn put(&self, key: Key, entry: Entry) {
        if entry.body.len() > LARGEST {
            return;
        }
        match self {
            Self::Process(cache) => cache.insert(key, entry),
            Self::Shared { redis, prefix, seal } => {
                let (name, bytes) = (seal.name(prefix, &key), seal.close(&key, &entry));
                let kept = redis.ask(TIMEOUT, async |conn| conn.set_ex(&name, bytes, LIFE.as_secs()).await).await;
                let _: Result<(), _> = kept;
            }
        }
    }
}

impl Seal {
    /// `secret` is one that all processes have.
    pub(super) fn new(secret: &[u8; 32]) -> Self {
        let derive = |purpose| KeyedHash::derive(secret, purpose);
        Self { keys: derive("tidemark read cache"), names: derive("tidemark names in the read cache") }
    }

    /// What the entry is called: nobody can tell from it what was asked for, by asking the same.
    fn name(&self, prefix: &str, key: &Key) -> Vec<u8> {
        [prefix.as_bytes(), &self.names.hash(&[key])].concat()
    }

    fn close(&self, key: &Key, entry: &Entry) -> Vec<u8> {
        cipher::encrypt(&self.keys.hash(&[key]), &entry.to_bytes(), key)
    }

    fn open(&self, key: &Key, sealed: &[u8]) -> Option<Entry> {
        Entry::read_from(cipher::decrypt(&self.keys.hash(&[key]), sealed, key)?.into())
    }
}

impl Entry {
    fn to_bytes(&self) -> Vec<u8> {
        [&self.read.to_be_bytes(), &self.version.to_be_bytes(), &self.body[..]].concat()
    }

    fn read_from(mut bytes: Bytes) -> Option<Self> {
        if bytes.len() < HEADER {
            return None;
        }
        let header = bytes.split_to(HEADER);
        let (read, version) = header.split_first_chunk::<8>().map(|(read, rest)| (i64::from_be_bytes(*read), rest))?;
        Some(Self { read, version: i64::from_be_bytes(version.try_into().ok()?), body: bytes })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_read_as_it_was_written() {
        let entry = Entry { read: 7, version: -1, body: Bytes::from_static(b"{}") };
        assert_eq!(Entry::read_from(entry.to_bytes().into()), Some(entry));
        assert_eq!(Entry::read_from(Bytes::from_static(b"short")), None);
    }

    #[test]
    fn a_sealed_entry_opens_in_its_place_and_under_its_secret_only() {
        let entry = Entry { read: 7, version: 3, body: Bytes::from_static(b"canary") };
        let (seal, key, other) = (Seal::new(&[1; 32]), [2; 32], [3; 32]);
        let sealed = seal.close(&key, &entry);
        assert!(!sealed.windows(6).any(|window| window == b"canary"));
        assert_eq!(seal.open(&other, &sealed), None);
        assert!(!seal.name("p:", &key).windows(key.len()).any(|window| window == key));
        assert_ne!(seal.name("p:", &key), Seal::new(&[9; 32]).name("p:", &key));
        assert_eq!(Seal::new(&[9; 32]).open(&key, &sealed), None);
        assert_eq!(seal.open(&key, &sealed[1..]), None);
        assert_eq!(seal.open(&key, &sealed), Some(entry));
    }
}
