//! Tokens that are mailed to a user and count once: to verify an address, to reset a password, to change an address and
//! to undo that.
//!
//! They are stored nowhere: a token is a hash of what it is for, made anew by whoever has the key, by the worker that
//! writes the mail and by the api that checks it. That it counts once, in time and in its generation only is decided by
//! the user's aggregate, which knows the requests that are pending.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use subtle::ConstantTimeEq;
use uuid::Uuid;

use crate::KeyedHash;

/// What the key is derived for.
const KEY_PURPOSE: &str = "one-time token";
const ID_LENGTH: usize = 16;
/// 192 bits of the hash: as hard to guess as anybody needs, and a link stays on one line.
const PROOF_LENGTH: usize = 24;
const LENGTH: usize = 2 * ID_LENGTH + PROOF_LENGTH;

/// What a token is good for; it is good for nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    VerifyEmail,
    ResetPassword,
    ChangeEmail,
    UndoEmailChange,
}

/// Makes tokens and opens them.
#[derive(Clone, Debug)]
pub struct OneTimeTokens(KeyedHash);

impl OneTimeTokens {
    pub fn new(secret: &[u8; 32]) -> Self {
        Self(KeyedHash::derive(secret, KEY_PURPOSE))
    }

    /// The token for a user's request, in base64url: 75 characters. The same each time.
    pub fn issue(&self, purpose: Purpose, user: Uuid, request: Uuid) -> String {
        let proof = self.proof(purpose, user, request);
        URL_SAFE_NO_PAD.encode([user.as_bytes().as_slice(), request.as_bytes(), &proof].concat())
    }

    /// The user and the request that a token is about, if it is one of ours for this purpose. Whether the request is
    /// pending is the aggregate's to say.
    pub fn open(&self, purpose: Purpose, token: &str) -> Option<(Uuid, Uuid)> {
        let mut bytes = [0; LENGTH];
        // Too long a token does not fit and is not decoded.
        let length = URL_SAFE_NO_PAD.decode_slice(token, &mut bytes).ok()?;
        if length != LENGTH {
            return None;
        }
        let (user, rest) = bytes.split_first_chunk::<ID_LENGTH>()?;
        let (request, proof) = rest.split_first_chunk::<ID_LENGTH>()?;
        let (user, request) = (Uuid::from_bytes(*user), Uuid::from_bytes(*request));
        let expected = self.proof(purpose, user, request);
        bool::from(expected.as_slice().ct_eq(proof)).then_some((user, request))
    }

    fn proof(&self, purpose: Purpose, user: Uuid, request: Uuid) -> [u8; PROOF_LENGTH] {
        let hash = self.0.hash(&[purpose.name().as_bytes(), user.as_bytes(), request.as_bytes()]);
        let mut proof = [0; PROOF_LENGTH];
        proof.copy_from_slice(&hash[..PROOF_LENGTH]);
        proof
    }
}

impl Purpose {
    /// Part of what is hashed, so it never changes.
    fn name(self) -> &'static str {
        match self {
            Self::VerifyEmail => "verify-email",
            Self::ResetPassword => "reset-password",
            Self::ChangeEmail => "change-email",
            Self::UndoEmailChange => "undo-email-change",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PURPOSES: [Purpose; 4] =
        [Purpose::VerifyEmail, Purpose::ResetPassword, Purpose::ChangeEmail, Purpose::UndoEmailChange];

    fn tokens() -> OneTimeTokens {
        OneTimeTokens::new(&[1; 32])
    }

    fn ids() -> (Uuid, Uuid) {
        (Uuid::from_u128(1), Uuid::from_u128(2))
    }

    #[test]
    fn a_token_opens_for_its_own_purpose_only() {
        for issued in PURPOSES {
            let token = tokens().issue(issued, ids().0, ids().1);
            assert_eq!(token.len(), 75);
            for opened in PURPOSES {
                assert_eq!(tokens().open(opened, &token), (opened == issued).then(ids));
            }
        }
    }

    #[test]
    fn every_process_makes_the_same_token_and_another_key_another_one() {
        let issue = |key: u8| OneTimeTokens::new(&[key; 32]).issue(Purpose::ResetPassword, ids().0, ids().1);
        assert_eq!(issue(1), issue(1));
        assert_ne!(issue(1), issue(2));
        assert_eq!(tokens().open(Purpose::ResetPassword, &issue(2)), None);
    }

    #[test]
    fn a_token_that_was_changed_anywhere_does_not_open() {
        let token = tokens().issue(Purpose::VerifyEmail, ids().0, ids().1);
        let mut bytes = URL_SAFE_NO_PAD.decode(&token).unwrap();
        for at in 0..bytes.len() {
            bytes[at] ^= 1;
            assert_eq!(tokens().open(Purpose::VerifyEmail, &URL_SAFE_NO_PAD.encode(&bytes)), None, "byte {at}");
            bytes[at] ^= 1;
        }
        assert_eq!(tokens().open(Purpose::VerifyEmail, &URL_SAFE_NO_PAD.encode(&bytes)), Some(ids()));
    }

    #[test]
    fn what_has_no_tokens_form_does_not_open() {
        let token = tokens().issue(Purpose::VerifyEmail, ids().0, ids().1);
        let longer = format!("{token}{token}");
        for text in ["", "a", "%", &token[..74], &longer, &format!("{token}="), &format!("{token}A"), &" ".repeat(75)] {
            assert_eq!(tokens().open(Purpose::VerifyEmail, text), None, "{text}");
        }
    }

    #[test]
    fn the_key_is_not_shown() {
        assert_eq!(format!("{:?}", tokens()), "OneTimeTokens(KeyedHash(…))");
    }
}
