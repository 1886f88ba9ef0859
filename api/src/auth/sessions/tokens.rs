//! Refresh tokens, and the token that a browser's page proves itself with beside the cookie that holds one.
//!
//! A token names its session and its place in the session's chain, and ends with a tag that only we can make: what was
//! never ours is refused without a question to the database, and what was ours once is known for it for ever. The first
//! secret of a chain is random; each further one is a hash of the token before it, under our key, so that the successor
//! can be given again without being kept anywhere. Who reads the database finds hashes; who has a token cannot compute
//! its successor.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use bootstrap::config::SecretKey;
use event_store::KeyedHash;
use rand::RngExt;
use subtle::ConstantTimeEq;
use uuid::Uuid;
use zeroize::Zeroizing;

const PREFIX: &str = "tmr_";
const ID_LENGTH: usize = 16;
const NUMBER_LENGTH: usize = 4;
const SECRET_LENGTH: usize = 32;
const TAG_LENGTH: usize = 16;
const SIGNED_LENGTH: usize = ID_LENGTH + NUMBER_LENGTH + SECRET_LENGTH;
const LENGTH: usize = SIGNED_LENGTH + TAG_LENGTH;

/// A refresh token of ours: one that was given out, though perhaps not the one that counts.
#[derive(Clone)]
pub struct RefreshToken {
    pub session_id: Uuid,
    /// How many tokens of the session there were before it.
    pub number: u32,
    secret: Zeroizing<[u8; SECRET_LENGTH]>,
}

/// Makes refresh tokens and reads them. Clones share the keys.
#[derive(Clone)]
pub struct RefreshTokens {
    tags: KeyedHash,
    successors: KeyedHash,
    stored: KeyedHash,
    csrf: KeyedHash,
}

impl RefreshTokens {
    pub fn new(secret: &SecretKey) -> Self {
        let derive = |purpose| KeyedHash::derive(secret.expose(), purpose);
        Self {
            tags: derive("refresh token tag"),
            successors: derive("refresh token successor"),
            stored: derive("refresh token hash"),
            csrf: derive("csrf token"),
        }
    }

    /// A token with a random secret, at this place of the session's chain.
    pub fn random(&self, session_id: Uuid, number: u32) -> RefreshToken {
        RefreshToken { session_id, number, secret: Zeroizing::new(rand::rng().random()) }
    }

    /// The token that this one is exchanged for. The same each time.
    pub fn successor(&self, token: &RefreshToken) -> RefreshToken {
        let secret = Zeroizing::new(self.successors.hash(&[token.signed().as_slice()]));
        RefreshToken { session_id: token.session_id, number: token.number.saturating_add(1), secret }
    }

    /// The token as its holder gets it.
    pub fn write(&self, token: &RefreshToken) -> String {
        let signed = token.signed();
        let bytes = Zeroizing::new([signed.as_slice(), &self.tag(signed.as_slice())].concat());
        format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes.as_slice()))
    }

    /// `None` for whatever was never given out.
    pub fn read(&self, text: &str) -> Option<RefreshToken> {
        let mut bytes = Zeroizing::new([0; LENGTH]);
        // Too long a token does not fit and is not decoded.
        let length = URL_SAFE_NO_PAD.decode_slice(text.strip_prefix(PREFIX)?, bytes.as_mut_slice()).ok()?;
        if length != LENGTH {
            return None;
        }
        let (signed, tag) = bytes.split_at(SIGNED_LENGTH);
        if !bool::from(self.tag(signed).ct_eq(tag)) {
            return None;
        }
        let (id, rest) = signed.split_first_chunk::<ID_LENGTH>()?;
        let (number, secret) = rest.split_first_chunk::<NUMBER_LENGTH>()?;
        let secret = Zeroizing::new(secret.try_into().ok()?);
        Some(RefreshToken { session_id: Uuid::from_bytes(*id), number: u32::from_be_bytes(*number), secret })
    }

    /// What is kept of a token.
    pub(super) fn hash(&self, token: &RefreshToken) -> Vec<u8> {
        self.stored.hash(&[token.signed().as_slice()]).to_vec()
    }

    /// What the page of a session shows beside its cookie, which other sites may make a browser send but not read.
    pub fn csrf_token(&self, session_id: Uuid) -> String {
        URL_SAFE_NO_PAD.encode(self.csrf.hash(&[session_id.as_bytes()]))
    }

    pub fn is_csrf_token(&self, session_id: Uuid, text: &str) -> bool {
        self.csrf_token(session_id).as_bytes().ct_eq(text.as_bytes()).into()
    }

    fn tag(&self, signed: &[u8]) -> [u8; TAG_LENGTH] {
        let mut tag = [0; TAG_LENGTH];
        tag.copy_from_slice(&self.tags.hash(&[signed])[..TAG_LENGTH]);
        tag
    }
}

