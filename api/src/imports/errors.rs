//! `GET /v1/imports/{id}/errors`.

use actix_web::{HttpResponse, http::header, web};
use projections::imports::{ImportErrorRow, NAME, queries};
use serde::Serialize;
use utoipa::ToSchema;

use super::{find, named, stream};
use crate::{
    answer::POSITION,
    auth::Caller,
    error::ApiResult,
    extract::{After, Query},
    state::State,
};

const DEFAULT_LIMIT: i64 = 50;
const MAX_LIMIT: i64 = 200;

/// A page of errors.
#[derive(Serialize, ToSchema)]
pub struct ImportErrorPage {
    items: Vec<ImportErrorView>,
    /// For the next page; `null` on the last one.
    next_cursor: Option<String>,
}

/// One thing that was wrong with a line. What stood there is kept nowhere.
#[derive(Serialize, ToSchema)]
pub struct ImportErrorView {
    /// In which the record begins; counts from 1.
    #[schema(minimum = 1)]
    line: i64,
    /// A JSON Pointer into the record, as far as its collection names places.
    #[schema(example = "/title")]
    pointer: String,
    /// As the request for a single record would have been answered.
    #[schema(example = "too_long")]
    code: String,
}

/// List what was wrong with lines of an import
///
/// In the order of lines; of an import 1,000 are kept, the others are counted only.
#[utoipa::path(
    get, path = "/v1/imports/{id}/errors", tag = "imports",
    params(
        ("id" = Uuid, Path, description = "The import's id"),
        ("limit" = Option<i64>, Query, description = "Errors in a page; 50 by default", minimum = 1, maximum = 200),
        ("cursor" = Option<String>, Query, min_length = 22, description = "`next_cursor` of the page before"),
        ("after" = Option<i64>, Query, description = "As `Tidemark-After`", minimum = 0),
        ("Tidemark-After" = Option<i64>, Header, minimum = 0, description = "Answer what is true at this position or later"),
    ),
    responses((status = 200, description = "A page of errors", body = ImportErrorPage))
)]
pub async fn list_import_errors(
    state: State,
    caller: Caller,
    id: web::Path<String>,
    after: After,
    mut query: Query,
) -> ApiResult<HttpResponse> {
    let limit = query.number("limit", 1..=MAX_LIMIT).unwrap_or(DEFAULT_LIMIT);
    let cursor = query.text("cursor");
    let after = after.or_parameter(query.number("after", 0..=i64::MAX));
    query.finish()?;
    let id = named(&id)?;
    find(&state, &caller, id).await?;
    let bound = format!("import errors {}", id.as_uuid());
    let last: Option<i64> = cursor.map(|cursor| state.cursors.read(&bound, &cursor)).transpose()?;

    let position = state.reflected(NAME, after, &[stream(id).as_str()]).await?;
    // One more than asked for tells whether there is another page.
    let mut rows = queries::errors(&mut *state.pool.get().await?, id.as_uuid(), last, limit + 1).await?;
    let more = rows.len() as i64 > limit;
    rows.truncate(limit as usize);
    let last = rows.last().map(|row| row.number).filter(|_| more);
    let next_cursor = last.map(|number| state.cursors.write(&bound, &number)).transpose()?;

    let mut response = HttpResponse::Ok();
    response.insert_header((POSITION, position));
    if let Some(cursor) = &next_cursor {
        let next = format!("</v1/imports/{}/errors?limit={limit}&cursor={cursor}>; rel=\"next\"", id.as_uuid());
        response.insert_header((header::LINK, next));
    }
    Ok(response.json(ImportErrorPage { items: rows.into_iter().map(ImportErrorView::from).collect(), next_cursor }))
}

impl From<ImportErrorRow> for ImportErrorView {
    fn from(row: ImportErrorRow) -> Self {
        Self { line: row.line, pointer: row.pointer, code: row.code }
    }
}
