//! `GET /v1/orders`.

use actix_web::HttpResponse;
use api::{
    answer::POSITION,
    auth::Caller,
    error::ApiResult,
    extract::{After, Query},
    state::State,
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::view::OrderView;
use crate::read_model::{NAME, queries};

const DEFAULT_LIMIT: i64 = 50;
const MAX_LIMIT: i64 = 200;

/// A page of orders.
#[derive(Serialize, ToSchema)]
pub struct OrderPage {
    items: Vec<OrderView>,
    /// For the next page; `null` on the last one.
    next_cursor: Option<String>,
}

/// List one's own orders
///
/// The newest comes first.
#[utoipa::path(
    get, path = "/v1/orders", tag = "orders",
    params(
        ("limit" = Option<i64>, Query, description = "Orders in a page; 50 by default", minimum = 1, maximum = 200),
        ("cursor" = Option<String>, Query, min_length = 32, description = "`next_cursor` of the page before"),
        ("after" = Option<i64>, Query, description = "As `Tidemark-After`", minimum = 0),
        ("Tidemark-After" = Option<i64>, Header, minimum = 0, description = "Answer what is true at this position or later"),
    ),
    responses((status = 200, description = "A page of orders", body = OrderPage))
)]
pub async fn list_orders(state: State, caller: Caller, after: After, mut query: Query) -> ApiResult<HttpResponse> {
    let limit = query.number("limit", 1..=MAX_LIMIT).unwrap_or(DEFAULT_LIMIT);
    let cursor = query.text("cursor");
    let after = after.or_parameter(query.number("after", 0..=i64::MAX));
    query.finish()?;
    let customer = caller.user_id.as_uuid();
    let bound = format!("orders {customer}");
    let last: Option<Uuid> = cursor.map(|cursor| state.cursors.read(&bound, &cursor)).transpose()?;

    let position = state.reflected(NAME, after, &[]).await?;
    // One more than asked for tells whether there is another page.
    let mut rows = queries::of_customer(&mut *state.pool.get().await?, customer, last, limit + 1).await?;
    let more = rows.len() as i64 > limit;
    rows.truncate(limit as usize);
    let last = rows.last().map(|row| row.id).filter(|_| more);
    let next_cursor = last.map(|id| state.cursors.write(&bound, &id)).transpose()?;

    let mut response = HttpResponse::Ok();
    response.insert_header((POSITION, position));
    if let Some(cursor) = &next_cursor {
        let link = format!("</v1/orders?limit={limit}&cursor={cursor}>; rel=\"next\"");
        response.insert_header(("Link", link));
    }
    Ok(response.json(OrderPage { items: rows.into_iter().map(OrderView::of_row).collect(), next_cursor }))
}
