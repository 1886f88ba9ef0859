//! Every way in which a request can fail, and the only place that knows status codes: `application/problem+json`
//! after RFC 9457.

mod convert;
mod problem;

use std::{borrow::Cow, fmt, time::Duration};

use actix_web::{
    HttpResponse, HttpResponseBuilder, ResponseError,
    http::{StatusCode, header},
};
use tracing::error;

use crate::{auth::TokenError, middleware::context};

pub use problem::{FieldError, Place, Problem};

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

/// What the outside sees of one kind of error.
#[derive(Debug)]
pub(crate) struct Appearance {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    pub(crate) title: &'static str,
}

/// Every kind of error, for the document.
pub(crate) fn kinds() -> Vec<Appearance> {
    use ApiError as E;
    let moment = Duration::ZERO;
    let examples = [
        E::MalformedBody("".into()),
        E::BodyIncomplete,
        E::BadRequest(vec![]),
        E::CursorMismatch,
        E::Unauthenticated,
        E::Token(TokenError::Expired),
        E::Token(TokenError::Invalid),
        E::InvalidCredentials,
        E::Forbidden,
        E::NotFound,
        E::MethodNotAllowed { allow: String::new() },
        E::BodyTimeout,
        E::Conflict,
        E::IdempotencyInFlight,
        E::VersionMismatch { actual: 0 },
        E::BodyTooLarge { limit: 0 },
        E::UnsupportedMediaType { expected: "" },
        E::Invalid(vec![]),
        E::IdempotencyMismatch,
        E::TooManyRequests { retry_after: moment },
        E::Internal(anyhow::Error::msg("")),
        E::Overloaded { retry_after: moment },
        E::Unavailable,
        E::OutcomeUnknown,
        E::ProjectionLag,
        E::ProjectionParked,
    ];
    examples.iter().map(E::appearance).collect()
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
            errors: self.errors().to_vec(),
        };
        let mut response = HttpResponse::build(status);
        self.add_headers(&mut response);
        response.insert_header((header::CACHE_CONTROL, "no-store")).content_type(PROBLEM_JSON);
        // Holds nothing that could fail to be serialised.
        response.body(serde_json::to_vec(&problem).unwrap_or_default())
    }
}
