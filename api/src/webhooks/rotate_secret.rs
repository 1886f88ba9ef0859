//! `POST /v1/webhooks/{id}/rotate-secret`.

use actix_web::{HttpResponse, http::header, web};
use chrono::{DateTime, Utc};
use domain::webhooks::{PREVIOUS_SECRET_LASTS, RotateWebhookSecret};
use event_store::Execution;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{find, named, stream, view::new_secret};
use crate::{
    answer,
    auth::{Caller, step_up::require_recent},
    error::ApiResult,
    extract::{IfMatch, Query},
    middleware::context::RequestContext,
    state::State,
};

/// The new secret of a webhook. It is shown here and never again.
#[derive(Serialize, ToSchema)]
pub struct RotatedSecret {
    /// What deliveries are signed with, as Standard Webhooks writes it.
    #[schema(example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw…")]
    secret: String,
    /// Until then they are signed with the secret before, too.
    previous_until: DateTime<Utc>,
}

/// Give a webhook another secret
///
/// For 24 hours deliveries are signed with both, so that the receiver can be told of the new one; a secret that was replaced
/// before that counts no more. Needs a recent authentication. `Idempotency-Key` has no meaning here: the answer is a secret
/// and is not kept.
#[utoipa::path(
    post, path = "/v1/webhooks/{id}/rotate-secret", tag = "webhooks",
    params(
        ("id" = Uuid, Path, description = "The webhook's id"),
        ("If-Match" = Option<String>, Header, pattern = r#"^"v[0-9]{1,18}"$"#, description = "The ETag of the version that the caller has seen"),
    ),
    responses((status = 200, description = "The new secret", body = RotatedSecret))
)]
pub async fn rotate_webhook_secret(
    state: State,
    caller: Caller,
    context: RequestContext,
    id: web::Path<String>,
    seen: IfMatch,
    query: Query,
) -> ApiResult<HttpResponse> {
    query.finish()?;
    require_recent(&state, &caller).await?;
    let (id, at) = (named(&id)?, state.clock.now());
    // One that is gone has no key under which a secret could be sealed.
    find(&state, id).await?;
    let (secret, sealed) = new_secret(&state.keys.get(id.as_uuid()).await?);
    let metadata = context.metadata(Some(caller.user_id));
    let execution = Execution { expected: seen.0, metadata, ..Execution::new(Uuid::now_v7()) };
    let done = state.events.execute(&stream(id), RotateWebhookSecret { secret: sealed, at }, execution).await?;
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CACHE_CONTROL, "no-store"));
    let rotated = RotatedSecret { secret, previous_until: at + PREVIOUS_SECRET_LASTS };
    Ok(answer::changed(response, &rotated, done.version, done.position))
}
