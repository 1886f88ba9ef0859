//! Access tokens: JWTs after RFC 9068, signed with Ed25519, good for a quarter of an hour.

mod follow;
mod keys;

use std::{sync::Arc, time::Duration};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use bootstrap::config::SecretKey;
use chrono::{DateTime, Utc};
use domain::users::UserId;
use event_store::signing_keys::SigningKey;
use jsonwebtoken::{Header, Validation, decode, decode_header, encode};
use moka::sync::Cache;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tokio::sync::{Notify, watch};
use url::Url;
use uuid::Uuid;

use self::keys::{ALGORITHM, Keys};
use super::jwks::PublicKey;
use crate::clock::Clock;

pub(crate) use keys::named;

/// How long a token is good for.
pub const LIFETIME: Duration = Duration::from_secs(15 * 60);

/// A signature takes some 30 µs to verify; tokens that were verified are looked up by their hash until they expire.
const REMEMBERED_TOKENS: u64 = 100_000;
/// Ours have some 400 bytes; anything much longer is not worth hashing.
const MAX_LENGTH: usize = 2048;
/// By how much the clocks of two processes may differ. Whoever has got hold of a key could otherwise make tokens that
/// last for years.
const MAX_SKEW: i64 = 60;

/// Issues tokens and verifies them. Clones share the keys and the memory of verified tokens.
#[derive(Clone)]
pub struct Tokens(Arc<Inner>);

struct Inner {
    keys: watch::Sender<Arc<Keys>>,
    /// Whether somebody reads the keys again when asked.
    followed: bool,
    asked: Notify,
    validation: Validation,
    issuer: String,
    verified: Cache<[u8; 32], Verified>,
}

/// What a valid token says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccessToken {
    pub user_id: UserId,
    pub session_id: Uuid,
    /// Seconds since 1970.
    pub expires_at: i64,
    pub counts: Counts,
}

/// What was counted by the time when a token was issued, so that what comes later can make it void.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// The authentication generation: how often all sessions of the user were ended, and those of everybody.
    pub generation: u32,
    /// How many refresh tokens the session had before the one that came with it. That it has grown alone voids nothing;
    /// a step-up says which ones count.
    pub rotation: u32,
}

/// A token with the key that it counts as long as.
#[derive(Clone)]
pub(crate) struct Verified {
    pub(crate) token: AccessToken,
    pub(crate) kid: Arc<str>,
}

/// Why a token is not accepted. The caller learns no more than this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    #[error("the access token has expired")]
    Expired,
    #[error("the access token is not valid")]
    Invalid,
}

/// The same, and whether newer keys could change it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Refused {
    Token(TokenError),
    UnknownKey,
}

