//! `GET /v1/collections/{name}`.

use actix_web::{HttpResponse, web};
use bootstrap::db::Connection;
use projections::collections::{NAME, queries};

use super::{CollectionView, named};
use crate::{
    answer,
    error::{ApiError, ApiResult},
    extract::{After, IfNoneMatch, Query},
    state::State,
};

/// Show a collection
#[utoipa::path(
    get, path = "/v1/collections/{name}", tag = "collections",
    params(
        ("name" = String, Path, description = "The collection's name"),
        ("after" = Option<i64>, Query, description = "As `Tidemark-After`", minimum = 0),
        ("Tidemark-After" = Option<i64>, Header, minimum = 0, description = "Answer what is true at this position or later"),
        ("If-None-Match" = Option<String>, Header, description = "ETags that the caller has"),
    ),
    responses(
        (status = 200, description = "The collection", body = CollectionView),
        (status = 304, description = "The caller has this version"),
    )
)]
pub async fn show_collection(
    state: State,
    name: web::Path<String>,
    after: After,
    cached: IfNoneMatch,
    mut query: Query,
) -> ApiResult<HttpResponse> {
    let after = after.or_parameter(query.number("after", 0..=i64::MAX));
    query.finish()?;
    let name = named(&name)?;
    let find = async |conn: &mut Connection| queries::find(conn, &name).await?.ok_or(ApiError::NotFound);
    let (row, position) = state.read(NAME, (after, &[]), find).await?;
    let (version, position) = (row.version, position.max(row.position));
    Ok(answer::resource(&CollectionView::of_row(row)?, version, position, &cached))
}
