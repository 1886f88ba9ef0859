//! `GET /v1/webhooks`.

use actix_web::HttpResponse;
use projections::webhooks::{NAME, queries};
use serde::Serialize;
use utoipa::ToSchema;

use super::WebhookView;
use crate::{
    answer::POSITION,
    error::ApiResult,
    extract::{After, Query},
    state::State,
};

/// All webhooks, the newest first.
#[derive(Serialize, ToSchema)]
pub struct WebhookList {
    items: Vec<WebhookView>,
}

/// List webhooks
///
/// Without their secrets, which are shown once only. There are at most 100, so they come all at once.
#[utoipa::path(
    get, path = "/v1/webhooks", tag = "webhooks",
    params(
        ("after" = Option<i64>, Query, description = "As `Tidemark-After`", minimum = 0),
        ("Tidemark-After" = Option<i64>, Header, minimum = 0, description = "Answer what is true at this position or later"),
    ),
    responses((status = 200, description = "All webhooks", body = WebhookList))
)]
pub async fn list_webhooks(state: State, after: After, mut query: Query) -> ApiResult<HttpResponse> {
    let after = after.or_parameter(query.number("after", 0..=i64::MAX));
    query.finish()?;
    let position = state.reflected(NAME, after, &[]).await?;
    let rows = queries::all(&mut *state.pool.get().await?).await?;
    let items = WebhookView::open_all(rows, &state.keys).await?;
    Ok(HttpResponse::Ok().insert_header((POSITION, position)).json(WebhookList { items }))
}
