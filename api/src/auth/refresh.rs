//! `POST /v1/auth/refresh`.

use actix_web::{HttpRequest, HttpResponse};
use domain::{
    Aggregate,
    users::{User, events::EndReason},
};
use event_store::StreamId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    Standing,
    security_log::{self, Kind},
    sessions::{
        Mode, RefreshToken, Refreshed, Session,
        answer::{self, SessionTokens},
        cookie, end,
    },
};
use crate::{
    error::{ApiError, ApiResult, FieldError, Problem},
    extract::{Json, RequestBody},
    metrics,
    middleware::context::RequestContext,
    state::State,
};

/// A session to go on with.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefreshRequest {
    /// Required, but for browsers that keep it in the cookie.
    #[schema(example = "tmr_AZq3…")]
    refresh_token: Option<String>,
}

impl RequestBody for RefreshRequest {}

/// Get new tokens for a session
///
/// A refresh token counts once; the answer has its successor. Shown again within ten seconds, the same successor comes
/// again; shown later, the session is ended, since somebody has a copy of it. With the cookie, `X-CSRF-Token` is
/// required. `Idempotency-Key` has no meaning here.
#[utoipa::path(
    post, path = "/v1/auth/refresh", tag = "auth", request_body = RefreshRequest,
    params(("X-CSRF-Token" = Option<String>, Header, description = "The session's `csrf_token`, with the cookie")),
    responses(
        (status = 200, description = "The session goes on", body = SessionTokens),
        (status = 401, description = "The refresh token does not count", body = Problem,
         content_type = "application/problem+json"),
        (status = 403, description = "`X-CSRF-Token` is missing or wrong", body = Problem,
         content_type = "application/problem+json"),
    )
)]
pub async fn refresh(
    state: State,
    request: HttpRequest,
    context: RequestContext,
    body: Json<RefreshRequest>,
) -> ApiResult<HttpResponse> {
    let (token, mode) =
        shown(&state, &request, body.value.refresh_token.as_deref()).inspect_err(|_| count("refused"))?;
    let Some(session) = going_on(&state, &token, mode).await? else {
        count("refused");
        return Err(ApiError::InvalidRefreshToken);
    };
    match state.sessions.refresh(&token, &session).await? {
        Refreshed::Rotated(granted) => {
            count("rotated");
            answer::granted(&state, &granted, None)
        }
        Refreshed::Repeated(granted) => {
            count("repeated");
            answer::granted(&state, &granted, None)
        }
        Refreshed::Reused => {
            count("reused");
            security_log::refused(Kind::RefreshToken, Some(session.user), &ApiError::RefreshTokenReused);
            let metadata = context.metadata(None);
            end::end(&state, session.user, session.id, EndReason::RefreshTokenReused, metadata).await?;
            Err(ApiError::RefreshTokenReused)
        }
        Refreshed::Refused => {
            count("refused");
            Err(ApiError::InvalidRefreshToken)
        }
    }
}

/// The token that the caller shows, and where it was kept. One in the body needs no proof that it is from our own page.
fn shown(state: &State, request: &HttpRequest, text: Option<&str>) -> ApiResult<(RefreshToken, Mode)> {
    let tokens = &state.sessions.tokens;
    if let Some(text) = text {
        return Ok((tokens.read(text).ok_or(ApiError::InvalidRefreshToken)?, Mode::Token));
    }
    let missing = || vec![FieldError::at("/refresh_token", "missing_field", "is required without the cookie")];
    let token = cookie::read(&state.http, tokens, request.headers())?;
    token.map(|token| (token, Mode::Cookie)).ok_or_else(|| ApiError::Invalid(missing()))
}

/// The token's session, unless it is over by its row or by the log. What was kept in a cookie counts in the cookie only,
/// where its page has to show itself.
async fn going_on(state: &State, token: &RefreshToken, mode: Mode) -> ApiResult<Option<Session>> {
    let session = state.sessions.find(token.session_id).await?;
    let now = state.clock.now();
    let Some(session) = session.filter(|session| session.mode == mode && !session.is_over(now)) else {
        return Ok(None);
    };
    // Looked at before the token is used up: whatever fails here costs nobody a token. Not from memory: a session that
    // has just been ended is not prolonged.
    let user = state.events.load::<User>(&StreamId::new(User::CATEGORY, session.user.as_uuid())).await?.state;
    let standing = Standing::of(&user, state.eras.current().await?);
    Ok(standing.is_some_and(|standing| standing.keeps(&session)).then_some(session))
}

fn count(outcome: &'static str) {
    ::metrics::counter!(metrics::REFRESHES, "outcome" => outcome).increment(1);
}
