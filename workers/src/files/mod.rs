//! What follows from what happens to files: pictures of them, the end of their content, and what nobody needs any more.

pub mod delete_content;
pub mod delete_expired;
mod delete_owned;
pub mod finish_uploads;
pub mod link_record;
pub mod make_thumbnails;
pub mod reactions;
mod render;
pub mod sweep_content;

use bootstrap::config;
use domain::files::{DeleteFile, Deletion, FileId, delete::DeleteFileRefused};
use event_store::{EventStore, ExecuteError};
use file_store::{Storage, StorageError};
use jobs::{CatchUp, Crons, JobError, Registry, Schedule, ScheduleError};
use uuid::Uuid;

pub use delete_content::DeleteContent;
pub use delete_expired::DeleteExpiredFiles;
pub use finish_uploads::FinishUploads;
pub use link_record::LinkRecord;
pub use make_thumbnails::MakeThumbnails;
pub use sweep_content::SweepContent;

use crate::system::{as_system, log_failure};

/// The queue of what follows from files and from the records that name them: it does not wait behind what takes hours.
pub const FILE_QUEUE: &str = "files";
/// Of those, done at the same time in one process.
pub(crate) const FILES_AT_ONCE: usize = 2;
/// The queue of work on pictures: each takes a core and much memory.
pub const PICTURE_QUEUE: &str = "pictures";
/// Pictures that are worked on at the same time in one process.
pub(crate) const PICTURES_AT_ONCE: usize = 1;

/// What jobs on files need. Cheap to clone.
#[derive(Clone)]
pub struct Filing {
    pub events: EventStore,
    pub storage: Storage,
    pub settings: config::Files,
}

/// Adds the handlers.
pub(crate) fn register(registry: Registry, filing: Filing) -> Registry {
    registry
        .with::<MakeThumbnails>(filing.clone())
        .with::<DeleteContent>(filing.clone())
        .with::<DeleteExpiredFiles>(filing.clone())
        .with::<FinishUploads>(filing.clone())
        .with::<LinkRecord>(filing.clone())
        .with::<SweepContent>(filing)
}

/// Adds the schedules.
pub(crate) fn schedule(crons: Crons) -> Result<Crons, ScheduleError> {
    let hourly = Schedule::cron("7 * * * *")?;
    let often = Schedule::cron("*/10 * * * *")?;
    let daily = Schedule::cron("11 4 * * *")?;
    Ok(crons
        .with("delete_expired_files", hourly, CatchUp::Latest, |_| DeleteExpiredFiles {})
        .with("finish_uploads", often, CatchUp::Latest, |_| FinishUploads {})
        .with("sweep_content", daily, CatchUp::Latest, |_| SweepContent {}))
}

impl Filing {
    /// Deletes a file in the system's name; says whether there was one to delete.
    pub(crate) async fn delete(&self, id: Uuid, why: Deletion) -> Result<bool, JobError> {
        let command = DeleteFile { why, at: chrono::Utc::now() };
        match file_store::remove(&self.events, FileId::from_uuid(id), command, as_system()).await {
            Ok(_) => Ok(true),
            Err(ExecuteError::Refused(DeleteFileRefused::UnknownFile | DeleteFileRefused::NotTemporary)) => Ok(false),
            Err(error) => Err(log_failure(&error)),
        }
    }
}

/// Nothing of the error's own text: it may name servers.
pub(crate) fn storage_failure(error: &StorageError) -> JobError {
    match error {
        StorageError::LeftAlone { retry_after } => JobError::snoozed(*retry_after),
        StorageError::NotFound => JobError::failed("content_missing"),
        StorageError::TimedOut | StorageError::Failed(_) => JobError::failed("object_store_unavailable"),
    }
}
