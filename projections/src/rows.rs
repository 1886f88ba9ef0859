//! What every projection with one row per stream does with a batch; for those of extensions, too.

use std::collections::{HashMap, HashSet};

use event_store::{RecordedEvent, consumer::HandlerError};
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use uuid::Uuid;

use crate::{Change, Op, changes::MOST_CHANGES};

/// A row of a read model. Serialised, it is the `row` of a change.
pub trait StreamRow: Serialize {
    /// Of the aggregate.
    fn id(&self) -> Uuid;
    /// Of the stream.
    fn version(&self) -> i64;
    /// Of the last event applied.
    fn position(&self) -> i64;
    fn is_tombstone(&self) -> bool;
}

/// The events of one category, with the ids of their aggregates.
pub fn with_ids<'e>(
    events: &'e [RecordedEvent],
    category: &str,
) -> Result<Vec<(Uuid, &'e RecordedEvent)>, HandlerError> {
    let with_id = |event: &'e RecordedEvent| {
        let id = event.aggregate_id();
        id.map(|id| (id, event)).ok_or_else(|| HandlerError::Other(format!("{} names no aggregate", event.stream_id)))
    };
    events.iter().filter(|event| event.category == category).map(with_id).collect()
}

/// Aggregates whose stream does not begin in this batch, so that there may be rows of them.
pub fn known_before(events: &[(Uuid, &RecordedEvent)]) -> Vec<Uuid> {
    let mut seen = HashSet::new();
    let first = events.iter().filter(|(id, _)| seen.insert(*id));
    first.filter(|(_, event)| event.stream_version > 1).map(|(id, _)| *id).collect()
}

/// The rows that the events change, each as the last one leaves it, in the order of positions. `rows` has those that
/// there were.
pub fn folded<Row: StreamRow>(
    mut rows: HashMap<Uuid, Row>,
    events: &[(Uuid, &RecordedEvent)],
    fold: impl Fn(Option<Row>, Uuid, &RecordedEvent) -> Result<Option<Row>, HandlerError>,
) -> Result<Vec<Row>, HandlerError> {
    let mut changed = HashSet::new();
    for (id, event) in events {
        if let Some(row) = fold(rows.remove(id), *id, event)? {
            rows.insert(*id, row);
            changed.insert(*id);
        }
    }
    let mut changed: Vec<Row> = changed.iter().filter_map(|id| rows.remove(id)).collect();
    changed.sort_unstable_by_key(StreamRow::position);
    Ok(changed)
}

/// What happened to the rows; with their columns only if anybody is going to be told.
pub fn changes<Row: StreamRow>(topic: &'static str, rows: &[Row]) -> Result<Vec<Change>, HandlerError> {
    let told = rows.len() <= MOST_CHANGES;
    let change = |row: &Row| {
        let op = if row.is_tombstone() { Op::Remove } else { Op::Upsert };
        let (key, position, version) = (row.id().to_string(), row.position(), row.version());
        let row = if told { columns(row)? } else { None };
        Ok(Change { topic: topic.into(), key, position, version, op, row, before: None })
    };
    rows.iter().map(change).collect()
}

/// The columns of rows before they change, for [`Before::tell`]; nothing when there are so many that nobody is told.
pub(crate) fn before<Row: StreamRow>(rows: &HashMap<Uuid, Row>) -> Result<Before, HandlerError> {
    if rows.len() > MOST_CHANGES {
        return Ok(Before::default());
    }
    let columns = rows.iter().filter_map(|(id, row)| Some((id.to_string(), columns(row).transpose()?)));
    columns.map(|(id, columns)| Ok((id, columns?))).collect::<Result<_, _>>().map(Before)
}

/// What rows were before they changed, by their ids.
#[derive(Debug, Default)]
pub(crate) struct Before(HashMap<String, Box<RawValue>>);

impl Before {
    /// Adds to each change what its row was.
    pub(crate) fn tell(mut self, mut changes: Vec<Change>) -> Vec<Change> {
        for change in &mut changes {
            change.before = Some(self.0.remove(&change.key));
        }
        changes
    }
}

/// `None` of a tombstone, which has nothing to show.
fn columns<Row: StreamRow>(row: &Row) -> Result<Option<Box<RawValue>>, HandlerError> {
    let columns = (!row.is_tombstone()).then(|| to_raw_value(row)).transpose();
    columns.map_err(|error| HandlerError::Other(error.to_string()))
}
