//! The claims by which values of unique fields belong to one record each.

use domain::collections::{CollectionId, Data, Shape};
use event_store::{ClaimChange, StreamId};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::error::{ApiError, FieldError};

const SCOPE: &str = "record.unique";

/// What a command takes and lets go of, by field.
#[derive(Debug, Default)]
pub(super) struct UniqueClaims(Vec<Claim>);

#[derive(Debug)]
struct Claim {
    field: String,
    key_hash: Vec<u8>,
    is_taken: bool,
}

impl UniqueClaims {
    /// From the one content to the other; values that are in both stay where they are.
    pub(super) fn between(
        collection: CollectionId,
        shape: &Shape,
        before: Option<&Data>,
        after: Option<&Data>,
    ) -> Self {
        let claims = |data: Option<&Data>, is_taken: bool| -> Vec<Claim> {
            let values = data.into_iter().flat_map(|data| shape.unique_values(data));
            values
                .map(|(field, value)| Claim {
                    field: field.to_owned(),
                    key_hash: hash(collection, field, value),
                    is_taken,
                })
                .collect()
        };
        let (released, taken) = (claims(before, false), claims(after, true));
        let stays = |claim: &Claim, others: &[Claim]| others.iter().any(|other| other.key_hash == claim.key_hash);
        let (kept_out, kept_in): (Vec<bool>, Vec<bool>) = (
            released.iter().map(|claim| stays(claim, &taken)).collect(),
            taken.iter().map(|claim| stays(claim, &released)).collect(),
        );
        let released = released.into_iter().zip(kept_out);
        let taken = taken.into_iter().zip(kept_in);
        Self(released.chain(taken).filter(|(_, stays)| !stays).map(|(claim, _)| claim).collect())
    }

    pub(super) fn changes(&self, stream: &StreamId) -> Vec<ClaimChange> {
        let change = |claim: &Claim| {
            let (key_hash, stream) = (claim.key_hash.clone(), stream.clone());
            match claim.is_taken {
                true => ClaimChange::Take { scope: SCOPE, key_hash, stream },
                false => ClaimChange::Release { scope: SCOPE, key_hash, stream },
            }
        };
        self.0.iter().map(change).collect()
    }

    /// The refusal when another record holds the claim of this number.
    pub(super) fn taken(&self, claim: usize) -> ApiError {
        let Some(claim) = self.0.get(claim) else { return ApiError::Conflict };
        let error = FieldError::at(format!("/{}", claim.field), "not_unique", "another record has this value");
        ApiError::NotUnique(vec![error])
    }
}

/// The content itself stands in the log, so the hash needs no key.
fn hash(collection: CollectionId, field: &str, value: &Value) -> Vec<u8> {
    let mut hash = Sha256::new();
    hash.update(collection.as_uuid());
    hash.update(field);
    hash.update([0]);
    hash.update(value.to_string());
    hash.finalize().to_vec()
}

#[cfg(test)]
mod tests {
    use domain::collections::Definition;
    use serde_json::json;
    use uuid::Uuid;

    use super::*;

    fn changes(before: &Value, after: &Value) -> Vec<(String, bool)> {
        let schema =
            json!({"type": "object", "properties": {"slug": {"type": "string"}, "number": {"type": "integer"}}});
        let unique = vec!["slug".to_owned(), "number".to_owned()];
        let schema = schema.as_object().unwrap().clone();
        let definition = Definition { schema, unique, ..Definition::default() };
        let shape = Shape::of(&definition.normalised()).unwrap();
        let collection = CollectionId::from_uuid(Uuid::nil());
        let claims = UniqueClaims::between(collection, &shape, before.as_object(), after.as_object());
        claims.0.into_iter().map(|claim| (claim.field, claim.is_taken)).collect()
    }

    #[test]
    fn what_changes_is_let_go_of_and_taken() {
        let (a, b) = (json!({"slug": "a", "number": 1}), json!({"slug": "b", "number": 1}));
        let slug = |is_taken| ("slug".to_owned(), is_taken);
        let number = |is_taken| ("number".to_owned(), is_taken);
        assert_eq!(changes(&a, &b), [slug(false), slug(true)]);
        assert_eq!(changes(&a, &a), []);
        assert_eq!(changes(&Value::Null, &a), [number(true), slug(true)]);
        assert_eq!(changes(&a, &Value::Null), [number(false), slug(false)]);
        assert_eq!(changes(&json!({}), &json!({"slug": null})), []);
    }
}
