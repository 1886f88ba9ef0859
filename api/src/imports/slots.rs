//! How many imports somebody has open at once: each holds one of a few claims of theirs until it is over.

use domain::{imports::OPEN, users::UserId};
use event_store::{ClaimChange, StreamId};
use sha2::{Digest, Sha256};

use crate::{error::ApiResult, state::AppState};

/// Imports of one person that are open.
pub(super) const MOST_OPEN: usize = 10;

/// A claim that is free, as far as can be seen; the first one where none is.
pub(super) async fn free(state: &AppState, owner: UserId, stream: &StreamId) -> ApiResult<ClaimChange> {
    let hashes: Vec<Vec<u8>> = (0..MOST_OPEN).map(|number| hash(owner, number)).collect();
    let held = state.events.held_of(OPEN, &hashes).await?;
    let key_hash = hashes.iter().find(|hash| !held.contains(*hash)).unwrap_or(&hashes[0]).clone();
    Ok(ClaimChange::Take { scope: OPEN, key_hash, stream: stream.clone() })
}

/// What an import that is over lets go of.
pub(super) async fn releases(state: &AppState, stream: &StreamId) -> ApiResult<Vec<ClaimChange>> {
    let held = state.events.held_by(stream, OPEN, 1).await?;
    let release = |key_hash| ClaimChange::Release { scope: OPEN, key_hash, stream: stream.clone() };
    Ok(held.into_iter().map(release).collect())
}

fn hash(owner: UserId, number: usize) -> Vec<u8> {
    let hash = Sha256::new().chain_update(owner.as_uuid()).chain_update(number.to_be_bytes());
    hash.finalize().to_vec()
}
