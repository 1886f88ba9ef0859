//! Deletes exports of personal data that nobody can download any more.

use std::time::Duration;

use bootstrap::db;
use diesel::{sql_query, sql_types::BigInt};
use diesel_async::RunQueryDsl;
use jobs::{Job, JobContext, JobResult};
use serde::{Deserialize, Serialize};

use super::{BATCH, MAINTENANCE_QUEUE};
use crate::metrics::PRUNED;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PruneExports {}

impl Job for PruneExports {
    const KIND: &'static str = "retention.prune_exports";
    const QUEUE: &'static str = MAINTENANCE_QUEUE;
    const TIMEOUT: Duration = Duration::from_secs(600);

    type State = db::Pool;

    async fn run(self, ctx: JobContext<db::Pool>) -> JobResult {
        loop {
            let mut conn = ctx.state.get().await?;
            let pruned = sql_query(
                "DELETE FROM exports WHERE id = ANY (ARRAY( \
                 SELECT id FROM exports WHERE expires_at <= now() LIMIT $1))",
            )
            .bind::<BigInt, _>(BATCH)
            .execute(&mut conn)
            .await?;
            ::metrics::counter!(PRUNED, "table" => "exports").increment(pruned as u64);
            if (pruned as i64) < BATCH {
                return Ok(());
            }
        }
    }
}
