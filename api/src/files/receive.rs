//! Takes the bytes of an upload into the object store, as fast as that takes them, and not slower than [`Pace`] allows.

use std::time::Instant;

use bytes::Bytes;
use file_store::{Incoming, IncomingError, Writer};
use futures::{Stream, StreamExt};
use tokio::time::timeout;

use super::{pace::Pace, tus::Checksum};
use crate::error::{ApiError, ApiResult};

/// Takes everything that comes. Where that fails, the caller abandons what has come.
pub(super) async fn receive<E: Into<ApiError>>(
    mut bytes: impl Stream<Item = Result<Bytes, E>> + Unpin,
    incoming: &mut Incoming,
) -> ApiResult<()> {
    let mut pace = Pace::begin(Instant::now());
    while let Some(chunk) = next(&mut bytes, &mut pace).await? {
        incoming.take(chunk).await?;
    }
    Ok(())
}

/// What was pulled out of a body.
pub(super) struct Pulled {
    pub(super) size: u64,
    /// How the body ended; `None` when there may be more of it.
    pub(super) end: Option<ApiResult<()>>,
}

/// Takes about `piece` bytes of what comes, of at most `most` that may.
pub(super) async fn pull(
    bytes: &mut (impl Stream<Item = ApiResult<Bytes>> + Unpin),
    writer: &mut Writer,
    piece: u64,
    most: u64,
    mut checksum: Option<&mut Checksum>,
) -> Pulled {
    let (mut pace, mut size) = (Pace::begin(Instant::now()), 0);
    while size < piece {
        let chunk = match next(bytes, &mut pace).await {
            Ok(Some(chunk)) => chunk,
            Ok(None) => return Pulled { size, end: Some(Ok(())) },
            Err(error) => return Pulled { size, end: Some(Err(error)) },
        };
        if chunk.len() as u64 > most - size {
            return Pulled { size, end: Some(Err(ApiError::FileTooLarge { limit: most })) };
        }
        if let Some(checksum) = &mut checksum {
            checksum.update(&chunk);
        }
        let length = chunk.len() as u64;
        if let Err(error) = writer.write(chunk).await {
            // What was written of it cannot be relied on.
            return Pulled { size: 0, end: Some(Err(error.into())) };
        }
        size += length;
    }
    Pulled { size, end: None }
}

async fn next<E: Into<ApiError>>(
    bytes: &mut (impl Stream<Item = Result<Bytes, E>> + Unpin),
    pace: &mut Pace,
) -> ApiResult<Option<Bytes>> {
    let chunk = timeout(pace.patience(Instant::now()), bytes.next()).await.map_err(|_| ApiError::BodyTimeout)?;
    let chunk = chunk.transpose().map_err(Into::into)?;
    pace.took(chunk.as_ref().map_or(0, Bytes::len));
    Ok(chunk)
}

impl From<IncomingError> for ApiError {
    fn from(error: IncomingError) -> Self {
        match error {
            IncomingError::TooLarge { limit } => Self::FileTooLarge { limit },
            IncomingError::Storage(error) => error.into(),
        }
    }
}

/// A piece of a body, or that it broke off.
pub(crate) fn chunk<E>(chunk: Result<Bytes, E>) -> ApiResult<Bytes> {
    chunk.map_err(|_| ApiError::BodyIncomplete)
}
