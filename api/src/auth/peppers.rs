//! What is mixed into passwords and recovery codes before they are hashed: the current pepper, and former ones.

use std::sync::Arc;

use base64::{Engine, engine::general_purpose::STANDARD};
use bootstrap::config::SecretKey;
use data_encoding::HEXLOWER;
use event_store::KeyedHash;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha384;
use zeroize::Zeroizing;

use super::passwords::internal;
use crate::error::ApiResult;

/// What hashes said before versions followed from the pepper: the oldest pepper that is known.
const FIRST: &str = "p1";
/// Of a version, beside its letter. It follows from the pepper, so that nobody has to count, and 32 bits of a hash tell
/// nothing of it.
const VERSION_BYTES: usize = 4;

/// Clones share the peppers.
#[derive(Clone)]
pub(super) struct Peppers {
    current: Pepper,
    /// Newest first.
    former: Arc<[Pepper]>,
}

#[derive(Clone)]
pub(super) struct Pepper {
    key: SecretKey,
    version: Arc<str>,
}

impl Peppers {
    pub(super) fn new(current: &SecretKey) -> Self {
        Self { current: Pepper::new(current), former: Arc::default() }
    }

    pub(super) fn formerly(self, former: &[SecretKey]) -> Self {
        Self { former: former.iter().map(Pepper::new).collect(), ..self }
    }

    /// The one for everything new.
    pub(super) fn current(&self) -> &Pepper {
        &self.current
    }

    /// The one that a hash was made with, by the version that it says.
    pub(super) fn of(&self, version: &str) -> Option<&Pepper> {
        if version == FIRST {
            return Some(self.former.last().unwrap_or(&self.current));
        }
        std::iter::once(&self.current).chain(self.former.iter()).find(|pepper| *pepper.version == *version)
    }
}

impl Pepper {
    fn new(key: &SecretKey) -> Self {
        let hash = KeyedHash::derive(key.expose(), "version of the pepper").hash(&[]);
        let version = format!("p{}", HEXLOWER.encode(&hash[..VERSION_BYTES]));
        Self { key: key.clone(), version: version.into() }
    }

    pub(super) fn version(&self) -> &str {
        &self.version
    }

    /// What bcrypt gets. It takes 72 bytes and stops at a zero byte; the base64 of 48 bytes is 64 characters.
    pub(super) fn mix_into(&self, password: &str) -> ApiResult<Zeroizing<String>> {
        let mut mac = <Hmac<Sha384> as KeyInit>::new_from_slice(self.key.expose()).map_err(internal)?;
        mac.update(password.as_bytes());
        Ok(Zeroizing::new(STANDARD.encode(mac.finalize().into_bytes())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_follows_from_its_pepper_and_says_nothing_else() {
        let [one, other] = [1, 2].map(|byte| Pepper::new(&SecretKey::new([byte; 32])));
        assert_eq!(one.version(), Pepper::new(&SecretKey::new([1; 32])).version());
        assert_ne!(one.version(), other.version());
        assert!(one.version().starts_with('p') && one.version().len() == 9 && one.version() != FIRST);
    }
}
