//! The checks that every process shares: database, Redis, broker, disk.

use std::{path::PathBuf, sync::Arc, time::Duration};

use deadpool::managed::{TimeoutType, Timeouts};
use diesel_async::SimpleAsyncConnection;
use lapin::{Connection, ConnectionProperties};
use tokio::sync::Mutex;

use super::{Impact, Outcome, Registry};
use crate::{
    config::Dsn,
    db::{self, PoolError},
};

/// Opening a connection to the broker must leave time for the answer.
const BROKER_CONNECT_TIMEOUT: Duration = Duration::from_millis(1_500);
/// How long the database's check waits for its turn on a busy pool.
const POOL_WAIT: Duration = Duration::from_millis(500);
const GIB: u64 = 1 << 30;
const LITTLE_SPACE: u64 = GIB;
const NO_SPACE: u64 = GIB / 10;

/// A connection of the pool answers a query. Without the database nothing works.
pub fn database(registry: &Registry, name: &str, pool: db::Pool) {
    postgres(registry, name, Impact::Critical, pool);
}

/// `replica`: a connection of the pool answers a query. Without it the primary answers.
pub fn replica(registry: &Registry, pool: db::Pool) {
    postgres(registry, "replica", Impact::Partial, pool);
}

fn postgres(registry: &Registry, name: &str, impact: Impact, pool: db::Pool) {
    registry.register(name, impact, move || {
        let pool = pool.clone();
        async move {
            let patience = Timeouts { wait: Some(POOL_WAIT), ..pool.timeouts() };
            let mut connection = match pool.timeout_get(&patience).await {
                Ok(connection) => connection,
                // Overload is not an outage: taking the process out of service would only move the load elsewhere.
                Err(PoolError::Timeout(TimeoutType::Wait)) => return Outcome::degraded("all connections are busy"),
                Err(_) => return Outcome::down("no connection to PostgreSQL"),
            };
            match connection.batch_execute("SELECT 1").await {
                Ok(()) => Outcome::up(),
                Err(_) => Outcome::down("PostgreSQL does not answer queries"),
            }
        }
    });
}

/// `redis`: answers PING. Losing it costs speed only.
pub fn redis(registry: &Registry, pool: deadpool_redis::Pool) {
    registry.register("redis", Impact::Partial, move || {
        let pool = pool.clone();
        async move {
            let Ok(mut connection) = pool.get().await else { return Outcome::down("no connection to Redis") };
            match redis::cmd("PING").query_async::<()>(&mut connection).await {
                Ok(()) => Outcome::up(),
                Err(_) => Outcome::down("Redis does not answer"),
            }
        }
    });
}

/// `broker`: a connection of the check's own is open and not blocked by an alarm. Without the broker, consumers poll.
pub fn broker(registry: &Registry, url: &Dsn) {
    let (url, kept) = (url.clone(), Arc::new(Mutex::new(None::<Connection>)));
    registry.register("broker", Impact::Partial, move || {
        let (url, kept) = (url.clone(), Arc::clone(&kept));
        async move {
            let mut kept = kept.lock().await;
            let connection = match kept.take().filter(|connection| connection.status().connected()) {
                Some(connection) => connection,
                None => match connect_broker(&url).await {
                    Some(connection) => connection,
                    None => return Outcome::down("no connection to RabbitMQ"),
                },
            };
            let blocked = connection.status().blocked();
            *kept = Some(connection);
            if blocked { Outcome::degraded("RabbitMQ blocks publishers: memory or disk alarm") } else { Outcome::up() }
        }
    });
}

async fn connect_broker(url: &Dsn) -> Option<Connection> {
    let properties = ConnectionProperties::default().with_connection_name("tidemark health".into());
    tokio::time::timeout(BROKER_CONNECT_TIMEOUT, Connection::connect(url.expose(), properties)).await.ok()?.ok()
}

/// `disk`: room on the file system that holds `path`. Less than 1 GiB or 5 % is
/// degraded, less than 100 MiB is down for writing, but what is in memory and in the database can still be read.
pub fn disk_space(registry: &Registry, path: impl Into<PathBuf>) {
    let path = path.into();
    registry.register("disk", Impact::Partial, move || {
        let path = path.clone();
        async move {
            match tokio::task::spawn_blocking(move || rustix::fs::statvfs(&path)).await {
                Ok(Ok(disk)) => judge(disk.f_bavail * disk.f_frsize, disk.f_blocks * disk.f_frsize),
                Ok(Err(error)) => Outcome::degraded(format!("free space is unknown: {}", error.kind())),
                Err(_) => Outcome::degraded("free space is unknown"),
            }
        }
    });
}

fn judge(free: u64, total: u64) -> Outcome {
    let detail = || format!("{} MiB free of {} MiB", free >> 20, total >> 20);
    match free {
        ..NO_SPACE => Outcome::down(detail()),
        _ if free < LITTLE_SPACE || free < total / 20 => Outcome::degraded(detail()),
        _ => Outcome::up(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::health::State;

    #[test]
    fn little_disk_space_degrades_and_none_is_down() {
        assert_eq!(judge(50 * GIB, 100 * GIB).state, State::Up);
        assert_eq!(judge(4 * GIB, 100 * GIB).state, State::Degraded);
        assert_eq!(judge(GIB - 1, 2 * GIB).state, State::Degraded);
        let full = judge(GIB / 20, 100 * GIB);
        assert_eq!((full.state, full.detail.as_deref()), (State::Down, Some("51 MiB free of 102400 MiB")));
    }
}
