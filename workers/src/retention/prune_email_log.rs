//! Forgets which mails were sent, and which addresses refused them, 30 days after.

use std::time::Duration;

use bootstrap::db;
use jobs::{Job, JobContext, JobResult};
use serde::{Deserialize, Serialize};

use super::{BATCH, MAINTENANCE_QUEUE};
use crate::{mailer, metrics::PRUNED};

/// Longer than any job is kept that could be run again. A marked address gets another chance then.
const RETENTION: Duration = Duration::from_secs(30 * 24 * 3600);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PruneEmailLog {}

impl Job for PruneEmailLog {
    const KIND: &'static str = "retention.prune_email_log";
    const QUEUE: &'static str = MAINTENANCE_QUEUE;
    const TIMEOUT: Duration = Duration::from_secs(600);

    type State = db::Pool;

    async fn run(self, ctx: JobContext<db::Pool>) -> JobResult {
        loop {
            let mut conn = ctx.state.get().await?;
            let pruned = mailer::prune(&mut conn, RETENTION, BATCH).await?;
            ::metrics::counter!(PRUNED, "table" => "email_log").increment(pruned as u64);
            if (pruned as i64) < BATCH {
                return Ok(());
            }
        }
    }
}
