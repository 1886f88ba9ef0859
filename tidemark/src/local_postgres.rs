//! A private PostgreSQL for a laptop or a small server: started from the installed programs, stopped with the process.

mod account;
mod cluster;
mod programs;

use std::{
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use bootstrap::{Shutdown, Tasks, db};
use diesel_async::SimpleAsyncConnection;
use tracing::{info, warn};

use account::Account;
use cluster::Cluster;
use programs::Programs;

/// How long a cluster may take to answer: crash recovery replays at most `max_wal_size` of log.
const READY_WITHIN: Duration = Duration::from_secs(90);
/// Server processes of a postmaster that was killed hold its shared memory until they notice, within seconds.
const START_AGAIN_WITHIN: Duration = Duration::from_secs(15);
const RETRY: Duration = Duration::from_millis(200);
/// How often it is looked whether the server still runs.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Why there is no private PostgreSQL. Each text is one sentence for the operator.
#[derive(Debug, thiserror::Error)]
pub enum LocalPostgresError {
    #[error(
        "no PostgreSQL programs were found: install PostgreSQL 15 or newer (Debian: apt-get install postgresql) or set DATABASE_URL"
    )]
    NoPrograms,
    #[error("the data in {} is of PostgreSQL {major}, whose programs are not installed (Debian: apt-get install postgresql-{major})", data.display())]
    OtherVersion { data: PathBuf, major: u32 },
    #[error("another process uses the database in {}", .0.display())]
    InUse(PathBuf),
    #[error("PostgreSQL does not run as root, and this system has neither a user `postgres` nor `nobody`")]
    NoAccount,
    #[error("{} belongs to somebody else", .0.display())]
    ForeignDirectory(PathBuf),
    #[error("{action}: {error}")]
    Io { action: String, error: io::Error },
    #[error("{program} failed: {output}")]
    Program { program: &'static str, output: String },
    #[error("PostgreSQL in {} does not answer: {reason}", data.display())]
    NotReady { data: PathBuf, reason: String },
}

type Result<T> = std::result::Result<T, LocalPostgresError>;

/// A running private cluster. Dropping it stops the server; `kill -9` leaves it running, and the next start adopts it.
#[derive(Debug)]
pub struct LocalPostgres {
    cluster: Arc<Cluster>,
    port: u16,
    password: String,
    running: bool,
    /// Held so that no second process uses, and above all stops, the same cluster. `None` where another one holds it,
    /// whose cluster this is.
    lock: Option<File>,
}

impl LocalPostgres {
    /// Starts the cluster under `directory`, making it on first use, or adopts it where it is running already. Run as
    /// root, the server runs as `postgres` (or `nobody`), and where that user cannot reach `directory`, the data is in
    /// `/var/tmp/tidemark-<uid>-<hash of the path>` instead.
    pub async fn start(directory: &Path) -> Result<Self> {
        let cluster = Cluster::at(directory)?;
        let lock = lock(&cluster.home)?;
        Self::start_locked(cluster, lock).await
    }

    /// The cluster under `directory` for a short command: the one that another process runs, else started as by
    /// [`Self::start`]. `None` where none was made yet.
    pub async fn reach(directory: &Path) -> Result<Option<Self>> {
        if !directory.exists() {
            return Ok(None);
        }
        let cluster = Cluster::at(directory)?;
        let started = Instant::now();
        while cluster.data.join("PG_VERSION").exists() {
            match lock(&cluster.home) {
                Ok(lock) => return Self::start_locked(cluster, lock).await.map(Some),
                Err(LocalPostgresError::InUse(_)) => {}
                Err(error) => return Err(error),
            }
            if let (Some(port), Some(password)) = (cluster.port_in_use(), cluster.password()) {
                let postgres = Self { cluster: Arc::new(cluster), port, password, running: true, lock: None };
                postgres.wait_until_ready().await?;
                return Ok(Some(postgres));
            }
            // Whoever has the lock is about to start the server.
            if started.elapsed() > READY_WITHIN {
                return Err(LocalPostgresError::NotReady {
                    data: cluster.data,
                    reason: "it is not started".to_owned(),
                });
            }
            tokio::time::sleep(RETRY).await;
        }
        Ok(None)
    }

