//! Measures the depth of the served queues for the metrics.

use std::{collections::HashSet, sync::Arc};

use tracing::warn;

use crate::{
    JobState, metrics,
    runtime::Runtime,
    statements::{Depth, DepthRow},
};

const UNFINISHED: [JobState; 4] = [JobState::Scheduled, JobState::Available, JobState::Running, JobState::Retrying];

/// Runs until the process stops.
pub(crate) async fn run(runtime: Arc<Runtime>) {
    loop {
        match runtime.store.load(Depth).await {
            Ok(rows) => publish(&runtime, &rows),
            Err(error) => warn!(%error, "cannot measure the queues"),
        }
        if !runtime.shutdown.sleep(runtime.config.observe_every).await {
            return;
        }
    }
}

/// Queues that other processes serve are theirs to publish. What has no row is zero.
fn publish(runtime: &Runtime, rows: &[DepthRow]) {
    let mut seen = HashSet::new();
    for (queue, state, jobs, oldest) in rows.iter().filter(|row| runtime.queues.contains_key(&row.0)) {
        seen.insert((queue.as_str(), state.as_str()));
        set(queue, state, *jobs as f64);
        if let Some(age) = oldest {
            ::metrics::gauge!(metrics::OLDEST_AGE, "queue" => queue.clone()).set(*age);
        }
    }
    for queue in runtime.queues.keys() {
        for state in UNFINISHED.iter().filter(|state| !seen.contains(&(queue.as_str(), state.as_str()))) {
            set(queue, state.as_str(), 0.0);
            if *state == JobState::Available {
                ::metrics::gauge!(metrics::OLDEST_AGE, "queue" => queue.clone()).set(0.0);
            }
        }
    }
}

fn set(queue: &str, state: &str, jobs: f64) {
    ::metrics::gauge!(metrics::DEPTH, "queue" => queue.to_owned(), "state" => state.to_owned()).set(jobs);
}
