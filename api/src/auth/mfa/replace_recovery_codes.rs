//! `POST /v1/auth/mfa/totp/recovery-codes`.

use actix_web::HttpResponse;
use domain::users::{ReplaceRecoveryCodes, replace_recovery_codes::ReplaceRecoveryCodesRefused};
use event_store::Execution;
use uuid::Uuid;

use super::{RecoveryCodesView, new_codes, shown};
use crate::{
    auth::{Caller, proof::Opened, sessions::keep_one::keep_one, step_up},
    error::{ApiError, ApiResult, Problem},
    middleware::context::RequestContext,
    state::State,
};

/// Get new recovery codes
///
/// In the place of all earlier ones. Takes a recent authentication. Ends all other sessions; this one goes on with the
/// tokens of the answer. `Idempotency-Key` has no meaning here: the answer is a secret and is not kept.
#[utoipa::path(
    post, path = "/v1/auth/mfa/totp/recovery-codes", tag = "mfa",
    responses(
        (status = 200, description = "The new codes, shown this one time", body = RecoveryCodesView),
        (status = 403, description = "The caller has to prove again who they are", body = Problem,
         content_type = "application/problem+json"),
        (status = 409, description = "No second factor is on", body = Problem,
         content_type = "application/problem+json"),
    )
)]
pub async fn replace_recovery_codes(state: State, caller: Caller, context: RequestContext) -> ApiResult<HttpResponse> {
    step_up::require_recent(&state, &caller).await?;
    let opened = Opened::of(&state, caller.user_id).await?;
    let (codes, recovery_codes) = new_codes(&state)?;
    let command = ReplaceRecoveryCodes { recovery_codes, at: state.clock.now() };
    let execution = Execution { metadata: context.metadata(Some(caller.user_id)), ..Execution::new(Uuid::now_v7()) };
    let done = state.events.execute(&opened.stream, command, execution).await?;
    let granted = keep_one(&state, caller.user_id, caller.session_id()?, done.state.as_ref(), false).await?;
    shown(&state, &granted, &codes)
}

impl From<ReplaceRecoveryCodesRefused> for ApiError {
    fn from(refused: ReplaceRecoveryCodesRefused) -> Self {
        match refused {
            ReplaceRecoveryCodesRefused::NotActive(refused) => refused.into(),
            ReplaceRecoveryCodesRefused::NotOn => Self::Conflict,
        }
    }
}
