//! `GET /v1/users`.

use actix_web::{HttpResponse, http::header};
use futures::{StreamExt, TryStreamExt};
use projections::users::{NAME, queries};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::UserView;
use crate::{
    answer::POSITION,
    error::ApiResult,
    extract::{After, Query},
    state::State,
};

/// What a cursor of this list is bound to; filters and sorting are added to it when there are some.
const QUERY: &str = "users sort=-id";
const DEFAULT_LIMIT: i64 = 50;
const MAX_LIMIT: i64 = 200;
/// Users whose keys are fetched at the same time.
const OPENED_AT_ONCE: usize = 8;

/// A page of users, from the newest to the oldest.
#[derive(Serialize, ToSchema)]
pub struct UserPage {
    items: Vec<UserView>,
    /// For the next page; `null` on the last one.
    next_cursor: Option<String>,
}

/// List users
///
/// For administrators. The newest comes first.
#[utoipa::path(
    get, path = "/v1/users", tag = "users",
    params(
        ("limit" = Option<i64>, Query, description = "Users in a page; 50 by default", minimum = 1, maximum = 200),
        ("cursor" = Option<String>, Query, min_length = 32, description = "`next_cursor` of the page before"),
        ("after" = Option<i64>, Query, description = "As `Tidemark-After`", minimum = 0),
        ("Tidemark-After" = Option<i64>, Header, minimum = 0, description = "Answer what is true at this position or later"),
    ),
    responses((status = 200, description = "A page of users", body = UserPage))
)]
pub async fn list(state: State, after: After, mut query: Query) -> ApiResult<HttpResponse> {
    let limit = query.number("limit", 1..=MAX_LIMIT).unwrap_or(DEFAULT_LIMIT);
    let cursor = query.text("cursor");
    let after = after.or_parameter(query.number("after", 0..=i64::MAX));
    query.finish()?;
    let last: Option<Uuid> = cursor.map(|cursor| state.cursors.read(QUERY, &cursor)).transpose()?;

    let position = state.reflected(NAME, after, &[]).await?;
    // One more than asked for tells whether there is another page.
    let mut rows = queries::page(&mut *state.pool.get().await?, last, limit + 1).await?;
    let more = rows.len() as i64 > limit;
    rows.truncate(limit as usize);
    let last = rows.last().map(|row| row.id).filter(|_| more);
    let next_cursor = last.map(|id| state.cursors.write(QUERY, &id)).transpose()?;
    let opening = rows.into_iter().map(|row| UserView::open(row, &state.keys));
    let items = futures::stream::iter(opening).buffered(OPENED_AT_ONCE).try_collect().await?;

    let mut response = HttpResponse::Ok();
    response.insert_header((POSITION, position));
    if let Some(cursor) = &next_cursor {
        let next = format!("</v1/users?limit={limit}&cursor={cursor}>; rel=\"next\"");
        response.insert_header((header::LINK, next));
    }
    Ok(response.json(UserPage { items, next_cursor }))
}
