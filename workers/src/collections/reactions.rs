//! Which events of collections lead to which jobs.

use bootstrap::db::Connection;
use domain::collections::CollectionEvent;
use event_store::RecordedEvent;

use super::IndexRecords;
use crate::reactions::{ReactionError, enqueue};

/// Enqueues what follows from an event, in the caller's transaction. What a definition wants, and whether that is there
/// already, the job sees.
pub(crate) async fn react(conn: &mut Connection, event: &RecordedEvent) -> Result<(), ReactionError> {
    let collection = event.aggregate_id().ok_or(ReactionError::NoAggregate)?;
    match event.decode()? {
        CollectionEvent::Defined(_) | CollectionEvent::Changed(_) | CollectionEvent::Deleted(_) => {
            enqueue(conn, event, &IndexRecords { collection, position: event.position }).await
        }
    }
}
