//! `GET /v1/webhooks/{id}/deliveries`.

use actix_web::{HttpResponse, http::header, web};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    super::{find, named},
    DeliveryView, store,
};
use crate::{error::ApiResult, extract::Query, state::State};

const DEFAULT_LIMIT: i64 = 50;
const MAX_LIMIT: i64 = 200;
const STATES: [&str; 3] = ["pending", "delivered", "failed"];

/// A page of deliveries.
#[derive(Serialize, ToSchema)]
pub struct DeliveryPage {
    items: Vec<DeliveryView>,
    /// For the next page; `null` on the last one.
    next_cursor: Option<String>,
}

/// List what was sent to a webhook
///
/// The newest first, for 30 days.
#[utoipa::path(
    get, path = "/v1/webhooks/{id}/deliveries", tag = "webhooks",
    params(
        ("id" = Uuid, Path, description = "The webhook's id"),
        ("state" = Option<String>, Query, description = "Those in this state only", pattern = "^(pending|delivered|failed)$"),
        ("limit" = Option<i64>, Query, description = "Deliveries in a page; 50 by default", minimum = 1, maximum = 200),
        ("cursor" = Option<String>, Query, min_length = 32, description = "`next_cursor` of the page before, which had the same other parameters"),
    ),
    responses((status = 200, description = "A page of deliveries", body = DeliveryPage))
)]
pub async fn list_deliveries(state: State, id: web::Path<String>, mut query: Query) -> ApiResult<HttpResponse> {
    let wanted = query.parsed("state", "unknown_state", |text| {
        STATES.into_iter().find(|state| *state == text).ok_or("must be pending, delivered or failed")
    });
    let limit = query.number("limit", 1..=MAX_LIMIT).unwrap_or(DEFAULT_LIMIT);
    let cursor = query.text("cursor");
    query.finish()?;
    let id = named(&id)?;
    find(&state, id).await?;
    let asked = wanted.map(|state| format!("state={state}&")).unwrap_or_default();
    let bound = format!("webhook deliveries {id} {asked}");
    let last: Option<Uuid> = cursor.map(|cursor| state.cursors.read(&bound, &cursor)).transpose()?;

    // One more than asked for tells whether there is another page.
    let mut rows = store::page(&mut *state.pool.get().await?, id.as_uuid(), wanted, last, limit + 1).await?;
    let more = rows.len() as i64 > limit;
    rows.truncate(limit as usize);
    let last = rows.last().map(|row| row.id).filter(|_| more);
    let next_cursor = last.map(|id| state.cursors.write(&bound, &id)).transpose()?;

    let mut response = HttpResponse::Ok();
    response.insert_header((header::CACHE_CONTROL, "no-store"));
    if let Some(cursor) = &next_cursor {
        let next = format!("</v1/webhooks/{id}/deliveries?{asked}limit={limit}&cursor={cursor}>; rel=\"next\"");
        response.insert_header((header::LINK, next));
    }
    Ok(response.json(DeliveryPage { items: rows.into_iter().map(DeliveryView::from).collect(), next_cursor }))
}
