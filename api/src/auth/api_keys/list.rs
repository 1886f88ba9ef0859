//! `GET /v1/users/me/api-keys`.

use actix_web::HttpResponse;
use domain::{Aggregate, users::User};
use event_store::StreamId;
use serde::Serialize;
use utoipa::ToSchema;

use super::{uses, view::ApiKeyView};
use crate::{answer::POSITION, auth::Caller, error::ApiResult, extract::Query, state::State};

/// All keys of a user, the newest first.
#[derive(Serialize, ToSchema)]
pub struct ApiKeyList {
    items: Vec<ApiKeyView>,
}

/// List one's API keys
///
/// Without their secrets, which are shown once only. There are at most 50, so they come all at once.
#[utoipa::path(
    get, path = "/v1/users/me/api-keys", tag = "api_keys",
    responses((status = 200, description = "The caller's keys", body = ApiKeyList))
)]
pub async fn list_api_keys(state: State, caller: Caller, query: Query) -> ApiResult<HttpResponse> {
    query.finish()?;
    let owner = caller.user_id;
    let position = state.events.head().position();
    let user = state.events.load::<User>(&StreamId::new(User::CATEGORY, owner.as_uuid())).await?.state;
    let subject_key = state.keys.get(owner.as_uuid()).await?;
    let uses = uses::of(&mut *state.pool.get().await?, owner).await?;
    let keys = user.active()?.api_keys.iter().rev();
    let items = keys.map(|key| ApiKeyView::open(key, &subject_key, &uses)).collect::<ApiResult<_>>()?;
    Ok(HttpResponse::Ok().insert_header((POSITION, position)).json(ApiKeyList { items }))
}
