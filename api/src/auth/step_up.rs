//! `POST /v1/auth/step-up`, and the question whether a caller has proved lately enough who they are.

use actix_web::HttpResponse;
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Caller,
    proof::{self, Opened, Proof},
    token::LIFETIME,
};
use crate::{
    error::{ApiError, ApiResult, Problem},
    extract::{Json, RequestBody},
    middleware::context::RequestContext,
    state::{AppState, State},
};

/// For so long after signing in, or after a step-up, a caller may do what takes a recent authentication.
const RECENT: TimeDelta = TimeDelta::minutes(10);

/// Refuses a caller who has not signed in, or proved it again, in the last ten minutes; API keys always. For whatever
/// changes how the account is signed in to, and for what cannot be taken back.
pub async fn require_recent(state: &AppState, caller: &Caller) -> ApiResult<()> {
    let session = state.sessions.find(caller.session_id()?).await?;
    let now = state.clock.now();
    match session {
        Some(session) if session.authenticated_at > now - RECENT && !session.is_over(now) => Ok(()),
        Some(_) | None => Err(ApiError::StepUpRequired),
    }
}

/// The caller's password, and a code where a second factor is on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StepUpRequest {
    #[schema(format = "password", example = "correct horse battery")]
    password: String,
    /// A code of the second factor.
    #[schema(example = "287082")]
    totp: Option<String>,
    /// In its place.
    #[schema(example = "MZXW6YTBOI7DK3TPOQ4SAIDJNY")]
    recovery_code: Option<String>,
}

/// A new access token of the same session.
#[derive(Serialize, ToSchema)]
pub struct StepUpResponse {
    access_token: String,
    #[schema(value_type = String, example = "Bearer")]
    token_type: &'static str,
    /// Seconds.
    #[schema(example = 900)]
    expires_in: u64,
}

impl RequestBody for StepUpRequest {}

/// Prove again who you are
///
/// For ten minutes after it, the session may do what takes a recent authentication and is answered 403
/// `step_up_required` otherwise. `Idempotency-Key` has no meaning here.
#[utoipa::path(
    post, path = "/v1/auth/step-up", tag = "auth", request_body = StepUpRequest,
    responses(
        (status = 200, description = "The session is recent", body = StepUpResponse),
        (status = 401, description = "No valid access token, a wrong password or code, or a code is missing", body = Problem,
         content_type = "application/problem+json"),
    )
)]
pub async fn step_up(
    state: State,
    caller: Caller,
    context: RequestContext,
    body: Json<StepUpRequest>,
) -> ApiResult<HttpResponse> {
    let StepUpRequest { password, totp, recovery_code } = body.value;
    let (session_id, code) = (caller.session_id()?, proof::code(totp, recovery_code)?);
    let opened = Opened::of(&state, caller.user_id).await?;
    let metadata = context.metadata(Some(caller.user_id));
    proof::check(&state, &opened, &Proof { password, code }, metadata).await?;
    if !state.sessions.touch_authenticated(session_id).await? {
        return Err(ApiError::Unauthenticated);
    }
    let (access_token, _) = state.tokens.issue(caller.user_id, session_id, opened.account.generation)?;
    let answer = StepUpResponse { access_token, token_type: "Bearer", expires_in: LIFETIME.as_secs() };
    Ok(HttpResponse::Ok().json(answer))
}
