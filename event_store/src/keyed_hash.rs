//! Hashes under a secret key: blind indexes of personal data, idempotency keys, fingerprints.

use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

/// HMAC-SHA-256 under a key of its own, derived from one of the installation's secrets.
#[derive(Clone)]
pub struct KeyedHash(Zeroizing<[u8; 32]>);

impl KeyedHash {
    /// Derives the key for one purpose from a secret (HKDF, RFC 5869): what is learnt of one tells nothing of another.
    pub fn derive(secret: &[u8; 32], purpose: &str) -> Self {
        let mut key = Zeroizing::new([0; 32]);
        // Fails only for outputs longer than 255 hashes.
        let derived = Hkdf::<Sha256>::new(None, secret).expand(purpose.as_bytes(), key.as_mut_slice());
        debug_assert!(derived.is_ok(), "32 bytes are a valid length");
        Self(key)
    }

    /// The hash of the parts, each preceded by its length, so that no two lists of parts run together.
    pub fn hash(&self, parts: &[&[u8]]) -> [u8; 32] {
        // HMAC fills a key up to the block's length with zeros (RFC 2104).
        let mut block = Zeroizing::new([0; 64]);
        block[..32].copy_from_slice(self.0.as_slice());
        let mut mac = <Hmac<Sha256> as KeyInit>::new((&*block).into());
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}

impl std::fmt::Debug for KeyedHash {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("KeyedHash(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_parts_hash_alike_under_one_key_and_purpose_only() {
        let emails = KeyedHash::derive(&[1; 32], "email");
        assert_eq!(emails.hash(&[b"ada"]), emails.hash(&[b"ada"]));
        assert_ne!(emails.hash(&[b"ad", b"a"]), emails.hash(&[b"a", b"da"]));
        assert_ne!(emails.hash(&[b"ada"]), KeyedHash::derive(&[1; 32], "key").hash(&[b"ada"]));
        assert_ne!(emails.hash(&[b"ada"]), KeyedHash::derive(&[2; 32], "email").hash(&[b"ada"]));
    }
}
