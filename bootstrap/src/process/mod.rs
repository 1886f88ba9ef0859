//! The life of a process, the same for every binary: start, run until asked to stop, drain, say how it ended.

mod context;
mod signals;

use std::{
    io::Write,
    process::{ExitCode, Termination},
    time::Duration,
};

use anyhow::anyhow;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tracing::{info, warn};

use crate::{
    Config, Shutdown, Tasks, admin,
    config::ConfigError,
    db::{self, preflight::PreflightError},
    health,
    metrics::Metrics,
    telemetry,
};

pub use context::Context;

/// The allocator of every binary: a request makes several hundred allocations, many of them of kilobytes, for which this one
/// takes less time and less memory than the system's (docs/decisions/0031).
pub type Allocator = mimalloc::MiMalloc;
pub const ALLOCATOR: Allocator = mimalloc::MiMalloc;

/// How long the last answers on the admin port may take after everything else has drained.
const ADMIN_GRACE: Duration = Duration::from_secs(2);
/// Blocking work (a password hash, a file) that is still running then is abandoned.
const BLOCKING_GRACE: Duration = Duration::from_secs(1);

/// How a process ended, as its exit code says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    Success = 0,
    /// Something failed; starting again may help.
    Failure = 1,
    /// The configuration, or the database that it names, is refused; starting again does not help.
    Configuration = 2,
}

impl Termination for Exit {
    fn report(self) -> ExitCode {
        ExitCode::from(self as u8)
    }
}

/// Runs `main` to its end with everything a process needs, and returns how it ended; an error goes to standard error
/// as one line that starts with `name`.
///
/// SIGTERM and SIGINT request the shutdown: `main` and all tasks have `shutdown_grace` to finish. A second signal ends
/// the process at once. When `main` returns, the tasks are stopped and awaited likewise.
pub fn run<M, F>(name: &str, config: Result<Config, ConfigError>, main: M) -> Exit
where
    M: FnOnce(Context) -> F,
    F: Future<Output = anyhow::Result<()>>,
{
    match start(name, config, main) {
        Ok(()) => Exit::Success,
        Err(error) => {
            // Nothing is left to be done where even standard error is closed.
            drop(writeln!(std::io::stderr(), "{name}: {error:#}"));
            exit_of(&error)
        }
    }
}

/// Makes aws-lc-rs the TLS implementation of the process. Idempotent; for tests and tools that do not use [`run`].
pub fn install_crypto() {
    // The only failure is that a provider is there already.
    drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
}

fn start<M, F>(name: &str, config: Result<Config, ConfigError>, main: M) -> anyhow::Result<()>
where
    M: FnOnce(Context) -> F,
    F: Future<Output = anyhow::Result<()>>,
{
    let config = config?;
    config.validate()?;
    install_crypto();
    telemetry::init(&config.log);
    db::set_application_name(name);
    raise_file_limit();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let outcome = runtime.block_on(live(name, config, main));
    runtime.shutdown_timeout(BLOCKING_GRACE);
    outcome
}

async fn live<M, F>(name: &str, config: Config, main: M) -> anyhow::Result<()>
where
    M: FnOnce(Context) -> F,
    F: Future<Output = anyhow::Result<()>>,
{
    let shutdown = Shutdown::new();
    signals::watch(&shutdown)?;
    let context = Context::new(config, shutdown.clone(), Metrics::install()?);
    // On a signal of its own: probes shall read that the process is stopping, not meet a closed port.
    let admin_tasks = Tasks::new(Shutdown::new());
    context.metrics.supervise_upkeep(&admin_tasks);
    let admin = admin::start(context.config.admin.bind, context.health.clone(), context.metrics.clone(), &admin_tasks)?;
    health::disk_space(&context.health, ".");
    if let Some(url) = &context.config.amqp_url {
        health::broker(&context.health, url);
    }
    info!(process = name, version = env!("CARGO_PKG_VERSION"), %admin, "started");

    let outcome = run_and_drain(context, main).await;

    admin_tasks.shutdown().request();
    admin_tasks.join(ADMIN_GRACE).await;
    info!(process = name, "stopped");
    outcome
}

async fn run_and_drain<M, F>(context: Context, main: M) -> anyhow::Result<()>
where
    M: FnOnce(Context) -> F,
    F: Future<Output = anyhow::Result<()>>,
{
    let (shutdown, tasks, grace) = (context.shutdown.clone(), context.tasks.clone(), context.config.shutdown_grace);
    let late = || anyhow!("work was still running {} s after the request to stop, and was abandoned", grace.as_secs());
    let deadline = async {
        shutdown.requested().await;
        tokio::time::sleep(grace).await;
    };
    tokio::pin!(deadline);

    let outcome = tokio::select! {
        outcome = main(context) => outcome,
        () = &mut deadline => return Err(late()),
    };
    shutdown.request();
    tokio::select! {
        // The deadline is the bound; this one is only longer.
        _ = tasks.join(grace * 2) => outcome,
        () = &mut deadline => outcome.and(Err(late())),
    }
}

fn exit_of(error: &anyhow::Error) -> Exit {
    let refused = error.chain().any(|cause| {
        cause.is::<ConfigError>()
            || matches!(
                cause.downcast_ref::<PreflightError>(),
                Some(error) if !matches!(error, PreflightError::Unreachable { .. } | PreflightError::Unreadable { .. })
            )
    });
    if refused { Exit::Configuration } else { Exit::Failure }
}

/// Every WebSocket takes a file descriptor, and the soft limit is 1,024 on most systems, for programs that use
/// `select`; the hard limit is there to be used by others.
fn raise_file_limit() {
    let maximum = getrlimit(Resource::Nofile).maximum;
    if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }) {
        warn!(%error, "the limit of open files cannot be raised");
    }
}