/// A secret key is unusable, or a token could not be made.
#[derive(Debug, thiserror::Error)]
pub enum SigningError {
    #[error("access tokens: {0}")]
    Failed(#[from] jsonwebtoken::errors::Error),
    #[error("access tokens: there is no key to sign them with")]
    NoKey,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Claims {
    iss: String,
    aud: String,
    exp: i64,
    iat: i64,
    sub: UserId,
    sid: Uuid,
    #[serde(rename = "gen")]
    generation: u32,
    #[serde(rename = "rot", default, skip_serializing_if = "is_zero")]
    rotation: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands out references")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl Tokens {
    /// With one key for ever, which is the first of every installation; [`Tokens::start`] follows the installation's.
    /// `seed` is the Ed25519 private key; issuer and audience are the installation's public URL.
    pub fn new(seed: &SecretKey, public_url: &Url) -> Result<Self, SigningError> {
        let key = named(seed.clone())?;
        let signs_from = DateTime::UNIX_EPOCH;
        let key = SigningKey { kid: key.kid, seed: key.seed, signs_from, verifies_until: None };
        Ok(Self::with(Keys::new(&[key])?, public_url, false))
    }

    fn with(keys: Keys, public_url: &Url, followed: bool) -> Self {
        let issuer = public_url.as_str().trim_end_matches('/').to_owned();
        let mut validation = Validation::new(ALGORITHM);
        validation.leeway = 0;
        validation.validate_nbf = true;
        validation.set_issuer(&[&issuer]);
        validation.set_audience(&[&issuer]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        let verified = Cache::builder().max_capacity(REMEMBERED_TOKENS).time_to_live(LIFETIME).build();
        let (keys, asked) = (watch::Sender::new(Arc::new(keys)), Notify::new());
        Self(Arc::new(Inner { keys, followed, asked, validation, issuer, verified }))
    }

    /// A token for a session, and what it says.
    pub fn issue(
        &self,
        user_id: UserId,
        session_id: Uuid,
        counts: Counts,
    ) -> Result<(String, AccessToken), SigningError> {
        self.issue_at(Clock.now(), user_id, session_id, counts)
    }

    fn issue_at(
        &self,
        now: DateTime<Utc>,
        user_id: UserId,
        session_id: Uuid,
        counts: Counts,
    ) -> Result<(String, AccessToken), SigningError> {
        let Counts { generation, rotation } = counts;
        let keys = self.keys();
        let key = keys.signing(now).ok_or(SigningError::NoKey)?;
        let issued_at = now.timestamp();
        let expires_at = issued_at + LIFETIME.as_secs().cast_signed();
        let claims = Claims {
            iss: self.0.issuer.clone(),
            aud: self.0.issuer.clone(),
            exp: expires_at,
            iat: issued_at,
            sub: user_id,
            sid: session_id,
            generation,
            rotation,
        };
        let token = encode(&key.header, &claims, &key.signing)?;
        Ok((token, AccessToken { user_id, session_id, expires_at, counts }))
    }

    /// What the token says, if we issued it and it has not expired. Whether the user may still do anything is
    /// [`super::Standings`]' affair. A token under a key that this process does not know waits for the keys to be read.
    pub async fn verify(&self, token: &str) -> Result<AccessToken, TokenError> {
        Ok(self.verify_lasting(token).await?.token)
    }

    /// The same for somebody who relies on the token for longer than a request: see [`Tokens::knows`].
    pub(crate) async fn verify_lasting(&self, token: &str) -> Result<Verified, TokenError> {
        let mut verified = self.verify_at(token, Clock.now());
        if let Err(Refused::UnknownKey) = verified {
            self.ask_again().await;
            verified = self.verify_at(token, Clock.now());
        }
        verified.map_err(|refused| match refused {
            Refused::Token(error) => error,
            Refused::UnknownKey => TokenError::Invalid,
        })
    }

    /// Whether a key still counts, and with it what it signed.
    pub(crate) fn knows(&self, kid: &str) -> bool {
        self.keys().verifying(kid, Clock.now()).is_some()
    }

    /// The public keys of tokens that are, or will be, accepted; newest first.
    pub fn public_keys(&self, now: DateTime<Utc>) -> Vec<PublicKey> {
        self.keys().public(now)
    }

    fn keys(&self) -> Arc<Keys> {
        Arc::clone(&self.0.keys.borrow())
    }

    fn verify_at(&self, token: &str, now: DateTime<Utc>) -> Result<Verified, Refused> {
        if token.len() > MAX_LENGTH {
            return Err(Refused::Token(TokenError::Invalid));
        }
        let (keys, hash) = (self.keys(), <[u8; 32]>::from(Sha256::digest(token)));
        let remembered = self.0.verified.get(&hash).filter(|known| keys.verifying(&known.kid, now).is_some());
        let verified = match remembered {
            Some(verified) => verified,
            None => {
                let verified = self.check(&keys, token, now)?;
                self.0.verified.insert(hash, verified.clone());
                verified
            }
        };
        if verified.token.expires_at <= now.timestamp() {
            return Err(Refused::Token(TokenError::Expired));
        }
        Ok(verified)
    }

    fn check(&self, keys: &Keys, token: &str, now: DateTime<Utc>) -> Result<Verified, Refused> {
        let invalid = Refused::Token(TokenError::Invalid);
        let header = decode_header(token).map_err(|_| invalid)?;
        let kid = header.kid.clone().ok_or(invalid)?;
        let Some(key) = keys.verifying(&kid, now) else { return Err(self.stranger(&header, token, now)) };
        // Exactly the header that we write: no other algorithm or type, and no key that the token itself brings along
        // (`jku`, `jwk`, `x5u`, `x5c`).
        if header != key.header {
            return Err(invalid);
        }
        let claims = decode::<Claims>(token, &key.verifying, &self.0.validation)
            .map_err(|error| match error.kind() {
                jsonwebtoken::errors::ErrorKind::ExpiredSignature => Refused::Token(TokenError::Expired),
                _ => invalid,
            })?
            .claims;
        if claims.exp > now.timestamp() + LIFETIME.as_secs().cast_signed() + MAX_SKEW {
            return Err(invalid);
        }
        let token = AccessToken {
            user_id: claims.sub,
            session_id: claims.sid,
            expires_at: claims.exp,
            counts: Counts { generation: claims.generation, rotation: claims.rotation },
        };
        Ok(Verified { token, kid: Arc::clone(&key.kid) })
    }

    /// Why a token under no key of ours is refused. One that looks like ours may be under a key that is too new to be
    /// known; one that has expired may be under a key that has ended, and its holder should renew it as usual.
    fn stranger(&self, header: &Header, token: &str, now: DateTime<Utc>) -> Refused {
        let ours = Header { kid: header.kid.clone(), typ: Some(keys::TYPE.to_owned()), ..Header::new(ALGORITHM) };
        let claims = token.split('.').nth(1).and_then(|part| URL_SAFE_NO_PAD.decode(part).ok());
        match claims.and_then(|claims| serde_json::from_slice::<Claims>(&claims).ok()) {
            Some(claims) if *header == ours && claims.iss == self.0.issuer => {
                if claims.exp > now.timestamp() {
                    Refused::UnknownKey
                } else {
                    Refused::Token(TokenError::Expired)
                }
            }
            Some(_) | None => Refused::Token(TokenError::Invalid),
        }
    }
}

#[cfg(test)]
mod tests;
