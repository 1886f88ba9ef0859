//! Runs one taken job to its outcome: completed, failed, timed out, panicked or stopped, and never a dead worker.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use bootstrap::trace_context::{self, TraceContext};
use tokio::task::JoinHandle;
use tracing::{Instrument, info_span, warn};

use crate::{
    JobError, JobResult,
    held::{Held, StopReason},
    metrics,
    registry::Handler,
    runtime::Runtime,
    settler::Settlement,
};

/// How long a run that was stopped may take to reach an await, before its outcome is written regardless.
const STOP_LIMIT: Duration = Duration::from_secs(1);
const UNKNOWN_KIND_RETRY: Duration = Duration::from_secs(30);

/// How a run ended, before it is decided what that means for the job.
enum End {
    Returned(JobResult),
    Panicked,
    TimedOut,
    Stopped(StopReason),
}

/// Runs the job and hands its outcome to the settler. The job's slot is free when this returns.
pub(crate) async fn execute(runtime: Arc<Runtime>, held: Held) {
    let (held, kind, outcome, settlement) = match runtime.registry.get(&held.kind) {
        None => {
            let (outcome, settlement) = unknown_kind(&held, runtime.config.unknown_kind_grace);
            (held, metrics::UNKNOWN_KIND, outcome, Some(settlement))
        }
        Some(handler) => {
            let started = Instant::now();
            let (held, end) = run(handler, held).await;
            ::metrics::histogram!(metrics::DURATION, "kind" => handler.kind).record(started.elapsed().as_secs_f64());
            let (outcome, settlement) = decide(handler, &held, end);
            (held, handler.kind, outcome, settlement)
        }
    };
    ::metrics::counter!(metrics::RUNS, "kind" => kind, "outcome" => outcome).increment(1);
    if let Some(error) = settlement.as_ref().and_then(Settlement::error) {
        warn!(kind, job_id = %held.id, attempt = held.attempt, outcome, error, "job did not complete");
    }
    match settlement {
        Some(settlement) => runtime.settle(settlement).await,
        None => runtime.held.remove([(held.id, held.take)]),
    }
}

async fn run(handler: &Handler, held: Held) -> (Held, End) {
    let trace = held.traceparent.as_deref().and_then(TraceContext::parse);
    let trace = trace.map_or_else(TraceContext::new_root, |trace| trace.child());
    let span = info_span!(
        parent: None, "job.run", kind = handler.kind, job_id = %held.id, attempt = held.attempt, traceparent = %trace
    );
    let (held, run) = handler.start(held);
    // A task of its own: a panic ends there, and a run that blocks its thread does not hold up the others.
    let mut task = AbortOnDrop(tokio::spawn(trace_context::scope(trace, run).instrument(span)));
    let end = tokio::select! {
        joined = &mut task.0 => match joined {
            Ok(result) => return (held, End::Returned(result)),
            Err(_) => return (held, End::Panicked),
        },
        () = tokio::time::sleep(handler.timeout) => End::TimedOut,
        reason = held.stop.requested() => End::Stopped(reason),
    };
    held.stop.token().cancel();
    task.0.abort();
    // The next run must not overlap this one, as far as that can be helped.
    match tokio::time::timeout(STOP_LIMIT, &mut task.0).await {
        Ok(Ok(result)) => (held, End::Returned(result)),
        Ok(Err(_)) | Err(_) => (held, end),
    }
}

/// The outcome's name in metrics, and what to write; nothing when the job is somebody else's by now.
fn decide(handler: &Handler, held: &Held, end: End) -> (&'static str, Option<Settlement>) {
    let failed = |outcome, reason: &str, after: Option<Duration>| {
        if held.attempt >= held.max_attempts {
            return ("discarded", Settlement::discarded(held, reason));
        }
        let delay = after.unwrap_or_else(|| handler.backoff.jittered(held.attempt));
        (outcome, Settlement::retrying(held, reason, delay))
    };
    let (outcome, settlement) = match end {
        End::Returned(Ok(())) => ("completed", Settlement::completed(held)),
        End::Returned(Err(JobError::Failed { reason, after })) => failed("failed", &reason, after),
        End::Returned(Err(JobError::Snoozed(after))) => ("snoozed", Settlement::scheduled(held, after)),
        End::Returned(Err(JobError::Discarded(reason))) => ("discarded", Settlement::discarded(held, &reason)),
        End::Returned(Err(JobError::Cancelled(reason))) => ("cancelled", Settlement::cancelled(held, &reason)),
        End::Panicked => failed("panicked", "panicked", None),
        End::TimedOut => failed("timed_out", "timed_out", None),
        End::Stopped(StopReason::Cancelled) => ("cancelled", Settlement::cancelled(held, "cancelled_by_operator")),
        End::Stopped(StopReason::Drained) => ("released", Settlement::released(held)),
        End::Stopped(StopReason::Lost) => return ("lost", None),
    };
    (outcome, Some(settlement))
}

/// During a rolling upgrade an old worker takes jobs that only a new one knows: they wait for it, at no charge.
fn unknown_kind(held: &Held, grace: Duration) -> (&'static str, Settlement) {
    if held.age < grace {
        return ("snoozed", Settlement::scheduled(held, UNKNOWN_KIND_RETRY.min(grace)));
    }
    ("discarded", Settlement::discarded(held, "unknown_kind"))
}

struct AbortOnDrop(JoinHandle<JobResult>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}
