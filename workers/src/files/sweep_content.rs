//! Removes content that no file has: what a crash has left between content and event, or between event and deletion.
//!
//! What the log says counts, no read model: one that is being made again knows of nothing.

use std::{collections::HashSet, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use diesel::{
    QueryableByName, sql_query,
    sql_types::{Array, Text, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use domain::files::{FileEvent, FileId};
use file_store::{Key, Listed, StorageError, stream};
use futures::{StreamExt, TryStreamExt};
use jobs::{Job, JobContext, JobResult};
use serde::{Deserialize, Serialize};
use tracing::info;
use uuid::Uuid;

use super::{Filing, storage_failure};
use crate::{metrics::SWEPT, retention::MAINTENANCE_QUEUE};

/// Whoever has written something so lately may be about to say what it is.
const GRACE: TimeDelta = TimeDelta::hours(24);
/// Looked up at a time.
const BATCH: usize = 500;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SweepContent {}

#[derive(QueryableByName)]
struct Known {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

impl Job for SweepContent {
    const KIND: &'static str = "files.sweep_content";
    const QUEUE: &'static str = MAINTENANCE_QUEUE;
    const TIMEOUT: Duration = Duration::from_secs(6 * 3600);
    const MAX_ATTEMPTS: u16 = 5;

    type State = Filing;

    async fn run(self, ctx: JobContext<Filing>) -> JobResult {
        let before = Utc::now() - GRACE;
        for kind in [Key::CONTENT, Key::THUMBNAILS, Key::UPLOADS] {
            let swept = sweep(&ctx.state, kind, before).await?;
            if swept > 0 {
                info!(kind, swept, "removed content that no file has");
            }
        }
        let removed = ctx.state.storage.remove_half_written(before).await.map_err(|error| storage_failure(&error))?;
        if removed > 0 {
            info!(removed, "removed what was left half written");
        }
        Ok(())
    }
}

async fn sweep(filing: &Filing, kind: &'static str, before: DateTime<Utc>) -> Result<usize, jobs::JobError> {
    let failed = |error: StorageError| storage_failure(&error);
    let mut swept = 0;
    let mut batches = Box::pin(filing.storage.list(kind).try_chunks(BATCH));
    while let Some(batch) = batches.next().await {
        let batch = batch.map_err(|error| failed(error.1))?;
        let old: Vec<Listed> = batch.into_iter().filter(|listed| listed.modified_at < before).collect();
        let known = known(filing, kind, &old).await?;
        for listed in old {
            // What has another name than ours is not ours.
            if listed.key.owner().is_some_and(|owner| !known.contains(&owner)) {
                filing.storage.delete(&listed.key).await.map_err(failed)?;
                ::metrics::counter!(SWEPT, "kind" => kind).increment(1);
                swept += 1;
            }
        }
    }
    Ok(swept)
}

/// Of whom there is a file, or an upload that goes on.
async fn known(filing: &Filing, kind: &str, listed: &[Listed]) -> Result<HashSet<Uuid>, jobs::JobError> {
    let owners: HashSet<Uuid> = listed.iter().filter_map(|listed| listed.key.owner()).collect();
    let ids: Vec<Uuid> = owners.into_iter().collect();
    let mut conn = filing.events.pool().get().await?;
    let mut known: HashSet<Uuid> = HashSet::new();
    let uploads = sql_query("SELECT id FROM uploads WHERE id = ANY ($1)").bind::<Array<SqlUuid>, _>(&ids);
    known.extend(uploads.load::<Known>(&mut conn).await?.into_iter().map(|row| row.id));
    if kind == Key::UPLOADS {
        return Ok(known);
    }
    let streams: Vec<String> = ids.iter().map(|id| stream(FileId::from_uuid(*id)).to_string()).collect();
    let present = sql_query(
        "SELECT id FROM unnest($1, $2) AS f (id, stream_id) \
         WHERE EXISTS (SELECT FROM events e WHERE e.stream_id = f.stream_id) \
         AND NOT EXISTS (SELECT FROM events e WHERE e.stream_id = f.stream_id AND e.event_type = $3)",
    );
    let present = present.bind::<Array<SqlUuid>, _>(&ids).bind::<Array<Text>, _>(&streams);
    let present = present.bind::<Text, _>(FileEvent::DELETED);
    known.extend(present.load::<Known>(&mut conn).await?.into_iter().map(|row| row.id));
    Ok(known)
}
