//! `POST /v1/auth/confirm-email-change`.

use actix_web::HttpResponse;
use domain::users::{ConfirmEmailChange, Request};
use event_store::Purpose;

use super::links::{self, LinkRequest};
use crate::{
    answer,
    error::{ApiResult, Problem},
    extract::Json,
    middleware::context::RequestContext,
    state::State,
    users::addresses,
};

/// Take another e-mail address
///
/// With the token that was mailed to it. The old address is mailed a way back, for seven days. `Idempotency-Key` has no
/// meaning here: a token counts once.
#[utoipa::path(
    post, path = "/v1/auth/confirm-email-change", tag = "auth", request_body = LinkRequest,
    responses(
        (status = 204, description = "The account has the new address"),
        (status = 409, description = "Another account has this address", body = Problem,
         content_type = "application/problem+json"),
    )
)]
pub async fn confirm_email_change(
    state: State,
    context: RequestContext,
    body: Json<LinkRequest>,
) -> ApiResult<HttpResponse> {
    let (stream, request_id) = links::open(&state, Purpose::ChangeEmail, &body.value.token)?;
    let at = state.clock.now();
    let Request { id, expires_at } = links::request(at, links::EMAIL_UNDO);
    let command = ConfirmEmailChange { request_id, undo_request_id: id, undo_expires_at: expires_at, at };
    let metadata = links::execution(&context, &stream).metadata;
    let done = addresses::execute(&state, &stream, command, &metadata).await?;
    Ok(answer::done(done.position))
}
