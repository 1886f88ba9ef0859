//! Access tokens: JWTs after RFC 9068, signed with Ed25519, good for a quarter of an hour.

use std::{
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use bootstrap::config::SecretKey;
use domain::users::UserId;
use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode,
    jwk::{Jwk, ThumbprintHash},
};
use moka::sync::Cache;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use url::Url;
use uuid::Uuid;
use zeroize::Zeroizing;

/// How long a token is good for.
pub const LIFETIME: Duration = Duration::from_secs(15 * 60);

const ALGORITHM: Algorithm = Algorithm::EdDSA;
/// RFC 9068, section 2.1: tells access tokens from other tokens under the same key.
const TYPE: &str = "at+jwt";
/// A signature takes some 30 µs to verify; tokens that were verified are looked up by their hash until they expire.
const REMEMBERED_TOKENS: u64 = 100_000;
/// Ours have some 400 bytes; anything much longer is not worth hashing.
const MAX_LENGTH: usize = 2048;
/// What stands before an Ed25519 seed in PKCS #8 (RFC 8410, section 7).
const PKCS8_PREFIX: [u8; 16] =
    [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

/// Issues tokens and verifies them. Clones share the keys and the memory of verified tokens.
#[derive(Clone)]
pub struct Tokens(Arc<Inner>);

struct Inner {
    signing: EncodingKey,
    verifying: DecodingKey,
    header: Header,
    validation: Validation,
    issuer: String,
    verified: Cache<[u8; 32], AccessToken>,
}

/// What a valid token says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccessToken {
    pub user_id: UserId,
    pub session_id: Uuid,
    /// Seconds since 1970.
    pub expires_at: i64,
    /// The user's authentication generation when the token was issued.
    pub generation: u32,
}

/// Why a token is not accepted. The caller learns no more than this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    #[error("the access token has expired")]
    Expired,
    #[error("the access token is not valid")]
    Invalid,
}

/// The secret key is unusable, or a token could not be made.
#[derive(Debug, thiserror::Error)]
#[error("access tokens: {0}")]
pub struct SigningError(#[from] jsonwebtoken::errors::Error);

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
}

impl Tokens {
    /// `seed` is the Ed25519 private key; issuer and audience are the installation's public URL.
    pub fn new(seed: &SecretKey, public_url: &Url) -> Result<Self, SigningError> {
        let signing = EncodingKey::from_ed_der(&Zeroizing::new([PKCS8_PREFIX.as_slice(), seed.expose()].concat()));
        let public = Jwk::from_encoding_key(&signing, ALGORITHM)?;
        let mut header = Header::new(ALGORITHM);
        header.typ = Some(TYPE.to_owned());
        header.kid = Some(public.thumbprint(ThumbprintHash::SHA256)?);
        let issuer = public_url.as_str().trim_end_matches('/').to_owned();
        let mut validation = Validation::new(ALGORITHM);
        validation.leeway = 0;
        validation.validate_nbf = true;
        validation.set_issuer(&[&issuer]);
        validation.set_audience(&[&issuer]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        let verified = Cache::builder().max_capacity(REMEMBERED_TOKENS).time_to_live(LIFETIME).build();
        let verifying = DecodingKey::from_jwk(&public)?;
        Ok(Self(Arc::new(Inner { signing, verifying, header, validation, issuer, verified })))
    }

    /// A token for a session, and what it says.
    pub fn issue(
        &self,
        user_id: UserId,
        session_id: Uuid,
        generation: u32,
    ) -> Result<(String, AccessToken), SigningError> {
        let issued_at = unix_time();
        let expires_at = issued_at + LIFETIME.as_secs().cast_signed();
        let claims = Claims {
            iss: self.0.issuer.clone(),
            aud: self.0.issuer.clone(),
            exp: expires_at,
            iat: issued_at,
            sub: user_id,
            sid: session_id,
            generation,
        };
        let token = encode(&self.0.header, &claims, &self.0.signing)?;
        Ok((token, AccessToken { user_id, session_id, expires_at, generation }))
    }

    /// What the token says, if we issued it and it has not expired. Whether the user may still do anything is
    /// [`super::Standings`]' affair.
    pub fn verify(&self, token: &str) -> Result<AccessToken, TokenError> {
        if token.len() > MAX_LENGTH {
            return Err(TokenError::Invalid);
        }
        let hash: [u8; 32] = Sha256::digest(token).into();
        let verified = match self.0.verified.get(&hash) {
            Some(verified) => verified,
            None => {
                let verified = self.check(token)?;
                self.0.verified.insert(hash, verified);
                verified
            }
        };
        if verified.expires_at <= unix_time() { Err(TokenError::Expired) } else { Ok(verified) }
    }

    fn check(&self, token: &str) -> Result<AccessToken, TokenError> {
        // Exactly the header that we write: no other algorithm or type, and no key that the token itself brings along
        // (`jku`, `jwk`, `x5u`, `x5c`).
        if decode_header(token).map_err(|_| TokenError::Invalid)? != self.0.header {
            return Err(TokenError::Invalid);
        }
        let claims = decode::<Claims>(token, &self.0.verifying, &self.0.validation)
            .map_err(|error| match error.kind() {
                jsonwebtoken::errors::ErrorKind::ExpiredSignature => TokenError::Expired,
                _ => TokenError::Invalid,
            })?
            .claims;
        Ok(AccessToken {
            user_id: claims.sub,
            session_id: claims.sid,
            expires_at: claims.exp,
            generation: claims.generation,
        })
    }
}

fn unix_time() -> i64 {
    // Fails only before 1970.
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs().cast_signed())
}

#[cfg(test)]
mod tests;
