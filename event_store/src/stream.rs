//! Names of streams.

use std::{fmt, sync::Arc};

use uuid::Uuid;

/// The stream of one aggregate: `<category>-<id>`. Cheap to clone. A category has no hyphen.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StreamId {
    text: Arc<str>,
    category_length: usize,
}

impl StreamId {
    pub fn new(category: &str, id: Uuid) -> Self {
        debug_assert!(!category.is_empty() && !category.contains(['-', '\0']), "{category:?} is no category");
        Self { text: format!("{category}-{id}").into(), category_length: category.len() }
    }

    /// Reads a stored stream id back; `None` when it is not of the form `<category>-<uuid>`.
    pub fn parse(text: &str) -> Option<Self> {
        let (category, id) = text.split_once('-')?;
        let id = Uuid::parse_str(id).ok()?;
        (!category.is_empty()).then(|| Self::new(category, id))
    }

    pub fn category(&self) -> &str {
        &self.text[..self.category_length]
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The aggregate's id.
    pub fn id(&self) -> Uuid {
        // Both constructors put a UUID there.
        Uuid::parse_str(&self.text[self.category_length + 1..]).unwrap_or_default()
    }
}

impl fmt::Display for StreamId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_id_is_read_as_it_was_written() {
        let id = Uuid::now_v7();
        let stream = StreamId::new("user", id);
        assert_eq!(StreamId::parse(stream.as_str()), Some(stream.clone()));
        assert_eq!((stream.category(), stream.id()), ("user", id));
        assert_eq!(StreamId::parse("user"), None);
        assert_eq!(StreamId::parse("-0192d1f0-0000-7000-8000-000000000000"), None);
    }
}
