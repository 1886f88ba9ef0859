//! Why a batch was not committed, or why nobody can tell whether it was.

use diesel::result::{DatabaseErrorKind as Kind, Error};

/// What went wrong with a submission.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    /// The fault of an append: it would be refused again. Nothing was written.
    #[error("{0}")]
    Refused(String),
    /// The server has answered with an error that nobody here knows: perhaps an append's fault, perhaps its own.
    #[error("{0}")]
    Rejected(String),
    /// A lost connection, a time-out, a server that restarts or has no room: may succeed later, or has already.
    #[error("{0}")]
    Open(String),
}

impl Failure {
    pub(super) fn open(error: impl ToString) -> Self {
        Self::Open(error.to_string())
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match &error {
            // A breach of the batch's own rules, or values that PostgreSQL does not take.
            Error::DatabaseError(Kind::UniqueViolation | Kind::CheckViolation | Kind::NotNullViolation, _) => {
                Self::Refused(error.to_string())
            }
            Error::DatabaseError(Kind::Unknown, information) => {
                let says = |messages: &[&str]| messages.iter().any(|message| information.message().contains(message));
                match () {
                    () if says(REFUSALS) => Self::Refused(error.to_string()),
                    () if says(PASSING) => Self::Open(error.to_string()),
                    () => Self::Rejected(error.to_string()),
                }
            }
            _ => Self::Open(error.to_string()),
        }
    }
}

/// diesel hides the SQLSTATE of these: data exceptions and limits (classes 22 and 54), an append's own fault. A server
/// that speaks another language is understood all the same, only later: see [`Failure::Rejected`].
const REFUSALS: &[&str] = &[
    "invalid input syntax",
    "invalid byte sequence",
    "unsupported Unicode escape",
    "value overflows",
    "out of range",
    "too long",
    "exceeds the maximum",
    "exceeds btree",
    "stack depth limit",
];

/// Cancelled, shut down, no room, a deadlock (classes 57, 53, 58, 40).
const PASSING: &[&str] = &[
    "canceling statement",
    "terminating connection",
    "the database system is",
    "No space left",
    "could not extend file",
    "out of memory",
    "out of shared memory",
    "deadlock detected",
];
