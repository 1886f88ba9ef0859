//! Enqueueing: the job's row commits or rolls back with whatever else the caller's transaction does.

use std::time::Duration;

use bootstrap::{db::Connection, trace_context};
use chrono::{DateTime, Utc};
use diesel::{QueryResult, result::Error};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{
    Job, JobId, UniqueWindow,
    statements::{ExpireKeys, Insert},
};

/// Rows per statement of [`enqueue_all`]; larger ones gain nothing (measured) and hold more memory.
const ROWS_PER_STATEMENT: usize = 2_000;

/// What differs from the kind's own settings.
#[derive(Clone, Debug, Default)]
pub struct EnqueueOptions {
    queue: Option<String>,
    priority: Option<i16>,
    max_attempts: Option<u16>,
    run_at: Option<DateTime<Utc>>,
    delay: Duration,
    key: Option<String>,
    window: Option<UniqueWindow>,
    traceparent: Option<String>,
}

impl EnqueueOptions {
    /// Another queue than the kind's own. A kind with a global limit stays in its own: there its lane is.
    pub fn queue(self, queue: impl Into<String>) -> Self {
        Self { queue: Some(queue.into()), ..self }
    }

    /// Higher runs first.
    pub fn priority(self, priority: i16) -> Self {
        Self { priority: Some(priority), ..self }
    }

    pub fn max_attempts(self, max_attempts: u16) -> Self {
        Self { max_attempts: Some(max_attempts), ..self }
    }

    /// Not before `time`, by the database's clock.
    pub fn at(self, time: DateTime<Utc>) -> Self {
        Self { run_at: Some(time), ..self }
    }

    /// Not before `delay` has passed.
    pub fn after(self, delay: Duration) -> Self {
        Self { delay, ..self }
    }

    /// Instead of the job's own [`Job::key`].
    pub fn key(self, key: impl Into<String>) -> Self {
        Self { key: Some(key.into()), ..self }
    }

    pub fn window(self, window: UniqueWindow) -> Self {
        Self { window: Some(window), ..self }
    }

    /// The trace that the job's span joins; the current one when not given.
    pub fn traceparent(self, traceparent: impl Into<String>) -> Self {
        Self { traceparent: Some(traceparent.into()), ..self }
    }
}

/// What became of a request to enqueue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Enqueued {
    Created(JobId),
    /// A job of the same kind holds the same key: nothing was written.
    Duplicate,
}

/// Enqueues one job. Workers hear of it when the caller's transaction commits.
///
/// # Errors
/// The database's, and `SerializationError` when the job's fields are no JSON.
pub async fn enqueue<J: Job>(conn: &mut Connection, job: &J, options: &EnqueueOptions) -> QueryResult<Enqueued> {
    let row = Row::of(job, options)?;
    let id = row.id;
    match insert::<J>(conn, vec![row], options).await? {
        0 => Ok(Enqueued::Duplicate),
        _ => Ok(Enqueued::Created(id)),
    }
}

/// Enqueues many jobs of one kind, 2,000 a statement; answers how many were new. Call it in a transaction when all or
/// none must be written.
///
/// # Errors
/// As [`enqueue`].
pub async fn enqueue_all<J: Job>(
    conn: &mut Connection,
    jobs: impl IntoIterator<Item = J>,
    options: &EnqueueOptions,
) -> QueryResult<u64> {
    let mut jobs = jobs.into_iter();
    let mut created = 0;
    loop {
        let rows: Vec<Row> =
            jobs.by_ref().take(ROWS_PER_STATEMENT).map(|job| Row::of(&job, options)).collect::<QueryResult<_>>()?;
        if rows.is_empty() {
            return Ok(created);
        }
        created += insert::<J>(conn, rows, options).await?;
    }
}

struct Row {
    id: JobId,
    args: String,
    key: Option<String>,
}

impl Row {
    fn of<J: Job>(job: &J, options: &EnqueueOptions) -> QueryResult<Self> {
        let args = serde_json::to_string(job).map_err(|error| Error::SerializationError(Box::new(error)))?;
        let key = options.key.clone().or_else(|| job.key());
        Ok(Self { id: Uuid::now_v7(), args, key })
    }
}

async fn insert<J: Job>(conn: &mut Connection, rows: Vec<Row>, options: &EnqueueOptions) -> QueryResult<u64> {
    let (mut ids, mut args, mut keys) = (Vec::new(), Vec::new(), Vec::new());
    for row in rows {
        ids.push(row.id);
        args.push(row.args);
        keys.push(row.key);
    }
    let window = options.window.unwrap_or(J::UNIQUE);
    if window.duration().is_some() && keys.iter().any(Option::is_some) {
        ExpireKeys { kind: J::KIND, keys: &keys }.execute(conn).await?;
    }
    let traceparent = options.traceparent.clone().or_else(|| trace_context::current().map(|trace| trace.to_string()));
    let statement = Insert {
        kind: J::KIND,
        queue: options.queue.as_deref().filter(|_| J::GLOBAL_LIMIT.is_none()).unwrap_or(J::QUEUE),
        gate: if J::GLOBAL_LIMIT.is_some() { J::KIND } else { "" },
        priority: options.priority.unwrap_or(J::PRIORITY),
        max_attempts: i16::try_from(options.max_attempts.unwrap_or(J::MAX_ATTEMPTS)).unwrap_or(i16::MAX).max(1),
        run_at: options.run_at,
        delay_seconds: options.delay.as_secs_f64(),
        window: window.as_str(),
        window_seconds: window.duration().map(|window| window.as_secs_f64()),
        traceparent: traceparent.as_deref(),
        ids: &ids,
        args: &args,
        keys: &keys,
    };
    let created: i64 = statement.get_result(conn).await?;
    Ok(created.unsigned_abs())
}
