//! Making a file of an upload that is complete: its pieces become one content, that becomes a file, and then they go.
//! Each step can be repeated: whoever was cut off begins again.

use bootstrap::{config, db};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use domain::{
    files::{File, FileId, space::TakeSpaceRefused},
    users::UserId,
};
use event_store::{AppendError, EventStore, ExecuteError, Execution, ReadError};
use futures::TryStreamExt;

use super::{DiscardError, Part, Upload, discard, parts};
use crate::{Incoming, IncomingError, Key, NewFile, Received, Storage, StorageError, is_taken, make, room, stream};

/// Why no file was made of it.
#[derive(Debug, thiserror::Error)]
pub enum FinishError {
    /// Files of its type are not taken; the upload is gone.
    #[error("files of type {0} are not taken")]
    TypeRefused(String),
    #[error(transparent)]
    Execute(#[from] ExecuteError<TakeSpaceRefused>),
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Storage(#[from] StorageError),
    #[error(transparent)]
    Pool(#[from] db::PoolError),
    #[error(transparent)]
    Query(#[from] diesel::result::Error),
    /// What was counted as received is not there: pieces and count disagree.
    #[error("pieces of the upload are missing")]
    Incomplete,
}

/// Makes the file, unless it was made already; returns the position of its event in that case only where this made it.
pub async fn finish(
    events: &EventStore,
    storage: &Storage,
    settings: &config::Files,
    upload: &Upload,
    at: DateTime<Utc>,
    execution: Execution,
) -> Result<Option<i64>, FinishError> {
    let id = FileId::from_uuid(upload.id);
    let mut position = None;
    if matches!(events.load::<File>(&stream(id)).await?.state, File::Unknown) {
        let mut conn = events.pool().get().await?;
        let parts = parts(&mut conn, upload.id).await?;
        drop(conn);
        let key = Key::content(upload.id);
        let received = match assemble(storage, upload, &parts, &key, &settings.types).await {
            Err(error @ FinishError::TypeRefused(_)) => {
                discard(events.pool(), storage, upload.id).await?;
                return Err(error);
            }
            received => received?,
        };
        position = enter(events, settings, upload, received, key, at, execution).await?;
    }
    discard(events.pool(), storage, upload.id).await?;
    Ok(position)
}

async fn assemble(
    storage: &Storage,
    upload: &Upload,
    parts: &[Part],
    key: &Key,
    types: &[String],
) -> Result<Received, FinishError> {
    let mut incoming = Incoming::begin(storage, key, upload.size());
    let assembled = take_parts(storage, upload, parts, &mut incoming).await.and_then(|()| {
        let received = incoming.received(upload.declared().as_ref());
        match is_taken(&received.content_type, types) {
            true => Ok(received),
            false => Err(FinishError::TypeRefused(received.content_type.to_string())),
        }
    });
    match assembled {
        Ok(received) => {
            incoming.store().await?;
            Ok(received)
        }
        Err(error) => {
            incoming.abandon().await;
            Err(error)
        }
    }
}

async fn take_parts(
    storage: &Storage,
    upload: &Upload,
    parts: &[Part],
    incoming: &mut Incoming,
) -> Result<(), FinishError> {
    let mut at = 0;
    for part in parts {
        if part.start != at {
            return Err(FinishError::Incomplete);
        }
        let mut pieces = std::pin::pin!(storage.stream(&part.key, 0..part.size));
        while let Some(piece) = pieces.try_next().await? {
            take(incoming, piece).await?;
        }
        at += part.size;
    }
    if at == upload.size() { Ok(()) } else { Err(FinishError::Incomplete) }
}

async fn take(incoming: &mut Incoming, piece: Bytes) -> Result<(), FinishError> {
    incoming.take(piece).await.map_err(|error| match error {
        IncomingError::TooLarge { .. } => FinishError::Incomplete,
        IncomingError::Storage(error) => FinishError::Storage(error),
    })
}

async fn enter(
    events: &EventStore,
    settings: &config::Files,
    upload: &Upload,
    received: Received,
    key: Key,
    at: DateTime<Utc>,
    execution: Execution,
) -> Result<Option<i64>, FinishError> {
    let id = FileId::from_uuid(upload.id);
    let file = NewFile {
        id,
        owner: UserId::from_uuid(upload.owner),
        name: upload.sealed_name(),
        received,
        key,
        temporary: upload.temporary,
        at,
    };
    match make(events, file, room(settings), execution).await {
        Ok(done) => Ok(done.position),
        // Somebody else has made it meanwhile, of the same pieces.
        Err(ExecuteError::Append(AppendError::Conflict { stream: other, .. })) if other == stream(id) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

impl From<DiscardError> for FinishError {
    fn from(error: DiscardError) -> Self {
        match error {
            DiscardError::Pool(error) => Self::Pool(error),
            DiscardError::Query(error) => Self::Query(error),
            DiscardError::Storage(error) => Self::Storage(error),
        }
    }
}
