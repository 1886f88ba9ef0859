//! `POST /v1/auth/reset-password`.

use actix_web::HttpResponse;
use domain::{
    Command,
    users::{ResetPassword, User, UserId},
};
use event_store::Purpose;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{choose_password::chosen, links, proof::Opened};
use crate::{
    answer,
    error::{ApiError, ApiResult},
    extract::{Json, RequestBody},
    middleware::context::RequestContext,
    state::State,
    users::PASSWORD_HASH,
};

/// The token of a link that was mailed, and the new password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResetPasswordRequest {
    /// As in the link, after `#token=`.
    #[schema(min_length = 75, max_length = 75)]
    token: String,
    /// With a second factor, 8 characters are enough.
    #[schema(format = "password", min_length = 8, max_length = 128, example = "correct horse battery")]
    password: String,
}

impl RequestBody for ResetPasswordRequest {}

/// Choose a new password with the token that was mailed
///
/// Signs nobody in, ends all sessions, and leaves the second factor on. `Idempotency-Key` has no meaning here: a token
/// counts once.
#[utoipa::path(
    post, path = "/v1/auth/reset-password", tag = "auth", request_body = ResetPasswordRequest,
    responses((status = 204, description = "The password is set"))
)]
pub async fn reset_password(
    state: State,
    context: RequestContext,
    body: Json<ResetPasswordRequest>,
) -> ApiResult<HttpResponse> {
    let ResetPasswordRequest { token, password } = body.value;
    let (stream, request_id) = links::open(&state, Purpose::ResetPassword, &token)?;
    let opened = match Opened::of(&state, UserId::from_uuid(stream.id())).await {
        Err(ApiError::NotFound | ApiError::Conflict) => return Err(ApiError::LinkInvalid),
        opened => opened?,
    };
    let at = state.clock.now();
    let reset = |password_hash| ResetPassword { request_id, password_hash, at };
    // Before a password is hashed, which is dear, or said to be too short.
    reset(opened.account.password_hash.clone()).decide(&User::Active(opened.account.clone()))?;
    let password = chosen(&state, &opened, &password, opened.account.totp.is_on(), "/password").await?;
    let hash = state.passwords.hash(password.as_str()).await?;
    let command = reset(opened.key.seal(PASSWORD_HASH, &hash));
    let done = state.events.execute(&stream, command, links::execution(&context, &stream)).await?;
    if let Some(account) = done.state.as_ref().and_then(User::account) {
        state.sessions.end_all(opened.user, account.sessions_generation).await?;
    }
    Ok(answer::done(done.position))
}
