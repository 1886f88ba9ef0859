//! What a role of the process works with.

use std::{
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};
use tokio::sync::OnceCell;
use tracing::info;

use crate::{
    Config, Shutdown, Tasks,
    db::{self, Pool, preflight, preflight::PreflightError},
    health,
    metrics::{Metrics, TASKS},
    migrations::Schema,
    redis_pool,
    tasks::TaskState,
};

const DATABASE_RETRY: Duration = Duration::from_millis(250);
/// Keys are cached, so few connections serve them.
const KEYS_POOL_SIZE: usize = 4;

/// Configuration, stop signal, tasks, health and connections of one process. Clones share them all.
#[derive(Clone, Debug)]
pub struct Context {
    pub config: Config,
    pub shutdown: Shutdown,
    pub tasks: Tasks,
    pub health: health::Registry,
    pub metrics: Metrics,
    connections: Arc<Connections>,
}

#[derive(Default)]
struct Connections {
    database: OnceCell<Pool>,
    keys_database: OnceCell<Pool>,
    redis: OnceLock<redis_pool::Pool>,
}

impl std::fmt::Debug for Connections {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connections").finish_non_exhaustive()
    }
}

impl Context {
    /// A context that is not bound to the process's signals; [`super::run`] makes the process's own.
    pub fn new(config: Config, shutdown: Shutdown, metrics: Metrics) -> Self {
        let tasks = Tasks::new(shutdown.clone());
        observe_tasks(&tasks, &metrics);
        let health = health::Registry::new(shutdown.clone());
        Self { config, shutdown, tasks, health, metrics, connections: Arc::default() }
    }

    /// The pool of the log's database. The first call waits for a server that does not answer
    /// (`database.patience`), refuses one that is unsafe or whose schema is behind (see [`preflight`]), and adds the database to health and metrics.
    pub async fn database(&self) -> anyhow::Result<Pool> {
        self.connections.database.get_or_try_init(|| self.open_database()).await.cloned()
    }

    /// The pool of the keys' database, in development the log's; otherwise as [`Context::database`].
    pub async fn keys_database(&self) -> anyhow::Result<Pool> {
        if self.config.keys_database_url()? == self.config.database_url()? {
            return self.database().await;
        }
        self.connections.keys_database.get_or_try_init(|| self.open_keys_database()).await.cloned()
    }

    /// The pool of Redis where one is configured. Nothing is connected yet: the process starts without it, too.
    pub fn redis(&self) -> anyhow::Result<Option<redis_pool::Pool>> {
        let Some(url) = &self.config.redis_url else { return Ok(None) };
        if let Some(pool) = self.connections.redis.get() {
            return Ok(Some(pool.clone()));
        }
        let pool = redis_pool::pool(url, self.config.database.pool_size)?;
        let kept = self.connections.redis.get_or_init(|| {
            health::redis(&self.health, pool.clone());
            pool
        });
        Ok(Some(kept.clone()))
    }

    /// The URL of the read replica where one is configured, and a pool to it. Nothing is connected yet: everything can be done without.
    pub fn replica(&self) -> anyhow::Result<Option<(&str, Pool)>> {
        let Some(url) = &self.config.database.replica_url else { return Ok(None) };
        let pool = db::pool(url.expose(), self.config.database.pool_size)?;
        health::replica(&self.health, pool.clone());
        Ok(Some((url.expose(), pool)))
    }

    async fn open_database(&self) -> anyhow::Result<Pool> {
        let url = self.config.database_url()?;
        self.admit(url, Schema::Log).await?;
        // A projector need not have the keys' database.
        if self.config.keys_database_url().is_ok_and(|keys| keys == url) {
            self.admit(url, Schema::Keys).await?;
        }
        let pool = db::pool(url, self.config.database.pool_size).context("the database's pool")?;
        db::observe(&pool, &self.metrics);
        health::database(&self.health, "database", pool.clone());
        Ok(pool)
    }

    async fn open_keys_database(&self) -> anyhow::Result<Pool> {
        let url = self.config.keys_database_url()?;
        self.admit(url, Schema::Keys).await?;
        let pool = db::pool(url, KEYS_POOL_SIZE).context("the keys database's pool")?;
        health::database(&self.health, "keys_database", pool.clone());
        Ok(pool)
    }

    /// Waits for a server that is not there yet; anything else that is wrong ends the start at once.
    async fn admit(&self, url: &str, schema: Schema) -> anyhow::Result<()> {
        let started = Instant::now();
        loop {
            match db::connect(url).await {
                Ok(mut connection) => return Ok(preflight::check(&mut connection, schema).await?),
                Err(error) if started.elapsed() > self.config.database.patience || is_refused_url(&error) => {
                    return Err(PreflightError::Unreachable { schema, error }.into());
                }
                Err(error) => info!(%schema, %error, "waiting for PostgreSQL"),
            }
            if !self.shutdown.sleep(DATABASE_RETRY).await {
                bail!("asked to stop while waiting for PostgreSQL");
            }
        }
    }
}

/// A URL that can never work, as opposed to a server that does not answer yet.
fn is_refused_url(error: &diesel::ConnectionError) -> bool {
    matches!(error, diesel::ConnectionError::InvalidConnectionUrl(_))
}

fn observe_tasks(tasks: &Tasks, metrics: &Metrics) {
    let tasks = tasks.clone();
    metrics.on_render(move || {
        let states = tasks.states();
        let count = |wanted: fn(&TaskState) -> bool| states.values().filter(|state| wanted(state)).count() as f64;
        let gauge = |state| ::metrics::gauge!(TASKS, "state" => state);
        gauge("running").set(count(|state| matches!(state, TaskState::Running)));
        gauge("restarting").set(count(|state| matches!(state, TaskState::Restarting(_))));
        gauge("stopped").set(count(|state| matches!(state, TaskState::Stopped)));
    });
}
