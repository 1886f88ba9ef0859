//! `POST /v1/webhooks/{id}/enable`.

use actix_web::{HttpResponse, web};
use domain::webhooks::EnableWebhook;
use event_store::Execution;

use super::{WebhookView, answer_changed, named, stream};
use crate::{
    auth::Caller,
    error::ApiResult,
    extract::{IdempotencyKey, IfMatch, Query},
    idempotency::Requester,
    middleware::context::RequestContext,
    state::State,
};

const ROUTE: &str = "POST /v1/webhooks/{id}/enable";

/// Send to a webhook again
///
/// What happens from then on is sent. What happened while it was disabled is sent once it is asked for: `POST …/replay`.
#[utoipa::path(
    post, path = "/v1/webhooks/{id}/enable", tag = "webhooks",
    params(
        ("id" = Uuid, Path, description = "The webhook's id"),
        ("Idempotency-Key" = Option<String>, Header, pattern = r"^[!#-\[\]-~]{1,255}$", description = "Makes a repeat harmless, for 24 hours; in quotes or not"),
        ("If-Match" = Option<String>, Header, pattern = r#"^"v[0-9]{1,18}"$"#, description = "The ETag of the version that the caller has seen"),
    ),
    responses((status = 200, description = "The webhook as it is now", body = WebhookView))
)]
pub async fn enable_webhook(
    state: State,
    caller: Caller,
    context: RequestContext,
    key: IdempotencyKey,
    id: web::Path<String>,
    seen: IfMatch,
    query: Query,
) -> ApiResult<HttpResponse> {
    query.finish()?;
    let (user, id) = (caller.user_id, named(&id)?);
    let begun = state.idempotency.begin(Requester::User(user), ROUTE, &key, id.as_uuid().as_bytes())?;
    let execution = Execution { expected: seen.0, ..begun.execution(context.metadata(Some(user)), 200)? };
    let command = EnableWebhook { at: state.clock.now() };
    let done = state.events.execute(&stream(id), command, execution).await?;
    answer_changed(&state, id, &done).await
}
