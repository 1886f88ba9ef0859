//! `GET /v1/webhooks/{id}/deliveries/{delivery}`.

use actix_web::{HttpResponse, http::header, web};

use super::{
    super::{find, named},
    DeliveryDetails, parse_id, store,
};
use crate::{
    error::{ApiError, ApiResult},
    extract::Query,
    state::State,
};

/// Attempts that are shown.
const MOST_ATTEMPTS: i64 = 100;

/// Show what was sent to a webhook, and what it answered
#[utoipa::path(
    get, path = "/v1/webhooks/{id}/deliveries/{delivery}", tag = "webhooks",
    params(
        ("id" = Uuid, Path, description = "The webhook's id"),
        ("delivery" = Uuid, Path, description = "The delivery's id"),
    ),
    responses((status = 200, description = "The delivery, with its attempts", body = DeliveryDetails))
)]
pub async fn show_delivery(state: State, path: web::Path<(String, String)>, query: Query) -> ApiResult<HttpResponse> {
    query.finish()?;
    let (webhook, id) = (named(&path.0)?, parse_id(&path.1)?);
    find(&state, webhook).await?;
    let key = state.keys.get(webhook.as_uuid()).await?;
    let mut conn = state.pool.get().await?;
    let delivery = store::find(&mut conn, webhook.as_uuid(), id).await?.ok_or(ApiError::NotFound)?;
    let attempts = store::attempts(&mut conn, id, MOST_ATTEMPTS).await?;
    let details = DeliveryDetails::open(delivery, attempts, &key);
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(details))
}
