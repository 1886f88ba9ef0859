//! `GET /v1/files/{id}/signed`.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{HeaderName, HeaderValue},
    web,
};

use super::{
    content::serve,
    create::FileContent,
    look_up, named,
    thumbnail::{kept_for, serve_thumbnail},
};
use crate::{error::ApiResult, extract::Query, state::State};

const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Download a file by a signed URL
///
/// As `POST /v1/files/{id}/url` made it; nothing about it can be changed. Pages of other origins may show what it opens.
#[utoipa::path(
    get, path = "/v1/files/{id}/signed", tag = "files",
    params(
        ("id" = Uuid, Path, description = "The file's id"),
        ("expires" = i64, Query, description = "In seconds since 1970"),
        ("disposition" = String, Query, pattern = "^(inline|attachment)$"),
        ("thumbnail" = Option<u32>, Query, description = "The picture of this size instead of the content"),
        ("signature" = String, Query),
        ("Range" = Option<String>, Header, description = "Such as `bytes=0-1023`"),
        ("If-Range" = Option<String>, Header, description = "The ETag of the content that the range is of"),
        ("If-None-Match" = Option<String>, Header, description = "ETags that the caller has"),
    ),
    responses(
        (status = 200, description = "The content", body = FileContent, content_type = "application/octet-stream"),
        (status = 206, description = "A part of it", body = FileContent, content_type = "application/octet-stream"),
        (status = 304, description = "The caller has it"),
        (status = 403, description = "The URL was changed, or has expired", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = 404, description = "The file is gone", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = 416, description = "There is nothing where the range is", body = crate::error::Problem, content_type = "application/problem+json"),
    )
)]
pub async fn download_signed(
    state: State,
    id: web::Path<String>,
    query: Query,
    request: HttpRequest,
) -> ApiResult<HttpResponse> {
    let now = state.clock.now();
    let opened = state.files.urls.open(named(&id)?, query, now)?;
    let found = look_up(&state, opened.file).await?;
    let max_age = opened.expires.saturating_sub(now.timestamp()).unsigned_abs();
    let mut response = match opened.thumbnail {
        Some(size) => serve_thumbnail(&state, &request, &found, size, &kept_for(max_age)).await?,
        None => serve(&state, &request, &found, Some(opened.disposition), max_age).await?,
    };
    response.headers_mut().insert(CROSS_ORIGIN_RESOURCE_POLICY, HeaderValue::from_static("cross-origin"));
    Ok(response)
}
