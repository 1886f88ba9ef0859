//! Revoking a key by which a program acts for the user.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{NotActive, User, UserEvent, events::ApiKeyRevoked};
use crate::Command;

#[derive(Clone, Debug)]
pub struct RevokeApiKey {
    pub key_id: Uuid,
    pub at: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RevokeApiKeyRefused {
    #[error(transparent)]
    NotActive(#[from] NotActive),
    #[error("no such key")]
    NoSuchKey,
}

impl Command for RevokeApiKey {
    type Aggregate = User;
    type Refusal = RevokeApiKeyRefused;

    fn decide(self, user: &User) -> Result<Vec<UserEvent>, RevokeApiKeyRefused> {
        if !user.active()?.api_keys.iter().any(|key| key.id == self.key_id) {
            return Err(RevokeApiKeyRefused::NoSuchKey);
        }
        Ok(vec![UserEvent::ApiKeyRevoked(ApiKeyRevoked { key_id: self.key_id, at: self.at })])
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{create_api_key::tests::key_created, fixtures::*},
        *,
    };
    use crate::testing::given;

    fn revoke(key: u128) -> RevokeApiKey {
        RevokeApiKey { key_id: id(key), at: at(2) }
    }

    fn revoked(key: u128) -> UserEvent {
        UserEvent::ApiKeyRevoked(ApiKeyRevoked { key_id: id(key), at: at(2) })
    }

    #[test]
    fn a_key_is_revoked_once_and_no_other_with_it() {
        let keys = || [ada_registered(), key_created(1), key_created(2)];
        given(keys()).when(revoke(1)).then([revoked(1)]);
        given(keys().into_iter().chain([revoked(1)])).when(revoke(1)).then_refused(RevokeApiKeyRefused::NoSuchKey);
        given(keys().into_iter().chain([revoked(1)])).when(revoke(2)).then([revoked(2)]);
    }

    #[test]
    fn only_an_active_user_has_keys() {
        assert_needs_an_active_account(&revoke(1));
    }
}
