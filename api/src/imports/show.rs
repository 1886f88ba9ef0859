//! `GET /v1/imports/{id}`.

use actix_web::{HttpResponse, web};

use super::{ImportView, find, named};
use crate::{
    answer,
    auth::Caller,
    error::{ApiError, ApiResult},
    extract::{IfNoneMatch, Query},
    state::State,
};

/// Show how far an import is
///
/// As the log has it at this moment: `received_bytes` is where to go on.
#[utoipa::path(
    get, path = "/v1/imports/{id}", tag = "imports",
    params(
        ("id" = Uuid, Path, description = "The import's id"),
        ("If-None-Match" = Option<String>, Header, description = "ETags that the caller has"),
    ),
    responses(
        (status = 200, description = "The import", body = ImportView),
        (status = 304, description = "The caller has this version"),
    )
)]
pub async fn show_import(
    state: State,
    caller: Caller,
    id: web::Path<String>,
    cached: IfNoneMatch,
    query: Query,
) -> ApiResult<HttpResponse> {
    query.finish()?;
    let (id, position) = (named(&id)?, state.events.head().position());
    let found = find(&state, &caller, id).await?;
    let view = ImportView::of(id, found.version, &found.state).ok_or(ApiError::NotFound)?;
    Ok(answer::resource(&view, view.version, position, &cached))
}
