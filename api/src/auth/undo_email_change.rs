//! `POST /v1/auth/undo-email-change`.

use actix_web::HttpResponse;
use domain::users::{UndoEmailChange, User, UserId};
use event_store::Purpose;

use super::links::{self, LinkRequest};
use crate::{
    answer, error::ApiResult, extract::Json, middleware::context::RequestContext, state::State, users::addresses,
};

/// Take the former e-mail address back
///
/// With the token that was mailed to it when it was changed. Ends all sessions, and closes the ways back to addresses that
/// came later. `Idempotency-Key` has no meaning here: a token counts once.
#[utoipa::path(
    post, path = "/v1/auth/undo-email-change", tag = "auth", request_body = LinkRequest,
    responses((status = 204, description = "The account has its former address again"))
)]
pub async fn undo_email_change(
    state: State,
    context: RequestContext,
    body: Json<LinkRequest>,
) -> ApiResult<HttpResponse> {
    let (stream, request_id) = links::open(&state, Purpose::UndoEmailChange, &body.value.token)?;
    let at = state.clock.now();
    let metadata = links::execution(&context, &stream).metadata;
    let done = addresses::execute(&state, &stream, UndoEmailChange { request_id, at }, &metadata).await?;
    if let Some(account) = done.state.as_ref().and_then(User::account) {
        state.sessions.end_all(UserId::from_uuid(stream.id()), account.sessions_generation).await?;
    }
    Ok(answer::done(done.position))
}
