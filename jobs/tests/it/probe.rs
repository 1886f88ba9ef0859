//! The jobs of the tests: they do as they are told, and write down each run in the database.

use std::time::Duration;

use bootstrap::{TraceContext, db::Pool, trace_context};
use diesel::{sql_query, sql_types};
use diesel_async::RunQueryDsl;
use jobs::{Backoff, Job, JobContext, JobError, JobId, JobResult, UniqueWindow};
use serde::{Deserialize, Serialize};

/// What a probe does when it runs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Act {
    Complete,
    Fail,
    /// Fails on the first attempt, completes on the second.
    FailOnce,
    Panic,
    Hang,
    /// Snoozes so often, then completes.
    Snooze(u32),
    Discard,
    Cancel,
    /// Kills its process.
    Abort,
    /// Waits until the test opens the gate of this name.
    Await(String),
    /// As `Await` on the first attempt; completes at once on later ones.
    AwaitOnce(String),
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Probe(pub(crate) Act);

impl Job for Probe {
    const KIND: &'static str = "test.probe";
    const MAX_ATTEMPTS: u16 = 3;
    const BACKOFF: Backoff = Backoff::Steps(&[Duration::from_millis(50)]);
    type State = Pool;

    async fn run(self, ctx: JobContext<Pool>) -> JobResult {
        act(self.0, &ctx).await
    }
}

/// A probe that may take 100 ms.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct HastyProbe(pub(crate) Act);

impl Job for HastyProbe {
    const KIND: &'static str = "test.hasty";
    const MAX_ATTEMPTS: u16 = 2;
    const TIMEOUT: Duration = Duration::from_millis(100);
    const BACKOFF: Backoff = Backoff::Steps(&[Duration::from_millis(50)]);
    type State = Pool;

    async fn run(self, ctx: JobContext<Pool>) -> JobResult {
        act(self.0, &ctx).await
    }
}

/// A probe of which two run at once, over all workers.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct LimitedProbe(pub(crate) Act);

impl Job for LimitedProbe {
    const KIND: &'static str = "test.limited";
    const GLOBAL_LIMIT: Option<u32> = Some(2);
    type State = Pool;

    async fn run(self, ctx: JobContext<Pool>) -> JobResult {
        act(self.0, &ctx).await
    }
}

/// A probe with a key of its own.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct KeyedProbe {
    pub(crate) subject: String,
    pub(crate) act: Act,
}

impl Job for KeyedProbe {
    const KIND: &'static str = "test.keyed";
    const UNIQUE: UniqueWindow = UniqueWindow::UntilFinished;
    type State = Pool;

    fn key(&self) -> Option<String> {
        Some(self.subject.clone())
    }

    async fn run(self, ctx: JobContext<Pool>) -> JobResult {
        act(self.act, &ctx).await
    }
}

async fn act(act: Act, ctx: &JobContext<Pool>) -> JobResult {
    record(ctx, "started").await?;
    match act {
        Act::Complete => Ok(()),
        Act::Fail => Err(JobError::failed("told_to_fail")),
        Act::FailOnce if ctx.attempt == 1 => Err(JobError::failed("told_to_fail")),
        Act::FailOnce => Ok(()),
        Act::Panic => panic!("told to panic"),
        Act::Hang => std::future::pending().await,
        Act::Snooze(times) if runs_of(ctx).await? <= i64::from(times) => {
            Err(JobError::snoozed(Duration::from_millis(50)))
        }
        Act::Snooze(_) => Ok(()),
        Act::Discard => Err(JobError::discarded("told_to_discard")),
        Act::Cancel => Err(JobError::cancelled("told_to_cancel")),
        Act::Abort => std::process::abort(),
        Act::AwaitOnce(_) if ctx.attempt > 1 => Ok(()),
        Act::Await(gate) | Act::AwaitOnce(gate) => wait_for_gate(ctx, &gate).await,
    }?;
    record(ctx, "ended").await
}

async fn wait_for_gate(ctx: &JobContext<Pool>, gate: &str) -> JobResult {
    loop {
        let query = sql_query("SELECT name FROM gates WHERE name = $1").bind::<sql_types::Text, _>(gate.to_owned());
        if query.execute(&mut ctx.state.get().await?).await? > 0 {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn record(ctx: &JobContext<Pool>, phase: &str) -> JobResult {
    sql_query("INSERT INTO runs (job_id, attempt, phase, pid, trace_id) VALUES ($1, $2, $3, $4, $5)")
        .bind::<sql_types::Uuid, _>(ctx.job_id)
        .bind::<sql_types::SmallInt, _>(ctx.attempt as i16)
        .bind::<sql_types::Text, _>(phase)
        .bind::<sql_types::BigInt, _>(i64::from(std::process::id()))
        .bind::<sql_types::Nullable<sql_types::Text>, _>(trace_context::current().as_ref().map(TraceContext::trace_id))
        .execute(&mut ctx.state.get().await?)
        .await?;
    Ok(())
}

async fn runs_of(ctx: &JobContext<Pool>) -> Result<i64, JobError> {
    Ok(crate::world::count_runs(&mut *ctx.state.get().await?, ctx.job_id, "started").await)
}

/// The job's id, where the test knows that it was created.
pub(crate) fn created(enqueued: jobs::Enqueued) -> JobId {
    match enqueued {
        jobs::Enqueued::Created(id) => id,
        jobs::Enqueued::Duplicate => panic!("the key is held"),
    }
}
