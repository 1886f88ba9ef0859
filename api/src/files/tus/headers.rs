//! The headers of the protocol.

use actix_web::{
    HttpRequest, HttpResponseBuilder,
    http::header::{HeaderName, HeaderValue},
};
use chrono::{DateTime, Utc};

use crate::error::{ApiError, ApiResult, FieldError};

pub(super) const RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
pub(super) const TUS_VERSION: HeaderName = HeaderName::from_static("tus-version");
pub(super) const EXTENSION: HeaderName = HeaderName::from_static("tus-extension");
pub(super) const MAX_SIZE: HeaderName = HeaderName::from_static("tus-max-size");
pub(super) const ALGORITHM: HeaderName = HeaderName::from_static("tus-checksum-algorithm");
pub(super) const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
pub(super) const LENGTH: HeaderName = HeaderName::from_static("upload-length");
pub(super) const METADATA: HeaderName = HeaderName::from_static("upload-metadata");
pub(super) const CHECKSUM: HeaderName = HeaderName::from_static("upload-checksum");
pub(super) const EXPIRES: HeaderName = HeaderName::from_static("upload-expires");
/// The one version that is spoken here.
pub(super) const VERSION: &str = "1.0.0";

/// Refuses whoever speaks another version.
pub(super) fn check_version(request: &HttpRequest) -> ApiResult<()> {
    if text(request, &RESUMABLE) == Some(VERSION) { Ok(()) } else { Err(ApiError::UnsupportedTusVersion) }
}

pub(super) fn text<'a>(request: &'a HttpRequest, name: &HeaderName) -> Option<&'a str> {
    request.headers().get(name)?.to_str().ok()
}

/// A header that has to be there, and a number of bytes.
pub(super) fn number(request: &HttpRequest, name: &HeaderName) -> ApiResult<u64> {
    let digits = text(request, name).filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    digits.and_then(|text| text.parse().ok()).ok_or_else(|| invalid(name, "must be a number of bytes"))
}

pub(super) fn invalid(name: &HeaderName, detail: &'static str) -> ApiError {
    ApiError::BadRequest(vec![FieldError::header(name, "invalid_header", detail)])
}

/// What every answer says about an upload that goes on.
pub(super) fn describe(response: &mut HttpResponseBuilder, offset: u64, expires_at: Option<DateTime<Utc>>) {
    response.insert_header((RESUMABLE, VERSION)).insert_header((OFFSET, offset));
    if let Some(value) = expires_at.and_then(|time| HeaderValue::try_from(http_date(time)).ok()) {
        response.insert_header((EXPIRES, value));
    }
}

/// As RFC 9110 writes dates.
fn http_date(time: DateTime<Utc>) -> String {
    time.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}
