//! `POST /v1/users/me/exports`.

use actix_web::{HttpResponse, http::header};
use chrono::TimeDelta;
use domain::{
    Aggregate,
    users::{RequestExport, User},
};
use event_store::{Execution, StreamId};
use uuid::Uuid;

use super::{ExportView, store};
use crate::{
    answer::POSITION,
    auth::{Caller, step_up::require_recent},
    error::{ApiError, ApiResult},
    middleware::context::RequestContext,
    state::State,
};

const KEPT_FOR: TimeDelta = TimeDelta::hours(24);

/// Ask for all data about oneself
///
/// The answer names an export that is being made; look at it until its state is `ready`, then download it, within 24
/// hours. Three of them are kept at a time. Takes a recent authentication.
#[utoipa::path(
    post, path = "/v1/users/me/exports", tag = "users",
    responses((status = 202, description = "It is being made", body = ExportView))
)]
pub async fn request_export(state: State, caller: Caller, context: RequestContext) -> ApiResult<HttpResponse> {
    require_recent(&state, &caller).await?;
    let (user, now, export_id) = (caller.user_id, state.clock.now(), Uuid::now_v7());
    let mut conn = state.pool.get().await?;
    let reserved = store::reserve(&mut conn, export_id, user.as_uuid(), now, now + KEPT_FOR).await?;
    drop(conn);
    let row = reserved
        .map_err(|room_at| ApiError::TooManyRequests { retry_after: (room_at - now).to_std().unwrap_or_default() })?;
    let execution = Execution { metadata: context.metadata(Some(user)), ..Execution::new(Uuid::now_v7()) };
    let stream = StreamId::new(User::CATEGORY, user.as_uuid());
    match state.events.execute(&stream, RequestExport { export_id, at: now }, execution).await {
        Ok(done) => {
            let mut response = HttpResponse::Accepted();
            response.insert_header((header::LOCATION, format!("/v1/users/me/exports/{export_id}")));
            if let Some(position) = done.position {
                response.insert_header((POSITION, position));
            }
            Ok(response.json(ExportView::from(row)))
        }
        Err(error) => {
            // Where that fails, too, it expires without ever having been made.
            store::cancel(&mut *state.pool.get().await?, export_id).await?;
            Err(error.into())
        }
    }
}
