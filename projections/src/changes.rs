//! What a projection tells the api replicas after each commit.

use std::borrow::Cow;

use messaging::ChangeNotice;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// The body of a [`ChangeNotice`]: one committed batch of one lane, also when it changed nothing.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Batch {
    /// Names the life of the rows; rows and positions of another epoch mean nothing. See [`crate::Epoch`].
    pub epoch: String,
    /// `changes` holds everything that happened in the lane after this position and up to [`Self::to`]. A reader whose
    /// own position is lower has missed something, or was not told: it reads the read model from its position on.
    pub from: i64,
    pub to: i64,
    /// Streams of the lane that were parked when the batch was committed, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parked: Option<i64>,
    pub changes: Vec<Change>,
}

/// One row of a read model as it is from `position` on.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Change {
    /// Such as `users`.
    pub topic: Cow<'static, str>,
    /// The row's id.
    pub key: String,
    /// Of the last event that changed the row.
    pub position: i64,
    /// Grows with every change of the row.
    pub version: i64,
    pub op: Op,
    /// The columns as they are stored, sealed ones still sealed; `None` when the row was removed.
    pub row: Option<Box<RawValue>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Op {
    Upsert,
    Remove,
}

/// Above this many changes the projection is catching up, and a reader is better off with one query: the notice then
/// carries no changes and starts where it ends.
pub const MOST_CHANGES: usize = 500;

impl Batch {
    /// A batch as it is sent: without its changes when there are too many.
    pub fn new(epoch: String, from: i64, to: i64, parked: Option<i64>, changes: Vec<Change>) -> Self {
        if changes.len() > MOST_CHANGES {
            return Self { epoch, from: to, to, parked, changes: vec![] };
        }
        Self { epoch, from, to, parked, changes }
    }

    /// Serialises the batch, once for all its readers.
    pub fn to_notice(&self, projection: &str, build: i32, lane: i16) -> Result<ChangeNotice, serde_json::Error> {
        let body = serde_json::to_vec(self)?.into();
        Ok(ChangeNotice { projection: projection.to_owned(), build, lane, position: self.to, body })
    }

    pub fn from_notice(notice: &ChangeNotice) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(&notice.body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(position: i64) -> Change {
        let row = RawValue::from_string(r#"{"id":"1"}"#.to_owned()).unwrap();
        Change { topic: "users".into(), key: "1".to_owned(), position, version: 3, op: Op::Upsert, row: Some(row) }
    }

    #[test]
    fn a_batch_is_written_as_the_contract_says_and_read_again() {
        let batch = Batch::new("0a1b2c3d-b7".to_owned(), 17, 25, None, vec![change(20)]);
        let notice = batch.to_notice("users", 7, 0).unwrap();
        assert_eq!(notice.position, 25);
        assert_eq!(
            std::str::from_utf8(&notice.body).unwrap(),
            r#"{"epoch":"0a1b2c3d-b7","from":17,"to":25,"changes":[{"topic":"users","key":"1","position":20,"version":3,"op":"upsert","row":{"id":"1"}}]}"#
        );
        let read = Batch::from_notice(&notice).unwrap();
        assert_eq!(read.to_notice("users", 7, 0).unwrap(), notice);
    }

    #[test]
    fn a_removal_has_no_row() {
        let removal = Change { op: Op::Remove, row: None, ..change(4) };
        let text = serde_json::to_string(&removal).unwrap();
        assert!(text.ends_with(r#""op":"remove","row":null}"#), "{text}");
        assert!(serde_json::from_str::<Change>(&text).unwrap().row.is_none());
    }

    #[test]
    fn too_many_changes_become_a_gap() {
        let batch = Batch::new(String::new(), 0, 900, Some(0), (1..=900).map(change).collect());
        assert_eq!((batch.from, batch.to, batch.changes.len()), (900, 900, 0));
    }
}
