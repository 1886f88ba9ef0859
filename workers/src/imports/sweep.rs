//! Gives up imports of which nothing has come for a week, and removes those that were over a month ago.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    Aggregate, Command,
    imports::{AbandonImport, Abandonment, Import, OPEN, RemoveImport},
};
use event_store::{ClaimChange, EventStore, ExecuteError, Execution, StreamId};
use jobs::{Job, JobContext, JobError, JobResult};
use projections::imports::queries::untouched_since;
use serde::{Deserialize, Serialize};
use tracing::info;

use crate::{
    retention::MAINTENANCE_QUEUE,
    system::{as_system, log_failure},
};

/// Of an open import, since something of it came.
const IDLE: TimeDelta = TimeDelta::days(7);
/// Of one that is over.
const KEPT: TimeDelta = TimeDelta::days(30);
/// Imports in one run; the next run has the others.
const MOST: i64 = 1000;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SweepImports {}

impl Job for SweepImports {
    const KIND: &'static str = "imports.sweep";
    const QUEUE: &'static str = MAINTENANCE_QUEUE;
    const TIMEOUT: Duration = Duration::from_secs(1800);

    type State = EventStore;

    async fn run(self, ctx: JobContext<EventStore>) -> JobResult {
        let (events, now) = (&ctx.state, Utc::now());
        let (mut abandoned, mut removed) = (0, 0);
        for stream in untouched(events, now - IDLE, true).await? {
            let held = events.held_by(&stream, OPEN, 1).await.map_err(|_| unavailable())?;
            let release = |key_hash| ClaimChange::Release { scope: OPEN, key_hash, stream: stream.clone() };
            let claims = held.into_iter().map(release).collect();
            let command = AbandonImport { why: Abandonment::Expired, at: now };
            abandoned += u64::from(execute(events, &stream, command, claims).await?);
        }
        for stream in untouched(events, now - KEPT, false).await? {
            removed += u64::from(execute(events, &stream, RemoveImport { at: now }, vec![]).await?);
        }
        if abandoned + removed > 0 {
            info!(abandoned, removed, "swept imports");
        }
        Ok(())
    }
}

/// What the read model says; the log decides.
async fn untouched(events: &EventStore, since: DateTime<Utc>, open: bool) -> Result<Vec<StreamId>, JobError> {
    let mut conn = events.pool().get().await?;
    let ids = untouched_since(&mut conn, since, open, MOST).await?;
    Ok(ids.into_iter().map(|id| StreamId::new(Import::CATEGORY, id)).collect())
}

/// Executes in the system's name; says whether there was anything to do.
async fn execute<C: Command<Aggregate = Import>>(
    events: &EventStore,
    stream: &StreamId,
    command: C,
    claims: Vec<ClaimChange>,
) -> Result<bool, JobError> {
    let execution = Execution { claims, ..as_system() };
    match events.execute(stream, command, execution).await {
        Ok(done) => Ok(done.position.is_some()),
        // It has gone on, or is over, since the read model heard of it.
        Err(ExecuteError::Refused(_)) => Ok(false),
        Err(error) => Err(log_failure(&error)),
    }
}

fn unavailable() -> JobError {
    JobError::failed("log_unavailable")
}
