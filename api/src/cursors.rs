//! Cursors of lists: where a page ended, signed, and bound to the query that it was made for.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use bootstrap::config::SecretKey;
use event_store::KeyedHash;
use serde::{Serialize, de::DeserializeOwned};
use subtle::ConstantTimeEq;

use crate::error::{ApiError, ApiResult};

/// Enough that nobody guesses one (GHSA-hgx2-28f8-6g2r was a cursor that anybody could make).
const SIGNATURE_LENGTH: usize = 16;

/// Writes and reads cursors. They tell their holder nothing that the page did not, but are not meant to be looked into.
#[derive(Clone)]
pub struct Cursors(KeyedHash);

impl Cursors {
    pub fn new(secret: &SecretKey) -> Self {
        Self(KeyedHash::derive(secret.expose(), "cursor"))
    }

    /// A cursor for the page after `last` of `query`.
    pub fn write<K: Serialize>(&self, query: &str, last: &K) -> ApiResult<String> {
        let key = serde_json::to_vec(last).map_err(|error| ApiError::Internal(error.into()))?;
        let signature = self.0.hash(&[query.as_bytes(), &key]);
        Ok(URL_SAFE_NO_PAD.encode([&signature[..SIGNATURE_LENGTH], &key].concat()))
    }

    /// What [`Cursors::write`] was given, if it was given the same query.
    pub fn read<K: DeserializeOwned>(&self, query: &str, cursor: &str) -> ApiResult<K> {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| ApiError::CursorMismatch)?;
        let (signature, key) = bytes.split_at_checked(SIGNATURE_LENGTH).ok_or(ApiError::CursorMismatch)?;
        let expected = self.0.hash(&[query.as_bytes(), key]);
        if !bool::from(expected[..SIGNATURE_LENGTH].ct_eq(signature)) {
            return Err(ApiError::CursorMismatch);
        }
        serde_json::from_slice(key).map_err(|_| ApiError::CursorMismatch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cursors(secret: u8) -> Cursors {
        Cursors::new(&SecretKey::new([secret; 32]))
    }

    #[test]
    fn a_cursor_leads_back_to_where_its_page_ended() {
        let cursor = cursors(1).write("users", &42).unwrap();
        assert_eq!(cursors(1).read::<i32>("users", &cursor).unwrap(), 42);
    }

    #[test]
    fn a_cursor_of_another_query_or_key_or_with_another_text_is_refused() {
        let cursor = cursors(1).write("users", &42).unwrap();
        let refused = |cursors: Cursors, query: &str, cursor: &str| {
            matches!(cursors.read::<i32>(query, cursor), Err(ApiError::CursorMismatch))
        };
        assert!(refused(cursors(1), "users sort=email", &cursor));
        assert!(refused(cursors(2), "users", &cursor));
        assert!(refused(cursors(1), "users", &cursor.replace(&cursor[..1], "-")));
        let longer = URL_SAFE_NO_PAD.encode([URL_SAFE_NO_PAD.decode(&cursor).unwrap(), b"0".to_vec()].concat());
        for forged in [longer.as_str(), "", "AAAA", "%%%", "42"] {
            assert!(refused(cursors(1), "users", forged), "{forged}");
        }
    }
}
