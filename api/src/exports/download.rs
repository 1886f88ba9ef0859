//! `GET /v1/users/me/exports/{id}/download`.

use actix_web::{HttpResponse, http::header, web};
use domain::Sealed;

use super::{EXPORT, parse_id, store};
use crate::{
    auth::{Caller, step_up::require_recent},
    error::{ApiError, ApiResult, Problem},
    extract::Query,
    state::State,
};

/// Download an export of one's own data
///
/// Takes a recent authentication.
#[utoipa::path(
    get, path = "/v1/users/me/exports/{id}/download", tag = "users",
    params(("id" = Uuid, Path, description = "The export's id")),
    responses(
        (status = 200, description = "Account, sessions and events, with everything that is sealed opened", body = Value),
        (status = 409, description = "It is not ready", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn download_export(
    state: State,
    caller: Caller,
    id: web::Path<String>,
    query: Query,
) -> ApiResult<HttpResponse> {
    query.finish()?;
    let (id, user) = (parse_id(&id)?, caller.user_id.as_uuid());
    require_recent(&state, &caller).await?;
    let content = store::content(&mut *state.pool.get().await?, id, user, state.clock.now()).await?;
    let sealed = content.ok_or(ApiError::NotFound)?.ok_or(ApiError::Conflict)?;
    let text = state.keys.open(user, EXPORT, &Sealed::from_ciphertext(sealed)).await?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"tidemark-export-{id}.json\"")))
        .content_type("application/json")
        .body(text))
}
