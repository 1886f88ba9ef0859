//! Moving the claims on addresses from one index key to the one that replaces it.

use domain::{Aggregate, users::User};
use event_store::{
    ClaimMove, EventStore, HeldClaim, StreamId, SubjectKeys, UselessClaim, subject_keys::SubjectKeyError,
};

use super::{EmailClaims, addresses::addresses, email_claim::SCOPE};
use crate::error::ApiError;

/// Claims that are looked at, and then moved in one transaction.
const BATCH: i64 = 200;

/// What has become of the claims.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reindexed {
    /// Are under the current key now.
    pub moved: u64,
    /// Were already.
    pub current: u64,
    /// Were of an address that their user has no more, and are gone: a process that did not know both keys has let go of
    /// the address under one of them only.
    pub dropped: u64,
    /// Stay where they were: another user has the same address under the current key.
    pub held: Vec<HeldClaim>,
    /// Of no address of their user under either key, and left alone: made under a third one, or of users who were erased
    /// meanwhile.
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
        let Some((last, _)) = batch.last() else { break };
        after.clone_from(last);
        let (mut moves, mut useless) = (vec![], vec![]);
        for (hash, stream) in batch {
            let owner = Owner::of(events, keys, claims, stream).await?;
            match owner.addresses.iter().find(|hashes| hashes.contains(&hash)) {
                // Those that were moved behind `after` are met again, as current.
                Some(hashes) if hashes[0] == hash => reindexed.current += 1,
                Some(hashes) => moves.push(ClaimMove { from: hash, to: hashes[0].clone() }),
                None if owner.has_claims(events).await? => {
                    useless.push(UselessClaim { hash, stream: owner.stream, version: owner.version });
                }
                None => reindexed.strange += 1,
            }
        }
        reindexed.apply(events, &moves, &useless).await?;
    }
    // What was in their way may have been dropped after they were met.
    let moves: Vec<_> = reindexed.held.drain(..).map(|held| held.claim).collect();
    reindexed.apply(events, &moves, &[]).await?;
    Ok(reindexed)
}

impl Reindexed {
    async fn apply(
        &mut self,
        events: &EventStore,
        moves: &[ClaimMove],
        useless: &[UselessClaim],
    ) -> anyhow::Result<()> {
        if !useless.is_empty() {
            self.dropped += events.drop_claims(SCOPE, useless).await?;
        }
        if !moves.is_empty() {
            let done = events.move_claims(SCOPE, moves).await?;
            self.moved += done.moved;
            self.held.extend(done.held);
        }
        Ok(())
    }
}

/// Whoever has a claim.
struct Owner {
    stream: StreamId,
    /// That the addresses are of.
    version: i64,
    /// The hashes of each address, the one under the current key first. None of whoever is erased.
    addresses: Vec<Vec<Vec<u8>>>,
}

impl Owner {
    async fn of(
        events: &EventStore,
        keys: &SubjectKeys,
        claims: &EmailClaims,
        stream: StreamId,
    ) -> anyhow::Result<Self> {
        let loaded = events.load::<User>(&stream).await?;
        let mut owner = Self { stream, version: loaded.version, addresses: vec![] };
        let is_user = owner.stream.category() == User::CATEGORY;
        let Some(account) = loaded.state.account().filter(|_| is_user) else { return Ok(owner) };
        let key = match keys.get(owner.stream.id()).await {
            Ok(key) => key,
            Err(SubjectKeyError::Erased | SubjectKeyError::Unknown) => return Ok(owner),
            Err(error) => return Err(error.into()),
        };
        let addresses = addresses(account, &key).map_err(told)?;
        owner.addresses = addresses.values().map(|email| claims.hashes(email)).collect();
        Ok(owner)
    }

    /// Whether every address is claimed under one of the two keys. Else they are not the keys of this installation, and
    /// what looks useless may be all that there is.
    async fn has_claims(&self, events: &EventStore) -> anyhow::Result<bool> {
        for hashes in &self.addresses {
            if events.claimed_by_any(SCOPE, hashes).await?.as_ref() != Some(&self.stream) {
                return Ok(false);
            }
        }
        Ok(!self.addresses.is_empty())
    }
}

fn told(error: ApiError) -> anyhow::Error {
    if let ApiError::Internal(cause) = error { cause } else { anyhow::anyhow!("{error}") }
}
