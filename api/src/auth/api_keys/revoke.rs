//! `DELETE /v1/users/me/api-keys/{id}`.

use actix_web::{HttpResponse, web};
use domain::{
    Aggregate,
    users::{RevokeApiKey, User, revoke_api_key::RevokeApiKeyRefused},
};
use event_store::StreamId;
use uuid::Uuid;

use crate::{
    answer,
    auth::Caller,
    error::{ApiError, ApiResult},
    extract::{IdempotencyKey, Query},
    idempotency::Requester,
    middleware::context::RequestContext,
    state::State,
};

const ROUTE: &str = "DELETE /v1/users/me/api-keys/{id}";

/// Revoke an API key
///
/// It counts no more within a second, on every process.
#[utoipa::path(
    delete, path = "/v1/users/me/api-keys/{id}", tag = "api_keys",
    params(
        ("id" = Uuid, Path, description = "The key's id"),
        ("Idempotency-Key" = Option<String>, Header, pattern = r"^[!#-\[\]-~]{1,255}$", description = "Makes a repeat harmless, for 24 hours; in quotes or not"),
    ),
    responses((status = 204, description = "The key counts no more"))
)]
pub async fn revoke_api_key(
    state: State,
    caller: Caller,
    context: RequestContext,
    key: IdempotencyKey,
    id: web::Path<String>,
    query: Query,
) -> ApiResult<HttpResponse> {
    query.finish()?;
    let owner = caller.user_id;
    // Nothing but a UUID names a key.
    let key_id = Uuid::try_parse(&id).map_err(|_| ApiError::NotFound)?;
    let begun = state.idempotency.begin(Requester::User(owner), ROUTE, &key, key_id.as_bytes())?;
    let command = RevokeApiKey { key_id, at: state.clock.now() };
    let stream = StreamId::new(User::CATEGORY, owner.as_uuid());
    let execution = begun.execution(context.metadata(Some(owner)), 204)?;
    let done = state.events.execute(&stream, command, execution).await?;
    state.api_keys.uses.forget(key_id).await;
    Ok(answer::done(done.position))
}

impl From<RevokeApiKeyRefused> for ApiError {
    fn from(refused: RevokeApiKeyRefused) -> Self {
        match refused {
            RevokeApiKeyRefused::NotActive(refused) => refused.into(),
            RevokeApiKeyRefused::NoSuchKey => Self::NotFound,
        }
    }
}
