//! Cross-origin requests of browsers: an exact list of origins, with credentials.

use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, HeaderMap, HeaderValue, ORIGIN,
    VARY,
};
use bootstrap::config;

use super::allowed_methods;
use crate::routes::Endpoint;

const REQUEST_HEADERS: &str = "authorization, content-digest, content-disposition, content-type, idempotency-key, if-match, if-none-match, if-range, range, repr-digest, tidemark-after, traceparent, tus-resumable, upload-checksum, upload-complete, upload-length, upload-metadata, upload-offset, x-csrf-token, x-request-id";
const RESPONSE_HEADERS: &str = "accept-ranges, content-disposition, content-range, etag, link, location, ratelimit, ratelimit-policy, repr-digest, retry-after, tidemark-position, tus-resumable, upload-expires, upload-length, upload-offset, www-authenticate, x-request-id";
const PREFLIGHT_SECONDS: &str = "600";

/// The request's origin, if it is one of the configured ones, compared as text.
pub(super) fn allowed_origin(http: &config::Http, headers: &HeaderMap) -> Option<HeaderValue> {
    let origin = headers.get(ORIGIN)?;
    http.allowed_origins.iter().any(|allowed| allowed.as_bytes() == origin.as_bytes()).then(|| origin.clone())
}

/// Whether a browser says that the request is from a page which is neither ours nor allowed.
pub(super) fn is_foreign(http: &config::Http, headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(ORIGIN) else { return false };
    let own = http.public_url.origin().ascii_serialization();
    own.as_bytes() != origin.as_bytes() && allowed_origin(http, headers).is_none()
}

/// Tells the browser what an allowed origin may do. Other origins get no such header, and the browser refuses them.
pub(super) fn write(
    origin: Option<&HeaderValue>,
    http: &config::Http,
    endpoints: &[&Endpoint],
    headers: &mut HeaderMap,
) {
    if http.allowed_origins.is_empty() {
        return;
    }
    // A shared cache must not hand one origin's answer to another.
    headers.append(VARY, HeaderValue::from_static("Origin"));
    let Some(origin) = origin else { return };
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
    headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(RESPONSE_HEADERS));
    // Read by browsers in answers to preflights only.
    if let Ok(methods) = HeaderValue::from_str(&allowed_methods(endpoints)) {
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, methods);
    }
    headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(REQUEST_HEADERS));
    headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(PREFLIGHT_SECONDS));
}
