//! What the security log says of requests: what was refused to whom, and what was proved. [`bootstrap::security_log`]
//! writes it; what is an event besides is none here.

use std::fmt::Display;

use actix_web::{HttpMessage, ResponseError, dev::ServiceResponse, http::StatusCode};
use bootstrap::security_log::{self, Entry};
use domain::users::UserId;

use super::Caller;
use crate::{error::ApiError, middleware::context};

pub use bootstrap::security_log::{Kind, TARGET};

/// Somebody was refused what they wanted.
pub fn refused(kind: Kind, user: Option<UserId>, reason: &dyn Display) {
    with_entry(kind, user, |entry| security_log::refused(entry, reason));
}

/// Somebody has shown who they are.
pub fn succeeded(kind: Kind, user: UserId) {
    with_entry(kind, Some(user), |entry| security_log::succeeded(entry, None));
}

/// Somebody did something to another user that has to be known.
pub fn done(kind: Kind, user: UserId, by: UserId) {
    with_entry(kind, Some(user), |entry| security_log::succeeded(entry, Some(&by)));
}

/// What a handler has refused, in one place for all of them. Where attempts are counted, they are written there.
pub fn answered(response: &ServiceResponse) {
    let Some(error) = response.response().error().and_then(|error| error.as_error::<ApiError>()) else { return };
    let Some(kind) = kind_of(error) else { return };
    let user = response.request().extensions().get::<Caller>().map(|caller| caller.user_id);
    refused(kind, user, error);
}

fn kind_of(error: &ApiError) -> Option<Kind> {
    if let ApiError::InvalidCsrfToken = error {
        Some(Kind::Csrf)
    } else if let ApiError::InvalidRefreshToken = error {
        Some(Kind::RefreshToken)
    } else if let ApiError::LinkInvalid | ApiError::LinkExpired = error {
        Some(Kind::Link)
    } else if let ApiError::EmailNotVerified = error {
        // Told by signing in.
        None
    } else {
        (error.status_code() == StatusCode::FORBIDDEN).then_some(Kind::Access)
    }
}

fn with_entry(kind: Kind, user: Option<UserId>, write: impl FnOnce(Entry<'_>)) {
    let request_id = context::known_id();
    let user = user.as_ref().map(|user| user as &dyn Display);
    write(Entry { kind, user, request_id: request_id.as_deref() });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_handlers_refuse_has_a_kind_each_and_what_is_no_refusal_has_none() {
        for (error, kind) in [
            (ApiError::Forbidden, Some(Kind::Access)),
            (ApiError::StepUpRequired, Some(Kind::Access)),
            (ApiError::InvalidCsrfToken, Some(Kind::Csrf)),
            (ApiError::InvalidRefreshToken, Some(Kind::RefreshToken)),
            (ApiError::LinkInvalid, Some(Kind::Link)),
            (ApiError::LinkExpired, Some(Kind::Link)),
            // Written where they are counted.
            (ApiError::InvalidCredentials, None),
            (ApiError::EmailNotVerified, None),
            (ApiError::RefreshTokenReused, None),
            (ApiError::NotFound, None),
            (ApiError::Unavailable, None),
        ] {
            assert_eq!(kind_of(&error), kind, "{error}");
        }
    }
}