impl RefreshToken {
    /// Everything but the tag.
    fn signed(&self) -> Zeroizing<Vec<u8>> {
        let number = self.number.to_be_bytes();
        Zeroizing::new([self.session_id.as_bytes().as_slice(), &number, self.secret.as_slice()].concat())
    }
}

/// Not shown by accident.
impl std::fmt::Debug for RefreshToken {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "RefreshToken({}, {}, …)", self.session_id, self.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(secret: u8) -> RefreshTokens {
        RefreshTokens::new(&SecretKey::new([secret; 32]))
    }

    fn session() -> Uuid {
        Uuid::from_u128(7)
    }

    #[test]
    fn a_token_is_read_as_it_was_written() {
        let (tokens, session) = (tokens(1), session());
        let token = tokens.random(session, 3);
        let text = tokens.write(&token);
        assert!(text.starts_with("tmr_") && text.len() == 4 + 91, "{text}");
        let read = tokens.read(&text).unwrap();
        assert_eq!((read.session_id, read.number, &read.secret), (session, 3, &token.secret));
        assert_eq!(tokens.hash(&read), tokens.hash(&token));
        assert_ne!(tokens.write(&tokens.random(session, 3)), text);
    }

    #[test]
    fn what_was_never_ours_is_told_without_the_database() {
        let text = tokens(1).write(&tokens(1).random(session(), 0));
        assert!(tokens(2).read(&text).is_none());
        for (at, _) in text.char_indices().filter(|(at, _)| *at < text.len() - 1) {
            let other = if text[at..].starts_with('A') { "B" } else { "A" };
            let changed = format!("{}{other}{}", &text[..at], &text[at + 1..]);
            assert!(tokens(1).read(&changed).is_none(), "{changed}");
        }
        for garbage in ["", "tmr_", "tmr_AAAA", &text[4..], &format!("{text}AAAA"), &"x".repeat(10_000)] {
            assert!(tokens(1).read(garbage).is_none(), "{garbage}");
        }
    }

    #[test]
    fn a_successor_is_the_same_each_time_and_nobody_elses() {
        let token = tokens(1).random(session(), 0);
        let next = tokens(1).successor(&token);
        assert_eq!(tokens(1).write(&next), tokens(1).write(&tokens(1).successor(&token)));
        assert_eq!((next.session_id, next.number), (session(), 1));
        assert_ne!(next.secret, tokens(2).successor(&token).secret);
        assert_ne!(next.secret, tokens(1).successor(&next).secret);
        assert_ne!(next.secret.as_slice(), tokens(1).hash(&token).as_slice(), "not what the database has");
    }

    #[test]
    fn a_csrf_token_belongs_to_its_session() {
        let (tokens, text) = (tokens(1), tokens(1).csrf_token(session()));
        assert!(tokens.is_csrf_token(session(), &text));
        assert!(!tokens.is_csrf_token(Uuid::from_u128(8), &text) && !tokens.is_csrf_token(session(), ""));
    }

    #[test]
    fn a_token_is_not_shown_by_accident() {
        let token = tokens(1).random(session(), 0);
        assert_eq!(format!("{token:?}"), format!("RefreshToken({}, 0, …)", session()));
    }
}
