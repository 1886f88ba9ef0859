//! Whether a request reaches its handler: the limits of its caller, then the access that its route demands.

use actix_web::{
    FromRequest, HttpMessage, HttpRequest,
    dev::{Payload, ServiceRequest},
    http::header::{self, HeaderMap},
};
use anyhow::anyhow;

use super::{
    context::RequestContext,
    rate_limit::{Class, Subject, Verdict},
};
use crate::{
    auth::{AccessToken, Caller, TokenError},
    error::{ApiError, ApiResult},
    routes::{Access, Endpoint},
    state::AppState,
};

/// Counts the request and checks the caller, whom handlers find as [`Caller`] where the route demands one. The verdict
/// on the limit comes with either outcome.
pub(super) async fn admit(
    state: &AppState,
    endpoint: &Endpoint,
    request: &ServiceRequest,
) -> (ApiResult<()>, Option<Verdict>) {
    let token = match bearer(request.headers()) {
        Some(Ok(token)) => Some(state.tokens.verify(token).await.map_err(ApiError::from)),
        Some(Err(error)) => Some(Err(error)),
        None => None,
    };
    let verdict = count(state, endpoint, request, token.as_ref()).await;
    if let Some(verdict) = verdict.filter(|verdict| !verdict.allowed) {
        return (Err(ApiError::TooManyRequests { retry_after: verdict.resets_in }), Some(verdict));
    }
    (authorise(state, endpoint, request, token).await, verdict)
}

/// Callers with a valid token are counted by user, all others by address; so are all who come with credentials.
async fn count(
    state: &AppState,
    endpoint: &Endpoint,
    request: &ServiceRequest,
    token: Option<&ApiResult<AccessToken>>,
) -> Option<Verdict> {
    let class = match (endpoint.class?, token) {
        (Class::Anonymous | Class::User, Some(Ok(_))) => Class::User,
        (Class::User, _) => Class::Anonymous,
        (class, _) => class,
    };
    let subject = match (class, token) {
        (Class::User, Some(Ok(token))) => Subject::User(token.user_id),
        _ => Subject::Address(request.extensions().get::<RequestContext>()?.client()),
    };
    Some(state.rate_limits.take(class, subject).await)
}

async fn authorise(
    state: &AppState,
    endpoint: &Endpoint,
    request: &ServiceRequest,
    token: Option<ApiResult<AccessToken>>,
) -> ApiResult<()> {
    match endpoint.access {
        Access::Public => return Ok(()),
        Access::SignedIn | Access::Admin => {}
    }
    let caller = state.caller_of(token.ok_or(ApiError::Unauthenticated)??).await?;
    if endpoint.access == Access::Admin && !caller.is_admin() {
        return Err(ApiError::Forbidden);
    }
    request.extensions_mut().insert(caller);
    Ok(())
}

/// The token of an `Authorization: Bearer` header (RFC 6750), where there is one. Never from the URL.
fn bearer(headers: &HeaderMap) -> Option<ApiResult<&str>> {
    let mut values = headers.get_all(header::AUTHORIZATION);
    let value = values.next()?;
    let token = value.to_str().ok().and_then(|value| {
        let (scheme, token) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
    });
    Some(token.filter(|_| values.next().is_none()).ok_or(ApiError::Token(TokenError::Invalid)))
}

impl FromRequest for Caller {
    type Error = ApiError;
    type Future = std::future::Ready<ApiResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let caller = request.extensions().get::<Self>().cloned();
        std::future::ready(caller.ok_or_else(|| ApiError::Internal(anyhow!("a public route asks for its caller"))))
    }
}
