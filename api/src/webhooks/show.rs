//! `GET /v1/webhooks/{id}`.

use actix_web::{HttpResponse, web};

use super::{WebhookView, find, named};
use crate::{
    answer,
    error::ApiResult,
    extract::{IfNoneMatch, Query},
    state::State,
};

/// Show a webhook
#[utoipa::path(
    get, path = "/v1/webhooks/{id}", tag = "webhooks",
    params(
        ("id" = Uuid, Path, description = "The webhook's id"),
        ("If-None-Match" = Option<String>, Header, description = "ETags that the caller has"),
    ),
    responses(
        (status = 200, description = "The webhook", body = WebhookView),
        (status = 304, description = "The caller has this version"),
    )
)]
pub async fn show_webhook(
    state: State,
    id: web::Path<String>,
    cached: IfNoneMatch,
    query: Query,
) -> ApiResult<HttpResponse> {
    query.finish()?;
    let position = state.events.head().position();
    let found = find(&state, named(&id)?).await?;
    let view = WebhookView::open(&found, &state.keys).await?;
    Ok(answer::resource(&view, found.version, position, &cached))
}
