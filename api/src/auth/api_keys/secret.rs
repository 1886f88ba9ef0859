//! API keys as programs hold them.

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use domain::users::{ApiKey, UserId};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use uuid::Uuid;
use zeroize::Zeroizing;

/// Tells keys from access tokens, and lets scanners find keys that were published by accident.
const PREFIX: &str = "tmk_";
const LENGTH: usize = 16 + 16 + 32;

/// `tmk_` and the base64url of owner, key and secret. The owner stands in it so that one look-up is enough.
pub struct Secret {
    pub owner: UserId,
    pub key_id: Uuid,
    secret: Zeroizing<[u8; 32]>,
}

impl Secret {
    /// A new secret for a key.
    pub fn generate(owner: UserId, key_id: Uuid) -> Self {
        Self { owner, key_id, secret: Zeroizing::new(rand::random()) }
    }

    /// Whether the text claims to be an API key, be it a good one or not.
    pub fn is_meant(text: &str) -> bool {
        text.starts_with(PREFIX)
    }

    pub fn parse(text: &str) -> Option<Self> {
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(text.strip_prefix(PREFIX)?).ok()?);
        let bytes: &[u8; LENGTH] = bytes.as_slice().try_into().ok()?;
        let (owner, rest) = bytes.split_first_chunk::<16>()?;
        let (key_id, secret) = rest.split_first_chunk::<16>()?;
        Some(Self {
            owner: UserId::from_uuid(Uuid::from_bytes(*owner)),
            key_id: Uuid::from_bytes(*key_id),
            secret: Zeroizing::new(secret.try_into().ok()?),
        })
    }

    /// As the program gets it, once.
    pub fn write(&self) -> String {
        let mut bytes = Zeroizing::new([0; LENGTH]);
        bytes[..16].copy_from_slice(self.owner.as_uuid().as_bytes());
        bytes[16..32].copy_from_slice(self.key_id.as_bytes());
        bytes[32..].copy_from_slice(self.secret.as_slice());
        format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes.as_slice()))
    }

    /// As the owner's account keeps it.
    pub fn hash(&self) -> String {
        STANDARD.encode(self.digest())
    }

    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.secret.as_slice()).into()
    }

    /// Whether this is the secret of the key. Takes the same time wherever they differ.
    pub fn opens(&self, key: &ApiKey) -> bool {
        self.key_id == key.id && bool::from(self.hash().as_bytes().ct_eq(key.secret_hash.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use domain::Sealed;

    use super::*;

    fn secret() -> Secret {
        Secret::generate(UserId::from_uuid(Uuid::from_u128(1)), Uuid::from_u128(2))
    }

    fn key(secret: &Secret) -> ApiKey {
        ApiKey {
            id: secret.key_id,
            name: Sealed::from_ciphertext(String::new()),
            secret_hash: secret.hash(),
            permissions: vec![],
            created_at: chrono::DateTime::UNIX_EPOCH,
            expires_at: None,
        }
    }

    #[test]
    fn a_key_is_read_as_it_was_written_and_opens_what_it_was_made_for() {
        let secret = secret();
        let text = secret.write();
        assert!(Secret::is_meant(&text) && text.len() == 90, "{text}");
        let read = Secret::parse(&text).unwrap();
        assert_eq!((read.owner, read.key_id), (secret.owner, secret.key_id));
        assert!(read.opens(&key(&secret)));
    }

    #[test]
    fn another_secret_or_the_secret_of_another_key_opens_nothing() {
        let (one, other) = (secret(), secret());
        assert!(!other.opens(&key(&one)));
        let elsewhere = Secret { key_id: Uuid::from_u128(3), ..Secret::parse(&one.write()).unwrap() };
        assert!(!elsewhere.opens(&key(&one)));
    }

    #[test]
    fn what_is_no_key_is_not_read() {
        let text = secret().write();
        let longer = format!("{text}AAAA");
        for text in ["", "tmk_", &text[4..], &text[..89], &longer, "tmk_%%%", &text.replace("tmk_", "tmk-")] {
            assert!(Secret::parse(text).is_none(), "{text}");
        }
    }
}
