//! The claims by which values of unique fields belong to one record each, and by which records hold what refers to them: api
//! processes take them with what they append, workers while a change of a collection is pending.

use domain::{
    collections::{ChangeId, CollectionId},
    records::RecordId,
};
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// A value of a unique field, held by the record that has it.
pub const SCOPE: &str = "record.unique";
/// A reference, held by the record to which it leads: what refers to a record is found by what it holds.
pub const REFERENCE: &str = "record.reference";

/// The hash of a value's claim. The content itself stands in the log, so it needs no key. `era` is the change since which the
/// field's values are taken anew, if there is one: all claims of an era begin with [`era`].
pub fn hash(collection: CollectionId, field: &str, since: Option<ChangeId>, value: &Value) -> Vec<u8> {
    let hash = Sha256::new().chain_update(collection.as_uuid()).chain_update(field).chain_update([0]);
    let hash = hash.chain_update(value.to_string()).finalize();
    match since {
        None => hash.to_vec(),
        Some(change) => [&era(change)[..], &hash[..16]].concat(),
    }
}

/// What the hashes of all claims begin with that were taken for a change.
pub fn era(change: ChangeId) -> [u8; 16] {
    *change.as_uuid().as_bytes()
}

/// The hash of a reference's claim: the id of the record that refers, and half a hash of the rest.
pub fn reference(source: RecordId, field: &str, target: Uuid) -> Vec<u8> {
    let rest = Sha256::new().chain_update(field).chain_update([0]).chain_update(target).finalize();
    [source.as_uuid().as_bytes().as_slice(), &rest[..16]].concat()
}

/// The record that a reference comes from.
pub fn source(reference: &[u8]) -> Option<RecordId> {
    let (id, _) = reference.split_first_chunk::<16>()?;
    Some(RecordId::from_uuid(Uuid::from_bytes(*id)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_of_other_fields_collections_and_eras_do_not_meet() {
        let (one, other) = (CollectionId::from_uuid(Uuid::from_u128(1)), CollectionId::from_uuid(Uuid::from_u128(2)));
        let change = ChangeId::from_uuid(Uuid::from_u128(3));
        let hashes = [
            hash(one, "slug", None, &json!("5")),
            hash(one, "slug", None, &json!(5)),
            hash(one, "name", None, &json!("5")),
            hash(other, "slug", None, &json!("5")),
            hash(one, "slug", Some(change), &json!("5")),
            hash(one, "name", Some(change), &json!("5")),
        ];
        for (at, hash) in hashes.iter().enumerate() {
            assert!(hash.len() <= 32 && !hashes[at + 1..].contains(hash), "{at}");
        }
        assert!(hashes[4].starts_with(&era(change)));
    }

    #[test]
    fn a_reference_tells_where_it_comes_from() {
        let record = RecordId::from_uuid(Uuid::from_u128(5));
        assert_eq!(source(&reference(record, "author", Uuid::from_u128(7))), Some(record));
        assert_eq!(source(b"short"), None);
    }
}
