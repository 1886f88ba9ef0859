//! Deletes the file with a picture by which a user is shown no more.

use domain::files::Deletion;
use jobs::{Job, JobContext, JobResult};
use serde::{Deserialize, Serialize};
use tracing::{Instrument, info_span};
use uuid::Uuid;

use crate::{files::Filing, retention::MAINTENANCE_QUEUE};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeleteFormerAvatar {
    pub file_id: Uuid,
}

impl Job for DeleteFormerAvatar {
    const KIND: &'static str = "users.delete_former_avatar";
    const QUEUE: &'static str = MAINTENANCE_QUEUE;

    type State = Filing;

    fn key(&self) -> Option<String> {
        Some(self.file_id.to_string())
    }

    /// Nobody is ever shown by the file again: each picture is a file of its own. It may be gone already, since its owner has
    /// deleted it.
    async fn run(self, ctx: JobContext<Filing>) -> JobResult {
        let span = info_span!("users.delete_former_avatar", file_id = %self.file_id);
        ctx.state.delete(self.file_id, Deletion::Asked).instrument(span).await.map(drop)
    }
}
