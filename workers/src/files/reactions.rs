//! Which events of files lead to which jobs.

use bootstrap::db::Connection;
use domain::files::FileEvent;
use event_store::RecordedEvent;

use super::{DeleteContent, MakeThumbnails, render::is_drawn};
use crate::reactions::{ReactionError, enqueue};

/// Enqueues what follows from an event, in the caller's transaction.
pub(crate) async fn react(conn: &mut Connection, event: &RecordedEvent) -> Result<(), ReactionError> {
    let file_id = event.aggregate_id().ok_or(ReactionError::NoAggregate)?;
    match event.decode()? {
        FileEvent::Created(created) if is_drawn(created.content_type.as_str()) => {
            enqueue(conn, event, &MakeThumbnails { file_id }).await
        }
        FileEvent::Deleted(_) => enqueue(conn, event, &DeleteContent { file_id }).await,
        FileEvent::Created(_) | FileEvent::Renamed(_) | FileEvent::Linked(_) | FileEvent::Unlinked(_) => Ok(()),
    }
}
