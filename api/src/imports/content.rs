//! The content of an import as it comes: as fast as it can be appended, and not slower than [`Pace`] allows.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use bootstrap::Shutdown;
use bytes::{Buf, Bytes};
use domain::{
    collections::Shape,
    imports::{ImportFormat, Progress},
};
use futures::{Stream, StreamExt};
use tokio::time::timeout;

use super::{
    batch::Batch,
    columns,
    lines::{Lines, Place},
};
use crate::{
    error::{ApiError, ApiResult},
    files::Pace,
};

/// Lines that have come are not kept waiting longer than this for others.
const LINGER: Duration = Duration::from_millis(250);

pub(super) struct Content<S> {
    body: S,
    pace: Pace,
    shutdown: Shutdown,
    /// What has come and was not looked at.
    input: Bytes,
    /// Bytes that were done before and come again.
    done: u64,
    lines: Lines,
    format: ImportFormat,
    columns: Option<Arc<[String]>>,
    /// Whether the content ends where the body does.
    is_complete: bool,
}

/// What was waited for.
enum Came {
    Bytes(Bytes),
    /// Nothing for a while.
    Nothing,
    End,
}

impl<S: Stream<Item = ApiResult<Bytes>> + Unpin> Content<S> {
    /// A body that begins at `offset` in the content of an import. What was done of it is passed over.
    pub(super) fn new(
        body: S,
        progress: &Progress,
        offset: u64,
        is_complete: bool,
        shutdown: &Shutdown,
    ) -> ApiResult<Self> {
        let reached = progress.reached;
        let done = reached.bytes.checked_sub(offset).ok_or(ApiError::OffsetMismatch { actual: reached.bytes })?;
        Ok(Self {
            body,
            pace: Pace::begin(Instant::now()),
            shutdown: shutdown.clone(),
            input: Bytes::new(),
            done,
            lines: Lines::from(progress.format, Place { bytes: reached.bytes, lines: reached.lines }),
            format: progress.format,
            columns: progress.columns.as_deref().map(Arc::from),
            is_complete,
        })
    }

    /// The next lines: as many as fit, or those that have come by now, or those before the end.
    pub(super) async fn batch(&mut self, shape: &Shape) -> Batch {
        let mut batch = Batch::new(self.lines.place(), self.columns.clone().unwrap_or_default());
        loop {
            while !batch.is_full()
                && let Some(line) = self.lines.take(&mut self.input)
            {
                if self.format == ImportFormat::Csv && self.columns.is_none() {
                    match columns::read(&line, shape) {
                        Ok(names) => {
                            batch.columns = names.into();
                            self.columns = Some(Arc::clone(&batch.columns));
                            batch.has_first_line = true;
                        }
                        // Nothing of it is done.
                        Err(refused) => return batch.ended(Err(refused)),
                    }
                } else {
                    batch.add(line);
                }
            }
            batch.place = self.lines.place();
            if batch.is_full() {
                return batch;
            }
            match self.next(!batch.is_empty()).await {
                Ok(Came::Bytes(bytes)) => self.input = bytes,
                Ok(Came::Nothing) => return batch,
                Ok(Came::End) => return self.end(batch),
                Err(error) => return batch.ended(Err(error)),
            }
        }
    }

    /// The body has ended, as its sender wanted it to.
    fn end(&mut self, mut batch: Batch) -> Batch {
        if self.done > 0 {
            // Another content than before: it is shorter than what was done of it.
            return batch.ended(Err(ApiError::OffsetMismatch { actual: self.lines.place().bytes }));
        }
        if self.is_complete {
            let last = self.lines.end();
            // The names alone, without an end of the line: there is nothing to import.
            let is_names = self.format == ImportFormat::Csv && self.columns.is_none();
            last.into_iter().filter(|_| !is_names).for_each(|line| batch.add(line));
            batch.place = self.lines.place();
        }
        batch.ended(Ok(()))
    }

    async fn next(&mut self, is_waited_for: bool) -> ApiResult<Came> {
        loop {
            if self.shutdown.is_requested() {
                return Err(ApiError::Interrupted);
            }
            let patience = self.pace.patience(Instant::now());
            let wait = if is_waited_for { patience.min(LINGER) } else { patience };
            let came = tokio::select! {
                biased;
                came = timeout(wait, self.body.next()) => came,
                () = self.shutdown.requested() => return Err(ApiError::Interrupted),
            };
            let mut chunk = match came {
                Ok(Some(chunk)) => chunk?,
                Ok(None) => return Ok(Came::End),
                Err(_) if wait < patience => return Ok(Came::Nothing),
                Err(_) => return Err(ApiError::BodyTimeout),
            };
            self.pace.took(chunk.len());
            let again = usize::try_from(self.done).unwrap_or(usize::MAX).min(chunk.len());
            chunk.advance(again);
            self.done -= again as u64;
            if !chunk.is_empty() {
                return Ok(Came::Bytes(chunk));
            }
        }
    }
}
