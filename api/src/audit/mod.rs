//! What happened to whom, and who did it: the log as people may see it, without anything personal.

pub mod log;
pub mod user;
mod view;

use actix_web::{HttpResponse, http::header};

pub use view::{AuditEntry, AuditPage};

use crate::answer::POSITION;

const DEFAULT_LIMIT: i64 = 50;
const MAX_LIMIT: i64 = 200;

/// A page that reflects the log up to `position`; `link` is the list's own URL with its filter.
fn answer(page: &AuditPage, position: i64, link: &str) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    response.insert_header((POSITION, position));
    if let Some(cursor) = &page.next_cursor {
        response.insert_header((header::LINK, format!("<{link}&cursor={cursor}>; rel=\"next\"")));
    }
    response.json(page)
}
