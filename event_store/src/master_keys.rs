//! The installation's master key, which wraps all other keys, and beside it the one that it replaces.

use std::sync::Arc;

use bootstrap::config::Secrets;
use zeroize::Zeroizing;

use crate::{
    KeyedHash,
    cipher::{decrypt, encrypt},
};

/// What was wrapped before versions followed from the key.
const FIRST: i16 = 1;

/// Clones share the keys.
#[derive(Clone)]
pub struct MasterKeys {
    current: Arc<Zeroizing<[u8; 32]>>,
    other: Option<Arc<Zeroizing<[u8; 32]>>>,
    version: i16,
}

impl MasterKeys {
    /// `current` wraps; what `other` has wrapped can be read, too.
    pub fn new(current: &[u8; 32], other: Option<&[u8; 32]>) -> Self {
        let shared = |key: &[u8; 32]| Arc::new(Zeroizing::new(*key));
        Self { current: shared(current), other: other.map(shared), version: version_of(current) }
    }

    /// The version of the current key, which stands beside everything that it has wrapped.
    pub(crate) fn version(&self) -> i16 {
        self.version
    }

    pub(crate) fn wrap(&self, key: &[u8], aad: &[u8]) -> Vec<u8> {
        encrypt(&self.current, key, aad)
    }

    /// `None` for what was changed, moved, or wrapped under a key that is neither of these.
    pub(crate) fn unwrap(&self, wrapped: &[u8], aad: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let opened = decrypt(&self.current, wrapped, aad)
            .or_else(|| self.other.as_ref().and_then(|other| decrypt(other, wrapped, aad)));
        opened.map(Zeroizing::new)
    }
}

impl From<&[u8; 32]> for MasterKeys {
    fn from(current: &[u8; 32]) -> Self {
        Self::new(current, None)
    }
}

impl From<&Secrets> for MasterKeys {
    fn from(secrets: &Secrets) -> Self {
        Self::new(secrets.master_key.expose(), secrets.previous_master_key.as_ref().map(|key| key.expose()))
    }
}

/// Whether two keys have one version, so that nobody could tell what is still to be wrapped anew: once in 32,766 times.
pub fn look_alike(one: &[u8; 32], other: &[u8; 32]) -> bool {
    version_of(one) == version_of(other)
}

/// Follows from the key, so that nobody has to count, and nobody can count wrong. 15 bits of a hash tell nothing of it.
fn version_of(key: &[u8; 32]) -> i16 {
    let [high, low, ..] = KeyedHash::derive(key, "version of the master key").hash(&[]);
    let version = i16::from_be_bytes([high & 0x7f, low]);
    version.max(FIRST + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_current_key_wraps_and_both_unwrap() {
        let (old, new) = ([1; 32], [2; 32]);
        let wrapped = MasterKeys::from(&old).wrap(b"key", b"aad");
        assert!(MasterKeys::from(&new).unwrap(&wrapped, b"aad").is_none());
        let both = MasterKeys::new(&new, Some(&old));
        assert_eq!(both.unwrap(&wrapped, b"aad").unwrap().as_slice(), b"key");
        assert!(both.unwrap(&wrapped, b"another").is_none());
        let again = both.wrap(b"key", b"aad");
        assert_eq!(MasterKeys::from(&new).unwrap(&again, b"aad").unwrap().as_slice(), b"key");
    }

    #[test]
    fn a_version_follows_from_its_key_and_is_never_the_first() {
        assert_eq!(version_of(&[1; 32]), version_of(&[1; 32]));
        assert!(!look_alike(&[1; 32], &[2; 32]));
        assert!((0..=255).all(|byte| version_of(&[byte; 32]) > FIRST));
    }
}
