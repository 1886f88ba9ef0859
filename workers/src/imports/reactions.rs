//! Which events of imports lead to which jobs.

use bootstrap::db::Connection;
use domain::imports::ImportEvent;
use event_store::RecordedEvent;

use super::AnalyzeRecords;
use crate::reactions::{ReactionError, enqueue};

/// Records. What fewer change in statistics, plans can do without for a minute.
const LARGE: u64 = 10_000;

/// Enqueues what follows from an event, in the caller's transaction.
pub(crate) async fn react(conn: &mut Connection, event: &RecordedEvent) -> Result<(), ReactionError> {
    match event.decode()? {
        ImportEvent::Finished(finished) if finished.reached.created >= LARGE => {
            let import_id = event.aggregate_id().ok_or(ReactionError::NoAggregate)?;
            enqueue(conn, event, &AnalyzeRecords { import_id, position: event.position }).await
        }
        ImportEvent::Started(_)
        | ImportEvent::Advanced(_)
        | ImportEvent::Finished(_)
        | ImportEvent::Abandoned(_)
        | ImportEvent::Removed(_) => Ok(()),
    }
}
