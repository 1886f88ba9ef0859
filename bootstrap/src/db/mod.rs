//! Connections to PostgreSQL: the pool of a process, and single connections for tasks that keep one.

mod establish;
pub mod preflight;
#[cfg(test)]
mod tests;

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use ::metrics::gauge;
use diesel::{ConnectionError, ConnectionResult};
use diesel_async::{
    AsyncPgConnection,
    pooled_connection::{AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod, deadpool},
};
use futures::FutureExt;

use crate::metrics::{Metrics, POOL_CONNECTIONS, POOL_WAITING};

/// The pool of one process.
pub type Pool = deadpool::Pool<AsyncPgConnection>;
/// A connection borrowed from a [`Pool`].
pub type Pooled = deadpool::Object<AsyncPgConnection>;
pub use diesel_async::AsyncPgConnection as Connection;
pub use diesel_async::pooled_connection::deadpool::PoolError;

/// Why a task gave up the connection that it keeps. Its supervisor starts it again with another one.
#[derive(Debug, thiserror::Error)]
pub enum ConnectionFailed {
    #[error("cannot connect: {0}")]
    Connect(#[from] ConnectionError),
    #[error("query failed: {0}")]
    Query(#[from] diesel::result::Error),
    #[error("the database does not answer")]
    Silent(#[from] tokio::time::error::Elapsed),
}

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const WAIT_TIMEOUT: Duration = Duration::from_secs(5);
/// What a borrowed connection may not exceed: a request has given up long before, and a transaction that sits idle
/// holds locks and keeps vacuum from its work. Longer work belongs on a connection of its own.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(30);
/// Compiling a statement takes longer than any of these should.
const POOLED_SETTINGS: &str = "-c idle_in_transaction_session_timeout=30s -c jit=off";

static APPLICATION_NAME: OnceLock<String> = OnceLock::new();

/// A pool of at most `size` connections to `url`. Nothing is opened until the first use; waiting for a connection ends
/// with an error after 5 s, a statement after 30 s.
pub fn pool(url: &str, size: usize) -> Result<Pool, deadpool::BuildError> {
    pool_with(url, size, STATEMENT_TIMEOUT)
}

/// The same with another end for statements.
pub fn pool_with(url: &str, size: usize, statement_timeout: Duration) -> Result<Pool, deadpool::BuildError> {
    let settings: Arc<str> = format!("-c statement_timeout={} {POOLED_SETTINGS}", statement_timeout.as_millis()).into();
    let mut config = ManagerConfig::<AsyncPgConnection>::default();
    config.recycling_method = RecyclingMethod::Fast;
    config.custom_setup = Box::new(move |url| {
        let settings = Arc::clone(&settings);
        async move { connect_with(url, &settings).await }.boxed()
    });
    Pool::builder(AsyncDieselConnectionManager::new_with_config(url, config))
        .max_size(size)
        .wait_timeout(Some(WAIT_TIMEOUT))
        .create_timeout(Some(CONNECT_TIMEOUT))
        .recycle_timeout(Some(CONNECT_TIMEOUT))
        .runtime(::deadpool::Runtime::Tokio1)
        .build()
}

/// One connection of its own, for a task that keeps it (writer, listener, runner).
///
/// The URL's `sslmode` decides on encryption: absent or `disable` is plain text; `require`, `verify-ca` and
/// `verify-full` are all TLS with the certificate and the host name verified, against the machine's roots or the PEM
/// file that `sslrootcert` names.
pub async fn connect(url: &str) -> ConnectionResult<AsyncPgConnection> {
    connect_with(url, "").await
}

/// The name under which PostgreSQL lists the connections that are opened from now on. The first call decides.
pub fn set_application_name(name: &str) {
    APPLICATION_NAME.get_or_init(|| name.to_owned());
}

/// Shows the pool's use as gauges whenever the metrics are rendered.
pub fn observe(pool: &Pool, metrics: &Metrics) {
    let pool = pool.clone();
    metrics.on_render(move || {
        let status = pool.status();
        let idle = status.available.min(status.size);
        gauge!(POOL_CONNECTIONS, "state" => "idle").set(idle as f64);
        gauge!(POOL_CONNECTIONS, "state" => "busy").set((status.size - idle) as f64);
        gauge!(POOL_WAITING).set(status.waiting as f64);
    });
}

async fn connect_with(url: &str, settings: &str) -> ConnectionResult<AsyncPgConnection> {
    tokio::time::timeout(CONNECT_TIMEOUT, establish::establish(url, settings))
        .await
        .map_err(|_| ConnectionError::BadConnection("timed out while connecting to PostgreSQL".to_owned()))?
}
