//! The keys that tokens are signed with and verified by.

use std::sync::Arc;

use bootstrap::config::SecretKey;
use chrono::{DateTime, Utc};
use event_store::signing_keys::{NewSigningKey, SigningKey};
use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header,
    jwk::{AlgorithmParameters, Jwk, ThumbprintHash},
};
use zeroize::Zeroizing;

use super::SigningError;
use crate::auth::jwks::PublicKey;

pub(super) const ALGORITHM: Algorithm = Algorithm::EdDSA;
/// RFC 9068, section 2.1: tells access tokens from other tokens under the same key.
pub(super) const TYPE: &str = "at+jwt";
/// What stands before an Ed25519 seed in PKCS #8 (RFC 8410, section 7).
const PKCS8_PREFIX: [u8; 16] =
    [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

/// A seed with the name that its public key gives it.
pub(crate) fn named(seed: SecretKey) -> Result<NewSigningKey, SigningError> {
    let public = Jwk::from_encoding_key(&encoding_key(&seed), ALGORITHM)?;
    Ok(NewSigningKey { kid: public.thumbprint(ThumbprintHash::SHA256)?, seed })
}

fn encoding_key(seed: &SecretKey) -> EncodingKey {
    EncodingKey::from_ed_der(&Zeroizing::new([PKCS8_PREFIX.as_slice(), seed.expose()].concat()))
}

/// One key with all that follows from it.
pub(super) struct Key {
    pub(super) kid: Arc<str>,
    /// Of every token under this key, to the letter.
    pub(super) header: Header,
    pub(super) signing: EncodingKey,
    pub(super) verifying: DecodingKey,
    pub(super) public: PublicKey,
    signs_from: DateTime<Utc>,
    verifies_until: Option<DateTime<Utc>>,
}

impl Key {
    fn new(key: &SigningKey) -> Result<Self, SigningError> {
        let signing = encoding_key(&key.seed);
        let jwk = Jwk::from_encoding_key(&signing, ALGORITHM)?;
        let AlgorithmParameters::OctetKeyPair(pair) = &jwk.algorithm else { return Err(SigningError::NoKey) };
        let mut header = Header::new(ALGORITHM);
        header.typ = Some(TYPE.to_owned());
        header.kid = Some(key.kid.clone());
        let public = PublicKey {
            kid: key.kid.clone(),
            kty: "OKP",
            crv: "Ed25519",
            x: pair.x.clone(),
            purpose: "sig",
            alg: "EdDSA",
        };
        Ok(Self {
            kid: key.kid.as_str().into(),
            header,
            verifying: DecodingKey::from_jwk(&jwk)?,
            signing,
            public,
            signs_from: key.signs_from,
            verifies_until: key.verifies_until,
        })
    }

    fn verifies(&self, now: DateTime<Utc>) -> bool {
        self.verifies_until.is_none_or(|until| until > now)
    }
}

/// The keys of one moment, newest first.
pub(super) struct Keys(Vec<Key>);

impl Keys {
    pub(super) fn new(keys: &[SigningKey]) -> Result<Self, SigningError> {
        let mut keys: Vec<Key> = keys.iter().map(Key::new).collect::<Result<_, _>>()?;
        keys.sort_by_key(|key| std::cmp::Reverse(key.signs_from));
        Ok(Self(keys))
    }

    /// The newest one whose time has come.
    pub(super) fn signing(&self, now: DateTime<Utc>) -> Option<&Key> {
        self.0.iter().find(|key| key.signs_from <= now && key.verifies(now))
    }

    /// One that does not sign yet counts: the clock of whoever signed may be ahead.
    pub(super) fn verifying(&self, kid: &str, now: DateTime<Utc>) -> Option<&Key> {
        self.0.iter().find(|key| *key.kid == *kid && key.verifies(now))
    }

    pub(super) fn public(&self, now: DateTime<Utc>) -> Vec<PublicKey> {
        self.0.iter().filter(|key| key.verifies(now)).map(|key| key.public.clone()).collect()
    }
}
