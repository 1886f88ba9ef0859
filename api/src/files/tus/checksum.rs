//! The checksum of the bytes of one request: `Upload-Checksum`.

use base64::{Engine, engine::general_purpose::STANDARD};
use sha1::Sha1;
use sha2::{Digest, Sha256};

use super::headers::{CHECKSUM, invalid};
use crate::error::ApiResult;

pub(super) const ALGORITHMS: &str = "sha1,sha256";

/// Counts along. SHA-1 is what senders have, and finds what went wrong on the way; what the file is, SHA-256 says.
#[derive(Clone, Debug)]
pub(in crate::files) enum Checksum {
    Sha1(Sha1, Vec<u8>),
    Sha256(Sha256, Vec<u8>),
}

impl Checksum {
    pub(super) fn parse(text: &str) -> ApiResult<Self> {
        let malformed = || invalid(&CHECKSUM, "must be sha1 or sha256, and a checksum in base64");
        let (algorithm, value) = text.split_once(' ').ok_or_else(malformed)?;
        let value = STANDARD.decode(value.trim()).map_err(|_| malformed())?;
        match algorithm {
            "sha1" if value.len() == 20 => Ok(Self::Sha1(Sha1::new(), value)),
            "sha256" if value.len() == 32 => Ok(Self::Sha256(Sha256::new(), value)),
            _ => Err(malformed()),
        }
    }

    pub(in crate::files) fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha1(hash, _) => hash.update(bytes),
            Self::Sha256(hash, _) => hash.update(bytes),
        }
    }

    pub(super) fn holds(self) -> bool {
        match self {
            Self::Sha1(hash, expected) => hash.finalize().as_slice() == expected,
            Self::Sha256(hash, expected) => hash.finalize().as_slice() == expected,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checksum_is_right_for_its_bytes_only() {
        let mut checksum = Checksum::parse("sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=").unwrap();
        checksum.update(b"hello ");
        let mut other = checksum.clone();
        checksum.update(b"world");
        other.update(b"there");
        assert!(checksum.holds() && !other.holds());
        for text in ["", "sha1", "md5 AAAA", "sha1 AAAA", "sha256 Kq5sNclPz7QV2+lfQIuc6R7oRu0=", "sha1 ?"] {
            assert!(Checksum::parse(text).is_err(), "{text}");
        }
    }
}
