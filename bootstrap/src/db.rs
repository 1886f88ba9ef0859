//! Connections to PostgreSQL: the pool of a process, and single connections for tasks that keep one.

use std::time::Duration;

use diesel::{ConnectionError, ConnectionResult};
use diesel_async::{
    AsyncPgConnection,
    pooled_connection::{AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod, deadpool},
};
use futures::FutureExt;

/// The pool of one process.
pub type Pool = deadpool::Pool<AsyncPgConnection>;
/// A connection borrowed from a [`Pool`].
pub type Pooled = deadpool::Object<AsyncPgConnection>;
pub use diesel_async::AsyncPgConnection as Connection;
pub use diesel_async::pooled_connection::deadpool::PoolError;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const WAIT_TIMEOUT: Duration = Duration::from_secs(5);

/// A pool of at most `size` connections to `url`. Nothing is opened until the first use; waiting for a connection ends
/// with an error after 5 s.
pub fn pool(url: &str, size: usize) -> Result<Pool, deadpool::BuildError> {
    let mut config = ManagerConfig::<AsyncPgConnection>::default();
    config.recycling_method = RecyclingMethod::Fast;
    config.custom_setup = Box::new(|url| async move { connect(url).await }.boxed());
    Pool::builder(AsyncDieselConnectionManager::new_with_config(url, config))
        .max_size(size)
        .wait_timeout(Some(WAIT_TIMEOUT))
        .create_timeout(Some(CONNECT_TIMEOUT))
        .recycle_timeout(Some(CONNECT_TIMEOUT))
        .runtime(::deadpool::Runtime::Tokio1)
        .build()
}

/// One connection of its own, for a task that keeps it (writer, listener, runner).
pub async fn connect(url: &str) -> ConnectionResult<AsyncPgConnection> {
    let establish = <AsyncPgConnection as diesel_async::AsyncConnection>::establish(url);
    tokio::time::timeout(CONNECT_TIMEOUT, establish)
        .await
        .map_err(|_| ConnectionError::BadConnection("timed out while connecting to PostgreSQL".to_owned()))?
}
