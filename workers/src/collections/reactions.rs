//! Which events of collections lead to which jobs.

use bootstrap::db::Connection;
use domain::collections::{
    ChangeId, CollectionEvent,
    events::{ChangeRefused, ChangeWithdrawn},
};
use event_store::RecordedEvent;

use super::{CheckRecords, EmptyCollection, IndexRecords, SweepRecords};
use crate::reactions::{ReactionError, enqueue};

/// Enqueues what follows from an event, in the caller's transaction. What a definition wants, and whether that is there
/// already, the job sees.
pub(crate) async fn react(conn: &mut Connection, event: &RecordedEvent) -> Result<(), ReactionError> {
    let (collection, position) = (event.aggregate_id().ok_or(ReactionError::NoAggregate)?, event.position);
    let sweep = |change: ChangeId, is_accepted| {
        let change = change.as_uuid();
        SweepRecords { collection, change, position, is_accepted }
    };
    match event.decode()? {
        CollectionEvent::Defined(_) | CollectionEvent::Changed(_) => {
            enqueue(conn, event, &IndexRecords { collection, position }).await
        }
        CollectionEvent::Deleted(_) => {
            enqueue(conn, event, &IndexRecords { collection, position }).await?;
            enqueue(conn, event, &EmptyCollection { collection, position }).await
        }
        CollectionEvent::ChangeProposed(proposed) => {
            let change = proposed.proposal.change.as_uuid();
            enqueue(conn, event, &IndexRecords { collection, position }).await?;
            enqueue(conn, event, &CheckRecords { collection, change, position }).await
        }
        CollectionEvent::ChangeAccepted(accepted) => {
            enqueue(conn, event, &IndexRecords { collection, position }).await?;
            enqueue(conn, event, &sweep(accepted.change, true)).await
        }
        CollectionEvent::ChangeRefused(ChangeRefused { change, .. })
        | CollectionEvent::ChangeWithdrawn(ChangeWithdrawn { change, .. }) => {
            enqueue(conn, event, &IndexRecords { collection, position }).await?;
            enqueue(conn, event, &sweep(change, false)).await
        }
    }
}
