//! Deleting a file: its event, and the room that it gives back, in one append. Its content goes after that, by a job.

use domain::files::{DeleteFile, File, FileId, FreeSpace, delete::DeleteFileRefused};
use event_store::{EventStore, ExecuteError, Executed, Execution, Expected, NewEvent, StreamAppend};

use crate::{space_stream, stream};

/// Deletes a file.
pub async fn remove(
    events: &EventStore,
    id: FileId,
    command: DeleteFile,
    execution: Execution,
) -> Result<Executed<File>, ExecuteError<DeleteFileRefused>> {
    let (stream, mut execution) = (stream(id), execution);
    // Size and owner never change, so however old this is, it is right where the command is accepted.
    let recent = events.recent::<File>(&stream).await?;
    if let Some(kept) = recent.state.kept() {
        let freed = FreeSpace { file: id, bytes: kept.size, at: command.at }.event();
        let events = vec![NewEvent::from_domain(&freed)?];
        execution.beside.push(StreamAppend { stream: space_stream(kept.owner), expected: Expected::Any, events });
    }
    events.execute(&stream, command, execution).await
}
