//! A change as it is sent: opened and serialised once, shared by all of its receivers.

use std::fmt::Write;

use bytes::Bytes;
use uuid::Uuid;

use super::{
    protocol::ChangePrefix,
    source::{Change, Source, SourceError},
};

/// The part of a change that is the same for every receiver.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Rendered {
    pub(crate) key: Uuid,
    pub(crate) position: i64,
    pub(crate) version: i64,
    pub(crate) removed: bool,
    /// JSON from `"key"` to the closing brace.
    pub(crate) body: Bytes,
}

/// What an entry costs beside its body.
const OVERHEAD: usize = 64;

impl Rendered {
    /// Opens and serialises the record as a change has left it; `None` when there is nothing to show any more.
    pub(crate) async fn upsert(source: &dyn Source, change: &Change) -> Result<Option<Self>, SourceError> {
        if change.row.is_none() {
            return Ok(None);
        }
        let Some(data) = source.render(change).await? else { return Ok(None) };
        let Change { key, version, .. } = change;
        let mut body = format!(r#""key":"{key}","version":{version},"data":"#).into_bytes();
        body.extend_from_slice(&data);
        body.push(b'}');
        Ok(Some(Self::of(change, false, body)))
    }

    /// That the record is not there any more, for those to whom it was.
    pub(crate) fn remove(change: &Change) -> Self {
        let Change { key, version, .. } = change;
        Self::of(change, true, format!(r#""key":"{key}","version":{version}}}"#).into_bytes())
    }

    fn of(change: &Change, removed: bool, body: Vec<u8>) -> Self {
        let Change { key, position, version, .. } = *change;
        Self { key, position, version, removed, body: body.into() }
    }

    /// Bytes that it holds while it waits. Others share them, but who knows for how long.
    pub(crate) fn size(&self) -> usize {
        self.body.len() + OVERHEAD
    }

    /// The whole message.
    pub(crate) fn message(&self, prefix: &ChangePrefix<'_>) -> String {
        let mut text = String::with_capacity(self.body.len() + 160);
        // Writing to a string does not fail.
        let _ = write!(text, "{prefix}");
        self.push_body(&mut text);
        text
    }

    /// Adds the record to the items of a snapshot.
    pub(crate) fn push_item(&self, items: &mut String) {
        items.push('{');
        self.push_body(items);
    }

    fn push_body(&self, text: &mut String) {
        // Made of strings and of what serde_json wrote.
        text.push_str(std::str::from_utf8(&self.body).unwrap_or_default());
    }
}
