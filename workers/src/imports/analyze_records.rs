//! Lets the planner know what a large import has brought: lists and exports would be slow until the server looks by itself,
//! which takes it up to a minute.

use std::time::Duration;

use diesel_async::SimpleAsyncConnection;
use jobs::{Job, JobContext, JobError, JobResult};
use serde::{Deserialize, Serialize};
use tracing::{Instrument, info_span};
use uuid::Uuid;

use crate::collections::{INDEX_QUEUE, Indexing, caught_up};

/// Until the read model has come further.
const PAUSE: Duration = Duration::from_secs(2);
/// After that most of it is there, and worth looking at.
const LONGEST_WAIT: Duration = Duration::from_secs(300);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnalyzeRecords {
    pub import_id: Uuid,
    /// Of the event that has ended it.
    pub position: i64,
}

impl Job for AnalyzeRecords {
    const KIND: &'static str = "imports.analyze_records";
    const QUEUE: &'static str = INDEX_QUEUE;
    /// It samples some ten thousand records, however many there are.
    const TIMEOUT: Duration = Duration::from_secs(600);

    type State = Indexing;

    fn key(&self) -> Option<String> {
        Some(self.import_id.to_string())
    }

    async fn run(self, ctx: JobContext<Indexing>) -> JobResult {
        let span = info_span!("imports.analyze_records", import_id = %self.import_id);
        self.analyze(&ctx).instrument(span).await
    }
}

impl AnalyzeRecords {
    async fn analyze(&self, ctx: &JobContext<Indexing>) -> JobResult {
        let indexing = &ctx.state;
        if ctx.age() < LONGEST_WAIT && !caught_up(&indexing.store, self.position).await? {
            return Err(JobError::snoozed(PAUSE));
        }
        indexing.connect().await?.batch_execute("ANALYZE public.records").await?;
        Ok(())
    }
}
