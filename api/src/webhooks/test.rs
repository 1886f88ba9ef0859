//! `POST /v1/webhooks/{id}/test`.

use actix_web::{HttpResponse, web};
use domain::webhooks::RequestWebhookTest;

use super::{accepted, named, stream, view::Requested};
use crate::{
    auth::Caller,
    error::ApiResult,
    extract::{IdempotencyKey, Query},
    idempotency::Requester,
    middleware::context::RequestContext,
    state::State,
};

const ROUTE: &str = "POST /v1/webhooks/{id}/test";

/// Send a test to a webhook
///
/// An event `webhook.test_requested`, which this webhook alone is sent, whatever it selects, also while it is disabled.
#[utoipa::path(
    post, path = "/v1/webhooks/{id}/test", tag = "webhooks",
    params(
        ("id" = Uuid, Path, description = "The webhook's id"),
        ("Idempotency-Key" = Option<String>, Header, pattern = r"^[!#-\[\]-~]{1,255}$", description = "Makes a repeat harmless, for 24 hours; in quotes or not"),
    ),
    responses((status = 202, description = "It is going to be sent", body = Requested))
)]
pub async fn test_webhook(
    state: State,
    caller: Caller,
    context: RequestContext,
    key: IdempotencyKey,
    id: web::Path<String>,
    query: Query,
) -> ApiResult<HttpResponse> {
    query.finish()?;
    let (user, id) = (caller.user_id, named(&id)?);
    let begun = state.idempotency.begin(Requester::User(user), ROUTE, &key, id.as_uuid().as_bytes())?;
    let execution = begun.execution(context.metadata(Some(user)), 202)?;
    let command = RequestWebhookTest { at: state.clock.now() };
    Ok(accepted(&state.events.execute(&stream(id), command, execution).await?))
}
