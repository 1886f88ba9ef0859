//! Headers that tie an answer to a version of a resource and to a position of the log.

use actix_web::{
    HttpResponse, HttpResponseBuilder,
    http::header::{self, HeaderName},
};
use bytes::Bytes;
use serde::Serialize;

use crate::extract::IfNoneMatch;

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

/// One resource as text, or 304 when the caller has this version. Browsers may keep it, and ask each time whether it is still so.
/// Of a content that is converted while its version stays the same, the generation is part of the tag.
pub fn revalidated(
    (version, generation): (i64, i32),
    position: i64,
    cached: &IfNoneMatch,
    text: Bytes,
) -> HttpResponse {
    let tag = if generation == 0 { etag(version) } else { format!("\"v{version}.{generation}\"") };
    let has = cached.has_tag(&tag);
    let mut response = if has { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response.insert_header((header::ETAG, tag)).insert_header((POSITION, position));
    response
        .insert_header((header::CACHE_CONTROL, "private, no-cache"))
        .insert_header((header::VARY, "Authorization, Cookie"));
    if has { response.finish() } else { response.content_type("application/json").body(text) }
}

/// What is true at this position, and for nobody to keep.
pub fn unkept(position: i64, text: Bytes) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    response.insert_header((POSITION, position)).insert_header((header::CACHE_CONTROL, "no-store"));
    response.content_type("application/json").body(text)
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
