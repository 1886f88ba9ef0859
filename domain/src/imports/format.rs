//! In which form the lines of an import come.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportFormat {
    /// A JSON object in each line.
    Ndjson,
    /// Comma-separated values (RFC 4180), whose first line names the fields.
    Csv,
}

impl ImportFormat {
    /// As clients write it, and as it is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ndjson => "ndjson",
            Self::Csv => "csv",
        }
    }

    /// `None` for what is no format.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Ndjson, Self::Csv].into_iter().find(|format| format.as_str() == text)
    }
}
