//! A text that occurs nowhere else, and everything that it might look like where it should not be.

use std::collections::BTreeSet;

use base64::{
    Engine,
    engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD},
};
use rand::RngExt;

const LETTERS: &[u8] = b"bcdfghjklmnpqrstvwxz";
const LENGTH: usize = 14;

/// Part of every value that is watched. Small letters, so that nothing that is done to addresses changes it.
#[derive(Clone, Debug)]
pub(crate) struct Marker(String);

impl Marker {
    pub(crate) fn new() -> Self {
        let mut random = rand::rng();
        Self((0..LENGTH).map(|_| char::from(LETTERS[random.random_range(..LETTERS.len())])).collect())
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// In each encoding, at whichever offset it begins.
    pub(crate) fn encodings(&self) -> Vec<(&'static str, Vec<u8>)> {
        let bytes = self.0.as_bytes();
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let mut found = vec![
            ("utf-8", bytes.to_vec()),
            ("utf-16le", self.0.encode_utf16().flat_map(u16::to_le_bytes).collect()),
            ("hex", hex.to_uppercase().into_bytes()),
            ("hex", hex.into_bytes()),
        ];
        for offset in 0..3 {
            found.push(("base64", within(&STANDARD_NO_PAD, bytes, offset)));
            found.push(("base64url", within(&URL_SAFE_NO_PAD, bytes, offset)));
        }
        found
    }

    /// The same without repeats, for searching.
    pub(crate) fn patterns(&self) -> Vec<Vec<u8>> {
        let patterns: BTreeSet<_> = self.encodings().into_iter().map(|(_, pattern)| pattern).collect();
        patterns.into_iter().collect()
    }

    /// The pieces of a text in which the marker is, whatever it is encoded as.
    pub(crate) fn hits(&self, text: &[u8]) -> Vec<String> {
        let piece = |at: usize, length: usize| {
            let (from, to) = (at.saturating_sub(40), (at + length + 40).min(text.len()));
            String::from_utf8_lossy(&text[from..to]).into_owned()
        };
        let of = |pattern: Vec<u8>| {
            let at = text.windows(pattern.len()).position(|window| window == pattern)?;
            Some(piece(at, pattern.len()))
        };
        self.patterns().into_iter().filter_map(of).collect()
    }
}

/// The characters that are the same whatever comes before, at this offset, and after.
fn within(engine: &impl Engine, bytes: &[u8], offset: usize) -> Vec<u8> {
    let encoded = engine.encode([&vec![0; offset], bytes].concat());
    let (skipped, whole) = ([0, 2, 3][offset], (offset + bytes.len()) * 8 / 6);
    encoded.as_bytes()[skipped..whole].to_vec()
}

#[test]
fn a_marker_is_found_in_every_encoding_wherever_it_stands() {
    let marker = Marker::new();
    for before in ["", "a", "ab", "abc", "{\"email\":\""] {
        let text = format!("{before}{}@example.test", marker.as_str());
        let hex = |upper: bool| {
            let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
            if upper { hex.to_uppercase() } else { hex }
        };
        let places = [
            text.clone().into_bytes(),
            text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            STANDARD_NO_PAD.encode(&text).into_bytes(),
            URL_SAFE_NO_PAD.encode(&text).into_bytes(),
            hex(true).into_bytes(),
            hex(false).into_bytes(),
        ];
        for place in places {
            assert!(!marker.hits(&place).is_empty(), "{}", String::from_utf8_lossy(&place));
        }
    }
    assert!(marker.hits(b"nothing of it").is_empty());
    assert!(Marker::new().hits(marker.as_str().as_bytes()).is_empty());
}
