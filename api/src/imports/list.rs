//! `GET /v1/imports`.

use actix_web::{HttpResponse, http::header};
use domain::roles::Scope;
use projections::imports::{NAME, queries};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::ImportView;
use crate::{
    answer::POSITION,
    auth::Caller,
    error::{ApiError, ApiResult},
    extract::{After, Query},
    state::State,
};

const DEFAULT_LIMIT: i64 = 50;
const MAX_LIMIT: i64 = 200;

/// A page of imports.
#[derive(Serialize, ToSchema)]
pub struct ImportPage {
    items: Vec<ImportView>,
    /// For the next page; `null` on the last one.
    next_cursor: Option<String>,
}

/// List imports
///
/// One's own, the newest first. Whoever has `records:create:all` may ask for those of another `owner`, or of everybody with `*`.
#[utoipa::path(
    get, path = "/v1/imports", tag = "imports",
    params(
        ("owner" = Option<String>, Query, description = "A user's id, or `*`"),
        ("limit" = Option<i64>, Query, description = "Imports in a page; 50 by default", minimum = 1, maximum = 200),
        ("cursor" = Option<String>, Query, min_length = 32, description = "`next_cursor` of the page before, which had the same other parameters"),
        ("after" = Option<i64>, Query, description = "As `Tidemark-After`", minimum = 0),
        ("Tidemark-After" = Option<i64>, Header, minimum = 0, description = "Answer what is true at this position or later"),
    ),
    responses((status = 200, description = "A page of imports", body = ImportPage))
)]
pub async fn list_imports(state: State, caller: Caller, after: After, mut query: Query) -> ApiResult<HttpResponse> {
    let own = Some(caller.user_id.as_uuid());
    let asked = query.parsed("owner", "malformed", |text| match text {
        "*" => Ok(None),
        id => Uuid::try_parse(id).map(Some).map_err(|_| "must be a user's id or *"),
    });
    let limit = query.number("limit", 1..=MAX_LIMIT).unwrap_or(DEFAULT_LIMIT);
    let cursor = query.text("cursor");
    let after = after.or_parameter(query.number("after", 0..=i64::MAX));
    query.finish()?;
    let owner = asked.unwrap_or(own);
    if owner != own && !caller.may("records", "create", Scope::All) {
        return Err(ApiError::Forbidden);
    }
    let asked = owner.map_or_else(|| "*".to_owned(), |id| id.to_string());
    let bound = format!("imports {asked}");
    let last: Option<Uuid> = cursor.map(|cursor| state.cursors.read(&bound, &cursor)).transpose()?;

    let position = state.reflected(NAME, after, &[]).await?;
    // One more than asked for tells whether there is another page.
    let mut rows = queries::page(&mut *state.pool.get().await?, owner, last, limit + 1).await?;
    let more = rows.len() as i64 > limit;
    rows.truncate(limit as usize);
    let last = rows.last().map(|row| row.id).filter(|_| more);
    let next_cursor = last.map(|id| state.cursors.write(&bound, &id)).transpose()?;

    let mut response = HttpResponse::Ok();
    response.insert_header((POSITION, position));
    if let Some(cursor) = &next_cursor {
        let next = format!("</v1/imports?owner={asked}&limit={limit}&cursor={cursor}>; rel=\"next\"");
        response.insert_header((header::LINK, next));
    }
    Ok(response.json(ImportPage { items: rows.into_iter().map(ImportView::of_row).collect(), next_cursor }))
}
