//! The claim by which an e-mail address belongs to one user: a blind index, so that the address itself is not stored.

use bootstrap::config::SecretKey;
use domain::users::Email;
use event_store::{ClaimChange, EventStore, KeyedHash, ReadError, StreamId};

const SCOPE: &str = "user.email";

/// Finds and takes claims on addresses.
#[derive(Clone)]
pub struct EmailClaims(KeyedHash);

impl EmailClaims {
    pub fn new(index_key: &SecretKey) -> Self {
        Self(KeyedHash::derive(index_key.expose(), "email"))
    }

    /// To be taken together with the event that registers the address.
    pub fn take(&self, email: &Email, stream: &StreamId) -> ClaimChange {
        ClaimChange::Take { scope: SCOPE, key_hash: self.hash(email), stream: stream.clone() }
    }

    /// To be let go of together with the event after which the user has no use for the address.
    pub fn release(&self, email: &Email, stream: &StreamId) -> ClaimChange {
        ClaimChange::Release { scope: SCOPE, key_hash: self.hash(email), stream: stream.clone() }
    }

    /// The stream of the user with this address.
    pub async fn owner(&self, events: &EventStore, email: &Email) -> Result<Option<StreamId>, ReadError> {
        events.claimed_by(SCOPE, &self.hash(email)).await
    }

    fn hash(&self, email: &Email) -> Vec<u8> {
        self.0.hash(&[email.canonical().as_bytes()]).to_vec()
    }
}
