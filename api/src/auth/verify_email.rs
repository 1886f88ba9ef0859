//! `POST /v1/auth/verify-email`.

use actix_web::HttpResponse;
use domain::users::VerifyEmail;
use event_store::Purpose;

use super::links::{self, LinkRequest};
use crate::{answer, error::ApiResult, extract::Json, middleware::context::RequestContext, state::State};

/// Verify one's address
///
/// With the token that was mailed to it; a repeat is harmless. `Idempotency-Key` has no meaning here: a token counts once.
#[utoipa::path(
    post, path = "/v1/auth/verify-email", tag = "auth", request_body = LinkRequest,
    responses((status = 204, description = "The address is verified"))
)]
pub async fn verify_email(state: State, context: RequestContext, body: Json<LinkRequest>) -> ApiResult<HttpResponse> {
    let (stream, request_id) = links::open(&state, Purpose::VerifyEmail, &body.value.token)?;
    let command = VerifyEmail { request_id, at: state.clock.now() };
    let done = state.events.execute(&stream, command, links::execution(&context, &stream)).await?;
    Ok(answer::done(done.position))
}
