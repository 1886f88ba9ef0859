//! `POST /v1/webhooks/{id}/replay`.

use actix_web::{HttpResponse, web};
use chrono::{DateTime, TimeDelta, Utc};
use domain::webhooks::{Replay, RequestWebhookReplay};
use serde::Deserialize;
use utoipa::ToSchema;

use super::super::{accepted, named, stream, view::Requested};
use crate::{
    auth::Caller,
    error::{ApiError, ApiResult, FieldError},
    extract::{IdempotencyKey, Json, RequestBody},
    idempotency::Requester,
    middleware::context::RequestContext,
    state::State,
};

const ROUTE: &str = "POST /v1/webhooks/{id}/replay";
/// What is older is not sent again.
const FURTHEST: TimeDelta = TimeDelta::days(30);

/// From when on events are sent again.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplayRequest {
    /// Within the last 30 days.
    since: DateTime<Utc>,
}

impl RequestBody for ReplayRequest {}

/// Send all events since a time to a webhook again
///
/// Those that the webhook selects as it is now, whether they were delivered or not, also those that happened while it was
/// disabled. The receiver sees the same `webhook-id` of each.
#[utoipa::path(
    post, path = "/v1/webhooks/{id}/replay", tag = "webhooks", request_body = ReplayRequest,
    params(
        ("id" = Uuid, Path, description = "The webhook's id"),
        ("Idempotency-Key" = Option<String>, Header, pattern = r"^[!#-\[\]-~]{1,255}$", description = "Makes a repeat harmless, for 24 hours; in quotes or not"),
    ),
    responses(
        (status = 202, description = "They are going to be sent", body = Requested),
        (status = 409, description = "The webhook is disabled", body = crate::error::Problem, content_type = "application/problem+json"),
    )
)]
pub async fn replay_since(
    state: State,
    caller: Caller,
    context: RequestContext,
    key: IdempotencyKey,
    id: web::Path<String>,
    body: Json<ReplayRequest>,
) -> ApiResult<HttpResponse> {
    let (user, id, at) = (caller.user_id, named(&id)?, state.clock.now());
    let fingerprint = [id.as_uuid().as_bytes(), &body.bytes[..]].concat();
    let begun = state.idempotency.begin(Requester::User(user), ROUTE, &key, &fingerprint)?;
    let what = Replay::Since(body.value.parse(at)?);
    let execution = begun.execution(context.metadata(Some(user)), 202)?;
    Ok(accepted(&state.events.execute(&stream(id), RequestWebhookReplay { what, at }, execution).await?))
}

impl ReplayRequest {
    fn parse(self, now: DateTime<Utc>) -> ApiResult<DateTime<Utc>> {
        let error = if self.since > now {
            FieldError::at("/since", "in_the_future", "must be in the past")
        } else if self.since < now - FURTHEST {
            FieldError::at("/since", "too_early", "must be within the last 30 days")
        } else {
            return Ok(self.since);
        };
        Err(ApiError::Invalid(vec![error]))
    }
}
