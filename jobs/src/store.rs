//! The worker's own few connections: statements with a time limit, and the health they show.
//!
//! They are not shared with the jobs, so jobs that use up every connection of the process cannot make leases end.

use std::{fmt, time::Duration};

use bootstrap::db::{self, Connection, Pool, PoolError, Pooled};
use diesel::{ConnectionError, ConnectionResult, QueryResult};
use diesel_async::{
    RunQueryDsl, SimpleAsyncConnection,
    methods::{ExecuteDsl, LoadQuery},
    pooled_connection::{AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod, deadpool::BuildError},
};
use futures::{FutureExt, future::BoxFuture};

use crate::JobsHealth;

/// A statement of the queue takes milliseconds. One that takes this long is on a connection that hangs.
const STATEMENT_LIMIT: Duration = Duration::from_secs(10);
const CONNECTION_LIMIT: Duration = Duration::from_secs(5);
const FIRST_RETRY: Duration = Duration::from_millis(100);
const LONGEST_RETRY: Duration = Duration::from_secs(2);

/// A queue is empty one moment and has a million rows the next. A plan kept from the empty one reads the whole table
/// each time: 800 jobs/s instead of 40,000 (measured). So statements are planned as they come, and over the indexes.
const PLANNING: &str = "SET plan_cache_mode = force_custom_plan; SET enable_seqscan = off; SET enable_bitmapscan = off;
    SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_sort = off; SET jit = off";

/// Why a statement did not succeed. The callers wait and try again.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StoreError {
    #[error("no connection: {0}")]
    Connect(#[from] PoolError),
    #[error("{0}")]
    Query(#[from] diesel::result::Error),
    #[error("no answer within {} s", STATEMENT_LIMIT.as_secs())]
    TimedOut,
}

pub(crate) struct Store {
    pool: Pool,
    health: JobsHealth,
}

impl Store {
    pub(crate) fn new(url: &str, connections: usize, health: JobsHealth) -> Result<Self, BuildError> {
        let mut config = ManagerConfig::<Connection>::default();
        config.recycling_method = RecyclingMethod::Fast;
        config.custom_setup = Box::new(|url| connect(url.to_owned()).boxed());
        let pool = Pool::builder(AsyncDieselConnectionManager::new_with_config(url, config))
            .max_size(connections)
            .wait_timeout(Some(CONNECTION_LIMIT))
            .create_timeout(Some(CONNECTION_LIMIT))
            .recycle_timeout(Some(CONNECTION_LIMIT))
            .runtime(deadpool::Runtime::Tokio1)
            .build()?;
        Ok(Self { pool, health })
    }

    /// Boxed, since the compiler cannot prove the unboxed future `Send` for every lifetime of the statement.
    pub(crate) fn load<'q, Q, R>(&'q self, query: Q) -> BoxFuture<'q, Result<Vec<R>, StoreError>>
    where
        Q: RunQueryDsl<Connection> + LoadQuery<'q, Connection, R> + Send + 'q,
        R: Send + 'static,
    {
        Box::pin(async move {
            let mut conn = self.connection().await?;
            let answer = Self::limited(query.load(&mut conn)).await;
            self.finish(conn, answer)
        })
    }

    pub(crate) fn execute<'q, Q>(&'q self, query: Q) -> BoxFuture<'q, Result<usize, StoreError>>
    where
        Q: RunQueryDsl<Connection> + ExecuteDsl<Connection> + Send + 'q,
    {
        Box::pin(async move {
            let mut conn = self.connection().await?;
            let answer = Self::limited(query.execute(&mut conn)).await;
            self.finish(conn, answer)
        })
    }

    /// A connection for a transaction; hand it back with its result to [`Store::finish`].
    pub(crate) async fn connection(&self) -> Result<Pooled, StoreError> {
        self.pool.get().await.map_err(|error| {
            self.health.failed(error.to_string());
            StoreError::from(error)
        })
    }

    /// Takes note of how a statement ended; without an answer in time the connection is thrown away.
    pub(crate) fn finish<T>(&self, conn: Pooled, answer: Option<QueryResult<T>>) -> Result<T, StoreError> {
        let result = match answer {
            Some(answer) => answer.map_err(StoreError::from),
            None => {
                drop(Pooled::take(conn));
                Err(StoreError::TimedOut)
            }
        };
        match &result {
            Ok(_) => self.health.succeeded(),
            Err(error) => self.health.failed(error.to_string()),
        }
        result
    }

    /// Waits for `work`, but not longer than a statement may take.
    pub(crate) async fn limited<T>(work: impl Future<Output = QueryResult<T>>) -> Option<QueryResult<T>> {
        tokio::time::timeout(STATEMENT_LIMIT, work).await.ok()
    }
}

async fn connect(url: String) -> ConnectionResult<Connection> {
    let mut conn = db::connect(&url).await?;
    conn.batch_execute(PLANNING).await.map_err(ConnectionError::CouldntSetupConfiguration)?;
    Ok(conn)
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("health", &self.health).finish_non_exhaustive()
    }
}

/// Grows from 0.1 s to 2 s while something keeps failing.
#[derive(Debug)]
pub(crate) struct RetryDelay(Duration);

impl RetryDelay {
    pub(crate) fn new() -> Self {
        Self(FIRST_RETRY)
    }

    pub(crate) fn next(&mut self) -> Duration {
        let delay = self.0;
        self.0 = (delay * 2).min(LONGEST_RETRY);
        delay
    }

    pub(crate) fn reset(&mut self) {
        self.0 = FIRST_RETRY;
    }
}
