//! Removes what lay in the object store for a file that was deleted.

use std::collections::BTreeSet;

use diesel::{
    OptionalExtension, QueryableByName, sql_query,
    sql_types::{Array, Integer, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use domain::{
    Aggregate,
    files::{FileEvent, FileId},
    users::{ForgetAvatar, User, UserId},
};
use event_store::{EventStore, StreamId, log};
use file_store::{Key, stream};
use jobs::{Job, JobContext, JobError, JobResult};
use serde::{Deserialize, Serialize};
use tracing::{Instrument, info_span};
use uuid::Uuid;

use super::{FILE_QUEUE, Filing, storage_failure};
use crate::system::{as_system, log_failure};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeleteContent {
    pub file_id: Uuid,
}

#[derive(QueryableByName)]
struct Thumbnails {
    #[diesel(sql_type = Array<Integer>)]
    sizes: Vec<i32>,
}

impl Job for DeleteContent {
    const KIND: &'static str = "files.delete_content";
    const QUEUE: &'static str = FILE_QUEUE;

    type State = Filing;

    fn key(&self) -> Option<String> {
        Some(self.file_id.to_string())
    }

    async fn run(self, ctx: JobContext<Filing>) -> JobResult {
        let span = info_span!("files.delete_content", file_id = %self.file_id);
        self.delete(&ctx.state, &[]).instrument(span).await
    }
}

impl DeleteContent {
    /// `made`: sizes of small pictures that may be there without having been entered.
    pub(crate) async fn delete(&self, filing: &Filing, made: &[u32]) -> JobResult {
        let stream = stream(FileId::from_uuid(self.file_id));
        let mut conn = filing.events.pool().get().await?;
        let first = log::stream(&mut conn, stream.as_str(), 0, 1).await?.pop();
        let entered: Option<Thumbnails> = sql_query("SELECT sizes FROM file_thumbnails WHERE file_id = $1")
            .bind::<SqlUuid, _>(self.file_id)
            .get_result(&mut conn)
            .await
            .optional()?;
        drop(conn);
        let first = first.map(|event| event.decode::<FileEvent>()).transpose();
        let Some(FileEvent::Created(created)) = first.map_err(|_| JobError::discarded("not_readable"))? else {
            return Err(JobError::cancelled("unknown_file"));
        };
        let entered = entered.map(|entered| entered.sizes).unwrap_or_default().into_iter().map(i32::unsigned_abs);
        let sizes: BTreeSet<u32> = entered.chain(made.iter().copied()).collect();
        let thumbnails = sizes.into_iter().map(|size| Key::thumbnail(self.file_id, size));
        for key in thumbnails.chain([Key::from_stored(&created.key)]) {
            filing.storage.delete(&key).await.map_err(|error| storage_failure(&error))?;
        }
        let mut conn = filing.events.pool().get().await?;
        for statement in
            ["DELETE FROM file_thumbnails WHERE file_id = $1", "DELETE FROM file_records WHERE file_id = $1"]
        {
            sql_query(statement).bind::<SqlUuid, _>(self.file_id).execute(&mut conn).await?;
        }
        drop(conn);
        self.forget_avatar(filing, created.owner).await
    }

    /// Its owner may have been shown by it, and have deleted it as any other file.
    async fn forget_avatar(&self, filing: &Filing, owner: UserId) -> JobResult {
        let stream = StreamId::new(User::CATEGORY, owner.as_uuid());
        let command = ForgetAvatar { file: FileId::from_uuid(self.file_id), at: chrono::Utc::now() };
        // Named in full: `execute` is of queries here.
        let done = EventStore::execute(&filing.events, &stream, command, as_system()).await;
        done.map(drop).map_err(|error| log_failure(&error))
    }
}
