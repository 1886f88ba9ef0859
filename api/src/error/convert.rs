//! What errors of the layers below mean to a caller.

use std::convert::Infallible;

use bootstrap::db::PoolError;
use diesel::result::{DatabaseErrorKind, Error as QueryError};
use domain::users::{NotActive, RequestRefused, use_recovery_code::UseRecoveryCodeRefused};
use event_store::{AppendError, ExecuteError, ReadError, subject_keys::SubjectKeyError};
use file_store::StorageError;

use super::{ApiError, SHORTLY};
use crate::auth::{TokenError, token::SigningError};

impl From<PoolError> for ApiError {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Timeout(_) => Self::Overloaded { retry_after: SHORTLY },
            PoolError::Backend(_) => Self::Unavailable,
            PoolError::Closed | PoolError::NoRuntimeSpecified | PoolError::PostCreateHook(_) => {
                Self::Internal(error.into())
            }
        }
    }
}

impl From<QueryError> for ApiError {
    fn from(error: QueryError) -> Self {
        match error {
            QueryError::DatabaseError(
                DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand,
                _,
            )
            | QueryError::BrokenTransactionManager => Self::Unavailable,
            error => Self::Internal(anyhow::Error::new(error).context("a query failed")),
        }
    }
}

impl From<ReadError> for ApiError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Pool(error) => error.into(),
            ReadError::Query(error) => error.into(),
            ReadError::Decode(error) => Self::Internal(error.into()),
        }
    }
}

impl From<SubjectKeyError> for ApiError {
    fn from(error: SubjectKeyError) -> Self {
        match error {
            SubjectKeyError::Pool(error) => error.into(),
            SubjectKeyError::Query(error) => error.into(),
            // Whoever was erased is as unknown as somebody who never was.
            SubjectKeyError::Erased => Self::NotFound,
            SubjectKeyError::Unknown | SubjectKeyError::DoesNotOpen => Self::Internal(error.into()),
        }
    }
}

impl From<StorageError> for ApiError {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::LeftAlone { retry_after } => Self::Overloaded { retry_after },
            StorageError::TimedOut | StorageError::Failed(_) => Self::Unavailable,
            // Whatever an event names is there.
            StorageError::NotFound => Self::Internal(anyhow::Error::new(error).context("content is missing")),
        }
    }
}

impl From<AppendError> for ApiError {
    fn from(error: AppendError) -> Self {
        match error {
            // `execute` has tried often enough: the stream is under heavy fire.
            AppendError::Conflict { .. } | AppendError::Overloaded => Self::Overloaded { retry_after: SHORTLY },
            AppendError::ClaimTaken { .. } => Self::Conflict,
            AppendError::IdempotencyMismatch => Self::IdempotencyMismatch,
            AppendError::Invalid(_) => Self::Internal(error.into()),
            AppendError::Unavailable => Self::Unavailable,
            AppendError::OutcomeUnknown => Self::OutcomeUnknown,
        }
    }
}

impl From<Infallible> for ApiError {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

impl<R: Into<ApiError>> From<ExecuteError<R>> for ApiError {
    fn from(error: ExecuteError<R>) -> Self {
        match error {
            ExecuteError::Refused(refusal) => refusal.into(),
            ExecuteError::VersionMismatch { actual } => Self::VersionMismatch { actual },
            ExecuteError::Append(error) => error.into(),
            ExecuteError::Read(error) => error.into(),
            ExecuteError::Encode(error) => Self::Internal(error.into()),
        }
    }
}

impl From<TokenError> for ApiError {
    fn from(error: TokenError) -> Self {
        Self::Token(error)
    }
}

impl From<SigningError> for ApiError {
    fn from(error: SigningError) -> Self {
        Self::Internal(error.into())
    }
}

impl From<NotActive> for ApiError {
    fn from(refused: NotActive) -> Self {
        match refused {
            // Whoever was erased is as unknown as somebody who never was.
            NotActive::UnknownUser | NotActive::Erased => Self::NotFound,
            NotActive::Suspended => Self::Conflict,
        }
    }
}

impl From<RequestRefused> for ApiError {
    fn from(refused: RequestRefused) -> Self {
        match refused {
            // Who holds a token of an account that is out of use learns nothing about the account.
            RequestRefused::NotActive(_) | RequestRefused::NoSuchRequest => Self::LinkInvalid,
            RequestRefused::Expired => Self::LinkExpired,
        }
    }
}

impl From<UseRecoveryCodeRefused> for ApiError {
    fn from(refused: UseRecoveryCodeRefused) -> Self {
        match refused {
            UseRecoveryCodeRefused::NotActive(refused) => refused.into(),
            UseRecoveryCodeRefused::NoSuchCode => Self::InvalidCode,
        }
    }
}
