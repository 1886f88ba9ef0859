//! What a job is: a serialisable value with a name, rules for failure, and a way to run.

use std::{
    borrow::Cow,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde::{Serialize, de::DeserializeOwned};
use tokio_util::sync::CancellationToken;

use crate::{Backoff, UniqueWindow};

/// Identifies one job; UUIDv7, so ids sort by the time of enqueueing.
pub type JobId = uuid::Uuid;

/// How a run ends: `Ok` completes the job.
pub type JobResult = Result<(), JobError>;

/// A reason is stored with the job and shown to operators; longer ones are cut.
pub(crate) const LONGEST_REASON: usize = 300;

/// A unit of work. Its fields are its arguments, stored as JSON: ids, never personal data or secrets.
///
/// A job runs at least once: after a crash it runs again, so its effect must be keyed by the job's id or its cause.
pub trait Job: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// The stored name, such as `email.welcome`. Never change it while jobs of that name exist.
    const KIND: &'static str;
    const QUEUE: &'static str = "default";
    /// Attempts are counted when a job is taken, so one that kills its worker ends as discarded too.
    const MAX_ATTEMPTS: u16 = 20;
    /// A run that takes longer is stopped and counts as a failed attempt.
    const TIMEOUT: Duration = Duration::from_secs(60);
    /// Higher runs first within a queue.
    const PRIORITY: i16 = 0;
    const BACKOFF: Backoff = Backoff::Polynomial;
    /// At most so many jobs of this kind run at once over all processes. Such a kind has its own lane in its queue, and
    /// its priority counts within that lane.
    const GLOBAL_LIMIT: Option<u32> = None;
    /// How long [`Job::key`] keeps equal jobs out.
    const UNIQUE: UniqueWindow = UniqueWindow::UntilFinished;

    /// What a run needs from the process: pools, clients, settings.
    type State: Clone + Send + Sync + 'static;

    /// At most one job of this kind with this key is enqueued per window. `None` means that any number is.
    fn key(&self) -> Option<String> {
        None
    }

    /// Does the work. The future is dropped at its next await when the job is cancelled, times out or loses its lease.
    fn run(self, ctx: JobContext<Self::State>) -> impl Future<Output = JobResult> + Send;
}

/// What a running job knows about itself.
#[derive(Clone, Debug)]
pub struct JobContext<S> {
    pub state: S,
    pub job_id: JobId,
    /// 1 for the first.
    pub attempt: u16,
    pub max_attempts: u16,
    /// The `traceparent` of what enqueued the job.
    pub traceparent: Option<String>,
    stopped: CancellationToken,
}

impl<S> JobContext<S> {
    pub(crate) fn new(state: S, held: &crate::held::Held) -> Self {
        Self {
            state,
            job_id: held.id,
            attempt: held.attempt,
            max_attempts: held.max_attempts,
            traceparent: held.traceparent.clone(),
            stopped: held.stop.token(),
        }
    }

    /// How long ago the job was enqueued, as its id says.
    pub fn age(&self) -> Duration {
        let enqueued = self.job_id.get_timestamp().map_or((0, 0), |time| time.to_unix());
        let enqueued = UNIX_EPOCH + Duration::new(enqueued.0, enqueued.1);
        SystemTime::now().duration_since(enqueued).unwrap_or_default()
    }

    /// Cancelled when the run is stopped from outside: for blocking work that dropping the future does not reach.
    pub fn stopped(&self) -> CancellationToken {
        self.stopped.clone()
    }
}

/// Why a run did not complete. Reasons are short texts or codes of the job's own, without arguments or personal data;
/// they are cut after 300 bytes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JobError {
    /// Failed; tried again after the kind's backoff, or `after` when given, while attempts remain.
    #[error("{reason}")]
    Failed { reason: Cow<'static, str>, after: Option<Duration> },
    /// Not now: run again after this time, without charging an attempt.
    #[error("snoozed")]
    Snoozed(Duration),
    /// Can never succeed.
    #[error("{0}")]
    Discarded(Cow<'static, str>),
    /// No longer wanted.
    #[error("{0}")]
    Cancelled(Cow<'static, str>),
}

impl JobError {
    pub fn failed(reason: impl Into<Cow<'static, str>>) -> Self {
        Self::Failed { reason: reason.into(), after: None }
    }

    /// Failed, and the other side said when to come back.
    pub fn failed_until(reason: impl Into<Cow<'static, str>>, after: Duration) -> Self {
        Self::Failed { reason: reason.into(), after: Some(after) }
    }

    pub fn snoozed(after: Duration) -> Self {
        Self::Snoozed(after)
    }

    pub fn discarded(reason: impl Into<Cow<'static, str>>) -> Self {
        Self::Discarded(reason.into())
    }

    pub fn cancelled(reason: impl Into<Cow<'static, str>>) -> Self {
        Self::Cancelled(reason.into())
    }
}

/// PostgreSQL's messages can quote stored values, so none of them is kept.
impl From<diesel::result::Error> for JobError {
    fn from(_: diesel::result::Error) -> Self {
        Self::failed("database_error")
    }
}

impl From<bootstrap::db::PoolError> for JobError {
    fn from(_: bootstrap::db::PoolError) -> Self {
        Self::failed("database_unavailable")
    }
}

/// `reason` as it is stored: at most 300 bytes, cut at a character.
pub(crate) fn stored_reason(reason: &str) -> String {
    reason[..reason.floor_char_boundary(LONGEST_REASON)].replace('\0', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_reason_is_cut_at_a_character() {
        let stored = stored_reason(&"ä".repeat(1_000));
        assert_eq!(stored.len(), LONGEST_REASON);
        assert_eq!(stored_reason(&format!("x{}", "ä".repeat(1_000))).len(), LONGEST_REASON - 1);
        assert_eq!(stored_reason("smtp\0 421"), "smtp 421");
    }
}
