//! How many webhooks there are: each holds one of a hundred claims until it is deleted.

use domain::webhooks::{MOST, SLOT};
use event_store::{ClaimChange, StreamId};
use sha2::{Digest, Sha256};

use crate::{
    error::{ApiError, ApiResult},
    state::AppState,
};

/// A claim that is free, as far as can be seen.
pub(super) async fn free(state: &AppState, stream: &StreamId) -> ApiResult<ClaimChange> {
    let hashes: Vec<Vec<u8>> = (0..MOST).map(hash).collect();
    let held = state.events.held_of(SLOT, &hashes).await?;
    let free = hashes.into_iter().find(|hash| !held.contains(hash));
    let key_hash = free.ok_or(ApiError::LimitReached { limit: MOST, of: "webhooks" })?;
    Ok(ClaimChange::Take { scope: SLOT, key_hash, stream: stream.clone() })
}

/// What a webhook that is deleted lets go of.
pub(super) async fn releases(state: &AppState, stream: &StreamId) -> ApiResult<Vec<ClaimChange>> {
    let held = state.events.held_by(stream, SLOT, 1).await?;
    let release = |key_hash| ClaimChange::Release { scope: SLOT, key_hash, stream: stream.clone() };
    Ok(held.into_iter().map(release).collect())
}

fn hash(number: usize) -> Vec<u8> {
    Sha256::digest(number.to_be_bytes()).to_vec()
}
