//! Makes small pictures of a picture that somebody has uploaded.

use std::time::{Duration, Instant};

use bytes::Bytes;
use diesel::{
    sql_query,
    sql_types::{Array, Integer, Text, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use domain::files::{File, FileId, Kept};
use event_store::EventStore;
use file_store::{Key, stream};
use futures::{StreamExt, TryStreamExt};
use jobs::{Job, JobContext, JobError, JobResult};
use serde::{Deserialize, Serialize};
use tracing::{Instrument, info, info_span};
use uuid::Uuid;

use super::{
    DeleteContent, Filing, PICTURE_QUEUE,
    render::{Pictures, render},
    storage_failure,
};
use crate::metrics::THUMBNAIL_SECONDS;

/// Of what is a picture still; it is in memory as a whole.
const MAX_SOURCE: u64 = 32 << 20;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MakeThumbnails {
    pub file_id: Uuid,
}

impl Job for MakeThumbnails {
    const KIND: &'static str = "files.make_thumbnails";
    const QUEUE: &'static str = PICTURE_QUEUE;
    const MAX_ATTEMPTS: u16 = 6;
    const TIMEOUT: Duration = Duration::from_secs(120);

    type State = Filing;

    fn key(&self) -> Option<String> {
        Some(self.file_id.to_string())
    }

    async fn run(self, ctx: JobContext<Filing>) -> JobResult {
        let span = info_span!("files.make_thumbnails", file_id = %self.file_id);
        self.make(&ctx.state).instrument(span).await
    }
}

impl MakeThumbnails {
    async fn make(&self, filing: &Filing) -> JobResult {
        let Some(kept) = self.file(filing).await? else {
            self.take_back(filing).await?;
            return Err(JobError::cancelled("file_gone"));
        };
        let pictures = match kept.size {
            ..=MAX_SOURCE => self.draw(filing, &kept).await?,
            _ => None,
        };
        let Some(pictures) = pictures else { return self.enter(filing, &[], "").await };
        let (content_type, mut sizes) = (pictures.content_type, vec![]);
        for (size, bytes) in pictures.sizes {
            let written = filing.storage.put(&Key::thumbnail(self.file_id, size), bytes.into()).await;
            written.map_err(|error| storage_failure(&error))?;
            sizes.push(size.cast_signed());
        }
        self.enter(filing, &sizes, content_type).await?;
        match self.file(filing).await? {
            Some(_) => Ok(()),
            None => self.take_back(filing).await,
        }
    }

    /// Whoever deleted the file may have looked for pictures before there were any, and have removed their row after; and an
    /// attempt before this may have ended with some of them written.
    async fn take_back(&self, filing: &Filing) -> JobResult {
        DeleteContent { file_id: self.file_id }.delete(filing, &filing.settings.thumbnails).await
    }

    async fn file(&self, filing: &Filing) -> Result<Option<Kept>, JobError> {
        let stream = stream(FileId::from_uuid(self.file_id));
        // Named in full: `load` is of queries here.
        let loaded = EventStore::load::<File>(&filing.events, &stream).await;
        Ok(loaded.map_err(|_| JobError::failed("log_unavailable"))?.state.kept().cloned())
    }

    /// `None` for what is no picture, or none of a bearable size.
    async fn draw(&self, filing: &Filing, kept: &Kept) -> Result<Option<Pictures>, JobError> {
        let pieces = filing.storage.stream(&Key::from_stored(&kept.key), 0..kept.size).boxed();
        let content: Vec<Bytes> = pieces.try_collect().await.map_err(|error| storage_failure(&error))?;
        let (content_type, sizes) = (kept.content_type.clone(), filing.settings.thumbnails.clone());
        let started = Instant::now();
        // One at a time in a process, and bounded in itself: nothing could stop it.
        let drawing = tokio::task::spawn_blocking(move || render(&content.concat(), content_type.as_str(), &sizes));
        // What the renderer panics at, it will panic at again.
        let drawn = drawing.await.map_err(anyhow::Error::new).and_then(|drawn| Ok(drawn?));
        let outcome = if drawn.is_ok() { "made" } else { "refused" };
        ::metrics::histogram!(THUMBNAIL_SECONDS, "outcome" => outcome).record(started.elapsed());
        Ok(drawn.inspect_err(|error| info!(%error, "no pictures can be made of this file")).ok())
    }

    async fn enter(&self, filing: &Filing, sizes: &[i32], content_type: &str) -> JobResult {
        let mut conn = filing.events.pool().get().await?;
        sql_query(
            "INSERT INTO file_thumbnails (file_id, sizes, content_type, made_at) VALUES ($1, $2, $3, clock_timestamp()) \
             ON CONFLICT (file_id) DO UPDATE SET sizes = excluded.sizes, content_type = excluded.content_type, \
             made_at = excluded.made_at",
        )
        .bind::<SqlUuid, _>(self.file_id)
        .bind::<Array<Integer>, _>(sizes)
        .bind::<Text, _>(content_type)
        .execute(&mut conn)
        .await?;
        Ok(())
    }
}
