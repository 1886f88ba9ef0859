//! What a projection tells the api replicas after each commit.

use std::borrow::Cow;

use messaging::ChangeNotice;
use serde::{Deserialize, Deserializer, Serialize};
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
    /// Under which the lane was consumed. Another than before means that positions may have gone back: what was committed
    /// without waiting for the disk is lost when the server crashes, and so is the lease. `None` where no lane tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fence: Option<i64>,
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
    /// The columns as they were before the batch, for those who must know who could see the row then; `Some(None)` when
    /// there was no row. `None` where a projection does not tell.
    #[serde(default, deserialize_with = "told", skip_serializing_if = "Option::is_none")]
    pub before: Option<Option<Box<RawValue>>>,
}

/// `null` is told, too; what is left out is not.
fn told<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<Box<RawValue>>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
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
/// The same for the bytes of their rows: a notice goes to every api process, whoever is looking.
pub const MOST_BYTES: usize = 1 << 20;

impl Batch {
    /// A batch as it is sent: without its changes when there are too many.
    pub fn new(epoch: String, from: i64, to: i64, parked: Option<i64>, changes: Vec<Change>) -> Self {
        if changes.len() > MOST_CHANGES || changes.iter().map(Change::size).sum::<usize>() > MOST_BYTES {
            return Self { epoch, from: to, to, parked, fence: None, changes: vec![] };
        }
        Self { epoch, from, to, parked, fence: None, changes }
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

impl Change {
    fn size(&self) -> usize {
        let before = self.before.as_ref().and_then(Option::as_ref);
        [self.row.as_ref(), before].into_iter().flatten().map(|row| row.get().len()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(position: i64) -> Change {
        let row = RawValue::from_string(r#"{"id":"1"}"#.to_owned()).unwrap();
        let (topic, key, op) = ("users".into(), "1".to_owned(), Op::Upsert);
        Change { topic, key, position, version: 3, op, row: Some(row), before: None }
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
    fn that_there_was_no_row_is_told_apart_from_not_telling() {
        let text = |change: &Change| serde_json::to_string(change).unwrap();
        let read = |text: &str| serde_json::from_str::<Change>(text).unwrap().before;
        assert!(read(&text(&change(4))).is_none());
        assert!(read(&text(&Change { before: Some(None), ..change(4) })).is_some_and(|before| before.is_none()));
        let before = change(3).row;
        let told = read(&text(&Change { before: Some(before), ..change(4) })).flatten();
        assert_eq!(told.unwrap().get(), r#"{"id":"1"}"#);
    }

    #[test]
    fn large_rows_become_a_gap() {
        let large = |bytes: usize| Change {
            row: Some(RawValue::from_string(format!("\"{}\"", "x".repeat(bytes))).unwrap()),
            before: Some(change(1).row),
            ..change(5)
        };
        assert_eq!(Batch::new(String::new(), 0, 5, None, vec![large(MOST_BYTES / 2)]).changes.len(), 1);
        let batch = Batch::new(String::new(), 0, 5, None, vec![large(MOST_BYTES / 2), large(MOST_BYTES / 2)]);
        assert_eq!((batch.from, batch.to, batch.changes.len()), (5, 5, 0));
    }

    #[test]
    fn too_many_changes_become_a_gap() {
        let batch = Batch::new(String::new(), 0, 900, Some(0), (1..=900).map(change).collect());
        assert_eq!((batch.from, batch.to, batch.changes.len()), (900, 900, 0));
    }
}
