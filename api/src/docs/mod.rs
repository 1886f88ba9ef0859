//! Pages for people: where to start, and the API's document made readable. Everything comes from our own origin.

use actix_web::{HttpResponse, http::header};

/// Scripts and styles come from here only, none are inline, and the page talks to nobody else.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const CACHED: &str = "public, max-age=300";

fn page_of(content_type: &'static str, body: &'static str) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((header::CACHE_CONTROL, CACHED))
        .content_type(content_type)
        .body(body)
}

/// Where to start
#[utoipa::path(get, path = "/", tag = "docs",
    responses((status = 200, description = "Links to everything else", body = String, content_type = "text/html")))]
pub async fn start() -> HttpResponse {
    page_of("text/html; charset=utf-8", include_str!("start.html"))
}

/// This document, for people
#[utoipa::path(get, path = "/docs", tag = "docs",
    responses((status = 200, description = "A page that renders this document", body = String,
               content_type = "text/html")))]
pub async fn page() -> HttpResponse {
    page_of("text/html; charset=utf-8", include_str!("docs.html"))
}

/// The script of the page
#[utoipa::path(get, path = "/docs/docs.js", tag = "docs",
    responses((status = 200, description = "JavaScript", body = String, content_type = "text/javascript")))]
pub async fn script() -> HttpResponse {
    page_of("text/javascript; charset=utf-8", include_str!("docs.js"))
}

/// The style of the page
#[utoipa::path(get, path = "/docs/docs.css", tag = "docs",
    responses((status = 200, description = "Style sheet", body = String, content_type = "text/css")))]
pub async fn style() -> HttpResponse {
    page_of("text/css; charset=utf-8", include_str!("docs.css"))
}
