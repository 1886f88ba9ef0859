//! Headers that tie an answer to a version of a resource and to a position of the log.

use actix_web::{
    HttpResponse, HttpResponseBuilder,
    http::header::{self, HeaderName},
};
use serde::Serialize;

use crate::{
    error::{ApiError, ApiResult},
    extract::IfNoneMatch,
};

pub const POSITION: HeaderName = HeaderName::from_static("tidemark-position");

/// The entity tag of a version.
pub fn etag(version: i64) -> String {
    format!("\"v{version}\"")
}

/// One resource, or 304 when the caller has this version.
pub fn resource<T: Serialize>(body: &T, version: i64, position: i64, cached: &IfNoneMatch) -> HttpResponse {
    let mut response = if cached.has(version) { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response.insert_header((header::ETAG, etag(version))).insert_header((POSITION, position));
    if cached.has(version) { response.finish() } else { response.json(body) }
}

/// The same for a resource that is written as text.
pub fn resource_text(
    version: i64,
    position: i64,
    cached: &IfNoneMatch,
    write: impl FnOnce(&mut Vec<u8>) -> serde_json::Result<()>,
) -> ApiResult<HttpResponse> {
    let has = cached.has(version);
    let mut response = if has { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response.insert_header((header::ETAG, etag(version))).insert_header((POSITION, position));
    if has {
        return Ok(response.finish());
    }
    let mut body = vec![];
    write(&mut body).map_err(|error| ApiError::Internal(error.into()))?;
    Ok(response.content_type("application/json").body(body))
}

/// What a command did that leaves nothing to show.
pub fn done(position: Option<i64>) -> HttpResponse {
    let mut response = HttpResponse::NoContent();
    if let Some(position) = position {
        response.insert_header((POSITION, position));
    }
    response.finish()
}

/// What a command did to a resource.
pub fn changed<T: Serialize>(
    mut response: HttpResponseBuilder,
    body: &T,
    version: i64,
    position: Option<i64>,
) -> HttpResponse {
    response.insert_header((header::ETAG, etag(version)));
    if let Some(position) = position {
        response.insert_header((POSITION, position));
    }
    response.json(body)
}
