//! What an operator does to the keys of access tokens.

use bootstrap::config::SecretKey;
use chrono::{DateTime, Utc};
use event_store::signing_keys::{SigningKeyError, SigningKeys};

use super::token::{LIFETIME, SigningError, named};

/// A key could not be made, or not be changed.
#[derive(Debug, thiserror::Error)]
pub enum RotationError {
    #[error(transparent)]
    Making(#[from] SigningError),
    #[error(transparent)]
    Keeping(#[from] SigningKeyError),
}

/// The key that every installation begins with, unless it has, or had, others.
pub async fn ensure_first(keys: &SigningKeys, seed: &SecretKey, now: DateTime<Utc>) -> Result<(), RotationError> {
    Ok(keys.ensure_first(&named(seed.clone())?, now).await?)
}

/// Makes the next key. Returns its name, and when it begins to sign.
pub async fn rotate(keys: &SigningKeys, now: DateTime<Utc>) -> Result<(String, DateTime<Utc>), RotationError> {
    let next = named(SecretKey::generate())?;
    let signs_from = keys.rotate(&next, now, LIFETIME).await?;
    Ok((next.kid, signs_from))
}

/// Withdraws a key, and with it all tokens that it signed. Returns the name of the key that was made since no other was
/// left.
pub async fn revoke(keys: &SigningKeys, kid: &str, now: DateTime<Utc>) -> Result<Option<String>, RotationError> {
    let replacement = named(SecretKey::generate())?;
    let was_needed = keys.revoke(kid, &replacement, now).await?;
    Ok(was_needed.then_some(replacement.kid))
}
