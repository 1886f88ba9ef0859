//! Every way in which a request can fail, and the only place that knows status codes: `application/problem+json`
//! after RFC 9457.

use std::{borrow::Cow, fmt, time::Duration};

use actix_web::{
    HttpResponse, HttpResponseBuilder, ResponseError,
    http::{StatusCode, header},
};
use bootstrap::db::PoolError;
use diesel::result::{DatabaseErrorKind, Error as QueryError};
use event_store::{AppendError, ExecuteError, ReadError, subject_keys::SubjectKeyError};
use serde::Serialize;
use tracing::error;
use utoipa::ToSchema;

use crate::{
    auth::{TokenError, token::SigningError},
    middleware::context,
};

pub type ApiResult<T> = Result<T, ApiError>;

const PROBLEM_JSON: &str = "application/problem+json";
/// How long a caller waits before trying again when nothing better is known.
const SHORTLY: Duration = Duration::from_secs(1);

/// Why a request was not answered as asked.
#[derive(Debug)]
pub enum ApiError {
    /// No access token, where one is needed.
    Unauthenticated,
    Token(TokenError),
    /// The same for an unknown address and a wrong password.
    InvalidCredentials,
    Forbidden,
    NotFound,
    MethodNotAllowed {
        allow: String,
    },
    /// The body did not arrive in time.
    BodyTimeout,
    /// The connection broke while the body was being read.
    BodyIncomplete,
    BodyTooLarge {
        limit: usize,
    },
    UnsupportedMediaType {
        expected: &'static str,
    },
    /// The body is no JSON, or not of a form that can be taken.
    MalformedBody(Cow<'static, str>),
    /// Fields of the body have the wrong type or value.
    Invalid(Vec<FieldError>),
    /// Parameters or headers have the wrong form.
    BadRequest(Vec<FieldError>),
    CursorMismatch,
    /// `If-Match` names another version than the current one.
    VersionMismatch {
        actual: i64,
    },
    IdempotencyMismatch,
    /// A request with the same idempotency key is being worked on.
    IdempotencyInFlight,
    Conflict,
    TooManyRequests {
        retry_after: Duration,
    },
    /// More work waits than can be done soon; nothing was done.
    Overloaded {
        retry_after: Duration,
    },
    /// A server that is needed does not answer; nothing was done.
    Unavailable,
    /// The connection to the database broke in mid-append.
    OutcomeUnknown,
    ProjectionLag,
    ProjectionParked,
    /// A bug or a fault that has no name here: logged once, never shown.
    Internal(anyhow::Error),
}

/// One thing that is wrong with a request, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    #[serde(flatten)]
    pub place: Place,
    /// Stable, for programs.
    #[schema(value_type = String, example = "too_short")]
    pub code: &'static str,
    #[schema(value_type = String, example = "must have at least 15 characters")]
    pub detail: Cow<'static, str>,
}

/// Where something is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// A JSON Pointer (RFC 6901) into the body.
    Pointer(String),
    /// A parameter of the query.
    Parameter(String),
    Header(String),
}

impl FieldError {
    /// At a member of the body, given as a JSON Pointer.
    pub fn at(pointer: impl Into<String>, code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { place: Place::Pointer(pointer.into()), code, detail: detail.into() }
    }

    pub fn parameter(name: impl Into<String>, code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { place: Place::Parameter(name.into()), code, detail: detail.into() }
    }

    pub fn header(name: &header::HeaderName, code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { place: Place::Header(name.as_str().to_owned()), code, detail: detail.into() }
    }
}

/// The body of every answer that is an error.
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// Names the kind of problem; leads to its description.
    #[serde(rename = "type")]
    #[schema(value_type = String, example = "/docs#problem-validation_failed")]
    kind: String,
    #[schema(value_type = String)]
    title: &'static str,
    #[schema(example = 422)]
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    detail: Option<Cow<'static, str>>,
    /// Stable, for programs.
    #[schema(value_type = String, example = "validation_failed")]
    code: &'static str,
    /// As in the `X-Request-Id` header.
    request_id: String,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    #[schema(value_type = Vec<FieldError>)]
    errors: Cow<'static, [FieldError]>,
}

/// What the outside sees of one kind of error.
struct Appearance {
    status: StatusCode,
    code: &'static str,
    title: &'static str,
}

