//! `POST /v1/auth/mfa/totp/disable`.

use actix_web::HttpResponse;
use domain::users::DisableTotp;
use event_store::Execution;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    auth::{
        Caller,
        choose_password::chosen,
        proof::{self, Opened},
        sessions::{
            answer::{self, SessionTokens},
            keep_one::keep_one,
        },
        step_up,
    },
    error::{ApiResult, Problem},
    extract::{Json, RequestBody},
    middleware::context::RequestContext,
    state::State,
};

/// The password, which has to be good enough alone from now on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DisableTotpRequest {
    #[schema(format = "password", example = "correct horse battery")]
    password: String,
}

impl RequestBody for DisableTotpRequest {}

/// Switch the second factor off
///
/// Or drop one that was begun. A password that is good enough beside a second factor only is refused: change it first.
/// Takes a recent authentication. Where one was on, ends all other sessions; this one goes on with the tokens of the
/// answer. `Idempotency-Key` has no meaning here: a repeat changes nothing.
#[utoipa::path(
    post, path = "/v1/auth/mfa/totp/disable", tag = "mfa", request_body = DisableTotpRequest,
    responses(
        (status = 200, description = "There is no second factor", body = SessionTokens),
        (status = 403, description = "The caller has to prove again who they are", body = Problem,
         content_type = "application/problem+json"),
    )
)]
pub async fn disable(
    state: State,
    caller: Caller,
    context: RequestContext,
    body: Json<DisableTotpRequest>,
) -> ApiResult<HttpResponse> {
    step_up::require_recent(&state, &caller).await?;
    let opened = Opened::of(&state, caller.user_id).await?;
    proof::check_password(&state, &opened, &body.value.password).await?;
    chosen(&state, &opened, &body.value.password, false, "/password").await?;
    let execution = Execution { metadata: context.metadata(Some(caller.user_id)), ..Execution::new(Uuid::now_v7()) };
    let done = state.events.execute(&opened.stream, DisableTotp { at: state.clock.now() }, execution).await?;
    let granted = keep_one(&state, caller.user_id, caller.session_id()?, done.state.as_ref(), false).await?;
    answer::granted(&state, &granted, None)
}
