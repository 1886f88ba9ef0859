//! `GET /v1/collections/{name}/records`.

use actix_web::{HttpResponse, http::header, web};
use domain::collections::Action;
use projections::records::{NAME, queries};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{RecordView, access::Access, list_query::ListQuery};
use crate::{
    answer::POSITION,
    auth::Caller,
    collections::named,
    error::{ApiError, ApiResult},
    extract::{After, Query},
    state::State,
};

const DEFAULT_LIMIT: i64 = 50;
const MAX_LIMIT: i64 = 200;

/// A page of records.
#[derive(Serialize, ToSchema)]
pub struct RecordPage {
    items: Vec<RecordView>,
    /// For the next page; `null` on the last one.
    next_cursor: Option<String>,
}

/// List records
///
/// Those for which the collection's rule for `list` holds, and `filter` too. The newest comes first, unless `sort` says
/// otherwise.
#[utoipa::path(
    get, path = "/v1/collections/{name}/records", tag = "records",
    params(
        ("name" = String, Path, description = "The collection's name"),
        ("filter" = Option<String>, Query, description = "A condition in CEL, such as `record.status == \"open\"`", max_length = 4096),
        ("sort" = Option<String>, Query, description = "By the time of creation; `-created_at` by default", pattern = "^-?created_at$"),
        ("limit" = Option<i64>, Query, description = "Records in a page; 50 by default", minimum = 1, maximum = 200),
        ("cursor" = Option<String>, Query, min_length = 32, description = "`next_cursor` of the page before, which had the same other parameters"),
        ("after" = Option<i64>, Query, description = "As `Tidemark-After`", minimum = 0),
        ("Tidemark-After" = Option<i64>, Header, minimum = 0, description = "Answer what is true at this position or later"),
    ),
    responses((status = 200, description = "A page of records", body = RecordPage))
)]
pub async fn list_records(
    state: State,
    caller: Caller,
    name: web::Path<String>,
    after: After,
    mut query: Query,
) -> ApiResult<HttpResponse> {
    let wanted = ListQuery::take(&mut query);
    let limit = query.number("limit", 1..=MAX_LIMIT).unwrap_or(DEFAULT_LIMIT);
    let cursor = query.text("cursor");
    let after = after.or_parameter(query.number("after", 0..=i64::MAX));
    query.finish()?;
    let name = named(&name)?;
    let collection = state.collections.find(&name).await?;
    let access = Access::new(&caller, state.clock.now());
    let listed = access.allow(Action::List, &collection.shape);
    if listed.constant() == Some(false) {
        return Err(ApiError::Forbidden);
    }
    let filter = listed.and(wanted.filter(&collection.shape, &access.request())?);
    let (canonical, bound) =
        (wanted.canonical(), format!("records {} {}", collection.id.as_uuid(), wanted.canonical()));
    let last: Option<Uuid> = cursor.map(|cursor| state.cursors.read(&bound, &cursor)).transpose()?;

    let position = state.reflected(NAME, after, &[]).await?;
    let mut conn = state.pool.get().await?;
    // One more than asked for tells whether there is another page.
    let mut rows = queries::list(&mut conn, collection.id, &filter, wanted.order, last, limit + 1).await?;
    drop(conn);
    let more = rows.len() as i64 > limit;
    rows.truncate(limit as usize);
    let last = rows.last().map(|row| row.id).filter(|_| more);
    let next_cursor = last.map(|id| state.cursors.write(&bound, &id)).transpose()?;

    let mut response = HttpResponse::Ok();
    response.insert_header((POSITION, position));
    if let Some(cursor) = &next_cursor {
        let query = if canonical.is_empty() { canonical } else { canonical + "&" };
        let next = format!("</v1/collections/{name}/records?{query}limit={limit}&cursor={cursor}>; rel=\"next\"");
        response.insert_header((header::LINK, next));
    }
    let items = rows.into_iter().map(RecordView::of_row).collect();
    Ok(response.json(RecordPage { items, next_cursor }))
}
