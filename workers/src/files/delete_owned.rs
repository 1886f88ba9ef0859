//! Deletes all files of a person who was erased: file by file, and then their content at once.

use std::collections::BTreeSet;

use domain::{
    files::{Deletion, FileSpaceEvent},
    users::UserId,
};
use event_store::log;
use file_store::{space_stream, uploads};
use jobs::{JobError, JobResult};
use uuid::Uuid;

use super::{DeleteContent, Filing};

/// Events read at a time.
const PAGE: i64 = 1000;

impl Filing {
    /// Which there are, the log says: a read model may be behind. What cannot be removed now, the reaction to the events
    /// removes later.
    pub(crate) async fn delete_all_of(&self, owner: Uuid) -> JobResult {
        let mut conn = self.events.pool().get().await?;
        let uploads = uploads::of_owner(&mut conn, owner).await?;
        drop(conn);
        for upload in uploads {
            self.discard_upload(upload).await?;
        }
        for file_id in self.owned(owner).await? {
            self.delete(file_id, Deletion::OwnerErased).await?;
            DeleteContent { file_id }.delete(self, &[]).await?;
        }
        Ok(())
    }

    /// The files that a person has.
    pub(crate) async fn owned(&self, owner: Uuid) -> Result<BTreeSet<Uuid>, JobError> {
        let stream = space_stream(UserId::from_uuid(owner));
        let (mut owned, mut version) = (BTreeSet::new(), 0);
        let mut conn = self.events.pool().get().await?;
        loop {
            let events = log::stream(&mut conn, stream.as_str(), version, PAGE).await?;
            for event in &events {
                version = event.stream_version;
                match event.decode().map_err(|_| JobError::discarded("not_readable"))? {
                    FileSpaceEvent::Taken(taken) => owned.insert(taken.file.as_uuid()),
                    FileSpaceEvent::Freed(freed) => owned.remove(&freed.file.as_uuid()),
                };
            }
            if (events.len() as i64) < PAGE {
                return Ok(owned);
            }
        }
    }
}
