//! `POST /v1/auth/change-password`.

use actix_web::HttpResponse;
use domain::users::{ChangePassword, change_password::ChangePasswordRefused};
use event_store::Execution;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    Caller,
    choose_password::chosen,
    proof::{self, Opened, Proof},
    sessions::{
        answer::{self, SessionTokens},
        keep_one::keep_one,
    },
};
use crate::{
    error::{ApiError, ApiResult, Problem},
    extract::{Json, RequestBody},
    middleware::context::RequestContext,
    state::State,
    users::PASSWORD_HASH,
};

/// The old password, a code where a second factor is on, and the new password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangePasswordRequest {
    #[schema(format = "password", example = "correct horse battery")]
    current_password: String,
    /// With a second factor, 8 characters are enough.
    #[schema(format = "password", min_length = 8, max_length = 128, example = "abacus linen twelve moon")]
    new_password: String,
    /// A code of the second factor.
    #[schema(example = "287082")]
    totp: Option<String>,
    /// In its place.
    #[schema(example = "MZXW6YTBOI7DK3TPOQ4SAIDJNY")]
    recovery_code: Option<String>,
}

impl RequestBody for ChangePasswordRequest {}

/// Change one's password
///
/// Ends all other sessions; this one goes on with the tokens of the answer. `Idempotency-Key` has no meaning here: the
/// answer is a secret and is not kept.
#[utoipa::path(
    post, path = "/v1/auth/change-password", tag = "auth", request_body = ChangePasswordRequest,
    responses(
        (status = 200, description = "The password is changed", body = SessionTokens),
        (status = 401, description = "No valid access token, a wrong password or code, or a code is missing", body = Problem,
         content_type = "application/problem+json"),
    )
)]
pub async fn change_password(
    state: State,
    caller: Caller,
    context: RequestContext,
    body: Json<ChangePasswordRequest>,
) -> ApiResult<HttpResponse> {
    let ChangePasswordRequest { current_password, new_password, totp, recovery_code } = body.value;
    let (session_id, code) = (caller.session_id()?, proof::code(totp, recovery_code)?);
    let opened = Opened::of(&state, caller.user_id).await?;
    // Before anything is proved: a new password that is refused must not cost a code.
    let password = chosen(&state, &opened, &new_password, opened.account.totp.is_on(), "/new_password").await?;
    let metadata = context.metadata(Some(caller.user_id));
    proof::check(&state, &opened, &Proof { password: current_password, code }, metadata.clone()).await?;
    let hash = state.passwords.hash(password.as_str()).await?;
    let command = ChangePassword {
        verified: opened.account.password_hash.clone(),
        password_hash: opened.key.seal(PASSWORD_HASH, &hash),
        at: state.clock.now(),
    };
    let execution = Execution { metadata, ..Execution::new(Uuid::now_v7()) };
    let done = state.events.execute(&opened.stream, command, execution).await?;
    let granted = keep_one(&state, caller.user_id, session_id, done.state.as_ref(), true).await?;
    answer::granted(&state, &granted, None)
}

impl From<ChangePasswordRefused> for ApiError {
    fn from(refused: ChangePasswordRefused) -> Self {
        match refused {
            ChangePasswordRefused::NotActive(refused) => refused.into(),
            ChangePasswordRefused::Changed => Self::InvalidCredentials,
        }
    }
}
