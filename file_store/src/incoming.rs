//! Content that is coming in: counted, hashed and looked at on its way to the object store.

use bytes::Bytes;
use domain::files::{ContentType, Digest};
use sha2::{Digest as _, Sha256};

use crate::{Key, Storage, StorageError, Writer, sniff};

/// What types show themselves by is at the beginning.
const HEAD: usize = 8 << 10;

/// Bytes on their way.
#[derive(Debug)]
pub struct Incoming {
    writer: Writer,
    hash: Sha256,
    head: Vec<u8>,
    size: u64,
    limit: u64,
}

/// What has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    pub size: u64,
    pub sha256: Digest,
    /// As the content shows it, whatever was said of it.
    pub content_type: ContentType,
}

#[derive(Debug, thiserror::Error)]
pub enum IncomingError {
    #[error("it has more than {limit} bytes")]
    TooLarge { limit: u64 },
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl Incoming {
    /// Begins to take in content of at most `limit` bytes.
    pub fn begin(storage: &Storage, key: &Key, limit: u64) -> Self {
        Self { writer: storage.writer(key), hash: Sha256::new(), head: vec![], size: 0, limit }
    }

    /// Takes the next bytes; returns when there is room for others.
    pub async fn take(&mut self, bytes: Bytes) -> Result<(), IncomingError> {
        self.size = self.size.saturating_add(bytes.len() as u64);
        if self.size > self.limit {
            return Err(IncomingError::TooLarge { limit: self.limit });
        }
        self.hash.update(&bytes);
        let missing = HEAD.saturating_sub(self.head.len()).min(bytes.len());
        self.head.extend_from_slice(&bytes[..missing]);
        Ok(self.writer.write(bytes).await?)
    }

    /// What has come so far; `declared` is what was said of it.
    pub fn received(&self, declared: Option<&ContentType>) -> Received {
        Received {
            size: self.size,
            sha256: Digest::from_bytes(self.hash.clone().finalize().into()),
            content_type: sniff(&self.head, declared),
        }
    }

    /// Makes the content be there, durably.
    pub async fn store(self) -> Result<(), StorageError> {
        self.writer.finish().await
    }

    /// Takes back what has come.
    pub async fn abandon(self) {
        self.writer.abandon().await;
    }
}
