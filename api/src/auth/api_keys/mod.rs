//! Keys by which programs act for a user, with some of the user's permissions.

pub mod create;
pub mod list;
pub mod revoke;
mod secret;
mod uses;
mod view;

use std::{sync::Arc, time::Duration};

use bootstrap::db;
use domain::users::Status;
use moka::sync::Cache;

use super::{Caller, Means, TokenError};
use crate::{error::ApiResult, state::AppState};

pub use secret::Secret;
use uses::Uses;

/// What a key's name is: part of what it was sealed with, so it never changes.
pub(crate) const NAME: &str = "user.api_key_name";

const REMEMBERED_FOR: Duration = Duration::from_secs(900);
const REMEMBERED_KEYS: u64 = 10_000;

/// What one process remembers of keys. Clones share it.
#[derive(Clone)]
pub struct ApiKeys {
    uses: Uses,
    /// Hashes of secrets that were genuine when they were seen last. Only says whose limit a request counts against:
    /// whether the key still counts is asked each time.
    genuine: Cache<[u8; 32], ()>,
}

impl ApiKeys {
    pub fn new(pool: db::Pool) -> Self {
        let genuine = Cache::builder().max_capacity(REMEMBERED_KEYS).time_to_idle(REMEMBERED_FOR).build();
        Self { uses: Uses::new(pool), genuine }
    }

    /// Whether the secret was genuine lately. One that was not has to be looked up, which strangers could have done
    /// without end.
    pub fn knows(&self, secret: &Secret) -> bool {
        self.genuine.contains_key(&secret.digest())
    }
}

impl AppState {
    /// Whom a key acts for, with the permissions that both have at this moment. Refused once the key was revoked or has
    /// expired, or the account was suspended or erased.
    pub async fn caller_by_key(&self, secret: &Secret) -> ApiResult<Caller> {
        let standing = self.standings.with_key(secret.owner, secret.key_id).await?;
        let standing = standing.filter(|standing| standing.status == Status::Active).ok_or(TokenError::Invalid)?;
        let key = standing.api_key(secret.key_id).filter(|key| secret.opens(key)).ok_or(TokenError::Invalid)?;
        let now = self.clock.now();
        if key.expires_at.is_some_and(|at| at <= now) {
            return Err(TokenError::Expired.into());
        }
        let owners = self.roles.permissions_of(&standing.roles).await?;
        let must_enrol = standing.must_enrol(self.accounts.second_factor, &owners);
        let permissions = owners.restricted_to(&key.permissions);
        self.api_keys.genuine.insert(secret.digest(), ());
        self.api_keys.uses.note(secret.owner, secret.key_id, now).await;
        Ok(Caller {
            user_id: secret.owner,
            means: Means::ApiKey(secret.key_id),
            permissions: Arc::new(permissions),
            standing,
            must_enrol,
        })
    }
}
