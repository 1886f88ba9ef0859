//! Is this process able to do its work? Named checks, asked at most once a second whoever probes.

mod checks;

use std::{
    collections::BTreeMap,
    fmt,
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex as SyncMutex, PoisonError},
    time::{Duration, Instant},
};

use ::metrics::gauge;
use futures::{FutureExt, future::BoxFuture};
use serde::Serialize;
use tokio::sync::Mutex;

use crate::{Shutdown, metrics::HEALTH_STATE};

pub use checks::{broker, database, disk_space, redis, replica};

/// A check that takes longer counts as down.
const CHECK_TIMEOUT: Duration = Duration::from_secs(2);
/// How long a report is served again.
const CACHED_FOR: Duration = Duration::from_secs(1);

/// From best to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Up,
    /// Works, but slower, later or with less room than it should.
    Degraded,
    Down,
}

/// What the process can still do while a check is down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Impact {
    /// Nothing useful: the process is down.
    Critical,
    /// The rest: the process is degraded. Redis and the broker are such, see docs/architecture.md.
    Partial,
}

/// The answer of one check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    pub state: State,
    /// One sentence for an operator. It is served without authentication: no addresses, no credentials.
    pub detail: Option<String>,
}

impl Outcome {
    pub fn up() -> Self {
        Self { state: State::Up, detail: None }
    }

    pub fn degraded(detail: impl Into<String>) -> Self {
        Self { state: State::Degraded, detail: Some(detail.into()) }
    }

    pub fn down(detail: impl Into<String>) -> Self {
        Self { state: State::Down, detail: Some(detail.into()) }
    }
}

/// One line of the report.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CheckReport {
    pub state: State,
    pub latency_ms: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// What `GET /health` answers; `status` is the worst of the checks after their impact.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    pub status: State,
    pub version: &'static str,
    pub checks: BTreeMap<String, CheckReport>,
}

impl Report {
    /// The HTTP status of `/health` and `/health/ready`: a degraded process still serves.
    pub fn http_status(&self) -> u16 {
        match self.status {
            State::Up | State::Degraded => 200,
            State::Down => 503,
        }
    }
}

type Check = Arc<dyn Fn() -> BoxFuture<'static, Outcome> + Send + Sync>;

/// The checks of one process. Clones share them and the cached report.
#[derive(Clone)]
pub struct Registry(Arc<Inner>);

struct Inner {
    shutdown: Shutdown,
    checks: SyncMutex<BTreeMap<String, (Impact, Check)>>,
    latest: Mutex<Option<(Instant, Report)>>,
}

impl Registry {
    /// Checks of a process that is reported as down (not ready) once `shutdown` is requested.
    pub fn new(shutdown: Shutdown) -> Self {
        Self(Arc::new(Inner { shutdown, checks: SyncMutex::default(), latest: Mutex::default() }))
    }

    /// Adds a check, or replaces the one of that name. It is run at most once a second, and given 2 s.
    pub fn register<C, F>(&self, name: &str, impact: Impact, check: C)
    where
        C: Fn() -> F + Send + Sync + 'static,
        F: Future<Output = Outcome> + Send + 'static,
    {
        let check: Check = Arc::new(move || check().boxed());
        self.checks().insert(name.to_owned(), (impact, check));
    }

    /// Runs all checks at the same time, or answers what was found within the last second.
    pub async fn report(&self) -> Report {
        // Held while the checks run: probes that come meanwhile wait for the same answer, at most the time-out.
        let mut latest = self.0.latest.lock().await;
        if let Some((_, report)) = latest.as_ref().filter(|(at, _)| at.elapsed() < CACHED_FOR) {
            return self.draining(report.clone());
        }
        let report = self.run_checks().await;
        *latest = Some((Instant::now(), report.clone()));
        self.draining(report)
    }

    async fn run_checks(&self) -> Report {
        let checks = self.checks().clone();
        let running = checks.into_iter().map(|(name, (impact, check))| async move {
            let report = run(check).await;
            gauge!(HEALTH_STATE, "check" => name.clone()).set(report.state as u8);
            (name, impact, report)
        });
        let mut report = Report { status: State::Up, version: env!("CARGO_PKG_VERSION"), checks: BTreeMap::new() };
        for (name, impact, check) in futures::future::join_all(running).await {
            let felt = match impact {
                Impact::Critical => check.state,
                Impact::Partial => check.state.min(State::Degraded),
            };
            report.status = report.status.max(felt);
            report.checks.insert(name, check);
        }
        report
    }

    /// A process that is stopping takes no new work, whatever its checks say.
    fn draining(&self, mut report: Report) -> Report {
        if self.0.shutdown.is_requested() {
            report.status = State::Down;
            let detail = Some("the process is stopping".to_owned());
            report.checks.insert("process".to_owned(), CheckReport { state: State::Down, latency_ms: 0.0, detail });
        }
        report
    }

    fn checks(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, (Impact, Check)>> {
        self.0.checks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Registry").field(&self.checks().keys().collect::<Vec<_>>()).finish()
    }
}

async fn run(check: Check) -> CheckReport {
    let started = Instant::now();
    let guarded = AssertUnwindSafe(async move { check().await }).catch_unwind();
    let outcome = match tokio::time::timeout(CHECK_TIMEOUT, guarded).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_)) => Outcome::down("the check panicked"),
        Err(_) => Outcome::down(format!("no answer within {} s", CHECK_TIMEOUT.as_secs())),
    };
    let latency_ms = (started.elapsed().as_secs_f64() * 1e5).round() / 100.0;
    CheckReport { state: outcome.state, latency_ms, detail: outcome.detail }
}

#[cfg(test)]
mod tests;
