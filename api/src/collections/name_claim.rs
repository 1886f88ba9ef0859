//! The claim by which a name belongs to one collection.

use domain::collections::CollectionName;
use event_store::{ClaimChange, StreamId};
use sha2::{Digest, Sha256};

pub(super) const SCOPE: &str = "collection.name";

pub(super) fn hash(name: &CollectionName) -> Vec<u8> {
    Sha256::digest(name.as_str()).to_vec()
}

/// To be taken together with the event that defines the collection.
pub(super) fn take(name: &CollectionName, stream: &StreamId) -> ClaimChange {
    ClaimChange::Take { scope: SCOPE, key_hash: hash(name), stream: stream.clone() }
}

/// To be let go of together with the event that deletes it.
pub(super) fn release(name: &CollectionName, stream: &StreamId) -> ClaimChange {
    ClaimChange::Release { scope: SCOPE, key_hash: hash(name), stream: stream.clone() }
}
