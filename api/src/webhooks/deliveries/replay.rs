//! `POST /v1/webhooks/{id}/deliveries/{delivery}/replay`.

use actix_web::{HttpResponse, web};
use domain::webhooks::{Replay, RequestWebhookReplay};

use super::{
    super::{accepted, named, stream, view::Requested},
    parse_id, store,
};
use crate::{
    auth::Caller,
    error::{ApiError, ApiResult},
    extract::{IdempotencyKey, Query},
    idempotency::Requester,
    middleware::context::RequestContext,
    state::State,
};

const ROUTE: &str = "POST /v1/webhooks/{id}/deliveries/{delivery}/replay";

/// Send an event to a webhook again
///
/// Whatever came of it before. The receiver sees the same `webhook-id`.
#[utoipa::path(
    post, path = "/v1/webhooks/{id}/deliveries/{delivery}/replay", tag = "webhooks",
    params(
        ("id" = Uuid, Path, description = "The webhook's id"),
        ("delivery" = Uuid, Path, description = "The delivery's id"),
        ("Idempotency-Key" = Option<String>, Header, pattern = r"^[!#-\[\]-~]{1,255}$", description = "Makes a repeat harmless, for 24 hours; in quotes or not"),
    ),
    responses(
        (status = 202, description = "It is going to be sent", body = Requested),
        (status = 409, description = "The webhook is disabled", body = crate::error::Problem, content_type = "application/problem+json"),
    )
)]
pub async fn replay_delivery(
    state: State,
    caller: Caller,
    context: RequestContext,
    key: IdempotencyKey,
    path: web::Path<(String, String)>,
    query: Query,
) -> ApiResult<HttpResponse> {
    query.finish()?;
    let (user, webhook, delivery) = (caller.user_id, named(&path.0)?, parse_id(&path.1)?);
    let fingerprint = [*webhook.as_uuid().as_bytes(), *delivery.as_bytes()].concat();
    let begun = state.idempotency.begin(Requester::User(user), ROUTE, &key, &fingerprint)?;
    let found = store::find(&mut *state.pool.get().await?, webhook.as_uuid(), delivery).await?;
    found.ok_or(ApiError::NotFound)?;
    let execution = begun.execution(context.metadata(Some(user)), 202)?;
    let command = RequestWebhookReplay { what: Replay::Delivery(delivery), at: state.clock.now() };
    Ok(accepted(&state.events.execute(&stream(webhook), command, execution).await?))
}
