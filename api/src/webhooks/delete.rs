//! `DELETE /v1/webhooks/{id}`.

use actix_web::{HttpResponse, web};
use domain::webhooks::DeleteWebhook;
use event_store::Execution;

use super::{named, slots, stream};
use crate::{
    answer,
    auth::Caller,
    error::ApiResult,
    extract::{IdempotencyKey, IfMatch, Query},
    idempotency::Requester,
    middleware::context::RequestContext,
    state::State,
};

const ROUTE: &str = "DELETE /v1/webhooks/{id}";

/// Delete a webhook
///
/// Nothing is sent there any more, not even what is on its way. Its address and its secrets cannot be read again, by anybody.
#[utoipa::path(
    delete, path = "/v1/webhooks/{id}", tag = "webhooks",
    params(
        ("id" = Uuid, Path, description = "The webhook's id"),
        ("Idempotency-Key" = Option<String>, Header, pattern = r"^[!#-\[\]-~]{1,255}$", description = "Makes a repeat harmless, for 24 hours; in quotes or not"),
        ("If-Match" = Option<String>, Header, pattern = r#"^"v[0-9]{1,18}"$"#, description = "The ETag of the version that the caller has seen"),
    ),
    responses((status = 204, description = "The webhook is gone"))
)]
pub async fn delete_webhook(
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
    let execution = begun.execution(context.metadata(Some(user)), 204)?;
    let claims = slots::releases(&state, &stream(id)).await?;
    let execution = Execution { expected: seen.0, claims, ..execution };
    let done = state.events.execute(&stream(id), DeleteWebhook { at: state.clock.now() }, execution).await?;
    Ok(answer::done(done.position))
}
