//! Goes on with uploads whose senders do not: makes the files of those that are complete, ends those that have expired.

use std::time::Duration;

use chrono::{DateTime, Utc};
use file_store::uploads::{self, DiscardError, FinishError, Lease, LeaseError, Leased, Upload, left_alone};
use jobs::{Job, JobContext, JobError, JobResult};
use serde::{Deserialize, Serialize};
use tracing::warn;
use uuid::Uuid;

use super::{Filing, storage_failure};
use crate::{
    retention::MAINTENANCE_QUEUE,
    system::{as_system, log_failure},
};

/// Uploads in one run; what is left waits for the next.
const MOST: i64 = 100;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FinishUploads {}

impl Job for FinishUploads {
    const KIND: &'static str = "files.finish_uploads";
    const QUEUE: &'static str = MAINTENANCE_QUEUE;
    const TIMEOUT: Duration = Duration::from_secs(3600);
    const MAX_ATTEMPTS: u16 = 3;

    type State = Filing;

    async fn run(self, ctx: JobContext<Filing>) -> JobResult {
        let (filing, now) = (&ctx.state, Utc::now());
        let mut conn = filing.events.pool().get().await?;
        let uploads = left_alone(&mut conn, now, MOST).await?;
        drop(conn);
        for upload in uploads {
            if upload.expires_at <= now {
                filing.discard_upload(upload.id).await?;
            } else if let Err(error) = finish(filing, &upload, now).await {
                // The others need not wait for it; it is tried again until it expires.
                warn!(upload_id = %upload.id, %error, "an upload that is complete did not become a file");
            }
        }
        Ok(())
    }
}

async fn finish(filing: &Filing, upload: &Upload, now: DateTime<Utc>) -> JobResult {
    let taken = Lease::take(filing.events.pool(), upload.id, upload.owner, now).await;
    let Leased::Taken(lease, upload) = taken.map_err(|error| lease_failure(&error))? else { return Ok(()) };
    let Filing { events, storage, settings } = filing;
    let done = lease.hold(uploads::finish(events, storage, settings, &upload, now, as_system())).await;
    lease.release().await;
    done.map_err(|error| lease_failure(&error))?.map_err(|error| failure(&error))?;
    Ok(())
}

impl Filing {
    pub(crate) async fn discard_upload(&self, id: Uuid) -> JobResult {
        uploads::discard(self.events.pool(), &self.storage, id).await.map_err(|error| match error {
            DiscardError::Pool(_) => JobError::failed("database_unavailable"),
            DiscardError::Query(_) => JobError::failed("database_error"),
            DiscardError::Storage(error) => storage_failure(&error),
        })
    }
}

fn lease_failure(error: &LeaseError) -> JobError {
    match error {
        LeaseError::Pool(_) => JobError::failed("database_unavailable"),
        LeaseError::Query(_) => JobError::failed("database_error"),
        LeaseError::Lost => JobError::failed("lease_lost"),
    }
}

fn failure(error: &FinishError) -> JobError {
    match error {
        FinishError::TypeRefused(_) => JobError::failed("type_refused"),
        FinishError::Execute(error) => log_failure(error),
        FinishError::Read(_) => JobError::failed("log_unavailable"),
        FinishError::Storage(error) => storage_failure(error),
        FinishError::Pool(_) => JobError::failed("database_unavailable"),
        FinishError::Query(_) => JobError::failed("database_error"),
        FinishError::Incomplete => JobError::failed("incomplete"),
    }
}
