//! `GET /v1/files/{id}`.

use actix_web::{HttpResponse, web};

use super::{FileView, find, named};
use crate::{
    answer,
    auth::Caller,
    error::ApiResult,
    extract::{IfNoneMatch, Query},
    state::State,
};

/// Show what is known of a file
#[utoipa::path(
    get, path = "/v1/files/{id}", tag = "files",
    params(
        ("id" = Uuid, Path, description = "The file's id"),
        ("If-None-Match" = Option<String>, Header, description = "ETags that the caller has"),
    ),
    responses(
        (status = 200, description = "The file", body = FileView),
        (status = 304, description = "The caller has this version"),
    )
)]
pub async fn show_file(
    state: State,
    caller: Caller,
    id: web::Path<String>,
    cached: IfNoneMatch,
    query: Query,
) -> ApiResult<HttpResponse> {
    query.finish()?;
    let position = state.events.head().position();
    let found = find(&state, &caller, named(&id)?, "read").await?;
    let view = FileView::open(found.id, found.version, &found.kept, &state.keys).await?;
    Ok(answer::resource(&view, found.version, position, &cached))
}
