//! Personal data as events, messages and read models carry it: encrypted under the person's own key.

use serde::{Deserialize, Serialize};

/// A ciphertext in its textual form. Only the edge of a process that holds the keys can seal and open it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sealed(String);

impl Sealed {
    /// Wraps what the sealing code has made; it is not checked here.
    pub fn from_ciphertext(text: String) -> Self {
        Self(text)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}
