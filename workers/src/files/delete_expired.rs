//! Deletes temporary files whose time is over, and what an upload has left to somebody who was being erased meanwhile.

use std::time::Duration;

use chrono::{TimeDelta, Utc};
use domain::{
    Aggregate,
    files::{Deletion, File, FileId},
    users::{Status, User},
};
use event_store::StreamId;
use file_store::stream;
use jobs::{Job, JobContext, JobError, JobResult};
use projections::files::queries;
use serde::{Deserialize, Serialize};
use tracing::info;
use uuid::Uuid;

use super::Filing;
use crate::retention::MAINTENANCE_QUEUE;

/// Files at a time.
const BATCH: i64 = 200;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeleteExpiredFiles {}

impl Job for DeleteExpiredFiles {
    const KIND: &'static str = "files.delete_expired";
    const QUEUE: &'static str = MAINTENANCE_QUEUE;
    const TIMEOUT: Duration = Duration::from_secs(1800);

    type State = Filing;

    async fn run(self, ctx: JobContext<Filing>) -> JobResult {
        let filing = &ctx.state;
        let before = Utc::now() - TimeDelta::days(filing.settings.temporary_days.into());
        let (mut deleted, mut last) = (0, None);
        loop {
            let mut conn = filing.events.pool().get().await?;
            let ids = queries::temporary_before(&mut conn, before, last, BATCH).await?;
            drop(conn);
            for id in &ids {
                deleted += usize::from(filing.delete(*id, Deletion::Expired).await?);
            }
            last = ids.last().copied();
            if (ids.len() as i64) < BATCH {
                break;
            }
        }
        deleted += of_erased(filing).await?;
        if deleted > 0 {
            info!(deleted, "deleted files that nobody keeps");
        }
        Ok(())
    }
}

/// The read model says whose they may be, the log whether it is so.
async fn of_erased(filing: &Filing) -> Result<usize, JobError> {
    let mut conn = filing.events.pool().get().await?;
    let ids = queries::of_erased_owners(&mut conn, BATCH).await?;
    drop(conn);
    let mut deleted = 0;
    for id in ids {
        if is_of_erased(filing, id).await? {
            deleted += usize::from(filing.delete(id, Deletion::OwnerErased).await?);
        }
    }
    Ok(deleted)
}

async fn is_of_erased(filing: &Filing, id: Uuid) -> Result<bool, JobError> {
    let unavailable = |_| JobError::failed("log_unavailable");
    let file = filing.events.load::<File>(&stream(FileId::from_uuid(id))).await.map_err(unavailable)?.state;
    let Some(kept) = file.kept() else { return Ok(false) };
    let owner = StreamId::new(User::CATEGORY, kept.owner.as_uuid());
    let user = filing.events.load::<User>(&owner).await.map_err(unavailable)?.state;
    Ok(user.status() == Some(Status::Erased))
}
