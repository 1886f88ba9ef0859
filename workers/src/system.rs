//! What jobs do to the log in nobody's name but the system's own.

use event_store::{AppendError, ExecuteError, Execution, Metadata};
use jobs::JobError;
use uuid::Uuid;

pub(crate) fn metadata() -> Metadata {
    Metadata { actor: Some("system".to_owned()), ..Metadata::default() }
}

/// An execution in the system's name.
pub(crate) fn as_system() -> Execution {
    Execution { metadata: metadata(), ..Execution::new(Uuid::now_v7()) }
}

/// How a job ends whose command was not executed. One that is refused is a failure like any other: who expects a refusal looks
/// for it first.
pub(crate) fn log_failure<R>(error: &ExecuteError<R>) -> JobError {
    match error {
        ExecuteError::Append(AppendError::Invalid(_)) | ExecuteError::Encode(_) => {
            JobError::discarded("invalid_append")
        }
        ExecuteError::Append(_)
        | ExecuteError::Read(_)
        | ExecuteError::Refused(_)
        | ExecuteError::VersionMismatch { .. } => JobError::failed("log_unavailable"),
    }
}
