//! Indexes that a collection declares, so that filters and sorting find records without looking at all of them.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Keys in their order, as they are written: `"rank"`, or `["status", "-created_at"]`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "Written", into = "Written")]
pub struct Index {
    keys: Vec<IndexKey>,
}

/// A field, and whether its values fall while the index goes forward. An index is read in both directions, so this says
/// something beside other keys only.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct IndexKey {
    pub field: String,
    pub descending: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    One(String),
    Many(Vec<String>),
}

impl Index {
    /// The same index for all ways to write it: its first key rises.
    pub fn new(mut keys: Vec<IndexKey>) -> Self {
        if keys.first().is_some_and(|key| key.descending) {
            keys.iter_mut().for_each(|key| key.descending = !key.descending);
        }
        Self { keys }
    }

    /// On one field.
    pub fn on(field: &str) -> Self {
        Self::new(vec![IndexKey::parse(field)])
    }

    pub fn keys(&self) -> &[IndexKey] {
        &self.keys
    }
}

impl IndexKey {
    /// A name, after `-` when values fall.
    pub fn parse(text: &str) -> Self {
        match text.strip_prefix('-') {
            Some(field) => Self { field: field.to_owned(), descending: true },
            None => Self { field: text.to_owned(), descending: false },
        }
    }
}

impl fmt::Display for IndexKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}{}", if self.descending { "-" } else { "" }, self.field)
    }
}

impl From<Written> for Index {
    fn from(written: Written) -> Self {
        match written {
            Written::One(key) => Self::on(&key),
            Written::Many(keys) => Self::new(keys.iter().map(|key| IndexKey::parse(key)).collect()),
        }
    }
}

impl From<Index> for Written {
    fn from(index: Index) -> Self {
        match index.keys.as_slice() {
            [key] => Self::One(key.to_string()),
            keys => Self::Many(keys.iter().map(IndexKey::to_string).collect()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_index_is_written_in_one_form() {
        for (written, form) in [
            (json!("rank"), json!("rank")),
            (json!("-rank"), json!("rank")),
            (json!(["rank"]), json!("rank")),
            (json!(["status", "-due"]), json!(["status", "-due"])),
            (json!(["-status", "due"]), json!(["status", "-due"])),
            (json!([]), json!([])),
        ] {
            let index: Index = serde_json::from_value(written.clone()).unwrap();
            assert_eq!(serde_json::to_value(index).unwrap(), form, "{written}");
        }
        assert!(serde_json::from_value::<Index>(json!({"rank": 1})).is_err());
    }
}
