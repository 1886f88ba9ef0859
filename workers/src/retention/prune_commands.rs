//! Forgets which commands were executed, 24 hours after: until then a repeat is answered with what the first one did.

use std::time::Duration;

use bootstrap::db;
use chrono::{TimeDelta, Utc};
use jobs::{Job, JobContext, JobResult};
use serde::{Deserialize, Serialize};
use uuid::{Builder, Uuid};

use super::{BATCH, MAINTENANCE_QUEUE};
use crate::metrics::PRUNED;

const RETENTION: TimeDelta = TimeDelta::hours(24);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PruneCommands {}

impl Job for PruneCommands {
    const KIND: &'static str = "retention.prune_commands";
    const QUEUE: &'static str = MAINTENANCE_QUEUE;
    const TIMEOUT: Duration = Duration::from_secs(600);

    type State = db::Pool;

    async fn run(self, ctx: JobContext<db::Pool>) -> JobResult {
        let before = earliest_id(Utc::now() - RETENTION);
        loop {
            let mut conn = ctx.state.get().await?;
            let pruned = event_store::commands::prune(&mut conn, before, BATCH).await?;
            ::metrics::counter!(PRUNED, "table" => "commands").increment(pruned as u64);
            if (pruned as i64) < BATCH {
                return Ok(());
            }
        }
    }
}

/// Not greater than any UUIDv7 made at or after `time`.
fn earliest_id(time: chrono::DateTime<Utc>) -> Uuid {
    let millis = u64::try_from(time.timestamp_millis()).unwrap_or_default();
    Builder::from_unix_timestamp_millis(millis, &[0; 10]).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_made_later_are_greater() {
        let now = Utc::now();
        assert!(earliest_id(now) <= Uuid::now_v7());
        assert!(earliest_id(now + TimeDelta::hours(1)) > Uuid::now_v7());
    }
}
