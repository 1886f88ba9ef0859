//! Whether a request reaches its handler: the limits of its caller, then the access that its route demands.

use actix_web::{
    FromRequest, HttpMessage, HttpRequest,
    dev::{Payload, ServiceRequest},
    http::header::{self, HeaderMap},
};
use anyhow::anyhow;
use domain::users::UserId;

use super::{
    context::RequestContext,
    rate_limit::{Class, Subject, Verdict},
};
use crate::{
    auth::{
        AccessToken, Caller, Means, TokenError,
        api_keys::Secret,
        security_log::{self, Kind},
    },
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
    let bearer = Bearer::of(state, request.headers()).await;
    let known = bearer.known_user(state);
    let mut verdict = count(state, endpoint, request, known).await;
    let mut admitted = within(verdict);
    if admitted.is_ok() && endpoint.access != Access::Public {
        match bearer.caller(state).await {
            Ok(caller) => {
                // A key that had to be looked up was counted by address, and turned out to be somebody's.
                if known.is_none() {
                    verdict = count(state, endpoint, request, Some(caller.user_id)).await;
                    admitted = within(verdict);
                }
                admitted = admitted.and_then(|()| is_let_in(endpoint, &caller));
                if let Err(refused @ (ApiError::Forbidden | ApiError::SecondFactorNotSetUp)) = &admitted {
                    security_log::refused(Kind::Access, Some(caller.user_id), refused);
                }
                request.extensions_mut().insert(caller);
            }
            Err(error) => admitted = Err(error),
        }
    }
    if let Err(refused @ ApiError::TooManyRequests { .. }) = &admitted {
        security_log::refused(Kind::Limit, known, refused);
    }
    (admitted, verdict)
}

/// The caller of a request that takes long, as they are by now.
pub(crate) async fn caller_again(state: &AppState, headers: &HeaderMap) -> ApiResult<Caller> {
    let caller = Bearer::of(state, headers).await.caller(state).await?;
    if caller.must_enrol { Err(ApiError::SecondFactorNotSetUp) } else { Ok(caller) }
}

/// What a request came with.
enum Bearer {
    Nothing,
    Token(AccessToken),
    Key(Secret),
    Refused(ApiError),
}

impl Bearer {
    async fn of(state: &AppState, headers: &HeaderMap) -> Self {
        match bearer(headers) {
            None => Self::Nothing,
            Some(Err(error)) => Self::Refused(error),
            Some(Ok(text)) if Secret::is_meant(text) => {
                Secret::parse(text).map_or(Self::Refused(TokenError::Invalid.into()), Self::Key)
            }
            Some(Ok(text)) => match state.tokens.verify(text).await {
                Ok(token) => Self::Token(token),
                Err(error) => Self::Refused(error.into()),
            },
        }
    }

    /// Whom it belongs to, as far as that is sure without the database.
    fn known_user(&self, state: &AppState) -> Option<UserId> {
        match self {
            Self::Token(token) => Some(token.user_id),
            Self::Key(secret) => state.api_keys.knows(secret).then_some(secret.owner),
            Self::Nothing | Self::Refused(_) => None,
        }
    }

    async fn caller(self, state: &AppState) -> ApiResult<Caller> {
        match self {
            Self::Nothing => Err(ApiError::Unauthenticated),
            Self::Token(token) => {
                let user = token.user_id;
                state.caller_of(token).await.inspect_err(|error| {
                    if let ApiError::Token(_) | ApiError::Unauthenticated = error {
                        security_log::refused(Kind::AccessToken, Some(user), error);
                    }
                })
            }
            Self::Key(secret) => state.caller_by_key(&secret).await.inspect_err(|error| {
                if let ApiError::Token(_) = error {
                    security_log::refused(Kind::ApiKey, Some(secret.owner), error);
                }
            }),
            Self::Refused(error) => {
                security_log::refused(Kind::AccessToken, None, &error);
                Err(error)
            }
        }
    }
}

/// Known callers are counted by user, all others by address; so are all who come with credentials.
async fn count(
    state: &AppState,
    endpoint: &Endpoint,
    request: &ServiceRequest,
    user: Option<UserId>,
) -> Option<Verdict> {
    let class = match (endpoint.class?, user) {
        (Class::Anonymous | Class::User, Some(_)) => Class::User,
        (Class::User, None) => Class::Anonymous,
        (Class::Proof, None) => Class::Credential,
        (class, _) => class,
    };
    let subject = match (class, user) {
        (Class::User | Class::Proof, Some(user)) => Subject::User(user),
        _ => Subject::Address(request.extensions().get::<RequestContext>()?.client()),
    };
    Some(state.rate_limits.take(class, subject).await)
}

fn within(verdict: Option<Verdict>) -> ApiResult<()> {
    match verdict.filter(|verdict| !verdict.allowed) {
        Some(verdict) => Err(ApiError::TooManyRequests { retry_after: verdict.resets_in }),
        None => Ok(()),
    }
}

/// The one place where access is decided.
fn is_let_in(endpoint: &Endpoint, caller: &Caller) -> ApiResult<()> {
    if caller.must_enrol {
        let may = endpoint.enrolment && matches!(caller.means, Means::Session(_));
        return if may { Ok(()) } else { Err(ApiError::SecondFactorNotSetUp) };
    }
    let by_these_means = match caller.means {
        Means::Session(_) => true,
        Means::ApiKey(_) => endpoint.api_keys,
    };
    let may = match endpoint.access {
        Access::Public | Access::SignedIn => true,
        Access::Permission { resource, action, scope } => caller.may(resource, action, scope),
    };
    if by_these_means && may { Ok(()) } else { Err(ApiError::Forbidden) }
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
