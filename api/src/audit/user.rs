//! `GET /v1/users/{id}/audit` and `GET /v1/users/me/audit`.

use actix_web::{HttpResponse, web};
use domain::{Aggregate, users::User};
use event_store::{StreamId, history};
use uuid::Uuid;

use super::{AuditEntry, AuditPage, DEFAULT_LIMIT, MAX_LIMIT, answer};
use crate::{
    auth::Caller,
    error::{ApiError, ApiResult},
    extract::Query,
    state::{AppState, State},
};

/// See what happened to one's own account
///
/// The newest comes first. Read from the log, so it is always up to date.
#[utoipa::path(
    get, path = "/v1/users/me/audit", tag = "audit",
    params(
        ("limit" = Option<i64>, Query, description = "Events in a page; 50 by default", minimum = 1, maximum = 200),
        ("cursor" = Option<String>, Query, min_length = 22, description = "`next_cursor` of the page before"),
    ),
    responses((status = 200, description = "A page of events", body = AuditPage))
)]
pub async fn my_audit(state: State, caller: Caller, query: Query) -> ApiResult<HttpResponse> {
    page(&state, caller.user_id.as_uuid(), "/v1/users/me/audit", query).await
}

/// See what happened to a user's account
///
/// Also of those who were erased. The newest comes first. Read from the log, so it is always up to date.
#[utoipa::path(
    get, path = "/v1/users/{id}/audit", tag = "audit",
    params(
        ("id" = Uuid, Path, description = "The user's id"),
        ("limit" = Option<i64>, Query, description = "Events in a page; 50 by default", minimum = 1, maximum = 200),
        ("cursor" = Option<String>, Query, min_length = 22, description = "`next_cursor` of the page before"),
    ),
    responses((status = 200, description = "A page of events", body = AuditPage))
)]
pub async fn user_audit(state: State, id: web::Path<String>, query: Query) -> ApiResult<HttpResponse> {
    // Nothing but a UUID names a user.
    let id = Uuid::try_parse(&id).map_err(|_| ApiError::NotFound)?;
    page(&state, id, &format!("/v1/users/{id}/audit"), query).await
}

async fn page(state: &AppState, user: Uuid, url: &str, mut query: Query) -> ApiResult<HttpResponse> {
    let limit = query.number("limit", 1..=MAX_LIMIT).unwrap_or(DEFAULT_LIMIT);
    let cursor = query.text("cursor");
    query.finish()?;
    let bound = format!("audit {user}");
    let before: Option<i64> = cursor.map(|cursor| state.cursors.read(&bound, &cursor)).transpose()?;

    let position = state.events.head().position();
    let stream = StreamId::new(User::CATEGORY, user);
    // One more than asked for tells whether there is another page.
    let mut conn = state.pool.get().await?;
    let mut events = history::of_stream(&mut conn, stream.as_str(), before.unwrap_or(i64::MAX), limit + 1).await?;
    drop(conn);
    if events.is_empty() && before.is_none() {
        return Err(ApiError::NotFound);
    }
    let more = events.len() as i64 > limit;
    events.truncate(limit as usize);
    let last = events.last().map(|event| event.stream_version).filter(|_| more);
    let next_cursor = last.map(|version| state.cursors.write(&bound, &version)).transpose()?;
    let position = events.first().map_or(position, |event| event.position.max(position));
    let items = events.iter().map(AuditEntry::from).collect();
    Ok(answer(&AuditPage { items, next_cursor }, position, &format!("{url}?limit={limit}")))
}
