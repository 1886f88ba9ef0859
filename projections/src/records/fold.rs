//! What each event makes of a record's row.

use domain::{collections::Data, records::RecordEvent};
use event_store::{RecordedEvent, consumer::HandlerError};
use serde_json::Value;
use uuid::Uuid;

use super::RecordRow;

/// The row after one event; `None` when there is none.
pub(super) fn fold(row: Option<RecordRow>, id: Uuid, event: &RecordedEvent) -> Result<Option<RecordRow>, HandlerError> {
    let row = match (event.decode::<RecordEvent>()?, row) {
        // Also from its tombstone.
        (RecordEvent::Restored(restored), Some(row)) => {
            let (data, generation) = (Value::Object(restored.data), restored.generation);
            Some(RecordRow { data, generation, updated_at: restored.at, deleted: false, ..row })
        }
        (_, Some(gone)) if gone.deleted => Some(gone),
        (RecordEvent::Created(created), _) => Some(RecordRow {
            id,
            collection: created.collection.as_uuid(),
            // The event's, below.
            version: 0,
            position: 0,
            data: Value::Object(created.data),
            created_at: created.at,
            updated_at: created.at,
            created_by: created.by.as_uuid(),
            deleted: false,
            generation: created.generation,
        }),
        (RecordEvent::Changed(changed), Some(row)) => {
            let (data, generation) = (Value::Object(changed.data), changed.generation);
            Some(RecordRow { data, generation, updated_at: changed.at, ..row })
        }
        // That there was one, and nothing of it.
        (RecordEvent::Deleted(deleted), Some(row)) => {
            Some(RecordRow { data: Value::Object(Data::new()), updated_at: deleted.at, deleted: true, ..row })
        }
        (RecordEvent::Changed(_) | RecordEvent::Deleted(_) | RecordEvent::Restored(_), None) => None,
    };
    Ok(row.map(|row| RecordRow { version: event.stream_version, position: event.position, ..row }))
}
