//! Records as they were at events of them, or before one that deleted them.

use std::collections::{BTreeSet, HashMap};

use bootstrap::db::Connection;
use chrono::{DateTime, Utc};
use domain::{
    collections::{CollectionId, Data},
    records::{RecordEvent, events::Created, seen},
};
use event_store::{RecordedEvent, log};
use uuid::Uuid;

use crate::reactions::ReactionError;

/// The version of a record's stream that says what it is one of, and whose.
const FIRST: i64 = 1;

/// A record as it was.
pub(super) struct RecordThen {
    id: Uuid,
    pub(super) collection: CollectionId,
    pub(super) data: Data,
    /// Of the content.
    pub(super) generation: i32,
    created_at: DateTime<Utc>,
    created_by: Uuid,
    updated_at: DateTime<Utc>,
}

impl RecordThen {
    /// As expressions see it, with this content.
    pub(super) fn seen(&self, data: Data) -> Data {
        seen(self.id, data, self.created_at, self.updated_at, self.created_by)
    }
}

/// The records that events of the category `record` are about, by the events' positions: after the event, or before it
/// where it is a deletion. One query for all of them.
pub(super) async fn at_events(
    conn: &mut Connection,
    events: &[&RecordedEvent],
) -> Result<HashMap<i64, RecordThen>, ReactionError> {
    let decoded: Vec<(&RecordedEvent, RecordEvent)> =
        events.iter().map(|event| Ok((*event, event.decode()?))).collect::<Result<_, ReactionError>>()?;
    let wanted: BTreeSet<(&str, i64)> = decoded.iter().flat_map(|(event, content)| needed(event, content)).collect();
    let wanted: Vec<_> = wanted.into_iter().collect();
    let before = if wanted.is_empty() { vec![] } else { log::versions(conn, &wanted).await? };
    let mut others: HashMap<(&str, i64), RecordEvent> = HashMap::with_capacity(before.len());
    for event in &before {
        others.insert((&event.stream_id, event.stream_version), event.decode()?);
    }
    let mut records = HashMap::with_capacity(decoded.len());
    for (event, content) in &decoded {
        let other = |version| others.get(&(event.stream_id.as_str(), version));
        let first = if event.stream_version == FIRST { Some(content) } else { other(FIRST) };
        let content = match content {
            RecordEvent::Deleted(_) => other(event.stream_version - 1),
            content @ (RecordEvent::Created(_) | RecordEvent::Changed(_) | RecordEvent::Restored(_)) => Some(content),
        };
        if let (Some(id), Some(RecordEvent::Created(first)), Some(content)) = (event.aggregate_id(), first, content) {
            records.extend(then(id, first, content).map(|record| (event.position, record)));
        }
    }
    Ok(records)
}

/// What has to be read beside an event.
fn needed<'e>(event: &'e RecordedEvent, content: &RecordEvent) -> Vec<(&'e str, i64)> {
    let stream = event.stream_id.as_str();
    match content {
        RecordEvent::Created(_) => vec![],
        RecordEvent::Changed(_) | RecordEvent::Restored(_) => vec![(stream, FIRST)],
        RecordEvent::Deleted(_) => vec![(stream, FIRST), (stream, event.stream_version - 1)],
    }
}

fn then(id: Uuid, first: &Created, content: &RecordEvent) -> Option<RecordThen> {
    let (data, generation, updated_at) = match content {
        RecordEvent::Created(event) => (&event.data, event.generation, event.at),
        RecordEvent::Changed(event) => (&event.data, event.generation, event.at),
        RecordEvent::Restored(event) => (&event.data, event.generation, event.at),
        RecordEvent::Deleted(_) => return None,
    };
    Some(RecordThen {
        id,
        collection: first.collection,
        data: data.clone(),
        generation,
        created_at: first.at,
        created_by: first.by.as_uuid(),
        updated_at,
    })
}
