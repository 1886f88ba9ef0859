//! `GET /v1/orders/{id}`.

use actix_web::{HttpResponse, web};
use api::{
    answer,
    auth::Caller,
    error::{ApiError, ApiResult},
    extract::{After, IfNoneMatch, Query},
    state::State,
};
use domain::roles::Scope;

use super::{named, stream, view::OrderView};
use crate::read_model::{NAME, queries};

/// Show an order
///
/// One's own, or anybody's with `orders:read:all`.
#[utoipa::path(
    get, path = "/v1/orders/{id}", tag = "orders",
    params(
        ("id" = Uuid, Path, description = "The order's id"),
        ("after" = Option<i64>, Query, description = "As `Tidemark-After`", minimum = 0),
        ("Tidemark-After" = Option<i64>, Header, minimum = 0, description = "Answer what is true at this position or later"),
        ("If-None-Match" = Option<String>, Header, description = "ETags that the caller has"),
    ),
    responses(
        (status = 200, description = "The order", body = OrderView),
        (status = 304, description = "The caller has this version"),
    )
)]
pub async fn show_order(
    state: State,
    caller: Caller,
    id: web::Path<String>,
    after: After,
    cached: IfNoneMatch,
    mut query: Query,
) -> ApiResult<HttpResponse> {
    let after = after.or_parameter(query.number("after", 0..=i64::MAX));
    query.finish()?;
    let id = named(&id)?;
    let position = state.reflected(NAME, after, &[stream(id).as_str()]).await?;
    let found = queries::find(&mut *state.pool.get().await?, id.as_uuid()).await?;
    let may_see = |customer| customer == caller.user_id.as_uuid() || caller.may("orders", "read", Scope::All);
    let row = found.filter(|row| may_see(row.customer)).ok_or(ApiError::NotFound)?;
    let (position, version) = (position.max(row.position), row.version);
    Ok(answer::resource(&OrderView::of_row(row), version, position, &cached))
}
