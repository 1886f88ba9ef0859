//! Moving the claims on addresses from one index key to the one that replaces it.

use domain::{Aggregate, users::User};
use event_store::{ClaimMove, EventStore, StreamId, SubjectKeys, subject_keys::SubjectKeyError};

use super::{EmailClaims, addresses::addresses, email_claim::SCOPE};
use crate::error::ApiError;

/// Claims that are looked at, and then moved in one transaction.
const BATCH: i64 = 200;

/// What has become of the claims.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reindexed {
    /// Are under the current key now.
    pub moved: u64,
    /// Were already.
    pub current: u64,
    /// Of no address of their user under either key: made under a third one, or of users who were erased meanwhile.
    pub strange: u64,
}

/// Moves every claim that was made under the other key of `claims`. What it has done is done: where it was cut off, it
/// goes on when it is repeated.
pub async fn reindex_addresses(
    events: &EventStore,
    keys: &SubjectKeys,
    claims: &EmailClaims,
) -> anyhow::Result<Reindexed> {
    let (mut reindexed, mut after) = (Reindexed::default(), vec![]);
    loop {
        let batch = events.claims_after(SCOPE, &after, BATCH).await?;
        let Some((last, _)) = batch.last() else { return Ok(reindexed) };
        after.clone_from(last);
        let mut moves = vec![];
        for (hash, stream) in batch {
            let addresses = hashes_of(events, keys, claims, &stream).await?;
            match addresses.into_iter().find(|hashes| hashes.contains(&hash)) {
                // Those that were moved behind `after` are met again, as current.
                Some(hashes) if hashes[0] == hash => reindexed.current += 1,
                Some(hashes) => moves.push(ClaimMove { from: hash, to: hashes[0].clone() }),
                None => reindexed.strange += 1,
            }
        }
        if !moves.is_empty() {
            reindexed.moved += events.move_claims(SCOPE, &moves).await?;
        }
    }
}

/// The hashes of each address of a user, the one under the current key first.
async fn hashes_of(
    events: &EventStore,
    keys: &SubjectKeys,
    claims: &EmailClaims,
    stream: &StreamId,
) -> anyhow::Result<Vec<Vec<Vec<u8>>>> {
    let user = events.load::<User>(stream).await?.state;
    let Some(account) = user.account().filter(|_| stream.category() == User::CATEGORY) else { return Ok(vec![]) };
    let key = match keys.get(stream.id()).await {
        Ok(key) => key,
        Err(SubjectKeyError::Erased | SubjectKeyError::Unknown) => return Ok(vec![]),
        Err(error) => return Err(error.into()),
    };
    let addresses = addresses(account, &key).map_err(told)?;
    Ok(addresses.values().map(|email| claims.hashes(email)).collect())
}

fn told(error: ApiError) -> anyhow::Error {
    if let ApiError::Internal(cause) = error { cause } else { anyhow::anyhow!("{error}") }
}