    async fn start_locked(cluster: Cluster, lock: File) -> Result<Self> {
        let password = cluster.ensure_initialised().await?;
        let port = match cluster.running_port() {
            Some(port) => {
                info!(data = %cluster.data.display(), port, "adopting the private PostgreSQL that is running already");
                port
            }
            None => start_server(&cluster).await?,
        };
        let postgres = Self { cluster: Arc::new(cluster), port, password, running: true, lock: Some(lock) };
        postgres.wait_until_ready().await?;
        Ok(postgres)
    }

    /// Starts the server again, among `tasks`, whenever it is gone: the system kills what takes too much memory. One that
    /// another process runs is left alone.
    pub fn keep_running(&self, tasks: &Tasks) {
        if self.lock.is_none() {
            return;
        }
        let (cluster, port, shutdown) = (Arc::clone(&self.cluster), self.port, tasks.shutdown().clone());
        tasks.supervise("private-postgres", move || {
            let (cluster, shutdown) = (Arc::clone(&cluster), shutdown.clone());
            async move { keep_running(&cluster, port, &shutdown).await }
        });
    }

    /// The URL of a database in this cluster. It contains the password.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://tidemark:{}@127.0.0.1:{}/{database}", self.password, self.port)
    }

    /// Where the data is, for messages.
    pub fn directory(&self) -> &Path {
        &self.cluster.home
    }

    /// Creates a database unless it exists. The name must be a plain identifier.
    pub async fn ensure_database(&self, name: &str) -> Result<()> {
        let not_ready = |reason: String| LocalPostgresError::NotReady { data: self.cluster.data.clone(), reason };
        let mut connection = db::connect(&self.url("postgres")).await.map_err(|error| not_ready(error.to_string()))?;
        match connection.batch_execute(&format!("CREATE DATABASE \"{name}\"")).await {
            Ok(()) => Ok(()),
            Err(error) if error.to_string().contains("already exists") => Ok(()),
            Err(error) => Err(not_ready(error.to_string())),
        }
    }

    /// Stops the server and waits for it: clients are disconnected, everything committed is on disk. One that another
    /// process runs is left alone.
    pub async fn stop(mut self) -> Result<()> {
        self.running = false;
        if self.lock.is_none() {
            return Ok(());
        }
        let command = self.cluster.stop_command();
        cluster::run("pg_ctl", command).await.map(drop)
    }

    async fn wait_until_ready(&self) -> Result<()> {
        let started = Instant::now();
        loop {
            match db::connect(&self.url("postgres")).await {
                Ok(_) => return Ok(()),
                Err(error) if started.elapsed() > READY_WITHIN => {
                    let data = self.cluster.data.clone();
                    return Err(LocalPostgresError::NotReady { data, reason: error.to_string() });
                }
                Err(_) => tokio::time::sleep(RETRY).await,
            }
        }
    }
}

impl Drop for LocalPostgres {
    fn drop(&mut self) {
        if !self.running || self.lock.is_none() {
            return;
        }
        // Blocking, because drop cannot wait otherwise; `stop` is the way without.
        match self.cluster.stop_command().output() {
            Ok(output) if output.status.success() => {}
            Ok(output) => warn!(output = %cluster::last_line(&output), "the private PostgreSQL was not stopped"),
            Err(error) => warn!(%error, "the private PostgreSQL was not stopped"),
        }
    }
}

fn lock(home: &Path) -> Result<File> {
    let path = home.join("lock");
    let failed = |error| LocalPostgresError::Io { action: format!("cannot lock {}", path.display()), error };
    let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(LocalPostgresError::InUse(home.to_owned())),
        Err(TryLockError::Error(error)) => Err(failed(error)),
    }
}

async fn start_server(cluster: &Cluster) -> Result<u16> {
    let started = Instant::now();
    loop {
        let port = cluster.free_port()?;
        match cluster.start(port).await {
            Ok(()) => return Ok(port),
            Err(error) if started.elapsed() > START_AGAIN_WITHIN => return Err(error),
            Err(error) => info!(%error, "PostgreSQL did not start, trying again"),
        }
        tokio::time::sleep(RETRY).await;
    }
}

async fn keep_running(cluster: &Cluster, port: u16, shutdown: &Shutdown) -> Result<()> {
    while shutdown.sleep(LOOK_EVERY).await {
        if cluster.running_port().is_none() {
            warn!("the private PostgreSQL is gone, it is started again");
            // To its end also while this process stops: what is half started would not be stopped.
            cluster.start(port).await?;
        }
    }
    Ok(())
}

fn read_trimmed(path: &Path) -> Option<String> {
    fs::read_to_string(path).ok().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}
