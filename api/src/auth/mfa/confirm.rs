//! `POST /v1/auth/mfa/totp/confirm`.

use actix_web::HttpResponse;
use domain::users::{ConfirmTotp, Totp, confirm_totp::ConfirmTotpRefused};
use event_store::{ExecuteError, Execution};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{RecoveryCodesView, new_codes, shown};
use crate::{
    auth::{
        Caller,
        proof::Opened,
        second_factor,
        security_log::{self, Kind},
        sessions::keep_one::keep_one,
    },
    error::{ApiError, ApiResult, Problem},
    extract::{Json, RequestBody},
    middleware::context::RequestContext,
    state::{AppState, State},
};

/// A code of the secret that was shown.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmTotpRequest {
    #[schema(example = "287082")]
    code: String,
}

impl RequestBody for ConfirmTotpRequest {}

/// Switch the second factor on
///
/// From now on signing in takes a code. The recovery codes of the answer take its place, once each. Ends all other
/// sessions; this one goes on with the tokens of the answer. `Idempotency-Key` has no meaning here: the answer is a secret
/// and is not kept.
#[utoipa::path(
    post, path = "/v1/auth/mfa/totp/confirm", tag = "mfa", request_body = ConfirmTotpRequest,
    responses(
        (status = 200, description = "The second factor is on", body = RecoveryCodesView),
        (status = 401, description = "No valid access token, or a wrong code", body = Problem,
         content_type = "application/problem+json"),
        (status = 409, description = "No second factor was begun, or one is on already", body = Problem,
         content_type = "application/problem+json"),
    )
)]
pub async fn confirm(
    state: State,
    caller: Caller,
    context: RequestContext,
    body: Json<ConfirmTotpRequest>,
) -> ApiResult<HttpResponse> {
    let session_id = caller.session_id()?;
    let opened = Opened::of(&state, caller.user_id).await?;
    check(&state, &opened, &body.value.code).await?;
    let (codes, recovery_codes) = new_codes(&state)?;
    let command = ConfirmTotp { recovery_codes, at: state.clock.now() };
    // Another secret may have been shown meanwhile, of which no code was seen.
    let execution = Execution {
        expected: Some(opened.version),
        metadata: context.metadata(Some(caller.user_id)),
        ..Execution::new(Uuid::now_v7())
    };
    let done = match state.events.execute(&opened.stream, command, execution).await {
        Err(ExecuteError::VersionMismatch { .. }) => return Err(ApiError::Conflict),
        done => done?,
    };
    let granted = keep_one(&state, caller.user_id, session_id, done.state.as_ref(), false).await?;
    shown(&state, &granted, &codes)
}

async fn check(state: &AppState, opened: &Opened, code: &str) -> ApiResult<()> {
    let Totp::Enrolled { secret } = &opened.account.totp else { return Err(ApiError::Conflict) };
    let subject = state.throttle.user(opened.user);
    let counted = state.throttle.reserve(subject).await;
    counted.inspect_err(|refused| security_log::refused(Kind::ConfirmTotp, Some(opened.user), refused))?;
    if !second_factor::accept(state, opened.user, secret, code).await? {
        security_log::refused(Kind::ConfirmTotp, Some(opened.user), &ApiError::InvalidCode);
        return Err(ApiError::InvalidCode);
    }
    state.throttle.succeeded(subject).await
}

impl From<ConfirmTotpRefused> for ApiError {
    fn from(refused: ConfirmTotpRefused) -> Self {
        match refused {
            ConfirmTotpRefused::NotActive(refused) => refused.into(),
            ConfirmTotpRefused::NotEnrolled | ConfirmTotpRefused::AlreadyOn => Self::Conflict,
        }
    }
}
