//! `DELETE /v1/auth/sessions/{id}`, and what every end of one session takes.

use actix_web::{HttpResponse, web};
use domain::{
    Aggregate,
    users::{EndSession, User, UserId, events::EndReason},
};
use event_store::{ExecuteError, Execution, Metadata, StreamId};
use uuid::Uuid;

use crate::{
    answer,
    auth::{Caller, step_up::require_recent},
    error::{ApiError, ApiResult, Problem},
    middleware::context::RequestContext,
    state::{AppState, State},
};

/// End one of one's own sessions
///
/// Its refresh token counts no more, and its access tokens are refused everywhere within two seconds. Ending another one
/// than the caller's takes a recent authentication.
#[utoipa::path(
    delete, path = "/v1/auth/sessions/{id}", tag = "auth",
    params(("id" = Uuid, Path, description = "The session's id")),
    responses(
        (status = 204, description = "It is over"),
        (status = 403, description = "The caller has to prove again who they are", body = Problem,
         content_type = "application/problem+json"),
    )
)]
pub async fn end_session(
    state: State,
    caller: Caller,
    context: RequestContext,
    id: web::Path<String>,
) -> ApiResult<HttpResponse> {
    let id = Uuid::try_parse(&id).map_err(|_| ApiError::NotFound)?;
    if id != caller.session_id()? {
        require_recent(&state, &caller).await?;
    }
    let session = state.sessions.find(id).await?;
    let session = session.filter(|session| session.user == caller.user_id && !session.is_over(state.clock.now()));
    let session = session.filter(|session| caller.standing.keeps(session)).ok_or(ApiError::NotFound)?;
    let metadata = context.metadata(Some(caller.user_id));
    let position = end(&state, session.user, session.id, EndReason::Revoked, metadata).await?;
    Ok(answer::done(position))
}

/// Ends a session for good: access tokens of it by an event, its refresh token in its row. Each step can be repeated.
/// Returns the event's position, where there was something to end.
pub(crate) async fn end(
    state: &AppState,
    user: UserId,
    session_id: Uuid,
    reason: EndReason,
    metadata: Metadata,
) -> ApiResult<Option<i64>> {
    let stream = StreamId::new(User::CATEGORY, user.as_uuid());
    let execution = Execution { metadata, ..Execution::new(Uuid::now_v7()) };
    let command = EndSession { session_id, reason, at: state.clock.now() };
    let position = match state.events.execute(&stream, command, execution).await {
        Ok(done) => done.position,
        // All sessions of such an account are over.
        Err(ExecuteError::Refused(_)) => None,
        Err(error) => return Err(error.into()),
    };
    state.sessions.end(session_id).await?;
    Ok(position)
}
