//! The claim by which an e-mail address belongs to one user: a blind index, so that the address itself is not stored.
//!
//! While one index key replaces another, an address is claimed and looked for under both.

use bootstrap::config::SecretKey;
use domain::users::Email;
use event_store::{ClaimChange, EventStore, KeyedHash, ReadError, StreamId};

pub(super) const SCOPE: &str = "user.email";
const PURPOSE: &str = "email";

/// Finds and takes claims on addresses.
#[derive(Clone)]
pub struct EmailClaims {
    current: KeyedHash,
    other: Option<KeyedHash>,
}

impl EmailClaims {
    pub fn new(index_key: &SecretKey) -> Self {
        Self { current: KeyedHash::derive(index_key.expose(), PURPOSE), other: None }
    }

    /// With another key, which this one replaces or is to be replaced by.
    pub fn beside(self, other: Option<&SecretKey>) -> Self {
        Self { other: other.map(|key| KeyedHash::derive(key.expose(), PURPOSE)), ..self }
    }

    /// To be taken together with the event that registers the address.
    pub fn take(&self, email: &Email, stream: &StreamId) -> Vec<ClaimChange> {
        let take = |key_hash| ClaimChange::Take { scope: SCOPE, key_hash, stream: stream.clone() };
        self.hashes(email).into_iter().map(take).collect()
    }

    /// To be let go of together with the event after which the user has no use for the address.
    pub fn release(&self, email: &Email, stream: &StreamId) -> Vec<ClaimChange> {
        let release = |key_hash| ClaimChange::Release { scope: SCOPE, key_hash, stream: stream.clone() };
        self.hashes(email).into_iter().map(release).collect()
    }

    /// The stream of the user with this address.
    pub async fn owner(&self, events: &EventStore, email: &Email) -> Result<Option<StreamId>, ReadError> {
        events.claimed_by_any(SCOPE, &self.hashes(email)).await
    }

    /// Under the current key, then under the other one.
    pub(super) fn hashes(&self, email: &Email) -> Vec<Vec<u8>> {
        let address = email.canonical();
        let keys = std::iter::once(&self.current).chain(&self.other);
        keys.map(|key| key.hash(&[address.as_bytes()]).to_vec()).collect()
    }
}
