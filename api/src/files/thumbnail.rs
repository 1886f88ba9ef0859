//! `GET /v1/files/{id}/thumbnail`.

use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl};
use diesel_async::RunQueryDsl;
use file_store::{Key, picture};

use super::{Found, content::FOR_GOOD, content::POLICY, create::FileContent, find, named};
use crate::{
    auth::Caller,
    error::{ApiError, ApiResult, FieldError},
    extract::Query,
    schema::file_thumbnails,
    state::{AppState, State},
};

/// Pictures are mostly there a moment after the file.
const SOON: Duration = Duration::from_secs(2);
/// Of one picture; they are made here, and smaller.
const MAX_BYTES: u64 = 64 << 20;

/// Show a small picture of a file
///
/// Of GIF, JPEG, PNG and WebP; made by workers after the upload: until then it is 404 `not_ready`. Where none can be made it is
/// 404 `not_found`.
#[utoipa::path(
    get, path = "/v1/files/{id}/thumbnail", tag = "files",
    params(
        ("id" = Uuid, Path, description = "The file's id"),
        ("size" = u32, Query, description = "The longest side in pixels: one of those that the installation makes"),
        ("If-None-Match" = Option<String>, Header, description = "ETags that the caller has"),
    ),
    responses(
        (status = 200, description = "The picture", body = FileContent, content_type = "image/jpeg"),
        (status = 304, description = "The caller has it"),
    )
)]
pub async fn show_thumbnail(
    state: State,
    caller: Caller,
    id: web::Path<String>,
    mut query: Query,
    request: HttpRequest,
) -> ApiResult<HttpResponse> {
    let size = query.number("size", 1..=u32::MAX);
    query.finish()?;
    let size = known(size.unwrap_or_default(), &state.files.settings.thumbnails)?;
    let found = find(&state, &caller, named(&id)?, "read").await?;
    serve_thumbnail(&state, &request, &found, size, &kept_for(FOR_GOOD)).await
}

/// A size that pictures are made in.
pub(crate) fn known(size: u32, sizes: &[u32]) -> ApiResult<u32> {
    if sizes.contains(&size) {
        return Ok(size);
    }
    let detail = format!("must be one of {sizes:?}");
    Err(ApiError::BadRequest(vec![FieldError::parameter("size", "unknown_value", detail)]))
}

/// What browsers are told of something that they may keep for so many seconds.
pub(crate) fn kept_for(seconds: u64) -> String {
    format!("private, max-age={seconds}, immutable")
}

/// Answers with the picture; `caching` says for how long it may be kept.
pub(crate) async fn serve_thumbnail(
    state: &AppState,
    request: &HttpRequest,
    found: &Found,
    size: u32,
    caching: &str,
) -> ApiResult<HttpResponse> {
    if !picture::TYPES.contains(&found.kept.content_type.as_str()) {
        return Err(ApiError::NotFound);
    }
    // Of whoever was erased nothing is shown.
    state.keys.get(found.kept.owner.as_uuid()).await?;
    let made: Option<(Vec<i32>, String)> = file_thumbnails::table
        .filter(file_thumbnails::file_id.eq(found.id.as_uuid()))
        .select((file_thumbnails::sizes, file_thumbnails::content_type))
        .first(&mut *state.pool.get().await?)
        .await
        .optional()?;
    let (sizes, content_type) = made.ok_or(ApiError::NotReady { retry_after: SOON })?;
    if !sizes.contains(&size.cast_signed()) {
        return Err(ApiError::NotFound);
    }
    let etag = format!("\"{}-{size}\"", found.kept.sha256);
    let has = super::content::has(request, &etag);
    let mut response = if has { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response
        .content_type(content_type)
        .insert_header((header::ETAG, etag))
        .insert_header((header::CACHE_CONTROL, caching))
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((header::CONTENT_DISPOSITION, "inline"));
    if has {
        return Ok(response.finish());
    }
    let picture = state.files.storage.read(&Key::thumbnail(found.id.as_uuid(), size), 0..MAX_BYTES).await?;
    Ok(response.body(picture))
}
