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

/// The generation of every user's tokens until something raises it.
const FIRST_GENERATION: u32 = 0;

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
    let (user, hash) = match Email::parse(&email) {
        Ok(email) => find(&state, &email).await?,
        // No such address can be registered; a hash is computed all the same.
        Err(_) => (Uuid::nil(), None),
    };
    if !state.passwords.verify(&password, hash.as_deref()).await? {
        return Err(ApiError::InvalidCredentials);
    }
    let (access_token, _) = state.tokens.issue(UserId::from_uuid(user), Uuid::now_v7(), FIRST_GENERATION)?;
    let answer = LoginResponse { access_token, token_type: "Bearer", expires_in: LIFETIME.as_secs() };
    Ok(HttpResponse::Ok().json(answer))
}

/// The user of an address with the hash of the password; without one when there is no such user. Both ways ask the
/// same questions.
async fn find(state: &State, email: &Email) -> ApiResult<(Uuid, Option<String>)> {
    let owner = state.email_claims.owner(&state.events, email).await?;
    let stream = owner.unwrap_or_else(|| StreamId::new(User::CATEGORY, Uuid::now_v7()));
    let user = state.events.load::<User>(&stream).await?.state;
    let key = match state.keys.get(stream.id()).await {
        Ok(key) => Some(key),
        Err(SubjectKeyError::Unknown | SubjectKeyError::Erased) => None,
        Err(error) => return Err(error.into()),
    };
    let hash = match (user, key) {
        (User::Active(account), Some(key)) => Some(key.open(PASSWORD_HASH, &account.password_hash)?),
        (User::Active(_) | User::Unknown, _) => None,
    };
    Ok((stream.id(), hash))
}
