//! Deletes finished jobs after their retention, in batches small enough to disturb nobody, and vacuums after heavy work.

use std::{sync::Arc, time::Duration};

use bootstrap::db;
use diesel_async::SimpleAsyncConnection;
use tracing::warn;

use crate::{
    JobState, metrics,
    runtime::Runtime,
    statements::{NeedsVacuum, Prune},
    store::StoreError,
};

const MOST_PER_STATEMENT: i64 = 1_000;
const VACUUM_LIMIT: Duration = Duration::from_secs(600);
const BETWEEN_BATCHES: Duration = Duration::from_millis(20);

/// Runs until the process stops. Several processes share the work: each skips the rows another one is deleting.
pub(crate) async fn run(runtime: Arc<Runtime>) {
    let retention = runtime.config.retention;
    let rules = [
        (JobState::Completed, retention.completed),
        (JobState::Discarded, retention.discarded),
        (JobState::Cancelled, retention.discarded),
    ];
    while runtime.shutdown.sleep(runtime.config.prune_every).await {
        for (state, age) in rules {
            prune(&runtime, state, age).await;
        }
        if let Some(Err(error)) = runtime.shutdown.run_until(vacuum(&runtime)).await {
            warn!(%error, "cannot vacuum the jobs");
        }
    }
}

async fn prune(runtime: &Runtime, state: JobState, age: Duration) {
    while !runtime.shutdown.is_requested() {
        let statement = Prune { state: state.as_str(), age_seconds: age.as_secs_f64(), most: MOST_PER_STATEMENT };
        match runtime.store.execute(statement).await {
            Ok(pruned) => {
                ::metrics::counter!(metrics::PRUNED).increment(pruned as u64);
                if (pruned as i64) < MOST_PER_STATEMENT {
                    return;
                }
            }
            Err(error) => return warn!(%error, "cannot prune jobs"),
        }
        runtime.shutdown.sleep(BETWEEN_BATCHES).await;
    }
}

/// A job leaves two dead rows behind, and until they are vacuumed every take walks over their index entries: after
/// 300,000 jobs that was 3 ms (measured). Autovacuum usually comes first; this is for where it is off or behind.
async fn vacuum(runtime: &Runtime) -> Result<(), StoreError> {
    let needed: Vec<bool> = runtime.store.load(NeedsVacuum).await?;
    if needed != [true] {
        return Ok(());
    }
    let vacuum = async {
        let mut conn = db::connect(&runtime.config.database_url).await.ok()?;
        Some(conn.batch_execute("VACUUM (SKIP_LOCKED, ANALYZE) jobs").await)
    };
    match tokio::time::timeout(VACUUM_LIMIT, vacuum).await {
        Ok(Some(result)) => result.map_err(StoreError::from),
        Ok(None) | Err(_) => Ok(()),
    }
}
