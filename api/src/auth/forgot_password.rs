//! `POST /v1/auth/forgot-password`.

use actix_web::HttpResponse;
use domain::users::{Account, Request, RequestPasswordReset};

use super::{
    by_address::{self, AddressRequest},
    links,
};
use crate::{
    error::ApiResult, extract::Json, middleware::context::RequestContext, state::State, users::register::Accepted,
};

/// Ask for a link to choose a new password
///
/// The answer tells nobody whether there is such an account. Within a minute of the last mail there is no other.
/// `Idempotency-Key` has no meaning here.
#[utoipa::path(
    post, path = "/v1/auth/forgot-password", tag = "auth", request_body = AddressRequest,
    responses((status = 202, description = "If there is such an account, a mail is on its way", body = Accepted))
)]
pub async fn forgot_password(
    state: State,
    context: RequestContext,
    body: Json<AddressRequest>,
) -> ApiResult<HttpResponse> {
    let email = body.value.parse()?;
    by_address::accept(&state, &context, |state, metadata| async move {
        let pending: fn(&Account) -> Option<&Request> = |account| account.requests.password_reset.as_ref();
        let command = |Request { id, expires_at }, at| RequestPasswordReset { request_id: id, expires_at, at };
        by_address::ask(&state, &email, metadata, links::PASSWORD_RESET, pending, command).await
    })
}
