//! What a client gets that has signed in, or goes on with a session.

use actix_web::HttpResponse;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Granted, Mode, cookie};
use crate::{auth::token::LIFETIME, error::ApiResult, state::AppState};

/// An access token, to be sent as `Authorization: Bearer …`, and what the next one is got with.
#[derive(Serialize, ToSchema)]
pub struct SessionTokens {
    access_token: String,
    #[schema(value_type = String, example = "Bearer")]
    token_type: &'static str,
    /// Seconds.
    #[schema(example = 900)]
    expires_in: u64,
    session_id: Uuid,
    /// Not in mode `cookie`: it is in the cookie.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    refresh_token: Option<String>,
    /// In mode `cookie`: to be sent in `X-CSRF-Token` with every refresh.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    csrf_token: Option<String>,
    /// After signing in: to be kept by the device for good and shown when signing in again, so that guesses of strangers
    /// do not hold it up.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    device_token: Option<String>,
}

/// The tokens of a session. In mode `cookie`, the refresh token is in the cookie only.
pub fn granted(state: &AppState, granted: &Granted, device_token: Option<String>) -> ApiResult<HttpResponse> {
    granted_within(state, granted, device_token, |tokens| tokens)
}

/// The same as a part of a larger answer.
pub(in crate::auth) fn granted_within<T: Serialize>(
    state: &AppState,
    granted: &Granted,
    device_token: Option<String>,
    answer: impl FnOnce(SessionTokens) -> T,
) -> ApiResult<HttpResponse> {
    let Granted { session, refresh_token } = granted;
    let (access_token, _) = state.tokens.issue(session.user, session.id, session.counts())?;
    let refresh_token = state.sessions.tokens.write(refresh_token);
    let mut response = HttpResponse::Ok();
    let (refresh_token, csrf_token) = match session.mode {
        Mode::Token => (Some(refresh_token), None),
        Mode::Cookie => {
            let lasts = session.idle_expires_at - session.last_seen_at;
            response.insert_header(cookie::set(&state.http, &refresh_token, lasts));
            (None, Some(state.sessions.tokens.csrf_token(session.id)))
        }
    };
    let (token_type, expires_in, session_id) = ("Bearer", LIFETIME.as_secs(), session.id);
    let tokens =
        SessionTokens { access_token, token_type, expires_in, session_id, refresh_token, csrf_token, device_token };
    Ok(response.json(answer(tokens)))
}
