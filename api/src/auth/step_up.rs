//! `POST /v1/auth/step-up`, and the question whether a caller has proved lately enough who they are.

use actix_web::HttpResponse;
use chrono::TimeDelta;
use domain::users::StepUp;
use event_store::Execution;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    Caller,
    proof::{self, Opened, Proof},
    sessions::{
        Renewal,
        answer::{self, SessionTokens},
    },
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

impl RequestBody for StepUpRequest {}

/// Prove again who you are
///
/// For ten minutes after it, the session may do what takes a recent authentication and is answered 403
/// `step_up_required` otherwise. It goes on with the tokens of the answer; those from before count no more.
/// `Idempotency-Key` has no meaning here: the answer is a secret and is not kept.
#[utoipa::path(
    post, path = "/v1/auth/step-up", tag = "auth", request_body = StepUpRequest,
    responses(
        (status = 200, description = "The session is recent", body = SessionTokens),
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
    let method = proof::check(&state, &opened, &Proof { password, code }, metadata.clone()).await?;
    // In its own generation: if that was raised meanwhile, the session is over all the same. The row first: whoever gets
    // no answer from here on can still repeat it with the access token.
    let granted = state.sessions.renew(session_id, Renewal { generation: None, proved: true }).await?;
    let granted = granted.ok_or(ApiError::Unauthenticated)?;
    let command = StepUp { session_id, rotation: granted.session.rotations, method, at: state.clock.now() };
    let execution = Execution { metadata, ..Execution::new(Uuid::now_v7()) };
    state.events.execute(&opened.stream, command, execution).await?;
    answer::granted(&state, &granted, None)
}
