//! Forgets attempts to sign in a day after the last one, when they are no longer counted, and sessions 30 days after
//! they were over: until then, who comes with an old refresh token is recognised.

use std::time::Duration;

use bootstrap::db;
use diesel::{
    sql_query,
    sql_types::{BigInt, Double},
};
use diesel_async::RunQueryDsl;
use jobs::{Job, JobContext, JobResult};
use serde::{Deserialize, Serialize};

use super::{BATCH, MAINTENANCE_QUEUE};
use crate::metrics::PRUNED;

const DAY: Duration = Duration::from_secs(24 * 3600);
/// Table, the time from which a row's age counts, and the age at which it goes.
const TABLES: [(&str, &str, Duration); 2] = [
    ("sign_in_attempts", "updated_at", DAY),
    ("sessions", "least(ended_at, idle_expires_at, expires_at)", Duration::from_secs(30 * 24 * 3600)),
];

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PruneSignIns {}

impl Job for PruneSignIns {
    const KIND: &'static str = "retention.prune_sign_ins";
    const QUEUE: &'static str = MAINTENANCE_QUEUE;
    const TIMEOUT: Duration = Duration::from_secs(600);

    type State = db::Pool;

    async fn run(self, ctx: JobContext<db::Pool>) -> JobResult {
        for (table, time, age) in TABLES {
            let statement = format!(
                "DELETE FROM {table} WHERE ctid = ANY (ARRAY( \
                 SELECT ctid FROM {table} WHERE {time} < now() - make_interval(secs => $1) LIMIT $2))"
            );
            loop {
                let mut conn = ctx.state.get().await?;
                let delete = sql_query(&statement).bind::<Double, _>(age.as_secs_f64()).bind::<BigInt, _>(BATCH);
                let pruned = delete.execute(&mut conn).await?;
                ::metrics::counter!(PRUNED, "table" => table).increment(pruned as u64);
                if (pruned as i64) < BATCH {
                    break;
                }
            }
        }
        Ok(())
    }
}
