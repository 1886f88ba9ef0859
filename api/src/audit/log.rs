//! `GET /v1/audit`.

use actix_web::HttpResponse;
use event_store::history::{self, Search};
use url::form_urlencoded;

use super::{AuditEntry, AuditPage, DEFAULT_LIMIT, MAX_LIMIT, answer};
use crate::{error::ApiResult, extract::Query, state::State};

const LONGEST_NAME: usize = 64;

/// See what happened anywhere
///
/// Needs `audit:read:all`. The newest comes first. Read from the log, so it is always up to date.
#[utoipa::path(
    get, path = "/v1/audit", tag = "audit",
    params(
        ("category" = Option<String>, Query, description = "Only what happened to this kind of thing", max_length = 64, pattern = "^[A-Za-z0-9_.-]+$", example = "user"),
        ("type" = Option<String>, Query, description = "Only events of this type", max_length = 64, pattern = "^[A-Za-z0-9_.-]+$", example = "user.role_granted"),
        ("actor" = Option<String>, Query, description = "Only what this user or part of the system asked for", max_length = 64, pattern = "^[A-Za-z0-9_.-]+$"),
        ("limit" = Option<i64>, Query, description = "Events in a page; 50 by default", minimum = 1, maximum = 200),
        ("cursor" = Option<String>, Query, min_length = 22, description = "`next_cursor` of the page before, which had the same filter"),
    ),
    responses((status = 200, description = "A page of events", body = AuditPage))
)]
pub async fn audit_log(state: State, mut query: Query) -> ApiResult<HttpResponse> {
    let mut name = |parameter| query.parsed(parameter, "malformed", parse_name);
    let search = Search { category: name("category"), event_type: name("type"), actor: name("actor") };
    let limit = query.number("limit", 1..=MAX_LIMIT).unwrap_or(DEFAULT_LIMIT);
    let cursor = query.text("cursor");
    query.finish()?;
    let canonical = canonical(&search);
    let bound = format!("audit {canonical}");
    let before: Option<i64> = cursor.map(|cursor| state.cursors.read(&bound, &cursor)).transpose()?;

    let position = state.events.head().position();
    let mut conn = state.pool.get().await?;
    let found = history::of_log(&mut conn, &search, before.unwrap_or(i64::MAX), limit).await?;
    drop(conn);
    let next_cursor = found.before.map(|before| state.cursors.write(&bound, &before)).transpose()?;
    let position = found.events.first().map_or(position, |event| event.position.max(position));
    let items = found.events.iter().map(AuditEntry::from).collect();
    Ok(answer(&AuditPage { items, next_cursor }, position, &format!("/v1/audit?{canonical}limit={limit}")))
}

/// The filter again, in one form: cursors are bound to it.
fn canonical(search: &Search) -> String {
    let parts = [("category", &search.category), ("type", &search.event_type), ("actor", &search.actor)];
    let mut text = form_urlencoded::Serializer::new(String::new());
    for (name, value) in parts {
        if let Some(value) = value {
            text.append_pair(name, value);
        }
    }
    let text = text.finish();
    if text.is_empty() { text } else { text + "&" }
}

fn parse_name(text: &str) -> Result<String, &'static str> {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    if (1..=LONGEST_NAME).contains(&text.len()) && text.bytes().all(is_allowed) {
        Ok(text.to_owned())
    } else {
        Err("must be 1 to 64 letters, digits and -_.")
    }
}
