//! Forgets deliveries and their attempts some time after they ended.

use std::time::Duration;

use jobs::{Job, JobContext, JobResult};
use serde::{Deserialize, Serialize};

use super::{Webhooks, deliveries};
use crate::{metrics::PRUNED, retention::MAINTENANCE_QUEUE};

/// Rows per statement, so that none holds its locks for long.
const BATCH: i64 = 1000;
const DAY: u64 = 24 * 3600;
/// One that is still to be made is forgotten no sooner, however short the retention: attempts take days.
const SHORTEST_STUCK: Duration = Duration::from_secs(14 * DAY);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PruneDeliveries {}

impl Job for PruneDeliveries {
    const KIND: &'static str = "webhooks.prune_deliveries";
    const QUEUE: &'static str = MAINTENANCE_QUEUE;
    const TIMEOUT: Duration = Duration::from_secs(600);

    type State = Webhooks;

    async fn run(self, ctx: JobContext<Webhooks>) -> JobResult {
        let age = Duration::from_secs(u64::from(ctx.state.settings.retention_days) * DAY);
        loop {
            let mut conn = ctx.state.events.pool().get().await?;
            let pruned = deliveries::prune(&mut conn, age, (2 * age).max(SHORTEST_STUCK), BATCH).await?;
            ::metrics::counter!(PRUNED, "table" => "webhook_deliveries").increment(pruned as u64);
            if (pruned as i64) < BATCH {
                return Ok(());
            }
        }
    }
}
