//! Making a key by which a program acts for the user.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{NotActive, User, UserEvent, events::ApiKeyCreated};
use crate::{
    Command, Sealed,
    roles::{self, Permission},
};

/// The state that decisions are made from holds all of them.
const MAX_KEYS: usize = 50;

/// Gives no more than the user has: what a key may do is what both may.
#[derive(Clone, Debug)]
pub struct CreateApiKey {
    pub key_id: Uuid,
    pub name: Sealed,
    /// SHA-256 of the secret, in base64.
    pub secret_hash: String,
    pub permissions: Vec<Permission>,
    /// `None` does not expire.
    pub expires_at: Option<DateTime<Utc>>,
    pub at: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CreateApiKeyRefused {
    #[error(transparent)]
    NotActive(#[from] NotActive),
    #[error("there are 50 keys already")]
    TooMany,
}

impl Command for CreateApiKey {
    type Aggregate = User;
    type Refusal = CreateApiKeyRefused;

    fn decide(self, user: &User) -> Result<Vec<UserEvent>, CreateApiKeyRefused> {
        if user.active()?.api_keys.len() >= MAX_KEYS {
            return Err(CreateApiKeyRefused::TooMany);
        }
        Ok(vec![UserEvent::ApiKeyCreated(ApiKeyCreated {
            key_id: self.key_id,
            name: self.name,
            secret_hash: self.secret_hash,
            permissions: roles::sorted(self.permissions),
            expires_at: self.expires_at,
            at: self.at,
        })])
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::{super::fixtures::*, *};
    use crate::testing::given;

    fn permissions(texts: &[&str]) -> Vec<Permission> {
        texts.iter().map(|text| Permission::parse(text).unwrap()).collect()
    }

    fn create(key: u128) -> CreateApiKey {
        CreateApiKey {
            key_id: id(key),
            name: sealed("name"),
            secret_hash: "hash".to_owned(),
            permissions: permissions(&["users:read:own", "audit:read:own", "users:read:own"]),
            expires_at: None,
            at: at(1),
        }
    }

    pub(in crate::users) fn key_created(key: u128) -> UserEvent {
        UserEvent::ApiKeyCreated(ApiKeyCreated {
            key_id: id(key),
            name: sealed("name"),
            secret_hash: "hash".to_owned(),
            permissions: permissions(&["audit:read:own", "users:read:own"]),
            expires_at: None,
            at: at(1),
        })
    }

    #[test]
    fn a_key_is_made_with_its_permissions_sorted() {
        given([ada_registered()]).when(create(1)).then([key_created(1)]);
    }

    #[test]
    fn there_are_at_most_50_keys() {
        let with_keys = |count: u128| std::iter::once(ada_registered()).chain((2..2 + count).map(key_created));
        given(with_keys(49)).when(create(1)).then([key_created(1)]);
        given(with_keys(50)).when(create(1)).then_refused(CreateApiKeyRefused::TooMany);
    }

    #[test]
    fn only_an_active_user_gets_a_key() {
        assert_needs_an_active_account(&create(1));
    }
}
