//! What each event makes of a file's row.

use domain::files::FileEvent;
use event_store::{RecordedEvent, consumer::HandlerError};
use uuid::Uuid;

use super::FileRow;

/// The row after one event; `None` when there is none.
pub(super) fn fold(row: Option<FileRow>, id: Uuid, event: &RecordedEvent) -> Result<Option<FileRow>, HandlerError> {
    let row = match (event.decode::<FileEvent>()?, row) {
        // It does not come back.
        (_, Some(gone)) if gone.deleted => Some(gone),
        (FileEvent::Created(created), _) => Some(FileRow {
            id,
            // The event's, below.
            version: 0,
            position: 0,
            owner: created.owner.as_uuid(),
            name: created.name.as_str().to_owned(),
            content_type: created.content_type.to_string(),
            size_bytes: i64::try_from(created.size).unwrap_or(i64::MAX),
            sha256: created.sha256.to_string(),
            temporary: created.temporary,
            records: 0,
            unnamed_since: created.at,
            created_at: created.at,
            updated_at: created.at,
            deleted: false,
        }),
        (FileEvent::Renamed(renamed), Some(row)) => {
            Some(FileRow { name: renamed.name.as_str().to_owned(), updated_at: renamed.at, ..row })
        }
        (FileEvent::Linked(_), Some(row)) => Some(FileRow { records: row.records + 1, ..row }),
        (FileEvent::Unlinked(unlinked), Some(row)) => {
            Some(FileRow { records: row.records - 1, unnamed_since: unlinked.at, ..row })
        }
        // That there was one, and whose.
        (FileEvent::Deleted(deleted), Some(row)) => Some(FileRow {
            name: String::new(),
            content_type: String::new(),
            sha256: String::new(),
            size_bytes: 0,
            updated_at: deleted.at,
            deleted: true,
            ..row
        }),
        (FileEvent::Renamed(_) | FileEvent::Linked(_) | FileEvent::Unlinked(_) | FileEvent::Deleted(_), None) => None,
    };
    Ok(row.map(|row| FileRow { version: event.stream_version, position: event.position, ..row }))
}