impl ApiError {
    fn appearance(&self) -> Appearance {
        use StatusCode as S;
        let (status, code, title) = match self {
            Self::Unauthenticated => (S::UNAUTHORIZED, "unauthenticated", "An access token is needed"),
            Self::Token(TokenError::Expired) => (S::UNAUTHORIZED, "token_expired", "The access token has expired"),
            Self::Token(TokenError::Invalid) => (S::UNAUTHORIZED, "invalid_token", "The access token is not valid"),
            Self::InvalidCredentials => {
                (S::UNAUTHORIZED, "invalid_credentials", "The e-mail address or the password is wrong")
            }
            Self::Forbidden => (S::FORBIDDEN, "forbidden", "You may not do this"),
            Self::NotFound => (S::NOT_FOUND, "not_found", "There is no such resource"),
            Self::MethodNotAllowed { .. } => {
                (S::METHOD_NOT_ALLOWED, "method_not_allowed", "The resource does not have this method")
            }
            Self::BodyTimeout => (S::REQUEST_TIMEOUT, "request_timeout", "The body did not arrive in time"),
            Self::BodyIncomplete => (S::BAD_REQUEST, "incomplete_body", "The body ended too early"),
            Self::BodyTooLarge { .. } => (S::PAYLOAD_TOO_LARGE, "body_too_large", "The body is too large"),
            Self::UnsupportedMediaType { .. } => {
                (S::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", "The body has the wrong content type")
            }
            Self::MalformedBody(_) => (S::BAD_REQUEST, "malformed_json", "The body is not valid JSON"),
            Self::Invalid(_) => (S::UNPROCESSABLE_ENTITY, "validation_failed", "The body has invalid fields"),
            Self::BadRequest(_) => (S::BAD_REQUEST, "invalid_request", "A parameter or header is invalid"),
            Self::CursorMismatch => {
                (S::BAD_REQUEST, "cursor_mismatch", "The cursor does not belong to this query: begin again without it")
            }
            Self::VersionMismatch { .. } => {
                (S::PRECONDITION_FAILED, "version_mismatch", "The resource has changed in the meantime")
            }
            Self::IdempotencyMismatch => {
                (S::UNPROCESSABLE_ENTITY, "idempotency_mismatch", "The idempotency key was used for another request")
            }
            Self::IdempotencyInFlight => {
                (S::CONFLICT, "idempotency_in_flight", "The first request with this idempotency key is not finished")
            }
            Self::Conflict => (S::CONFLICT, "conflict", "The request conflicts with the current state"),
            Self::TooManyRequests { .. } => (S::TOO_MANY_REQUESTS, "rate_limited", "Too many requests"),
            Self::Overloaded { .. } => (S::SERVICE_UNAVAILABLE, "overloaded", "Too busy: nothing was done"),
            Self::Unavailable => (S::SERVICE_UNAVAILABLE, "unavailable", "Not available: nothing was done"),
            Self::OutcomeUnknown => (S::SERVICE_UNAVAILABLE, "outcome_unknown", "It is not known whether it was done"),
            Self::ProjectionLag => (S::SERVICE_UNAVAILABLE, "projection_lag", "What you wait for cannot be read yet"),
            Self::ProjectionParked => {
                (S::SERVICE_UNAVAILABLE, "projection_parked", "What you wait for cannot be read until it is repaired")
            }
            Self::Internal(_) => (S::INTERNAL_SERVER_ERROR, "internal", "Something went wrong on our side"),
        };
        Appearance { status, code, title }
    }

    fn detail(&self) -> Option<Cow<'static, str>> {
        match self {
            Self::MalformedBody(detail) => Some(detail.clone()),
            Self::MethodNotAllowed { allow } => Some(format!("It has {allow}.").into()),
            Self::BodyTooLarge { limit } => Some(format!("It may have at most {limit} bytes.").into()),
            Self::UnsupportedMediaType { expected } => Some(format!("It must be {expected}.").into()),
            Self::VersionMismatch { actual } => Some(format!("It is at version {actual}.").into()),
            Self::OutcomeUnknown => Some(
                "Repeat the request with the same Idempotency-Key: it is done once, and you learn what came of it."
                    .into(),
            ),
            Self::Unauthenticated
            | Self::Token(_)
            | Self::InvalidCredentials
            | Self::Forbidden
            | Self::NotFound
            | Self::BodyTimeout
            | Self::BodyIncomplete
            | Self::Invalid(_)
            | Self::BadRequest(_)
            | Self::CursorMismatch
            | Self::IdempotencyMismatch
            | Self::IdempotencyInFlight
            | Self::Conflict
            | Self::TooManyRequests { .. }
            | Self::Overloaded { .. }
            | Self::Unavailable
            | Self::ProjectionLag
            | Self::ProjectionParked
            | Self::Internal(_) => None,
        }
    }

    fn errors(&self) -> &[FieldError] {
        match self {
            Self::Invalid(errors) | Self::BadRequest(errors) => errors,
            _ => &[],
        }
    }

    /// When it is worth trying again.
    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::TooManyRequests { retry_after } | Self::Overloaded { retry_after } => Some(*retry_after),
            Self::Unavailable
            | Self::OutcomeUnknown
            | Self::ProjectionLag
            | Self::ProjectionParked
            | Self::IdempotencyInFlight => Some(SHORTLY),
            _ => None,
        }
    }

    fn add_headers(&self, response: &mut HttpResponseBuilder) {
        if let Some(delay) = self.retry_after() {
            let seconds = delay.as_secs() + u64::from(delay.subsec_nanos() > 0);
            response.insert_header((header::RETRY_AFTER, seconds.max(1)));
        }
        match self {
            Self::Unauthenticated => {
                response.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
            }
            Self::Token(_) => {
                response.insert_header((header::WWW_AUTHENTICATE, r#"Bearer error="invalid_token""#));
            }
            Self::MethodNotAllowed { allow } => {
                response.insert_header((header::ALLOW, allow.as_str()));
            }
            Self::BodyTimeout | Self::BodyTooLarge { .. } | Self::BodyIncomplete => {
                // What is left of the body is not read.
                response.force_close();
            }
            _ => {}
        }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.appearance().code)
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        self.appearance().status
    }

    fn error_response(&self) -> HttpResponse {
        let Appearance { status, code, title } = self.appearance();
        if let Self::Internal(cause) = self {
            error!(error = format!("{cause:#}"), "a request failed");
        }
        let problem = Problem {
            kind: format!("/docs#problem-{code}"),
            title,
            status: status.as_u16(),
            detail: self.detail(),
            code,
            request_id: context::current_id(),
            errors: Cow::Owned(self.errors().to_vec()),
        };
        let mut response = HttpResponse::build(status);
        self.add_headers(&mut response);
        response.insert_header((header::CACHE_CONTROL, "no-store")).content_type(PROBLEM_JSON);
        // Holds nothing that could fail to be serialised.
        response.body(serde_json::to_vec(&problem).unwrap_or_default())
    }
}

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
