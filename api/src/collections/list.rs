//! `GET /v1/collections`.

use actix_web::{HttpResponse, http::header};
use bootstrap::db::Connection;
use projections::collections::{NAME, queries};
use serde::Serialize;
use utoipa::ToSchema;

use super::CollectionView;
use crate::{
    answer::POSITION,
    error::ApiResult,
    extract::{After, Query},
    state::State,
};

const DEFAULT_LIMIT: i64 = 50;
const MAX_LIMIT: i64 = 200;
/// What cursors are bound to.
const BOUND: &str = "collections";

/// A page of collections.
#[derive(Serialize, ToSchema)]
pub struct CollectionPage {
    items: Vec<CollectionView>,
    /// For the next page; `null` on the last one.
    next_cursor: Option<String>,
}

/// List collections
///
/// By name.
#[utoipa::path(
    get, path = "/v1/collections", tag = "collections",
    params(
        ("limit" = Option<i64>, Query, description = "Collections in a page; 50 by default", minimum = 1, maximum = 200),
        ("cursor" = Option<String>, Query, min_length = 24, description = "`next_cursor` of the page before"),
        ("after" = Option<i64>, Query, description = "As `Tidemark-After`", minimum = 0),
        ("Tidemark-After" = Option<i64>, Header, minimum = 0, description = "Answer what is true at this position or later"),
    ),
    responses((status = 200, description = "A page of collections", body = CollectionPage))
)]
pub async fn list_collections(state: State, after: After, mut query: Query) -> ApiResult<HttpResponse> {
    let limit = query.number("limit", 1..=MAX_LIMIT).unwrap_or(DEFAULT_LIMIT);
    let cursor = query.text("cursor");
    let after = after.or_parameter(query.number("after", 0..=i64::MAX));
    query.finish()?;
    let last: Option<String> = cursor.map(|cursor| state.cursors.read(BOUND, &cursor)).transpose()?;

    // One more than asked for tells whether there is another page.
    let page = async |conn: &mut Connection| Ok(queries::page(conn, last.as_deref(), limit + 1).await?);
    let (mut rows, position) = state.read(NAME, (after, &[]), page).await?;
    let more = rows.len() as i64 > limit;
    rows.truncate(limit as usize);
    let last = rows.last().map(|row| row.name.clone()).filter(|_| more);
    let next_cursor = last.map(|name| state.cursors.write(BOUND, &name)).transpose()?;
    let items = rows.into_iter().map(CollectionView::of_row).collect::<ApiResult<_>>()?;

    let mut response = HttpResponse::Ok();
    response.insert_header((POSITION, position));
    if let Some(cursor) = &next_cursor {
        let next = format!("</v1/collections?limit={limit}&cursor={cursor}>; rel=\"next\"");
        response.insert_header((header::LINK, next));
    }
    Ok(response.json(CollectionPage { items, next_cursor }))
}
