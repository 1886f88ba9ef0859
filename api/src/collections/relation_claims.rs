//! The claims by which collections hold the relations that lead to them.

use std::collections::BTreeMap;

use domain::collections::{CollectionId, Relation};
use event_store::{ClaimChange, StreamId};
use sha2::{Digest, Sha256};

use super::stream;

const SCOPE: &str = "collection.relation";

type Relations = BTreeMap<String, Relation>;

/// To be changed together with the definition of the collection whose relations these are.
pub(super) fn between(of: CollectionId, before: &Relations, after: &Relations) -> Vec<ClaimChange> {
    let fields = before.keys().chain(after.keys().filter(|field| !before.contains_key(*field)));
    let change = |field: &String| {
        let holder = |relations: &Relations| relations.get(field).map(|relation| stream(relation.target));
        let (scope, key_hash) = (SCOPE, hash(of, field));
        match (holder(before), holder(after)) {
            (Some(from), Some(to)) => (from != to).then_some(ClaimChange::Transfer { scope, key_hash, from, to }),
            (Some(stream), None) => Some(ClaimChange::Release { scope, key_hash, stream }),
            (None, Some(stream)) => Some(ClaimChange::Take { scope, key_hash, stream }),
            (None, None) => None,
        }
    };
    fields.filter_map(change).collect()
}

/// Fails when a relation leads to the collection other than those that end with it.
pub(super) fn none_to(collection: &StreamId) -> ClaimChange {
    ClaimChange::Unheld { scope: SCOPE, stream: collection.clone() }
}

fn hash(of: CollectionId, field: &str) -> Vec<u8> {
    Sha256::new().chain_update(of.as_uuid()).chain_update(field).finalize().to_vec()
}
