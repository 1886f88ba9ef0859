//! Making a file of content that is there: the file's event and the owner's room for it, in one append.

use bootstrap::config;
use chrono::{DateTime, Utc};
use domain::{
    Aggregate, Command, Sealed,
    files::{CreateFile, File, FileId, FileSpace, Room, TakeSpace, space::TakeSpaceRefused},
    users::UserId,
};
use event_store::{EventStore, ExecuteError, Executed, Execution, Expected, NewEvent, StreamAppend, StreamId};

use crate::{Key, Received};

/// A file to be made.
#[derive(Clone, Debug)]
pub struct NewFile {
    pub id: FileId,
    pub owner: UserId,
    pub name: Sealed,
    pub received: Received,
    pub key: Key,
    pub temporary: bool,
    pub at: DateTime<Utc>,
}

/// The stream of a file.
pub fn stream(id: FileId) -> StreamId {
    StreamId::new(File::CATEGORY, id.as_uuid())
}

/// The stream of the room that a person's files take.
pub fn space_stream(owner: UserId) -> StreamId {
    StreamId::new(FileSpace::CATEGORY, owner.as_uuid())
}

/// What one person may have.
pub fn room(settings: &config::Files) -> Room {
    Room { files: settings.quota_files, bytes: settings.quota_bytes }
}

/// Makes a file. Its content has to be there, durably.
pub async fn make(
    events: &EventStore,
    file: NewFile,
    room: Room,
    execution: Execution,
) -> Result<Executed<FileSpace>, ExecuteError<TakeSpaceRefused>> {
    let (id, owner, bytes, at) = (file.id, file.owner, file.received.size, file.at);
    let execution = Execution { beside: vec![beginning(file)?], ..execution };
    events.execute(&space_stream(owner), TakeSpace { file: id, bytes, room, at }, execution).await
}

/// The file's own part of the append that makes it.
pub fn beginning(file: NewFile) -> Result<StreamAppend, serde_json::Error> {
    let NewFile { id, owner, name, received, key, temporary, at } = file;
    let create = CreateFile {
        owner,
        name,
        content_type: received.content_type,
        size: received.size,
        sha256: received.sha256,
        key: key.as_str().to_owned(),
        temporary,
        at,
    };
    // Of a stream without events nothing is refused; that this one has none, the append sees to.
    let created = create.decide(&File::Unknown).unwrap_or_default();
    let events = created.iter().map(NewEvent::from_domain).collect::<Result<_, _>>()?;
    Ok(StreamAppend { stream: stream(id), expected: Expected::Exactly(0), events })
}
