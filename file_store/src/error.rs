//! Why the object store did not do what it was asked.

use std::time::Duration;

#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    #[error("there is no such content")]
    NotFound,
    /// It has failed too often, and is left alone for a while; nothing was tried.
    #[error("the object store is left alone for {} ms", retry_after.as_millis())]
    LeftAlone { retry_after: Duration },
    #[error("the object store did not answer in time")]
    TimedOut,
    /// Names keys and servers, no credentials.
    #[error("the object store failed: {0}")]
    Failed(#[source] object_store::Error),
}
