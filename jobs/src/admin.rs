use bootstrap::db::Connection;
use chrono::{DateTime, Utc};
use diesel::{
    ExpressionMethods, OptionalExtension, QueryResult, QueryableByName, sql_query,
    sql_types::{BigInt, Bool, Double, Json, Nullable, SmallInt, Text, Timestamptz, Uuid},
};
use diesel_async::{AsyncConnection, RunQueryDsl};

use crate::{
    JobId, JobState,
    schema::job_queues,
    statements::{CHANNEL, Wake},
};

/// Jobs per page, at most.
pub const LONGEST_PAGE: i64 = 200;

const COLUMNS: &str = "id, kind, queue, args, state, priority, attempt, max_attempts, cancel_requested, key, run_at,\
     created_at, taken_at, taken_by, lease_until, finished_at, last_error, traceparent";

/// One job as an operator sees it.
#[derive(Clone, Debug, QueryableByName, serde::Serialize)]
pub struct JobView {
    #[diesel(sql_type = Uuid)]
    pub id: JobId,
    #[diesel(sql_type = Text)]
    pub kind: String,
    #[diesel(sql_type = Text)]
    pub queue: String,
    #[diesel(sql_type = Json)]
    pub args: serde_json::Value,
    /// A [`JobState`] by name.
    #[diesel(sql_type = Text)]
    pub state: String,
    #[diesel(sql_type = SmallInt)]
    pub priority: i16,
    #[diesel(sql_type = SmallInt)]
    pub attempt: i16,
    #[diesel(sql_type = SmallInt)]
    pub max_attempts: i16,
    /// Running, and asked to stop.
    #[diesel(sql_type = Bool)]
    pub cancel_requested: bool,
    #[diesel(sql_type = Nullable<Text>)]
    pub key: Option<String>,
    #[diesel(sql_type = Timestamptz)]
    pub run_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub taken_at: Option<DateTime<Utc>>,
    /// The worker that has or had it last.
    #[diesel(sql_type = Nullable<Text>)]
    pub taken_by: Option<String>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub lease_until: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub finished_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Text>)]
    pub last_error: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub traceparent: Option<String>,
}

/// Which jobs to list. Everything that is `None` is not asked for.
#[derive(Clone, Debug, Default)]
pub struct JobFilter {
    pub state: Option<JobState>,
    pub queue: Option<String>,
    pub kind: Option<String>,
}

/// Jobs, newest first, at most `limit` and never more than [`LONGEST_PAGE`]. The next page comes after the last id.
pub async fn list(
    conn: &mut Connection,
    filter: &JobFilter,
    after: Option<JobId>,
    limit: i64,
) -> QueryResult<Vec<JobView>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM jobs
        WHERE ($1 IS NULL OR state = $1) AND ($2 IS NULL OR queue = $2) AND ($3 IS NULL OR kind = $3)
            AND ($4 IS NULL OR id < $4)
        ORDER BY id DESC LIMIT $5"
    );
    sql_query(sql)
        .bind::<Nullable<Text>, _>(filter.state.map(JobState::as_str))
        .bind::<Nullable<Text>, _>(filter.queue.as_deref())
        .bind::<Nullable<Text>, _>(filter.kind.as_deref())
        .bind::<Nullable<Uuid>, _>(after)
        .bind::<BigInt, _>(limit.clamp(1, LONGEST_PAGE))
        .load(conn)
        .await
}

pub async fn show(conn: &mut Connection, id: JobId) -> QueryResult<Option<JobView>> {
    let query = sql_query(format!("SELECT {COLUMNS} FROM jobs WHERE id = $1"));
    query.bind::<Uuid, _>(id).get_result(conn).await.optional()
}

/// What became of a request to change a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changed {
    Done,
    /// The job runs, and its worker was told; it is cancelled when its run has stopped.
    Requested,
    /// The job is in a state in which this cannot be done.
    NotPossible(JobState),
    NotFound,
}

/// Makes a job available at once that waits or has finished, with at least one more attempt.
pub async fn retry(conn: &mut Connection, id: JobId) -> QueryResult<Changed> {
    conn.transaction(async |conn| {
        let Some((state, queue)) = locked(conn, id).await? else { return Ok(Changed::NotFound) };
        if matches!(state, JobState::Running | JobState::Available) {
            return Ok(Changed::NotPossible(state));
        }
        let query = sql_query(
            "UPDATE jobs SET state = 'available', max_attempts = greatest(max_attempts, attempt + 1),
                finished_at = NULL, cancel_requested = false, run_at = now() WHERE id = $1",
        );
        query.bind::<Uuid, _>(id).execute(conn).await?;
        wake(conn, &queue).await?;
        Ok(Changed::Done)
    })
    .await
}

