//! What each event makes of a collection's row.

use domain::collections::{CollectionEvent, Definition};
use event_store::{RecordedEvent, consumer::HandlerError};
use serde_json::Value;
use uuid::Uuid;

use super::CollectionRow;

/// The row after one event; `None` when there is none.
pub(super) fn fold(
    row: Option<CollectionRow>,
    id: Uuid,
    event: &RecordedEvent,
) -> Result<Option<CollectionRow>, HandlerError> {
    let row = match (event.decode::<CollectionEvent>()?, row) {
        // It does not come back.
        (_, Some(gone)) if gone.deleted => Some(gone),
        (CollectionEvent::Defined(defined), _) => Some(CollectionRow {
            id,
            // The event's, below.
            version: 0,
            position: 0,
            name: defined.name.into(),
            definition: written(&defined.definition)?,
            created_at: defined.at,
            updated_at: defined.at,
            deleted: false,
        }),
        (CollectionEvent::Changed(changed), Some(row)) => {
            Some(CollectionRow { definition: written(&changed.definition)?, updated_at: changed.at, ..row })
        }
        (CollectionEvent::ChangeAccepted(accepted), Some(row)) => {
            Some(CollectionRow { definition: written(&accepted.definition)?, updated_at: accepted.at, ..row })
        }
        // Its version is another one all the same.
        (
            CollectionEvent::ChangeProposed(_)
            | CollectionEvent::ChangeRefused(_)
            | CollectionEvent::ChangeWithdrawn(_),
            row,
        ) => row,
        (CollectionEvent::Deleted(deleted), Some(row)) => {
            Some(CollectionRow { updated_at: deleted.at, deleted: true, ..row })
        }
        (CollectionEvent::Changed(_) | CollectionEvent::ChangeAccepted(_) | CollectionEvent::Deleted(_), None) => None,
    };
    Ok(row.map(|row| CollectionRow { version: event.stream_version, position: event.position, ..row }))
}

fn written(definition: &Definition) -> Result<Value, HandlerError> {
    serde_json::to_value(definition).map_err(|error| HandlerError::Other(error.to_string()))
}
