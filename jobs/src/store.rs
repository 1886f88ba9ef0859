//! The worker's own few connections: statements with a time limit, and the health they show.
//!
//! They are not shared with the jobs, so jobs that use up every connection of the process cannot make leases end.

use std::{fmt, time::Duration};

use bootstrap::db::{self, Connection, Pool, PoolError, Pooled};
use diesel::QueryResult;
use diesel_async::{
    RunQueryDsl,
    methods::{ExecuteDsl, LoadQuery},
};
use futures::future::BoxFuture;

use crate::JobsHealth;

/// A statement of the queue takes milliseconds. One that takes this long is on a connection that hangs.
const STATEMENT_LIMIT: Duration = Duration::from_secs(10);
pub(crate) const FIRST_RETRY: Duration = Duration::from_millis(100);
pub(crate) const LONGEST_RETRY: Duration = Duration::from_secs(2);

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
    pub(crate) fn new(
        url: &str,
        connections: usize,
        health: JobsHealth,
    ) -> Result<Self, diesel_async::pooled_connection::deadpool::BuildError> {
        Ok(Self { pool: db::pool(url, connections)?, health })
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
