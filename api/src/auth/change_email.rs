//! `POST /v1/auth/change-email`.

use actix_web::HttpResponse;
use domain::users::{Email, Request, RequestEmailChange, request_email_change::RequestEmailChangeRefused};
use event_store::Execution;
use uuid::Uuid;

use super::{Caller, by_address::AddressRequest, links, proof::Opened, step_up};
use crate::{
    error::{ApiError, ApiResult, FieldError, Problem},
    extract::Json,
    middleware::context::RequestContext,
    state::State,
    users::{EMAIL, register::Accepted},
};

/// Ask for another e-mail address
///
/// It is the account's once its owner has followed the link that is mailed to it. The answer tells nobody whether another
/// account has the address: only who reads its mail learns that. Takes a recent authentication. `Idempotency-Key` has no
/// meaning here: the same address within a minute is mailed once.
#[utoipa::path(
    post, path = "/v1/auth/change-email", tag = "auth", request_body = AddressRequest,
    responses(
        (status = 202, description = "A mail is on its way to the new address", body = Accepted),
        (status = 403, description = "The caller has to prove again who they are", body = Problem,
         content_type = "application/problem+json"),
        (status = 409, description = "The address was changed too often lately", body = Problem,
         content_type = "application/problem+json"),
    )
)]
pub async fn change_email(
    state: State,
    caller: Caller,
    context: RequestContext,
    body: Json<AddressRequest>,
) -> ApiResult<HttpResponse> {
    step_up::require_recent(&state, &caller).await?;
    let email = body.value.parse()?;
    let opened = Opened::of(&state, caller.user_id).await?;
    if opened.email()? == email.as_str() {
        return Err(ApiError::Invalid(vec![FieldError::at("/email", "unchanged", "is the address already")]));
    }
    let now = state.clock.now();
    if !is_asked_for(&opened, &email, now)? {
        let Request { id, expires_at } = links::request(now, links::EMAIL_CHANGE);
        let email = opened.key.seal(EMAIL, email.as_str());
        let command = RequestEmailChange { request_id: id, email, expires_at, at: now };
        let metadata = context.metadata(Some(caller.user_id));
        let execution = Execution { metadata, ..Execution::new(Uuid::now_v7()) };
        state.events.execute(&opened.stream, command, execution).await?;
    }
    Ok(Accepted::answer())
}

/// Whether this address was asked for within the last minute. Another one may be asked for at once: people mistype.
fn is_asked_for(opened: &Opened, email: &Email, now: chrono::DateTime<chrono::Utc>) -> ApiResult<bool> {
    let Some(change) = &opened.account.requests.email_change else { return Ok(false) };
    let recent = links::is_recent(Some(&change.request), links::EMAIL_CHANGE, now);
    Ok(recent && opened.key.open(EMAIL, &change.email)? == email.as_str())
}

impl From<RequestEmailChangeRefused> for ApiError {
    fn from(refused: RequestEmailChangeRefused) -> Self {
        match refused {
            RequestEmailChangeRefused::NotActive(refused) => refused.into(),
            RequestEmailChangeRefused::TooMany => Self::Conflict,
        }
    }
}
