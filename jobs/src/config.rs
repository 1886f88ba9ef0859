//! How a worker process runs its jobs.

use std::time::Duration;

/// How long finished jobs are kept before they are pruned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    pub completed: Duration,
    /// Also for cancelled jobs.
    pub discarded: Duration,
}

impl Default for Retention {
    fn default() -> Self {
        Self { completed: Duration::from_secs(24 * 3600), discarded: Duration::from_secs(14 * 24 * 3600) }
    }
}

/// Settings of one worker process; [`WorkerConfig::new`] has the defaults.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkerConfig {
    pub database_url: String,
    /// Shown with the jobs this process holds. Need not be unique: takes are fenced by number, not by name.
    pub name: String,
    /// Queues to serve, and how many of its jobs run here at once.
    pub queues: Vec<(String, usize)>,
    /// A job whose lease is not renewed for this long is given to another worker. Default 30 s.
    pub lease: Duration,
    /// The longest time between two looks at the queue when no notification arrives. Default 2 s.
    pub poll: Duration,
    /// How long a stopping process lets running jobs finish before it gives them back. Default 30 s.
    pub grace: Duration,
    /// Connections for taking, settling and keeping leases, beside one for notifications. Default 3.
    pub connections: usize,
    /// How long after enqueueing a job of an unknown kind waits for a newer worker before it is discarded, so that a
    /// rolling upgrade loses nothing. Default 10 min.
    pub unknown_kind_grace: Duration,
    pub retention: Retention,
    /// Between two rounds of pruning. Default 60 s.
    pub prune_every: Duration,
    /// Between two measurements of the queues' depth. Default 15 s.
    pub observe_every: Duration,
}

impl WorkerConfig {
    /// One queue, `default`, with 64 jobs at once.
    pub fn new(database_url: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            database_url: database_url.into(),
            name: name.into(),
            queues: vec![("default".to_owned(), 64)],
            lease: Duration::from_secs(30),
            poll: Duration::from_secs(2),
            grace: Duration::from_secs(30),
            connections: 3,
            unknown_kind_grace: Duration::from_secs(600),
            retention: Retention::default(),
            prune_every: Duration::from_secs(60),
            observe_every: Duration::from_secs(15),
        }
    }

    /// Serves `queue` with `concurrency` jobs at once, instead of what was set for it before.
    pub fn queue(mut self, queue: impl Into<String>, concurrency: usize) -> Self {
        let queue = queue.into();
        self.queues.retain(|(name, _)| *name != queue);
        self.queues.push((queue, concurrency));
        self
    }
}