/// Cancels a job that waits, or asks for the end of one that runs.
pub async fn cancel(conn: &mut Connection, id: JobId) -> QueryResult<Changed> {
    conn.transaction(async |conn| {
        let Some((state, _)) = locked(conn, id).await? else { return Ok(Changed::NotFound) };
        if state.is_finished() {
            return Ok(Changed::NotPossible(state));
        }
        if state == JobState::Running {
            let query = sql_query("UPDATE jobs SET cancel_requested = true WHERE id = $1");
            query.bind::<Uuid, _>(id).execute(conn).await?;
            notify(conn, &format!("cancel {id}")).await?;
            return Ok(Changed::Requested);
        }
        sql_query(
            "UPDATE jobs SET state = 'cancelled', finished_at = now(), last_error = 'cancelled_by_operator',
                key_held = key_held AND key_window IN ('for', 'forever') WHERE id = $1",
        )
        .bind::<Uuid, _>(id)
        .execute(conn)
        .await?;
        Ok(Changed::Done)
    })
    .await
}

/// Stops taking from a queue, in every process at once. What runs goes on.
pub async fn pause(conn: &mut Connection, queue: &str) -> QueryResult<()> {
    set_paused(conn, queue, Some(Utc::now())).await
}

pub async fn resume(conn: &mut Connection, queue: &str) -> QueryResult<()> {
    set_paused(conn, queue, None).await?;
    wake(conn, queue).await
}

async fn set_paused(conn: &mut Connection, queue: &str, paused_at: Option<DateTime<Utc>>) -> QueryResult<()> {
    let row = (job_queues::name.eq(queue), job_queues::paused_at.eq(paused_at));
    let insert = diesel::insert_into(job_queues::table).values(row);
    let upsert = insert.on_conflict(job_queues::name).do_update().set(job_queues::paused_at.eq(paused_at));
    upsert.execute(conn).await.map(|_| ())
}

/// The jobs of one queue in one state.
#[derive(Clone, Debug, PartialEq, QueryableByName, serde::Serialize)]
pub struct QueueStats {
    #[diesel(sql_type = Text)]
    pub queue: String,
    /// A [`JobState`] by name.
    #[diesel(sql_type = Text)]
    pub state: String,
    #[diesel(sql_type = BigInt)]
    pub jobs: i64,
    /// How long the oldest of them has been due, in seconds; negative when it is not due yet. None for finished jobs.
    #[diesel(sql_type = Nullable<Double>)]
    pub oldest_seconds: Option<f64>,
    #[diesel(sql_type = Bool)]
    pub paused: bool,
}

/// Counts every queue by state, and paused queues without jobs as `available` 0. Reads the whole table.
pub async fn stats(conn: &mut Connection) -> QueryResult<Vec<QueueStats>> {
    sql_query(
        "SELECT coalesce(jobs.queue, job_queues.name) AS queue, coalesce(state, 'available') AS state,
            count(jobs.id) AS jobs, bool_or(paused_at IS NOT NULL) AS paused,
            extract(epoch FROM now() - min(run_at) FILTER (WHERE finished_at IS NULL))::double precision
                AS oldest_seconds
        FROM jobs FULL JOIN job_queues ON job_queues.name = jobs.queue
        WHERE jobs.id IS NOT NULL OR paused_at IS NOT NULL
        GROUP BY 1, 2 ORDER BY 1, 2",
    )
    .load(conn)
    .await
}

/// How many jobs run or could run now; 0 when the queue is quiet.
pub async fn busy(conn: &mut Connection) -> QueryResult<i64> {
    let query = sql_query("SELECT count(*) AS count FROM jobs WHERE state = 'available' OR state = 'running'");
    Ok(query.get_result::<Count>(conn).await?.count)
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

#[derive(QueryableByName)]
struct Locked {
    #[diesel(sql_type = Text)]
    state: String,
    #[diesel(sql_type = Text)]
    queue: String,
}

async fn locked(conn: &mut Connection, id: JobId) -> QueryResult<Option<(JobState, String)>> {
    let query = sql_query("SELECT state, queue FROM jobs WHERE id = $1 FOR UPDATE").bind::<Uuid, _>(id);
    let Some(row) = query.get_result::<Locked>(conn).await.optional()? else { return Ok(None) };
    let state = row.state.parse().map_err(|error| diesel::result::Error::DeserializationError(Box::new(error)))?;
    Ok(Some((state, row.queue)))
}

async fn wake(conn: &mut Connection, queue: &str) -> QueryResult<()> {
    Wake { queues: &[queue] }.execute(conn).await.map(|_| ())
}

async fn notify(conn: &mut Connection, payload: &str) -> QueryResult<()> {
    let query = sql_query("SELECT pg_notify($1, $2)");
    query.bind::<Text, _>(CHANNEL).bind::<Text, _>(payload).execute(conn).await.map(|_| ())
}
