//! What each event makes of an import's row, and of what is told of its lines.

use domain::imports::{ImportEvent, Reached};
use event_store::{RecordedEvent, consumer::HandlerError};
use uuid::Uuid;

use super::{ImportErrorRow, ImportRow};

/// The row after one event; `None` when there is none. Errors that it tells are added to `errors`.
pub(super) fn fold(
    row: Option<ImportRow>,
    id: Uuid,
    event: &RecordedEvent,
    errors: &mut Vec<ImportErrorRow>,
) -> Result<Option<ImportRow>, HandlerError> {
    let row = match (event.decode::<ImportEvent>()?, row) {
        // It does not come back.
        (_, Some(gone)) if gone.deleted => Some(gone),
        (ImportEvent::Started(started), _) => Some(ImportRow {
            id,
            // The event's, below.
            version: 0,
            position: 0,
            collection: started.collection.as_uuid(),
            collection_name: started.collection_name.to_string(),
            format: started.format.as_str().to_owned(),
            owner: started.by.as_uuid(),
            state: "open".to_owned(),
            received_bytes: 0,
            lines: 0,
            created: 0,
            refused: 0,
            errors: 0,
            started_at: started.at,
            updated_at: started.at,
            deleted: false,
        }),
        (ImportEvent::Advanced(advanced), Some(row)) => {
            let told = advanced.errors.into_iter().zip(row.errors + 1..).map(|(error, number)| ImportErrorRow {
                import_id: id,
                number,
                line: count(error.line),
                pointer: error.pointer,
                code: error.code,
            });
            let before = errors.len();
            errors.extend(told);
            let told = (errors.len() - before) as i64;
            let row = ImportRow { errors: row.errors + told, updated_at: advanced.at, ..row };
            Some(reached(row, advanced.reached))
        }
        (ImportEvent::Finished(finished), Some(row)) => {
            Some(ImportRow { state: "finished".to_owned(), updated_at: finished.at, ..row })
        }
        (ImportEvent::Abandoned(abandoned), Some(row)) => {
            Some(ImportRow { state: "abandoned".to_owned(), updated_at: abandoned.at, ..row })
        }
        (ImportEvent::Removed(removed), Some(row)) => {
            Some(ImportRow { updated_at: removed.at, errors: 0, deleted: true, ..row })
        }
        (
            ImportEvent::Advanced(_) | ImportEvent::Finished(_) | ImportEvent::Abandoned(_) | ImportEvent::Removed(_),
            None,
        ) => None,
    };
    Ok(row.map(|row| ImportRow { version: event.stream_version, position: event.position, ..row }))
}

fn reached(row: ImportRow, reached: Reached) -> ImportRow {
    ImportRow {
        received_bytes: count(reached.bytes),
        lines: count(reached.lines),
        created: count(reached.created),
        refused: count(reached.refused),
        ..row
    }
}

fn count(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
