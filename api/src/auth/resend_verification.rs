//! `POST /v1/auth/resend-verification`.

use actix_web::HttpResponse;
use domain::users::{Email, Request, RequestVerification, request_verification::RequestVerificationRefused};
use event_store::{ExecuteError, Execution, Metadata};
use uuid::Uuid;

use super::{
    by_address::{self, AddressRequest},
    links,
};
use crate::{
    error::{ApiError, ApiResult},
    extract::Json,
    middleware::context::RequestContext,
    state::{AppState, State},
    users::register::Accepted,
};

/// Ask for another mail to verify one's address
///
/// The answer tells nobody whether there is such an account, nor whether its address is verified. Within a minute of the
/// last mail there is no other. `Idempotency-Key` has no meaning here.
#[utoipa::path(
    post, path = "/v1/auth/resend-verification", tag = "auth", request_body = AddressRequest,
    responses((status = 202, description = "If the address is to be verified, a mail is on its way", body = Accepted))
)]
pub async fn resend_verification(
    state: State,
    context: RequestContext,
    body: Json<AddressRequest>,
) -> ApiResult<HttpResponse> {
    let email = body.value.parse()?;
    by_address::accept(&state, &context, |state, metadata| async move { ask(&state, &email, metadata).await })
}

async fn ask(state: &AppState, email: &Email, metadata: Metadata) -> ApiResult<()> {
    let now = state.clock.now();
    let Some(found) = by_address::find(state, email).await? else { return Ok(()) };
    if links::is_recent(found.account.requests.verification.as_ref(), links::VERIFICATION, now) {
        return Ok(());
    }
    let Request { id, expires_at } = links::request(now, links::VERIFICATION);
    let command = RequestVerification { request_id: id, expires_at, at: now };
    let execution = Execution { metadata, ..Execution::new(Uuid::now_v7()) };
    match state.events.execute(&found.stream, command, execution).await {
        // Verified already, or gone in the meantime: there is nobody to mail.
        Ok(_) | Err(ExecuteError::Refused(_)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

impl From<RequestVerificationRefused> for ApiError {
    fn from(refused: RequestVerificationRefused) -> Self {
        match refused {
            RequestVerificationRefused::NotActive(refused) => refused.into(),
            RequestVerificationRefused::AlreadyVerified => Self::Conflict,
        }
    }
}
