//! Deletes finished jobs after their retention, in batches small enough to disturb nobody.

use std::{sync::Arc, time::Duration};

use tracing::warn;

use crate::{JobState, metrics, runtime::Runtime, statements::Prune};

const MOST_PER_STATEMENT: i64 = 1_000;
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
