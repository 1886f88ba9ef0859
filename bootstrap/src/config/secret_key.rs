//! A secret of 32 bytes that is redacted wherever it might be printed, and wiped when dropped.

use std::{collections::HashSet, fmt, sync::Arc};

use base64::{Engine, engine::general_purpose::STANDARD};
use secrecy::{ExposeSecret, SecretBox};

/// A key of 256 bits. Clones share the one copy in memory.
#[derive(Clone)]
pub struct SecretKey(Arc<SecretBox<[u8; SecretKey::LENGTH]>>);

/// Why 32 bytes do not look like the output of a random generator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weakness {
    Published,
    FewDistinctBytes,
    Phrase,
}

impl SecretKey {
    pub const LENGTH: usize = 32;

    /// Used in development when nothing is configured. They are public: refused everywhere else.
    pub(super) const DEVELOPMENT_MASTER: [u8; 32] = *b"tidemark development: master key";
    pub(super) const DEVELOPMENT_TOKEN: [u8; 32] = *b"tidemark development: token key.";
    pub(super) const DEVELOPMENT_PEPPER: [u8; 32] = *b"tidemark development: pepper....";
    pub(super) const DEVELOPMENT_INDEX: [u8; 32] = *b"tidemark development: index key.";
    const PUBLISHED: [[u8; 32]; 4] =
        [Self::DEVELOPMENT_MASTER, Self::DEVELOPMENT_TOKEN, Self::DEVELOPMENT_PEPPER, Self::DEVELOPMENT_INDEX];

    pub fn new(bytes: [u8; Self::LENGTH]) -> Self {
        Self(Arc::new(SecretBox::new(Box::new(bytes))))
    }

    /// A new key from the operating system's generator.
    pub fn generate() -> Self {
        Self::new(rand::random())
    }

    /// Accepts standard base64 of exactly 32 bytes, with surrounding white space as files have it.
    pub fn from_base64(text: &str) -> Option<Self> {
        STANDARD.decode(text.trim()).ok()?.try_into().ok().map(Self::new)
    }

    /// For writing a generated key to a file that only its owner can read.
    pub fn to_base64(&self) -> String {
        STANDARD.encode(self.expose())
    }

    pub fn expose(&self) -> &[u8; Self::LENGTH] {
        self.0.expose_secret()
    }

    /// True for the well-known value that development falls back to.
    pub fn is_published(&self) -> bool {
        Self::PUBLISHED.contains(self.expose())
    }

    /// Random bytes fail these checks with a probability below 10⁻¹³: 32 of them have 30 distinct values on average,
    /// and all printable with probability (95/256)³².
    pub(super) fn weakness(&self) -> Option<Weakness> {
        let distinct: HashSet<_> = self.expose().iter().collect();
        if self.is_published() {
            Some(Weakness::Published)
        } else if distinct.len() < 16 || self.is_sequence() {
            Some(Weakness::FewDistinctBytes)
        } else if self.expose().iter().all(|byte| (0x20..0x7f).contains(byte)) {
            Some(Weakness::Phrase)
        } else {
            None
        }
    }

    /// Every byte follows its predecessor by the same step, as in 00 01 02 ….
    fn is_sequence(&self) -> bool {
        let steps: HashSet<_> = self.expose().windows(2).map(|pair| pair[1].wrapping_sub(pair[0])).collect();
        steps.len() == 1
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey([redacted])")
    }
}
