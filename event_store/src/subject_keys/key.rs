//! The key of one person, and what is sealed under it.

use std::sync::Arc;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::Sealed;
use rand::RngExt;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{FORMAT, SubjectKeyError};
use crate::cipher::{decrypt, encrypt};

#[derive(Clone)]
pub struct SubjectKey {
    subject: Uuid,
    key: Arc<Zeroizing<[u8; 32]>>,
}

impl SubjectKey {
    pub(super) fn generate(subject: Uuid) -> Self {
        Self { subject, key: Arc::new(Zeroizing::new(rand::rng().random())) }
    }

    pub(super) fn from_bytes(subject: Uuid, bytes: &[u8]) -> Result<Self, SubjectKeyError> {
        let bytes = bytes.try_into().map_err(|_| SubjectKeyError::DoesNotOpen)?;
        Ok(Self { subject, key: Arc::new(Zeroizing::new(bytes)) })
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.key.as_slice()
    }

    /// Encrypts a value. `purpose` names what the value is, such as `user.email`, and must be given again to open it.
    pub fn seal(&self, purpose: &str, value: &str) -> Sealed {
        let ciphertext = encrypt(&self.key, value.as_bytes(), &self.binding(purpose));
        Sealed::from_ciphertext(format!("{FORMAT}.{}", URL_SAFE_NO_PAD.encode(ciphertext)))
    }

    pub fn open(&self, purpose: &str, sealed: &Sealed) -> Result<String, SubjectKeyError> {
        let (format, text) = sealed.as_str().split_once('.').ok_or(SubjectKeyError::DoesNotOpen)?;
        if format != FORMAT {
            return Err(SubjectKeyError::DoesNotOpen);
        }
        let ciphertext = URL_SAFE_NO_PAD.decode(text).map_err(|_| SubjectKeyError::DoesNotOpen)?;
        let plaintext = decrypt(&self.key, &ciphertext, &self.binding(purpose)).ok_or(SubjectKeyError::DoesNotOpen)?;
        String::from_utf8(plaintext).map_err(|_| SubjectKeyError::DoesNotOpen)
    }

    fn binding(&self, purpose: &str) -> Vec<u8> {
        format!("{FORMAT}|{}|{purpose}", self.subject).into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(subject: u128) -> SubjectKey {
        SubjectKey { subject: Uuid::from_u128(subject), key: Arc::new(Zeroizing::new([7; 32])) }
    }

    #[test]
    fn what_was_sealed_opens_for_the_same_person_and_purpose_only() {
        let sealed = key(1).seal("user.email", "ada@example.com");
        assert_eq!(key(1).open("user.email", &sealed).unwrap(), "ada@example.com");
        assert!(matches!(key(1).open("user.display_name", &sealed), Err(SubjectKeyError::DoesNotOpen)));
        assert!(matches!(key(2).open("user.email", &sealed), Err(SubjectKeyError::DoesNotOpen)));
    }

    #[test]
    fn a_changed_ciphertext_does_not_open() {
        for text in ["", "s1", "s1.", "s1.AAAA", "s2.AAAAAAAAAAAAAAAAAAAAAAAA", "s1.%%"] {
            let sealed = Sealed::from_ciphertext(text.to_owned());
            assert!(matches!(key(1).open("user.email", &sealed), Err(SubjectKeyError::DoesNotOpen)), "{text}");
        }
    }

    #[test]
    fn equal_values_do_not_look_alike() {
        assert_ne!(key(1).seal("user.email", "a"), key(1).seal("user.email", "a"));
    }
}
