//! The claims by which values of unique fields belong to one record each: api processes take them with what they append,
//! workers while a change of a collection is pending.

use domain::collections::{ChangeId, CollectionId};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// A value of a unique field, held by the record that has it.
pub const SCOPE: &str = "record.unique";

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

#[cfg(test)]
mod tests {
    use serde_json::json;
    use uuid::Uuid;

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
}
