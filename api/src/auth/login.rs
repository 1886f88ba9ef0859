//! `POST /v1/auth/login`.

use actix_web::HttpResponse;
use domain::{
    Aggregate,
    users::{Email, User, UserId},
};
use event_store::{StreamId, subject_keys::SubjectKeyError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::token::LIFETIME;
use crate::{
    error::{ApiError, ApiResult, Problem},
    extract::{Json, RequestBody},
    state::State,
    users::PASSWORD_HASH,
};

/// Who signs in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LoginRequest {
    #[schema(format = "email", example = "ada@example.org")]
    email: String,
    #[schema(format = "password", example = "correct horse battery")]
    password: String,
}

/// An access token, to be sent as `Authorization: Bearer …`.
#[derive(Serialize, ToSchema)]
pub struct LoginResponse {
    access_token: String,
    #[schema(value_type = String, example = "Bearer")]
    token_type: &'static str,
    /// Seconds.
    #[schema(example = 900)]
    expires_in: u64,
}

impl RequestBody for LoginRequest {}

/// Sign in
///
/// An unknown address and a wrong password are answered alike. `Idempotency-Key` has no meaning here: the answer is a
/// secret and is not kept.
#[utoipa::path(
    post, path = "/v1/auth/login", tag = "auth", request_body = LoginRequest,
    responses(
        (status = 200, description = "Signed in", body = LoginResponse),
        (status = 401, description = "The e-mail address or the password is wrong", body = Problem,
         content_type = "application/problem+json"),
    )
)]
pub async fn login(state: State, body: Json<LoginRequest>) -> ApiResult<HttpResponse> {
    let LoginRequest { email, password } = body.value;
    let known = match Email::parse(&email) {
        Ok(email) => find(&state, &email).await?,
        // No such address can be registered; a hash is computed all the same.
        Err(_) => None,
    };
    let is_right = state.passwords.verify(&password, known.as_ref().map(|known| known.hash.as_str())).await?;
    let Some(Known { user, generation, .. }) = known.filter(|_| is_right) else {
        return Err(ApiError::InvalidCredentials);
    };
    let (access_token, _) = state.tokens.issue(user, Uuid::now_v7(), generation)?;
    let answer = LoginResponse { access_token, token_type: "Bearer", expires_in: LIFETIME.as_secs() };
    Ok(HttpResponse::Ok().json(answer))
}

/// Somebody who may sign in.
struct Known {
    user: UserId,
    /// Of the password.
    hash: String,
    generation: u32,
}

/// The user of an address; nobody when there is no such user, or not one who may sign in. Both ways ask the same
/// questions.
async fn find(state: &State, email: &Email) -> ApiResult<Option<Known>> {
    let owner = state.email_claims.owner(&state.events, email).await?;
    let stream = owner.unwrap_or_else(|| StreamId::new(User::CATEGORY, Uuid::now_v7()));
    let user = state.events.load::<User>(&stream).await?.state;
    let key = match state.keys.get(stream.id()).await {
        Ok(key) => Some(key),
        Err(SubjectKeyError::Unknown | SubjectKeyError::Erased) => None,
        Err(error) => return Err(error.into()),
    };
    let (Ok(account), Some(key)) = (user.active(), key) else { return Ok(None) };
    let hash = key.open(PASSWORD_HASH, &account.password_hash)?;
    Ok(Some(Known { user: UserId::from_uuid(stream.id()), hash, generation: account.generation }))
}
