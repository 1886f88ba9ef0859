//! The status, the code and the title of each kind of error.

use std::time::Duration;

use actix_web::http::StatusCode;

use super::{ApiError, ProblemKind};
use crate::auth::TokenError;

/// What the outside sees of one kind of error.
#[derive(Debug)]
pub(crate) struct Appearance {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    pub(crate) title: &'static str,
}

impl Appearance {
    /// Of an extension's kind. A status that is none is a fault of ours.
    pub(crate) fn of(kind: &ProblemKind) -> Self {
        let status = StatusCode::from_u16(kind.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self { status, code: kind.code, title: kind.title }
    }
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
        E::BeyondTheLog { head: 0 },
        E::Unauthenticated,
        E::Token(TokenError::Expired),
        E::Token(TokenError::Invalid),
        E::InvalidCredentials,
        E::SecondFactorRequired,
        E::InvalidCode,
        E::InvalidRefreshToken,
        E::RefreshTokenReused,
        E::InvalidCsrfToken,
        E::Forbidden,
        E::SecondFactorNotSetUp,
        E::StepUpRequired,
        E::EmailNotVerified,
        E::LinkInvalid,
        E::LinkExpired,
        E::NotFound,
        E::MethodNotAllowed { allow: String::new() },
        E::BodyTimeout,
        E::Conflict,
        E::OwnAccount,
        E::BuiltInRole,
        E::RoleExists,
        E::RoleNameUsed,
        E::CollectionExists,
        E::CollectionNotEmpty,
        E::CollectionReferenced,
        E::IncompatibleChange(vec![]),
        E::ChangePending,
        E::InvalidForChange(vec![]),
        E::NotUnique(vec![]),
        E::Referenced { collection: String::new(), field: String::new() },
        E::TooManyReferences { limit: 0 },
        E::QueryTooExpensive { limit: moment },
        E::ExpansionTooLarge,
        E::LimitReached { limit: 0, of: "" },
        E::FileTooLarge { limit: 0 },
        E::FileTypeRefused { content_type: String::new() },
        E::QuotaExceeded { detail: String::new() },
        E::DigestMismatch,
        E::RangeNotSatisfiable { size: 0 },
        E::UploadBusy,
        E::OffsetMismatch { actual: 0 },
        E::ChecksumMismatch,
        E::UnsupportedTusVersion,
        E::ImportOver { how: "" },
        E::WebhookDisabled,
        E::Interrupted,
        E::NotReady { retry_after: moment },
        E::UrlInvalid,
        E::UrlExpired,
        E::EmailTaken,
        E::IdempotencyInFlight,
        E::VersionMismatch { actual: 0 },
        E::AlreadyExists,
        E::NotDeleted,
        E::BodyTooLarge { limit: 0 },
        E::UnsupportedMediaType { expected: "" },
        E::Invalid(vec![]),
        E::IdempotencyMismatch,
        E::TooManyAttempts { retry_after: moment },
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
    /// Status, code and title.
    pub(super) fn appearance(&self) -> Appearance {
        use StatusCode as S;
        let (status, code, title) = match self {
            Self::Unauthenticated => (S::UNAUTHORIZED, "unauthenticated", "An access token is needed"),
            Self::Token(TokenError::Expired) => (S::UNAUTHORIZED, "token_expired", "The access token has expired"),
            Self::Token(TokenError::Invalid) => (S::UNAUTHORIZED, "invalid_token", "The access token is not valid"),
            Self::InvalidCredentials => {
                (S::UNAUTHORIZED, "invalid_credentials", "The e-mail address or the password is wrong")
            }
            Self::SecondFactorRequired => {
                (S::UNAUTHORIZED, "second_factor_required", "A code of the second factor is needed too")
            }
            Self::InvalidCode => (S::UNAUTHORIZED, "invalid_code", "The code is wrong, too old, or was used"),
            Self::InvalidRefreshToken => {
                (S::UNAUTHORIZED, "invalid_refresh_token", "The refresh token does not count: sign in again")
            }
            Self::RefreshTokenReused => (
                S::UNAUTHORIZED,
                "refresh_token_reused",
                "The refresh token was used before: somebody may have a copy, so the session was ended",
            ),
            Self::InvalidCsrfToken => {
                (S::FORBIDDEN, "invalid_csrf_token", "With a cookie, X-CSRF-Token must have the session's csrf_token")
            }
            Self::Forbidden => (S::FORBIDDEN, "forbidden", "You may not do this"),
            Self::SecondFactorNotSetUp => (
                S::FORBIDDEN,
                "second_factor_not_set_up",
                "Set up a second factor before anything else: POST /v1/auth/mfa/totp/enrol",
            ),
            Self::StepUpRequired => {
                (S::FORBIDDEN, "step_up_required", "Prove again who you are: POST /v1/auth/step-up, then repeat this")
            }
            Self::EmailNotVerified => {
                (S::FORBIDDEN, "email_not_verified", "The e-mail address has to be verified before you can sign in")
            }
            Self::LinkInvalid => (S::BAD_REQUEST, "link_invalid", "The link is not valid, was used, or was replaced"),
            Self::LinkExpired => (S::BAD_REQUEST, "link_expired", "The link has expired"),
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
            Self::BeyondTheLog { .. } => {
                (S::BAD_REQUEST, "beyond_the_log", "The log does not have this position: begin again without it")
            }
            Self::VersionMismatch { .. } => {
                (S::PRECONDITION_FAILED, "version_mismatch", "The resource has changed in the meantime")
            }
            Self::AlreadyExists => {
                (S::PRECONDITION_FAILED, "already_exists", "There is a resource of this id already, or there was")
            }
            Self::NotDeleted => {
                (S::CONFLICT, "not_deleted", "The record is not deleted: name a version whose content it is to have")
            }
            Self::IdempotencyMismatch => {
                (S::UNPROCESSABLE_ENTITY, "idempotency_mismatch", "The idempotency key was used for another request")
            }
            Self::IdempotencyInFlight => {
                (S::CONFLICT, "idempotency_in_flight", "The first request with this idempotency key is not finished")
            }
            Self::OwnAccount => (S::CONFLICT, "own_account", "You may not do this to your own account"),
            Self::BuiltInRole => (S::CONFLICT, "built_in_role", "This role is built in and cannot be changed"),
            Self::RoleExists => (S::CONFLICT, "role_exists", "There is a role of this name already"),
            Self::RoleNameUsed => {
                (S::CONFLICT, "role_name_used", "A role of this name was deleted, and its name is not given again")
            }
            Self::CollectionExists => (S::CONFLICT, "collection_exists", "There is a collection of this name already"),
            Self::CollectionNotEmpty => (
                S::CONFLICT,
                "collection_not_empty",
                "The collection has records: delete them first, or use force=true",
            ),
            Self::CollectionReferenced => (
                S::CONFLICT,
                "collection_referenced",
                "Relations of other collections lead to this one: end them first",
            ),
            Self::IncompatibleChange(_) => {
                (S::CONFLICT, "incompatible_change", "Records that there are might not be valid any more")
            }
            Self::ChangePending => (
                S::CONFLICT,
                "change_pending",
                "A change of the collection is pending: wait for its end, or withdraw it",
            ),
            Self::InvalidForChange(_) => (
                S::CONFLICT,
                "invalid_for_change",
                "A change of the collection is pending under which the record would not be valid",
            ),
            Self::NotUnique(_) => (S::CONFLICT, "not_unique", "Another record has the value of a unique field"),
            Self::Referenced { .. } => (S::CONFLICT, "referenced", "Other records refer to this one, and need it"),
            Self::TooManyReferences { .. } => {
                (S::CONFLICT, "too_many_references", "More references lead to this record than can be ended at once")
            }
            Self::InOperation { error, .. } => return error.appearance(),
            Self::QueryTooExpensive { .. } => {
                (S::UNPROCESSABLE_ENTITY, "query_too_expensive", "The list takes too long")
            }
            Self::ExpansionTooLarge => {
                (S::UNPROCESSABLE_ENTITY, "expansion_too_large", "The records refer to more than comes in one answer")
            }
            Self::LimitReached { .. } => (S::CONFLICT, "limit_reached", "There are as many already as there may be"),
            Self::FileTooLarge { .. } => (S::PAYLOAD_TOO_LARGE, "file_too_large", "The file is too large"),
            Self::FileTypeRefused { .. } => {
                (S::UNSUPPORTED_MEDIA_TYPE, "file_type_refused", "Files of this type are not taken here")
            }
            Self::QuotaExceeded { .. } => (S::CONFLICT, "quota_exceeded", "There is no room for this file"),
            Self::DigestMismatch => (S::BAD_REQUEST, "digest_mismatch", "The content is not the one of the digest"),
            Self::RangeNotSatisfiable { .. } => {
                (S::RANGE_NOT_SATISFIABLE, "range_not_satisfiable", "There is nothing where the range is")
            }
            Self::UploadBusy => (S::CONFLICT, "upload_busy", "Another request brings bytes of this upload"),
            Self::OffsetMismatch { .. } => (S::CONFLICT, "offset_mismatch", "The upload goes on elsewhere"),
            Self::ChecksumMismatch => {
                (checksum_mismatch(), "checksum_mismatch", "The bytes are not those of the checksum: send them again")
            }
            Self::UnsupportedTusVersion => {
                (S::PRECONDITION_FAILED, "unsupported_tus_version", "Tus-Resumable must be 1.0.0")
            }
            Self::ImportOver { .. } => (S::CONFLICT, "import_over", "Nothing more comes of this import"),
            Self::WebhookDisabled => (S::CONFLICT, "webhook_disabled", "The webhook is disabled: enable it first"),
            Self::Interrupted => {
                (S::SERVICE_UNAVAILABLE, "interrupted", "The server stops: what has come counts, send the rest again")
            }
            Self::NotReady { .. } => (S::NOT_FOUND, "not_ready", "It is being made: ask again"),
            Self::UrlInvalid => (S::FORBIDDEN, "url_invalid", "The URL was not signed here, or was changed"),
            Self::UrlExpired => (S::FORBIDDEN, "url_expired", "The URL has expired"),
            Self::EmailTaken => (S::CONFLICT, "email_taken", "Another account has this e-mail address"),
            Self::Conflict => (S::CONFLICT, "conflict", "The request conflicts with the current state"),
            Self::TooManyAttempts { .. } => {
                (S::TOO_MANY_REQUESTS, "too_many_attempts", "Too many attempts have failed: this one was not looked at")
            }
            Self::TooManyRequests { .. } => (S::TOO_MANY_REQUESTS, "rate_limited", "Too many requests"),
            Self::Overloaded { .. } => (S::SERVICE_UNAVAILABLE, "overloaded", "Too busy: nothing was done"),
            Self::Unavailable => (S::SERVICE_UNAVAILABLE, "unavailable", "Not available: nothing was done"),
            Self::OutcomeUnknown => (S::SERVICE_UNAVAILABLE, "outcome_unknown", "It is not known whether it was done"),
            Self::ProjectionLag => (S::SERVICE_UNAVAILABLE, "projection_lag", "What you wait for cannot be read yet"),
            Self::ProjectionParked => {
                (S::SERVICE_UNAVAILABLE, "projection_parked", "What you wait for cannot be read until it is repaired")
            }
            Self::Further(kind) => return Appearance::of(kind),
            Self::Internal(_) => (S::INTERNAL_SERVER_ERROR, "internal", "Something went wrong on our side"),
        };
        Appearance { status, code, title }
    }
}

/// As tus 1.0.0 numbers it; HTTP has none for it.
fn checksum_mismatch() -> StatusCode {
    StatusCode::from_u16(460).unwrap_or(StatusCode::BAD_REQUEST)
}
