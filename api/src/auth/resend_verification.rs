//! `POST /v1/auth/resend-verification`.

use actix_web::HttpResponse;
use domain::users::{Account, Request, RequestVerification, request_verification::RequestVerificationRefused};

use super::{
    by_address::{self, AddressRequest},
    links,
};
use crate::{
    error::{ApiError, ApiResult},
    extract::Json,
    middleware::context::RequestContext,
    state::State,
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
    by_address::accept(&state, &context, |state, metadata| async move {
        let pending: fn(&Account) -> Option<&Request> = |account| account.requests.verification.as_ref();
        let command = |Request { id, expires_at }, at| RequestVerification { request_id: id, expires_at, at };
        by_address::ask(&state, &email, metadata, links::VERIFICATION, pending, command).await
    })
}

impl From<RequestVerificationRefused> for ApiError {
    fn from(refused: RequestVerificationRefused) -> Self {
        match refused {
            RequestVerificationRefused::NotActive(refused) => refused.into(),
            RequestVerificationRefused::AlreadyVerified => Self::Conflict,
        }
    }
}
