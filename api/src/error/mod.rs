//! Every way in which a request can fail, and the only place that knows status codes: `application/problem+json`
//! after RFC 9457.

mod appearance;
mod convert;
mod in_line;
mod in_operation;
mod problem;

use std::{borrow::Cow, fmt, time::Duration};

use actix_web::{
    HttpResponse, HttpResponseBuilder, ResponseError,
    http::{StatusCode, header},
};
use tracing::error;

use crate::{auth::TokenError, middleware::context};

pub(crate) use appearance::{Appearance, kinds};
pub use problem::{FieldError, Place, Problem, ProblemKind};

pub type ApiResult<T> = Result<T, ApiError>;

const REPEAT: &str =
    "Repeat the request with the same Idempotency-Key: it is done once, and you learn what came of it.";
const PROBLEM_JSON: &str = "application/problem+json";
/// How long a caller waits before trying again when nothing better is known.
pub(crate) const SHORTLY: Duration = Duration::from_secs(1);

/// Why a request was not answered as asked.
#[derive(Debug)]
pub enum ApiError {
    /// No access token, where one is needed.
    Unauthenticated,
    Token(TokenError),
    /// The same for an unknown address and a wrong password.
    InvalidCredentials,
    /// The password is right, and the account has a second factor that was not shown.
    SecondFactorRequired,
    /// The code of the second factor, or the recovery code, is wrong or was used.
    InvalidCode,
    /// The refresh token does not count: it never did, or its session is over.
    InvalidRefreshToken,
    /// The refresh token had been exchanged before; its session was ended for that.
    RefreshTokenReused,
    /// The request came with a cookie, and not from our own page.
    InvalidCsrfToken,
    Forbidden,
    /// A second factor is demanded of the caller, who has none.
    SecondFactorNotSetUp,
    /// The caller has signed in, but not lately enough for this.
    StepUpRequired,
    /// The password is right, but the address was not shown to be the user's, as this installation demands.
    EmailNotVerified,
    /// The token that was mailed is not one of ours for this purpose, or counts no more.
    LinkInvalid,
    /// It would count if it had come in time.
    LinkExpired,
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
    /// The position to wait for is not one of this log's.
    BeyondTheLog {
        head: i64,
    },
    /// `If-Match` names another version than the current one.
    VersionMismatch {
        actual: i64,
    },
    /// It was to be made only if it was not there, and it is, or was.
    AlreadyExists,
    /// What is to be restored is there.
    NotDeleted,
    IdempotencyMismatch,
    /// A request with the same idempotency key is being worked on.
    IdempotencyInFlight,
    Conflict,
    /// Administrators do not lock themselves out.
    OwnAccount,
    /// What the role permits is fixed by the program.
    BuiltInRole,
    RoleExists,
    CollectionExists,
    /// It has records, and deleting it would take them away.
    CollectionNotEmpty,
    /// Relations of other collections lead to it.
    CollectionReferenced,
    /// Records that there are might not be valid any more.
    IncompatibleChange(Vec<FieldError>),
    /// A change of the collection is pending that decides what it is to be.
    ChangePending,
    /// The record would not keep to a change of its collection that is pending.
    InvalidForChange(Vec<FieldError>),
    /// Another record has the value of a unique field.
    NotUnique(Vec<FieldError>),
    /// Records of this collection refer by this field to what was to be deleted, and may not be without.
    Referenced {
        collection: String,
        field: String,
    },
    /// Deleting would change more records than is done at once.
    TooManyReferences {
        limit: usize,
    },
    /// One operation of a batch is refused, and so all are.
    InOperation {
        error: Box<ApiError>,
        errors: Vec<FieldError>,
    },
    /// A role of this name was deleted.
    RoleNameUsed,
    /// The database has worked on a list for so long without an end.
    QueryTooExpensive {
        limit: Duration,
    },
    /// What records refer to is more than comes with them in one answer.
    ExpansionTooLarge,
    /// There are as many already as there may be.
    LimitReached {
        limit: usize,
        of: &'static str,
    },
    /// The file is larger than files may be.
    FileTooLarge {
        limit: u64,
    },
    /// The content is of a type that is not taken here.
    FileTypeRefused {
        content_type: String,
    },
    /// The files of the owner would take more than they may.
    QuotaExceeded {
        detail: String,
    },
    /// The content is not what its sender says that it is.
    DigestMismatch,
    /// There is nothing in the content where the range is.
    RangeNotSatisfiable {
        size: u64,
    },
    /// Another request brings bytes of the same upload.
    UploadBusy,
    /// The bytes do not begin where the upload ends.
    OffsetMismatch {
        actual: u64,
    },
    /// The bytes are not those that the sender has counted.
    ChecksumMismatch,
    /// The protocol for resumable uploads, in a version that is not spoken here, or none.
    UnsupportedTusVersion,
    /// Nothing more comes of an import that has ended so.
    ImportOver {
        how: &'static str,
    },
    /// Nothing is sent to it.
    WebhookDisabled,
    /// The process stops. What has come counts.
    Interrupted,
    /// It is being made.
    NotReady {
        retry_after: Duration,
    },
    /// Nobody here has signed this URL.
    UrlInvalid,
    /// It was signed, and its time is over.
    UrlExpired,
    /// Another account has the address that the caller has shown to be theirs.
    EmailTaken,
    /// Too soon after attempts that have failed: this one was not looked at.
    TooManyAttempts {
        retry_after: Duration,
    },
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
    /// A kind that an extension has.
    Further(&'static ProblemKind),
    /// A bug or a fault that has no name here: logged once, never shown.
    Internal(anyhow::Error),
}

impl ApiError {
    /// What is worth saying beside the title.
    fn detail(&self) -> Option<Cow<'static, str>> {
        let told: Cow<'static, str> = if let Self::MalformedBody(detail) = self {
            detail.clone()
        } else if let Self::MethodNotAllowed { allow } = self {
            format!("It has {allow}.").into()
        } else if let Self::BodyTooLarge { limit } = self {
            format!("It may have at most {limit} bytes.").into()
        } else if let Self::UnsupportedMediaType { expected } = self {
            format!("It must be {expected}.").into()
        } else if let Self::BeyondTheLog { head } = self {
            format!("Its last position is {head}.").into()
        } else if let Self::VersionMismatch { actual } = self {
            format!("It is at version {actual}.").into()
        } else if let Self::LimitReached { limit, of } = self {
            format!("There may be at most {limit} {of}.").into()
        } else if let Self::Referenced { collection, field } = self {
            format!("Records of {collection} do, by {field}.").into()
        } else if let Self::TooManyReferences { limit } = self {
            format!("There may be at most {limit}.").into()
        } else if let Self::InOperation { error, .. } = self {
            return error.detail();
        } else if let Self::QueryTooExpensive { limit } = self {
            let seconds = limit.as_secs();
            format!("It was stopped after {seconds} s. Ask for fewer records, or filter and sort by indexed fields.")
                .into()
        } else if let Self::FileTooLarge { limit } = self {
            format!("It may have at most {limit} bytes.").into()
        } else if let Self::FileTypeRefused { content_type } = self {
            format!("It is {content_type}.").into()
        } else if let Self::QuotaExceeded { detail } = self {
            detail.clone().into()
        } else if let Self::OffsetMismatch { actual } = self {
            format!("It is at {actual}.").into()
        } else if let Self::ImportOver { how } = self {
            format!("It {how}.").into()
        } else if let Self::RangeNotSatisfiable { size } = self {
            format!("It has {size} bytes.").into()
        } else if let Self::OutcomeUnknown = self {
            REPEAT.into()
        } else {
            return None;
        };
        Some(told)
    }

    fn errors(&self) -> &[FieldError] {
        if let Self::Invalid(errors)
        | Self::BadRequest(errors)
        | Self::IncompatibleChange(errors)
        | Self::InvalidForChange(errors)
        | Self::NotUnique(errors)
        | Self::InOperation { errors, .. } = self
        {
            errors
        } else {
            &[]
        }
    }

    /// When it is worth trying again.
    fn retry_after(&self) -> Option<Duration> {
        if let Self::TooManyRequests { retry_after }
        | Self::TooManyAttempts { retry_after }
        | Self::NotReady { retry_after }
        | Self::Overloaded { retry_after } = self
        {
            return Some(*retry_after);
        }
        let passes = self.appearance().status == StatusCode::SERVICE_UNAVAILABLE;
        (passes || matches!(self, Self::IdempotencyInFlight | Self::UploadBusy)).then_some(SHORTLY)
    }

    fn add_headers(&self, response: &mut HttpResponseBuilder) {
        if let Some(delay) = self.retry_after() {
            let seconds = delay.as_secs() + u64::from(delay.subsec_nanos() > 0);
            response.insert_header((header::RETRY_AFTER, seconds.max(1)));
        }
        if let Self::Unauthenticated = self {
            response.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
        }
        if let Self::Token(_) = self {
            response.insert_header((header::WWW_AUTHENTICATE, r#"Bearer error="invalid_token""#));
        }
        if let Self::UnsupportedTusVersion = self {
            response.insert_header(("Tus-Version", "1.0.0"));
        }
        if let Self::RangeNotSatisfiable { size } = self {
            response.insert_header((header::CONTENT_RANGE, format!("bytes */{size}")));
        }
        if let Self::MethodNotAllowed { allow } = self {
            response.insert_header((header::ALLOW, allow.as_str()));
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
