//! The pages that links in mails lead to. They are the same for everybody: the token is in the fragment, which browsers
//! keep to themselves, and the page's script posts it. Everything comes from our own origin.

use actix_web::{HttpResponse, http::header, web};

use crate::error::{ApiError, ApiResult};

/// Scripts and styles come from here only, none are inline, and the page talks to nobody else.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'";
const CACHED: &str = "public, max-age=300";
/// As the links are made in workers/src/mailer/links.rs.
pub const PAGES: [&str; 4] = ["verify-email", "reset-password", "change-email", "undo-email-change"];

fn static_answer(content_type: &'static str, body: &'static str) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((header::CACHE_CONTROL, CACHED))
        .content_type(content_type)
        .body(body)
}

/// The page of a link that was mailed
#[utoipa::path(get, path = "/account/{page}", tag = "account",
    params(("page" = String, Path, pattern = "^(verify-email|reset-password|change-email|undo-email-change)$")),
    responses((status = 200, description = "A page that hands in the token of its fragment", body = String,
               content_type = "text/html")))]
pub async fn page(page: web::Path<String>) -> ApiResult<HttpResponse> {
    if !PAGES.contains(&page.as_str()) {
        return Err(ApiError::NotFound);
    }
    Ok(static_answer("text/html; charset=utf-8", include_str!("account.html")))
}

/// The script of the pages
#[utoipa::path(get, path = "/account/account.js", tag = "account",
    responses((status = 200, description = "JavaScript", body = String, content_type = "text/javascript")))]
pub async fn script() -> HttpResponse {
    static_answer("text/javascript; charset=utf-8", include_str!("account.js"))
}

/// The style of the pages
#[utoipa::path(get, path = "/account/account.css", tag = "account",
    responses((status = 200, description = "Style sheet", body = String, content_type = "text/css")))]
pub async fn style() -> HttpResponse {
    static_answer("text/css; charset=utf-8", include_str!("account.css"))
}
